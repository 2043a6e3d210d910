import type { Findings } from './findings.ts';
import { isPemStore, pemText, type SslSection } from './http-ssl.ts';
import type { TlsKeyName } from './schema/tls-keys.ts';
import { type Outside, unreadable } from './source/files.ts';
import { systemAuthorities, type UselessVariable } from './stores/authorities.ts';
import { KeyStoreError } from './stores/jks.ts';
import { readTrustStore } from './stores/key-store.ts';
import { readCertificates, renderCertificates } from './stores/pem.ts';

export const AUTHORITY_KEYS: readonly TlsKeyName[] = [
  'caLocation',
  'truststoreLocation',
  'truststorePassword',
  'truststoreType',
  'truststoreCertificates',
];

/**
 * The authorities to trust: those that were written, or else the system's.
 * @param needed whether the system's are worth reading
 */
export function readAuthorities(ssl: SslSection, needed: boolean): string | null {
  const name = ssl.chosen('truststoreLocation', 'truststoreCertificates', 'caLocation');
  if (name !== 'truststoreLocation') {
    ssl.idle(['truststorePassword', 'truststoreType'], `there is no ${ssl.key('truststoreLocation')}`);
  }
  if (name === null) return needed ? trustedBySystem(ssl.outside, ssl.findings) : null;
  const bytes = ssl.content(name);
  if (bytes === null) return null;
  const isStore = name === 'truststoreLocation' && !isPemStore(ssl.values.truststoreType, bytes);
  if (name === 'truststoreLocation' && !isStore) ssl.idle(['truststorePassword'], 'a PEM file has no password');
  const pem = ssl.attempt(name, () =>
    isStore
      ? readTrustStore(bytes, ssl.text('truststorePassword'))
      : renderCertificates(readCertificates(pemText(bytes))),
  );
  if (pem !== null) ssl.remarkOnValidity(name, pem, false);
  return pem;
}

/** The system's, as PEM; null: Node's own list counts. */
export function trustedBySystem(outside: Outside, findings: Findings): string | null {
  const { pem, useless } = systemAuthorities(outside);
  if (useless !== null) tellUseless(useless, findings);
  return pem;
}

/** OpenSSL would trust nobody without a word; Node goes on without the extra ones. */
function tellUseless({ variable, error }: UselessVariable, findings: Findings): void {
  const origin = { file: 'environment', line: null, key: variable };
  const reason =
    error instanceof KeyStoreError
      ? `names a file that ${error.message}`
      : `names a file that can't be read: ${unreadable(error)}`;
  if (variable === 'SSL_CERT_FILE') findings.fault('invalid', origin, reason);
  else findings.note('ignored', origin, `it ${reason}`);
}
