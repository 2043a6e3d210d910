import type { Findings } from '../findings.ts';
import { FAMILIES, type Family } from '../schema/connect-keys.ts';
import { nearest } from '../schema/nearest.ts';
import { ENDPOINTS } from '../schema/plain-key.ts';
import { type Environment, type FileKind, schemas, variablePart } from '../schema/schema.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';

const WORKER = 'TAILRACE_WORKER_';
const CONNECTOR = 'TAILRACE_CONNECTOR_';

/** What environment variables say, by the keys that they stand for. */
export interface Variables {
  readonly worker: WrittenKeys;
  /** For every connector of the worker. */
  readonly everyConnector: (foreign: ForeignKeys | null) => WrittenKeys;
  /** For one connector each, by its identifier. */
  readonly ofConnector: ReadonlyMap<string, WrittenKeys>;
}

/** The identifier of a connector: `orders-to-http` is `ORDERS_TO_HTTP`. */
export function identifierOf(name: string): string {
  return variablePart(name.trim());
}

/** `TAILRACE_CONNECTOR_ORDERS_HTTP_URL`; without an identifier, the variable of every connector or of the worker. */
export function variableOf(kind: FileKind, key: string, identifier: string | null = null): string {
  const prefix = kind === 'worker' ? WORKER : CONNECTOR;
  return `${prefix}${identifier === null ? '' : `${identifier}_`}${variablePart(key)}`;
}

export function isConnectorVariable(name: string): boolean {
  return name.startsWith(CONNECTOR);
}

/** Identifiers for which variables name a class: such a connector needs no file. */
export function declaredIdentifiers(env: Environment): readonly string[] {
  const end = `_${variablePart('connector.class')}`;
  const declaring = Object.keys(env).filter(name => name.startsWith(CONNECTOR) && name.endsWith(end));
  return declaring.map(name => name.slice(CONNECTOR.length, -end.length)).filter(identifier => identifier !== '');
}

/** A connector file as far as variables need it. */
export interface ConnectorFile {
  readonly file: string;
  readonly identifier: string;
  readonly keys: WrittenKeys;
}

/** What the variables of a connector may stand for beside our own keys, where it is of another vendor's sink. */
export interface ForeignKeys {
  readonly keys: readonly string[];
  readonly families: readonly Family[];
}

/**
 * Reads `TAILRACE_WORKER_<KEY>`, `TAILRACE_CONNECTOR_<KEY>` and `TAILRACE_CONNECTOR_<IDENTIFIER>_<KEY>`. A variable that no
 * key or connector answers to may belong to anybody; where it looks like one of ours, that is said. One that several connectors
 * answer to (`a-b`, `a_b` and `A.B`) is a fault: nobody could say which of them it was written for.
 *
 * @param worker keys of the worker file
 * @param foreignOf by identifier, of those connectors that have keys of another vendor
 */
export function readEnvironment(
  env: Environment,
  worker: WrittenKeys,
  files: readonly ConnectorFile[],
  foreignOf: ReadonlyMap<string, ForeignKeys>,
  findings: Findings,
): Variables {
  const sharing = new Map<string, ConnectorFile[]>();
  for (const file of files) sharing.set(file.identifier, [...(sharing.get(file.identifier) ?? []), file]);
  const known = new Set([...sharing.keys(), ...declaredIdentifiers(env)].filter(identifier => identifier !== ''));
  const identifiers = [...known].sort((a, b) => b.length - a.length);
  const parts: Parts = {
    worker: partsOf(worker),
    ofConnector: new Map([...sharing].map(([identifier, [first]]) => [identifier, partsOf(first!.keys)])),
    foreign: new Map([...foreignOf].map(([identifier, foreign]) => [identifier, foreignParts(foreign)])),
  };
  const ofAll = new Map<string, Written>();
  const ofWorker = new Map<string, Written>();
  const ofConnector = new Map(identifiers.map(identifier => [identifier, new Map<string, Written>()]));
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !variable.startsWith('TAILRACE_')) continue;
    const written: Written = { text, origin: { file: 'environment', line: null, key: variable }, placeholder: null };
    const place = placeOf(variable, parts, identifiers);
    if (place === null) noteStray(variable, identifiers, findings);
    else if (place.of === 'worker') ofWorker.set(place.key, written);
    else if (place.of === null) ofAll.set(variable.slice(CONNECTOR.length), written);
    else {
      refuseShared(written, sharing.get(place.of.identifier) ?? [], findings);
      ofConnector.get(place.of.identifier)!.set(place.key, written);
    }
  }
  return { worker: ofWorker, everyConnector: foreign => keysOfAll(ofAll, foreign), ofConnector };
}

