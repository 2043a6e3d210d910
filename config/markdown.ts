import { table } from './generated.ts';
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
