import type { Findings } from './findings.ts';
import { rolesOf } from './kafka/keys.ts';
import { nearest } from './schema/nearest.ts';
import { schemas } from './schema/schema.ts';
import { showKey } from './schema/sort-keys.ts';
import { isSecretKey } from './secrecy.ts';
import { isKeyOf } from './source/written.ts';

/** @param isForeign keys of the other vendors whose connectors there are */
export function readOverrides(
  overrides: readonly string[],
  isForeign: (key: string) => boolean,
  findings: Findings,
): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const override of overrides) {
    const at = override.indexOf('=');
    const key = at < 0 ? null : override.slice(0, at).trim();
    const origin = { file: 'command line', line: null, key };
    if (key === null) findings.fault('syntax', origin, 'holds an override that is not KEY=VALUE');
    else if (isSecretKey(key)) {
      findings.fault(
        'forbidden',
        origin,
        'is secret: command lines are visible to other users, use the file or the environment',
      );
    } else if (!isKeyOf('worker', key) && !isKeyOf('connector', key) && !isForeign(key)) {
      findings.fault('unknown', origin, `is not a known key${overrideHint(key)}`, showKey(key));
    } else read.set(key, override.slice(at + 1));
  }
  return read;
}

/** A secret is never proposed: it would be refused too. */
function overrideHint(key: string): string {
  const [role] = rolesOf(key);
  if (role !== undefined) return `: write ${role}.${key} or ${role}.override.${key}`;
  const keys = Object.values(schemas).flatMap(table => Object.values<{ key: string }>(table).map(spec => spec.key));
  const near = nearest(key, keys);
  if (near === null) return '';
  return isSecretKey(near) ? `, and ${near} is secret: write it into a file` : `: did you mean ${near}?`;
}
