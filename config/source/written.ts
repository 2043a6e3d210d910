import type { Findings, Origin } from '../findings.ts';
import { FAMILIES } from '../schema/connect-keys.ts';
import { type FileKind, schemas } from '../schema/schema.ts';
import { showKey } from '../schema/sort-keys.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';
import { parseProperties } from './properties.ts';
import type { SourceText } from './source-text.ts';

/** Of one file: more than any has, and so few that all that is said of them stays readable. */
export const MAX_KEYS = 10_000;

/** What a properties file says; of a repeated key the last one, as in Java. */
export function writtenInProperties(source: SourceText, findings: Findings): WrittenKeys {
  const { entries, malformedLines } = parseProperties(source.text, MAX_KEYS + 1);
  const syntaxFault = (line: number, message: string) =>
    findings.fault('syntax', { file: source.name, line, key: null }, message);
  for (const line of malformedLines) {
    syntaxFault(line, 'a \\u must be followed by four hexadecimal digits; write \\\\u for a backslash and a u');
  }
  const nul = source.text.indexOf('\0');
  if (nul >= 0) syntaxFault(lineAt(source.text, nul), 'here is a NUL character: this is no text file, or not in UTF-8');
  const extra = entries[MAX_KEYS];
  if (extra !== undefined) syntaxFault(extra.line, `there are more than ${MAX_KEYS} keys`);
  const written = new Map<string, Written>();
  for (const [index, { key, value, line, isAscii }] of entries.slice(0, MAX_KEYS).entries()) {
    const origin = { file: source.name, line, key };
    const first = written.get(key);
    if (first !== undefined) {
      const text = `is written twice, lines ${first.origin.line} and ${line}: the last one counts`;
      findings.note('remark', origin, text, showKey(key));
    }
    if (index === 0) noteMark(source, origin, findings);
    if (!isAscii) noteEncoding(source, origin, findings);
    written.set(key, { text: value, origin, placeholder: null });
  }
  return written;
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split(/\r\n|\r|\n/).length;
}

/** Jackson leaves it out of JSON too. @param first the file's first key */
function noteMark({ encoding }: SourceText, first: Origin, findings: Findings): void {
  if (encoding !== 'UTF-8 with a byte order mark') return;
  const text = 'comes after a byte order mark, which is left out here; the JVM takes it for a part of the first line';
  findings.note('remark', first, text, showKey(first.key ?? ''));
}

/** `Utils.loadProps` of Kafka hands Java's Properties a stream of bytes: these are ISO-8859-1 to it. */
function noteEncoding({ encoding }: SourceText, origin: Origin, findings: Findings): void {
  const text =
    encoding === 'ISO-8859-1'
      ? 'stands in a file that is not UTF-8: it is read as ISO-8859-1, as the JVM does'
      : 'holds characters beyond ASCII in UTF-8, which the JVM reads as ISO-8859-1: \\uXXXX means the same to both';
  findings.note('remark', origin, text, showKey(origin.key ?? ''));
}

/** What the command line says to this kind of file: to both kinds where both know the key, and to every connector. @param isForeign keys of another vendor that the connector has */
export function writtenOnCommandLine(
  kind: FileKind,
  overrides: ReadonlyMap<string, string>,
  isForeign: (key: string) => boolean = () => false,
): WrittenKeys {
  const written = new Map<string, Written>();
  for (const [key, text] of overrides) {
    if (!isKeyOf(kind, key) && !isForeign(key)) continue;
    written.set(key, { text, origin: { file: 'command line', line: null, key }, placeholder: null });
  }
  return written;
}

export function isKeyOf(kind: FileKind, key: string): boolean {
  if (Object.values<{ key: string }>(schemas[kind]).some(spec => spec.key === key)) return true;
  const family = FAMILIES[kind].find(({ prefix }) => key.startsWith(prefix));
  return family !== undefined && !(kind === 'worker' && /^[a-z]+\.override\./.test(key));
}
