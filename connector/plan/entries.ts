import { type Block, firstMember, MEMBER_KINDS, MEMBER_SIZE, type MemberKind, MOST_MEMBERS } from '../block.ts';
import type { ByteSink } from '../byte-sink.ts';
import { JsonReader } from '../data/json-parse.ts';
import { printJson, printString } from '../data/json-print.ts';
import type { KeptNumbers } from '../data/member-step.ts';
import type { Value } from '../data/model.ts';
import { isJavaFraction, isShortInteger } from '../data/number-texts.ts';
import { isIntegral, JsonNumber } from '../data/scalars.ts';
import { isTextAt } from './member-cursor.ts';

/** A value that a step has made. */
export interface Made {
  readonly value: Value;
  readonly json: string;
  /** Null: of a kind that JSON has not. */
  readonly kind: MemberKind | null;
}

/** A value that stands within a member. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly kind: MemberKind;
  /** It is a string of these bytes, and they have no quotes around them. */
  readonly bare: boolean;
}

/** The object that a step has put into another one, as it stands among the entries. */
export interface Hoisted {
  readonly from: number;
  readonly to: number;
}

/** A name that a step has put together, and what is written for it. */
export interface JoinedName {
  readonly name: string;
  readonly quoted: string;
}

/** A value: a member's as it was read (where its four numbers stand), or another one (-1 and below). */
export type Reference = number;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const HOISTED = MEMBER_KINDS.indexOf('object');
const INTEGER = MEMBER_KINDS.indexOf('integer');
const FRACTION = MEMBER_KINDS.indexOf('fraction');
const NO_BYTES = Buffer.alloc(0);
const NO_PLACES = new Uint32Array(0);
/** And those that a step makes of them, behind them. */
const MOST_ENTRIES = 2 * MOST_MEMBERS;
/** Names that steps have put together begin here, and go down. */
const FIRST_JOINED = -2;

export function madeOf(value: Value): Made {
  return { value, json: printJson(value), kind: kindOf(value) };
}

function kindOf(value: Value): MemberKind | null {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' || value instanceof JsonNumber) return isIntegral(value) ? 'integer' : 'fraction';
  if (value instanceof Map) return 'object';
  return Array.isArray(value) ? 'array' : null;
}

/** Writes a value: what steps have made, and bytes of the block's values. */
export interface PieceWriter extends Pick<ByteSink, 'byte' | 'piece' | 'pieceText'> {
  passage(start: number, end: number): void;
  /** The passage whose ends are two of the numbers. */
  between(numbers: Uint32Array, first: number, last: number): void;
}

/** The members of one JSON object and of what it becomes: of each a name and a value, which stand in the block or were made. */
export class Entries {
  /** Of each the number of its name; 0: of one that is not told apart. */
  readonly id: Uint8Array;
  /** Where its name stands: a member's four numbers; -1: it is the one of its number; below: one that was put together. */
  readonly name: Int32Array;
  readonly value: Int32Array;
  values: Buffer = NO_BYTES;
  readonly #names: readonly string[];
  readonly #quoted: readonly string[];
  readonly #reader = new JsonReader();
  // Kept from record to record, with what there is no more behind the count.
  readonly #others: (Made | Piece | Hoisted)[] = [];
  #otherCount = 0;
  readonly #joined: JoinedName[] = [];
  #joinedCount = 0;
  #places: Uint32Array = NO_PLACES;

  /**
   * @param names that are told apart: their numbers count from 1
   * @param added entries that steps may add to those of one record
   */
  constructor(names: readonly string[], added: number) {
    this.#names = names;
    this.#quoted = names.map(quotedName);
    this.id = new Uint8Array(MOST_ENTRIES + added);
    this.name = new Int32Array(MOST_ENTRIES + added);
    this.value = new Int32Array(MOST_ENTRIES + added);
  }

  /** @returns how many there are; 0: the members of the record are not told */
  begin({ members, values }: Block, index: number): number {
    if (members === undefined) return 0;
    const { places, end } = members;
    const first = firstMember(members, index);
    const count = end[index]! - first;
    if (count === 0) return 0;
    let place = first * MEMBER_SIZE;
    for (let entry = 0; entry < count; entry++, place += MEMBER_SIZE) {
      this.id[entry] = places[place + 3]! >>> 8;
      this.name[entry] = place;
      this.value[entry] = place;
    }
    this.#otherCount = 0;
    this.#joinedCount = 0;
    this.#places = places;
    if (this.values !== values) this.#reader.over(values);
    this.values = values;
    return count;
  }

  refer(other: Made | Piece | Hoisted): Reference {
    this.#others[this.#otherCount++] = other;
    return -this.#otherCount;
  }

  /** Null: it is a member's as it was read. */
  other(reference: Reference): Made | Piece | Hoisted | null {
    return reference >= 0 ? null : this.#others[-1 - reference]!;
  }

