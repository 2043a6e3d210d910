import type { KeySpec } from './schema/key-spec.ts';
import type { NamedKey } from './schema/named-key.ts';

export function groupBy<T>(items: Iterable<T>, nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const members = groups.get(nameOf(item));
    if (members === undefined) groups.set(nameOf(item), [item]);
    else members.push(item);
  }
  return groups;
}

/** A table in Markdown: columns are padded as the formatter would pad them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map(row => row[column]!.length)));
  const line = (row: readonly string[], pad: string) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, pad)).join(' | ')} |`;
  const rule = line(Array<string>(head.length).fill(''), '-');
  return `${[line(cells[0]!, ' '), rule, ...cells.slice(1).map(row => line(row, ' '))].join('\n')}\n`;
}

/** The row of a key: `key`, type, default, environment, meaning. */
export function keyRow(spec: KeySpec<unknown>): string[] {
  const written = spec.default?.replaceAll('\n', '\\n') ?? null;
  const fallback = written === null ? (spec.required ? '_required_' : '') : written && `\`${written}\``;
  const rule = spec.expects === 'a text' ? '' : ` Must be ${spec.expects}.`;
  const secret = spec.sensitive ? '_secret_ ' : '';
  return [`\`${spec.key}\``, spec.type, fallback, `\`${spec.env}\``, secret + spec.doc + rule];
}

/** Keys that share a reason share a row. */
export function reasons(keys: readonly NamedKey[], head: string): string {
  const rows = [...groupBy(keys, ({ text }) => text)].map(([text, named]) => [
    named.map(({ key }) => `\`${key}\``).join(', '),
    text,
  ]);
  return table(['keys', head], rows);
}
