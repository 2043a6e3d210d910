import { type Block, firstMember, MEMBER_SIZE, type MembersColumn } from '../block.ts';
import { ByteSink } from '../byte-sink.ts';
import type { PlannedStep } from '../data/member-step.ts';
import type { Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';
import type { PieceWriter } from './entries.ts';
import type { Members } from './members.ts';

/** Of a topic with more kinds of records the rare ones are put together one by one. */
const MOST_PATTERNS = 16;
const FIRST_MEMBERS = 32;
/** Of a member's numbers the one that says what it is and which name it has. */
const TOLD = 3;

/** Where the members of one record stand in a column. */
class Stretch {
  places: Uint32Array = new Uint32Array(0);
  /** Of its first number. */
  at = 0;
  count = 0;

  /** @returns false where nothing is told of it */
  find(members: MembersColumn, index: number): boolean {
    const first = firstMember(members, index);
    this.places = members.places;
    this.at = first * MEMBER_SIZE;
    this.count = members.end[index]! - first;
    return this.count > 0;
  }
}

/** All that decides what steps make of a record: its members by kind and told name, and what is inserted. */
class Shape {
  #told = new Uint32Array(FIRST_MEMBERS);
  #count = 0;
  #inserted: readonly Value[] = [];

  take({ places, at, count }: Stretch, inserted: readonly Value[]): void {
    if (this.#told.length < count) this.#told = new Uint32Array(2 * count);
    for (let i = 0; i < count; i++) this.#told[i] = places[at + i * MEMBER_SIZE + TOLD]!;
    this.#count = count;
    this.#inserted = [...inserted];
  }

  fits({ places, at, count }: Stretch, inserted: readonly Value[]): boolean {
    if (count !== this.#count) return false;
    const told = this.#told;
    for (let i = 0; i < count; i++) if (places[at + i * MEMBER_SIZE + TOLD] !== told[i]) return false;
    for (let i = 0; i < inserted.length; i++) if (inserted[i] !== this.#inserted[i]) return false;
    return true;
  }
}

/** What was written for one record: texts, and between them stretches from one of its members to another. */
class Pattern extends ByteSink implements PieceWriter {
  readonly shape = new Shape();
  /** Of each stretch: where it comes in the text, and the numbers of its ends from the first of the record's on. */
  readonly #stretches: number[] = [];
  #base = 0;

  take(stretch: Stretch, inserted: readonly Value[], members: Members): void {
    this.shape.take(stretch, inserted);
    this.#base = stretch.at;
    members.write(this, false);
    this.memory = Buffer.from(this.memory.subarray(0, this.at));
  }

  between(_: Uint32Array, first: number, last: number): void {
    this.#stretches.push(this.at, first - this.#base, last - this.#base);
  }

  passage(): never {
    throw new TypeError('a stretch within a member is in no pattern');
  }

  write(writer: PieceWriter, { places, at }: Stretch): void {
    const stretches = this.#stretches;
    const text = this.memory;
    let from = 0;
    for (let i = 0; i < stretches.length; i += 3) {
      const to = stretches[i]!;
      writer.piece(text, from, to);
      writer.between(places, at + stretches[i + 1]!, at + stretches[i + 2]!);
      from = to;
    }
    writer.piece(text, from, text.length);
  }
}

/**
 * What a chain has written for records, for those that differ from them in nothing but what their members hold: of these nothing is looked at but
 * that. Steps that look at what members hold have none.
 */
export class Patterns {
  /** What the chain has made of the record that was found, beside its value. */
  record: ConnectRecord | null = null;
  readonly #steps: readonly PlannedStep[];
  readonly #patterns: Pattern[] = [];
  #oldest = 0;
  /** Of the last record that fitted none. */
  readonly #missed = new Shape();
  readonly #stretch = new Stretch();
  readonly #inserted: Value[] = [];
  #found: Pattern | null = null;

  constructor(steps: readonly PlannedStep[]) {
    this.#steps = steps.filter(({ step }) => step.kind === 'beside' || step.kind === 'insert');
  }

  /** @returns false: there is none for it */
  find({ members }: Block, index: number, record: ConnectRecord): boolean {
    this.#found = null;
    if (members === undefined || !this.#stretch.find(members, index)) return false;
    this.#goThrough(record);
    // Whether a step before that one refuses it is not known here.
    if (this.record === null) return false;
    for (const pattern of this.#patterns) {
      if (!pattern.shape.fits(this.#stretch, this.#inserted)) continue;
      this.#found = pattern;
      return true;
    }
    return false;
  }

  /** Writes the record that was found. */
  write(writer: PieceWriter): void {
    this.#found!.write(writer, this.#stretch);
  }

  /** Once a record that was not found has been served: where there are two of the kind in a row, there may be more. */
  learn(members: Members): void {
    if (!this.#missed.fits(this.#stretch, this.#inserted)) {
      this.#missed.take(this.#stretch, this.#inserted);
      return;
    }
    const pattern = new Pattern();
    pattern.take(this.#stretch, this.#inserted, members);
    this.#patterns[this.#oldest] = pattern;
    this.#oldest = (this.#oldest + 1) % MOST_PATTERNS;
  }

  #goThrough(record: ConnectRecord): void {
    this.record = record;
    const inserted = this.#inserted;
    let count = 0;
    for (const { step, when } of this.#steps) {
      if (this.record === null) return;
      if (step.kind === 'insert') {
        for (const { value } of step.fields) inserted[count++] = value(this.record);
      } else if (step.kind === 'beside' && (when === null || when(this.record))) this.record = step.apply(this.record);
    }
  }
}

/** Null where it depends on what members hold, or on the record, what becomes of a value. */
export function patternsOf(steps: readonly PlannedStep[]): Patterns | null {
  const isFixed = ({ step, when }: PlannedStep): boolean => {
    if (step.kind === 'beside') return true;
    if (when !== null) return false;
    return step.kind === 'change' ? step.change.by === 'kind' : ['insert', 'choose', 'hoist'].includes(step.kind);
  };
  return steps.every(isFixed) ? new Patterns(steps) : null;
}
