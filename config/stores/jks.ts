import { createHash } from 'node:crypto';

/** A key store's private key and its certificates, DER each. */
export interface KeyEntry {
  /** PKCS #8. */
  readonly key: Buffer;
  /** Its own certificate and those of its authorities, in any order. */
  readonly chain: readonly Buffer[];
}

export interface StoreContent {
  readonly keys: readonly KeyEntry[];
  readonly trusted: readonly Buffer[];
}

/** The store can't be read; completes "the store …". */
export class KeyStoreError extends Error {}

/** What reading a store, a key or certificates threw, as a KeyStoreError has it: OpenSSL's own errors are not for users. */
export function refusalOf(error: unknown): string {
  return error instanceof KeyStoreError ? error.message : 'holds what OpenSSL refuses';
}

const MAGIC = 0xfeedfeed;
const KEY_ENTRY = 1;
const TRUSTED_ENTRY = 2;
const DIGEST = 20;
/** What Java mixes into the digest of a store. */
const WHITENER = Buffer.from('Mighty Aphrodite', 'utf8');

export function isJks(bytes: Buffer): boolean {
  return bytes.length > 12 && bytes.readUInt32BE(0) === MAGIC;
}

/**
 * Reads Java's own store format (sun.security.provider.JavaKeyStore), versions 1 and 2.
 *
 * @param password of the store; null: its integrity is not checked, and it may hold no key
 * @param keyPassword of its keys
 * @throws KeyStoreError
 */
export function readJks(bytes: Buffer, password: string | null, keyPassword: string | null): StoreContent {
  const body = bytes.subarray(0, -DIGEST);
  if (password !== null) {
    const digest = createHash('sha1').update(utf16(password)).update(WHITENER).update(body).digest();
    if (!digest.equals(bytes.subarray(-DIGEST))) throw new KeyStoreError('has another password, or is damaged');
  }
  try {
    return readEntries(new Cursor(body), keyPassword);
  } catch (error) {
    throw error instanceof RangeError ? new KeyStoreError('is damaged: it ends too early') : error;
  }
}

function readEntries(cursor: Cursor, keyPassword: string | null): StoreContent {
  cursor.number(4);
  const version = cursor.number(4);
  if (version !== 1 && version !== 2) throw new KeyStoreError(`is of version ${version}, known are 1 and 2`);
  const keys: KeyEntry[] = [];
  const trusted: Buffer[] = [];
  const certificate = (): Buffer => {
    if (version === 2) cursor.bytes(cursor.number(2));
    return cursor.bytes(cursor.number(4));
  };
  for (let entries = cursor.number(4); entries > 0; entries--) {
    const tag = cursor.number(4);
    cursor.bytes(cursor.number(2));
    cursor.bytes(8);
    if (tag === TRUSTED_ENTRY) trusted.push(certificate());
    else if (tag === KEY_ENTRY) {
      const encrypted = cursor.bytes(cursor.number(4));
      const chain: Buffer[] = [];
      for (let certificates = cursor.number(4); certificates > 0; certificates--) chain.push(certificate());
      if (keyPassword === null) throw new KeyStoreError('holds a private key: its password is missing');
      keys.push({ key: decrypt(encrypted, keyPassword), chain });
    } else throw new KeyStoreError(`is damaged: it holds an entry of kind ${tag}`);
  }
  return { keys, trusted };
}

/** Throws a RangeError past the end. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(size: 2 | 4): number {
    return this.bytes(size).readUIntBE(0, size);
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Sun's key protector: the key is XORed with a chain of SHA-1 digests of the password; a digest of it stands behind. */
function decrypt(encryptedInfo: Buffer, password: string): Buffer {
  const secret = utf16(password);
  const protectedKey = octetString(encryptedInfo);
  if (protectedKey.length < 2 * DIGEST) throw new RangeError();
  const plain = Buffer.from(protectedKey.subarray(DIGEST, -DIGEST));
  let block = protectedKey.subarray(0, DIGEST);
  for (let at = 0; at < plain.length; at++) {
    if (at % DIGEST === 0) block = createHash('sha1').update(secret).update(block).digest();
    plain[at]! ^= block[at % DIGEST]!;
  }
  const digest = createHash('sha1').update(secret).update(plain).digest();
  if (!digest.equals(protectedKey.subarray(-DIGEST))) throw new KeyStoreError('holds a key with another password');
  return plain;
}

/** The second member of a DER sequence: `EncryptedPrivateKeyInfo` is an algorithm and an octet string. */
function octetString(der: Buffer): Buffer {
  const outer = new Cursor(element(new Cursor(der)));
  element(outer);
  return element(outer);
}

function element(cursor: Cursor): Buffer {
  cursor.bytes(1);
  const first = cursor.bytes(1)[0]!;
  const size = first & 0x7f;
  const length = first < 0x80 ? first : cursor.bytes(size).readUIntBE(0, size);
  return cursor.bytes(length);
}

/** Java's characters: two bytes each, the high one first. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
