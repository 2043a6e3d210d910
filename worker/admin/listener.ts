import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import type { ListenerConfig } from '../../config/types.ts';
import { TailraceError } from '../../connector/errors.ts';

/** What a route answers. A string body is sent as it is, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: unknown;
}

/** GET routes by exact path. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

export interface Listener {
  /** Where it can be reached, with the port that the system gave. */
  readonly url: string;
  close(): Promise<void>;
}

/** The listener's address can't be had; the message says which and why. */
export class ListenerError extends TailraceError {
  override readonly name = 'ListenerError';

  constructor(at: ListenerConfig, cause: NodeJS.ErrnoException) {
    const why = WHY[cause.code ?? ''] ?? cause.message;
    super(`Can not listen on ${at.host}:${at.port}: ${why}`, 'LISTENER_UNAVAILABLE', true, cause);
  }
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 5_000;
const MAX_CONNECTIONS = 100;
const MAX_BODY_BYTES = 64 * 1024;

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken; stop what uses it, or set another port in "listeners" (0 takes any free one)',
  EACCES: 'the port needs more rights; set one above 1023 in "listeners"',
  EADDRNOTAVAIL: 'this machine has no such address; correct the host in "listeners"',
  ENOTFOUND: 'the host name does not resolve; correct the host in "listeners"',
};

/** Serves the routes over HTTP. @throws ListenerError when the address can't be had */
export async function listen(at: ListenerConfig, routes: Routes): Promise<Listener> {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => void handle(request, response, at, routes));
  await bound(server, at);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    close() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

function bound(server: Server, at: ListenerConfig): Promise<void> {
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

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  at: ListenerConfig,
  routes: Routes,
): Promise<void> {
  refuseLargeBody(request, response);
  if (isLoopback(at.host) && !isOwnName(request.headers.host, at.host)) {
    reply(request, response, failure(403, 'The Host header names another machine'));
    return;
  }
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) {
    reply(request, response, failure(404, 'HTTP 404 Not Found'));
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    reply(request, response, failure(405, 'HTTP 405 Method Not Allowed'));
  } else {
    try {
      reply(request, response, await route());
    } catch {
      reply(request, response, failure(500, 'HTTP 500 Internal Server Error'));
    }
  }
}

/** Kafka Connect's error body. */
function failure(status: number, message: string): Answer {
  return { status, body: { error_code: status, message } };
}

function reply(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** No route takes a body: a small one is read away, a large one costs the connection. */
function refuseLargeBody(request: IncomingMessage, response: ServerResponse): void {
  let received = 0;
  request.on('error', () => undefined);
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
    response.setHeader('connection', 'close');
    response.on('finish', () => request.destroy());
    reply(request, response, failure(413, 'HTTP 413 Request Entity Too Large'));
    return;
  }
  request.on('data', (chunk: Buffer) => {
    received += chunk.byteLength;
    // The answer is on its way already: routes don't wait for bodies.
    if (received > MAX_BODY_BYTES) request.destroy();
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** A page of another site could have its name resolve to 127.0.0.1 (DNS rebinding); its requests carry that name. */
function isOwnName(header: string | undefined, host: string): boolean {
  if (header === undefined) return false;
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return name === host || isLoopback(name);
}
