import { createSecureContext } from 'node:tls';
import { Secret } from '../secret.ts';
import { type Files, unreadable } from '../source/files.ts';
import { KeyStoreError, refusalOf } from '../stores/jks.ts';
import { type KeyMaterial, readKeyMaterial, readTrustStore, toKeyMaterial } from '../stores/key-store.ts';
import { isStandardPem, readCertificates, readPrivateKey, renderCertificates } from '../stores/pem.ts';
import { remarkOnValidity } from '../stores/validity.ts';
import type { ClientMapping } from './mapping.ts';

/*
 * Certificates and keys are read when the configuration is, and handed to the client as PEM in memory: OpenSSL reads no Java
 * store and no PEM without line ends, and what it refuses would be told as a failed connection only.
 */

/** Of keys for the same thing the one that counts: the highest layer's. Two of one layer contradict each other. */
function chosen(mapping: ClientMapping, ...keys: readonly string[]): string | null {
  const written = keys.filter(key => mapping.text(key) !== null);
  const rank = Math.max(...written.map(key => mapping.settings.get(key)!.rank));
  const [first, second] = written.filter(key => mapping.settings.get(key)!.rank === rank);
  if (second !== undefined) {
    const { key } = mapping.settings.get(first!)!.origin;
    mapping.fault('conflict', second, `and ${key} mean the same to the client: keep one of them`);
  }
  return first ?? null;
}

/** A store's type; JKS unless written, as in the Java clients. */
function isPem(mapping: ClientMapping, key: 'ssl.truststore.type' | 'ssl.keystore.type'): boolean {
  return mapping.text(key)?.toUpperCase() === 'PEM';
}

/** Runs `read`; what it finds wrong is a fault of the key. */
function attempt<T>(mapping: ClientMapping, key: string, read: () => T): T | null {
  const names = key.endsWith('.location') ? `names a ${key.includes('store') ? 'store' : 'file'} that ` : '';
  try {
    return read();
  } catch (error) {
    mapping.fault('invalid', key, `${names}${refusalOf(error)}`);
    return null;
  }
}

/** The content of the file that the key names, or else the key's own text. */
function content(mapping: ClientMapping, files: Files, key: string): Buffer | null {
  const text = mapping.text(key)!;
  if (!key.endsWith('.location')) return Buffer.from(text, 'utf8');
  try {
    return files.read(text);
  } catch (error) {
    mapping.fault('unreadable', key, `names a file that can't be read: ${unreadable(error)}`);
    return null;
  }
}

/** Latin-1 spares no byte, and PEM has none beyond ASCII. */
function textOf(bytes: Buffer): string {
  return bytes.toString('latin1');
}

export function mapAuthorities(mapping: ClientMapping, files: Files): void {
  const key = chosen(
    mapping,
    'ssl.truststore.location',
    'ssl.truststore.certificates',
    'ssl.ca.location',
    'ssl.ca.pem',
  );
  if (key === null || leftToClient(mapping, files, key)) return;
  const password = mapping.text('ssl.truststore.password');
  const isStore = key === 'ssl.truststore.location' && !isPem(mapping, 'ssl.truststore.type');
  if (!isStore) mapping.note('ignored', 'ssl.truststore.password', 'a PEM file has no password');
  const bytes = content(mapping, files, key);
  if (bytes === null) return;
  const pem = attempt(mapping, key, () =>
    isStore ? readTrustStore(bytes, password) : renderCertificates(readCertificates(textOf(bytes))),
  );
  if (pem !== null) setCertificates(mapping, 'ssl.ca.pem', pem, key);
}

/** A directory of hashed names, or librdkafka's own search for the system's authorities. */
function leftToClient(mapping: ClientMapping, files: Files, key: string): boolean {
  const text = mapping.text(key)!;
  const left = /^(?:ssl|https)\.ca\.location$/.test(key) && (text === 'probe' || isDirectory(files, text));
  if (left) mapping.set('global', key, text, key);
  return left;
}

function isDirectory(files: Files, path: string): boolean {
  try {
    return files.isDirectory(path);
  } catch {
    return false;
  }
}

function setCertificates(mapping: ClientMapping, target: string, pem: string, key: string): void {
  mapping.set('global', target, pem, key);
  const remark = remarkOnValidity(pem, target === 'ssl.certificate.pem');
  if (remark !== null) mapping.note('remark', key, remark);
}

