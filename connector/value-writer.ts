import { type Block, putSeparator, type ValuesColumn } from './block.ts';
import { ByteSink } from './byte-sink.ts';

const NO_SEPARATOR = Buffer.alloc(0);
/** What is kept for the next block: that of a block with larger values becomes its column, without a copy. */
const MOST_KEPT = 4 * 1_048_576;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;

/** Fills the values column of a block, record by record, in memory that is used again for the next block. */
export class ValueWriter extends ByteSink {
  #valueEnd = new Uint32Array(0);
  #separator: Buffer = NO_SEPARATOR;
  #count = 0;
  /** Where the value begins that is being written. */
  #start = 0;

  begin({ count, separator }: Pick<Block, 'count' | 'separator'>): void {
    this.#valueEnd = new Uint32Array(count);
    this.#separator = separator;
    this.at = 0;
    this.#count = 0;
    this.#start = 0;
  }

  /** @returns how many bytes the value has in UTF-8 */
  text(value: string): number {
    this.pieceText(value);
    return this.endPieces();
  }

  bytes(value: Buffer): number {
    this.piece(value, 0, value.length);
    return this.endPieces();
  }

  /** JSON: line ends between its tokens become blanks, which mean the same. */
  pieceOnOneLine(source: Buffer, start: number, end: number): void {
    const from = this.at;
    this.piece(source, start, end);
    const text = source.subarray(start, end);
    if (!text.includes(NEWLINE) && !text.includes(RETURN)) return;
    const { memory } = this;
    for (let at = from; at < this.at; at++) {
      if (memory[at] === NEWLINE || memory[at] === RETURN) memory[at] = BLANK;
    }
  }

  /** Ends the value that was written in pieces. @returns how many bytes it has */
  endPieces(): number {
    const { size } = this;
    this.reserve(this.#separator.length);
    this.#valueEnd[this.#count++] = this.at;
    this.at = putSeparator(this.memory, this.at, this.#separator);
    this.#start = this.at;
    return size;
  }

  /** Bytes of the value that is being written. */
  get size(): number {
    return this.at - this.#start;
  }

  /** Takes back what was written of a value that is not ended. */
  takeBack(): void {
    this.at = this.#start;
  }

  /** A slot without a value: of a record that is null, refused or dropped. Pieces that were written are taken back. */
  nothing(): void {
    this.takeBack();
    this.endPieces();
  }

  finish(): ValuesColumn {
    const { memory, at } = this;
    const column = { valueEnd: this.#valueEnd, separator: this.#separator };
    if (memory.length > MOST_KEPT) {
      this.renew();
      return { values: memory.subarray(0, at), ...column };
    }
    const values = Buffer.allocUnsafeSlow(at);
    memory.copy(values, 0, 0, at);
    return { values, ...column };
  }
}
