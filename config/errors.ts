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

  constructor(faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    const lines = faults.map(fault => `  ${renderOrigin(fault)} ${fault.message}`);
    super(`The configuration has ${count}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Collects the faults and notices of one load, each of them once. */
export class Findings {
  readonly #faults = new Map<string, Fault>();
  readonly #notices = new Set<string>();

  fault(code: FaultCode, origin: Origin, message: string): void {
    const fault: Fault = { code, file: origin.file, line: origin.line, key: origin.key, message };
    this.#faults.set(`${renderOrigin(fault)} ${message}`, fault);
  }

  notice(line: string): void {
    this.#notices.add(line);
  }

  get failed(): boolean {
    return this.#faults.size > 0;
  }

  get faults(): readonly Fault[] {
    return [...this.#faults.values()];
  }

  get notices(): readonly string[] {
    return [...this.#notices];
  }
}
