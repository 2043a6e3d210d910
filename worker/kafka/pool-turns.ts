/**
 * Questions to the brokers block a thread of libuv's pool, which has four for the whole process; reads, DNS and files need
 * them too. So one question runs in the process at a time, whoever asks it; those that wait get their turn in order.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  /** Resolves when it is the caller's turn. `give` ends it. */
  async take(): Promise<void> {
    if (this.#taken) await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#taken = true;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
