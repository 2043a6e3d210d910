import { MEMBER_KINDS, type MemberKind } from '../block.ts';
import { behindBlanks, behindString, behindValue } from '../data/json-skip.ts';

const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;
const FIRST_HIGH = 0x80;
const MOST_BYTES_A_UNIT = 3;

/** By the first byte; what is missing are numbers. */
const KINDS: Readonly<Partial<Record<number, MemberKind>>> = {
  123: 'object',
  91: 'array',
  34: 'string',
  116: 'true',
  102: 'false',
  110: 'null',
};
/** 1: stands only in a number that has a fraction or an exponent. */
const OF_FRACTION = new Uint8Array(256);
for (const byte of Buffer.from('.eE')) OF_FRACTION[byte] = 1;

/** Whether the bytes are the text in UTF-8. */
export function isTextAt(values: Buffer, start: number, end: number, text: string): boolean {
  const { length } = text;
  if (end - start < length || end - start > length * MOST_BYTES_A_UNIT) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= FIRST_HIGH) return values.toString('utf8', start, end) === text;
    if (values[start + i] !== code) return false;
  }
  return end - start === length;
}

/** Goes from member to member of an object that is known to be JSON. */
export class MemberCursor {
  /** Where its name's quotes stand. */
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  /** Behind the value's last byte. */
  valueEnd = 0;
  kind: MemberKind = 'null';
  readonly #values: Buffer;
  #at: number;

  /** @param start where the object's bracket stands, behind blanks if there are any */
  constructor(values: Buffer, start: number) {
    this.#values = values;
    this.#at = behindBlanks(values, start);
  }

  get isObject(): boolean {
    return this.#values[this.#at] === OPEN_OBJECT;
  }

  /** @returns false behind the last member */
  next(): boolean {
    const values = this.#values;
    // Behind the bracket or the comma.
    let at = behindBlanks(values, this.#at + 1);
    if (values[at] === CLOSE_OBJECT) return false;
    this.nameStart = at;
    at = behindString(values, at, values.length);
    this.nameEnd = at - 1;
    // Behind the colon.
    at = behindBlanks(values, behindBlanks(values, at) + 1);
    this.valueStart = at;
    this.valueEnd = behindValue(values, at, values.length);
    this.kind = this.#kindOf(at, this.valueEnd);
    at = behindBlanks(values, this.valueEnd);
    this.#at = values[at] === COMMA ? at : at - 1;
    return true;
  }

  /** As it is written: of one with escapes it is not the name itself. */
  get name(): string {
    return this.#values.toString('utf8', this.nameStart + 1, this.nameEnd);
  }

  /** Whether it is written so. */
  isNamed(name: string): boolean {
    return isTextAt(this.#values, this.nameStart + 1, this.nameEnd, name);
  }

  get hasEscape(): boolean {
    for (let at = this.nameStart; at < this.nameEnd; at++) if (this.#values[at] === BACKSLASH) return true;
    return false;
  }

  /** The index of its kind. */
  get kindNumber(): number {
    return MEMBER_KINDS.indexOf(this.kind);
  }

  #kindOf(start: number, end: number): MemberKind {
    const kind = KINDS[this.#values[start]!];
    if (kind !== undefined) return kind;
    for (let at = start; at < end; at++) if (OF_FRACTION[this.#values[at]!] === 1) return 'fraction';
    return 'integer';
  }
}
