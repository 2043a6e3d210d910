import { readFileSync } from 'node:fs';
import { buildConnector } from './connector.ts';
import { ConfigError, type Fault, Findings } from './errors.ts';
import type { ReadFile } from './http-tls.ts';
import { isSecretClientKey } from './kafka-keys.ts';
import { nearest } from './nearest.ts';
import { type Environment, schemas } from './schema.ts';
import { Secret } from './secret.ts';
import { type ConnectorSection, readSection } from './section.ts';
import type { Config, ConnectorConfig } from './types.ts';
import { buildWorker } from './worker.ts';
import { familyKey, isKeyOf, type SourceText } from './written.ts';

export interface ConfigFiles {
  readonly workerFile: string;
  readonly connectorFiles: readonly string[];
  readonly env: Environment;
  /** `key=value` each, from the command line. */
  readonly overrides: readonly string[];
}

export interface ConfigTexts {
  readonly worker: SourceText;
  readonly connectors: readonly SourceText[];
  readonly env: Environment;
  readonly overrides: readonly string[];
  /** Reads what the texts refer to: certificates and keys. */
  readonly readFile: ReadFile;
}

/**
 * Reads a worker file and its connector files: defaults < file < environment < command line.
 *
 * @throws ConfigError that lists all faults of all files
 */
export function loadConfig({ workerFile, connectorFiles, env, overrides }: ConfigFiles): Config {
  const findings = new Findings();
  const worker = readSource(workerFile, findings);
  const connectors = connectorFiles.map(file => readSource(file, findings));
  const readable = connectors.filter(source => source !== null);
  const readFile: ReadFile = path => readFileSync(path, 'utf8');
  return build({ worker, connectors: readable, env, overrides, readFile }, findings);
}

/** The same from texts, so that nothing outside is touched. @throws ConfigError */
export function parseConfig(texts: ConfigTexts): Config {
  return build(texts, new Findings());
}

/** Null when the file can't be read; that is on record. */
function readSource(name: string, findings: Findings): SourceText | null {
  const origin = { file: name, line: null, key: null };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(name));
    return { name, text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'this user may not read it',
      EISDIR: 'it is a directory',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8; save it as such, or write \\uXXXX',
    };
    findings.fault('unreadable', origin, `can't be read: ${reasons[code] ?? code}`);
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

/** A variable that no key reads and that looks like one of ours: others with the prefix may belong to anybody. */
function noticeTypos(env: Environment, findings: Findings): void {
  const tables = Object.values(schemas);
  const known = new Set(tables.flatMap(table => Object.values<{ env: string | null }>(table).map(spec => spec.env)));
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('TAILRACE_') || known.has(variable)) continue;
    if (familyKey('worker', variable) !== null || familyKey('connector', variable) !== null) continue;
    const near = nearest(
      variable,
      [...known].filter(name => name !== null),
    );
    if (near !== null)
      findings.notice(`environment: ${variable} is not a key and has no effect: did you mean ${near}?`);
  }
}

type Sources = Omit<ConfigTexts, 'worker'> & { readonly worker: SourceText | null };

function build({ worker, connectors, env, overrides, readFile }: Sources, findings: Findings): Config {
  const surroundings = { env, overrides: readOverrides(overrides, findings), findings };
  const unread = { name: 'worker file', text: 'bootstrap.servers=unread:1' };
  const workerSection = readSection('worker', worker ?? unread, surroundings);
  const workerConfig = buildWorker(workerSection, findings);
  noticeTypos(env, findings);
  const sections = connectors.flatMap(source => {
    if (!/^\s*\{/.test(source.text)) return [readSection('connector', source, surroundings)];
    const origin = { file: source.name, line: 1, key: null };
    findings.fault('unsupported', origin, 'is a JSON file: write the connector as a properties file, key=value');
    return [];
  });
  const built = sections.map(section => buildConnector(workerSection, section, readFile, findings));
  checkUnique(sections, built, findings);
  if (findings.failed) throw new ConfigError(inOrder(findings.faults, [worker, ...connectors]));
  const config = { worker: workerConfig, connectors: built.filter(one => one !== null), notices: findings.notices };
  return deepFreeze(config);
}

function readOverrides(overrides: readonly string[], findings: Findings): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const override of overrides) {
    const at = override.indexOf('=');
    const key = at < 0 ? null : override.slice(0, at).trim();
    const origin = { file: 'command line', line: null, key };
    if (key === null) findings.fault('syntax', origin, 'takes key=value');
    else if (isSecret(key)) {
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

function isSecret(key: string): boolean {
  const inTable = Object.values(schemas).some(table =>
    Object.values<{ key: string; sensitive: boolean }>(table).some(spec => spec.key === key && spec.sensitive),
  );
  const clientKey = key.replace(/^(?:consumer|producer|admin)\.(?:override\.)?/, '');
  return inTable || key.startsWith('http.headers.') || isSecretClientKey(clientKey);
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
