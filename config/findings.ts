import { Concealed } from './concealed.ts';
import { printable, printableName } from './printable.ts';

/**
 * `unreadable` a file can't be read · `syntax` a properties file is malformed · `unknown` no such key · `missing` a
 * required key · `invalid` a value its format refuses · `conflict` keys that contradict each other · `unsupported` a
 * key or value of Kafka or Kafka Connect that is not honoured · `forbidden` a key that is never taken from there.
 */
export type FaultCode =
  | 'unreadable'
  | 'syntax'
  | 'unknown'
  | 'missing'
  | 'invalid'
  | 'conflict'
  | 'unsupported'
  | 'forbidden';

/** Where a value was written. `file` is a file's name, `environment` or `command line`. */
export interface Origin {
  readonly file: string;
  /** Counted from 1; null outside of files, and for what is missing. */
  readonly line: number | null;
  /** The key as the user wrote it there: in the environment, the variable's name. */
  readonly key: string | null;
}

/** One thing that is wrong: where, and in `message` what to do about it. Never holds a secret. */
export interface Fault extends Origin {
  readonly code: FaultCode;
  readonly message: string;
}

/** `sink.properties:12: batch.max.records`; of a file as such `sink.properties`: a message completes either. */
export function renderOrigin({ file, line, key }: Origin): string {
  const place = line === null ? printable(file) : `${printable(file)}:${line}`;
  if (key !== null) return `${place}: ${printableName(key)}`;
  return line === null ? place : `${place}:`;
}

/** Faults that are listed one by one: a file of ten thousand typos has the same one many times. */
const MOST_LISTED = 200;

