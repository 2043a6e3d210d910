import { type Format, readValue } from './formats.ts';

/** One key of a file: all that validation, typing, the environment, masking and the reference need to know of it. */
export interface KeySpec<T> {
  readonly key: string;
  readonly type: string;
  readonly expects: string;
  /** As a user would write it; null when there is none. */
  readonly default: string | null;
  readonly required: boolean;
  readonly doc: string;
  readonly group: string;
  /** What stands for the key in environment variables, behind `TAILRACE_WORKER_` and its like: `HTTP_TIMEOUT_MS`. */
  readonly env: string;
  /** Masked in every rendering and never taken from the command line. */
  readonly sensitive: boolean;
  /** All values that there are, where they are few. */
  readonly recommended: readonly string[];
  /** @throws FormatError */
  readonly read: (text: string | null) => T;
}

export type KeyTable = Readonly<Record<string, KeySpec<unknown>>>;

/** What the keys of a table give, typed. */
export type Values<Table extends KeyTable> = {
  readonly [Name in keyof Table]: Table[Name] extends KeySpec<infer T> ? T : never;
};

/** `http.timeout.ms` → `HTTP_TIMEOUT_MS` */
export function variablePart(key: string): string {
  return key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

function spec<T>(
  group: string,
  key: string,
  format: Format<unknown>,
  rest: Pick<KeySpec<T>, 'default' | 'required' | 'doc' | 'read'>,
) {
  const { type, expects, values = [] } = format;
  const sensitive = type === 'password';
  return { group, key, type, expects, env: variablePart(key), sensitive, recommended: values, ...rest };
}

/** The builders of one group's keys. */
export function keyGroup(group: string) {
  return {
    withDefault<T>(key: string, format: Format<T>, fallback: string, doc: string): KeySpec<T> {
      const read = (text: string | null) => readValue(format, text ?? fallback);
      return spec(group, key, format, { default: fallback, required: false, doc, read });
    },
    /** An empty value counts as none. */
    optional<T>(key: string, format: Format<T>, doc: string): KeySpec<T | null> {
      const read = (text: string | null) => (text === null || text.trim() === '' ? null : readValue(format, text));
      return spec(group, key, format, { default: null, required: false, doc, read });
    },
    /** An empty value is one. */
    emptyCounts<T>(key: string, format: Format<T>, doc: string): KeySpec<T | null> {
      const read = (text: string | null) => (text === null ? null : readValue(format, text));
      return spec(group, key, format, { default: null, required: false, doc, read });
    },
    /** Null only while the fault that it is missing is on record. */
    required<T>(key: string, format: Format<T>, doc: string): KeySpec<T | null> {
      const read = (text: string | null) => (text === null || text.trim() === '' ? null : readValue(format, text));
      return spec(group, key, format, { default: null, required: true, doc, read });
    },
  };
}
