import type { Findings, Origin } from './errors.ts';
import type { KeyTable, Values } from './key-spec.ts';
import { type Environment, type FileKind, resolve, schemas } from './schema.ts';
import { sortKeys } from './sort-keys.ts';
import {
  type SourceText,
  type Written,
  type WrittenKeys,
  writtenInEnvironment,
  writtenInFile,
  writtenOnCommandLine,
} from './written.ts';

/** What one file says after the environment and the command line had their word. */
export interface Section<Table extends KeyTable> {
  readonly file: string;
  readonly values: Values<Table>;
  /** Where a key's value comes from; for what was not written, the file alone. */
  origin(key: string): Origin;
  wrote(key: string): boolean;
  /** Null when the key was not written in the file itself. */
  inFile(key: string): Written | null;
  /** What was written for the keys that begin with the prefix, by the rest of the key. */
  family(prefix: string): WrittenKeys;
  /** Client keys without a prefix (worker file only). */
  readonly plainClientKeys: WrittenKeys;
}

export type WorkerSection = Section<(typeof schemas)['worker']>;
export type ConnectorSection = Section<(typeof schemas)['connector']>;

export interface Surroundings {
  readonly env: Environment;
  /** `key=value` each, checked and split. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly findings: Findings;
}

/** Reads one file's text against its schema. Faults go to `findings`; the values of faulty keys are their defaults. */
export function readSection<Kind extends FileKind>(
  kind: Kind,
  source: SourceText,
  { env, overrides, findings }: Surroundings,
): Section<(typeof schemas)[Kind]> {
  const table: KeyTable = schemas[kind];
  const names = new Map(Object.entries(table).map(([name, spec]) => [spec.key, name]));
  const inFile = writtenInFile(source, findings);
  const onCommandLine = writtenOnCommandLine(kind, overrides);
  const written = new Map([...inFile, ...writtenInEnvironment(kind, env), ...onCommandLine]);
  const families = sortKeys(kind, source.name, written, new Set(names.keys()), findings);
  const layers = { file: textsByName(inFile, names), env, overrides: textsByName(onCommandLine, names) };
  const { values, problems } = resolve(table, layers);
  const origin = (key: string): Origin => written.get(key)?.origin ?? { file: source.name, line: null, key };
  for (const [name, spec] of Object.entries(table)) {
    const problem = problems.get(name);
    if (problem !== undefined) findings.fault('invalid', origin(spec.key), problem);
    else if (spec.required && values[name] === null) {
      findings.fault('missing', origin(spec.key), `is required: ${spec.doc}`);
    }
  }
  return {
    file: source.name,
    values: values as Values<(typeof schemas)[Kind]>,
    origin,
    wrote: key => written.has(key),
    inFile: key => inFile.get(key) ?? null,
    family: prefix => families.get(prefix) ?? new Map(),
    plainClientKeys: families.get('') ?? new Map(),
  };
}

/** Says what stands in the file and nothing asks for. */
export function noticeIdle(
  { file, inFile }: Pick<ConnectorSection, 'file' | 'inFile'>,
  keys: readonly string[],
  why: string,
  findings: Findings,
): void {
  const written = keys.filter(key => inFile(key) !== null);
  if (written.length > 0) findings.notice(`${file}: without effect ${why}: ${written.join(', ')}`);
}

function textsByName(written: WrittenKeys, names: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [key, { text }] of written) {
    const name = names.get(key);
    if (name !== undefined) texts[name] = text;
  }
  return texts;
}
