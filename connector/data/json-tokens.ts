import { notePlain } from './plain-texts.ts';
import { JsonNumber } from './scalars.ts';
import { HIGH_BITS, WordScan } from './word-scan.ts';

/** The text is not JSON (RFC 8259). `explainJson` says why and where, without the content. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const BACKSLASH = 0x5c;
const SMALL_E = 0x65;
const FIRST_HIGH = 0x80;
/** Of no byte: behind the text. */
const END = -1;

/** Any decimal of so many digits is told apart from all others by its double, and so prints as it was written. */
const EXACT_DIGITS = 15;
const SMALLEST_PLAIN = 1e-6;
/** Powers of ten that a double holds exactly: an exact number divided by one of them is rounded right. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** Bytes that are made a text at once, where a value has not more: the strings of many values are parts of one text. */
const WINDOW = 32_768;
/** Bytes of a string from which on it is worth being remembered that it needs no escape. */
const LONG = 48;
/** Bytes of one up to which it is not worth a look at words. */
const SHORT = 16;
/** Names that are remembered: a power of two. And the most bytes of one. */
const NAMES = 512;
const LONGEST_NAME = 64;
const NO_BYTES = Buffer.alloc(0);

/** Names of members that were read, by a hash of their bytes: most records have the same. */
export class KnownNames {
  private readonly names = new Array<string>(NAMES).fill('');

  /**
   * @param text whose characters are bytes
   * @param length of the name
   */
  at(hash: number, text: string, start: number, length: number): string {
    const slot = hash & (NAMES - 1);
    const known = this.names[slot]!;
    if (known.length === length && text.startsWith(known, start)) return known;
    // A part of the text would keep all of it in memory.
    const name = Buffer.from(text.slice(start, start + length), 'latin1').toString('latin1');
    if (length <= LONGEST_NAME) this.names[slot] = name;
    return name;
  }
}

/** Reads the tokens of JSON texts that stand in a buffer of UTF-8. Strings are parts of one text, without a copy. */
export class JsonTokens {
  protected bytes: Buffer = NO_BYTES;
  protected at = 0;
  protected end = 0;
  /** The bytes from `base` on, a character each. */
  private text = '';
  private base = 0;
  private words: WordScan | null = null;
  /** Of what `plainEnd` has passed. */
  private isAscii = true;
  private readonly names: KnownNames;

  constructor(names: KnownNames = new KnownNames()) {
    this.names = names;
  }

  /** The texts that follow stand in these bytes. */
  over(bytes: Buffer): void {
    this.bytes = bytes;
    this.base = 0;
    this.text = '';
    this.words = null;
  }

  protected begin(start: number, end: number): void {
    this.at = start;
    this.end = end;
    if (start >= this.base && end <= this.base + this.text.length) return;
    this.base = start;
    this.text = this.bytes.toString('latin1', start, Math.max(end, Math.min(start + WINDOW, this.bytes.length)));
  }

  /** Skips blanks. @returns the byte that stands behind them; -1 at the end. */
  protected blanks(): number {
    const { bytes, end } = this;
    let { at } = this;
    while (at < end) {
      const code = bytes[at]!;
      if (code > SPACE || (code !== SPACE && code !== LF && code !== CR && code !== TAB)) {
        this.at = at;
        return code;
      }
      at++;
    }
    this.at = at;
    return END;
  }

  protected literal<Word>(word: string, value: Word): Word {
    const behind = this.at + word.length;
    if (behind > this.end || !this.text.startsWith(word, this.at - this.base)) throw new JsonSyntaxError();
    this.at = behind;
    return value;
  }

