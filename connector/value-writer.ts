import { type Block, putSeparator, type ValuesColumn } from './block.ts';

const FIRST_SIZE = 65_536;
const NO_SEPARATOR = Buffer.alloc(0);
/** What is kept for the next block: that of a block with larger values becomes its column, without a copy. */
const MOST_KEPT = 4 * 1_048_576;
/** The most bytes that UTF-8 has for a UTF-16 code unit. */
const MOST_BYTES = 3;
/** Code units from which on a text is measured before room is made for it. */
const LONG = 65_536;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;

/** Fills the values column of a block, record by record, in memory that is used again for the next block. */
export class ValueWriter {
  #scratch = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #valueEnd = new Uint32Array(0);
  #separator: Buffer = NO_SEPARATOR;
  #at = 0;
  #count = 0;
  /** Bytes of the value that is being put together. */
  #pieces = 0;

  begin({ count, separator }: Pick<Block, 'count' | 'separator'>): void {
    this.#valueEnd = new Uint32Array(count);
    this.#separator = separator;
    this.#at = 0;
    this.#count = 0;
  }

  /** @returns how many bytes the value has in UTF-8 */
  text(value: string): number {
    this.#reserve(value.length < LONG ? value.length * MOST_BYTES : Buffer.byteLength(value));
    const written = this.#scratch.write(value, this.#at);
    this.#end(written);
    return written;
  }

  bytes(value: Buffer): number {
    this.#reserve(value.length);
    this.#end(value.copy(this.#scratch, this.#at));
    return value.length;
  }

  /** A part of a value, which `endPieces` ends. */
  piece(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    this.#pieces += source.copy(this.#scratch, this.#at + this.#pieces, start, end);
  }

  pieceText(text: string): void {
    this.#reserve(text.length < LONG ? text.length * MOST_BYTES : Buffer.byteLength(text));
    this.#pieces += this.#scratch.write(text, this.#at + this.#pieces);
  }

  /** JSON: line ends between its tokens become blanks, which mean the same. */
  pieceOnOneLine(source: Buffer, start: number, end: number): void {
    const from = this.#at + this.#pieces;
    this.piece(source, start, end);
    const text = source.subarray(start, end);
    if (!text.includes(NEWLINE) && !text.includes(RETURN)) return;
    const scratch = this.#scratch;
    for (let at = from; at < from + end - start; at++) {
      if (scratch[at] === NEWLINE || scratch[at] === RETURN) scratch[at] = BLANK;
    }
  }

  /** @returns how many bytes the value has */
  endPieces(): number {
    const size = this.#pieces;
    this.#pieces = 0;
    this.#end(size);
    return size;
  }

  /** Room for a value of at most so many bytes, which is written by the caller, from `at` on, and ended by `wrote`. */
  room(bytes: number): Buffer {
    this.#reserve(bytes);
    return this.#scratch;
  }

  get at(): number {
    return this.#at;
  }

  /** @param end behind the value's last byte. @returns how many bytes the value has */
  wrote(end: number): number {
    const written = end - this.#at;
    this.#end(written);
    return written;
  }

  /** A slot without a value: of a record that is null, refused or dropped. */
  nothing(): void {
    this.#reserve(0);
    this.#end(0);
  }

  finish(): ValuesColumn {
    if (this.#scratch.length > MOST_KEPT) {
      const values = this.#scratch.subarray(0, this.#at);
      this.#scratch = Buffer.allocUnsafeSlow(FIRST_SIZE);
      return { values, valueEnd: this.#valueEnd, separator: this.#separator };
    }
    const values = Buffer.allocUnsafeSlow(this.#at);
    this.#scratch.copy(values, 0, 0, this.#at);
    return { values, valueEnd: this.#valueEnd, separator: this.#separator };
  }

  #end(written: number): void {
    this.#at += written;
    this.#valueEnd[this.#count++] = this.#at;
    this.#at = putSeparator(this.#scratch, this.#at, this.#separator);
  }

  /** Room for so many bytes of a value, and for what stands behind it. */
  #reserve(valueBytes: number): void {
    const used = this.#at + this.#pieces;
    const size = valueBytes + this.#separator.length;
    if (used + size <= this.#scratch.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#scratch.length * 2, used + size));
    this.#scratch.copy(larger, 0, 0, used);
    this.#scratch = larger;
  }
}
