import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import type { TlsConfig } from '../../../config/types.ts';

const contexts = new WeakMap<TlsConfig, SecureContext | undefined>();

/**
 * One for all connections: to read some hundred authorities takes as long as a handshake. Undefined: Node's own will do.
 * @throws Error of OpenSSL
 */
export function secureContextOf(tls: TlsConfig): SecureContext | undefined {
  if (!contexts.has(tls)) contexts.set(tls, create(tls));
  return contexts.get(tls);
}

function create(tls: TlsConfig): SecureContext | undefined {
  const { ca, certificate, key, keyPassword } = tls;
  if (ca === null && certificate === null) return undefined;
  return createSecureContext({
    ...versionsOf(tls),
    ...(ca !== null && { ca }),
    ...(certificate !== null && { cert: certificate }),
    ...(key !== null && { key: key.reveal() }),
    ...(keyPassword !== null && { passphrase: keyPassword.reveal() }),
  });
}

/**
 * What a connection asks of the other side, whatever Node's own options and variables say.
 * @throws Error of OpenSSL
 */
export function securityOf(tls: TlsConfig): ConnectionOptions {
  const secureContext = secureContextOf(tls);
  return {
    rejectUnauthorized: tls.verification !== 'none',
    ...versionsOf(tls),
    ...(tls.verification === 'certificate' && { checkServerIdentity: () => undefined }),
    ...(secureContext !== undefined && { secureContext }),
  };
}

function versionsOf({ minVersion, maxVersion }: TlsConfig) {
  return { minVersion, maxVersion: maxVersion ?? 'TLSv1.3' } as const;
}
