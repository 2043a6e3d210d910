import { type Block, MEMBER_KINDS, MEMBER_SIZE, type MemberKind, MOST_MEMBERS, MOST_NAMES } from '../block.ts';
import { JsonReader } from '../data/json-parse.ts';
import { printJson, printString } from '../data/json-print.ts';
import type { Value } from '../data/model.ts';
import { isIntegral, JsonNumber } from '../data/scalars.ts';
import { copy, writeText } from './write-bytes.ts';

/** A value that a step has made. */
export interface Made {
  readonly value: Value;
  readonly json: string;
  /** Null: of a kind that JSON has not. */
  readonly kind: MemberKind | null;
}

/** The object that a step has put into another one, as it stands among the entries. */
interface Hoisted {
  readonly from: number;
  readonly to: number;
}

/** A value: a member as it was read (where its four numbers stand), or one that was made (-1 and below). */
type Reference = number;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NO_BYTES = Buffer.alloc(0);
const NO_PLACES = new Uint32Array(0);
/** Two quotes and a colon around a name, and a comma. */
const AROUND_NAME = 4;
const MOST_BYTES_A_UNIT = 3;

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

/**
 * One JSON object as a list of its members, each with a name and a value that stand in the block or were made: what steps change
 * instead of an object. Used for one record after another.
 */
export class Members {
  /** What takes the place of the object, where one of its members does. */
  extracted: { readonly reference: Reference; readonly kind: MemberKind | null } | null = null;
  readonly #quoted: readonly string[];
  readonly #reader = new JsonReader();
  // The entries: of each the number of its name, where its name stands (-1: as it is written here), and its value.
  readonly #id: Uint8Array;
  readonly #name: Int32Array;
  readonly #value: Int32Array;
  #from = 0;
  #to = 0;
  readonly #made: (Made | Hoisted)[] = [];
  #places: Uint32Array = NO_PLACES;
  #values: Buffer = NO_BYTES;
  #readBytes = 0;
  #madeBytes = 0;
  readonly #seen = new Uint32Array(MOST_NAMES + 1);
  #looks = 0;

  /**
   * @param names that are told apart: their numbers count from 1
   * @param most entries that steps add to those of one record
   */
  constructor(names: readonly string[], most: number) {
    this.#quoted = names.map(name => `${printString(name)}:`);
    this.#id = new Uint8Array(MOST_MEMBERS + most);
    this.#name = new Int32Array(MOST_MEMBERS + most);
    this.#value = new Int32Array(MOST_MEMBERS + most);
  }

  /** @returns false where the members of the record are not told */
  begin({ members, values }: Block, index: number): boolean {
    if (members === undefined) return false;
    const { places, end } = members;
    const first = index === 0 ? 0 : end[index - 1]!;
    const count = end[index]! - first;
    if (count === 0) return false;
    let place = first * MEMBER_SIZE;
    this.#readBytes = places[(end[index]! - 1) * MEMBER_SIZE + 2]! - places[place]!;
    for (let entry = 0; entry < count; entry++, place += MEMBER_SIZE) {
      this.#id[entry] = places[place + 3]! >>> 8;
      this.#name[entry] = place;
      this.#value[entry] = place;
    }
    this.#from = 0;
    this.#to = count;
    this.#made.length = 0;
    this.#madeBytes = 0;
    this.#places = places;
    this.#values = values;
    this.extracted = null;
    return true;
  }

