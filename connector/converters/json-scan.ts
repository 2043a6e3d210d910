import { MAX_DEPTH } from '../data/json-parse.ts';

/** Why a text is not JSON; the grammar is RFC 8259's. */
export type JsonFault =
  | 'a value is missing'
  | 'a name in quotes is missing'
  | 'a colon is missing'
  | 'a comma or a closing bracket is missing'
  | 'a string is not closed'
  | 'a string holds an unescaped control character'
  | 'a string holds an invalid escape'
  | 'a number is malformed'
  | 'something follows the end of the value'
  | 'arrays and objects are nested deeper than 1,000 levels';

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const SMALL_E = 0x65;
const SMALL_U = 0x75;
const OPEN_OBJECT = 0x7b;
/** A closing bracket's code is its opening one's plus this. */
const CLOSE = CLOSE_ARRAY - OPEN_ARRAY;

const BAD = -1;

const LITERALS: readonly (readonly number[])[] = ['true', 'false', 'null'].map(word => [...Buffer.from(word)]);

/** 1: ends the plain part of a string (a quote, a backslash, a control character). */
const STOPS = new Uint8Array(256);
STOPS.fill(1, 0, SPACE);
STOPS[QUOTE] = 1;
STOPS[BACKSLASH] = 1;

/** 1: may stand behind a backslash, `u` apart (RFC 8259 §7). */
const ESCAPES = new Uint8Array(256);
const HEX = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPES[byte] = 1;
for (const byte of Buffer.from('0123456789abcdefABCDEF')) HEX[byte] = 1;

/**
 * Checks ranges of one buffer against JSON's grammar without making anything of them. It accepts what JSON.parse
 * accepts (duplicate names, lone surrogate escapes, numbers of any size) down to MAX_DEPTH levels, and no byte outside
 * the range has a say. Bytes above 0x7f pass inside strings: whether they are UTF-8 is the caller's question.
 */
export class JsonScanner {
  /** Of the last scan: a CR or LF stands between its tokens. */
  newline = false;
  /** Of the last scan that answered false: why, and at which byte of the range. */
  fault: JsonFault = 'a value is missing';
  faultAt = 0;

  private readonly bytes: Uint8Array;
  /** The same memory by four bytes, to pass over the plain inside of strings. */
  private readonly words: Int32Array;
  private readonly base: number;
  /** The opening brackets around the position, from index 1. */
  private readonly open = new Uint8Array(MAX_DEPTH + 1);

  constructor(values: Uint8Array) {
    // Both views begin where the ArrayBuffer begins: words can not begin at any byte.
    this.base = values.byteOffset;
    this.bytes = new Uint8Array(values.buffer);
    this.words = new Int32Array(values.buffer, 0, values.buffer.byteLength >> 2);
  }

  /** Whether the bytes start … end of the buffer are one JSON text. */
  scan(start: number, end: number): boolean {
    const first = this.base + start;
    this.newline = false;
    if (this.text(first, this.base + end) !== BAD) return true;
    this.faultAt -= first;
    return false;
  }

