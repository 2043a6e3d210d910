import type { Findings, Origin } from '../findings.ts';
import type { ClientKeys } from './client-keys.ts';
import { sharedBy } from './endpoint-keys.ts';
import { trim } from './formats.ts';
import type { KeyTable, Values } from './key-spec.ts';
import { type FileKind, resolve, schemas, type Text } from './schema.ts';
import { sortKeys } from './sort-keys.ts';
import type { Written, WrittenKeys } from './written-keys.ts';

/** What was said to one worker or connector, placeholders filled in; the later of two layers wins. */
export interface Layers {
  /** The file's name, or `environment` where there is none. */
  readonly name: string;
  readonly file: WrittenKeys;
  readonly environment: WrittenKeys;
  readonly commandLine: WrittenKeys;
  /** The variable that would have set a key. */
  readonly variableOf: (key: string) => string;
}

/** What one file says after the environment and the command line had their word. */
export interface Section<Table extends KeyTable> {
  readonly kind: FileKind;
  readonly file: string;
  readonly values: Values<Table>;
  /** Everything that was written, from file, environment and command line; what a later layer replaced too. */
  readonly written: readonly (readonly [key: string, written: Written])[];
  /** Where a key's value comes from; for what was not written, the file alone. */
  origin(key: string): Origin;
  wrote(key: string): boolean;
  /** What was written for a key, in the layer that counts; null where nothing was. */
  text(key: string): string | null;
  /** The keys that count, where a vendor's file was translated those of ours; the later of two layers has replaced the earlier. */
  readonly meant: WrittenKeys;
  /** Whether the file is of another vendor's sink. */
  readonly isForeign: boolean;
  /** Null when the key was not written in the file itself, or is the vendor's. */
  inFile(key: string): Written | null;
  /** What was written for the keys that begin with the prefix, by the rest of the key. */
  family(prefix: string): WrittenKeys;
  /** Client keys without a prefix (worker file only). */
  readonly plainClientKeys: WrittenKeys;
}

/** A file that is not in our keys alone. */
export interface Foreign {
  /** What it means in our keys, and what it has of them. */
  readonly meant: WrittenKeys;
  /** Keys of the vendor: what a typo may have been meant to be. */
  readonly names: readonly string[];
  /** Whether the vendor has a word to say on a key of that name. */
  readonly owns: (key: string) => boolean;
}

export type WorkerSection = Section<(typeof schemas)['worker']>;
export type ConnectorSection = Section<(typeof schemas)['connector']>;

/**
 * Reads what was written against its schema. Faults go to `findings`; the values of faulty keys are their defaults.
 * @param clientKeys what the Kafka clients know: a worker file may hold these without a prefix
 * @param foreign what a vendor's file means: what it lacks has been told in the vendor's words
 */
export function readSection<Kind extends FileKind>(
  kind: Kind,
  layers: Layers,
  clientKeys: ClientKeys,
  findings: Findings,
  foreign: Foreign | null = null,
): Section<(typeof schemas)[Kind]> {
  const table: KeyTable = schemas[kind];
  const names = new Map(Object.entries(table).map(([name, spec]) => [spec.key, name]));
  const { file, environment, commandLine } = layers;
  noteOverridden([file, environment, commandLine], findings);
  const all = mergedLayers(layers);
  refuseNul(all, findings);
  const written = foreign?.meant ?? all;
  const known = new Set(names.keys());
  const families = sortKeys(kind, written, { known, foreign: foreign?.names ?? [], clientKeys }, findings);
  const { values, problems } = resolve(table, textsByName(written, names));
  const missing = (key: string): Origin => {
    const name = layers.name === 'environment' ? layers.variableOf(key) : key;
    return { file: layers.name, line: null, key: name };
  };
  const origin = (key: string): Origin => written.get(key)?.origin ?? missing(key);
  for (const [name, spec] of Object.entries(table)) {
    const problem = problems.get(name);
    if (problem !== undefined) findings.fault('invalid', origin(spec.key), problem);
    else if (spec.required && values[name] === null && isMissed(spec.key, written, foreign)) {
      findings.fault('missing', origin(spec.key), `is required: ${spec.doc}`);
    }
  }
  return {
    kind,
    file: layers.name,
    values: values as Values<(typeof schemas)[Kind]>,
    written: [...file, ...environment, ...commandLine],
    meant: written,
    isForeign: foreign !== null,
    origin,
    wrote: key => written.has(key),
    text: key => written.get(key)?.text ?? null,
    inFile: key => (foreign?.owns(key) === true ? null : (file.get(key) ?? null)),
    family: prefix => families.get(prefix) ?? new Map(),
    plainClientKeys: families.get('') ?? new Map(),
  };
}

/** Everything that was said, in the layer that counts. */
export function mergedLayers({ file, environment, commandLine }: Layers): WrittenKeys {
  return new Map([...file, ...environment, ...commandLine]);
}

/** Required of every connector, whoever made it. */
const CONNECTS_OWN: ReadonlySet<string> = new Set(['name', 'connector.class']);

/** What a vendor's file lacks is told in the vendor's words; what each of several endpoints has, or lacks, by the endpoint. */
function isMissed(key: string, written: WrittenKeys, foreign: Foreign | null): boolean {
  if (CONNECTS_OWN.has(key)) return true;
  return foreign === null && !(trim(written.get('endpoints')?.text ?? '') !== '' && sharedBy(key) === null);
}

/** To the Kafka client and the system a NUL ends a text: what stands behind it would be left out. */
function refuseNul(written: WrittenKeys, findings: Findings): void {
  for (const { text, origin } of written.values()) {
    if (text.includes('\0')) findings.fault('invalid', origin, 'must not hold a NUL character');
  }
}

function noteOverridden(layers: readonly WrittenKeys[], findings: Findings): void {
  for (const [index, layer] of layers.entries()) {
    for (const [key, { origin }] of layer) {
      const winner = layers
        .slice(index + 1)
        .findLast(later => later.has(key))
        ?.get(key)?.origin;
      if (winner === undefined) continue;
      const where = winner.file === 'environment' ? `${winner.key} of the environment` : `the ${winner.file}`;
      findings.note('ignored', origin, `${where} says otherwise`);
    }
  }
}

/** Says what stands in the file and nothing asks for. */
export function noteIdle(
  { inFile }: Pick<ConnectorSection, 'inFile'>,
  keys: readonly string[],
  why: string,
  findings: Findings,
): void {
  for (const key of keys) {
    const written = inFile(key);
    if (written !== null) findings.note('ignored', written.origin, why);
  }
}

/** Of what was written, what the table knows, by the names it has there. */
export function textsByName(written: WrittenKeys, names: ReadonlyMap<string, string>): Readonly<Record<string, Text>> {
  const texts: Record<string, Text> = {};
  for (const [key, { text, placeholder }] of written) {
    const name = names.get(key);
    if (name !== undefined) texts[name] = { text, quotable: placeholder === null };
  }
  return texts;
}
