import type { Files } from '../source/files.ts';
import type { ClientMapping } from './mapping.ts';
import { mapAuthorities, mapClientCertificate, mapRevocations } from './pem-settings.ts';

const MODERN = new Set(['TLS', 'TLSv1.2', 'TLSv1.3']);

/** ssl.* as the Java clients know it, to librdkafka's keys. */
export function mapTls(mapping: ClientMapping, files: Files | null): void {
  const protocol = mapping.target('security.protocol') ?? 'plaintext';
  mapVerification(mapping);
  if (files === null) return;
  if (!protocol.endsWith('ssl')) {
    // As in the Java clients, files that nothing asks for are not even looked at.
    return mapping.noteIdle('ssl.', `security.protocol of the same client is ${protocol.toUpperCase()}`);
  }
  mapAuthorities(mapping, files);
  mapRevocations(mapping, files);
  mapClientCertificate(mapping, files);
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
