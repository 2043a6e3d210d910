import { isUtf8 } from 'node:buffer';
import type { HeaderPattern } from '../../config/route/types.ts';
import type { Header } from '../block.ts';
import { LOWER_CASE_NAME } from '../header-values.ts';

/** Of what these begin with, or are, a pattern passes nothing on: it must be named. */
const NAMED_ONLY = /^(?:content-.*|authorization|cookie)$/;

/** What concerns one connection, or the framing of one message (RFC 9110 §7.6.1). */
const NEVER = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fits one header by itself where the whole of the text is visible ASCII, blanks inside included. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * The value of the last header of this name, without regard to case; null without one.
 * @param name lower-case
 */
export function lastHeader(headers: readonly Header[], name: string): Buffer | null {
  return headers.findLast(([other]) => other.toLowerCase() === name)?.[1] ?? null;
}

/**
 * The headers of a record that the patterns pass on, by lower-case name, as a request may carry them.
 * @param configured names that no record's header takes the place of
 */
export function forwarded(
  headers: readonly Header[],
  patterns: readonly HeaderPattern[],
  configured: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [written, value] of headers) {
    const name = written.toLowerCase();
    if (!isPassed(name, patterns) || configured.has(name)) continue;
    if (value === null || value.length === 0) found.delete(name);
    else found.set(name, headerText(value));
  }
  return found;
}

function isPassed(name: string, patterns: readonly HeaderPattern[]): boolean {
  if (NEVER.has(name) || !LOWER_CASE_NAME.test(name)) return false;
  return patterns.some(pattern =>
    'name' in pattern ? pattern.name === name : name.startsWith(pattern.prefix) && !NAMED_ONLY.test(name),
  );
}

/** Bytes as the value of a header: ASCII as it is, other UTF-8 with `%XX` for what a header can not hold, anything else in Base64. */
export function headerText(value: Buffer | string): string {
  if (typeof value !== 'string' && !isUtf8(value)) return value.toString('base64');
  const text = value.toString();
  if (PLAIN.test(text)) return text;
  const last = text.length - 1;
  return text.toWellFormed().replace(/[^!-~]/gu, (character, at: number) => {
    return character === ' ' && at > 0 && at < last ? character : encodeURIComponent(character);
  });
}
