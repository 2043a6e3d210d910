import { Secret } from './secret.ts';
import type { WrittenProperties } from './types.ts';

/** What stands in the place of a secret wherever properties are shown: of Kafka's password type. */
const HIDDEN = '[hidden]';

/** As they would be written: for where they outlive the worker, and to build a configuration of. */
export function revealed(properties: WrittenProperties): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]),
  );
}

/** Properties that were shown and came back: a secret that still is `[hidden]` is the one that there was. */
export function withHidden(
  properties: Readonly<Record<string, string>>,
  before: WrittenProperties,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const old = Object.hasOwn(before, key) ? before[key] : undefined;
      return [key, value === HIDDEN && old instanceof Secret ? old.reveal() : value];
    }),
  );
}
