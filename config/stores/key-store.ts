import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { isJks, KeyStoreError, readJks, type StoreContent } from './jks.ts';
import { readCertificate, renderCertificates } from './pem.ts';
import { readPkcs12 } from './pkcs12.ts';

/** A client certificate for OpenSSL. */
export interface KeyMaterial {
  /** PKCS #8, not encrypted. */
  readonly keyPem: string;
  /** The key's own certificate first, then each one's authority. */
  readonly chainPem: string;
}

/** As in Java the bytes tell the format, whatever `ssl.keystore.type` says. */
function read(bytes: Buffer, password: string | null, keyPassword: string | null): StoreContent {
  if (isJks(bytes)) return readJks(bytes, password, keyPassword);
  if (bytes.length > 4 && bytes.readUInt32BE(0) === 0xcececece) {
    throw new KeyStoreError(
      'is a JCEKS store: `keytool -importkeystore -deststoretype PKCS12` makes a store that is read',
    );
  }
  if (password === null) throw new KeyStoreError('needs its password beside it');
  if (keyPassword !== null && keyPassword !== password) {
    throw new KeyStoreError('is a PKCS12 store, which has one password: ssl.key.password must be that of the store');
  }
  return readPkcs12(bytes, password);
}

/**
 * The certificates that a store says to trust, PEM.
 * @throws KeyStoreError
 */
export function readTrustStore(bytes: Buffer, password: string | null): string {
  const { trusted } = read(bytes, password, password);
  if (trusted.length === 0) throw new KeyStoreError('holds no trusted certificate');
  return renderCertificates(readAll(trusted));
}

/**
 * The one private key of a store with its certificates.
 * @throws KeyStoreError
 */
export function readKeyMaterial(bytes: Buffer, password: string | null, keyPassword: string | null): KeyMaterial {
  const { keys } = read(bytes, password, keyPassword ?? password);
  const [entry] = keys;
  if (entry === undefined) throw new KeyStoreError('holds no private key');
  if (keys.length > 1) throw new KeyStoreError(`holds ${keys.length} private keys: keep the one to use`);
  const key = readPkcs8(entry.key);
  return render(key, inOrder(key, readAll(entry.chain)));
}

/**
 * A key with the certificates that were written for it. What stands behind the key's own one is sent as it was written.
 * @throws KeyStoreError when none of them is the key's own
 */
export function toKeyMaterial(key: KeyObject, certificates: readonly X509Certificate[]): KeyMaterial {
  return render(key, certificates[0]?.checkPrivateKey(key) === true ? certificates : inOrder(key, certificates));
}

function readAll(certificates: readonly Buffer[]): readonly X509Certificate[] {
  return certificates.map(der => {
    const certificate = readCertificate(der);
    if (certificate === null) throw new KeyStoreError('holds what is no certificate');
    return certificate;
  });
}

function readPkcs8(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyStoreError('holds a private key that can not be read');
  }
}

function render(key: KeyObject, chain: readonly X509Certificate[]): KeyMaterial {
  return {
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chainPem: renderCertificates(chain),
  };
}

function inOrder(key: KeyObject, certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  const own = certificates.find(certificate => certificate.checkPrivateKey(key));
  if (own === undefined) throw new KeyStoreError('holds no certificate for its private key');
  const chain = [own];
  for (;;) {
    const last = chain.at(-1)!;
    const issuer = certificates.find(certificate => !chain.includes(certificate) && last.checkIssued(certificate));
    if (issuer === undefined) return chain;
    chain.push(issuer);
  }
}
