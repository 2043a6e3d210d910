import {
  type Block,
  FLAG_CHECKED,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_RAW_NEWLINE,
  MEMBER_KINDS,
  MEMBER_SIZE,
  type MemberKind,
  MOST_MEMBERS,
} from '../block.ts';
import { JsonCheck } from './json.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** 1: ends a number. */
const ENDS_NUMBER = table(' \t\r\n,}');
/** 1: makes a number one that is written with fraction or exponent. */
const OF_FRACTION = table('.eE');
/** What else begins a value by its first byte: numbers. */
const WORDS: Readonly<Record<number, readonly [kind: MemberKind, length: number]>> = {
  116: ['true', 4],
  102: ['false', 5],
  110: ['null', 4],
};

function table(chars: string): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const byte of Buffer.from(chars)) bytes[byte] = 1;
  return bytes;
}

/** A block whose values are checked to be JSON where they are, with the places of their members: as a reader with a thread for it makes it. */
export function withMembers(block: Block, names: readonly string[]): Block {
  if (block.members !== undefined) return block;
  const { count, valueEnd } = block;
  const flags = block.flags.slice();
  const scanner = new MemberScanner(block.values, names);
  const end = new Uint32Array(count);
  let check: JsonCheck | null = null;
  for (let index = 0, start = 0; index < count; index++) {
    const behind = valueEnd[index]!;
    if (behind > start && (flags[index]! & FLAG_CHECKED) === 0) {
      check ??= new JsonCheck(block);
      const found = check.judge(start, behind);
      if (check.rewritten === null && (found & (FLAG_NULL | FLAG_INVALID)) === 0) {
        flags[index]! |= FLAG_CHECKED | (found & FLAG_RAW_NEWLINE);
      }
    }
    if ((flags[index]! & FLAG_CHECKED) !== 0) scanner.scan(start);
    end[index] = scanner.count;
    start = behind + block.separator.length;
  }
  return { ...block, flags, members: { places: scanner.places, end } };
}

/** Finds the members of objects that are known to be JSON. */
class MemberScanner {
  /** Members that were found so far. */
  count = 0;
  readonly #values: Buffer;
  readonly #numbers = new Map<string, number>();
  #places = new Uint32Array(MEMBER_SIZE * 1_024);

  constructor(values: Buffer, names: readonly string[]) {
    this.#values = values;
    for (const [index, name] of names.entries()) this.#numbers.set(name, index + 1);
  }

  get places(): Uint32Array {
    return this.#places.subarray(0, this.count * MEMBER_SIZE);
  }

  /** @param start of a value */
  scan(start: number): void {
    const first = this.count;
    if (!this.#scanObject(this.#blanks(start))) this.count = first;
  }

  /** @returns false where its members are not to be told */
  #scanObject(start: number): boolean {
    const values = this.#values;
    if (values[start] !== OPEN_OBJECT) return false;
    const names = new Set<string>();
    let at = this.#blanks(start + 1);
    while (values[at] !== CLOSE_OBJECT) {
      if (names.size === MOST_MEMBERS) return false;
      const nameEnd = this.#string(at);
      const name = values.toString('utf8', at + 1, nameEnd - 1);
      if (name.includes('\\') || names.has(name)) return false;
      names.add(name);
      // The colon.
      const value = this.#blanks(this.#blanks(nameEnd) + 1);
      at = this.#add(at, value, this.#numbers.get(name) ?? 0);
      at = this.#blanks(at);
      if (values[at] === COMMA) at = this.#blanks(at + 1);
    }
    return true;
  }

  /** @returns behind the value */
  #add(name: number, value: number, number: number): number {
    const values = this.#values;
    const first = values[value]!;
    const word = WORDS[first];
    let kind: MemberKind = 'integer';
    let end = value;
    if (first === QUOTE) {
      kind = 'string';
      end = this.#string(value);
    } else if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      kind = first === OPEN_OBJECT ? 'object' : 'array';
      end = this.#nested(value);
    } else if (word !== undefined) {
      kind = word[0];
      end += word[1];
    } else {
      for (; ENDS_NUMBER[values[end]!] === 0; end++) if (OF_FRACTION[values[end]!] === 1) kind = 'fraction';
    }
    this.#put(name, value, end, MEMBER_KINDS.indexOf(kind) | (number << 8));
    return end;
  }

  #put(name: number, value: number, end: number, what: number): void {
    const at = this.count++ * MEMBER_SIZE;
    if (at === this.#places.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[at] = name;
    this.#places[at + 1] = value;
    this.#places[at + 2] = end;
    this.#places[at + 3] = what;
  }

  #blanks(start: number): number {
    const values = this.#values;
    let at = start;
    for (let byte = values[at]; byte === SPACE || byte === LF || byte === CR || byte === TAB; byte = values[at]) at++;
    return at;
  }

  /** @returns behind the string that begins there */
  #string(start: number): number {
    const values = this.#values;
    let at = start + 1;
    for (let byte = values[at]!; byte !== QUOTE; byte = values[at]!) at += byte === BACKSLASH ? 2 : 1;
    return at + 1;
  }

  /** @returns behind the object or array that begins there */
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
