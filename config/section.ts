import { FAMILIES, type Family, IGNORED_KEYS, matchesKey, REFUSED_KEYS, SILENT_KEYS } from './connect-keys.ts';
import type { Findings, Origin } from './errors.ts';
import { CLIENT_KEY_NAMES } from './kafka-keys.ts';
import type { KeyTable, Values } from './key-spec.ts';
import { nearest } from './nearest.ts';
import { parseProperties } from './properties.ts';
import { type Environment, type FileKind, resolve, schemas } from './schema.ts';

/** A value as text, and where it was written. */
export interface Written {
  readonly text: string;
  readonly origin: Origin;
}

export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** What one file says after the environment and the command line had their word. */
export interface Section<Table extends KeyTable> {
  readonly file: string;
  readonly values: Values<Table>;
  /** Where a key was written; for what was not written, the file alone. */
  origin(key: string): Origin;
  wrote(key: string): boolean;
  /** Null when the key was not written in the file itself. */
  inFile(key: string): Written | null;
  /** What was written for the keys that begin with the prefix, by the rest of the key. */
  family(prefix: string): ReadonlyMap<string, Written>;
  /** Client keys without a prefix (worker file only). */
  readonly plainClientKeys: ReadonlyMap<string, Written>;
}

export interface Surroundings {
  readonly env: Environment;
  /** `key=value` each, checked and split. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly findings: Findings;
}

/** Kafka Connect's own pattern of a config provider's placeholder. */
const PLACEHOLDER = /\$\{[^}]*:[^}]*\}/;

/** Reads one file's text against its schema. Faults go to `findings`; the values of faulty keys are their defaults. */
export function readSection<Kind extends FileKind>(
  kind: Kind,
  source: SourceText,
  { env, overrides, findings }: Surroundings,
): Section<(typeof schemas)[Kind]> {
  const table: KeyTable = schemas[kind];
  const names = new Map(Object.entries(table).map(([name, spec]) => [spec.key, name]));
  const inFile = readFile(source, findings);
  const onCommandLine = overridesOf(kind, overrides);
  const written = new Map([...inFile, ...environmentFamilies(kind, env), ...onCommandLine]);
  const families = sortKeys(kind, source.name, written, names, findings);
  const texts = (from: ReadonlyMap<string, Written>) => {
    const known = [...from].filter(([key]) => names.has(key));
    return Object.fromEntries(known.map(([key, value]) => [names.get(key)!, value.text]));
  };
  const { values, problems } = resolve(table, { file: texts(inFile), env, overrides: texts(onCommandLine) });
  const origin = (key: string): Origin => {
    const spec = table[names.get(key) ?? ''];
    if (onCommandLine.has(key)) return onCommandLine.get(key)!.origin;
    const variable = spec?.env;
    if (variable && env[variable] !== undefined) return { file: 'environment', line: null, key: variable };
    return written.get(key)?.origin ?? { file: source.name, line: null, key };
  };
  for (const [name, problem] of problems) findings.fault('invalid', origin(table[name]!.key), problem);
  for (const [name, spec] of Object.entries(table)) {
    if (!spec.required || problems.has(name) || values[name] !== null) continue;
    findings.fault('missing', origin(spec.key), `is required: ${spec.doc}`);
  }
  return {
    file: source.name,
    values: values as Values<(typeof schemas)[Kind]>,
    origin,
    wrote: key => origin(key).file !== source.name || inFile.has(key),
    inFile: key => inFile.get(key) ?? null,
    family: prefix => families.get(prefix) ?? new Map(),
    plainClientKeys: families.get('') ?? new Map(),
  };
}

function readFile(source: SourceText, findings: Findings): ReadonlyMap<string, Written> {
  const { entries, malformedLines } = parseProperties(source.text);
  for (const line of malformedLines) {
    const message = 'a \\u must be followed by four hexadecimal digits; write \\\\u for a backslash and a u';
    findings.fault('syntax', { file: source.name, line, key: null }, message);
  }
  const written = new Map<string, Written>();
  for (const { key, value, line } of entries) {
    const first = written.get(key);
    if (first !== undefined) {
      const lines = `lines ${first.origin.line} and ${line}`;
      findings.notice(`${source.name}: ${showKey(key, [])} is written twice, ${lines}: the last one counts`);
    }
    written.set(key, { text: value, origin: { file: source.name, line, key } });
  }
  return written;
}

