import type { HttpTransport } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { diagnose } from './diagnose.ts';
import { createDialer } from './dial.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { Http2Pool } from './http2-pool.ts';
import type { TransportOptions } from './transport.ts';
import { createWays, type Way } from './way.ts';

/** As for HTTP/1.1. */
const IDLE_MS = 4_000;

/**
 * HTTP/2 over Node's own `http2` (nghttp2): by ALPN for https, with prior knowledge for http (RFC 9113 §3), and never
 * anything else: an endpoint that does not speak it is told as that. Through a proxy it always goes by CONNECT. Nothing here
 * retries, but that a request which the endpoint says it has not taken, since it goes away (GOAWAY), goes to its next connection
 * once.
 */
export function createHttp2Transport(options: TransportOptions): HttpTransport {
  const { tls, connectTimeoutMs, maxInFlight, connection = null, lookup } = options;
  const pools = new Map<string, Http2Pool>();
  const wayTo = createWays(connection);
  const dial = createDialer({ tls, timeoutMs: connectTimeoutMs, ...(lookup !== undefined && { lookup }) });
  const sessionOptions = {
    connectTimeoutMs,
    idleMs: connection?.keepAliveIdleMs ?? IDLE_MS,
    maxAgeMs: connection?.maxAgeMs ?? 0,
  };
  let closed = false;

  function poolOf(url: URL, way: Way): Http2Pool {
    const known = pools.get(url.origin);
    if (known !== undefined) return known;
    const parts = {
      origin: new URL(url.origin),
      dial: (signal: Signal) => dial(url, way, { alpn: ['h2'], tunnel: true, signal }),
      options: sessionOptions,
      anonymous: tls.certificate === null,
    };
    const pool = new Http2Pool(parts, maxInFlight);
    pools.set(url.origin, pool);
    return pool;
  }

  return {
    send(request, { signal, maxResponseBytes }) {
      return new Promise((resolve, reject) => {
        const { url } = request;
        if (closed || signal.aborted) return reject(diagnose('ABORTED', url, false));
        const way = wayTo(url);
        const pool = poolOf(url, way);
        const proxy = way.kind === 'proxy' ? way.proxy : null;
        const settled = (exchange: Http2Exchange): void => pool.forget(exchange);
        try {
          pool.send(
            new Http2Exchange({ request, maxBytes: maxResponseBytes, proxy, signal, resolve, reject, settled }),
          );
        } catch (error) {
          reject(diagnose(error, url, false, proxy));
        }
      });
    },
    async close() {
      closed = true;
      await Promise.all([...pools.values()].map(pool => pool.close()));
    },
  };
}
