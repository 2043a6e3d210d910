import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import type { AssertionConfig } from '../../../config/types.ts';
import { CredentialsError } from '../../errors.ts';

/** Signs a JWT for one token request. */
export type SignAssertion = () => Promise<string>;

/**
 * Assertions of RFC 7523 §3, each with an id of its own, since an authorization server may take one only once.
 * @param wall wall-clock epoch milliseconds
 */
export function createSigner(config: AssertionConfig, wall: () => number): SignAssertion {
  const { algorithm, header, issuer, subject, audience, lifetimeMs, claims } = config;
  let key: KeyObject | Uint8Array | null = null;
  const sign = async (): Promise<string> => {
    key ??= keyOf(config);
    // Only those who sign pay for it.
    const { SignJWT } = await import('jose');
    const more = claims === null ? {} : (JSON.parse(claims.reveal()) as Readonly<Record<string, unknown>>);
    const now = Math.floor(wall() / 1000);
    const exp = now + Math.ceil(lifetimeMs / 1000);
    const all = { iss: issuer, sub: subject, aud: audience, iat: now, exp, jti: randomUUID(), ...more };
    const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    return new SignJWT(payload).setProtectedHeader({ typ: 'JWT', ...header, alg: algorithm }).sign(key);
  };
  return () =>
    sign().catch((error: unknown) => {
      const reason = 'no token: the assertion can not be signed, check oauth2.assertion.*';
      throw new CredentialsError(reason, 'SIGNATURE_FAILED', false, null, error);
    });
}

function keyOf({ key, algorithm }: AssertionConfig): KeyObject | Uint8Array {
  return algorithm.startsWith('HS') ? Buffer.from(key.reveal()) : createPrivateKey(key.reveal());
}
