import { buildConnector } from './connector.ts';
import { isKeyOfDialect } from './dialects/translate.ts';
import { ConfigError, type Fault, Findings } from './findings.ts';
import { readForeign } from './foreign.ts';
import { CLIENT_KEY_NAMES, isForWorkers, rolesOf } from './kafka/keys.ts';
import { refusedClientKey } from './kafka/refused.ts';
import { knownConnectors, layersOf } from './layers.ts';
import { noteOpenFiles } from './open-files.ts';
import type { ClientKeys } from './schema/client-keys.ts';
import { nearest } from './schema/nearest.ts';
import { type Environment, schemas } from './schema/schema.ts';
import { type ConnectorSection, readSection, type WorkerSection } from './schema/section.ts';
import { showKey } from './schema/sort-keys.ts';
import type { WrittenKeys } from './schema/written-keys.ts';
import { isSecretKey, mayBeShown } from './secrecy.ts';
import { Secret } from './secret.ts';
import { writtenInConnectorFile } from './source/connector-file.ts';
import { declaredIdentifiers, isConnectorVariable, variableOf } from './source/environment.ts';
import { type Files, systemFiles } from './source/files.ts';
import { Providers } from './source/providers.ts';
import { fileName, isJson, readSource, type SourceText } from './source/source-text.ts';
import { isKeyOf, writtenInProperties } from './source/written.ts';
import type { Config, ConnectorConfig } from './types.ts';
import { buildWorker } from './worker.ts';

export interface ConfigFiles {
  /** Null: the worker is configured by the environment alone. */
  readonly workerFile: string | null;
  readonly connectorFiles: readonly string[];
  readonly env: Environment;
  /** `key=value` each, from the command line. */
  readonly overrides: readonly string[];
}

export interface ConfigTexts {
  readonly worker: SourceText | null;
  readonly connectors: readonly SourceText[];
  readonly env: Environment;
  readonly overrides: readonly string[];
  /** All files in the order in which they are told of, those that could not be read too; without it that of the texts. */
  readonly named?: readonly string[];
  /** What the texts refer to: certificates, keys, the files of config providers. */
  readonly files: Files;
}

/** A configuration and all that there is to say about its keys. */
export interface Loaded {
  /** Null when there are faults. */
  readonly config: Config | null;
  readonly worker: WorkerSection;
  readonly connectors: readonly ConnectorSection[];
  readonly findings: Findings;
  /** The findings' faults, in the order of the files. */
  readonly faults: readonly Fault[];
  /** Whether all faults lie in connectors. */
  readonly inConnectorsOnly: boolean;
}

/**
 * Reads a worker file and its connector files: defaults < file < environment < command line.
 *
 * @throws ConfigError that lists all faults of all files
 */
export function loadConfig(files: ConfigFiles): Config {
  return configOf(loadFiles(files));
}

/** The same from texts. @throws ConfigError */
export function parseConfig(texts: ConfigTexts): Config {
  return configOf(build(texts, new Findings()));
}

/** What `loadConfig` reads, faults and all. */
export function loadFiles({ env, overrides, ...files }: ConfigFiles): Loaded {
  const findings = new Findings();
  const workerFile = files.workerFile === null ? null : fileName(files.workerFile);
  const connectorFiles = files.connectorFiles.map(fileName);
  const names = [...(workerFile === null ? [] : [workerFile]), ...connectorFiles];
  const sources = readSources(names, findings);
  const worker = workerFile === null ? null : (sources.get(workerFile) ?? standIn(workerFile));
  const read = [...sources.values()].filter(source => source !== null);
  const connectors = read.filter(({ name }) => name !== workerFile);
  if (connectorFiles.length === 0 && declaredIdentifiers(env).length === 0) {
    const key = variableOf('connector', 'connector.class', '<ID>');
    const message = 'is missing, and so is every connector file: there is nothing to run';
    findings.fault('missing', { file: 'environment', line: null, key }, message);
  }
  return build({ worker, connectors, env, overrides, named: names, files: systemFiles }, findings);
}

/** The files by their names, null where one can't be read. One that is named twice is read once, and is a fault. */
export function readSources(names: readonly string[], findings: Findings): ReadonlyMap<string, SourceText | null> {
  const sources = new Map<string, SourceText | null>();
  for (const name of names) {
    if (sources.has(name)) findings.fault('conflict', { file: name, line: null, key: null }, 'is named twice');
    else sources.set(name, readSource(name, systemFiles, findings));
  }
  return sources;
}

