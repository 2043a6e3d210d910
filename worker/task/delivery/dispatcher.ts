import PQueue from 'p-queue';

/**
 * Runs deliveries, at most `maxInFlight` at a time. Nothing ever waits inside the queue: a permit (`hasRoom`) is asked
 * for before a batch is taken from its lanes, so what waits stays in the lanes, where a revoke can still find it.
 */
export class Dispatcher {
  readonly #queue: PQueue;
  readonly #maxInFlight: number;
  #inFlight = 0;

  constructor(maxInFlight: number) {
    this.#queue = new PQueue({ concurrency: maxInFlight });
    this.#maxInFlight = maxInFlight;
  }

  get hasRoom(): boolean {
    return this.#inFlight < this.#maxInFlight;
  }

  /**
   * Runs it at once. Its permit is free when the promise settles (the queue itself frees its place a turn later).
   * @throws Error when there is no room: the caller must ask first.
   */
  async submit<T>(run: () => Promise<T>): Promise<T> {
    if (!this.hasRoom) throw new Error('dispatcher: submitted without a permit');
    this.#inFlight++;
    try {
      return await this.#queue.add(run);
    } finally {
      this.#inFlight--;
    }
  }
}
