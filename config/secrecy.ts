import { CLIENT_KEYS, isSecretClientKey } from './kafka/keys.ts';
import { schemas } from './schema/schema.ts';

interface Spec {
  readonly key: string;
  readonly sensitive: boolean;
}

const SPECS = Object.values(schemas).flatMap(table => Object.values<Spec>(table));
const CLIENT_PREFIX = /^(?:consumer|producer|admin)\.(?:override\.)?/;
const SECRET_NAME = /password|passwd|secret|token|credential|private|jaas|api[._-]?key/i;

/** Whether the value of a known key is a secret, so that no command line and no output may hold it. */
export function isSecretKey(key: string): boolean {
  const known = SPECS.some(spec => spec.key === key);
  const inTable = SPECS.some(spec => spec.key === key && spec.sensitive);
  const isHeader = !known && key.startsWith('http.headers.');
  return inTable || isHeader || isSecretClientKey(key.replace(CLIENT_PREFIX, ''));
}

/** Headers hold secrets and plain words alike; these names tell which. */
const CREDENTIAL_HEADER = /auth|key|token|secret|password|cookie|signature/i;

/** Whether the value is one that protects something: all headers are kept secret, and few are. */
export function isCredential(key: string): boolean {
  return (
    isSecretKey(key) && (!key.startsWith('http.headers.') || CREDENTIAL_HEADER.test(key.slice('http.headers.'.length)))
  );
}

/** Whether the value that was written for a key may be shown: one that nobody knows may be a secret with a typo. */
export function mayBeShown(key: string): boolean {
  if (isSecretKey(key)) return false;
  if (SPECS.some(spec => spec.key === key)) return true;
  const clientKey = key.replace(CLIENT_PREFIX, '');
  if (CLIENT_KEYS.some(known => known.key === clientKey)) return true;
  return /^(?:transforms|predicates|config\.providers)\./.test(key) && !SECRET_NAME.test(key);
}
