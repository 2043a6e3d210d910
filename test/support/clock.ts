import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../connector/ports.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that moves only when a test says so. Timers fire in the order of their times; between two of them everything
 * that is ready to run runs, so that a timer set by a callback is served within the same `advance`.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #epoch: number;
  readonly #timers = new Set<Timer>();

  /** @param epoch wall-clock milliseconds at the start */
  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets everything run that waits for no timer and for nothing outside. */
  async settle(): Promise<void> {
    await turn();
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (let timer = this.#next(); timer !== null && timer.at <= until; timer = this.#next()) {
      this.#fire(timer);
      await this.settle();
    }
    this.#now = until;
  }

  /** Moves from timer to timer until the promise is settled; fails when no timer is left or the time is up. */
  async run<T>(promise: Promise<T>, limitMs = 86_400_000): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    const limit = this.#now + limitMs;
    for (await this.settle(); !settled; await this.settle()) {
      const timer = this.#next();
      if (timer === null) throw new Error('it waits for something, but no timer is set');
      if (timer.at > limit) throw new Error(`it is not done after ${limitMs} virtual milliseconds`);
      this.#fire(timer);
    }
    return promise;
  }

  #next(): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers) {
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }
}