/** One variable may stand for different keys in connectors of different vendors, and for none in some. */
function keysOfAll(ofAll: WrittenKeys, foreign: ForeignKeys | null): WrittenKeys {
  const parts = foreign === null ? undefined : foreignParts(foreign);
  const keys = new Map<string, Written>();
  for (const [part, written] of ofAll) {
    const key = foreignKeyOf(part, parts) ?? keyOf('connector', part, new Map());
    if (key !== null) keys.set(key, written);
  }
  return keys;
}

/** Connectors of one name are a fault of their own. */
function refuseShared({ origin }: Written, files: readonly ConnectorFile[], findings: Findings): void {
  const names = new Set(files.map(({ keys }) => keys.get('name')?.text.trim()));
  if (names.size < 2) return;
  const which = files.map(({ file }) => file).join(' and ');
  const message = `stands for the connectors of ${which} alike: rename one of them, or write the key into its file`;
  findings.fault('conflict', origin, message);
}

interface Place {
  readonly of: 'worker' | { readonly identifier: string } | null;
  readonly key: string;
}

/** Keys of the files by the part of a variable that stands for them. */
interface Parts {
  readonly worker: ReadonlyMap<string, string>;
  readonly ofConnector: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly foreign: ReadonlyMap<string, ForeignParts>;
}

interface ForeignParts {
  readonly keys: ReadonlyMap<string, string>;
  readonly families: readonly Family[];
}

function foreignParts({ keys, families }: ForeignKeys): ForeignParts {
  return { keys: new Map(keys.map(key => [variablePart(key), key])), families };
}

function partsOf(keys: WrittenKeys): ReadonlyMap<string, string> {
  // Of two keys with one part the first counts.
  return new Map([...keys.keys()].reverse().map(key => [variablePart(key), key]));
}

function placeOf(variable: string, parts: Parts, identifiers: readonly string[]): Place | null {
  if (variable.startsWith(WORKER)) {
    const key = keyOf('worker', variable.slice(WORKER.length), parts.worker);
    return key === null ? null : { of: 'worker', key };
  }
  if (!variable.startsWith(CONNECTOR)) return null;
  const rest = variable.slice(CONNECTOR.length);
  for (const identifier of identifiers) {
    if (!rest.startsWith(`${identifier}_`)) continue;
    const file = parts.ofConnector.get(identifier) ?? new Map();
    const part = rest.slice(identifier.length + 1);
    const key = foreignKeyOf(part, parts.foreign.get(identifier)) ?? keyOf('connector', part, file);
    if (key !== null) return { of: { identifier }, key };
  }
  const foreign = [...parts.foreign.values()].map(each => foreignKeyOf(rest, each)).find(key => key !== null);
  const key = foreign ?? keyOf('connector', rest, new Map());
  // One name can't serve several connectors.
  return key === null || key === 'name' ? null : { of: null, key };
}

function foreignKeyOf(part: string, foreign: ForeignParts | undefined): string | null {
  if (foreign === undefined) return null;
  const known = foreign.keys.get(part);
  return known ?? foreign.families.map(family => memberOf(family, part)).find(member => member !== null) ?? null;
}