  /** Where a value stands that was read; null: it was made. */
  placeOf(reference: Reference): Hoisted | null {
    const other = this.other(reference);
    if (other === null) return { from: this.#places[reference + 1]!, to: this.#places[reference + 2]! };
    return 'start' in other ? { from: other.start, to: other.end } : null;
  }

  /** An entry has the name of its number. */
  rename(entry: number, id: number): void {
    this.id[entry] = id;
    this.name[entry] = -1;
  }

  /** @returns what stands for the name */
  join(name: JoinedName): number {
    this.#joined[this.#joinedCount++] = name;
    return FIRST_JOINED + 1 - this.#joinedCount;
  }

  /** @returns false where there is no room but for what steps add later on */
  put(entry: number, id: number, name: number, reference: Reference): boolean {
    if (entry >= MOST_ENTRIES) return false;
    this.id[entry] = id;
    this.name[entry] = name;
    this.value[entry] = reference;
    return true;
  }

  nameOf(entry: number): string {
    const id = this.id[entry]!;
    if (id > 0) return this.#names[id - 1]!;
    const place = this.name[entry]!;
    if (place <= FIRST_JOINED) return this.#joined[FIRST_JOINED - place]!.name;
    return this.values.toString('utf8', this.#places[place]! + 1, this.#nameEnd(place));
  }

  isNamed(entry: number, name: string): boolean {
    const place = this.name[entry]!;
    if (place < 0 || this.id[entry] !== 0) return this.nameOf(entry) === name;
    return isTextAt(this.values, this.#places[place]! + 1, this.#nameEnd(place), name);
  }

  #nameEnd(place: number): number {
    let end = this.#places[place + 1]! - 1;
    while (this.values[end] !== QUOTE) end--;
    return end;
  }

  /** The index of its kind; -1: one that JSON has not. */
  kindNumberOf(reference: Reference): number {
    if (reference >= 0) return this.#places[reference + 3]! & 0xff;
    const other = this.#others[-1 - reference]!;
    if (!('kind' in other)) return HOISTED;
    return other.kind === null ? -1 : MEMBER_KINDS.indexOf(other.kind);
  }

  /** @returns null for a kind that JSON has not */
  kindOf(reference: Reference): MemberKind | null {
    return MEMBER_KINDS[this.kindNumberOf(reference)] ?? null;
  }

  /** @throws TypeError for an object that a step has put into another one */
  valueOf(reference: Reference): Value {
    const other = this.other(reference);
    if (other !== null && 'json' in other) return other.value;
    if (other !== null && 'bare' in other && other.bare) return this.values.toString('latin1', other.start, other.end);
    const place = this.placeOf(reference);
    if (place === null) throw new TypeError('it is a member no more');
    return this.#reader.readAt(place.from, place.to);
  }

  /** Whether it is a string whose text stands between its quotes as it is. */
  isPlainText(reference: Reference): boolean {
    if (this.kindOf(reference) !== 'string') return false;
    const place = this.placeOf(reference);
    return place === null || !this.values.subarray(place.from, place.to).includes(BACKSLASH);
  }

  /** @returns what such a number becomes; null for anything else */
  keep(reference: Reference, { quoted, digits, fractions }: KeptNumbers): Reference | null {
    const kind = this.kindNumberOf(reference);
    if (kind !== INTEGER && kind !== FRACTION) return null;
    const place = this.placeOf(reference);
    if (place === null) return null;
    const { from, to } = place;
    const isKept =
      kind === INTEGER
        ? isShortInteger(this.values, from, to, digits)
        : fractions && isJavaFraction(this.values, from, to);
    if (!isKept) return null;
    return quoted ? this.refer({ start: from, end: to, kind: 'string', bare: true }) : reference;
  }

  writeObject(from: number, to: number, writer: PieceWriter): void {
    const places = this.#places;
    const { name, value } = this;
    writer.byte(OPEN_OBJECT);
    for (let entry = from; entry < to; entry++) {
      if (entry > from) writer.byte(COMMA);
      const first = name[entry]!;
      let last = value[entry]!;
      if (first < 0 || first !== last) {
        this.#writeName(entry, writer);
        this.writeValue(last, writer);
        continue;
      }
      // Neighbours that are still neighbours, with what stands between them.
      for (let next = last + MEMBER_SIZE; entry + 1 < to; next += MEMBER_SIZE) {
        if (value[entry + 1] !== next || name[entry + 1] !== next) break;
        last = next;
        entry++;
      }
      writer.between(places, first, last + 2);
    }
    writer.byte(CLOSE_OBJECT);
  }

  writeValue(reference: Reference, writer: PieceWriter): void {
    if (reference >= 0) return writer.between(this.#places, reference + 1, reference + 2);
    const other = this.#others[-1 - reference]!;
    if ('json' in other) writer.pieceText(other.json);
    else if ('start' in other) writePiece(other, writer);
    else this.writeObject(other.from, other.to, writer);
  }

  /** A string's text. */
  writeText(reference: Reference, writer: PieceWriter): void {
    const other = this.other(reference);
    if (other !== null && 'json' in other) return writer.pieceText(other.value as string);
    const { from, to } = this.placeOf(reference)!;
    if (other !== null && 'bare' in other && other.bare) writer.passage(from, to);
    else writer.passage(from + 1, to - 1);
  }

  #writeName(entry: number, writer: PieceWriter): void {
    const place = this.name[entry]!;
    if (place >= 0) return writer.between(this.#places, place, place + 1);
    writer.pieceText(place === -1 ? this.#quoted[this.id[entry]! - 1]! : this.#joined[FIRST_JOINED - place]!.quoted);
  }
}

function writePiece({ start, end, bare }: Piece, writer: PieceWriter): void {
  if (bare) writer.byte(QUOTE);
  writer.passage(start, end);
  if (bare) writer.byte(QUOTE);
}

export function joinedName(name: string): JoinedName {
  return { name, quoted: quotedName(name) };
}

function quotedName(name: string): string {
  return `${printString(name)}:`;
}
