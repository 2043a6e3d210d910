import PQueue from 'p-queue';

/**
 * Runs deliveries, at most `maxInFlight` at a time. Nothing ever waits inside the queue: a permit (`hasRoom`) is asked
 * for before a batch is taken from its lanes, so what waits stays in the lanes, where a revoke can still find it.
 */
export class Dispatcher {
  readonly #queue: PQueue;
  readonly #maxInFlight: number;

  constructor(maxInFlight: number) {
    this.#queue = new PQueue({ concurrency: maxInFlight });
    this.#maxInFlight = maxInFlight;
  }

  get inFlight(): number {
    return this.#queue.pending + this.#queue.size;
  }

  get hasRoom(): boolean {
    return this.inFlight < this.#maxInFlight;
  }

  /** @throws Error when there is no room: the caller must ask first. */
  submit(run: () => Promise<void>): void {
    if (!this.hasRoom) throw new Error('dispatcher: submitted without a permit');
    void this.#queue.add(run);
  }
}
