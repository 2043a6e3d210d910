import { createSecureContext } from 'node:tls';
import { isPemStore, pemText, type SslSection } from './http-ssl.ts';
import type { TlsKeyName } from './schema/tls-keys.ts';
import { Secret } from './secret.ts';
import { type KeyMaterial, readKeyMaterial, toKeyMaterial } from './stores/key-store.ts';
import { readCertificates, readPrivateKey } from './stores/pem.ts';
import type { TlsConfig } from './types.ts';

export type Identity = Pick<TlsConfig, 'certificate' | 'key' | 'keyPassword'>;

export const IDENTITY_KEYS: readonly TlsKeyName[] = [
  'certificateLocation',
  'keyLocation',
  'keyPassword',
  'keystoreLocation',
  'keystorePassword',
  'keystoreType',
  'keystoreCertificateChain',
  'keystoreKey',
];

const NONE: Identity = { certificate: null, key: null, keyPassword: null };

/** The client certificate with its key, from a store or from a pair of PEM texts. */
export function readIdentity(ssl: SslSection): Identity {
  const chain = ssl.chosen('keystoreLocation', 'keystoreCertificateChain', 'certificateLocation');
  const key = ssl.chosen('keystoreKey', 'keyLocation');
  if (chain !== 'keystoreLocation') {
    ssl.idle(['keystorePassword', 'keystoreType'], `there is no ${ssl.key('keystoreLocation')}`);
  }
  if (chain === null && key === null) {
    ssl.idle(['keyPassword'], 'there is no private key');
    return NONE;
  }
  if (chain === 'keystoreLocation') return readKeyStore(ssl, key);
  if (chain !== null && key !== null) return readPair(ssl, chain, key);
  return readHalf(ssl, chain ?? key!);
}

/** A certificate without its key, or the other way round. What is wrong with it is told as well. */
function readHalf(ssl: SslSection, name: TlsKeyName): Identity {
  const isKey = name === 'keyLocation' || name === 'keystoreKey';
  const bytes = ssl.content(name);
  if (bytes !== null) {
    const text = pemText(bytes);
    ssl.attempt(name, () => (isKey ? readPrivateKey(text, ssl.text('keyPassword')) : readCertificates(text)));
  }
  const pair: readonly TlsKeyName[] = name.endsWith('Location')
    ? ['certificateLocation', 'keyLocation']
    : ['keystoreCertificateChain', 'keystoreKey'];
  const keys = pair.map(each => ssl.key(each));
  ssl.fault('missing', name, `needs the other half beside it: ${keys.join(' and ')}`);
  return NONE;
}

/** @param other another key that gives a private key: a store brings its own */
function readKeyStore(ssl: SslSection, other: TlsKeyName | null): Identity {
  const name = 'keystoreLocation';
  if (other !== null) {
    ssl.fault('conflict', other, `and ${ssl.key(name)} exclude each other: keep one of them`);
    return NONE;
  }
  const bytes = ssl.content(name);
  if (bytes === null) return NONE;
  if (isPemStore(ssl.values.keystoreType, bytes)) {
    ssl.idle(['keystorePassword'], `a PEM key's password is ${ssl.key('keyPassword')}`);
    return readPem(ssl, { name, bytes }, { name, bytes });
  }
  const passwords = [ssl.text('keystorePassword'), ssl.text('keyPassword')] as const;
  const material = ssl.attempt(name, () => readKeyMaterial(bytes, ...passwords));
  return material === null ? NONE : checked(ssl, name, material, null);
}

function readPair(ssl: SslSection, chain: TlsKeyName, key: TlsKeyName): Identity {
  const [chainBytes, keyBytes] = [ssl.content(chain), ssl.content(key)];
  if (chainBytes === null || keyBytes === null) return NONE;
  return readPem(ssl, { name: chain, bytes: chainBytes }, { name: key, bytes: keyBytes });
}

interface Source {
  readonly name: TlsKeyName;
  readonly bytes: Buffer;
}

function readPem(ssl: SslSection, chain: Source, key: Source): Identity {
  const { keyPassword } = ssl.values;
  const certificates = ssl.attempt(chain.name, () => readCertificates(pemText(chain.bytes)));
  const privateKey = ssl.attempt(key.name, () => readPrivateKey(pemText(key.bytes), ssl.text('keyPassword')));
  if (privateKey?.encrypted === false) ssl.idle(['keyPassword'], 'the private key is not encrypted');
  if (certificates === null || privateKey === null) return NONE;
  const material = ssl.attempt(key.name, () => toKeyMaterial(privateKey.key, certificates));
  if (material === null) return NONE;
  return checked(
    ssl,
    chain.name,
    { chainPem: material.chainPem, keyPem: privateKey.pem },
    privateKey.encrypted ? keyPassword : null,
  );
}

/** Whether the key is strong enough, for example, is OpenSSL's to say. */
function checked(
  ssl: SslSection,
  name: TlsKeyName,
  { chainPem, keyPem }: KeyMaterial,
  keyPassword: Secret | null,
): Identity {
  ssl.remarkOnValidity(name, chainPem, true);
  try {
    createSecureContext({
      cert: chainPem,
      key: keyPem,
      ...(keyPassword !== null && { passphrase: keyPassword.reveal() }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    const subject = name.endsWith('Location') ? 'names a certificate' : 'is a certificate';
    ssl.fault('invalid', name, `${subject} that OpenSSL refuses: ${reason}`);
  }
  return { certificate: chainPem, key: new Secret(keyPem), keyPassword };
}
