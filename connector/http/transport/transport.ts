import type { LookupFunction } from 'node:net';
import { type Client, Pool } from 'undici';
import type { ConnectionConfig, TlsConfig } from '../../../config/types.ts';
import type { HttpRequest, HttpTransport } from '../../ports.ts';
import { Scope } from '../../scope.ts';
import { Connection, type ExchangeOptions, type Line } from './connection.ts';
import { diagnose } from './diagnose.ts';
import { createDialer } from './dial.ts';
import { Exchange } from './exchange.ts';
import { proxyAuthorization } from './tunnel.ts';
import { createWays, type Way } from './way.ts';

export interface TransportOptions {
  readonly tls: TlsConfig;
  readonly connectTimeoutMs: number;
  /** Sockets for each origin. */
  readonly maxInFlight: number;
  /** Straight to the endpoint by default. */
  readonly connection?: ConnectionConfig;
  /** Resolves names; the system's by default. */
  readonly lookup?: LookupFunction;
}

/** Below the usual 5 s of servers, so that a request seldom meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 4_000;
/** What passes a `Wire` has its own limit, below this one. */
const HEADERS_MAX_BYTES = 131_072;
const HTTP_1_1 = ['http/1.1'];

/** What is known of an origin, and its connections. */
interface Origin {
  readonly pool: Pool;
  readonly way: Way;
  /** Where a proxy passes requests on that are written to it: what they need beside. */
  readonly forwarding: Forwarding | null;
}

interface Forwarding {
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * HTTP/1.1 over undici: a pool of connections for each origin, one request at a time on each. Nothing here retries,
 * redirects, decompresses or waits by itself; the caller's signal is the deadline, and undici's own timeouts are off
 * because they are suspended while its parser is (undici #5393).
 */
export function createHttpTransport(options: TransportOptions): HttpTransport {
  const { connection = null, maxInFlight } = options;
  const origins = new Map<string, Origin>();
  const closing = new Scope();
  const wayTo = createWays(connection);
  const dial = createDialer({
    tls: options.tls,
    timeoutMs: options.connectTimeoutMs,
    ...(options.lookup !== undefined && { lookup: options.lookup }),
  });

  function originOf(url: URL): Origin {
    const known = origins.get(url.origin);
    if (known !== undefined) return known;
    const way = wayTo(url);
    const line: Line = {
      open: () => dial(url, way, { alpn: HTTP_1_1, tunnel: false, signal: closing }),
      manners: { quiet: false },
      maxAgeMs: connection?.maxAgeMs ?? 0,
    };
    const pool = new Pool(url.origin, {
      connections: maxInFlight,
      ...keeping(connection?.keepAliveIdleMs ?? null),
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEADERS_MAX_BYTES,
      factory: (origin, clientOptions) => new Connection(origin, clientOptions as Client.Options, line),
    });
    const origin = { pool, way, forwarding: forwardingOf(url, way) };
    origins.set(url.origin, origin);
    return origin;
  }

  return {
    send(request, { signal, maxResponseBytes }) {
      const { url } = request;
      return new Promise((resolve, reject) => {
        if (closing.aborted || signal.aborted) return reject(diagnose('ABORTED', url, false));
        const { pool, way, forwarding } = originOf(url);
        const anonymous = url.protocol === 'https:' && options.tls.certificate === null;
        const proxy = way.kind === 'proxy' ? way.proxy : null;
        const forwarded = forwarding !== null;
        const exchange = new Exchange({
          url,
          maxBytes: maxResponseBytes,
          anonymous,
          proxy,
          forwarded,
          signal,
          resolve,
          reject,
        });
        try {
          pool.dispatch(targetOf(request, forwarding, exchange), exchange);
        } catch (error) {
          exchange.fail(error);
        }
      });
    },
    async close() {
      closing.abort();
      const open = [...origins.values()];
      origins.clear();
      await Promise.all(open.map(({ pool }) => pool.destroy()));
    },
  };
}

/** What the endpoint says of its patience counts, up to a limit that the user has set. */
function keeping(
  idleMs: number | null,
): Pick<Client.Options, 'pipelining' | 'keepAliveTimeout' | 'keepAliveMaxTimeout'> {
  if (idleMs === null) return { pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS };
  if (idleMs === 0) return { pipelining: 0, keepAliveTimeout: KEEP_ALIVE_MS };
  return { pipelining: 1, keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs };
}

function forwardingOf(url: URL, way: Way): Forwarding | null {
  if (way.kind !== 'proxy' || url.protocol === 'https:') return null;
  const authorization = proxyAuthorization(way.proxy);
  return { headers: authorization === null ? {} : { 'proxy-authorization': authorization } };
}

/** A proxy is told the whole address (RFC 9112 §3.2.2). */
function targetOf(
  { method, url, headers, body }: HttpRequest,
  forwarding: Forwarding | null,
  exchange: Exchange,
): ExchangeOptions {
  const path = url.pathname + url.search;
  if (forwarding === null) return { method, path, headers, body, exchange };
  return { method, path: url.origin + path, headers: { ...headers, ...forwarding.headers }, body, exchange };
}
