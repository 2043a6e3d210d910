import type { HttpConfig } from '../../../config/types.ts';
import type { HttpTransport } from '../../ports.ts';
import { createHttp2Transport } from './http2-transport.ts';
import { createHttpTransport, type TransportOptions } from './transport.ts';

/** What a sink sends by. With HTTP/2 its token calls have another one: authorization servers are not what was chosen for. */
export interface Transports {
  readonly transport: HttpTransport;
  /** Null: the same. */
  readonly tokenTransport: HttpTransport | null;
}

export function createTransports({ version, auth }: HttpConfig, options: TransportOptions): Transports {
  if (version === '1.1') return { transport: createHttpTransport(options), tokenTransport: null };
  const tokenTransport = auth.type === 'oauth2' ? createHttpTransport(options) : null;
  return { transport: createHttp2Transport(options), tokenTransport };
}
