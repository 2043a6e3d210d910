/** By the Accept header, as far as it matters: whether JSON is among what it names. */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return weightOf(accept, ['application/json', 'application/*', '*/*']) > 0;
}

/** Whether HTML is named, and JSON is not wanted as much: a browser asks for a page. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const html = weightOf(accept, ['text/html']);
  const isJsonNamed = weightOf(accept, ['application/json']) > 0;
  const json = weightOf(accept, ['application/json', 'application/*', '*/*']);
  return html > 0 && (isJsonNamed ? html > json : html >= json);
}

/** Of the first of these ranges that is named (RFC 9110 §12.5.1: the most specific counts); 0 where none is. */
function weightOf(accept: string, ranges: readonly string[]): number {
  const named = new Map(
    accept.split(',').map(range => {
      const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase());
      const weight = parameters.flatMap(parameter => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1] ?? [])[0];
      return [type, weight === undefined ? 1 : Number(weight)];
    }),
  );
  const range = ranges.find(each => named.has(each));
  return range === undefined ? 0 : named.get(range)!;
}
