import { createSecureContext } from 'node:tls';
import type { Findings } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { Secret } from './secret.ts';
import { decodeUtf8, type Files, unreadable } from './source/files.ts';
import type { TlsConfig } from './types.ts';

const TLS_KEYS = [
  'http.ssl.ca.location',
  'http.ssl.certificate.location',
  'http.ssl.key.location',
  'http.ssl.key.password',
];

/** Reads the PEM files, so that a wrong one is a fault and not a failed delivery. */
export function readTls(section: ConnectorSection, files: Files, findings: Findings): TlsConfig {
  const { values, origin } = section;
  const read = (key: string, path: string | null): string | null => {
    if (path === null) return null;
    try {
      const pem = decodeUtf8(files.read(path));
      if (pem.includes('-----BEGIN ')) return pem;
      findings.fault('invalid', origin(key), `names ${path}, which is not a PEM file (-----BEGIN …)`);
    } catch (error) {
      findings.fault('unreadable', origin(key), `names a file that can't be read: ${unreadable(error)}`);
    }
    return null;
  };
  const addresses = [values.httpUrl, values.authType === 'oauth2' ? values.oauth2TokenUrl : null];
  if (values.httpUrl !== null && !addresses.some(url => url?.protocol === 'https:')) {
    noteIdle(section, TLS_KEYS, 'no address is https', findings);
  }
  const before = findings.faults.length;
  const ca = read('http.ssl.ca.location', values.sslCaLocation);
  const certificate = read('http.ssl.certificate.location', values.sslCertificateLocation);
  const key = read('http.ssl.key.location', values.sslKeyLocation);
  if ((values.sslCertificateLocation === null) !== (values.sslKeyLocation === null)) {
    const lonely = values.sslKeyLocation === null ? 'http.ssl.certificate.location' : 'http.ssl.key.location';
    findings.fault(
      'missing',
      origin(lonely),
      'needs the other half beside it: http.ssl.certificate.location and http.ssl.key.location',
    );
  }
  const tls = { ca, certificate, key: key === null ? null : new Secret(key), keyPassword: values.sslKeyPassword };
  if (findings.faults.length === before) checkTls(section, tls, findings);
  return tls;
}

/** OpenSSL itself says whether the certificate, its key and the password belong together. */
function checkTls({ origin, values }: ConnectorSection, tls: TlsConfig, findings: Findings): void {
  if (tls.ca === null && tls.certificate === null) return;
  try {
    createSecureContext({
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      ...(tls.certificate === null ? {} : { cert: tls.certificate }),
      ...(tls.key === null ? {} : { key: tls.key.reveal() }),
      ...(tls.keyPassword === null ? {} : { passphrase: tls.keyPassword.reveal() }),
    });
  } catch (error) {
    const key = values.sslKeyLocation === null ? 'http.ssl.ca.location' : 'http.ssl.key.location';
    findings.fault(
      'invalid',
      origin(key),
      `is refused by OpenSSL together with its certificate or password: ${reason(error)}`,
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
