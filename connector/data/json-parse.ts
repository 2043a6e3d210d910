import type { Value } from './model.ts';
import { JsonNumber } from './scalars.ts';

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
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const SMALL_E = 0x65;
const SMALL_F = 0x66;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Levels of arrays and objects that a record may nest, as Jackson has it. */
export const MAX_DEPTH = 1_000;
/** Any decimal of so many digits is told apart from all others by its double, and so prints as it was written. */
const EXACT_DIGITS = 15;
const SMALLEST_PLAIN = 1e-6;
/** Powers of ten that a double holds exactly: an exact number divided by one of them is rounded right. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * JSON text → value, losslessly (see model.ts): objects become Maps in the order written, the last of repeated names
 * counts at the place of the first (as in Jackson), numbers that a double does not stand for keep their text. Holds the
 * parser's state: one may be used for many texts, one after another.
 */
export class JsonReader {
  private text = '';
  private at = 0;
  private depth = 0;

  /** @throws JsonSyntaxError when the text is not exactly one JSON value, or nested deeper than 1,000 levels */
  read(text: string): Value {
    this.text = text;
    this.at = 0;
    this.depth = 0;
    const value = this.value();
    this.blanks();
    if (this.at < text.length) throw new JsonSyntaxError();
    this.text = '';
    return value;
  }

  /**
   * The two members of `{"schema": …, "payload": …}`, in any order, the schema as its text: equal texts need to be read
   * once. The text is not checked here, unless it is `known`, the schema's text of the message before.
   * @returns null when the text is anything else than such an object.
   * @throws JsonSyntaxError when the rest of the text is not JSON
   */
  readEnvelope(text: string, known: string): { readonly schema: string; readonly payload: Value } | null {
    this.text = text;
    this.at = 0;
    this.depth = 1;
    if (this.blanks() !== OPEN_OBJECT) return this.notAnEnvelope(text);
    this.at++;
    let schema: string | undefined;
    let payload: Value | undefined;
    for (;;) {
      if (this.blanks() !== QUOTE) return this.notAnEnvelope(text);
      this.at++;
      const name = this.string();
      if (this.blanks() !== COLON) throw new JsonSyntaxError();
      this.at++;
      if (name === 'schema') schema = this.skipped(known);
      else if (name === 'payload') payload = this.value();
      else return this.notAnEnvelope(text);
      const next = this.blanks();
      this.at++;
      if (next === CLOSE_OBJECT) break;
      if (next !== COMMA) throw new JsonSyntaxError();
    }
    this.blanks();
    if (this.at < text.length) throw new JsonSyntaxError();
    return schema === undefined || payload === undefined ? null : { schema, payload };
  }

  private notAnEnvelope(text: string): null {
    this.read(text);
    return null;
  }

  /** The text of the value that stands here. Of an object, up to its closing bracket, only strings and brackets are looked at. */
  private skipped(known: string): string {
    const text = this.text;
    const code = this.blanks();
    const start = this.at;
    if (code !== OPEN_OBJECT) this.value();
    else if (known !== '' && text.startsWith(known, start)) {
      this.at = start + known.length;
      return known;
    } else this.skipObject();
    return text.slice(start, this.at);
  }

  private skipObject(): void {
    const text = this.text;
    let depth = 0;
    do {
      const code = text.charCodeAt(this.at++);
      if (code === QUOTE) this.string();
      else if (code === OPEN_OBJECT) depth++;
      else if (code === CLOSE_OBJECT) depth--;
      else if (Number.isNaN(code)) throw new JsonSyntaxError();
    } while (depth > 0);
  }

