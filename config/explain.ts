import { build } from './build.ts';
import { type Fault, Findings, type Note, type Origin, type Remarks } from './findings.ts';
import { readSources } from './load.ts';
import { type ProvidedPaths, providedPaths } from './provided-paths.ts';
import type { Environment } from './schema/schema.ts';
import type { Written } from './schema/written-keys.ts';
import { mayBeShown } from './secrecy.ts';
import { systemFiles } from './source/files.ts';
import { fileName, isJson, type SourceText, standIn } from './source/source-text.ts';
import { writtenInProperties } from './source/written.ts';
import type { Config } from './types.ts';

/** From best to worst. */
export const OUTCOMES = ['honoured', 'differs', 'ignored', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface ExplainedKey {
  readonly key: string;
  /** Null outside of files, and for a key that is missing. */
  readonly line: number | null;
  /** As it was written, placeholders included; null where it may be a secret or has no effect. */
  readonly value: string | null;
  readonly outcome: Outcome;
  /** Each completes "the key …"; of an ignored key they say why it is. */
  readonly reasons: readonly string[];
  /** What it sets in the Kafka clients. */
  readonly became: readonly string[];
}

export interface ExplainedSource {
  /** A file's name, `environment` or `command line`. */
  readonly source: string;
  readonly keys: readonly ExplainedKey[];
  /** What is wrong with the source as such. */
  readonly faults: readonly Fault[];
}

export interface Explanation {
  readonly sources: readonly ExplainedSource[];
  /** The worst of all. */
  readonly outcome: Outcome;
  /** Whether what is refused lies in connectors alone. */
  readonly inConnectorsOnly: boolean;
  /** What a worker would run with; null when something is refused. */
  readonly config: Config | null;
  /** Hides what config providers gave, in a value of the configuration. */
  readonly mask: (text: string) => string;
  readonly provided: ProvidedPaths;
}

export interface ExplainInput {
  readonly files: readonly string[];
  readonly env: Environment;
  readonly overrides: readonly string[];
}

/**
 * Tells what becomes of each key of these files. The first may be a worker file or, like the others, a connector file; one that
 * can't be read is taken for a worker file, as a worker would.
 * This is the walk that loads a configuration: a key is explained as what it is when the worker runs.
 */
export function explainFiles({ env, overrides, ...input }: ExplainInput): Explanation {
  const findings = new Findings();
  const files = input.files.map(fileName);
  const sources = readSources(files, findings);
  const [first] = files;
  const read = [...sources.values()].filter(source => source !== null);
  const firstSource = first === undefined ? null : sources.get(first);
  const isWorker = first !== undefined && !(firstSource && isConnectorFile(firstSource));
  const worker = isWorker ? (firstSource ?? standIn(first)) : first === undefined ? null : standIn('(no worker file)');
  const connectors = read.filter(source => source !== worker);
  const loaded = build({ worker, connectors, env, overrides, named: files, files: systemFiles }, findings);
  const isThere = ({ origin }: Written) => origin.file !== 'environment' || env[origin.key ?? ''] !== undefined;
  const written = [loaded.base.section, ...loaded.connectors]
    .flatMap(section => section.written)
    .filter(([, one]) => isThere(one) && sources.get(one.origin.file) !== null);
  const known = findings.bySubject();
  const explained = [...sources.keys(), 'environment', 'command line']
    .map(name => explainSource(name, written, findings, known))
    .filter(({ keys, faults }) => keys.length + faults.length > 0);
  return {
    sources: explained,
    outcome: worst(
      explained.flatMap(({ keys, faults }) => [...keys, ...faults.map(() => ({ outcome: 'refused' as const }))]),
    ),
    inConnectorsOnly: loaded.inConnectorsOnly,
    config: loaded.config,
    mask: text => findings.maskValue(text),
    provided: providedPaths(loaded, origin => known(origin).became),
  };
}

function isConnectorFile(source: SourceText): boolean {
  if (isJson(source.text)) return true;
  const written = writtenInProperties(source, new Findings());
  const isNamed = written.has('name') && !written.has('bootstrap.servers');
  return (
    written.has('connector.class') || (isNamed && ['topics', 'topics.regex', 'http.url'].some(key => written.has(key)))
  );
}

function worst(all: readonly { readonly outcome: Outcome }[]): Outcome {
  return OUTCOMES[Math.max(0, ...all.map(({ outcome }) => OUTCOMES.indexOf(outcome)))]!;
}

/** What becomes of each key that a source has, once all of them were read. */
export function explainSource(
  source: string,
  written: readonly (readonly [key: string, written: Written])[],
  findings: Findings,
  known: (subject: Origin) => Remarks,
): ExplainedSource {
  const subjects = new Map<Origin, readonly [string, Written]>();
  for (const pair of written) if (pair[1].origin.file === source) subjects.set(pair[1].origin, pair);
  const keys = [...subjects.values()].map(([key, one]) => explainKey(key, one, known(one.origin)));
  const elsewhere = findings.elsewhere(source, new Set(subjects.keys()));
  const missing = elsewhere.faults.filter(fault => fault.key !== null);
  return {
    source,
    keys: inOrder([...keys, ...elsewhere.notes.map(explainNote), ...missing.map(explainMissing)]),
    faults: elsewhere.faults.filter(fault => fault.key === null),
  };
}

/** As in the file; what stands in none, or is missing, comes last. */
function inOrder(keys: readonly ExplainedKey[]): readonly ExplainedKey[] {
  const last = Number.MAX_SAFE_INTEGER;
  return [...keys].sort((a, b) => (a.line ?? last) - (b.line ?? last));
}

function explainKey(
  key: string,
  { text, origin, placeholder }: Written,
  { faults, notes, became }: Remarks,
): ExplainedKey {
  const outcome = worst([...notes.map(outcomeOf), ...faults.map(() => ({ outcome: 'refused' as const }))]);
  // Of a key without effect nothing else matters.
  const told = outcome === 'ignored' ? notes.filter(({ kind }) => kind === 'ignored') : notes;
  const said = faults.length > 0 ? faults.map(({ message }) => message) : told.map(note => note.text);
  const effective = outcome === 'honoured' || outcome === 'differs';
  return {
    key: faults[0]?.key ?? origin.key ?? key,
    line: origin.line,
    value: effective && mayBeShown(key) ? (placeholder ?? text) : null,
    outcome,
    reasons: said,
    became: effective ? became : [],
  };
}

function explainNote(note: Note): ExplainedKey {
  const { key, line, text } = note;
  return { key: key ?? '', line, value: null, ...outcomeOf(note), reasons: [text], became: [] };
}

function outcomeOf({ kind }: Note): { outcome: Outcome } {
  return { outcome: kind === 'remark' || kind === 'warning' ? 'honoured' : kind };
}

function explainMissing({ key, line, message }: Fault): ExplainedKey {
  return { key: key!, line, value: null, outcome: 'refused', reasons: [message], became: [] };
}
