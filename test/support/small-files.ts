import type { SmallFiles } from '../../connector/ports.ts';

/** Files in memory. */
export class MemoryFiles implements SmallFiles {
  readonly #texts = new Map<string, { readonly text: string; readonly stamp: string }>();
  /** What the next calls fail with, and how often each was called. */
  failure: string | null = null;
  reads = 0;
  looks = 0;
  writes = 0;
  #stamps = 0;

  put(path: string, text: string): void {
    this.#texts.set(path, { text, stamp: String(++this.#stamps) });
  }

  remove(path: string): void {
    this.#texts.delete(path);
  }

  textOf(path: string): string | null {
    return this.#texts.get(path)?.text ?? null;
  }

  async stamp(path: string): Promise<string> {
    this.looks++;
    return this.#find(path).stamp;
  }

  async read(path: string): Promise<string> {
    this.reads++;
    return this.#find(path).text;
  }

  async replace(path: string, text: string): Promise<void> {
    this.writes++;
    if (this.failure !== null) throw new Error(this.failure);
    this.put(path, text);
  }

  #find(path: string): { readonly text: string; readonly stamp: string } {
    if (this.failure !== null) throw new Error(this.failure);
    const found = this.#texts.get(path);
    if (found === undefined) throw new Error('there is no such file');
    return found;
  }
}
