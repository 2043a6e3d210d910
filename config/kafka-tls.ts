import type { ClientMapping } from './kafka-mapping.ts';
import { Secret } from './secret.ts';

const MODERN = new Set(['TLS', 'TLSv1.2', 'TLSv1.3']);

/** ssl.* as the Java clients know it, to librdkafka's keys. */
export function mapTls(mapping: ClientMapping): void {
  const protocol = mapping.target('security.protocol') ?? 'plaintext';
  if (!protocol.endsWith('ssl'))
    mapping.noteIdle('ssl.', `security.protocol of the same client is ${protocol.toUpperCase()}`);
  mapTruststore(mapping);
  mapKeystore(mapping);
  mapKeyPassword(mapping);
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

function mapTruststore(mapping: ClientMapping): void {
  const location = mapping.text('ssl.truststore.location');
  const certificates = mapping.text('ssl.truststore.certificates');
  const type = storeType(mapping, 'ssl.truststore.type');
  if (certificates !== null) mapping.set('global', 'ssl.ca.pem', certificates, 'ssl.truststore.certificates');
  if (location === null) return;
  if (type === 'PEM') {
    mapping.set('global', 'ssl.ca.location', location, 'ssl.truststore.location');
    mapping.note('ignored', 'ssl.truststore.password', 'a PEM file has no password');
    return;
  }
  const command =
    type === 'PKCS12'
      ? `openssl pkcs12 -in ${location} -nokeys -out truststore.pem`
      : `keytool -list -rfc -keystore ${location} > truststore.pem`;
  const message =
    `is a ${type} store, which can not be read here. Run \`${command}\`, then write ssl.truststore.type=PEM and ` +
    'ssl.truststore.location=truststore.pem, and take out ssl.truststore.password';
  mapping.fault('unsupported', 'ssl.truststore.location', message);
}

function mapKeystore(mapping: ClientMapping): void {
  const location = mapping.text('ssl.keystore.location');
  const type = storeType(mapping, 'ssl.keystore.type');
  const key = mapping.text('ssl.keystore.key');
  const chain = mapping.text('ssl.keystore.certificate.chain');
  if (key !== null) mapping.set('global', 'ssl.key.pem', new Secret(key), 'ssl.keystore.key');
  if (chain !== null) mapping.set('global', 'ssl.certificate.pem', chain, 'ssl.keystore.certificate.chain');
  if (location === null) return;
  if (type === 'PEM') {
    mapping.set('global', 'ssl.certificate.location', location, 'ssl.keystore.location');
    mapping.set('global', 'ssl.key.location', location, 'ssl.keystore.location');
    mapping.note('ignored', 'ssl.keystore.password', "a PEM key's password is ssl.key.password");
  } else if (type === 'PKCS12') {
    const password = mapping.text('ssl.keystore.password');
    mapping.set('global', 'ssl.keystore.location', location, 'ssl.keystore.location');
    if (password === null) mapping.fault('missing', 'ssl.keystore.location', 'needs ssl.keystore.password beside it');
    else mapping.set('global', 'ssl.keystore.password', new Secret(password), 'ssl.keystore.password');
  } else {
    const command = `keytool -importkeystore -srckeystore ${location} -destkeystore keystore.p12 -deststoretype PKCS12`;
    const message =
      `is a ${type} store, which can not be read here. Run \`${command}\`, then write ssl.keystore.type=PKCS12 and ` +
      'ssl.keystore.location=keystore.p12 (a store that is PKCS12 already only needs the type)';
    mapping.fault('unsupported', 'ssl.keystore.location', message);
  }
}

/** A PKCS12 store has one password for all; librdkafka's key password is that of a PEM key. */
function mapKeyPassword(mapping: ClientMapping): void {
  const password = mapping.text('ssl.key.password');
  if (password === null) return;
  const store = storeType(mapping, 'ssl.keystore.type') === 'PKCS12' ? mapping.text('ssl.keystore.password') : null;
  if (store === null) mapping.set('global', 'ssl.key.password', new Secret(password), 'ssl.key.password');
  else if (store !== password) {
    mapping.fault(
      'unsupported',
      'ssl.key.password',
      'must equal ssl.keystore.password: a PKCS12 store is read with one password',
    );
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