  private value(): Value {
    const code = this.blanks();
    switch (code) {
      case QUOTE:
        this.at++;
        return this.string();
      case OPEN_OBJECT:
        return this.object();
      case OPEN_ARRAY:
        return this.array();
      case SMALL_T:
        return this.literal('true', true);
      case SMALL_F:
        return this.literal('false', false);
      case SMALL_N:
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  /** Skips blanks. @returns the code of what stands behind them; NaN at the end. */
  private blanks(): number {
    const text = this.text;
    let code = text.charCodeAt(this.at);
    while (code === SPACE || code === LF || code === CR || code === TAB) code = text.charCodeAt(++this.at);
    return code;
  }

  private object(): Value {
    const members = new Map<Value, Value>();
    this.enter();
    if (this.blanks() === CLOSE_OBJECT) return this.leave(members);
    for (;;) {
      if (this.blanks() !== QUOTE) throw new JsonSyntaxError();
      this.at++;
      const name = this.string();
      if (this.blanks() !== COLON) throw new JsonSyntaxError();
      this.at++;
      members.set(name, this.value());
      const next = this.blanks();
      if (next === CLOSE_OBJECT) return this.leave(members);
      if (next !== COMMA) throw new JsonSyntaxError();
      this.at++;
    }
  }

  private array(): Value {
    const elements: Value[] = [];
    this.enter();
    if (this.blanks() === CLOSE_ARRAY) return this.leave(elements);
    for (;;) {
      elements.push(this.value());
      const next = this.blanks();
      if (next === CLOSE_ARRAY) return this.leave(elements);
      if (next !== COMMA) throw new JsonSyntaxError();
      this.at++;
    }
  }

  private enter(): void {
    this.at++;
    if (++this.depth > MAX_DEPTH) throw new JsonSyntaxError();
  }

  private leave(value: Value): Value {
    this.at++;
    this.depth--;
    return value;
  }

  private literal(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) throw new JsonSyntaxError();
    this.at += word.length;
    return value;
  }

  /** From behind the opening quote to behind the closing one. */
  private string(): string {
    const text = this.text;
    const start = this.at;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) return this.escaped(start, at);
      // The comparison is false for the NaN of the text's end.
      if (!(code >= SPACE)) throw new JsonSyntaxError();
      at++;
    }
    this.at = at + 1;
    return text.slice(start, at);
  }

  private escaped(start: number, firstEscape: number): string {
    const text = this.text;
    let at = firstEscape;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (!(code >= SPACE)) throw new JsonSyntaxError();
      at += code === BACKSLASH ? 2 : 1;
    }
    this.at = at + 1;
    try {
      return JSON.parse(text.slice(start - 1, at + 1)) as string;
    } catch {
      throw new JsonSyntaxError();
    }
  }

  private number(): number | JsonNumber {
    const text = this.text;
    const start = this.at;
    let at = start;
    let code = text.charCodeAt(at);
    const negative = code === MINUS;
    if (negative) code = text.charCodeAt(++at);
    const whole = at;
    let amount = 0;
    while (code >= ZERO && code <= NINE) {
      amount = amount * 10 + (code - ZERO);
      code = text.charCodeAt(++at);
    }
    const wholeDigits = at - whole;
    if (wholeDigits === 0 || (wholeDigits > 1 && text.charCodeAt(whole) === ZERO)) throw new JsonSyntaxError();
    if (code !== DOT) {
      if (code === SMALL_E || code === UPPER_E) at = this.exponent(at);
      else if (amount <= Number.MAX_SAFE_INTEGER && !(negative && amount === 0)) {
        this.at = at;
        return negative ? -amount : amount;
      }
      this.at = at;
      return new JsonNumber(text.slice(start, at));
    }
    code = text.charCodeAt(++at);
    const fraction = at;
    while (code >= ZERO && code <= NINE) {
      amount = amount * 10 + (code - ZERO);
      code = text.charCodeAt(++at);
    }
    const fractionDigits = at - fraction;
    if (fractionDigits === 0) throw new JsonSyntaxError();
    if (code === SMALL_E || code === UPPER_E) at = this.exponent(at);
    else if (wholeDigits + fractionDigits <= EXACT_DIGITS + 1 && text.charCodeAt(at - 1) !== ZERO) {
      const value = amount / POWERS_OF_TEN[fractionDigits]!;
      if (amount < 1e15 && value >= SMALLEST_PLAIN) {
        this.at = at;
        return negative ? -value : value;
      }
    }
    this.at = at;
    return new JsonNumber(text.slice(start, at));
  }

  /** @param at where the e stands. @returns behind the exponent's last digit */
  private exponent(at: number): number {
    const text = this.text;
    let end = at + 1;
    let code = text.charCodeAt(end);
    if (code === PLUS || code === MINUS) code = text.charCodeAt(++end);
    const digits = end;
    while (code >= ZERO && code <= NINE) code = text.charCodeAt(++end);
    if (end === digits) throw new JsonSyntaxError();
    return end;
  }
}
