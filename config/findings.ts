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

/** `sink.properties:12: batch.max.records must be …` */
export function renderOrigin(origin: Origin): string {
  const place = origin.line === null ? origin.file : `${origin.file}:${origin.line}`;
  return origin.key === null ? `${place}:` : `${place}: ${origin.key}`;
}

/** Everything that is wrong with a configuration, all files at once. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly faults: readonly Fault[];
  /** The worker itself could start. */
  readonly inConnectorsOnly: boolean;

  constructor(faults: readonly Fault[], inConnectorsOnly: boolean) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    const lines = faults.map(fault => `  ${renderOrigin(fault)} ${fault.message}`);
    super(`The configuration has ${count}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
    this.inConnectorsOnly = inConnectorsOnly;
  }
}

/**
 * What is to be said of a key that is accepted: `remark` it is honoured, and something about it should be known;
 * `differs` it is honoured in another way than Kafka Connect does; `ignored` it has no effect here.
 */
export type NoteKind = 'remark' | 'differs' | 'ignored';

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

/** Values shorter than this are not searched for in texts: they would mask ordinary words. */
const SHORTEST_SEARCHED = 4;

/**
 * Collects what one load has to say about the keys that were written, each thing once. Refusals, log lines and
 * explanations are all made from it, so that they can't tell different stories.
 */
export class Findings {
  readonly #faults = new Map<string, { fault: Fault; subject: Origin }>();
  readonly #notes = new Map<string, { note: Note; subject: Origin }>();
  readonly #became = new Map<Origin, Set<string>>();
  readonly #concealed = new Map<string, string>();

  /** @param shown the key as it may be printed, where it may be a piece of a secret itself */
  fault(code: FaultCode, origin: Origin, message: string, shown = origin.key): void {
    const fault: Fault = { code, file: origin.file, line: origin.line, key: shown, message };
    this.#faults.set(`${renderOrigin(fault)} ${message}`, { fault, subject: origin });
  }

  note(kind: NoteKind, origin: Origin, text: string, shown = origin.key): void {
    const note: Note = { kind, file: origin.file, line: origin.line, key: shown, text };
    this.#notes.set(`${kind} ${renderOrigin(note)} ${text}`, { note, subject: origin });
  }

  /** The key of that origin sets `what` in the end. */
  became(origin: Origin, what: string): void {
    const known = this.#became.get(origin) ?? new Set();
    this.#became.set(origin, known.add(what));
  }

  /** A value that stands for a placeholder: wherever it would be printed, the placeholder is. */
  conceal(value: string, placeholder: string): void {
    this.#concealed.set(value, placeholder);
  }

  /** Values that came from a config provider. */
  get concealed(): readonly string[] {
    return [...this.#concealed.keys()];
  }

  get failed(): boolean {
    return this.#faults.size > 0;
  }

  get faults(): readonly Fault[] {
    return [...this.#faults.values()].map(({ fault }) => this.#clean(fault));
  }

  /** What is known of the key that was written at this very origin. */
  about(subject: Origin): Remarks {
    return {
      faults: [...this.#faults.values()]
        .filter(each => each.subject === subject)
        .map(({ fault }) => this.#clean(fault)),
      notes: [...this.#notes.values()]
        .filter(each => each.subject === subject)
        .map(({ note }) => ({ ...note, text: this.mask(note.text) })),
      became: [...(this.#became.get(subject) ?? [])].map(what => this.mask(what)),
    };
  }

  /** What is known of a source besides the keys that were written at these origins. */
  elsewhere(file: string, subjects: ReadonlySet<Origin>): Omit<Remarks, 'became'> {
    const isElsewhere = (each: { readonly subject: Origin }) =>
      each.subject.file === file && !subjects.has(each.subject);
    return {
      faults: [...this.#faults.values()].filter(isElsewhere).map(({ fault }) => this.#clean(fault)),
      notes: [...this.#notes.values()].filter(isElsewhere).map(({ note }) => note),
    };
  }

  /** One line for each thing to be said; ignored keys of a file share the line of their reason. */
  get notices(): readonly string[] {
    const lines = new Map<string, string[]>();
    for (const { note } of this.#notes.values()) {
      const { kind, file, key, text } = note;
      const own = kind === 'ignored' ? '' : `${key} `;
      const together = `${file}\0${own}\0${text}`;
      lines.set(together, [...(lines.get(together) ?? []), key ?? '']);
    }
    return [...lines].map(([together, keys]) => {
      const [file, own, text] = together.split('\0');
      const subject = own === '' ? `${keys.join(', ')} ${keys.length > 1 ? 'have' : 'has'} no effect: ` : own;
      return this.mask(`${file}: ${subject}${text}`);
    });
  }

  /** Replaces values that came from a config provider by their placeholders. */
  mask(text: string): string {
    const whole = this.#concealed.get(text);
    if (whole !== undefined) return whole;
    let clean = text;
    for (const [value, placeholder] of [...this.#concealed].sort(([a], [b]) => b.length - a.length)) {
      if (value.length >= SHORTEST_SEARCHED) clean = clean.replaceAll(value, () => placeholder);
    }
    return clean;
  }

  #clean(fault: Fault): Fault {
    return { ...fault, message: this.mask(fault.message) };
  }
}
