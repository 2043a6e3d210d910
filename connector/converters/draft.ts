import { type Block, FLAG_FILTERED, FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE } from '../block.ts';
import type { RecordError } from '../record-error.ts';
import { replaceValues } from './replace-values.ts';

/** What makes a record anything else than one to be sent. */
const FATES = FLAG_NULL | FLAG_INVALID | FLAG_OVERSIZE | FLAG_FILTERED;

/** A block in which some records get another fate, or another value; records in ascending order, each once. */
export class Draft {
  readonly #block: Block;
  readonly #maxValueBytes: number;
  #flags: Uint8Array | null = null;
  #errors: Map<number, RecordError> | null = null;
  readonly #values = new Map<number, Buffer>();

  /** @param maxValueBytes bytes that one value may have, so that it fits into a request of its own */
  constructor(block: Block, maxValueBytes: number) {
    this.#block = block;
    this.#maxValueBytes = maxValueBytes;
  }

  /** The record is one without a value. */
  makeNull(index: number): void {
    if ((this.#block.flags[index]! & FATES) !== FLAG_NULL) this.#mark(index, FLAG_NULL);
  }

  /** The record gets its verdict without being sent. */
  skip(index: number): void {
    this.#mark(index, FLAG_FILTERED);
  }

  refuse(index: number, error: RecordError): void {
    this.#mark(index, FLAG_INVALID);
    this.#errors ??= new Map(this.#block.errors);
    this.#errors.set(index, error);
  }

  /** The value in its slot is sent, whatever was said of it before. @param flags that it has nevertheless */
  keep(index: number, bytes: number, flags = 0): void {
    this.#mark(index, bytes > this.#maxValueBytes ? flags | FLAG_OVERSIZE : flags);
  }

  /** These bytes are sent in its place. */
  replace(index: number, value: Buffer): void {
    this.#values.set(index, value);
    this.keep(index, value.length);
  }

  /** The block as it was where nothing was changed. */
  finish(): Block {
    if (this.#flags === null) return this.#block;
    const block = this.#block;
    return {
      ...block,
      ...(this.#values.size > 0 && replaceValues(block, this.#values)),
      flags: this.#flags,
      original: block.original ?? block,
      ...(this.#errors !== null && { errors: this.#errors }),
    };
  }

  #mark(index: number, fate: number): void {
    this.#flags ??= this.#block.flags.slice();
    this.#flags[index] = (this.#flags[index]! & ~FATES) | fate;
  }
}
