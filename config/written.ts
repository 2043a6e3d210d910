import { FAMILIES } from './connect-keys.ts';
import type { Findings, Origin } from './errors.ts';
import { parseProperties } from './properties.ts';
import { type Environment, type FileKind, schemas } from './schema.ts';
import { showKey } from './sort-keys.ts';

/** A value as text, and where it was written. */
export interface Written {
  readonly text: string;
  readonly origin: Origin;
}

/** Values by key. */
export type WrittenKeys = ReadonlyMap<string, Written>;

export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** What a properties file says; of a repeated key the last one, as in Java. */
export function writtenInFile(source: SourceText, findings: Findings): WrittenKeys {
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
      findings.notice(`${source.name}: ${showKey(key)} is written twice, ${lines}: the last one counts`);
    }
    written.set(key, { text: value, origin: { file: source.name, line, key } });
  }
  return written;
}

/** TAILRACE_HTTP_URL, and families: TAILRACE_HTTP_HEADERS_X_SOURCE, TAILRACE_CONSUMER_SASL_MECHANISM … */
export function writtenInEnvironment(kind: FileKind, env: Environment): WrittenKeys {
  const written = new Map<string, Written>();
  const add = (key: string, variable: string, text: string | undefined) => {
    if (text !== undefined) written.set(key, { text, origin: { file: 'environment', line: null, key: variable } });
  };
  for (const { key, env: variable } of Object.values<{ key: string; env: string | null }>(schemas[kind])) {
    if (variable !== null) add(key, variable, env[variable]);
  }
  for (const [variable, text] of Object.entries(env)) {
    const key = familyKey(kind, variable);
    if (key !== null) add(key, variable, text);
  }
  return written;
}

/** The family key that a variable stands for; null when it stands for none of this kind of file. */
export function familyKey(kind: FileKind, variable: string): string | null {
  if (!variable.startsWith('TAILRACE_')) return null;
  const name = variable.slice('TAILRACE_'.length).toLowerCase();
  for (const { prefix, join } of FAMILIES[kind]) {
    const start = prefix.replaceAll('.', '_');
    if (!name.startsWith(start) || name.length === start.length) continue;
    const rest = name.slice(start.length);
    return kind === 'worker' && rest.startsWith('override_') ? null : prefix + rest.replaceAll('_', join);
  }
  return null;
}

/** What the command line says to this kind of file: to both kinds where both know the key, and to every connector. */
export function writtenOnCommandLine(kind: FileKind, overrides: ReadonlyMap<string, string>): WrittenKeys {
  const written = new Map<string, Written>();
  for (const [key, text] of overrides) {
    if (isKeyOf(kind, key)) written.set(key, { text, origin: { file: 'command line', line: null, key } });
  }
  return written;
}

export function isKeyOf(kind: FileKind, key: string): boolean {
  if (Object.values<{ key: string }>(schemas[kind]).some(spec => spec.key === key)) return true;
  const family = FAMILIES[kind].find(({ prefix }) => key.startsWith(prefix));
  return family !== undefined && !(kind === 'worker' && /^[a-z]+\.override\./.test(key));
}
