import type { Findings } from './findings.ts';
import { trim } from './schema/formats.ts';
import { schemas } from './schema/schema.ts';
import type { ConnectorSection } from './schema/section.ts';
import { Secret } from './secret.ts';
import { type Outside, unreadable } from './source/files.ts';

export { RESERVED } from './schema/reserved-headers.ts';

/** Stands in for what is missing and on record as a fault. */
export const NO_SECRET = new Secret('');

/** What belongs to one value of a key that decides. A name that ends with a star stands for all that begin so. */
interface Kind {
  /** Keys that it can not do without. */
  readonly needs: readonly string[];
  /** Keys that have an effect with it. */
  readonly owns: readonly string[];
}

/** A key that decides which others have an effect. */
export interface Choice {
  readonly key: string;
  readonly value: string;
  readonly kinds: Readonly<Record<string, Kind>>;
}

/** Tells of keys that have no effect with what was chosen, and of those that are missing for it. */
export function checkChoice(section: ConnectorSection, choice: Choice, findings: Findings): void {
  const { key: deciding, value, kinds } = choice;
  for (const key of writtenInFile(section)) {
    const owners = Object.keys(kinds).filter(kind => owns(kinds[kind]!, key));
    if (owners.length === 0 || owners.includes(value)) continue;
    const message = `has no effect with ${deciding}=${value}: write ${deciding}=${owners.join(' or ')}, or take it out`;
    findings.fault('conflict', section.inFile(key)!.origin, message);
  }
  for (const key of kinds[value]!.needs) {
    if (given(section, key) !== null) continue;
    findings.fault('missing', section.origin(key), `is required with ${deciding}=${value}`);
  }
}

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(schemas.connector).map(([name, { key }]) => [key, name]),
);
const FAMILIES = ['oauth2.headers.', 'oauth2.parameters.'];

/** The value of a key that is known; null when it has none. */
function given({ values }: ConnectorSection, key: string): unknown {
  return (values as Readonly<Record<string, unknown>>)[NAMES.get(key) ?? ''] ?? null;
}

/** Of the keys that are known: what is none has a fault already. */
function writtenInFile(section: ConnectorSection): readonly string[] {
  const keys = new Set(section.meant.keys());
  const isKnown = (key: string): boolean => NAMES.has(key) || FAMILIES.some(prefix => key.startsWith(prefix));
  return [...keys].filter(key => isKnown(key) && section.inFile(key) !== null);
}

function owns({ owns: keys }: Kind, key: string): boolean {
  return keys.some(own => (own.endsWith('*') ? key.startsWith(own.slice(0, -1)) : own === key));
}

/** Keys of TLS for the token endpoint alone. */
export const TOKEN_TLS = 'oauth2.ssl.';

/** Whether one of them is written: then those of the endpoint do not count for it. */
export function hasTokenTls({ written }: ConnectorSection): boolean {
  return written.some(([key, { text }]) => key.startsWith(TOKEN_TLS) && trim(text) !== '');
}

/** A file that others write may come later than the worker. */
export function noteMissingFile(
  section: ConnectorSection,
  key: string,
  path: string,
  outside: Outside,
  findings: Findings,
): void {
  try {
    outside.read(path);
  } catch (error) {
    const text = `names a file that can't be read yet: ${unreadable(error)}; nothing is sent before it can`;
    findings.note('remark', section.origin(key), text);
  }
}
