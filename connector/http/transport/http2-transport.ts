import type { HttpTransport } from '../../ports.ts';
import { diagnose } from './diagnose.ts';
import { createDial } from './http2-dial.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { Http2Pool } from './http2-pool.ts';
import type { TransportOptions } from './transport.ts';

/** As for HTTP/1.1. */
const IDLE_MS = 4_000;

/**
 * HTTP/2 over Node's own `http2` (nghttp2): by ALPN for https, with prior knowledge for http (RFC 9113 §3), and never
 * anything else: an endpoint that does not speak it is told as that. Nothing here retries, but that a request which the endpoint
 * says it has not taken, since it goes away (GOAWAY), goes to its next connection once.
 */
export function createHttp2Transport(options: TransportOptions): HttpTransport {
  const { tls, connectTimeoutMs, maxInFlight } = options;
  const pools = new Map<string, Http2Pool>();
  let closed = false;

  function poolOf(url: URL): Http2Pool {
    const known = pools.get(url.origin);
    if (known !== undefined) return known;
    const parts = {
      origin: new URL(url.origin),
      dial: createDial(url, tls),
      options: { connectTimeoutMs, idleMs: IDLE_MS, maxAgeMs: 0 },
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
        const pool = poolOf(url);
        const settled = (exchange: Http2Exchange): void => pool.forget(exchange);
        try {
          pool.send(new Http2Exchange({ request, maxBytes: maxResponseBytes, signal, resolve, reject, settled }));
        } catch (error) {
          reject(diagnose(error, url, false));
        }
      });
    },
    async close() {
      closed = true;
      await Promise.all([...pools.values()].map(pool => pool.close()));
    },
  };
}
