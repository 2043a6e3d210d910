import { type Block, putSeparator, type ValuesColumn } from './block.ts';
import { ByteSink } from './byte-sink.ts';
import { PASSAGE_SIZE, type Splice, splice } from './splice.ts';

const NO_BYTES = Buffer.alloc(0);
/** What is kept for the next block: that of a block with larger values becomes its column, without a copy. */
const MOST_KEPT = 4 * 1_048_576;
const FIRST_NUMBERS = 3_072;
const MOST_NUMBERS = 196_608;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;

/** Fills the values column of a block, record by record, in memory that is used again for the next block. */
export class ValueWriter extends ByteSink {
  #valueEnd = new Uint32Array(0);
  #separator: Buffer = NO_BYTES;
  #count = 0;
  /** Where the value begins that is being written. */
  #start = 0;
  #source: Buffer = NO_BYTES;
  #splice: Splice = splice;
  /** Of `splice`, and bytes in them; as many at the beginning of the value. */
  #passages = new Uint32Array(FIRST_NUMBERS);
  #numbers = 0;
  #passed = 0;
  #numbersAtStart = 0;
  #passedAtStart = 0;

  begin(block: Pick<Block, 'count' | 'separator'> & Partial<Pick<Block, 'values' | 'splice'>>): void {
    this.#valueEnd = new Uint32Array(block.count);
    this.#separator = block.separator;
    this.#source = block.values ?? NO_BYTES;
    this.#splice = block.splice ?? splice;
    this.at = 0;
    this.#count = 0;
    this.#start = 0;
    this.#numbers = 0;
    this.#passed = 0;
    this.#numbersAtStart = 0;
    this.#passedAtStart = 0;
  }

  /** Bytes of the block's values, which are copied at the end. */
  passage(start: number, end: number): void {
    const at = this.#numbers;
    if (at === this.#passages.length) this.#growPassages();
    const passages = this.#passages;
    passages[at] = this.at;
    passages[at + 1] = start;
    passages[at + 2] = end;
    this.#numbers = at + PASSAGE_SIZE;
    this.#passed += end - start;
  }

  /** The passage whose ends are two of the numbers. */
  between(numbers: Uint32Array, first: number, last: number): void {
    this.passage(numbers[first]!, numbers[last]!);
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
    this.#valueEnd[this.#count++] = this.at + this.#passed;
    this.at = putSeparator(this.memory, this.at, this.#separator);
    this.#start = this.at;
    this.#numbersAtStart = this.#numbers;
    this.#passedAtStart = this.#passed;
    return size;
  }

  /** Bytes of the value that is being written. */
  get size(): number {
    return this.at - this.#start + this.#passed - this.#passedAtStart;
  }

  /** Takes back what was written of a value that is not ended. */
  takeBack(): void {
    this.at = this.#start;
    this.#numbers = this.#numbersAtStart;
    this.#passed = this.#passedAtStart;
  }

  /** A slot without a value: of a record that is null, refused or dropped. Pieces that were written are taken back. */
  nothing(): void {
    this.takeBack();
    this.endPieces();
  }

  finish(): ValuesColumn {
    const column = { valueEnd: this.#valueEnd, separator: this.#separator };
    const written = this.memory.subarray(0, this.at);
    const isLarge = this.memory.length > MOST_KEPT;
    if (isLarge) this.renew();
    if (isLarge && this.#numbers === 0) return { values: written, ...column };
    const values = Buffer.allocUnsafeSlow(written.length + this.#passed);
    this.#splice(written, this.#source, this.#passages.subarray(0, this.#numbers), values);
    if (this.#passages.length > MOST_NUMBERS) this.#passages = new Uint32Array(FIRST_NUMBERS);
    this.#source = NO_BYTES;
    return { values, ...column };
  }

  #growPassages(): void {
    const larger = new Uint32Array(this.#passages.length * 2);
    larger.set(this.#passages);
    this.#passages = larger;
  }
}
