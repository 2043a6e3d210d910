import type { Signal } from '../scope.ts';

/** The right of one endpoint's sink to send, among those that share the limit. */
export interface Turn {
  /**
   * Waits until one more request may be in flight.
   * @returns false when the signal fired first
   */
  enter(signal: Signal): Promise<boolean>;
  /** The request is over. */
  leave(): void;
}

interface Queue {
  readonly isFailing: () => boolean;
  readonly waiting: Set<() => void>;
  held: number;
}

/**
 * Requests in flight, of several endpoints: at most `limit`, in turns. So that one which hangs or fails leaves something to the others,
 * each may have all but one for each of the others, of half of the limit at most; one that is known to fail has its equal part, and
 * all such together leave one.
 */
export class Turns {
  readonly #limit: number;
  readonly #queues: Queue[] = [];
  #inFlight = 0;
  /** Whose turn it is to be asked first. */
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param isFailing whether the endpoint is out of order now */
  join(isFailing: () => boolean): Turn {
    const queue: Queue = { isFailing, waiting: new Set(), held: 0 };
    this.#queues.push(queue);
    return {
      enter: signal => this.#enter(queue, signal),
      leave: () => {
        queue.held--;
        this.#inFlight--;
        this.#grant();
      },
    };
  }

  #enter(queue: Queue, signal: Signal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise(resolve => {
      const settle = (entered: boolean): void => {
        queue.waiting.delete(admit);
        signal.removeEventListener('abort', abort);
        resolve(entered);
      };
      const abort = (): void => settle(false);
      const admit = (): void => {
        queue.held++;
        this.#inFlight++;
        settle(true);
      };
      queue.waiting.add(admit);
      signal.addEventListener('abort', abort);
      this.#grant();
    });
  }

  /** One to each that waits and may, around and around. */
  #grant(): void {
    const { length } = this.#queues;
    for (let passed = 0; passed < length && this.#inFlight < this.#limit; ) {
      const queue = this.#queues[this.#next % length]!;
      this.#next = (this.#next + 1) % length;
      const admit = queue.waiting.values().next().value;
      if (admit === undefined || !this.#mayHaveMore(queue)) passed++;
      else {
        admit();
        passed = 0;
      }
    }
  }

  #mayHaveMore(queue: Queue): boolean {
    const { length } = this.#queues;
    const limit = this.#limit;
    if (!queue.isFailing()) return queue.held < limit - Math.min(length - 1, Math.floor(limit / 2));
    if (queue.held >= Math.max(1, Math.floor(limit / length))) return false;
    return limit === 1 || this.#ofFailing() < limit - 1;
  }

  #ofFailing(): number {
    let held = 0;
    for (const queue of this.#queues) if (queue.isFailing()) held += queue.held;
    return held;
  }
}
