import { constants } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ListenerConfig, ServerTlsConfig } from '../../config/types.ts';
import { TailraceError } from '../../connector/errors.ts';
import type { Clock } from '../../connector/ports.ts';
import { bytesOf, failure, headersOf, rawAnswer } from './answer.ts';
import { Connections } from './connections.ts';
import { hostOf, isLoopbackAddress } from './host.ts';

export interface Listener {
  /** Where it can be reached, with the port that the system gave. */
  readonly url: string;
  close(): Promise<void>;
}

/** The listener's address can't be had; the message says which and why. */
export class ListenerError extends TailraceError {
  override readonly name = 'ListenerError';

  constructor(at: Pick<ListenerConfig, 'host' | 'port'>, cause: NodeJS.ErrnoException) {
    const why = WHY[cause.code ?? ''] ?? cause.message;
    super(`Can not listen on ${at.host}:${at.port}: ${why}`, 'LISTENER_UNAVAILABLE', true, cause);
  }
}

/** Milliseconds and bytes. Each is set here, since Node's defaults follow NODE_OPTIONS. */
export const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16 * 1024,
  insecureHTTPParser: false,
  /** Checked with the rest of the request (`refusalOf`), so that its answer is like the others. */
  requireHostHeader: false,
};

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken; stop what uses it, or set another port in "listeners" (0 takes any free one)',
  EACCES: 'the port needs more rights; set one above 1023 in "listeners"',
  EADDRNOTAVAIL: 'this machine has no such address; correct the host in "listeners"',
  ENOTFOUND: 'the host name does not resolve; correct the host in "listeners"',
};

/** What is answered where no request was understood; all else is 400. */
const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What answers the requests of a listener. */
export interface Application {
  /**
   * Gives one answer, also where it throws or the peer is gone.
   *
   * @param allow sets how long it may take from now on, milliseconds, where it takes longer than usual
   */
  serve(request: IncomingMessage, response: ServerResponse, allow: (ms: number) => void): void;
}

/** Where a listener listens, once it does. */
export interface Bound {
  readonly host: string;
  readonly port: number;
  /** How it is called beside the names of loopback; null where other machines reach it. */
  readonly ownName: string | null;
}

/**
 * Serves an application over HTTP: one request of a connection at a time, every answer bounded in time, and whatever a peer sends or
 * leaves unsent costs no more than its connection.
 *
 * @param create makes the application of this listener; nothing is asked of it before it is there
 * @param limits what a request may take to come, and a connection to be idle
 * @param tls null: without
 * @throws ListenerError when the address can't be had
 */
export async function listen(
  at: Pick<ListenerConfig, 'host' | 'port'>,
  create: (bound: Bound) => Promise<Application>,
  clock: Clock,
  limits: typeof LIMITS = LIMITS,
  tls: ServerTlsConfig | null = null,
): Promise<Listener> {
  const server = created(at, tls, limits);
  const connections = new Connections(clock);
  let answerTo: (application: Application) => void;
  const application = new Promise<Application>(resolve => {
    answerTo = resolve;
  });

  /** The requests of a connection one by one; whatever is thrown here costs the connection. */
  function take(request: IncomingMessage, response: ServerResponse, answer: Answering): void {
    const { socket } = request;
    if (connections.isBusy(socket)) return connections.refusePipelined(socket);
    connections.begin(socket, response);
    request.on('error', () => undefined);
    answer(request, response).catch(() => socket.destroy());
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { serve } = await application;
    serve(request, response, ms => connections.allow(response, ms));
  }

  server.on('connection', (socket: Socket) => connections.add(socket));
  server.on('secureConnection', (socket: Socket) => connections.secured(socket));
  server.on('request', (request, response) => take(request, response, handle));
  server.on('checkContinue', (request, response) => take(request, response, handle));
  server.on('checkExpectation', (request, response) =>
    take(request, response, async () => {
      const answer = failure(417);
      const body = bytesOf(answer.body);
      response.writeHead(answer.status, { ...headersOf(answer, body.byteLength), connection: 'close' });
      response.end(body);
    }),
  );
  server.on('connect', (_request, socket) => {
    connections.end(socket as Socket, rawAnswer(failure(405, undefined, { allow: 'GET, HEAD' })));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    connections.end(socket as Socket, rawAnswer(failure(STATUS_OF_ERROR[error.code ?? ''] ?? 400)));
  });
  await bound(server, at);
  const { address, port } = server.address() as AddressInfo;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  const ownName = isLoopbackAddress(address) ? (hostOf(host) ?? address) : null;
  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise(resolve => server.close(() => resolve()));
  }
  try {
    answerTo!(await create({ host: at.host, port, ownName }));
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `${tls === null ? 'http' : 'https'}://${host}:${port}`, close };
}

function created(
  at: Pick<ListenerConfig, 'host' | 'port'>,
  tls: ServerTlsConfig | null,
  limits: typeof LIMITS,
): Server | SecureServer {
  if (tls === null) return createServer(limits);
  try {
    return createSecureServer({ ...limits, ...optionsOf(tls) });
  } catch (error) {
    // OpenSSL says what of a certificate or a list of ciphers it does not take.
    throw new ListenerError(at, error as NodeJS.ErrnoException);
  }
}

/** TLS 1.2 at least, in the configuration's words; a client asks once for the connection that it has, and never again. */
function optionsOf({ certificate, key, ca, clientAuth, minVersion, maxVersion, ciphers }: ServerTlsConfig): object {
  return {
    cert: certificate,
    key: key.reveal(),
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'required',
    minVersion,
    maxVersion,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout: HANDSHAKE_MS,
    ...(ca === null ? {} : { ca }),
    ...(ciphers === null ? {} : { ciphers }),
  };
}

const HANDSHAKE_MS = 10_000;

function bound(server: Server | SecureServer, at: Pick<ListenerConfig, 'host' | 'port'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new ListenerError(at, error)));
    server.listen(at.port, at.host, () => {
      server.removeAllListeners('error');
      // Failures of single connections (too many open files) must not end the worker; the client sees a refusal.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

type Answering = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
