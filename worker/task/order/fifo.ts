/** First in, first out, with a head that moves: Array.shift and splice move all that is behind. */
export class Fifo<T> {
  /** What was taken is undefined up to the head, so that nothing is held that is done with. */
  #items: (T | undefined)[] = [];
  #head = 0;

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts another one in the first's place. */
  replaceFirst(item: T): void {
    this.#items[this.#head] = item;
  }

  dropFirst(): void {
    this.#items[this.#head++] = undefined;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Shows each one, in order, with what puts another one in its place: before anything is added or dropped. */
  each(visit: (item: T, replace: (other: T) => void) => void): void {
    for (let i = this.#head; i < this.#items.length; i++) {
      visit(this.#items[i]!, other => {
        this.#items[i] = other;
      });
    }
  }

  /** Empties it. @returns what was in it, in order. */
  clear(): readonly T[] {
    const left = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    return left;
  }
}
