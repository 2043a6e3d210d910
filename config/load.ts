import { readFileSync } from 'node:fs';
import { buildConnector } from './connector.ts';
import { ConfigError, type Fault, Findings } from './findings.ts';
import { CLIENT_KEY_NAMES } from './kafka/keys.ts';
import { nearest } from './schema/nearest.ts';
import { type Environment, schemas } from './schema/schema.ts';
import { type ConnectorSection, type Layers, readSection, type WorkerSection } from './schema/section.ts';
import type { WrittenKeys } from './schema/written-keys.ts';
import { isSecretKey, mayBeShown } from './secrecy.ts';
import { Secret } from './secret.ts';
import { isJson, writtenInConnectorFile } from './source/connector-file.ts';
import {
  declaredIdentifiers,
  identifierOf,
  isConnectorVariable,
  readEnvironment,
  variableOf,
} from './source/environment.ts';
import { decodeUtf8, type Files, systemFiles, unreadable } from './source/files.ts';
import { Providers } from './source/providers.ts';
import { isKeyOf, type SourceText, writtenInProperties, writtenOnCommandLine } from './source/written.ts';
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
export function loadFiles({ workerFile, connectorFiles, env, overrides }: ConfigFiles): Loaded {
  const findings = new Findings();
  const worker = workerFile === null ? null : (readSource(workerFile, findings) ?? standIn(workerFile));
  const connectors = connectorFiles.map(file => readSource(file, findings)).filter(source => source !== null);
  if (connectorFiles.length === 0 && declaredIdentifiers(env).length === 0) {
    const key = variableOf('connector', 'connector.class', '<ID>');
    const message = 'is missing, and so is every connector file: there is nothing to run';
    findings.fault('missing', { file: 'environment', line: null, key }, message);
  }
  return build({ worker, connectors, env, overrides, files: systemFiles }, findings);
}

function configOf({ config, faults, inConnectorsOnly }: Loaded): Config {
  if (config === null) throw new ConfigError(faults, inConnectorsOnly);
  return config;
}

/** For a worker file that is not read, so that the connectors' faults are told without those of a worker. */
export function standIn(name: string): SourceText {
  return { name, text: 'bootstrap.servers=localhost:9092' };
}

/** Null when the file can't be read; that is on record. */
export function readSource(name: string, findings: Findings): SourceText | null {
  try {
    return { name, text: decodeUtf8(readFileSync(name)) };
  } catch (error) {
    findings.fault('unreadable', { file: name, line: null, key: null }, `can't be read: ${unreadable(error)}`);
    return null;
  }
}

/** File by file from top to bottom, what is missing behind; then what came from outside of them. */
function inOrder(faults: readonly Fault[], sources: readonly (SourceText | null)[]): readonly Fault[] {
  const files = [...sources.map(source => source?.name), 'environment', 'command line'];
  const last = Number.MAX_SAFE_INTEGER;
  return [...faults].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? last) - (b.line ?? last),
  );
}

export function build(texts: ConfigTexts, findings: Findings): Loaded {
  const { worker, connectors, env, files } = texts;
  const overrides = readOverrides(texts.overrides, findings);
  const workerFile = worker === null ? new Map() : writtenInWorkerFile(worker, findings);
  const ofFiles = connectors.flatMap(source => {
    const keys = writtenInConnectorFile(source, findings);
    return keys === null ? [] : [{ source, keys }];
  });
  const byIdentifier = new Map(ofFiles.map(({ keys }) => [identifierOf(keys.get('name')?.text ?? ''), keys]));
  const variables = readEnvironment(env, workerFile, byIdentifier, findings);
  const ofWorker: Layers = {
    name: worker?.name ?? 'environment',
    file: workerFile,
    environment: variables.worker,
    commandLine: writtenOnCommandLine('worker', overrides),
    variableOf: key => variableOf('worker', key),
  };
  const providers = new Providers(new Map([...workerFile, ...variables.worker]), { files, env }, findings);
  const workerSection = readSection('worker', providers.fill(ofWorker), CLIENT_KEY_NAMES, findings);
  const workerConfig = buildWorker(workerSection, findings);
  const layersOf = (name: string, file: WrittenKeys, identifier: string): Layers => ({
    name,
    file,
    environment: new Map([...variables.everyConnector, ...(variables.ofConnector.get(identifier) ?? [])]),
    commandLine: writtenOnCommandLine('connector', overrides),
    variableOf: key => variableOf('connector', key, identifier),
  });
  const declared = declaredIdentifiers(env).filter(identifier => !byIdentifier.has(identifier));
  const sections = [
    ...ofFiles.map(({ source, keys }) => layersOf(source.name, keys, identifierOf(keys.get('name')?.text ?? ''))),
    ...declared.map(identifier => layersOf('environment', named(identifier), identifier)),
  ].map(layers => readSection('connector', providers.fill(layers), CLIENT_KEY_NAMES, findings));
  const built = sections.map(section => buildConnector(workerSection, section, files, findings));
  checkUnique(sections, built, findings);
  const faults = inOrder(findings.faults, [worker, ...connectors]);
  const config: Config | null = findings.failed
    ? null
    : deepFreeze({
        worker: workerConfig,
        connectors: built.filter(one => one !== null),
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

function writtenInWorkerFile(source: SourceText, findings: Findings): WrittenKeys {
  if (!isJson(source)) return writtenInProperties(source, findings);
  const origin = { file: source.name, line: 1, key: null };
  findings.fault('syntax', origin, 'is a JSON file: a worker file is a properties file, key=value');
  return writtenInProperties(standIn(source.name), findings);
}

/** A connector that only the environment knows is called as its identifier, unless a variable names it. */
function named(identifier: string): WrittenKeys {
  const origin = { file: 'environment', line: null, key: variableOf('connector', 'name', identifier) };
  const text = identifier.toLowerCase().replaceAll('_', '-');
  return new Map([['name', { text, origin, placeholder: null }]]);
}

function readOverrides(overrides: readonly string[], findings: Findings): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const override of overrides) {
    const at = override.indexOf('=');
    const key = at < 0 ? null : override.slice(0, at).trim();
    const origin = { file: 'command line', line: null, key };
    if (key === null) findings.fault('syntax', origin, 'takes key=value');
    else if (isSecretKey(key)) {
      findings.fault(
        'forbidden',
        origin,
        'is secret: command lines are visible to other users, use the file or the environment',
      );
    } else if (!isKeyOf('worker', key) && !isKeyOf('connector', key)) {
      const keys = Object.values(schemas).flatMap(table => Object.values<{ key: string }>(table).map(spec => spec.key));
      const near = nearest(key, keys);
      findings.fault('unknown', origin, `is not a known key${near === null ? '' : `: did you mean ${near}?`}`);
    } else read.set(key, override.slice(at + 1));
  }
  return read;
}

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
