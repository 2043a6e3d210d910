import type { HttpConfig } from '../../../config/types.ts';
import type { HttpTransport } from '../../ports.ts';
import { createHttp2Transport } from './http2-transport.ts';
import { createHttpTransport, type TransportOptions } from './transport.ts';

/** What a sink sends by. */
export interface Transports {
  readonly transport: HttpTransport;
  /**
   * For token calls: where they show another certificate, and where records go over HTTP/2, since authorization servers are not
   * what that was chosen for. Null: the same.
   */
  readonly tokenTransport: HttpTransport | null;
}

export function createTransports({ version, auth }: HttpConfig, options: TransportOptions): Transports {
  const transport = version === '2' ? createHttp2Transport(options) : createHttpTransport(options);
  if (auth.type !== 'oauth2' || (version === '1.1' && auth.tls === null)) return { transport, tokenTransport: null };
  const tls = auth.tls ?? options.tls;
  return { transport, tokenTransport: createHttpTransport({ ...options, tls, maxInFlight: 1 }) };
}
