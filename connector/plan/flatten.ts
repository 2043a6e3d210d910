import type { Entries, Hoisted, Reference } from './entries.ts';
import { MemberCursor } from './member-cursor.ts';

/** A member of an object that holds no other. */
interface FlatMember {
  readonly name: string;
  /** What stands for the name. */
  readonly place: number;
  readonly reference: Reference;
}

/** Characters of the names that are put together for one record. */
const MOST_CHARACTERS = 65_536;
/** Objects within one another: each is gone through once more for every one around it. */
const MOST_LEVELS = 16;

/**
 * The members of an object without objects, and those of the objects in it with joined names, in order: what Flatten makes of maps.
 * @returns null where two have one name, a name is not as it is written, or too much would have to be put together
 */
export function flatten(entries: Entries, from: number, to: number, delimiter: string): readonly FlatMember[] | null {
  const flat = new Flat(entries, delimiter);
  return flat.addAll({ from, to }, '') ? flat.members : null;
}

class Flat {
  readonly members: FlatMember[] = [];
  readonly #entries: Entries;
  readonly #delimiter: string;
  readonly #names = new Set<string>();
  #left = MOST_CHARACTERS;

  constructor(entries: Entries, delimiter: string) {
    this.#entries = entries;
    this.#delimiter = delimiter;
  }

  addAll({ from, to }: Hoisted, prefix: string): boolean {
    const entries = this.#entries;
    for (let entry = from; entry < to; entry++) {
      const name = this.#join(prefix, entries.nameOf(entry));
      if (this.#left < 0 || !this.#add(name, prefix === '' ? entries.name[entry]! : null, entries.value[entry]!))
        return false;
    }
    return true;
  }

  /** @param place what stands for the name; null: it is put together */
  #add(name: string, place: number | null, reference: Reference): boolean {
    const entries = this.#entries;
    const kind = entries.kindOf(reference);
    // Flatten refuses what JSON has not.
    if (kind === null || !this.#isFirst(name)) return false;
    if (kind === 'object') return this.#addWithin(reference, name);
    this.members.push({ name, place: place ?? entries.text(name), reference });
    return true;
  }

  #addWithin(reference: Reference, prefix: string): boolean {
    const other = this.#entries.other(reference);
    if (other !== null && 'from' in other) return this.addAll(other, prefix);
    const place = this.#entries.placeOf(reference);
    if (place !== null) return this.#addMembers(place.from, prefix, MOST_LEVELS);
    return other !== null && 'json' in other && other.value instanceof Map && other.value.size === 0;
  }

  #addMembers(start: number, prefix: string, levels: number): boolean {
    if (levels === 0) return false;
    const entries = this.#entries;
    const cursor = new MemberCursor(entries.values, start);
    while (cursor.next()) {
      const name = this.#join(prefix, cursor.name);
      if (cursor.hasEscape || this.#left < 0) return false;
      if (cursor.kind === 'object') {
        if (!this.#isFirst(name) || !this.#addMembers(cursor.valueStart, name, levels - 1)) return false;
        continue;
      }
      const piece = entries.refer({ start: cursor.valueStart, end: cursor.valueEnd, kind: cursor.kind });
      if (!this.#add(name, null, piece)) return false;
    }
    return true;
  }

  /** Of objects, too: of two members of one object that have one name, the last counts, whatever they are. */
  #isFirst(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  #join(prefix: string, name: string): string {
    const joined = prefix === '' ? name : prefix + this.#delimiter + name;
    this.#left -= joined.length;
    return joined;
  }
}