  find(id: number): number {
    for (let entry = this.#from; entry < this.#to; entry++) if (this.#id[entry] === id) return entry;
    return -1;
  }

  /** In the place of the one that has this name, or behind all others. */
  set(id: number, made: Made): void {
    const entry = this.find(id);
    if (entry < 0) this.#append(id, this.#make(made, made.json.length));
    else this.#value[entry] = this.#make(made, made.json.length);
  }

  /**
   * @param renamed what becomes of a name, by its number: another number; -1: it is left out
   * @returns false where two members would have one name
   */
  choose(renamed: Int16Array, keepsOthers: boolean): boolean {
    let kept = this.#from;
    let isRenamed = false;
    for (let entry = this.#from; entry < this.#to; entry++) {
      const id = this.#id[entry]!;
      const next = id === 0 ? (keepsOthers ? 0 : -1) : renamed[id]!;
      if (next < 0) continue;
      this.#id[kept] = next;
      this.#name[kept] = this.#name[entry]!;
      this.#value[kept] = this.#value[entry]!;
      if (next !== id) {
        isRenamed = true;
        this.#name[kept] = -1;
        this.#madeBytes += this.#sizeOfName(next);
      }
      kept++;
    }
    this.#to = kept;
    return !isRenamed || this.#areNamesApart();
  }

  /** @returns null for a kind that JSON has not */
  kindAt(entry: number): MemberKind | null {
    return this.#kindOf(this.#value[entry]!);
  }

  /** Whether there is no object among its values, nor anything that JSON has not. */
  get isFlat(): boolean {
    for (let entry = this.#from; entry < this.#to; entry++) {
      const kind = this.kindAt(entry);
      if (kind === 'object' || kind === null) return false;
    }
    return true;
  }

  /** @throws TypeError for an object that a step has put into another one */
  valueAt(entry: number): Value {
    const reference = this.#value[entry]!;
    if (reference < 0) {
      const made = this.#made[-1 - reference]!;
      if ('json' in made) return made.value;
      throw new TypeError('it is a member no more');
    }
    const start = this.#places[reference + 1]!;
    const end = this.#places[reference + 2]!;
    const text = this.#values.toString('utf8', start, end);
    return this.#values[start] === QUOTE && !text.includes('\\') ? text.slice(1, -1) : this.#reader.read(text);
  }

  hoist(id: number): void {
    const reference = this.#make({ from: this.#from, to: this.#to }, 2);
    this.#from = this.#to;
    this.#append(id, reference);
  }

  extract(id: number, none: Made): void {
    const entry = this.find(id);
    const reference = entry < 0 ? this.#make(none, none.json.length) : this.#value[entry]!;
    const made = reference < 0 ? this.#made[-1 - reference]! : null;
    if (made === null || 'json' in made) this.extracted = { reference, kind: this.#kindOf(reference) };
    else {
      this.#from = made.from;
      this.#to = made.to;
    }
  }

  /** Whether what was extracted is a string whose text stands between its quotes as it is. */
  get isPlainText(): boolean {
    const { reference, kind } = this.extracted!;
    if (kind !== 'string') return false;
    if (reference < 0) return true;
    return !this.#values.subarray(this.#places[reference + 1], this.#places[reference + 2]).includes(BACKSLASH);
  }

  /** Bytes that `write` needs at most. */
  get room(): number {
    return 2 + this.#readBytes + this.#madeBytes;
  }

  /**
   * Writes what the record has become.
   * @param bare what was extracted is written without its quotes
   * @returns behind its last byte
   */
  write(into: Buffer, at: number, bare: boolean): number {
    if (this.extracted === null) return this.#writeObject(this.#from, this.#to, into, at);
    const { reference } = this.extracted;
    if (!bare) return this.#writeValue(reference, into, at);
    if (reference < 0) return writeText((this.#made[-1 - reference] as Made).value as string, into, at);
    return copy(this.#values, this.#places[reference + 1]! + 1, this.#places[reference + 2]! - 1, into, at);
  }

  #append(id: number, reference: Reference): void {
    const entry = this.#to++;
    this.#id[entry] = id;
    this.#name[entry] = -1;
    this.#value[entry] = reference;
    this.#madeBytes += this.#sizeOfName(id);
  }

  #make(made: Made | Hoisted, units: number): Reference {
    this.#madeBytes += units * MOST_BYTES_A_UNIT;
    return -this.#made.push(made);
  }

  #sizeOfName(id: number): number {
    return this.#quoted[id - 1]!.length * MOST_BYTES_A_UNIT + AROUND_NAME;
  }

  #areNamesApart(): boolean {
    const look = ++this.#looks;
    for (let entry = this.#from; entry < this.#to; entry++) {
      const id = this.#id[entry]!;
      if (id === 0) continue;
      if (this.#seen[id] === look) return false;
      this.#seen[id] = look;
    }
    return true;
  }

  #kindOf(reference: Reference): MemberKind | null {
    if (reference >= 0) return MEMBER_KINDS[this.#places[reference + 3]! & 0xff]!;
    const made = this.#made[-1 - reference]!;
    return 'json' in made ? made.kind : 'object';
  }

  #writeObject(from: number, to: number, into: Buffer, start: number): number {
    const places = this.#places;
    const values = this.#values;
    let at = start;
    into[at++] = OPEN_OBJECT;
    for (let entry = from; entry < to; entry++) {
      if (entry > from) into[at++] = COMMA;
      const name = this.#name[entry]!;
      let value = this.#value[entry]!;
      if (name >= 0 && name === value) {
        // Neighbours that are still neighbours, with what stands between them.
        while (
          entry + 1 < to &&
          this.#value[entry + 1] === value + MEMBER_SIZE &&
          this.#name[entry + 1] === value + MEMBER_SIZE
        ) {
          entry++;
          value += MEMBER_SIZE;
        }
        at = copy(values, places[name]!, places[value + 2]!, into, at);
        continue;
      }
      if (name < 0) at = writeText(this.#quoted[this.#id[entry]! - 1]!, into, at);
      else at = copy(values, places[name]!, places[name + 1]!, into, at);
      at = this.#writeValue(value, into, at);
    }
    into[at++] = CLOSE_OBJECT;
    return at;
  }

  #writeValue(reference: Reference, into: Buffer, at: number): number {
    if (reference >= 0) {
      return copy(this.#values, this.#places[reference + 1]!, this.#places[reference + 2]!, into, at);
    }
    const made = this.#made[-1 - reference]!;
    return 'json' in made ? writeText(made.json, into, at) : this.#writeObject(made.from, made.to, into, at);
  }
}
