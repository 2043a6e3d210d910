import { type Block, MEMBER_KINDS, type MemberKind, MOST_NAMES } from '../block.ts';
import type { MemberChange, MemberStep, PlannedStep } from '../data/member-step.ts';
import type { Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { type Made, madeOf, type PieceWriter } from './entries.ts';
import { Flattening } from './flatten.ts';
import { Members } from './members.ts';
import { type Patterns, patternsOf } from './patterns.ts';

/** Applies a step. False: what it would do can't be done here. */
type Operation = (plan: Run) => boolean;

/** What operations work on. */
interface Run {
  readonly members: Members;
  /** Null: it was dropped. */
  record: ConnectRecord | null;
}

interface Guarded {
  readonly operation: Operation;
  readonly when: PlannedStep['when'];
  /** It needs an object, which there is not any more once a member has taken its place. */
  readonly onObject: boolean;
}

/** What the records have as their value, which no step looks into. */
export const SOME_VALUE: Value = new Map();
const NONE = madeOf(null);
const NULL = MEMBER_KINDS.indexOf('null');

/**
 * A chain of transforms as operations on the list of an object's members, in place of the objects that `RecordTransformation.apply`
 * works on: what no step touches stays bytes. It serves a record only where that gives what they give; the others, and whatever is
 * refused, are theirs.
 */
export class Plan {
  /** That the reader is to tell apart. */
  readonly names: readonly string[];
  readonly #steps: readonly Guarded[];
  readonly #run: Run;
  readonly #patterns: Patterns | null;
  /** The record that was served last is written by one. */
  #isPattern = false;

  constructor(steps: readonly PlannedStep[], names: readonly string[]) {
    this.names = names;
    const numbers = new Map(names.map((name, index) => [name, index + 1]));
    this.#steps = steps.map(({ step, when }) => ({
      operation: operationOf(step, numbers),
      when,
      onObject: step.kind !== 'beside',
    }));
    this.#run = { members: new Members(names, steps.length + names.length * steps.length), record: null };
    this.#patterns = patternsOf(steps);
  }

  /** Of the record that was served last; null: it was dropped. */
  get record(): ConnectRecord | null {
    return this.#run.record;
  }

  /** And what its value is; `object` where it still is one. */
  get kind(): MemberKind | null {
    return this.#isPattern ? 'object' : this.#run.members.kind;
  }

  /** And whether it is a string whose text stands between its quotes as it is. */
  get isPlainText(): boolean {
    return !this.#isPattern && this.#run.members.isPlainText;
  }

  /**
   * Writes what it has become, into the values of its block.
   * @param bare a string is written without its quotes: it is plain text
   */
  write(writer: PieceWriter, bare: boolean): void {
    if (this.#isPattern) this.#patterns!.write(writer);
    else this.#run.members.write(writer, bare);
  }

  /**
   * @param record whose value is SOME_VALUE
   * @returns false: the record is not served
   */
  serve(block: Block, index: number, record: ConnectRecord): boolean {
    const run = this.#run;
    const patterns = this.#patterns;
    try {
      this.#isPattern = patterns?.find(block, index, record) === true;
      if (this.#isPattern) {
        run.record = patterns!.record;
        return true;
      }
      if (!run.members.begin(block, index)) return false;
      run.record = record;
      for (const { operation, when, onObject } of this.#steps) {
        if (when !== null && !when(run.record)) continue;
        if (onObject && run.members.isExtracted) return false;
        if (!operation(run)) return false;
        if (run.record === null) return true;
      }
      patterns?.learn(run.members);
    } catch {
      // What a step refuses, the transform itself refuses with its error.
      return false;
    }
    return true;
  }
}

/** @returns null where a transform has no such step, nothing touches values, or names are not such as a reader can tell apart */
export function planOf(transformations: readonly RecordTransformation[]): Plan | null {
  const steps: PlannedStep[] = [];
  for (const { planned } of transformations) {
    if (planned === undefined || planned === null) return null;
    steps.push(planned);
  }
  const names = [...new Set(steps.flatMap(({ step }) => namesOf(step)))];
  if (steps.every(isBeside) || !areTold(names) || isAfterAnother(steps)) return null;
  return new Plan(steps, names);
}

/** Readers compare UTF-8, in which half a surrogate pair is the same as U+FFFD. */
function areTold(names: readonly string[]): boolean {
  return names.length <= MOST_NAMES && names.every(name => name.isWellFormed());
}

/** Whether no transform looks at the value, or changes it. */
export function areBeside(transformations: readonly RecordTransformation[]): boolean {
  return transformations.every(({ planned }) => planned !== undefined && planned !== null && isBeside(planned));
}

function isBeside({ step }: PlannedStep): boolean {
  return step.kind === 'beside';
}

