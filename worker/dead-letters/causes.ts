import { type Letter, placeOf } from './letter.ts';

/** Causes that are told apart, and origins of each; what else comes is counted together. */
const MOST_CAUSES = 500;
const MOST_ORIGINS = 20;
/** Characters of a message that are looked at. */
const LONGEST = 300;

/** Letters that went wrong in the same way. Texts are foreign; null: the letters do not say. */
export interface Cause {
  readonly stage: string | null;
  readonly exceptionClassName: string | null;
  readonly httpStatus: string | null;
  /** The first line, with what differs from record to record taken out. */
  readonly message: string | null;
  readonly letters: number;
  readonly bytes: number;
  /** Of the records themselves, epoch milliseconds; null where none has a time. */
  readonly first: number | null;
  readonly last: number | null;
  /** Topics that the records came from, and how many of each; `null` counts what is not told, or beyond the most that are told apart. */
  readonly origins: readonly (readonly [topic: string | null, letters: number])[];
  /** Connectors that wrote them, alike. */
  readonly connectors: readonly (readonly [name: string | null, letters: number])[];
  /** The newest of them. */
  readonly example: {
    /** `PARTITION:OFFSET`, as `dlq show` takes it. */
    readonly place: string;
    readonly message: string | null;
    /** The innermost cause of the trace, where it has one. */
    readonly root: string | null;
  };
  /** What is not as it should be with letters of it, each sentence once. */
  readonly faults: readonly string[];
}

export interface CausesReport {
  /** Most frequent first. */
  readonly causes: readonly Cause[];
  /** Letters of causes beyond the most that are told apart. */
  readonly others: number;
}

interface Group extends Omit<{ -readonly [K in keyof Cause]: Cause[K] }, 'origins' | 'connectors' | 'faults'> {
  readonly origins: Tally;
  readonly connectors: Tally;
  readonly faults: Set<string>;
}

type Tally = Map<string | null, number>;

/** Counts letters by what went wrong; what it holds is bounded, however many there are and whatever they say. */
export class Causes {
  readonly #mask: (text: string) => string;
  readonly #groups = new Map<string, Group>();
  #others = 0;

  /** @param mask hides secrets, before a text is cut: a piece of one would not be known again */
  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  add(whole: Letter): void {
    const letter = masked(whole, this.#mask);
    const { stage, exceptionClassName, httpStatus } = letter;
    const message = messageOf(letter);
    const same = message === null ? null : normalised(message);
    const key = JSON.stringify([stage, exceptionClassName, httpStatus, same].map(text => text?.slice(0, LONGEST)));
    const group = this.#groups.get(key) ?? this.#open(key, letter, same);
    if (group === null) this.#others += 1;
    else count(group, letter, message);
  }

  report(): CausesReport {
    const causes = [...this.#groups.values()].map(
      (group): Cause => ({
        ...group,
        origins: mostFirst(group.origins),
        connectors: mostFirst(group.connectors),
        faults: [...group.faults],
      }),
    );
    return { causes: causes.sort((a, b) => b.letters - a.letters), others: this.#others };
  }

  #open(key: string, { stage, exceptionClassName, httpStatus }: Letter, message: string | null): Group | null {
    if (this.#groups.size >= MOST_CAUSES) return null;
    const shortened = {
      stage: short(stage),
      exceptionClassName: short(exceptionClassName),
      httpStatus: short(httpStatus),
    };
    const group: Group = {
      ...shortened,
      message,
      letters: 0,
      bytes: 0,
      first: null,
      last: null,
      origins: new Map(),
      connectors: new Map(),
      example: { place: '', message: null, root: null },
      faults: new Set(),
    };
    this.#groups.set(key, group);
    return group;
  }
}

/** Of what is told of it. */
function masked(letter: Letter, mask: (text: string) => string): Letter {
  const of = (text: string | null): string | null => (text === null ? null : mask(text));
  const { stage, exceptionClassName, httpStatus, message, trace, answer, connector } = letter;
  return {
    ...letter,
    stage: of(stage),
    exceptionClassName: of(exceptionClassName),
    httpStatus: of(httpStatus),
    message: of(message),
    trace: of(trace),
    answer: answer === null ? null : { ...answer, reason: of(answer.reason) },
    connector: of(connector),
  };
}

function count(group: Group, letter: Letter, message: string | null): void {
  const { timestamp, partition, offset, value, key } = letter.record;
  group.letters += 1;
  group.bytes += (value?.length ?? 0) + (key?.length ?? 0);
  if (timestamp >= 0) {
    group.first = Math.min(group.first ?? timestamp, timestamp);
    group.last = Math.max(group.last ?? timestamp, timestamp);
  }
  tally(group.origins, letter.origin?.topic ?? null);
  tally(group.connectors, letter.connector);
  group.example = { place: `${partition}:${offset}`, message: short(message), root: short(rootOf(letter)) };
  for (const fault of letter.faults) if (group.faults.size < MOST_ORIGINS) group.faults.add(fault);
}

function tally(counts: Tally, name: string | null): void {
  const known = name !== null && (counts.has(name) || counts.size < MOST_ORIGINS) ? name : null;
  counts.set(known, (counts.get(known) ?? 0) + 1);
}

function mostFirst(counts: Tally): readonly (readonly [string | null, number])[] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** What the letter says went wrong, in one line. */
export function messageOf({ message, answer, trace }: Letter): string | null {
  return firstLine(message) ?? firstLine(answer?.reason ?? null) ?? firstLine(trace);
}

/** The innermost `Caused by:` of a trace, as Java and Tailrace write it. */
export function rootOf({ trace }: Letter): string | null {
  if (trace === null) return null;
  const at = trace.lastIndexOf('\nCaused by: ');
  return at < 0 ? null : firstLine(trace.slice(at + '\nCaused by: '.length));
}

function firstLine(text: string | null): string | null {
  const [line = ''] = (text ?? '')
    .trimStart()
    .slice(0, 10 * LONGEST)
    .split(/[\r\n]/, 1);
  return line.trimEnd() === '' ? null : line.trimEnd();
}

function short(text: string | null): string | null {
  return text === null || text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** Two messages that differ in a number, an id or what they quote alone are one cause. */
export function normalised(message: string): string {
  return short(
    message
      .replace(/"[^"]*"|(?<!\w)'[^']*'|`[^`]*`/g, quoted => `${quoted[0]}…${quoted[0]}`)
      .replace(/[0-9a-f-]{8,}/gi, id => (/\d/.test(id) ? '#' : id))
      .replace(/\d+(?:\.\d+)*/g, '#')
      .replace(/\s+/g, ' '),
  )!;
}

/** For a line of its own: which letter. */
export function whereIs(letter: Letter): string {
  const { origin } = letter;
  const from = origin === null ? '' : ` (${origin.topic}-${origin.partition} offset ${origin.offset})`;
  return `${placeOf(letter)}${from}`;
}
