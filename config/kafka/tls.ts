import { Secret } from '../secret.ts';
import { type Files, unreadable } from '../source/files.ts';
import { KeyStoreError } from '../stores/jks.ts';
import { readKeyMaterial, readTrustStore } from '../stores/key-store.ts';
import type { ClientMapping } from './mapping.ts';

const MODERN = new Set(['TLS', 'TLSv1.2', 'TLSv1.3']);

/** ssl.* as the Java clients know it, to librdkafka's keys. */
export function mapTls(mapping: ClientMapping, files: Files): void {
  const protocol = mapping.target('security.protocol') ?? 'plaintext';
  if (!protocol.endsWith('ssl'))
    mapping.noteIdle('ssl.', `security.protocol of the same client is ${protocol.toUpperCase()}`);
  mapTruststore(mapping, files);
  mapKeystore(mapping, files);
  mapVerification(mapping);
  for (const key of ['ssl.protocol', 'ssl.enabled.protocols']) {
    const items =
      mapping
        .text(key)
        ?.split(',')
        .map(item => item.trim()) ?? [];
    if (items.some(item => !MODERN.has(item))) {
      mapping.fault('unsupported', key, 'must be of TLSv1.2 and TLSv1.3: older versions are not spoken');
    } else if (items.length > 0)
      mapping.note('differs', key, 'is not needed: the highest version that both sides know is spoken');
  }
  const suites = mapping.text('ssl.cipher.suites');
  if (suites === null) return;
  if (/TLS_|_WITH_|,/.test(suites)) {
    mapping.fault(
      'unsupported',
      'ssl.cipher.suites',
      "must be an OpenSSL list, e.g. ECDHE-RSA-AES256-GCM-SHA384:…, not Java's names",
    );
  } else mapping.set('global', 'ssl.cipher.suites', suites, 'ssl.cipher.suites');
}

/** A store's type; JKS unless written, as in the Java clients. */
function storeType(mapping: ClientMapping, key: string): string {
  return mapping.text(key)?.toUpperCase() ?? 'JKS';
}

function mapTruststore(mapping: ClientMapping, files: Files): void {
  const key = 'ssl.truststore.location';
  const location = mapping.text(key);
  const certificates = mapping.text('ssl.truststore.certificates');
  if (certificates !== null) mapping.set('global', 'ssl.ca.pem', certificates, 'ssl.truststore.certificates');
  if (location === null) return;
  if (storeType(mapping, 'ssl.truststore.type') === 'PEM') {
    mapping.set('global', 'ssl.ca.location', location, key);
    mapping.note('ignored', 'ssl.truststore.password', 'a PEM file has no password');
    return;
  }
  const password = mapping.text('ssl.truststore.password');
  const pem = readStore(mapping, files, key, bytes => readTrustStore(bytes, password));
  if (pem !== null) mapping.set('global', 'ssl.ca.pem', pem, key);
}

function mapKeystore(mapping: ClientMapping, files: Files): void {
  const location = mapping.text('ssl.keystore.location');
  const key = mapping.text('ssl.keystore.key');
  const chain = mapping.text('ssl.keystore.certificate.chain');
  const keyPassword = mapping.text('ssl.key.password');
  if (key !== null) mapping.set('global', 'ssl.key.pem', new Secret(key), 'ssl.keystore.key');
  if (chain !== null) mapping.set('global', 'ssl.certificate.pem', chain, 'ssl.keystore.certificate.chain');
  if (location !== null && storeType(mapping, 'ssl.keystore.type') !== 'PEM') {
    const password = mapping.text('ssl.keystore.password');
    const read = (bytes: Buffer) => readKeyMaterial(bytes, password, keyPassword);
    const material = readStore(mapping, files, 'ssl.keystore.location', read);
    if (material === null) return;
    mapping.set('global', 'ssl.key.pem', new Secret(material.keyPem), 'ssl.keystore.location');
    mapping.set('global', 'ssl.certificate.pem', material.chainPem, 'ssl.keystore.location');
    return;
  }
  if (location !== null) {
    mapping.set('global', 'ssl.certificate.location', location, 'ssl.keystore.location');
    mapping.set('global', 'ssl.key.location', location, 'ssl.keystore.location');
    mapping.note('ignored', 'ssl.keystore.password', "a PEM key's password is ssl.key.password");
  }
  if (keyPassword !== null) mapping.set('global', 'ssl.key.password', new Secret(keyPassword), 'ssl.key.password');
}

/** OpenSSL reads no Java store: its content goes to the client as PEM, in memory. */
function readStore<T>(mapping: ClientMapping, files: Files, key: string, read: (bytes: Buffer) => T): T | null {
  let bytes: Buffer;
  try {
    bytes = files.read(mapping.text(key)!);
  } catch (error) {
    mapping.fault('unreadable', key, `names a file that can't be read: ${unreadable(error)}`);
    return null;
  }
  try {
    return read(bytes);
  } catch (error) {
    const reason = error instanceof KeyStoreError ? error.message : 'holds what OpenSSL refuses';
    mapping.fault('invalid', key, `names a store that ${reason}`);
    return null;
  }
}

function mapVerification(mapping: ClientMapping): void {
  const key = 'ssl.endpoint.identification.algorithm';
  const algorithm = mapping.settings.get(key)?.text.toLowerCase();
  if (algorithm === 'https') mapping.set('global', key, 'https', key);
  else if (algorithm === '' || algorithm === 'none') {
    mapping.set('global', key, 'none', key);
    mapping.note('remark', key, "is off: the client does not check that a broker's certificate is for its host");
  } else if (algorithm !== undefined)
    mapping.fault('invalid', key, 'must be https, or nothing to switch the check off');
  if (mapping.text('enable.ssl.certificate.verification')?.toLowerCase() === 'false') {
    const message = 'must not be off: anybody could pose as a broker. Name the authority in ssl.ca.location instead';
    mapping.fault('unsupported', 'enable.ssl.certificate.verification', message);
  }
}