/** Whether each record has lost its object before a step that needs one. */
function isAfterAnother(steps: readonly PlannedStep[]): boolean {
  const extraction = steps.findIndex(({ step, when }) => step.kind === 'extract' && when === null);
  return extraction >= 0 && !steps.slice(extraction + 1).every(isBeside);
}

function namesOf(step: MemberStep): readonly string[] {
  switch (step.kind) {
    case 'insert':
      return step.fields.map(({ name }) => name);
    case 'choose':
    case 'change':
    case 'take':
      return step.names;
    case 'hoist':
      return [step.name];
    case 'extract':
      return [step.path[0]];
    case 'beside':
    case 'flatten':
      return [];
  }
}

type Numbers = ReadonlyMap<string, number>;

function operationOf(step: MemberStep, numbers: Numbers): Operation {
  const numberOf = (name: string): number => numbers.get(name)!;
  switch (step.kind) {
    case 'beside':
      return besides(step.apply);
    case 'insert':
      return inserts(step, numberOf);
    case 'choose':
      return chooses(step, numbers);
    case 'change':
      return step.change.by === 'kind'
        ? changesByKind(step.names, step.change, numberOf)
        : changesByValue(step.names, step.change, numberOf);
    case 'hoist': {
      const id = numberOf(step.name);
      return ({ members }) => {
        members.hoist(id);
        return true;
      };
    }
    case 'extract':
      return extracts(numberOf(step.path[0]), step.path.slice(1));
    case 'take':
      return takes(step, numbers);
    case 'flatten': {
      const flattening = new Flattening(step.delimiter, numbers);
      return ({ members }) => members.flatten(flattening);
    }
  }
}

function besides(apply: (record: ConnectRecord) => ConnectRecord | null): Operation {
  return run => {
    run.record = apply(run.record!);
    return true;
  };
}

function inserts({ fields }: MemberStep & { kind: 'insert' }, numberOf: (name: string) => number): Operation {
  const each = fields.map(({ name, value }) => ({ id: numberOf(name), value, last: NONE }));
  return ({ members, record }) => {
    for (const field of each) {
      const value = field.value(record!);
      if (value === null) continue;
      if (field.last.value !== value) field.last = madeOf(value);
      members.set(field.id, field.last);
    }
    return true;
  };
}

function chooses({ keepsOthers, renamed }: MemberStep & { kind: 'choose' }, numbers: Numbers): Operation {
  const table = new Int16Array(MOST_NAMES + 1).fill(-1);
  for (const [name, id] of numbers) {
    const next = renamed(name);
    if (next !== null) table[id] = numbers.get(next)!;
  }
  return ({ members }) => members.choose(table, keepsOthers);
}

function changesByKind(
  names: readonly string[],
  { of }: MemberChange & { by: 'kind' },
  numberOf: (name: string) => number,
): Operation {
  const made = MEMBER_KINDS.map(kind => madeOrNull(() => of(kind)));
  const ids = names.map(numberOf);
  return ({ members }) => {
    for (const id of ids) {
      const entry = members.find(id);
      const changed = made[entry < 0 ? NULL : members.kindNumberAt(entry)] ?? null;
      if (changed === null) return false;
      members.set(id, changed);
    }
    return true;
  };
}

function madeOrNull(make: () => Value): Made | null {
  try {
    return madeOf(make());
  } catch {
    return null;
  }
}

function changesByValue(
  names: readonly string[],
  { of, kept }: MemberChange & { by: 'value' },
  numberOf: (name: string) => number,
): Operation {
  const each = names.map(name => ({ name, id: numberOf(name), keeps: kept?.(name) ?? null }));
  return ({ members }) => {
    for (const { name, id, keeps } of each) {
      const entry = members.find(id);
      if (keeps !== null && entry >= 0 && members.keep(entry, keeps)) continue;
      const kind = entry < 0 ? 'null' : members.kindAt(entry);
      if (kind === 'object' || kind === 'array') return false;
      members.set(id, madeOf(of(name, entry < 0 ? null : members.valueAt(entry))));
    }
    return true;
  };
}

function extracts(id: number, path: readonly string[]): Operation {
  return run => {
    const { members } = run;
    if (!members.extract(id, path)) return false;
    if (members.kind === 'null') run.record = { ...run.record!, value: null };
    return true;
  };
}

function takes({ names, moves, give }: MemberStep & { kind: 'take' }, numbers: Numbers): Operation {
  const ids = names.map(name => numbers.get(name)!);
  const stay = new Int16Array(MOST_NAMES + 1);
  for (const id of numbers.values()) stay[id] = ids.includes(id) ? -1 : id;
  return run => {
    const { members } = run;
    const values = ids.map(id => {
      const entry = members.find(id);
      return entry < 0 ? null : members.valueAt(entry);
    });
    run.record = give(run.record!, values);
    return !moves || members.choose(stay, true);
  };
}
