/**
 * Questions to the brokers block a thread of libuv's pool, which has four for the whole process; reads, DNS and files need
 * them too. So one question runs in the process at a time, whoever asks it; those that wait get their turn in order.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  /**
   * Resolves when it is the caller's turn. `give` ends it.
   * @throws the signal's reason, when it aborts before; there is nothing to give then
   */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#taken) await this.#turn(signal);
    this.#taken = true;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(begin);
    });
  }
}

/** Of all clients of this process. */
export const POOL_TURNS = new Turns();
