import type { Findings } from '../findings.ts';
import { type ClientKeys, WORKER_ONLY } from './client-keys.ts';
import { FAMILIES, type Family, IGNORED_KEYS, REFUSED_KEYS } from './connect-keys.ts';
import { sharedBy } from './endpoint-keys.ts';
import { splitList } from './formats.ts';
import { matchesKey } from './named-key.ts';
import { nearest } from './nearest.ts';
import { ENDPOINTS, plainKey } from './plain-key.ts';
import type { FileKind } from './schema.ts';
import type { Written, WrittenKeys } from './written-keys.ts';

/** Members of each family by the rest of their key; under an empty prefix the worker file's bare client keys. */
export type Families = ReadonlyMap<string, WrittenKeys>;

type Sort = { readonly kind: 'known' | 'unknown' } | Ignored | Member | Refusal;
type Ignored = { readonly kind: 'ignored'; readonly why: string };
type Member = { readonly kind: 'member'; readonly family: Family | null };
type Refusal = { readonly kind: 'forbidden' | 'unsupported'; readonly message: string };

/** Keys that a file may hold. */
export interface Vocabulary {
  readonly known: ReadonlySet<string>;
  /** Another vendor's, which are not among the keys that are sorted: what a typo may have been meant to be. */
  readonly foreign: readonly string[];
  readonly clientKeys: ClientKeys;
}

/** Tells known keys, families, keys without effect, refused keys and typos apart, and says what is wrong. */
export function sortKeys(kind: FileKind, written: WrittenKeys, vocabulary: Vocabulary, findings: Findings): Families {
  const { known, clientKeys } = vocabulary;
  const families = new Map<string, Map<string, Written>>();
  let hints = MOST_HINTS;
  for (const [key, value] of written) {
    const sort = sortKey(kind, key, known, clientKeys);
    if (sort.kind === 'ignored') findings.note('ignored', value.origin, sort.why);
    else if (sort.kind === 'member') join(families, sort.family, key, value, findings);
    else if (sort.kind === 'unknown') {
      const near = hints-- > 0 ? () => nearestKey(kind, key, written, vocabulary) : () => null;
      reportUnknown(kind, key, value, near, clientKeys, findings);
    } else if (sort.kind === 'forbidden' || sort.kind === 'unsupported') {
      if (sort.kind === 'forbidden' || value.text.trim() !== '') findings.fault(sort.kind, value.origin, sort.message);
    }
  }
  return families;
}

function sortKey(kind: FileKind, key: string, known: ReadonlySet<string>, clientKeys: ClientKeys): Sort {
  if (/(^|\.)(__proto__|constructor|prototype)(\.|$)/.test(key)) {
    return { kind: 'forbidden', message: 'is not a name that a key may hold: take it out' };
  }
  if (known.has(key)) return { kind: 'known' };
  const ignored = IGNORED_KEYS[kind].find(named => matchesKey(named.key, key));
  if (ignored !== undefined) return { kind: 'ignored', why: ignored.text };
  const family = FAMILIES[kind].find(({ prefix }) => key.startsWith(prefix) && key.length > prefix.length);
  if (family !== undefined) return { kind: 'member', family };
  const refused = REFUSED_KEYS[kind].find(named => matchesKey(named.key, key));
  if (refused !== undefined) {
    const rest = key.slice(refused.key.length - 1);
    const named = refused.key.endsWith('*') && clientKeys.rolesOf(rest).length > 0;
    return { kind: 'unsupported', message: named ? refused.text.replace('…', rest) : refused.text };
  }
  return kind === 'worker' && clientKeys.rolesOf(key).length > 0
    ? { kind: 'member', family: null }
    : { kind: 'unknown' };
}

/** Header names are the same in any case: two of them in one file would silently be one. */
function join(
  families: Map<string, Map<string, Written>>,
  family: Family | null,
  key: string,
  value: Written,
  findings: Findings,
): void {
  const prefix = family?.prefix ?? '';
  const rest = key.slice(prefix.length);
  const member = family?.join === '-' ? rest.toLowerCase() : rest;
  const members = families.get(prefix) ?? new Map<string, Written>();
  const other = members.get(member);
  if (other?.origin.file === value.origin.file) {
    findings.fault('conflict', value.origin, `is the same as ${other.origin.key}: keep one of them`);
  }
  members.set(member, value);
  families.set(prefix, members);
}

