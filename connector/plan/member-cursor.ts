import { MEMBER_KINDS, type MemberKind } from '../block.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const SMALL_F = 0x66;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const TRUE_LENGTH = 4;
const FALSE_LENGTH = 5;
const NULL_LENGTH = 4;

/** 1: ends a number. */
const ENDS_NUMBER = tableOf(' \t\r\n,}');
/** 1: stands only in a number that has a fraction or an exponent. */
const OF_FRACTION = tableOf('.eE');

function tableOf(chars: string): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const byte of Buffer.from(chars)) bytes[byte] = 1;
  return bytes;
}

/** Goes from member to member of an object that is known to be JSON. */
export class MemberCursor {
  /** As it is written: of one with escapes it is not the name itself. */
  name = '';
  /** Where its quote stands. */
  nameStart = 0;
  valueStart = 0;
  /** Behind the value's last byte. */
  valueEnd = 0;
  kind: MemberKind = 'null';
  readonly #values: Buffer;
  #at: number;

  /** @param start where the object's bracket stands, behind blanks if there are any */
  constructor(values: Buffer, start: number) {
    this.#values = values;
    this.#at = this.#blanks(start);
  }

  get isObject(): boolean {
    return this.#values[this.#at] === OPEN_OBJECT;
  }

  /** @returns false behind the last member */
  next(): boolean {
    const values = this.#values;
    // Behind the bracket or the comma.
    let at = this.#blanks(this.#at + 1);
    if (values[at] === CLOSE_OBJECT) return false;
    this.nameStart = at;
    at = this.#string(at);
    this.name = values.toString('utf8', this.nameStart + 1, at - 1);
    // Behind the colon.
    at = this.#blanks(this.#blanks(at) + 1);
    this.valueStart = at;
    this.valueEnd = this.#value(at);
    at = this.#blanks(this.valueEnd);
    this.#at = values[at] === COMMA ? at : at - 1;
    return true;
  }

  get hasEscape(): boolean {
    return this.name.includes('\\');
  }

  /** The index of its kind. */
  get kindNumber(): number {
    return MEMBER_KINDS.indexOf(this.kind);
  }

  /** @returns behind the value that begins there */
  #value(start: number): number {
    const values = this.#values;
    switch (values[start]) {
      case QUOTE:
        this.kind = 'string';
        return this.#string(start);
      case OPEN_OBJECT:
        this.kind = 'object';
        return this.#nested(start);
      case OPEN_ARRAY:
        this.kind = 'array';
        return this.#nested(start);
      case SMALL_T:
        this.kind = 'true';
        return start + TRUE_LENGTH;
      case SMALL_F:
        this.kind = 'false';
        return start + FALSE_LENGTH;
      case SMALL_N:
        this.kind = 'null';
        return start + NULL_LENGTH;
      default:
        return this.#number(start);
    }
  }

  #number(start: number): number {
    const values = this.#values;
    let at = start;
    this.kind = 'integer';
    for (; ENDS_NUMBER[values[at]!] === 0; at++) if (OF_FRACTION[values[at]!] === 1) this.kind = 'fraction';
    return at;
  }

  #blanks(start: number): number {
    const values = this.#values;
    let at = start;
    for (let byte = values[at]; byte === SPACE || byte === LF || byte === CR || byte === TAB; byte = values[at]) at++;
    return at;
  }

  #string(start: number): number {
    const values = this.#values;
    let at = start + 1;
    for (let byte = values[at]!; byte !== QUOTE; byte = values[at]!) at += byte === BACKSLASH ? 2 : 1;
    return at + 1;
  }

  #nested(start: number): number {
    const values = this.#values;
    let depth = 0;
    let at = start;
    do {
      const byte = values[at]!;
      if (byte === QUOTE) {
        at = this.#string(at);
        continue;
      }
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
      at++;
    } while (depth > 0);
    return at;
  }
}
