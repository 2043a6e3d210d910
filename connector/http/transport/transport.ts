import { type Client, Pool } from 'undici';
import type { TlsConfig } from '../../../config/types.ts';
import type { HttpTransport } from '../../ports.ts';
import { Connection, createConnect, type ExchangeOptions, type Manners } from './connection.ts';
import { diagnose } from './diagnose.ts';
import { Exchange } from './exchange.ts';

export interface TransportOptions {
  readonly tls: TlsConfig;
  readonly connectTimeoutMs: number;
  /** Sockets for each origin. */
  readonly maxInFlight: number;
}

/** Below the usual 5 s of servers, so that a request seldom meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 4_000;
/** What passes a `Wire` has its own limit, below this one. */
const HEADERS_MAX_BYTES = 131_072;

/**
 * HTTP/1.1 over undici: a pool of connections for each origin, one request at a time on each. Nothing here retries,
 * redirects, decompresses or waits by itself; the caller's signal is the deadline, and undici's own timeouts are off
 * because they are suspended while its parser is (undici #5393).
 */
export function createHttpTransport(options: TransportOptions): HttpTransport {
  const pools = new Map<string, Pool>();
  const connect = createConnect(options.tls, options.connectTimeoutMs);
  let closed = false;

  function poolOf(url: URL): Pool {
    const known = pools.get(url.origin);
    if (known !== undefined) return known;
    const manners: Manners = { quiet: false };
    const pool = new Pool(url.origin, {
      connections: options.maxInFlight,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEADERS_MAX_BYTES,
      factory: (origin, clientOptions) => new Connection(origin, clientOptions as Client.Options, connect, manners),
    });
    pools.set(url.origin, pool);
    return pool;
  }

  return {
    send({ method, url, headers, body }, { signal, maxResponseBytes }) {
      return new Promise((resolve, reject) => {
        if (closed || signal.aborted) return reject(diagnose('ABORTED', url, false));
        const anonymous = url.protocol === 'https:' && options.tls.certificate === null;
        const exchange = new Exchange({ url, maxBytes: maxResponseBytes, anonymous, signal, resolve, reject });
        const target: ExchangeOptions = { method, path: url.pathname + url.search, headers, body, exchange };
        try {
          poolOf(url).dispatch(target, exchange);
        } catch (error) {
          exchange.fail(error);
        }
      });
    },
    async close() {
      closed = true;
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map(pool => pool.destroy()));
    },
  };
}