function reportUnknown(
  kind: FileKind,
  key: string,
  { origin }: Written,
  nearestOf: () => string | null,
  clientKeys: ClientKeys,
  findings: Findings,
): void {
  const [role] = clientKeys.rolesOf(key);
  const refusal = clientKeys.refusalOf(key);
  if (kind === 'connector' && clientKeys.isForWorkers(key)) {
    findings.fault('forbidden', origin, WORKER_ONLY);
  } else if (role !== undefined) {
    const message = `is a key of the Kafka clients and needs a prefix here: write ${role}.override.${key}`;
    findings.fault('unknown', origin, message);
  } else if (refusal !== null) findings.fault('unsupported', origin, refusal, showKey(key));
  else {
    const near = nearestOf();
    const hint = near === null ? 'take it out, or see the reference for the keys there are' : `did you mean ${near}?`;
    const shown = near === null ? showStrayKey(key) : key;
    findings.fault('unknown', origin, `is not a key of a ${kind} file: ${hint}`, shown);
  }
}

/** Keys of one file that a typo is looked up for: a file with more of them is another file. */
const MOST_HINTS = 200;

/** Only what would be accepted is proposed. */
function nearestKey(kind: FileKind, key: string, written: WrittenKeys, vocabulary: Vocabulary): string | null {
  const { known, foreign, clientKeys } = vocabulary;
  const members = FAMILIES[kind]
    .flatMap(family => asMember(family, key))
    .filter(member => {
      const sort = sortKey(kind, member, known, clientKeys);
      return sort.kind === 'member' && (sort.family === null || isMember(sort.family, member, written, vocabulary));
    });
  const near = nearest(key, [...foreign, ...known, ...members]);
  if (near !== null) return near;
  const bare = nearest(
    key,
    [...clientKeys.names].filter(name => kind === 'worker' || !clientKeys.isForWorkers(name)),
  );
  return bare === null ? null : `${clientKeys.rolesOf(bare)[0]}.${kind === 'worker' ? '' : 'override.'}${bare}`;
}

/** Whether a key of a family would do something: a client must know it, a list of aliases name it. */
function isMember(
  { prefix }: Family,
  member: string,
  written: WrittenKeys,
  { known, clientKeys }: Vocabulary,
): boolean {
  const [list = '', alias = ''] = member.replace(/^reporter\./, '').split('.', 2);
  if (list === 'consumer' || list === 'producer' || list === 'admin') {
    const key = member.slice(prefix.length);
    return (
      clientKeys.rolesOf(key).includes(list) &&
      !(/\.override\.$|^reporter\./.test(prefix) && clientKeys.isForWorkers(key))
    );
  }
  const isOfEndpoint = prefix === ENDPOINTS;
  if (isOfEndpoint && !(known.has(plainKey(member)) && sharedBy(plainKey(member)) === null)) return false;
  const isAlias = isOfEndpoint || list === 'transforms' || list === 'predicates';
  return !isAlias || splitList(written.get(list)?.text ?? '').includes(alias);
}

/** The key with its first parts replaced by the family's prefix. */
function asMember({ prefix }: Family, key: string): string[] {
  const rest = key.split('.').slice(prefix.split('.').length - 1);
  return rest.length === 0 ? [] : [prefix + rest.join('.')];
}

/** A line that lost its backslash becomes a key, and may be a piece of a secret: only what looks like a key is shown. */
export function showKey(key: string): string {
  if (key.length > 64) return '(not shown)';
  const isKey = /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/.test(key);
  return isKey || /^(?:http|telemetry\.traces)\.headers\.[A-Za-z0-9-]+$/.test(key) ? key : '(not shown)';
}

/** A word alone that is like no key may be a password: of a file that was named by mistake. */
function showStrayKey(key: string): string {
  return key.includes('.') ? showKey(key) : '(not shown)';
}
