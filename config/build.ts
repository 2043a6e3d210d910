import { buildConnector } from './connector.ts';
import { isKeyOfDialect } from './dialects/translate.ts';
import type { Fault, Findings } from './findings.ts';
import { readForeign } from './foreign.ts';
import { CLIENT_KEY_NAMES, isForWorkers, rolesOf } from './kafka/keys.ts';
import { refusedClientKey } from './kafka/refused.ts';
import { knownConnectors, layersOf, layersOfAddition } from './layers.ts';
import { noteOpenFiles } from './open-files.ts';
import { readOverrides } from './overrides.ts';
import { propertiesOf } from './properties.ts';
import type { ClientKeys } from './schema/client-keys.ts';
import type { Environment } from './schema/schema.ts';
import { type ConnectorSection, type Layers, readSection, type WorkerSection } from './schema/section.ts';
import type { WrittenKeys } from './schema/written-keys.ts';
import { isSecretKey, mayBeShown } from './secrecy.ts';
import { Secret } from './secret.ts';
import { writtenInConnectorFile } from './source/connector-file.ts';
import { isConnectorVariable, variableOf } from './source/environment.ts';
import type { Files, Outside } from './source/files.ts';
import { Providers } from './source/providers.ts';
import { isJson, type SourceText, standIn } from './source/source-text.ts';
import { writtenInProperties } from './source/written.ts';
import type { Config, ConnectorConfig, WorkerConfig } from './types.ts';
import { buildWorker } from './worker.ts';

export interface ConfigTexts {
  readonly worker: SourceText | null;
  readonly connectors: readonly SourceText[];
  readonly env: Environment;
  readonly overrides: readonly string[];
  /** All files in the order in which they are told of, those that could not be read too; without it that of the texts. */
  readonly named?: readonly string[];
  /** What the texts refer to: certificates, keys, the files of config providers. */
  readonly files: Files;
  /** A worker is to run with them: it needs a connector, or a way to get one. */
  readonly toRun?: boolean;
}

/** A worker as its file, the environment and the command line said it at its start: connectors that come later are built beside it. */
export interface WorkerBase {
  readonly source: SourceText | null;
  /** What was said to it, placeholders as they were written. */
  readonly layers: Layers;
  readonly section: WorkerSection;
  readonly env: Environment;
  readonly files: Files;
}

/** A configuration and all that there is to say about its keys. */
export interface Loaded {
  /** Null when there are faults. */
  readonly config: Config | null;
  readonly base: WorkerBase;
  readonly connectors: readonly ConnectorSection[];
  readonly findings: Findings;
  /** The findings' faults, in the order of the files. */
  readonly faults: readonly Fault[];
  /** Whether all faults lie in connectors. */
  readonly inConnectorsOnly: boolean;
}

/** File by file from top to bottom, what is missing behind; then what came from outside of them. */
function inOrder(faults: readonly Fault[], named: readonly string[]): readonly Fault[] {
  const files = [...named, 'environment', 'command line'];
  const last = Number.MAX_SAFE_INTEGER;
  return [...faults].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? last) - (b.line ?? last),
  );
}

export function build(texts: ConfigTexts, findings: Findings): Loaded {
  const { worker, connectors, env, files } = texts;
  const workerFile = worker === null ? null : { name: worker.name, keys: writtenInWorkerFile(worker, findings) };
  const connectorFiles = connectors.flatMap(source => {
    const keys = writtenInConnectorFile(source, findings);
    return keys === null ? [] : [{ name: source.name, keys }];
  });
  const known = knownConnectors(connectorFiles, env);
  const isForeign = (key: string) => known.some(({ dialect }) => dialect !== null && isKeyOfDialect(dialect, key));
  const overrides = readOverrides(texts.overrides, isForeign, findings);
  const layers = layersOf({ worker: workerFile, connectors: known, env, overrides }, findings);
  const providers = providersOf(layers.worker, { source: worker, env, files }, false, findings);
  const workerSection = readSection('worker', providers.fill(layers.worker), KAFKA_CLIENT_KEYS, findings);
  // One object for all: what of the system was read is remembered by it.
  const outside: Outside = { ...files, env };
  const workerConfig = buildWorker(workerSection, outside, findings);
  if (texts.toRun === true && layers.connectors.length === 0) refuseIdle(workerConfig, findings);
  const base: WorkerBase = { source: worker, layers: layers.worker, section: workerSection, env, files };
  const pairs = layers.connectors.map(each => readConnector(base, outside, providers.fill(each), findings));
  const sections = pairs.map(({ section }) => section);
  checkUnique(pairs, new Known(), findings);
  noteOpenFiles([workerSection, ...sections], [worker, ...connectors], files, findings);
  const order = texts.named ?? [worker, ...connectors].flatMap(source => source?.name ?? []);
  const faults = inOrder(findings.faults, order);
  const config: Config | null = findings.failed
    ? null
    : deepFreeze({
        worker: workerConfig,
        connectors: pairs.flatMap(({ built }) => built ?? []),
        warnings: findings.warnings,
        notices: findings.notices,
        provided: providedSecrets([workerSection, ...sections], findings),
      });
  const inConnectorsOnly = faults.every(({ file, key }) =>
    file === 'environment' ? isConnectorVariable(key ?? '') : file !== worker?.name && file !== 'command line',
  );
  return { config, base, connectors: sections, findings, faults, inConnectorsOnly };
}

