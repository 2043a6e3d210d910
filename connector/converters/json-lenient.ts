import { isUtf8 } from 'node:buffer';
import { decodeJsonText } from './json-encoding.ts';
import { type JsonFault, JsonScanner } from './json-scan.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** An escape has six bytes, the shortest form of UTF-8 that can be too long has two. */
const GROWTH = 3;
/** The first code that needs so many bytes behind the first one; what is below 0x10000 in four is no character to Jackson either. */
const SHORTEST = [0, 0x80, 0x800, 0];

const IN_NUMBER = bytesOf('0123456789.eE+-');
const IN_WORD = bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_\x7f');
/** Java's Character.isJavaIdentifierPart, above ASCII. */
const IDENTIFIER_PART = /[\p{L}\p{Nd}\p{Nl}\p{Mn}\p{Mc}\p{Pc}\p{Sc}\p{Cf}\u0080-\u009f]/u;

function bytesOf(text: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(text)) table[byte] = 1;
  return table;
}

/**
 * A value that is not JSON, as what Kafka Connect's JsonConverter reads it for: JSON with the same meaning (RFC 8259), or blanks
 * alone, which are no value. JsonConverter's parser (Jackson, with leading zeros allowed) takes more than JSON's grammar:
 *
 * - a byte order mark, UTF-16 and UTF-32;
 * - leading zeros of numbers: `007`, `-00.5`;
 * - whatever follows the first value: nothing behind it is looked at, but for the byte that must end a number or a word;
 * - characters in strings that UTF-8 writes with more bytes than they need.
 *
 * All else stays as it is written. @returns null where it is no JSON to JsonConverter either
 */
export function lenientJson(value: Buffer): Buffer | null {
  const text = rewrite(value);
  if (text === null || !isUtf8(text.bytes)) return null;
  const { bytes } = text;
  return text.blank || new JsonScanner(bytes).scan(0, bytes.length) ? bytes : null;
}

/** Why `lenientJson` gave null: with the place in the value, and nothing of its content. */
export function explainLenient(value: Buffer): string {
  const text = rewrite(value);
  if (text === null) return 'its bytes are of no encoding of JSON';
  const { bytes, origin } = text;
  const scanner = new JsonScanner(bytes);
  const fits = text.blank || scanner.scan(0, bytes.length);
  const faultAt = fits ? bytes.length : scanner.faultAt;
  const fault: JsonFault | 'it is not UTF-8 text' =
    text.badAt >= 0 && (fits || text.badAt <= faultAt) ? 'it is not UTF-8 text' : scanner.fault;
  const at = fault === scanner.fault ? faultAt : text.badAt;
  return origin === null ? `${fault}, at byte ${at} of its UTF-8 form` : `${fault}, at byte ${at + origin(at)}`;
}

interface Rewritten {
  readonly bytes: Buffer;
  /** There is no value. */
  readonly blank: boolean;
  /** Where the first bytes stand in a string that are no UTF-8; -1: nowhere. */
  readonly badAt: number;
  /** How far a byte stands from its place in the value; null: they have no places in common. */
  readonly origin: ((at: number) => number) | null;
}

function rewrite(value: Buffer): Rewritten | null {
  const text = decodeJsonText(value);
  if (text === null) return null;
  const { bytes, from } = text;
  const rewriter = new Rewriter(bytes, from === null);
  const blank = rewriter.rewrite();
  const origin = from === null ? null : (at: number): number => from + rewriter.distance(at);
  return { bytes: rewriter.written, blank, badAt: rewriter.badAt, origin };
}

/** Copies the first value of a text, token by token and without its grammar: what comes out is checked as a whole. */
class Rewriter {
  badAt = -1;
  readonly #bytes: Buffer;
  readonly #out: Buffer;
  readonly #decoded: boolean;
  readonly #utf8: boolean;
  /** Pairs: from this byte of the output on, how far the input's is behind it. */
  readonly #distances: number[] = [];
  #at = 0;
  #written = 0;

