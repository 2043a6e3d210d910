import type { Findings } from './findings.ts';
import { hasTokenTls } from './http-auth-keys.ts';
import { AUTHORITY_KEYS, readAuthorities } from './http-authorities.ts';
import { SslSection } from './http-ssl.ts';
import { IDENTITY_KEYS, readIdentity } from './http-ssl-identity.ts';
import type { ConnectorSection } from './schema/section.ts';
import { type TlsKeyName, tlsValues } from './schema/tls-keys.ts';
import type { Outside } from './source/files.ts';
import type { TlsConfig } from './types.ts';

/** How far the keys of a section of TLS have an effect. */
export interface TlsUse {
  /** Connections that they are for speak TLS. */
  readonly secure: boolean;
  /** Null where all of them count, else why those of the client certificate do not. */
  readonly anonymous: string | null;
  /** Why none of them counts; null where `secure` is true, or that is not known for another fault. */
  readonly idle: string | null;
}

/**
 * TLS of the endpoint, and of a token endpoint that has none of its own.
 * @param isProxySecure a proxy is https: the authorities count, though it is shown no client certificate
 */
export function readTls(
  section: ConnectorSection,
  isProxySecure: boolean,
  outside: Outside,
  findings: Findings,
): TlsConfig {
  const { values } = section;
  const servesTokens = values.authType === 'oauth2' && !hasTokenTls(section);
  const addresses = [values.httpUrl, servesTokens ? values.oauth2TokenUrl : null];
  const isSecure = addresses.some(url => url?.protocol === 'https:');
  const isKnown = values.httpUrl !== null;
  return readTlsSection(new SslSection(section, 'http.ssl.', tlsValues('ssl', values), outside, findings), {
    secure: isSecure || isProxySecure,
    anonymous: isKnown && !isSecure ? 'no address but the proxy’s is https' : null,
    idle: isKnown && !isSecure && !isProxySecure ? 'no address is https' : null,
  });
}

const ALL_KEYS: readonly TlsKeyName[] = [
  ...AUTHORITY_KEYS,
  ...IDENTITY_KEYS,
  'protocolMin',
  'protocolMax',
  'verificationMode',
];

/**
 * What the keys of one section say. Stores and PEM files are read here, so that a wrong one is a fault and not a failed delivery.
 */
export function readTlsSection(ssl: SslSection, { secure, anonymous, idle }: TlsUse): TlsConfig {
  const { protocolMin: minVersion, protocolMax, verificationMode: verification } = ssl.values;
  if (protocolMax < minVersion) {
    ssl.fault('conflict', 'protocolMax', `must not be below ${ssl.key('protocolMin')}, ${minVersion}`);
  }
  if (idle !== null) ssl.idle(ALL_KEYS, idle);
  else if (anonymous !== null) ssl.idle(IDENTITY_KEYS, anonymous);
  if (verification === 'none') {
    ssl.idle(AUTHORITY_KEYS, `${ssl.key('verificationMode')} is none: no certificate is looked at`);
  }
  if (verification !== 'full' && secure) warn(ssl, verification);
  const ca = readAuthorities(ssl, secure && verification !== 'none');
  const versions = { minVersion, ...(protocolMax === 'TLSv1.2' && { maxVersion: protocolMax }) };
  return { ca, ...readIdentity(ssl), ...versions, verification };
}

function warn(ssl: SslSection, verification: 'certificate' | 'none'): void {
  const text =
    verification === 'none'
      ? 'is none: everybody on the way can read and change all that is sent, credentials included. Name the authority of the ' +
        `certificate instead (${ssl.key('caLocation')} or ${ssl.key('truststoreLocation')})`
      : 'is certificate: whoever has a certificate of a trusted authority, for whatever host, can take the place of the other side';
  ssl.note('warning', 'verificationMode', text);
}