/** Families of the environment: TAILRACE_HTTP_HEADERS_X_SOURCE, TAILRACE_CONSUMER_SASL_MECHANISM … */
function environmentFamilies(kind: FileKind, env: Environment): ReadonlyMap<string, Written> {
  const written = new Map<string, Written>();
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined) continue;
    const name = variable.replace(/^TAILRACE_/, '').toLowerCase();
    if (
      name.length === variable.length ||
      (/^(consumer|producer|admin)_override_/.test(name) !== (kind === 'connector') &&
        !name.startsWith('http_headers_'))
    )
      continue;
    for (const { prefix, join } of FAMILIES[kind]) {
      const start = prefix.replaceAll('.', '_');
      if (!name.startsWith(start) || name.length === start.length) continue;
      const key = prefix + name.slice(start.length).replaceAll('_', join);
      written.set(key, { text, origin: { file: 'environment', line: null, key: variable } });
    }
  }
  return written;
}

/** Which kind of file a `key=value` of the command line is for; both when both know the key. */
export function knows(kind: FileKind, key: string): boolean {
  if (Object.values<{ key: string }>(schemas[kind]).some(spec => spec.key === key)) return true;
  const family = FAMILIES[kind].find(({ prefix }) => key.startsWith(prefix));
  return family !== undefined && !(kind === 'worker' && /^[a-z]+\.override\./.test(key));
}

function overridesOf(kind: FileKind, overrides: ReadonlyMap<string, string>): ReadonlyMap<string, Written> {
  const written = new Map<string, Written>();
  for (const [key, text] of overrides) {
    if (knows(kind, key)) written.set(key, { text, origin: { file: 'command line', line: null, key } });
  }
  return written;
}

type Families = Map<string, Map<string, Written>>;

/** Tells known keys, families, ignored and refused keys and typos apart. */
function sortKeys(
  kind: FileKind,
  file: string,
  written: ReadonlyMap<string, Written>,
  names: ReadonlyMap<string, string>,
  findings: Findings,
): Families {
  const families: Families = new Map();
  const ignored: string[] = [];
  for (const [key, value] of written) {
    const { text, origin } = value;
    const family = FAMILIES[kind].find(({ prefix }) => key.startsWith(prefix) && key.length > prefix.length);
    const refused = REFUSED_KEYS[kind].find(named => matchesKey(named.key, key));
    if (hasForbiddenPart(key)) findings.fault('forbidden', origin, 'is not a name that a key may hold: take it out');
    else if (IGNORED_KEYS[kind].some(named => matchesKey(named, key))) ignored.push(key);
    else if (names.has(key)) checkPlaceholder(value, findings);
    else if (family !== undefined) {
      checkPlaceholder(value, findings);
      put(families, family.prefix, key, value);
    } else if (SILENT_KEYS.some(named => matchesKey(named, key))) continue;
    else if (refused !== undefined) {
      if (text.trim() !== '') findings.fault('unsupported', origin, refused.text);
    } else if (kind === 'worker' && CLIENT_KEY_NAMES.has(key)) put(families, '', key, value);
    else unknownKey(kind, key, origin, names, findings);
  }
  if (ignored.length > 0) findings.notice(`${file}: accepted without effect here: ${ignored.join(', ')}`);
  return families;
}

function put(families: Families, prefix: string, key: string, value: Written): void {
  const members = families.get(prefix) ?? new Map<string, Written>();
  members.set(key.slice(prefix.length), value);
  families.set(prefix, members);
}

function hasForbiddenPart(key: string): boolean {
  return key.split('.').some(part => part === '__proto__' || part === 'constructor' || part === 'prototype');
}

function checkPlaceholder({ text, origin }: Written, findings: Findings): void {
  if (!PLACEHOLDER.test(text)) return;
  const message =
    'holds a placeholder of a config provider, which is not supported yet: use a TAILRACE_… environment variable';
  findings.fault('unsupported', origin, message);
}

function unknownKey(
  kind: FileKind,
  key: string,
  origin: Origin,
  names: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const candidates = [...names.keys(), ...FAMILIES[kind].map(({ prefix }: Family) => prefix)];
  const near = nearest(key, candidates);
  const shown = showKey(key, near === null ? [] : [key]);
  const hint = near === null ? 'take it out, or see the reference for the keys there are' : `did you mean ${near}?`;
  findings.fault('unknown', { ...origin, key: shown }, `is not a key of a ${kind} file: ${hint}`);
}

/** A line that lost its backslash becomes a key, and may be a piece of a secret: only what looks like a key is shown. */
function showKey(key: string, known: readonly string[]): string {
  if (known.includes(key)) return key;
  return /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/.test(key) && key.length <= 64 ? key : '(not shown)';
}