  /** A member's name, from behind the opening quote to behind the closing one. */
  protected name(): string {
    const { bytes, end } = this;
    const start = this.at;
    let hash = 0;
    for (let at = start; at < end; at++) {
      const code = bytes[at]!;
      if (code === QUOTE) {
        this.at = at + 1;
        return this.names.at(hash, this.text, start - this.base, at - start);
      }
      if (code === BACKSLASH || code < SPACE || code >= FIRST_HIGH) return this.string();
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    throw new JsonSyntaxError();
  }

  /** From behind the opening quote to behind the closing one. */
  protected string(): string {
    const start = this.at;
    const at = this.plainEnd(start);
    const code = this.byteAt(at);
    if (code === BACKSLASH) return this.escaped(start, at);
    if (code !== QUOTE) throw new JsonSyntaxError();
    this.at = at + 1;
    const text = this.isAscii
      ? this.text.slice(start - this.base, at - this.base)
      : this.bytes.toString('utf8', start, at);
    if (at - start >= LONG) notePlain(text);
    return text;
  }

  /** Where the first byte stands that is a quote, a backslash or a control character; else the end. */
  private plainEnd(start: number): number {
    const { bytes, end } = this;
    let all = 0;
    let at = start;
    for (; at < end; at++) {
      const code = bytes[at]!;
      if (code === QUOTE || code === BACKSLASH || code < SPACE) break;
      all |= code;
      if (at - start < SHORT) continue;
      // Far from its end, it is looked at in words.
      this.words ??= new WordScan(bytes);
      at = this.words.plainUntil(at + 1, end) - 1;
      all |= this.words.bits;
    }
    this.isAscii = (all & HIGH_BITS) === 0;
    return at;
  }

  private escaped(start: number, firstEscape: number): string {
    const { bytes, end } = this;
    for (let at = firstEscape; at < end; at++) {
      const code = bytes[at]!;
      if (code === QUOTE) {
        this.at = at + 1;
        try {
          return JSON.parse(bytes.toString('utf8', start - 1, at + 1)) as string;
        } catch {
          break;
        }
      }
      if (code < SPACE) break;
      if (code === BACKSLASH) at++;
    }
    throw new JsonSyntaxError();
  }

  protected number(): number | JsonNumber {
    const start = this.at;
    const negative = this.byteAt(start) === MINUS;
    const whole = negative ? start + 1 : start;
    let at = whole;
    let amount = 0;
    let code = this.byteAt(at);
    while (code >= ZERO && code <= NINE) {
      amount = amount * 10 + (code - ZERO);
      code = this.byteAt(++at);
    }
    const wholeDigits = at - whole;
    if (wholeDigits === 0 || (wholeDigits > 1 && this.bytes[whole] === ZERO)) throw new JsonSyntaxError();
    if (code !== DOT) {
      if (code === SMALL_E || code === UPPER_E) at = this.exponent(at);
      else if (amount <= Number.MAX_SAFE_INTEGER && !(negative && amount === 0)) {
        this.at = at;
        return negative ? -amount : amount;
      }
      return this.exactly(start, at);
    }
    const fraction = ++at;
    code = this.byteAt(at);
    while (code >= ZERO && code <= NINE) {
      amount = amount * 10 + (code - ZERO);
      code = this.byteAt(++at);
    }
    const fractionDigits = at - fraction;
    if (fractionDigits === 0) throw new JsonSyntaxError();
    if (code === SMALL_E || code === UPPER_E) at = this.exponent(at);
    else if (wholeDigits + fractionDigits <= EXACT_DIGITS + 1 && this.bytes[at - 1] !== ZERO) {
      const value = amount / POWERS_OF_TEN[fractionDigits]!;
      if (amount < 1e15 && value >= SMALLEST_PLAIN) {
        this.at = at;
        return negative ? -value : value;
      }
    }
    return this.exactly(start, at);
  }

  private exactly(start: number, end: number): JsonNumber {
    this.at = end;
    return new JsonNumber(this.text.slice(start - this.base, end - this.base));
  }

  /** @param at where the e stands. @returns behind the exponent's last digit */
  private exponent(at: number): number {
    let end = at + 1;
    let code = this.byteAt(end);
    if (code === PLUS || code === MINUS) code = this.byteAt(++end);
    const digits = end;
    while (code >= ZERO && code <= NINE) code = this.byteAt(++end);
    if (end === digits) throw new JsonSyntaxError();
    return end;
  }

  private byteAt(at: number): number {
    return at < this.end ? this.bytes[at]! : END;
  }
}
