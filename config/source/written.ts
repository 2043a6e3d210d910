import type { Findings } from '../findings.ts';
import { FAMILIES } from '../schema/connect-keys.ts';
import { type FileKind, schemas } from '../schema/schema.ts';
import { showKey } from '../schema/sort-keys.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';
import { parseProperties } from './properties.ts';

export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** What a properties file says; of a repeated key the last one, as in Java. */
export function writtenInProperties(source: SourceText, findings: Findings): WrittenKeys {
  const { entries, malformedLines } = parseProperties(source.text);
  for (const line of malformedLines) {
    const message = 'a \\u must be followed by four hexadecimal digits; write \\\\u for a backslash and a u';
    findings.fault('syntax', { file: source.name, line, key: null }, message);
  }
  const written = new Map<string, Written>();
  for (const { key, value, line } of entries) {
    const origin = { file: source.name, line, key };
    const first = written.get(key);
    if (first !== undefined) {
      const text = `is written twice, lines ${first.origin.line} and ${line}: the last one counts`;
      findings.note('remark', origin, text, showKey(key));
    }
    written.set(key, { text: value, origin, placeholder: null });
  }
  return written;
}

/** What the command line says to this kind of file: to both kinds where both know the key, and to every connector. */
export function writtenOnCommandLine(kind: FileKind, overrides: ReadonlyMap<string, string>): WrittenKeys {
  const written = new Map<string, Written>();
  for (const [key, text] of overrides) {
    if (!isKeyOf(kind, key)) continue;
    written.set(key, { text, origin: { file: 'command line', line: null, key }, placeholder: null });
  }
  return written;
}

export function isKeyOf(kind: FileKind, key: string): boolean {
  if (Object.values<{ key: string }>(schemas[kind]).some(spec => spec.key === key)) return true;
  const family = FAMILIES[kind].find(({ prefix }) => key.startsWith(prefix));
  return family !== undefined && !(kind === 'worker' && /^[a-z]+\.override\./.test(key));
}
