import { asLiteral } from '../schema/templates.ts';

/** For keys of ours that read escapes (`batch.prefix`): the text as it is. */
export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/** For keys of ours that hold templates (`http.headers.…`, `http.body.…`): the text as it is, without macros. */
export function literal(text: string): string {
  return asLiteral(text);
}

/** For addresses of ours, which may hold macros: the address as it is. */
export function literalUrl(text: string): string {
  return text.replaceAll('${', '%24%7B');
}

/** For keys of ours that hold templates: the vendor's macros of these names are macros of ours, all else is text. */
export function macrosIn(text: string, names: readonly string[]): string {
  return withMacros(text, names, asLiteral);
}

/** The same for addresses. */
export function macrosInUrl(text: string, names: readonly string[]): string {
  return withMacros(text, names, literalUrl);
}

function withMacros(text: string, names: readonly string[], asText: (text: string) => string): string {
  return text.replaceAll(/\$\{([^}]*)\}|\$\{/g, (found, name: string | undefined) =>
    name !== undefined && names.includes(name) ? found : asText(found),
  );
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
