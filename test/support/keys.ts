import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/**
 * A fresh pair of keys: P-256, or RSA of 2048 bits.
 *
 * They are written as text and read again. In Node 20 the export of a key holds its lock while it allocates; when the
 * collector then finds the generation of that same key done with, it waits for that lock on the same thread, for ever.
 */
export function generateKeys(kind: 'ec' | 'rsa'): KeyPair {
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  const { privateKey: pem } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding })
      : generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding });
  return { publicKey: createPublicKey(pem), privateKey: createPrivateKey(pem) };
}
