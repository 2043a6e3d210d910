import { type Block, type MemberKind, MOST_MEMBERS, MOST_NAMES } from '../block.ts';
import type { KeptNumbers } from '../data/member-step.ts';
import type { Value } from '../data/model.ts';
import { Entries, type Made, madeOf, type PieceWriter, type Reference } from './entries.ts';
import type { Flattening } from './flatten.ts';
import { MemberCursor } from './member-cursor.ts';

const NONE = madeOf(null);

/**
 * One JSON object as a list of its members: what steps change instead of an object. Where a member takes the object's place, it is
 * that value from then on. Used for one record after another.
 */
export class Members {
  readonly #entries: Entries;
  #from = 0;
  #to = 0;
  #extracted: Reference | null = null;
  readonly #seen = new Uint32Array(MOST_NAMES + 1);
  #looks = 0;

  /**
   * @param names that are told apart: their numbers count from 1
   * @param added entries that steps may add to those of one record
   */
  constructor(names: readonly string[], added: number) {
    this.#entries = new Entries(names, added);
  }

  /** @returns false where the members of the record are not told */
  begin(block: Block, index: number): boolean {
    this.#from = 0;
    this.#to = this.#entries.begin(block, index);
    this.#extracted = null;
    return this.#to > 0;
  }

  /** Null: a kind that JSON has not. */
  get kind(): MemberKind | null {
    return this.#extracted === null ? 'object' : this.#entries.kindOf(this.#extracted);
  }

  get isExtracted(): boolean {
    return this.#extracted !== null;
  }

  /** Whether it is a string whose text stands between its quotes as it is. */
  get isPlainText(): boolean {
    return this.#extracted !== null && this.#entries.isPlainText(this.#extracted);
  }

  /** @returns -1: there is none */
  find(id: number): number {
    const ids = this.#entries.id;
    for (let entry = this.#from; entry < this.#to; entry++) if (ids[entry] === id) return entry;
    return -1;
  }

  /** @returns null for a kind that JSON has not */
  kindAt(entry: number): MemberKind | null {
    return this.#entries.kindOf(this.#entries.value[entry]!);
  }

  /** The index of its kind; -1: one that JSON has not. */
  kindNumberAt(entry: number): number {
    return this.#entries.kindNumberOf(this.#entries.value[entry]!);
  }

  /** @throws TypeError for an object that a step has put into another one */
  valueAt(entry: number): Value {
    return this.#entries.valueOf(this.#entries.value[entry]!);
  }

  /** @returns false for what is none of these numbers: it is as it was */
  keep(entry: number, numbers: KeptNumbers): boolean {
    const kept = this.#entries.keep(this.#entries.value[entry]!, numbers);
    if (kept === null) return false;
    this.#entries.value[entry] = kept;
    return true;
  }

  /** In the place of the one that has this name, or behind all others. */
  set(id: number, made: Made): void {
    const entry = this.find(id);
    const reference = this.#entries.refer(made);
    if (entry < 0) this.#append(id, reference);
    else this.#entries.value[entry] = reference;
  }

  /**
   * @param renamed what becomes of a name, by its number: another number; -1: it is left out
   * @returns false where two members would have one name
   */
  choose(renamed: Int16Array, keepsOthers: boolean): boolean {
    const entries = this.#entries;
    const { id, name, value } = entries;
    let kept = this.#from;
    let isRenamed = false;
    for (let entry = this.#from; entry < this.#to; entry++) {
      const next = id[entry] === 0 ? (keepsOthers ? 0 : -1) : renamed[id[entry]!]!;
      if (next < 0) continue;
      const isOther = next !== id[entry];
      id[kept] = next;
      name[kept] = name[entry]!;
      value[kept] = value[entry]!;
      if (isOther) entries.rename(kept, next);
      isRenamed ||= isOther;
      kept++;
    }
    this.#to = kept;
    return !isRenamed || this.#areNamesApart();
  }

  hoist(id: number): void {
    const reference = this.#entries.refer({ from: this.#from, to: this.#to });
    this.#from = this.#to;
    this.#append(id, reference);
  }

  /**
   * @param path names behind the member's, of objects within objects
   * @returns false where it can't be said what is there
   */
  extract(id: number, path: readonly string[]): boolean {
    const entries = this.#entries;
    const entry = this.find(id);
    let reference = entry < 0 ? entries.refer(NONE) : entries.value[entry]!;
    for (const name of path) {
      const found = this.#within(reference, name);
      if (found === null) return false;
      reference = found;
    }
    const other = entries.other(reference);
    if (other === null || 'kind' in other) this.#extracted = reference;
    else {
      this.#from = other.from;
      this.#to = other.to;
    }
    return true;
  }

  /** @returns false where two members would have one name, or it can't be said */
  flatten(flattening: Flattening): boolean {
    const from = this.#to;
    const to = flattening.apply(this.#entries, this.#from, from);
    if (to - from > MOST_MEMBERS || to < 0) return false;
    this.#from = from;
    this.#to = to;
    return true;
  }

  /**
   * Writes what the record has become, into the values of its block.
   * @param bare a string is written without its quotes: it is plain text
   */
  write(writer: PieceWriter, bare: boolean): void {
    if (this.#extracted === null) this.#entries.writeObject(this.#from, this.#to, writer);
    else if (bare) this.#entries.writeText(this.#extracted, writer);
    else this.#entries.writeValue(this.#extracted, writer);
  }

  #append(id: number, reference: Reference): void {
    const entry = this.#to++;
    this.#entries.value[entry] = reference;
    this.#entries.rename(entry, id);
  }

  #areNamesApart(): boolean {
    const look = ++this.#looks;
    for (let entry = this.#from; entry < this.#to; entry++) {
      const id = this.#entries.id[entry]!;
      if (id === 0) continue;
      if (this.#seen[id] === look) return false;
      this.#seen[id] = look;
    }
    return true;
  }

  /** A member of the object that a value is; of a null it is one. @returns null where it can't be said */
  #within(reference: Reference, name: string): Reference | null {
    const entries = this.#entries;
    const kind = entries.kindOf(reference);
    if (kind === 'null') return reference;
    const place = entries.placeOf(reference);
    if (kind !== 'object' || place === null) return null;
    const cursor = new MemberCursor(entries.values, place.from);
    let found: Reference | null = null;
    while (cursor.next()) {
      if (cursor.hasEscape) return null;
      // The last of one name counts.
      if (cursor.name === name)
        found = entries.refer({ start: cursor.valueStart, end: cursor.valueEnd, kind: cursor.kind, bare: false });
    }
    return found ?? entries.refer(NONE);
  }
}
