import { setMaxListeners } from 'node:events';

/**
 * A signal that fires with any of several others, until it is released. (AbortSignal.any keeps a trace on the long
 * lived ones, in the Node versions at hand; this leaves none.)
 */
export class Scope {
  readonly #controller = new AbortController();
  readonly #outer: readonly AbortSignal[];

  constructor(...outer: readonly AbortSignal[]) {
    this.#outer = outer;
    // One signal may stop any number of deliveries; Node warns of more than ten listeners.
    setMaxListeners(0, ...outer);
    for (const signal of outer) {
      if (signal.aborted) this.abort();
      else signal.addEventListener('abort', this.abort);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly abort = (): void => this.#controller.abort();

  release(): void {
    for (const signal of this.#outer) signal.removeEventListener('abort', this.abort);
  }
}
