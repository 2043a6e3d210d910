import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { systemFiles } from '../../config/source/files.ts';
import type { Keys } from './written.ts';

export const at = mkdtempSync(join(tmpdir(), 'tailrace-auth-'));
after(() => rmSync(at, { recursive: true }));

export function file(name: string, content: string | Buffer): string {
  writeFileSync(join(at, name), content, { mode: 0o600 });
  return join(at, name);
}

export function keyPem(
  type: 'rsa' | 'ec' | 'ed25519' | 'dsa',
  options: object,
  passphrase: string | null = null,
): string {
  const privateKeyEncoding = {
    type: 'pkcs8',
    format: 'pem',
    ...(passphrase !== null && { cipher: 'aes-256-cbc', passphrase }),
  };
  const encodings = { ...options, privateKeyEncoding, publicKeyEncoding: { type: 'spki', format: 'pem' } };
  return String(generateKeyPairSync(type as 'rsa', encodings as unknown as { modulusLength: number }).privateKey);
}

export const RSA = keyPem('rsa', { modulusLength: 2048 });
export const RSA_FILE = file('rsa.pem', RSA);
export const EC_FILE = file('ec.pem', keyPem('ec', { namedCurve: 'P-384' }));

export const WITH_FILES = { files: systemFiles };
export const OAUTH2: Keys = {
  'http.auth.type': 'oauth2',
  'oauth2.token.url': 'https://login.example.org/token',
  'oauth2.client.id': 'id',
  'oauth2.client.secret': 'secret',
};
export const PRIVATE_KEY: Keys = {
  ...OAUTH2,
  'oauth2.client.secret': null,
  'oauth2.client.auth.mode': 'private_key_jwt',
  'oauth2.assertion.key.location': RSA_FILE,
};
export const CODE: Keys = { ...OAUTH2, 'oauth2.grant.type': 'authorization_code', 'oauth2.authorization.code': 'c0de' };
export const SIGV4: Keys = {
  'http.auth.type': 'sigv4',
  'http.auth.sigv4.region': 'eu-west-1',
  'http.auth.sigv4.service': 'execute-api',
};
export const WRITTEN_KEYS: Keys = { 'http.auth.sigv4.access.key.id': 'AK', 'http.auth.sigv4.secret.access.key': 's' };
