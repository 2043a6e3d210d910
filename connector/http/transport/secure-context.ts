import { createSecureContext, type SecureContext } from 'node:tls';
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

function create({ ca, certificate, key, keyPassword }: TlsConfig): SecureContext | undefined {
  if (ca === null && certificate === null) return undefined;
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca !== null && { ca }),
    ...(certificate !== null && { cert: certificate }),
    ...(key !== null && { key: key.reveal() }),
    ...(keyPassword !== null && { passphrase: keyPassword.reveal() }),
  });
}
