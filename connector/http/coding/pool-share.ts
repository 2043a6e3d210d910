import type { Signal } from '../../scope.ts';

/** How much of libuv's pool one kind of work may hold at a time, in the whole process; those that wait get it in order. */
export class PoolShare {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(jobs: number) {
    this.#free = jobs;
  }

  /** @returns whether a job may run; `give` ends it. False: the signal fired first. */
  take(signal: Signal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(true);
    }
    return new Promise(resolve => {
      const settle = (taken: boolean): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', leave);
        resolve(taken);
      };
      const enter = (): void => settle(true);
      const leave = (): void => settle(false);
      this.#waiting.add(enter);
      signal.addEventListener('abort', leave);
    });
  }

  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }
}