/** Everything that is wrong with a configuration, all files at once. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly faults: readonly Fault[];
  /** The worker itself could start. */
  readonly inConnectorsOnly: boolean;

  constructor(faults: readonly Fault[], inConnectorsOnly: boolean) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    const lines = faults.slice(0, MOST_LISTED).map(fault => `  ${renderOrigin(fault)} ${printable(fault.message)}`);
    if (faults.length > MOST_LISTED) lines.push(`  … and ${faults.length - MOST_LISTED} more`);
    super(`The configuration has ${count}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
    this.inConnectorsOnly = inConnectorsOnly;
  }
}

/**
 * What is to be said of a key that is accepted: `remark` it is honoured, and something about it should be known; `warning` the
 * same, and it protects less than it should;
 * `differs` it is honoured in another way than Kafka Connect does; `ignored` it has no effect here.
 */
export type NoteKind = 'remark' | 'warning' | 'differs' | 'ignored';

/** `text` completes "the key …"; of an ignored key it says why. */
export interface Note extends Origin {
  readonly kind: NoteKind;
  readonly text: string;
}

/** All that is known of one written key: nothing at all when it is simply honoured. */
export interface Remarks {
  readonly faults: readonly Fault[];
  readonly notes: readonly Note[];
  /** What it is called, and set to, elsewhere: `fetch.wait.max.ms=500`. No secrets. */
  readonly became: readonly string[];
}

/**
 * Collects what one load has to say about the keys that were written, each thing once. Refusals, log lines and
 * explanations are all made from it, so that they can't tell different stories.
 */
export class Findings {
  readonly #faults = new Map<string, { fault: Fault; subject: Origin }>();
  readonly #notes = new Map<string, { note: Note; subject: Origin }>();
  readonly #became = new Map<Origin, Set<string>>();
  readonly #concealed = new Concealed();
  /** Values that were given for the key of an origin. */
  readonly #ofOrigin = new Map<Origin, Set<string>>();
  /** How keys of ours are called in a file that has other words for them. */
  readonly #renamed = new Map<string, (text: string) => string>();

  /** @param shown the key as it may be printed, where it may be a piece of a secret itself */
  fault(code: FaultCode, origin: Origin, message: string, shown = origin.key): void {
    const told = this.#inWordsOf(origin.file, message);
    const fault: Fault = { code, file: origin.file, line: origin.line, key: shown, message: told };
    this.#faults.set(`${placeOf(fault)} ${told}`, { fault, subject: origin });
  }

  note(kind: NoteKind, origin: Origin, text: string, shown = origin.key): void {
    const told = this.#inWordsOf(origin.file, text);
    const note: Note = { kind, file: origin.file, line: origin.line, key: shown, text: told };
    this.#notes.set(`${kind} ${placeOf(note)} ${told}`, { note, subject: origin });
  }

  /** The key of that origin sets `what` in the end. */
  became(origin: Origin, what: string): void {
    const known = this.#became.get(origin) ?? new Set();
    this.#became.set(origin, known.add(what));
  }

  /**
   * A value that stands for a placeholder: wherever it would be printed, the placeholder is.
   * @param origin of the key that was given it
   */
  conceal(value: string, placeholder: string, origin: Origin): void {
    this.#concealed.add(value, placeholder);
    this.#ofOrigin.set(origin, (this.#ofOrigin.get(origin) ?? new Set()).add(value));
  }

  /** From now on what is said of that file has the user's words for these keys. @param names by keys of ours */
  rename(file: string, names: ReadonlyMap<string, string>): void {
    const keys = [...names.keys()]
      .sort((a, b) => b.length - a.length)
      .map(key => key.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    if (keys.length === 0) return;
    // A value that stands behind the key is one of ours: so is the key then.
    const pattern = new RegExp(`(?<![\\w.-])(?:${keys.join('|')})(?![\\w=-]|\\.\\w)`, 'g');
    this.#renamed.set(file, text => text.replace(pattern, key => names.get(key)!));
  }

  #inWordsOf(file: string, text: string): string {
    return this.#renamed.get(file)?.(text) ?? text;
  }

  /** Values that came from a config provider. */
  get concealed(): readonly string[] {
    return this.#concealed.values;
  }

  get failed(): boolean {
    return this.#faults.size > 0;
  }

  get faults(): readonly Fault[] {
    return [...this.#faults.values()].map(({ fault, subject }) => this.#clean(fault, subject));
  }

  /** What is known of each key that was written, by its very origin. */
  bySubject(): (subject: Origin) => Remarks {
    const faults = groupedBySubject([...this.#faults.values()]);
    const notes = groupedBySubject([...this.#notes.values()]);
    return subject => ({
      faults: (faults.get(subject) ?? []).map(({ fault }) => this.#clean(fault, subject)),
      notes: (notes.get(subject) ?? []).map(({ note }) => ({ ...note, text: this.#masked(note.text, subject) })),
      became: [...(this.#became.get(subject) ?? [])].map(what => this.#masked(what, subject)),
    });
  }

  /** What is known of a source besides the keys that were written at these origins. */
  elsewhere(file: string, subjects: ReadonlySet<Origin>): Omit<Remarks, 'became'> {
    const isElsewhere = (each: { readonly subject: Origin }) =>
      each.subject.file === file && !subjects.has(each.subject);
    return {
      faults: [...this.#faults.values()].filter(isElsewhere).map(({ fault, subject }) => this.#clean(fault, subject)),
      notes: [...this.#notes.values()]
        .filter(isElsewhere)
        .map(({ note, subject }) => ({ ...note, text: this.#masked(note.text, subject) })),
    };
  }

  /** One line for each thing to be said; ignored keys of a file share the line of their reason. */
  get notices(): readonly string[] {
    return this.#lines(({ kind }) => kind !== 'warning');
  }

  get warnings(): readonly string[] {
    return this.#lines(({ kind }) => kind === 'warning');
  }

  /** The same of some origins only. */
  linesOf(isWanted: (origin: Origin) => boolean): { warnings: readonly string[]; notices: readonly string[] } {
    return {
      warnings: this.#lines(note => note.kind === 'warning' && isWanted(note)),
      notices: this.#lines(note => note.kind !== 'warning' && isWanted(note)),
    };
  }

  #lines(isWanted: (note: Note) => boolean): readonly string[] {
    const lines = new Map<string, { readonly note: Note; readonly text: string; readonly keys: string[] }>();
    for (const { note, subject } of this.#notes.values()) {
      if (!isWanted(note)) continue;
      const { kind, file, key } = note;
      const text = this.#masked(note.text, subject);
      const together = JSON.stringify([file, kind === 'ignored' ? null : key, text]);
      const known = lines.get(together);
      if (known === undefined) lines.set(together, { note, text, keys: [printableName(key ?? '')] });
      else if (kind === 'ignored') known.keys.push(printableName(key ?? ''));
    }
    return [...lines.values()].map(({ note, text, keys }) => {
      const effect = note.kind === 'ignored' ? ` ${keys.length > 1 ? 'have' : 'has'} no effect:` : '';
      return `${printable(note.file)}: ${keys.join(', ')}${effect} ${printable(text)}`;
    });
  }

  /** Replaces values that came from a config provider by their placeholders. */
  mask(text: string): string {
    return this.#concealed.mask(text);
  }

  /** The same of a value of the resulting configuration, which may be one of several that were given together. */
  maskValue(text: string): string {
    return this.#concealed.maskValue(text);
  }

  #masked(text: string, subject: Origin): string {
    return this.#concealed.mask(text, this.#ofOrigin.get(subject));
  }

  #clean(fault: Fault, subject: Origin): Fault {
    return { ...fault, message: this.#masked(fault.message, subject) };
  }
}

function placeOf({ file, line, key }: Origin): string {
  return JSON.stringify([file, line, key]);
}

function groupedBySubject<T extends { readonly subject: Origin }>(all: readonly T[]): ReadonlyMap<Origin, T[]> {
  const groups = new Map<Origin, T[]>();
  for (const each of all) {
    const known = groups.get(each.subject);
    if (known === undefined) groups.set(each.subject, [each]);
    else known.push(each);
  }
  return groups;
}
