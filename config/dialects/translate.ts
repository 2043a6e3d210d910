import type { Findings, Origin } from '../findings.ts';
import { matchesKey } from '../schema/named-key.ts';
import { type Environment, resolve } from '../schema/schema.ts';
import { textsByName } from '../schema/section.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';
import type { Dialect, Peer, Statement } from './dialect.ts';

export interface TranslateParts {
  /** What the findings call the connector's file. */
  readonly file: string;
  /** Where what was not written would stand. */
  readonly missing: (key: string) => Origin;
  /** Keys whose values are not shown. */
  readonly isSecret: (key: string) => boolean;
  readonly env: Environment;
  readonly findings: Findings;
}

/** The keys of the vendor's table. */
export function keysOf({ keys }: Dialect): readonly string[] {
  return Object.values(keys).map(({ key }) => key);
}

/** Whether the vendor's sink has a word to say on the key. */
export function isKeyOfDialect(dialect: Dialect, key: string): boolean {
  const { keys, ignored, refused } = dialect;
  return (
    Object.values(keys).some(spec => spec.key === key) ||
    isMember(dialect, key) ||
    [...ignored, ...refused].some(named => matchesKey(named.key, key))
  );
}

function isMember({ families = [] }: Dialect, key: string): boolean {
  return families.some(({ prefix }) => key.startsWith(prefix) && key.length > prefix.length);
}

/**
 * Reads a vendor's file: its keys by its own table, and what they mean as keys of ours, each with the origin of the key that it comes
 * from. Keys of ours and of Kafka Connect stand in the result as they were written, and win.
 */
export function translate(dialect: Dialect, written: WrittenKeys, parts: TranslateParts): WrittenKeys {
  const { theirs, ours } = sort(dialect, written, parts.findings);
  const peer = readPeer(dialect, theirs, written, parts);
  const meant = new Map<string, Written>(ours);
  const originOf = (key: string): Origin => written.get(key)?.origin ?? parts.missing(key);
  const names = new Map<string, string>();
  for (const statement of dialect.translate(peer)) {
    if (statement.kind === 'set') put(statement, { meant, names, ours, written, originOf, ...parts });
    else tell(statement, originOf, written, parts.findings);
  }
  parts.findings.rename(parts.file, names);
  return meant;
}

/** What is the vendor's, and all else; what has no effect or is refused is told of. */
function sort(dialect: Dialect, written: WrittenKeys, findings: Findings) {
  const theirs = new Map<string, Written>();
  const ours = new Map<string, Written>();
  const known = new Set(keysOf(dialect));
  for (const [key, one] of written) {
    if (known.has(key) || isMember(dialect, key)) {
      theirs.set(key, one);
      continue;
    }
    const idle = dialect.ignored.find(named => matchesKey(named.key, key));
    const refused = dialect.refused.find(named => matchesKey(named.key, key));
    if (idle !== undefined) findings.note('ignored', one.origin, idle.text);
    else if (refused === undefined) ours.set(key, one);
    else if (one.text.trim() !== '') findings.fault('unsupported', one.origin, refused.text);
  }
  return { theirs, ours };
}

function readPeer(
  dialect: Dialect,
  theirs: WrittenKeys,
  written: WrittenKeys,
  { missing, env, findings }: TranslateParts,
): Peer {
  const names = new Map(Object.entries(dialect.keys).map(([name, { key }]) => [key, name]));
  const { values, problems } = resolve(dialect.keys, textsByName(theirs, names));
  const originOf = (key: string): Origin => theirs.get(key)?.origin ?? missing(key);
  for (const [name, { key, required, doc }] of Object.entries(dialect.keys)) {
    const problem = problems.get(name);
    if (problem !== undefined) findings.fault('invalid', originOf(key), problem);
    else if (required && values[name] === null) findings.fault('missing', originOf(key), `is required: ${doc}`);
  }
  return {
    values,
    text: key => written.get(key)?.text ?? null,
    wrote: key => written.has(key),
    variable: name => env[name]?.trim() || null,
    family: prefix => {
      const members = [...theirs].filter(([key]) => key.startsWith(prefix) && !names.has(key));
      return new Map(members.map(([key, { text }]) => [key.slice(prefix.length), text]));
    },
  };
}

interface Place extends TranslateParts {
  readonly meant: Map<string, Written>;
  /** What the user calls the keys of ours that have been put. */
  readonly names: Map<string, string>;
  readonly ours: WrittenKeys;
  readonly written: WrittenKeys;
  readonly originOf: (key: string) => Origin;
}

function put({ key, text, from, parts = [] }: Statement & { kind: 'set' }, place: Place): void {
  const { meant, ours, written, originOf, isSecret, findings } = place;
  const winner = winnerOf(key, ours);
  const source = written.get(from);
  if (winner !== null) {
    if (source !== undefined) findings.note('differs', source.origin, `is overruled by ${key}, which stands beside it`);
    findings.note('remark', winner.origin, `wins over what ${from} says`);
    return;
  }
  const placeholders = [from, ...parts].map(part => written.get(part)?.placeholder ?? null);
  const placeholder = placeholders.find(one => one !== null) ?? null;
  meant.set(key, { text, origin: originOf(from), placeholder });
  place.names.set(key, from);
  if (source === undefined) return;
  const isHidden = placeholder !== null || isSecret(key) || isSecret(from);
  findings.became(source.origin, isHidden ? key : `${key}=${shown(text)}`);
}

/** Header names are the same in any case. */
function winnerOf(key: string, ours: WrittenKeys): Written | null {
  const exact = ours.get(key);
  if (exact !== undefined) return exact;
  if (!/^(?:endpoints\.[^.]+\.)?http\.headers\./.test(key)) return null;
  const lower = key.toLowerCase();
  return [...ours].find(([written]) => written.toLowerCase() === lower)?.[1] ?? null;
}

/** Control characters and blanks at the ends would not be seen. */
function shown(text: string): string {
  return /^\s|\s$|[\p{Cc}]/u.test(text) ? JSON.stringify(text) : text;
}

function tell(
  statement: Exclude<Statement, { kind: 'set' }>,
  originOf: (key: string) => Origin,
  written: WrittenKeys,
  findings: Findings,
): void {
  if (statement.kind === 'fault') findings.fault(statement.code, originOf(statement.from), statement.text);
  else if (written.has(statement.from)) findings.note(statement.kind, originOf(statement.from), statement.text);
}