/** A connector that comes to a worker while it runs, and what it is called in faults and notices. */
export interface Addition {
  readonly name: string;
  readonly keys: WrittenKeys;
  /** Connectors that there are beside it. */
  readonly others: readonly ConnectorConfig[];
  /** It is told what a connector of a file is: any config provider may be used. */
  readonly isTrusted?: boolean;
}

export interface Added {
  /** Null when there are faults. */
  readonly config: ConnectorConfig | null;
  readonly section: ConnectorSection;
  readonly provided: readonly Secret[];
}

/**
 * Builds one more connector, with the variables of the environment that are its own or every connector's. Whoever may use REST is not to read
 * what the worker can read: it may use those config providers alone whose parameters say what they give.
 */
export function buildAddition(base: WorkerBase, addition: Addition, findings: Findings): Added {
  const { name, keys, others, isTrusted = false } = addition;
  const layers = layersOfAddition({ file: name, keys, others: others.map(other => other.name) }, base.env, findings);
  const providers = providersOf(base.layers, base, !isTrusted, findings);
  const pair = readConnector(base, { ...base.files, env: base.env }, providers.fill(layers), findings);
  checkUnique([pair], new Known(others), findings);
  noteOpenFiles([pair.section], [], base.files, findings);
  return {
    config: findings.failed ? null : deepFreeze({ ...pair.built!, properties: propertiesOf([...keys]) }),
    section: pair.section,
    provided: providedSecrets([pair.section], findings),
  };
}

interface Pair {
  readonly section: ConnectorSection;
  readonly built: ConnectorConfig | null;
}

function readConnector({ section: worker }: WorkerBase, outside: Outside, filled: Layers, findings: Findings): Pair {
  const foreign = readForeign(filled, outside.env, findings);
  const section = readSection('connector', filled, KAFKA_CLIENT_KEYS, findings, foreign);
  return { section, built: buildConnector(worker, section, outside, findings) };
}

type ProviderParts = Pick<WorkerBase, 'source' | 'env' | 'files'>;

function providersOf(
  worker: Layers,
  { source, env, files }: ProviderParts,
  restrictedOnly: boolean,
  findings: Findings,
) {
  const written = new Map([...worker.file, ...worker.environment]);
  return new Providers(written, isSecretKey, { files, env, isWhole: isWhole(source), restrictedOnly }, findings);
}

function refuseIdle({ rest, stateFile }: WorkerConfig, findings: Findings): void {
  if (rest.listeners.length > 0 || stateFile !== null) return;
  const key = variableOf('connector', 'connector.class', '<ID>');
  const message =
    'is missing, and so is every connector file: there is nothing to run, and no listener to give it something';
  findings.fault('missing', { file: 'environment', line: null, key }, message);
}

/** What providers gave for keys that may hold a secret. A name or a topic that came from one is none, and logs must show it. */
function providedSecrets(sections: readonly (WorkerSection | ConnectorSection)[], findings: Findings): Secret[] {
  const templates = sections
    .flatMap(({ written }) => written)
    .flatMap(([key, { placeholder }]) => (placeholder === null || isPlainKey(key) ? [] : [placeholder]));
  return findings.concealed
    .filter(value => templates.some(template => template.includes(findings.mask(value))))
    .map(value => new Secret(value));
}

/** A transform may write a secret into records, and an address may hold one in its query. */
function isPlainKey(key: string): boolean {
  return mayBeShown(key) && !/^(?:transforms|predicates)\.|\burl$/.test(key);
}

/** Whether all is known that there is to know of the worker. */
function isWhole(worker: SourceText | null): boolean {
  return worker === null || (worker.isStandIn !== true && !isJson(worker.text));
}

function writtenInWorkerFile(source: SourceText, findings: Findings): WrittenKeys {
  if (!isJson(source.text)) return writtenInProperties(source, findings);
  const origin = { file: source.name, line: null, key: null };
  findings.fault('syntax', origin, 'is a JSON file: a worker file is a properties file, key=value');
  return writtenInProperties(standIn(source.name), findings);
}

const KAFKA_CLIENT_KEYS: ClientKeys = {
  names: CLIENT_KEY_NAMES,
  rolesOf,
  isForWorkers,
  refusalOf: name => {
    const reason = refusedClientKey(name)?.reason ?? null;
    return reason?.startsWith('is ') ? reason : null;
  },
};

/** Names and consumer groups that are taken, and whose they are. */
class Known {
  readonly names = new Map<string, string>();
  readonly groups = new Map<string, string>();

  constructor(others: readonly ConnectorConfig[] = []) {
    for (const { name, kafka } of others) {
      this.names.set(name, 'a connector of this worker');
      this.groups.set(kafka.groupId, `the connector ${name}`);
    }
  }
}

function checkUnique(pairs: readonly Pair[], { names, groups }: Known, findings: Findings): void {
  for (const { section, built } of pairs) {
    if (built === null) continue;
    const { name } = built;
    const { groupId } = built.kafka;
    if (names.has(name)) {
      findings.fault('conflict', section.origin('name'), `is the name of ${names.get(name)} already`);
    } else if (groups.has(groupId)) {
      const origin = section.family('consumer.override.').get('group.id')?.origin ?? section.origin('name');
      findings.fault('conflict', origin, `joins the consumer group of ${groups.get(groupId)}: each needs its own`);
    }
    names.set(name, `the connector in ${section.file}`);
    groups.set(groupId, `the connector in ${section.file}`);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof URL)
    return Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
