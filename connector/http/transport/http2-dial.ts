import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../../config/types.ts';
import type { Signal } from '../../scope.ts';

export type Dial = (signal: Signal) => Promise<Socket | TLSSocket>;

export function createDial(origin: URL, tls: TlsConfig): Dial {
  let context: SecureContext | undefined;
  return signal =>
    new Promise((resolve, reject) => {
      const host = origin.hostname.replace(/^\[|\]$/g, '');
      const secure = origin.protocol === 'https:';
      const port = Number(origin.port || (secure ? 443 : 80));
      context ??= contextOf(tls);
      const socket = secure
        ? connectTls({
            host,
            port,
            servername: isIP(host) === 0 ? host : '',
            ALPNProtocols: ['h2'],
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
            ...(context !== undefined && { secureContext: context }),
          })
        : connect({ host, port });
      socket.setNoDelay(true);
      signal.addEventListener('abort', () => socket.destroy());
      socket.once(secure ? 'secureConnect' : 'connect', () => resolve(socket));
      socket.once('close', () => reject(Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' })));
      socket.on('error', reject);
    });
}

function contextOf({ ca, certificate, key, keyPassword }: TlsConfig): SecureContext | undefined {
  if (ca === null && certificate === null) return undefined;
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca !== null && { ca }),
    ...(certificate !== null && { cert: certificate }),
    ...(key !== null && { key: key.reveal() }),
    ...(keyPassword !== null && { passphrase: keyPassword.reveal() }),
  });
}
