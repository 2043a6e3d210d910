/** What tells work to stop: as much of an AbortSignal as is used here, so that an AbortSignal is one. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A signal that fires when it is told to, or with any of several others, until it is released. A request has three of
 * them, and as AbortControllers they were the dearest part of our own code in it (Node's are event targets); and
 * AbortSignal.any keeps a trace on the long-lived ones, in the Node versions at hand. This leaves none.
 */
export class Scope implements Signal {
  readonly #outer: readonly Signal[];
  readonly #listeners = new Set<() => void>();
  #aborted = false;

  constructor(...outer: readonly Signal[]) {
    this.#outer = outer;
    for (const signal of outer) {
      if (signal.aborted) this.#aborted = true;
      else signal.addEventListener('abort', this.abort);
    }
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Calls the listeners, at the first time only. */
  readonly abort = (): void => {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
  };

  release(): void {
    for (const signal of this.#outer) signal.removeEventListener('abort', this.abort);
  }
}
