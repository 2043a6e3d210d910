import type { Macro, MacroSource, Template, UrlTemplate } from '../route/types.ts';
import { FormatError, isHeaderName } from './formats.ts';
import { parsePointer } from './json-pointer.ts';
import { plainKey } from './plain-key.ts';

const KNOWN =
  'topic, partition, offset, timestamp, record.id, key, key:/pointer, value, value:/pointer and header:Name';

const PLAIN = ['topic', 'partition', 'offset', 'timestamp', 'record.id'] as const;

const TEMPLATES: readonly string[] = ['http.url', 'http.delete.url', 'batch.key'];

/** Keys whose values are templates: what looks like a placeholder of a provider there may be a macro. */
export function isTemplateKey(written: string): boolean {
  const key = plainKey(written);
  if (key === 'http.body.replace.patterns') return false;
  return TEMPLATES.includes(key) || key.startsWith('http.headers.') || key.startsWith('http.body.');
}

/** Providers' names that macros have: `${header:Name}` is nobody's secret. */
export const MACRO_PROVIDERS: readonly string[] = ['header', 'key', 'value'];

/** What a provider gives is no template. */
export function asLiteral(text: string): string {
  return text.replaceAll(/\$+(?=\{)/g, dollars => dollars + dollars);
}

export interface Found {
  /** Index of the `$`. */
  readonly start: number;
  /** Index behind the closing brace. */
  readonly end: number;
  readonly macro: Macro | null;
  /** What stands for itself there, where it is no macro. */
  readonly literal: string;
}

/** A config provider's that it did not fill in: what is to be said of it is said. */
function isPlaceholder(source: string): boolean {
  const colon = source.indexOf(':');
  return colon >= 0 && !MACRO_PROVIDERS.includes(source.slice(2, colon));
}

/**
 * The macros of a text, in their order. Before a brace `$$` stands for a `$`: `$${` is no macro, `$$${key}` is one behind a `$`. Within
 * one, `%XX` stands for a character (`%7C` for `|`, `%7D` for `}`).
 * @param placeholders of config providers that are left: texts, or macros that are not known
 * @throws FormatError for a macro that is not known, or not closed
 */
export function macrosIn(text: string, placeholders: 'keep' | 'refuse' = 'refuse'): readonly Found[] {
  const found: Found[] = [];
  for (let at = text.indexOf('${'); at >= 0; ) {
    const dollars = dollarsBefore(text, at, found.at(-1)?.end ?? 0) + 1;
    const isText = dollars % 2 === 0;
    if (dollars > 1) {
      const literal = '$'.repeat(Math.floor(dollars / 2)) + (isText ? '{' : '');
      found.push({ start: at - dollars + 1, end: isText ? at + 2 : at, macro: null, literal });
    }
    if (isText) {
      at = text.indexOf('${', at + 2);
      continue;
    }
    const end = text.indexOf('}', at);
    if (end < 0)
      throw new FormatError('holds ${ without a closing brace: write $${ where the characters themselves are meant');
    const source = text.slice(at, end + 1);
    if (placeholders === 'refuse' || !isPlaceholder(source)) {
      found.push({ start: at, end: end + 1, macro: readMacro(source), literal: '' });
    }
    at = text.indexOf('${', end + 1);
  }
  return found;
}

function dollarsBefore(text: string, at: number, from: number): number {
  let first = at;
  while (first > from && text[first - 1] === '$') first--;
  return at - first;
}

function readMacro(source: string): Macro {
  const inside = source.slice(2, -1);
  const bar = inside.indexOf('|');
  const wanted = bar < 0 ? inside : inside.slice(0, bar);
  const fallback = bar < 0 ? null : unescaped(inside.slice(bar + 1));
  const colon = wanted.indexOf(':');
  const kind = colon < 0 ? wanted : wanted.slice(0, colon);
  const argument = colon < 0 ? null : unescaped(wanted.slice(colon + 1));
  return { ...readSource(kind, argument), source, fallback };
}

function readSource(kind: string, argument: string | null): MacroSource {
  const plain = PLAIN.find(known => known === kind);
  if (plain !== undefined) {
    if (argument !== null)
      throw new FormatError(`holds a macro of ${plain} with something behind a colon: it takes nothing`);
    return { kind: plain };
  }
  if (kind === 'key' || kind === 'value') return { kind, pointer: argument === null ? [] : readPointer(argument) };
  if (kind === 'header') {
    if (argument === null || argument === '')
      throw new FormatError('holds a macro of header that names none: it is header:Name');
    return { kind, name: argument.toLowerCase() };
  }
  throw new FormatError(
    `holds a macro that is not known: there are ${KNOWN}, each with |default where it is needed; $\${ stands for the characters themselves`,
  );
}

function readPointer(text: string): readonly string[] {
  const tokens = parsePointer(text);
  if ('problem' in tokens)
    throw new FormatError(`holds a JSON pointer that ${tokens.problem} (RFC 6901): /name/0 is one`);
  return tokens;
}

function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new FormatError('holds a macro with a % that is no escape: %25 stands for it');
  }
}

