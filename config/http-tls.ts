import { createSecureContext } from 'node:tls';
import type { Findings } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { Secret } from './secret.ts';
import { type Outside, unreadable } from './source/files.ts';
import { systemAuthorities, type UselessVariable } from './stores/authorities.ts';
import { KeyStoreError, refusalOf } from './stores/jks.ts';
import { toKeyMaterial } from './stores/key-store.ts';
import { type PrivateKey, readCertificates, readPrivateKey, renderCertificates } from './stores/pem.ts';
import { remarkOnValidity } from './stores/validity.ts';
import type { TlsConfig } from './types.ts';

const CA_KEY = 'http.ssl.ca.location';
const CERTIFICATE_KEY = 'http.ssl.certificate.location';
const PRIVATE_KEY = 'http.ssl.key.location';
const PASSWORD_KEY = 'http.ssl.key.password';
const OWN_KEYS = [CERTIFICATE_KEY, PRIVATE_KEY, PASSWORD_KEY];

/**
 * Reads the PEM files, so that a wrong one is a fault and not a failed delivery.
 * @param isProxySecure a proxy is https: the authorities count, though it is shown no client certificate
 */
export function readTls(
  section: ConnectorSection,
  isProxySecure: boolean,
  outside: Outside,
  findings: Findings,
): TlsConfig {
  const { values } = section;
  const addresses = [values.httpUrl, values.authType === 'oauth2' ? values.oauth2TokenUrl : null];
  const isEndpointSecure = addresses.some(url => url?.protocol === 'https:');
  const secure = isEndpointSecure || isProxySecure;
  if (values.httpUrl !== null && !isEndpointSecure) {
    const idle = isProxySecure ? OWN_KEYS : [CA_KEY, ...OWN_KEYS];
    noteIdle(section, idle, isProxySecure ? 'no address but the proxy’s is https' : 'no address is https', findings);
  }
  const reader = new Reader(section, outside, findings);
  const written = values.sslCaLocation === null ? null : reader.certificates(CA_KEY, values.sslCaLocation);
  const ca = values.sslCaLocation === null && secure ? trustedBySystem(outside, findings) : written;
  return { ca, ...reader.own() };
}

const NO_CERTIFICATE = { certificate: null, key: null, keyPassword: null };

/** What the keys of one section name. Each fault is told of its own key. */
class Reader {
  readonly #section: ConnectorSection;
  readonly #outside: Outside;
  readonly #findings: Findings;

  constructor(section: ConnectorSection, outside: Outside, findings: Findings) {
    this.#section = section;
    this.#outside = outside;
    this.#findings = findings;
  }

  certificates(key: string, path: string): string | null {
    const pem = this.#read(key, path, text => renderCertificates(readCertificates(text)));
    const remark = pem === null ? null : remarkOnValidity(pem, key === CERTIFICATE_KEY);
    if (remark !== null) this.#findings.note('remark', this.#section.origin(key), remark);
    return pem;
  }

  /** The client certificate with its key. */
  own(): Omit<TlsConfig, 'ca'> {
    const { origin, values } = this.#section;
    const { sslCertificateLocation: certificatePath, sslKeyLocation: keyPath, sslKeyPassword: password } = values;
    if ((certificatePath === null) !== (keyPath === null)) {
      const lonely = keyPath === null ? CERTIFICATE_KEY : PRIVATE_KEY;
      const message = `needs the other half beside it: ${CERTIFICATE_KEY} and ${PRIVATE_KEY}`;
      this.#findings.fault('missing', origin(lonely), message);
    }
    const chain = certificatePath === null ? null : this.certificates(CERTIFICATE_KEY, certificatePath);
    const key = keyPath === null ? null : this.#key(keyPath, password?.reveal() ?? null);
    if (chain === null || key === null) return NO_CERTIFICATE;
    const certificate = this.#attempt(PRIVATE_KEY, () => toKeyMaterial(key.key, readCertificates(chain)).chainPem);
    if (certificate === null) return NO_CERTIFICATE;
    const own = { certificate, key: new Secret(key.pem), keyPassword: key.encrypted ? password : null };
    checkWithOpenSsl(this.#section, own, this.#findings);
    return own;
  }

  #key(path: string, password: string | null): PrivateKey | null {
    const key = this.#read(PRIVATE_KEY, path, text => readPrivateKey(text, password));
    if (key?.encrypted === false) {
      noteIdle(this.#section, [PASSWORD_KEY], 'the private key is not encrypted', this.#findings);
    }
    return key;
  }

  #read<T>(key: string, path: string, parse: (text: string) => T): T | null {
    let bytes: Buffer;
    try {
      bytes = this.#outside.read(path);
    } catch (error) {
      const message = `names a file that can't be read: ${unreadable(error)}`;
      this.#findings.fault('unreadable', this.#section.origin(key), message);
      return null;
    }
    // Latin-1 spares no byte, and PEM has none beyond ASCII.
    return this.#attempt(key, () => parse(bytes.toString('latin1')));
  }

  #attempt<T>(key: string, parse: () => T): T | null {
    try {
      return parse();
    } catch (error) {
      this.#findings.fault('invalid', this.#section.origin(key), `names a file that ${refusalOf(error)}`);
      return null;
    }
  }
}

function trustedBySystem(outside: Outside, findings: Findings): string | null {
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

/** Whether the key is strong enough, for example. */
function checkWithOpenSsl(section: ConnectorSection, own: Omit<TlsConfig, 'ca'>, findings: Findings): void {
  try {
    createSecureContext({
      cert: own.certificate!,
      key: own.key!.reveal(),
      ...(own.keyPassword !== null && { passphrase: own.keyPassword.reveal() }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    findings.fault('invalid', section.origin(CERTIFICATE_KEY), `names a certificate that OpenSSL refuses: ${reason}`);
  }
}
