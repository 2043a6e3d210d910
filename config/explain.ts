import { type Fault, Findings, type Note, type Origin } from './findings.ts';
import { build, readSource, standIn } from './load.ts';
import type { Environment } from './schema/schema.ts';
import type { Written } from './schema/written-keys.ts';
import { mayBeShown } from './secrecy.ts';
import { isJson } from './source/connector-file.ts';
import { systemFiles } from './source/files.ts';
import { type SourceText, writtenInProperties } from './source/written.ts';
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
  /** Hides what config providers gave. */
  readonly mask: (text: string) => string;
}

export interface ExplainInput {
  readonly files: readonly string[];
  readonly env: Environment;
  readonly overrides: readonly string[];
}

/**
 * Tells what becomes of each key of these files. The first may be a worker file or, like the others, a connector file.
 * This is the walk that loads a configuration: a key is explained as what it is when the worker runs.
 */
export function explainFiles({ files, env, overrides }: ExplainInput): Explanation {
  const findings = new Findings();
  const sources = files.map(file => readSource(file, findings)).filter(source => source !== null);
  const [first] = sources;
  const isWorker = first !== undefined && first.name === files[0] && !isConnectorFile(first);
  const worker = isWorker ? first : files.length === 0 ? null : standIn('(no worker file)');
  const connectors = isWorker ? sources.slice(1) : sources;
  const loaded = build({ worker, connectors, env, overrides, files: systemFiles }, findings);
  const isThere = ({ origin }: Written) => origin.file !== 'environment' || env[origin.key ?? ''] !== undefined;
  const written = [loaded.worker, ...loaded.connectors]
    .flatMap(section => section.written)
    .filter(([, one]) => isThere(one));
  const names = [...files, 'environment', 'command line'];
  const explained = names
    .map(name => explainSource(name, written, findings))
    .filter(({ keys, faults }) => keys.length + faults.length > 0);
  return {
    sources: explained,
    outcome: worst(
      explained.flatMap(({ keys, faults }) => [...keys, ...faults.map(() => ({ outcome: 'refused' as const }))]),
    ),
    inConnectorsOnly: loaded.inConnectorsOnly,
    config: loaded.config,
    mask: text => findings.mask(text),
  };
}

function isConnectorFile(source: SourceText): boolean {
  if (isJson(source)) return true;
  const written = writtenInProperties(source, new Findings());
  return written.has('connector.class') || (written.has('name') && !written.has('bootstrap.servers'));
}

function worst(all: readonly { readonly outcome: Outcome }[]): Outcome {
  return OUTCOMES[Math.max(0, ...all.map(({ outcome }) => OUTCOMES.indexOf(outcome)))]!;
}

function explainSource(
  source: string,
  written: readonly (readonly [key: string, written: Written])[],
  findings: Findings,
): ExplainedSource {
  const subjects = new Map<Origin, readonly [string, Written]>();
  for (const pair of written) if (pair[1].origin.file === source) subjects.set(pair[1].origin, pair);
  const keys = [...subjects.values()].map(([key, one]) => explainKey(key, one, findings));
  const elsewhere = findings.elsewhere(source, new Set(subjects.keys()));
  const missing = elsewhere.faults.filter(fault => fault.key !== null);
  return {
    source,
    keys: [...keys, ...elsewhere.notes.map(explainNote), ...missing.map(explainMissing)],
    faults: elsewhere.faults.filter(fault => fault.key === null),
  };
}

function explainKey(key: string, { text, origin, placeholder }: Written, findings: Findings): ExplainedKey {
  const { faults, notes, became } = findings.about(origin);
  const outcome = worst([...notes.map(outcomeOf), ...faults.map(() => ({ outcome: 'refused' as const }))]);
  const said = faults.length > 0 ? faults.map(({ message }) => message) : notes.map(note => note.text);
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
  return { outcome: kind === 'remark' ? 'honoured' : kind };
}

function explainMissing({ key, line, message }: Fault): ExplainedKey {
  return { key: key!, line, value: null, outcome: 'refused', reasons: [message], became: [] };
}
