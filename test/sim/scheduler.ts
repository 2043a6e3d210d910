/** Something that will happen at a virtual time. */
export interface Scheduled {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Turns armed at once: the event loop polls once for all of them, and still drains microtasks after each. */
const TURNS_AT_ONCE = 64;

/**
 * Virtual time: a heap of events in a total order (time, then the order in which they were asked for). Each event runs in a
 * macrotask turn of its own, so that every promise it settles has had its consequences before the next one.
 */
export class Scheduler {
  #now = 0;
  #order = 0;
  #executed = 0;
  readonly #heap: Scheduled[] = [];

  get now(): number {
    return this.#now;
  }

  get executed(): number {
    return this.#executed;
  }

  /** @returns the event; `cancel` takes it back. */
  after(delayMs: number, run: () => void): Scheduled {
    const event: Scheduled = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#push(event);
    return event;
  }

  cancel(event: Scheduled): void {
    event.run = null;
  }

  /**
   * Runs events until `settled` (asked after each event, once its microtasks are done) answers true or nothing is left.
   * Rejects with whatever an event or `settled` throws.
   */
  run(settled: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = 0;
      let over = false;
      const end = (settle: () => void): void => {
        over = true;
        settle();
      };
      const turn = (): void => {
        if (over) return;
        try {
          if (settled() || !this.#step()) return end(resolve);
        } catch (error: unknown) {
          return end(() => reject(error));
        }
        if (--left === 0) arm();
      };
      const arm = (): void => {
        left = TURNS_AT_ONCE;
        for (let i = 0; i < TURNS_AT_ONCE; i++) setImmediate(turn);
      };
      arm();
    });
  }

  #step(): boolean {
    for (;;) {
      const event = this.#pop();
      if (event === undefined) return false;
      if (event.run === null) continue;
      this.#now = event.at;
      this.#executed++;
      const { run } = event;
      event.run = null;
      run();
      return true;
    }
  }

  #push(event: Scheduled): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (before(heap[parent]!, event)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (before(last, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function before(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
