import type { ChildProcess } from 'node:child_process';

/** The messages of a forked process in order, none lost between two questions. */
export class ChildEvents<T extends { readonly kind: string }> {
  readonly #arrived: T[] = [];
  #ended: string | null = null;
  #wake: () => void = () => {};

  constructor(child: ChildProcess) {
    child.on('message', message => {
      this.#arrived.push(message as T);
      this.#wake();
    });
    child.once('exit', (code, signal) => {
      this.#ended = `the process ended (${code ?? signal})`;
      this.#wake();
    });
  }

  /** The next message, which must be of this kind. */
  async next<K extends T['kind']>(kind: K, timeoutMs: number): Promise<Extract<T, { readonly kind: K }>> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, timeoutMs);
    while (this.#arrived.length === 0 && this.#ended === null && !late) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    clearTimeout(timer);
    const event = this.#arrived.shift();
    if (event?.kind === kind) return event as Extract<T, { readonly kind: K }>;
    throw new Error(`no "${kind}": ${event?.kind ?? this.#ended ?? `nothing for ${timeoutMs / 1000} s`}`);
  }
}
