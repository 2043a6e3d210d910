import PQueue from 'p-queue';
import type { Places } from '../../../connector/batch.ts';
import type { Signal } from '../../../connector/scope.ts';

/** A request in flight, or the right to one. */
interface Place {
  /** Of a delivery that has waited, as against one that begins. */
  readonly repeated: boolean;
  readonly free: () => void;
}

/**
 * Gives out places, at most `maxInFlight` at a time. Nothing ever waits inside the queue: a place (`hasRoom`) is asked for
 * before a batch is taken from its lanes, so what waits stays in the lanes, where a revoke can still find it. Deliveries
 * whose wait is over come back for a place; they and new ones take turns, so that neither can keep the other out.
 */
export class Dispatcher {
  readonly #queue: PQueue;
  readonly #maxInFlight: number;
  readonly #changed: () => void;
  /** Deliveries that want a place again, in order. */
  readonly #waiting = new Set<() => void>();
  #inFlight = 0;

  /** @param changed called when there may be something to give out: call `readmit` in a turn of its own. */
  constructor(maxInFlight: number, changed: () => void) {
    this.#queue = new PQueue({ concurrency: maxInFlight });
    this.#maxInFlight = maxInFlight;
    this.#changed = changed;
  }

  get hasRoom(): boolean {
    return this.#inFlight < this.#maxInFlight;
  }

  /**
   * Runs a new delivery at once.
   * @throws Error when there is no room: the caller must ask first.
   */
  async submit<T>(run: (places: Places) => Promise<T>): Promise<T> {
    if (!this.hasRoom) throw new Error('dispatcher: submitted without room');
    const held: Place[] = [];
    await this.#occupy(held, false);
    const places: Places = {
      leave: () => this.#leave(held.pop()!),
      enter: signal => this.#enter(held, signal),
    };
    try {
      return await run(places);
    } finally {
      for (const place of held) this.#leave(place);
    }
  }

  /** Gives what room new deliveries have left to those that want a place again. */
  readmit(): void {
    for (const admit of this.#waiting) {
      if (!this.hasRoom) return;
      admit();
    }
  }

  /** @returns when it may begin (the queue itself frees a place a turn later). */
  #occupy(held: Place[], repeated: boolean): Promise<void> {
    this.#inFlight++;
    return new Promise(begin => {
      const over = new Promise<void>(free => held.push({ repeated, free }));
      void this.#queue.add(() => {
        begin();
        return over;
      });
    });
  }

  /** What a new delivery leaves is for one that waits, what a repeated one leaves is offered to new ones first. */
  #leave({ repeated, free }: Place): void {
    this.#inFlight--;
    free();
    if (!repeated) this.#waiting.values().next().value?.();
    this.#changed();
  }

  #enter(held: Place[], signal: Signal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise(resolve => {
      const settle = (): void => {
        this.#waiting.delete(admit);
        signal.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        settle();
        resolve(false);
      };
      const admit = (): void => {
        settle();
        void this.#occupy(held, true).then(() => resolve(true));
      };
      this.#waiting.add(admit);
      signal.addEventListener('abort', abort);
      this.#changed();
    });
  }
}