  /** @param decoded of characters: with bytes that are UTF-8 as they are, Jackson ends words otherwise */
  constructor(bytes: Buffer, decoded: boolean) {
    this.#bytes = bytes;
    this.#decoded = decoded;
    this.#utf8 = isUtf8(bytes);
    this.#out = Buffer.allocUnsafeSlow(this.#utf8 ? bytes.length : bytes.length * GROWTH);
  }

  get written(): Buffer {
    return this.#out.subarray(0, this.#written);
  }

  distance(at: number): number {
    const distances = this.#distances;
    let found = 0;
    for (let i = 0; i < distances.length && distances[i]! <= at; i += 2) found = distances[i + 1]!;
    return found;
  }

  /** @returns whether there are only blanks */
  rewrite(): boolean {
    const bytes = this.#bytes;
    while (isBlank(bytes[this.#at])) this.#copy();
    if (this.#at === bytes.length) return true;
    let depth = 0;
    let last: 'word' | 'number' | 'closed' = 'closed';
    do {
      const byte = bytes[this.#at]!;
      last = 'closed';
      if (byte === QUOTE) this.#string();
      else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
        this.#number();
        last = 'number';
      } else if (IN_WORD[byte] === 1) {
        while (IN_WORD[bytes[this.#at]!] === 1) this.#copy();
        last = 'word';
      } else {
        if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
        else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
        this.#copy();
      }
    } while (depth > 0 && this.#at < bytes.length);
    const ended = last === 'closed' || (last === 'number' ? isBlank(bytes[this.#at]) : this.#wordEnds());
    // What may not follow stays, for the check to refuse it.
    if (!ended && this.#at < bytes.length) this.#copy();
    return false;
  }

  /** Bytes of a character of several are all of a word to Jackson, which does not put them together. */
  #wordEnds(): boolean {
    const next = this.#bytes[this.#at] ?? 0;
    if (next < 0x80 || !this.#decoded) return next < 0x80 && IN_WORD[next] === 0;
    const [char = ''] = this.#bytes.toString('utf8', this.#at, this.#at + 4);
    return char.length > 1 || !IDENTIFIER_PART.test(char);
  }

  #string(): void {
    const bytes = this.#bytes;
    this.#copy();
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at]!;
      if (byte >= 0x80 && !this.#utf8) this.#character();
      else this.#copy();
      if (byte === QUOTE) return;
      if (byte === BACKSLASH && this.#at < bytes.length) this.#copy();
    }
  }

  /** One of several bytes, of which there may be too many: Jackson looks at nothing but their form. */
  #character(): void {
    const bytes = this.#bytes;
    const lead = bytes[this.#at]!;
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    let code = lead & (0x3f >> more);
    let formed = lead >= 0xc0 && lead < 0xf8;
    for (let i = 1; i <= more; i++) {
      const next = bytes[this.#at + i] ?? 0;
      formed &&= (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    if (formed && code < SHORTEST[more]!) {
      this.#escape(code, more + 1);
      return;
    }
    if (this.badAt < 0 && !(formed && isCharacter(code, more))) this.badAt = this.#written;
    for (let i = 0; i <= (formed ? more : 0); i++) this.#copy();
  }

  #escape(code: number, bytes: number): void {
    this.#written += this.#out.write(`\\u${code.toString(16).padStart(4, '0')}`, this.#written, 'latin1');
    this.#at += bytes;
    this.#moved();
  }

  #number(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] === MINUS) this.#copy();
    const start = this.#at;
    while (bytes[this.#at] === ZERO && isDigit(bytes[this.#at + 1])) this.#at++;
    if (this.#at > start) this.#moved();
    while (IN_NUMBER[bytes[this.#at]!] === 1) this.#copy();
  }

  #moved(): void {
    this.#distances.push(this.#written, this.#at - this.#written);
  }

  #copy(): void {
    this.#out[this.#written++] = this.#bytes[this.#at++]!;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isCharacter(code: number, more: number): boolean {
  if (more === 3 && code < 0x10000) return false;
  return code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
}
