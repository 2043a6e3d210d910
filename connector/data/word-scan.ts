/** Of the four bytes of a word: those that are no ASCII. */
export const HIGH_BITS = 0x80808080 | 0;
const ONES = 0x01010101;
const TWOS = 0x02020202;
const QUOTES_NEXT = 0x21212121;
const BACKSLASHES = 0x5c5c5c5c;

/** Looks at the bytes of JSON strings four at a time: five times as fast as one by one. */
export class WordScan {
  /** All bits of the words that were passed last. */
  bits = 0;
  readonly #words: Int32Array;
  /** Bytes before the first whole word. */
  readonly #skew: number;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#skew = -byteOffset & 3;
    const words = Math.max(0, byteLength - this.#skew) >> 2;
    this.#words = words === 0 ? new Int32Array(0) : new Int32Array(buffer, byteOffset + this.#skew, words);
  }

  /**
   * @param start of bytes that are looked at up to `end`
   * @returns `start`, or behind words of nothing but what stands in a string as it is: no quote, backslash or control character. Up
   * to three more such bytes may follow, before and behind them.
   */
  plainUntil(start: number, end: number): number {
    const words = this.#words;
    const skew = this.#skew;
    this.bits = 0;
    if (((start - skew) & 3) !== 0) return start;
    const last = (end - skew) >> 2;
    let bits = 0;
    let at = (start - skew) >> 2;
    for (; at < last; at++) {
      const word = words[at]!;
      // A byte's top bit is set where it is below 0x20 or a quote (the exclusive or makes these two one range), or a backslash. A
      // borrow can only mark bytes above a byte that is marked itself; bytes above 0x7f are masked out.
      const low = (word ^ TWOS) - QUOTES_NEXT;
      const backslashes = (word ^ BACKSLASHES) - ONES;
      if (((low | backslashes) & ~word & HIGH_BITS) !== 0) break;
      bits |= word;
    }
    this.bits = bits;
    return skew + at * 4;
  }
}
