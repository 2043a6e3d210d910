import { literalUrl } from './texts.ts';

export type Item = { readonly name: string; readonly value: string } | { readonly problem: string };

/** `name:value` or `name=value` between separators; of blank items nothing is said. */
export function itemsBetween(text: string | null, separator: string, sign: ':' | '='): readonly Item[] {
  const written = text ?? '';
  const items = separator === '' ? [written] : written.split(separator);
  return items
    .filter(item => item.trim() !== '')
    .map((item, index) => {
      const end = item.indexOf(sign);
      const name = end < 0 ? '' : item.slice(0, end).trim();
      if (name === '') return { problem: `holds as its ${index + 1}. item what is no parameter: name${sign}value` };
      return { name, value: item.slice(end + 1).trim() };
    });
}

/** A part of a path or a query: what an address can not hold is escaped, escapes that are there stay. */
export function partOfUrl(text: string): string {
  const valid = text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return literalUrl(valid).replaceAll(/%(?![\dA-Fa-f]{2})|[^\w.~%!'()*+,;:@-]/gu, encodeURIComponent);
}
