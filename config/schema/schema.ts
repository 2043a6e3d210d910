import convict from 'convict';
import { connectorKeys } from './connector-keys.ts';
import { FormatError } from './formats.ts';
import type { KeySpec, KeyTable, Values } from './key-spec.ts';

export { variablePart } from './key-spec.ts';

import { workerKeys } from './worker-keys.ts';

/** The keys of each kind of file, by the names they have inside: to convict a dot would be a path. */
export const schemas = { worker: workerKeys, connector: connectorKeys } as const;

export type FileKind = keyof typeof schemas;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What was written for a key, in the layer that counts. */
export interface Text {
  readonly text: string;
  /** Whether a fault may repeat it. */
  readonly quotable: boolean;
}

export interface Resolved<Table extends KeyTable> {
  /** A key whose value was refused has its default, or null. */
  readonly values: Values<Table>;
  /** Names whose value was refused, each with a text that completes "the key …". */
  readonly problems: ReadonlyMap<string, string>;
}

type Report = (name: string, problem: FormatError) => void;

/**
 * Defaults < what was written: convict validates the texts, our formats read them. It gets the keys that were written and no others: a schema
 * of all costs it 20 ms, which a worker with a hundred connectors would pay for each.
 */
export function resolve<Table extends KeyTable>(
  table: Table,
  written: Readonly<Record<string, Text>>,
): Resolved<Table> {
  const problems = new Map<string, string>();
  const report: Report = (name, error) =>
    problems.set(name, written[name]?.quotable === false ? error.discreet : error.message);
  const asked = Object.fromEntries(Object.entries(table).filter(([name]) => Object.hasOwn(written, name)));
  const texts = convict<Record<string, string | null>>(convictSchema(asked, report), { args: [], env: {} });
  texts.load(Object.fromEntries(Object.entries(written).map(([name, { text }]) => [name, text])));
  try {
    texts.validate({ allowed: 'strict' });
  } catch (error) {
    if (problems.size === 0) throw error;
  }
  const values: Record<string, unknown> = {};
  const read = texts.getProperties();
  for (const [name, spec] of Object.entries(table)) {
    values[name] = spec.read(problems.has(name) ? null : (read[name] ?? null));
  }
  return { values: values as Values<Table>, problems };
}

/** Formats report what they refuse by themselves: convict joins its own faults into one text, values included. */
function convictSchema(table: KeyTable, report: Report): convict.Schema<Record<string, string | null>> {
  const schema: Record<string, convict.SchemaObj<string | null>> = {};
  for (const [name, spec] of Object.entries(table)) {
    const { doc, default: fallback, sensitive } = spec;
    const format = (value: unknown) => check(spec, value, problem => report(name, problem));
    schema[name] = { doc, format, default: fallback, nullable: true, sensitive };
  }
  return schema;
}

/** @throws FormatError for convict, after the same was reported */
function check(spec: KeySpec<unknown>, value: unknown, report: (problem: FormatError) => void): void {
  try {
    spec.read(String(value));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    report(error);
    throw error;
  }
}
