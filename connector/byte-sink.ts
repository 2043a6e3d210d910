const FIRST_SIZE = 65_536;
/** The most bytes that UTF-8 has for a UTF-16 code unit. */
const MOST_BYTES = 3;
/** Code units from which on a text is measured before room is made for it. */
const LONG = 65_536;
/** And up to which a loop is faster than a call. */
const SHORT = 48;
const LAST_ASCII = 0x7f;

/** @returns the position behind them */
export function copyBytes(target: Buffer, at: number, source: Buffer, start: number, end: number): number {
  if (end - start > SHORT) source.copy(target, at, start, end);
  else for (let i = start; i < end; i++) target[at + i - start] = source[i]!;
  return at + end - start;
}

/** Bytes that are written one behind the other, in memory that grows. Who writes into it by himself reserves room, and moves `at`. */
export class ByteSink {
  /** Filled up to `at`; another one when it has grown. */
  memory: Buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  at = 0;

  /** Room for so many bytes. */
  reserve(bytes: number): void {
    if (this.at + bytes > this.memory.length) this.#grow(bytes);
  }

  byte(byte: number): void {
    if (this.at === this.memory.length) this.#grow(1);
    this.memory[this.at++] = byte;
  }

  piece(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.at = copyBytes(this.memory, this.at, source, start, end);
  }

  /** In UTF-8. */
  pieceText(text: string): void {
    if (text.length > SHORT || !this.#ascii(text)) this.#utf8(text);
  }

  /** @returns false for a text that is more than that */
  #ascii(text: string): boolean {
    const { length } = text;
    this.reserve(length);
    const { memory, at } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > LAST_ASCII) return false;
      memory[at + i] = code;
    }
    this.at = at + length;
    return true;
  }

  #utf8(text: string): void {
    this.reserve(text.length < LONG ? text.length * MOST_BYTES : Buffer.byteLength(text));
    this.at += this.memory.write(text, this.at);
  }

  /** Lets go of the memory, for who has handed it on. */
  protected renew(): void {
    this.memory = Buffer.allocUnsafeSlow(FIRST_SIZE);
    this.at = 0;
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.memory.length * 2, this.at + bytes));
    this.memory.copy(larger, 0, 0, this.at);
    this.memory = larger;
  }
}