function configOf({ config, faults, inConnectorsOnly }: Loaded): Config {
  if (config === null) throw new ConfigError(faults, inConnectorsOnly);
  return config;
}

/** For a worker file that is not read, so that the connectors' faults are told without those of a worker. */
export function standIn(name: string): SourceText {
  return { name, text: 'bootstrap.servers=localhost:9092', isStandIn: true };
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
  const providers = new Providers(
    new Map([...layers.worker.file, ...layers.worker.environment]),
    isSecretKey,
    { files, env, isWhole: isWhole(worker) },
    findings,
  );
  const workerSection = readSection('worker', providers.fill(layers.worker), KAFKA_CLIENT_KEYS, findings);
  const workerConfig = buildWorker(workerSection, findings);
  const sections = layers.connectors.map(each => {
    const filled = providers.fill(each);
    return readSection('connector', filled, KAFKA_CLIENT_KEYS, findings, readForeign(filled, env, findings));
  });
  const outside = { ...files, env };
  const built = sections.map(section => buildConnector(workerSection, section, outside, findings));
  checkUnique(sections, built, findings);
  noteOpenFiles([workerSection, ...sections], [worker, ...connectors], files, findings);
  const order = texts.named ?? [worker, ...connectors].flatMap(source => source?.name ?? []);
  const faults = inOrder(findings.faults, order);
  const config: Config | null = findings.failed
    ? null
    : deepFreeze({
        worker: workerConfig,
        connectors: built.filter(one => one !== null),
        warnings: findings.warnings,
        notices: findings.notices,
        provided: providedSecrets([workerSection, ...sections], findings),
      });
  const inConnectorsOnly = faults.every(({ file, key }) =>
    file === 'environment' ? isConnectorVariable(key ?? '') : file !== worker?.name && file !== 'command line',
  );
  return { config, worker: workerSection, connectors: sections, findings, faults, inConnectorsOnly };
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

/** @param isForeign keys of the other vendors whose connectors there are */
function readOverrides(
  overrides: readonly string[],
  isForeign: (key: string) => boolean,
  findings: Findings,
): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const override of overrides) {
    const at = override.indexOf('=');
    const key = at < 0 ? null : override.slice(0, at).trim();
    const origin = { file: 'command line', line: null, key };
    if (key === null) findings.fault('syntax', origin, 'holds an override that is not KEY=VALUE');
    else if (isSecretKey(key)) {
      findings.fault(
        'forbidden',
        origin,
        'is secret: command lines are visible to other users, use the file or the environment',
      );
    } else if (!isKeyOf('worker', key) && !isKeyOf('connector', key) && !isForeign(key)) {
      findings.fault('unknown', origin, `is not a known key${overrideHint(key)}`, showKey(key));
    } else read.set(key, override.slice(at + 1));
  }
  return read;
}

/** A secret is never proposed: it would be refused too. */
function overrideHint(key: string): string {
  const [role] = rolesOf(key);
  if (role !== undefined) return `: write ${role}.${key} or ${role}.override.${key}`;
  const keys = Object.values(schemas).flatMap(table => Object.values<{ key: string }>(table).map(spec => spec.key));
  const near = nearest(key, keys);
  if (near === null) return '';
  return isSecretKey(near) ? `, and ${near} is secret: write it into a file` : `: did you mean ${near}?`;
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

function checkUnique(
  sections: readonly ConnectorSection[],
  built: readonly (ConnectorConfig | null)[],
  findings: Findings,
): void {
  const names = new Map<string, string>();
  const groups = new Map<string, string>();
  for (const [index, section] of sections.entries()) {
    const connector = built[index];
    if (!connector) continue;
    const { name } = connector;
    const { groupId } = connector.kafka;
    if (names.has(name)) {
      findings.fault('conflict', section.origin('name'), `is the name of the connector in ${names.get(name)} already`);
    } else if (groups.has(groupId)) {
      const origin = section.family('consumer.override.').get('group.id')?.origin ?? section.origin('name');
      findings.fault(
        'conflict',
        origin,
        `joins the consumer group of the connector in ${groups.get(groupId)}: each needs its own`,
      );
    }
    names.set(name, section.file);
    groups.set(groupId, section.file);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof URL)
    return Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
