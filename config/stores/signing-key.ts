import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isJks, KeyStoreError } from './jks.ts';
import { readKeyMaterial } from './key-store.ts';
import { readPrivateKey } from './pem.ts';

/** A key to sign with, and what its file says of it. */
export interface SigningKey {
  readonly key: KeyObject;
  /** Null where the file names none. */
  readonly keyId: string | null;
  /** Whose it is: of the JSON file of a Google service account. */
  readonly owner: string | null;
}

/**
 * The one private key of a file in any of the forms that keys come in: PEM, PKCS #8 or PKCS #1 as DER, a JWK (RFC 7517) or a set
 * with one, a JKS or PKCS12 store, the JSON file of a Google service account. The bytes tell which.
 * @throws KeyStoreError
 */
export function readSigningKey(bytes: Buffer, password: string | null): SigningKey {
  const text = bytes.toString('latin1');
  if (/^(?:\xef\xbb\xbf)?\s*\{/.test(text)) return readJson(bytes.toString('utf8').replace(/^\uFEFF/, ''), password);
  if (text.includes('-----BEGIN ')) return ofKey(readPrivateKey(text, password).key);
  return ofKey((isJks(bytes) ? null : readDer(bytes, password)) ?? readStore(bytes, password));
}

/**
 * The same, written as text: what is text itself, or anything in base64, in a `data:` address or without.
 * @throws KeyStoreError
 */
export function readInlineKey(text: string, password: string | null): SigningKey {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return readJson(withEscapedLines(trimmed), password);
  if (trimmed.includes('-----BEGIN ')) return readSigningKey(Buffer.from(trimmed), password);
  const base64 = trimmed.replace(/^data:[^,]{0,100};base64,/, '').replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) throw new KeyStoreError('is neither PEM nor JSON nor base64');
  return readSigningKey(Buffer.from(base64, 'base64'), password);
}

/** A properties file makes the escaped line ends inside a JSON text real ones, which no string of JSON may hold. */
function withEscapedLines(json: string): string {
  return json.replace(/"(?:[^"\\]|\\[\s\S])*"/g, string => string.replace(/\r?\n/g, '\\n'));
}

function ofKey(key: KeyObject): SigningKey {
  return { key, keyId: null, owner: null };
}

function readStore(bytes: Buffer, password: string | null): KeyObject {
  return createPrivateKey(readKeyMaterial(bytes, password, null).keyPem);
}

/** Null when it is none: a PKCS12 store begins alike. */
function readDer(bytes: Buffer, password: string | null): KeyObject | null {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key: bytes, format: 'der', type, ...(password !== null && { passphrase: password }) });
    } catch {
      // Another form.
    }
  }
  return null;
}

function readJson(text: string, password: string | null): SigningKey {
  const value = parse(text);
  if (typeof value['private_key'] === 'string') {
    const { key } = readPrivateKey(value['private_key'], password);
    return { key, keyId: textOf(value['private_key_id']), owner: textOf(value['client_email']) };
  }
  const { keys } = value;
  if (Array.isArray(keys) && keys.length !== 1) {
    throw new KeyStoreError(`holds a set of ${keys.length} JWKs: keep the one to use`);
  }
  const jwk = (Array.isArray(keys) ? keys[0] : value) as Readonly<Record<string, unknown>>;
  if (typeof jwk !== 'object' || jwk === null || typeof jwk['kty'] !== 'string') {
    throw new KeyStoreError('holds JSON that is neither a JWK nor the key of a service account');
  }
  if (typeof jwk['d'] !== 'string') throw new KeyStoreError('holds a JWK without its private part');
  try {
    return { key: createPrivateKey({ key: jwk, format: 'jwk' }), keyId: textOf(jwk['kid']), owner: null };
  } catch {
    throw new KeyStoreError('holds a JWK that can not be read');
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw new KeyStoreError('begins as JSON does, and is none');
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