/**
 * @param placeholders as of `macrosIn`
 * @throws FormatError
 */
export function readTemplate(text: string, placeholders: 'keep' | 'refuse' = 'refuse'): Template {
  const parts: (string | Macro)[] = [];
  let literal = '';
  let done = 0;
  for (const { start, end, macro, literal: itself } of macrosIn(text, placeholders)) {
    literal += text.slice(done, start);
    done = end;
    if (macro === null) {
      literal += itself;
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(macro);
  }
  literal += text.slice(done);
  if (literal !== '') parts.push(literal);
  return parts;
}

/** The address with something plain in the place of its macros, for what is told and checked of it; and path and query. */
export interface TemplatedUrl {
  readonly url: URL;
  readonly template: UrlTemplate | null;
}

/**
 * An address whose path and query may hold macros. What stands before the path is fixed: no record changes where it goes.
 * @param parse reads an address without macros, and throws or gives null for what is none
 * @throws FormatError
 */
export function readUrlTemplate(text: string, parse: (text: string) => URL | null): TemplatedUrl | null {
  const found = macrosIn(text);
  if (found.some(({ macro }) => macro === null)) {
    throw new FormatError('must not hold $${: write %24%7B, and %24 for a $ before a macro');
  }
  const macros = found.map(({ macro }) => macro!);
  // Letters and digits come through the parser as they are, and where they are then is where the macros stand.
  const mark = unusedIn(text);
  let marked = '';
  let done = 0;
  for (const [i, { start, end }] of found.entries()) {
    marked += `${text.slice(done, start)}${mark}${i}${mark}`;
    done = end;
  }
  const url = parse(marked + text.slice(done));
  if (url === null || macros.length === 0) return url === null ? null : { url, template: null };
  const split = (part: string): Template =>
    part
      .split(new RegExp(`${mark}(\\d+)${mark}`))
      .map((piece, i) => (i % 2 === 0 ? piece : macros[Number(piece)]!))
      .filter(piece => piece !== '');
  const path = split(url.pathname);
  const query = split(url.search);
  if ([...path, ...query].filter(part => typeof part !== 'string').length < macros.length) {
    throw new FormatError('must not hold a macro before its path: a record does not decide to which host it goes');
  }
  return { url: new URL(url.href.replaceAll(new RegExp(`${mark}\\d+${mark}`, 'g'), '-')), template: { path, query } };
}

function unusedIn(text: string): string {
  const lower = text.toLowerCase();
  let mark = 'zq';
  while (lower.includes(mark)) mark += 'zq';
  return mark;
}

/** `*`, `Fiware-*` or a name: a record header's, without regard to case. */
export function readHeaderPattern(item: string): { name: string } | { prefix: string } | null {
  const lower = item.toLowerCase();
  const prefix = lower.endsWith('*') ? lower.slice(0, -1) : null;
  const written = prefix ?? lower;
  if (written.includes('*') || !(isHeaderName(written) || prefix === '')) return null;
  return prefix === null ? { name: lower } : { prefix };
}
