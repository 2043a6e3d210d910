import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { TlsConfig } from '../../config/types.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from '../ports.ts';
import type { Signal } from '../scope.ts';
import { diagnose } from './diagnose.ts';

export interface TransportOptions {
  readonly tls: TlsConfig;
  readonly connectTimeoutMs: number;
  /** Sockets for each origin. */
  readonly maxInFlight: number;
}

/** Below the usual 5 s of servers, so that a request seldom meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 4_000;
/** Interim (1xx) answers that one request may get. */
const INTERIM_MAX = 16;

/** One origin's connections. */
interface Origin {
  readonly pool: Pool;
  readonly sockets: ReadonlySet<Socket>;
}

/**
 * HTTP/1.1 over undici: a pool of connections for each origin, one request at a time on each. Nothing here retries,
 * redirects, decompresses or waits by itself; the caller's signal is the deadline, and undici's own timeouts are off
 * because they are suspended while its parser is (undici #5393).
 */
export function createHttpTransport(options: TransportOptions): HttpTransport {
  const origins = new Map<string, Origin>();
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    allowH2: false,
    ...tlsOptions(options.tls),
  });
  let closed = false;

  function originOf(url: URL): Origin {
    const known = origins.get(url.origin);
    if (known !== undefined) return known;
    const sockets = new Set<Socket>();
    const pool = new Pool(url.origin, {
      connections: options.maxInFlight,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (target, done) =>
        connect(target, (...result) => {
          const [error, socket] = result;
          if (error === null) note(sockets, socket);
          done(...result);
        }),
    });
    const origin = { pool, sockets };
    origins.set(url.origin, origin);
    return origin;
  }

  return {
    send(request, { signal, maxResponseBytes }) {
      return new Promise((resolve, reject) => {
        if (closed || signal.aborted) return reject(diagnose('ABORTED', request.url, false));
        const { pool, sockets } = originOf(request.url);
        const exchange = new Exchange(request.url, sockets, maxResponseBytes, signal, resolve, reject);
        signal.addEventListener('abort', exchange.abort);
        try {
          pool.dispatch(dispatchOptions(request), exchange);
        } catch (error) {
          exchange.fail(error);
        }
      });
    },
    async close() {
      closed = true;
      const open = [...origins.values()];
      origins.clear();
      await Promise.all(open.map(({ pool }) => pool.destroy()));
    },
  };
}

function note(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function dispatchOptions({ method, url, headers, body }: HttpRequest): Dispatcher.DispatchOptions {
  return { method, path: url.pathname + url.search, headers, body };
}

function tlsOptions({ ca, certificate, key, keyPassword }: TlsConfig) {
  return {
    ...(ca !== null && { ca }),
    ...(certificate !== null && { cert: certificate }),
    ...(key !== null && { key: key.reveal() }),
    ...(keyPassword !== null && { passphrase: keyPassword.reveal() }),
  };
}

/** One request and its answer; settles exactly once, whatever comes afterwards. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #url: URL;
  readonly #sockets: ReadonlySet<Socket>;
  readonly #maxBytes: number;
  readonly #signal: Signal;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #interim = 0;
  #status = 0;
  #headers: HttpResponse['headers'] = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    url: URL,
    sockets: ReadonlySet<Socket>,
    maxBytes: number,
    signal: Signal,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#url = url;
    this.#sockets = sockets;
    this.#maxBytes = maxBytes;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** undici calls this right before it writes; from here on the endpoint may have got something. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up while waiting for a connection'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 100 && status < 200 && ++this.#interim > INTERIM_MAX) this.fail('TOO_MANY_INTERIM_ANSWERS');
    this.#status = status;
    this.#headers = headers as HttpResponse['headers'];
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.fail('RESPONSE_TOO_LARGE');
    if (this.#settled) return;
    // The chunk is a view on undici's read buffer, which nobody else writes to once it was handed out.
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settle();
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#bytes);
    this.#resolve({ status: this.#status, headers: this.#headers, body, bodySent: this.#nothingUnsent() });
  }

  /**
   * An endpoint may answer before it has read the request, whose last bytes then still wait for the kernel. undici does not
   * tell which connection a request has, so it is asked of all of them: with any doubt the answer is no.
   */
  #nothingUnsent(): boolean {
    for (const socket of this.#sockets) if (socket.writableLength > 0) return false;
    return true;
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  readonly abort = (): void => this.fail('ABORTED');

  fail(cause: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#chunks = [];
    const error = diagnose(cause, this.#url, this.#controller !== null);
    this.#reject(error);
    this.#controller?.abort(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#signal.removeEventListener('abort', this.abort);
  }
}
