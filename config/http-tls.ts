import { createSecureContext } from 'node:tls';
import type { Findings } from './errors.ts';
import { Secret } from './secret.ts';
import { type ConnectorSection, noticeIdle } from './section.ts';
import type { TlsConfig } from './types.ts';

/** Reads a text file; throws an Error whose message is fit for the user. */
export type ReadFile = (path: string) => string;

const TLS_KEYS = [
  'http.ssl.ca.location',
  'http.ssl.certificate.location',
  'http.ssl.key.location',
  'http.ssl.key.password',
];

/** Reads the PEM files, so that a wrong one is a fault and not a failed delivery. */
export function readTls(section: ConnectorSection, readFile: ReadFile, findings: Findings): TlsConfig {
  const { values, origin } = section;
  const read = (key: string, path: string | null): string | null => {
    if (path === null) return null;
    try {
      const pem = readFile(path);
      if (pem.includes('-----BEGIN ')) return pem;
      findings.fault('invalid', origin(key), `names ${path}, which is not a PEM file (-----BEGIN …)`);
    } catch (error) {
      findings.fault('unreadable', origin(key), `names a file that can't be read: ${reason(error)}`);
    }
    return null;
  };
  const addresses = [values.httpUrl, values.authType === 'oauth2' ? values.oauth2TokenUrl : null];
  if (values.httpUrl !== null && !addresses.some(url => url?.protocol === 'https:')) {
    noticeIdle(section, TLS_KEYS, 'since no address is https', findings);
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
