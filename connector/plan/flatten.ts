import { MEMBER_KINDS } from '../block.ts';
import { type Entries, type Hoisted, type JoinedName, joinedName, type Reference } from './entries.ts';
import { MemberCursor } from './member-cursor.ts';

/** Characters of the names that are put together for one record. */
const MOST_CHARACTERS = 65_536;
/** Objects within one another: each is gone through once more for every one around it. */
const MOST_LEVELS = 16;
/** Comparisons of names up to which these are cheaper than a set. */
const MOST_COMPARISONS = 256;
const OBJECT = MEMBER_KINDS.indexOf('object');

/** What stands where in a record, and what becomes of it. */
interface Item {
  /** Kept: a member that stays. Joined: one of an object within. Opened, closed: such an object. */
  readonly role: 'kept' | 'joined' | 'opened' | 'closed';
  /** As it is within its own object. */
  readonly name: string;
  /** Of the name that it has then, or that the entry has which opens. */
  readonly id: number;
  readonly joined: JoinedName | null;
}

const CLOSED: Item = { role: 'closed', name: '', id: 0, joined: null };
const NO_SHAPE: readonly Item[] = [];

/**
 * The members of an object without objects, and those of the objects in it with joined names, in order: what Flatten makes of maps. The
 * names of most records are those of the one before: then nothing but that is looked at.
 */
export class Flattening {
  readonly #delimiter: string;
  readonly #numbers: ReadonlyMap<string, number>;
  /** Of the record before. */
  #shape: readonly Item[] = NO_SHAPE;
  /** Of the record that is compared with it: the next item, and where the next entry comes. */
  #item = 0;
  #to = 0;

  /** @param numbers of the names that are told apart */
  constructor(delimiter: string, numbers: ReadonlyMap<string, number>) {
    this.#delimiter = delimiter;
    this.#numbers = numbers;
  }

  /**
   * Puts what entries become behind them.
   * @returns what is behind that; -1 where two have one name, a name is not as it is written, or too much would have to be put together
   */
  apply(entries: Entries, from: number, to: number): number {
    if (this.#follows(entries, from, to)) return this.#to;
    const flat = new Flat(entries, this.#delimiter, this.#numbers, to);
    if (!flat.add(from, to)) return -1;
    this.#shape = flat.shape ?? NO_SHAPE;
    return flat.to;
  }

  #follows(entries: Entries, from: number, to: number): boolean {
    this.#item = 0;
    this.#to = to;
    for (let entry = from; entry < to; entry++) {
      const item = this.#shape[this.#item++];
      if (item === undefined || entries.id[entry] !== item.id) return false;
      if (item.id === 0 && !entries.isNamed(entry, item.name)) return false;
      const reference = entries.value[entry]!;
      const kind = entries.kindNumberOf(reference);
      if (kind !== OBJECT) {
        if (item.role !== 'kept' || kind < 0) return false;
        if (!entries.put(this.#to++, item.id, entries.name[entry]!, reference)) return false;
        continue;
      }
      const place = item.role === 'opened' ? entries.placeOf(reference) : null;
      if (place === null || !this.#followsWithin(entries, place.from)) return false;
    }
    return this.#item === this.#shape.length;
  }

  #followsWithin(entries: Entries, start: number): boolean {
    const cursor = new MemberCursor(entries.values, start);
    while (cursor.next()) {
      const item = this.#shape[this.#item++];
      if (item === undefined || !cursor.isNamed(item.name)) return false;
      if (cursor.kind === 'object') {
        if (item.role !== 'opened' || !this.#followsWithin(entries, cursor.valueStart)) return false;
        continue;
      }
      if (item.role !== 'joined') return false;
      const reference = entries.refer({
        start: cursor.valueStart,
        end: cursor.valueEnd,
        kind: cursor.kind,
        bare: false,
      });
      if (!entries.put(this.#to++, item.id, entries.join(item.joined!), reference)) return false;
    }
    return this.#shape[this.#item++] === CLOSED;
  }
}

class Flat {
  to: number;
  /** Null: it can't be told by names. */
  shape: Item[] | null = [];
  readonly #entries: Entries;
  readonly #delimiter: string;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #kept: number[] = [];
  readonly #joined = new Set<string>();
  #left = MOST_CHARACTERS;

  constructor(entries: Entries, delimiter: string, numbers: ReadonlyMap<string, number>, to: number) {
    this.#entries = entries;
    this.#delimiter = delimiter;
    this.#numbers = numbers;
    this.to = to;
  }

  add(from: number, to: number): boolean {
    const entries = this.#entries;
    for (let entry = from; entry < to; entry++) {
      const reference = entries.value[entry]!;
      const id = entries.id[entry]!;
      const kind = entries.kindOf(reference);
      // Flatten refuses what JSON has not.
      if (kind === null) return false;
      const name = entries.nameOf(entry);
      if (kind === 'object') {
        this.shape?.push({ role: 'opened', name, id, joined: null });
        if (!this.#addWithin(reference, name)) return false;
        continue;
      }
      this.shape?.push({ role: 'kept', name, id, joined: null });
      this.#kept.push(entry);
      if (!entries.put(this.to++, id, entries.name[entry]!, reference)) return false;
    }
    return this.#areApart();
  }

  #addWithin(reference: Reference, prefix: string): boolean {
    const other = this.#entries.other(reference);
    const place = this.#entries.placeOf(reference);
    if (place !== null) return this.#addMembers(place.from, prefix, MOST_LEVELS);
    this.shape = null;
    if (other !== null && 'from' in other) return this.#addHoisted(other, prefix);
    return other !== null && 'json' in other && other.value instanceof Map && other.value.size === 0;
  }

  #addHoisted({ from, to }: Hoisted, prefix: string): boolean {
    const entries = this.#entries;
    for (let entry = from; entry < to; entry++) {
      const name = this.#join(prefix, entries.nameOf(entry));
      const reference = entries.value[entry]!;
      const kind = entries.kindOf(reference);
      if (kind === null || name === null) return false;
      if (kind === 'object') {
        if (!this.#addWithin(reference, name)) return false;
      } else if (!this.#put(this.#idOf(name), joinedName(name), reference)) return false;
    }
    return true;
  }

  #addMembers(start: number, prefix: string, levels: number): boolean {
    if (levels === 0) return false;
    const entries = this.#entries;
    const cursor = new MemberCursor(entries.values, start);
    while (cursor.next()) {
      if (cursor.hasEscape) return false;
      const { name, kind, valueStart, valueEnd } = cursor;
      const whole = this.#join(prefix, name);
      if (whole === null) return false;
      if (kind === 'object') {
        this.shape?.push({ role: 'opened', name, id: 0, joined: null });
        if (!this.#addMembers(valueStart, whole, levels - 1)) return false;
        continue;
      }
      const joined = joinedName(whole);
      const id = this.#idOf(whole);
      this.shape?.push({ role: 'joined', name, id, joined });
      if (!this.#put(id, joined, entries.refer({ start: valueStart, end: valueEnd, kind, bare: false }))) return false;
    }
    this.shape?.push(CLOSED);
    return true;
  }

  #idOf(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  #put(id: number, joined: JoinedName, reference: Reference): boolean {
    return this.#entries.put(this.to++, id, this.#entries.join(joined), reference);
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
