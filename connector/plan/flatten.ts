import type { Entries, Hoisted, Reference } from './entries.ts';
import { MemberCursor } from './member-cursor.ts';

/** A member of an object that holds no other. */
interface FlatMember {
  /** Null: it is an entry's, and stays. */
  readonly name: string | null;
  /** The entry's number of its name, and what stands for the name. */
  readonly id: number;
  readonly place: number;
  readonly reference: Reference;
}

/** Characters of the names that are put together for one record. */
const MOST_CHARACTERS = 65_536;
/** Objects within one another: each is gone through once more for every one around it. */
const MOST_LEVELS = 16;
/** Comparisons of names up to which these are cheaper than a set. */
const MOST_COMPARISONS = 256;

/**
 * The members of an object without objects, and those of the objects in it with joined names, in order: what Flatten makes of maps.
 * @returns null where two have one name, a name is not as it is written, or too much would have to be put together
 */
export function flatten(entries: Entries, from: number, to: number, delimiter: string): readonly FlatMember[] | null {
  const flat = new Flat(entries, delimiter);
  return flat.add(from, to) ? flat.members : null;
}

class Flat {
  readonly members: FlatMember[] = [];
  readonly #entries: Entries;
  readonly #delimiter: string;
  readonly #kept: number[] = [];
  readonly #joined = new Set<string>();
  #left = MOST_CHARACTERS;

  constructor(entries: Entries, delimiter: string) {
    this.#entries = entries;
    this.#delimiter = delimiter;
  }

  add(from: number, to: number): boolean {
    const { id, name, value } = this.#entries;
    for (let entry = from; entry < to; entry++) {
      const reference = value[entry]!;
      const kind = this.#entries.kindOf(reference);
      // Flatten refuses what JSON has not.
      if (kind === null) return false;
      if (kind === 'object') {
        if (!this.#addWithin(reference, this.#entries.nameOf(entry))) return false;
        continue;
      }
      this.#kept.push(entry);
      this.members.push({ name: null, id: id[entry]!, place: name[entry]!, reference });
    }
    return this.#areApart();
  }

  #addWithin(reference: Reference, prefix: string): boolean {
    const other = this.#entries.other(reference);
    if (other !== null && 'from' in other) return this.#addHoisted(other, prefix);
    const place = this.#entries.placeOf(reference);
    if (place !== null) return this.#addMembers(place.from, prefix, MOST_LEVELS);
    return other !== null && 'json' in other && other.value instanceof Map && other.value.size === 0;
  }

  #addHoisted({ from, to }: Hoisted, prefix: string): boolean {
    const entries = this.#entries;
    for (let entry = from; entry < to; entry++) {
      const name = this.#join(prefix, entries.nameOf(entry));
      const reference = entries.value[entry]!;
      const kind = entries.kindOf(reference);
      if (kind === null || name === null) return false;
      if (kind !== 'object') this.#put(name, reference);
      else if (!this.#addWithin(reference, name)) return false;
    }
    return true;
  }

  #addMembers(start: number, prefix: string, levels: number): boolean {
    if (levels === 0) return false;
    const entries = this.#entries;
    const cursor = new MemberCursor(entries.values, start);
    while (cursor.next()) {
      if (cursor.hasEscape) return false;
      const name = this.#join(prefix, cursor.name);
      if (name === null) return false;
      if (cursor.kind !== 'object') {
        this.#put(name, entries.refer({ start: cursor.valueStart, end: cursor.valueEnd, kind: cursor.kind }));
      } else if (!this.#addMembers(cursor.valueStart, name, levels - 1)) return false;
    }
    return true;
  }

  #put(name: string, reference: Reference): void {
    this.members.push({ name, id: 0, place: this.#entries.text(name), reference });
  }

  /**
   * Names of objects, too, are there once: of two members of one object that have one name, the last counts, whatever they are.
   * @returns null where it is there twice, or too many characters are
   */
  #join(prefix: string, name: string): string | null {
    const joined = prefix === '' ? name : prefix + this.#delimiter + name;
    this.#left -= joined.length;
    if (this.#left < 0 || this.#joined.has(joined)) return null;
    this.#joined.add(joined);
    return joined;
  }

  #areApart(): boolean {
    const entries = this.#entries;
    if (this.#joined.size * this.#kept.length > MOST_COMPARISONS) {
      return !this.#kept.some(entry => this.#joined.has(entries.nameOf(entry)));
    }
    for (const name of this.#joined) if (this.#kept.some(entry => entries.isNamed(entry, name))) return false;
    return true;
  }
}
