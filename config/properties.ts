import type { Written } from './schema/written-keys.ts';
import { isCredential, isSecretKey } from './secrecy.ts';
import { Secret } from './secret.ts';
import { placeholdersIn } from './source/placeholders.ts';
import type { WrittenProperties } from './types.ts';

/** What stands in the place of a secret wherever properties are shown: of Kafka's password type. */
export const HIDDEN = '[hidden]';

/**
 * What a connector was told, as it was written: placeholders stand, and other secrets are Secrets.
 * @param written of a key that is there more than once the last one counts
 */
export function propertiesOf(written: readonly (readonly [key: string, written: Written])[]): WrittenProperties {
  return Object.fromEntries(written.map(([key, one]) => [key, property(key, one)]));
}

/** What comes out of the environment is as secret as any. */
function property(key: string, { text: given, placeholder, origin }: Written): string | Secret {
  const text = placeholder ?? given;
  const isSecret = origin.file === 'environment' ? isSecretKey(key) : isCredential(key);
  return isSecret && !isHarmless(key, text) ? new Secret(text) : text;
}

/** How a value of `Authorization` may begin. */
const SCHEME = /^(?:basic|bearer|token|apikey)$/i;
/** An option of a login module and its value, quoted or not. */
const OPTION = /\b(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)/g;
/** Those that are no secret themselves; `user_alice` is a password. */
const PLAIN_OPTION =
  /^(?:username|clientId|scope|serviceName|principal|keyTab|useKeyTab|storeKey|useTicketCache|doNotPrompt|debug)$/;

/** Whether the secret in a text is a placeholder's alone, so that it may be shown as it was written. */
function isHarmless(key: string, text: string): boolean {
  const parts = placeholdersIn(text);
  const rest = parts
    .filter(part => typeof part === 'string')
    .join('')
    .trim();
  if (rest === '') return true;
  if (parts.length === 1) return false;
  if (!key.endsWith('sasl.jaas.config')) return SCHEME.test(rest);
  const options = [...text.matchAll(OPTION)].filter(([, name]) => !PLAIN_OPTION.test(name!));
  return options.length > 0 && options.every(([, , value]) => /^"?\$\{[^}]*\}"?$/.test(value!));
}

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
