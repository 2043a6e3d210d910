const THREADS = 4;

/** libuv's pool of one process: reads and questions to the brokers want its threads. */
export class Pool {
  #free = THREADS;
  readonly #waiting: ((give: () => void) => void)[] = [];

  get free(): number {
    return this.#free;
  }

  /** Runs it with a thread, now or later; `give` gives the thread back. */
  take(run: (give: () => void) => void): void {
    if (this.#free === 0) {
      this.#waiting.push(run);
      return;
    }
    this.#free--;
    run(() => this.#give());
  }

  #give(): void {
    this.#free++;
    const next = this.#waiting.shift();
    if (next !== undefined) this.take(next);
  }
}