/** The key that the part of a variable stands for: as the file writes it, as the schema does, or one of a family. */
function keyOf(kind: FileKind, part: string, file: ReadonlyMap<string, string>): string | null {
  const known = file.get(part) ?? SCHEMA_PARTS[kind].get(part);
  if (known !== undefined) return known;
  for (const family of FAMILIES[kind]) {
    const member = family.prefix === ENDPOINTS ? endpointKeyOf(part) : memberOf(family, part);
    if (member !== null && !(kind === 'worker' && /^[a-z]+\.override\./.test(member))) return member;
  }
  return null;
}

/** A part of an endpoint's key is that of a key without its prefix, behind the alias. */
function endpointKeyOf(part: string): string | null {
  const start = variablePart(ENDPOINTS);
  const end = part.indexOf('_', start.length + 1);
  if (!part.startsWith(start) || end < 0 || end === part.length - 1) return null;
  const rest = part.slice(end + 1);
  const key = rest.startsWith(start) ? null : keyOf('connector', rest, new Map());
  const alias = part.slice(start.length, end).toLowerCase();
  return `${ENDPOINTS}${alias}.${key ?? rest.toLowerCase().replaceAll('_', '.')}`;
}

const SCHEMA_PARTS: Readonly<Record<FileKind, ReadonlyMap<string, string>>> = {
  worker: schemaParts('worker'),
  connector: schemaParts('connector'),
};

function schemaParts(kind: FileKind): ReadonlyMap<string, string> {
  return new Map(Object.values<{ key: string; env: string }>(schemas[kind]).map(({ key, env }) => [env, key]));
}

function memberOf({ prefix, join }: Family, part: string): string | null {
  const start = variablePart(prefix);
  if (!part.startsWith(start) || part.length === start.length) return null;
  return prefix + part.slice(start.length).toLowerCase().replaceAll('_', join);
}

/** With a typo in the key, behind an identifier too, or without the second word. */
function nearestOf(variable: string, all: readonly string[], identifiers: readonly string[]): string | null {
  const parts = new Map(all.map(name => [name.replace(/^TAILRACE_(?:WORKER|CONNECTOR)_/, ''), name]));
  const nearestPart = (start: string) => nearest(variable.slice(start.length), parts.keys());
  const own = identifiers.map(known => `${CONNECTOR}${known}_`).find(start => variable.startsWith(start));
  const part = own === undefined ? null : nearestPart(own);
  if (part !== null) return own + part;
  const near = nearest(variable, all) ?? nearestPart('TAILRACE_');
  return near === null ? null : (parts.get(near) ?? near);
}

/** What Kubernetes and Docker tell about a service that is called like us. */
const SERVICE_LINK = /_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_|$)/;

function noteStray(variable: string, identifiers: readonly string[], findings: Findings): void {
  if (SERVICE_LINK.test(variable)) return;
  const names = (kind: FileKind) =>
    Object.values<{ key: string }>(schemas[kind]).map(({ key }) => variableOf(kind, key));
  const noName = `${CONNECTOR}NAME`;
  const all = [...names('worker'), ...names('connector')].filter(name => name !== noName);
  const rest = variable.slice('TAILRACE_'.length);
  const near =
    all.find(name => name === WORKER + rest || name === CONNECTOR + rest) ?? nearestOf(variable, all, identifiers);
  const origin = { file: 'environment', line: null, key: variable };
  const ours = variable.startsWith(WORKER) || variable.startsWith(CONNECTOR);
  if (variable === noName) {
    findings.note('ignored', origin, `one name can't serve several connectors, write ${CONNECTOR}<ID>_NAME`);
  } else if (near !== null) findings.note('ignored', origin, `it is not a key, did you mean ${near}?`);
  else if (ours) {
    const connectors = identifiers.length === 0 ? '' : `; the connectors here are ${identifiers.join(', ')}`;
    findings.note('ignored', origin, `it is no key of the worker or of a connector${connectors}`);
  }
}