  /** Walks from value to value; `depth` counts the brackets that are open. */
  private text(start: number, end: number): number {
    const bytes = this.bytes;
    const open = this.open;
    let depth = 0;
    let at = start;
    for (;;) {
      at = this.blanks(at, end);
      if (at >= end) return this.bad(at, 'a value is missing');
      const byte = bytes[at]!;
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (depth === MAX_DEPTH) return this.bad(at, 'arrays and objects are nested deeper than 1,000 levels');
        at = this.blanks(at + 1, end);
        if (at < end && bytes[at] === byte + CLOSE) at++;
        else {
          open[++depth] = byte;
          if (byte === OPEN_ARRAY) continue;
          at = this.name(at, end);
          if (at === BAD) return BAD;
          continue;
        }
      } else {
        at = byte === QUOTE ? this.string(at + 1, end) : this.scalar(at, end);
        if (at === BAD) return BAD;
      }
      for (;;) {
        at = this.blanks(at, end);
        if (depth === 0) return at === end ? at : this.bad(at, 'something follows the end of the value');
        const next = at < end ? bytes[at] : 0;
        if (next === COMMA) break;
        if (next !== open[depth]! + CLOSE) return this.bad(at, 'a comma or a closing bracket is missing');
        at++;
        depth--;
      }
      at++;
      if (open[depth] === OPEN_OBJECT) {
        at = this.name(this.blanks(at, end), end);
        if (at === BAD) return BAD;
      }
    }
  }

  private bad(at: number, fault: JsonFault): number {
    this.fault = fault;
    this.faultAt = at;
    return BAD;
  }

  private blanks(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte > SPACE) break;
      if (byte === LF || byte === CR) this.newline = true;
      else if (byte !== SPACE && byte !== TAB) break;
      at++;
    }
    return at;
  }

  /** A member's name and its colon. */
  private name(start: number, end: number): number {
    if (start >= end || this.bytes[start] !== QUOTE) return this.bad(start, 'a name in quotes is missing');
    let at = this.string(start + 1, end);
    if (at === BAD) return BAD;
    at = this.blanks(at, end);
    if (at >= end || this.bytes[at] !== COLON) return this.bad(at, 'a colon is missing');
    return at + 1;
  }

  /** From behind the opening quote to behind the closing one. */
  private string(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start;
    for (;;) {
      at = this.plain(at, end);
      if (at >= end) return this.bad(end, 'a string is not closed');
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH) return this.bad(at, 'a string holds an unescaped control character');
      const length = this.escape(at, end);
      if (length === BAD) return this.bad(at, 'a string holds an invalid escape');
      at += length;
    }
  }

  /** To the first byte that is not plain text, or to the end: four bytes at a time wherever four are plain. */
  private plain(start: number, end: number): number {
    const bytes = this.bytes;
    const words = this.words;
    const lastWord = end >> 2;
    let at = start;
    while (at < end && STOPS[bytes[at]!] === 0) {
      at++;
      if ((at & 3) !== 0) continue;
      let word = at >> 2;
      for (; word < lastWord; word++) {
        // A byte's top bit is set where it is below 0x20 or a quote (the exclusive or makes these two one range), or a
        // backslash. A borrow can only mark bytes above a byte that is marked itself; bytes above 0x7f are masked out.
        const four = words[word]!;
        const low = (four ^ 0x02020202) - 0x21212121;
        const slash = (four ^ 0x5c5c5c5c) - 0x01010101;
        if (((low | slash) & ~four & 0x80808080) !== 0) break;
      }
      at = word << 2;
    }
    return at;
  }

  /** The length of an escape sequence. */
  private escape(at: number, end: number): number {
    const bytes = this.bytes;
    if (at + 1 >= end) return BAD;
    if (ESCAPES[bytes[at + 1]!] === 1) return 2;
    if (bytes[at + 1] !== SMALL_U || at + 6 > end) return BAD;
    for (let i = at + 2; i < at + 6; i++) if (HEX[bytes[i]!] === 0) return BAD;
    return 6;
  }

  private scalar(start: number, end: number): number {
    const bytes = this.bytes;
    const byte = bytes[start]!;
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return this.number(start, end);
    for (const word of LITERALS) {
      if (byte !== word[0] || start + word.length > end) continue;
      let same = 1;
      while (same < word.length && bytes[start + same] === word[same]) same++;
      if (same === word.length) return start + same;
    }
    return this.bad(start, 'a value is missing');
  }

  private number(start: number, end: number): number {
    const bytes = this.bytes;
    let at = bytes[start] === MINUS ? start + 1 : start;
    const whole = at;
    at = this.digits(at, end);
    if (at === whole || (at > whole + 1 && bytes[whole] === ZERO)) return this.bad(start, 'a number is malformed');
    if (at < end && bytes[at] === DOT) {
      const fraction = at + 1;
      at = this.digits(fraction, end);
      if (at === fraction) return this.bad(start, 'a number is malformed');
    }
    if (at < end && (bytes[at]! | SPACE) === SMALL_E) {
      at++;
      if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at++;
      const exponent = at;
      at = this.digits(exponent, end);
      if (at === exponent) return this.bad(start, 'a number is malformed');
    }
    return at;
  }

  private digits(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start;
    while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
    return at;
  }
}