/** The authorities of the token endpoint. libcurl before 7.77 takes them by a file's name only. */
export function mapTokenAuthorities(mapping: ClientMapping, files: Files): void {
  const key = chosen(mapping, 'https.ca.location', 'https.ca.pem');
  if (key === null || leftToClient(mapping, files, key)) return;
  const bytes = content(mapping, files, key);
  if (bytes === null) return;
  const text = textOf(bytes);
  const pem = attempt(mapping, key, () => renderCertificates(readCertificates(text)));
  if (pem === null) return;
  if (key === 'https.ca.location' && isStandardPem(text)) mapping.set('global', key, mapping.text(key)!, key);
  else setCertificates(mapping, 'https.ca.pem', pem, key);
}

export function mapRevocations(mapping: ClientMapping, files: Files): void {
  const key = 'ssl.crl.location';
  if (mapping.text(key) === null) return;
  const crl = content(mapping, files, key);
  if (crl === null) return;
  const refused = () => {
    throw new KeyStoreError('holds no PEM revocation list (-----BEGIN X509 CRL-----)');
  };
  const read = attempt(mapping, key, () => (isRevocationList(crl) ? crl : refused()));
  if (read !== null) mapping.set('global', key, mapping.text(key)!, key);
}

function isRevocationList(crl: Buffer): boolean {
  try {
    createSecureContext({ crl });
    return true;
  } catch {
    return false;
  }
}

export function mapClientCertificate(mapping: ClientMapping, files: Files): void {
  const chainKey = chosen(
    mapping,
    'ssl.keystore.location',
    'ssl.keystore.certificate.chain',
    'ssl.certificate.location',
    'ssl.certificate.pem',
  );
  const keyKey = chosen(mapping, 'ssl.keystore.key', 'ssl.key.location', 'ssl.key.pem');
  if (chainKey === null && keyKey === null) return;
  if (chainKey === null)
    return mapping.fault('missing', keyKey!, 'needs its certificate: ssl.keystore.certificate.chain');
  const material =
    chainKey === 'ssl.keystore.location'
      ? readStore(mapping, files, keyKey)
      : readPair(mapping, files, chainKey, keyKey);
  if (material === null) return;
  mapping.set('global', 'ssl.key.pem', new Secret(material.keyPem), keyKey ?? chainKey);
  setCertificates(mapping, 'ssl.certificate.pem', material.chainPem, chainKey);
}

/** @param keyKey another key that gives a private key: a store brings its own */
function readStore(mapping: ClientMapping, files: Files, keyKey: string | null): KeyMaterial | null {
  const key = 'ssl.keystore.location';
  if (keyKey !== null) {
    mapping.fault(
      'conflict',
      keyKey,
      `and ${mapping.settings.get(key)!.origin.key} exclude each other: keep one of them`,
    );
    return null;
  }
  if (isPem(mapping, 'ssl.keystore.type')) return readPair(mapping, files, key, key);
  const bytes = content(mapping, files, key);
  if (bytes === null) return null;
  const [password, keyPassword] = [mapping.text('ssl.keystore.password'), mapping.text('ssl.key.password')];
  return attempt(mapping, key, () => readKeyMaterial(bytes, password, keyPassword));
}

function readPair(mapping: ClientMapping, files: Files, chainKey: string, keyKey: string | null): KeyMaterial | null {
  if (keyKey === null) {
    mapping.fault('missing', chainKey, 'needs its private key: ssl.keystore.key');
    return null;
  }
  mapping.note('ignored', 'ssl.keystore.password', "a PEM key's password is ssl.key.password");
  const [chain, key] = [chainKey, keyKey].map(name => content(mapping, files, name));
  if (!chain || !key) return null;
  const password = mapping.text('ssl.key.password');
  const [chainText, keyText] = [textOf(chain), textOf(key)];
  const certificates = attempt(mapping, chainKey, () => readCertificates(chainText));
  const privateKey = attempt(mapping, keyKey, () => readPrivateKey(keyText, password));
  if (certificates === null || privateKey === null) return null;
  if (!privateKey.encrypted) mapping.note('ignored', 'ssl.key.password', 'the private key is not encrypted');
  return attempt(mapping, keyKey, () => toKeyMaterial(privateKey.key, certificates));
}
