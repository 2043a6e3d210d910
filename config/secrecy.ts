import { DIALECTS } from './dialects/choose.ts';
import { CLIENT_KEYS, isSecretClientKey } from './kafka/keys.ts';
import { plainKey } from './schema/plain-key.ts';
import { schemas } from './schema/schema.ts';

interface Spec {
  readonly key: string;
  readonly sensitive: boolean;
}

const SPECS: readonly Spec[] = [...Object.values(schemas), ...DIALECTS.map(({ keys }) => keys)].flatMap(table =>
  Object.values<Spec>(table),
);
const KNOWN: ReadonlySet<string> = new Set(SPECS.map(({ key }) => key));
const SENSITIVE: ReadonlySet<string> = new Set(SPECS.flatMap(({ key, sensitive }) => (sensitive ? [key] : [])));
const CLIENT_PREFIX =
  /^(?:(?:consumer|producer|admin)\.(?:override\.)?|reporter\.(?:producer|admin)\.|connect\.reporting\.(?:success|error)\.config\.)/;
const SECRET_NAME = /password|passwd|secret|token|credential|private|jaas|api[._-]?key/i;

/** Whether the value of a known key is a secret, so that no command line and no output may hold it. */
export function isSecretKey(written: string): boolean {
  const key = plainKey(written);
  const isMember = !KNOWN.has(key) && familyOf(key) !== undefined;
  return SENSITIVE.has(key) || isMember || isSecretClientKey(key.replace(CLIENT_PREFIX, ''));
}

/** Headers and parameters, all of which are kept secret. */
const FAMILIES = ['http.headers.', 'oauth2.headers.', 'oauth2.parameters.', 'telemetry.traces.headers.'];

function familyOf(key: string): string | undefined {
  return FAMILIES.find(prefix => key.startsWith(prefix));
}

/** They hold secrets and plain words alike; these names tell which. */
const CREDENTIAL_NAME = /auth|key|token|secret|password|cookie|signature|assertion|^code/i;

/** Whether the value is one that protects something: all headers are kept secret, and few are. */
export function isCredential(written: string): boolean {
  const key = plainKey(written);
  const family = KNOWN.has(key) ? undefined : familyOf(key);
  return family === undefined ? isSecretKey(key) : CREDENTIAL_NAME.test(key.slice(family.length));
}

/** Whether the value that was written for a key may be shown: one that nobody knows may be a secret with a typo. */
export function mayBeShown(written: string): boolean {
  const key = plainKey(written);
  if (isSecretKey(key)) return false;
  if (KNOWN.has(key)) return true;
  const clientKey = key.replace(CLIENT_PREFIX, '');
  if (CLIENT_KEYS.some(known => known.key === clientKey)) return true;
  return /^(?:transforms|predicates|config\.providers)\./.test(key) && !SECRET_NAME.test(key);
}
