import type { StatusRange } from '../schema/formats.ts';
import { renderPointer } from '../schema/json-pointer.ts';
import { asLiteral } from '../schema/templates.ts';

/** For keys of ours that read escapes (`batch.prefix`): the text as it is. */
export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/** A text between macros as it is. @param isBeforeMacro whether a macro of ours follows at once */
export type AsText = (text: string, isBeforeMacro?: boolean) => string;

/** For keys of ours that hold templates (`http.headers.…`, `http.body.…`): the text as it is, without macros. */
export const literal: AsText = (text, isBeforeMacro = false) => {
  const escaped = asLiteral(text);
  return isBeforeMacro ? escaped.replace(/\$+$/, dollars => dollars + dollars) : escaped;
};

/** For addresses of ours, which may hold macros: the address as it is. */
export const literalUrl: AsText = (text, isBeforeMacro = false) => {
  const escaped = text.replaceAll('${', '%24%7B');
  return isBeforeMacro ? escaped.replace(/\$+$/, dollars => '%24'.repeat(dollars.length)) : escaped;
};

/** For keys of ours that hold templates: the vendor's macros of these names are macros of ours, all else is text. */
export function macrosIn(text: string, names: readonly string[]): string {
  return withMacros(text, names, literal);
}

/** The same for addresses. */
export function macrosInUrl(text: string, names: readonly string[]): string {
  return withMacros(text, names, literalUrl);
}

function withMacros(text: string, names: readonly string[], asText: AsText): string {
  let result = '';
  let done = 0;
  for (const found of text.matchAll(/\$\{([^}]*)\}/g)) {
    if (!names.includes(found[1]!)) continue;
    result += asText(text.slice(done, found.index), true) + found[0];
    done = found.index + found[0].length;
  }
  return result + asText(text.slice(done));
}

/** `name: value`, or why it is none, to go behind a key. */
export type HeaderItem = { readonly name: string; readonly value: string } | { readonly problem: string };

/** Headers between separators; a value may hold colons, only the first one ends the name. Blank items are dropped. */
export function headersBetween(text: string, separator: string): readonly HeaderItem[] {
  const items = separator === '' ? [text] : text.split(separator);
  return items.filter(item => item.trim() !== '').map(readHeader);
}

function readHeader(item: string, index: number): HeaderItem {
  const colon = item.indexOf(':');
  const name = colon < 0 ? '' : item.slice(0, colon).trim();
  if (name === '') return { problem: `holds as its ${index + 1}. item what is no header: name:value` };
  return { name, value: item.slice(colon + 1).trim() };
}

/** For keys of ours that take what begins with a slash for a JSON pointer: the member of that name. */
export function memberNamed(name: string): string {
  return name.startsWith('/') ? renderPointer([name]) : name;
}

/** The address of a proxy that two keys tell; an IPv6 address may lack its brackets. */
export function proxyAddress(host: string, port: number): string {
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** As our keys write them. */
export function renderStatuses(ranges: readonly StatusRange[]): string {
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
