import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ProxyConfig, TlsConfig } from '../../../config/types.ts';
import type { Signal } from '../../scope.ts';
import { ProxyError } from './proxy-error.ts';
import { securityOf } from './secure-context.ts';
import { openTunnel } from './tunnel.ts';
import { hostOf, portOf, type Way } from './way.ts';

export interface DialOptions {
  /** Protocols that TLS offers to the endpoint, the best first (RFC 7301). */
  readonly alpn: readonly string[];
  /**
   * Through a proxy: whether http targets, too, are reached by CONNECT. Else the connection ends at the proxy, which takes
   * requests in absolute form (RFC 9112 §3.2.2): many proxies let CONNECT reach port 443 only.
   */
  readonly tunnel: boolean;
  readonly signal: Signal;
}

/**
 * Opens the socket of one connection: TCP or a unix socket, through a proxy where the way has one, and TLS on top of it where
 * the URL is https. It is in paused mode, nothing of it was read; errors that nobody listens to are swallowed.
 *
 * @throws ProxyError when it was the proxy, else the error of the network or of TLS, all with a `code`; `CONNECT_TIMEOUT` and
 *   `ABORTED` among them. No socket is left behind.
 */
export type Dialer = (url: URL, way: Way, options: DialOptions) => Promise<Socket | TLSSocket>;

export interface DialerParts {
  /** Of the endpoint. */
  readonly tls: TlsConfig;
  /** For all steps together. */
  readonly timeoutMs: number;
  /** Resolves names; the system's by default. */
  readonly lookup?: LookupFunction;
}

/** As much as is read at once; @types/node does not know that a socket takes it. */
const READING: object = { highWaterMark: 65_536 };
/** TCP's own probes begin after so long without a byte. */
const PROBE_MS = 60_000;
/**
 * Of several addresses of a name each but the last is given so long, and a quarter of the whole at most. Node's 250 ms give up
 * servers that are only far away, and a SYN that was lost is sent again after a second.
 */
const ADDRESS_MS = 1_500;
const ADDRESS_LEAST_MS = 10;
const ADDRESS_SHARE = 0.25;

/** The last TLS session of each server, by origin, to be resumed. */
interface Sessions {
  readonly endpoints: Map<string, Buffer>;
  readonly proxies: Map<string, Buffer>;
}

export function createDialer(parts: DialerParts): Dialer {
  const sessions: Sessions = { endpoints: new Map(), proxies: new Map() };
  return async (url, way, { alpn, tunnel, signal }) => {
    const opening = new Opening(parts.timeoutMs, signal);
    try {
      const secured = url.protocol === 'https:';
      let socket = await reach(url, way, parts, opening, sessions);
      if (way.kind === 'proxy' && (secured || tunnel)) {
        const greets = secured ? 'client' : 'either';
        await ofProxy(way.proxy, opening.step(openTunnel(socket, url, way.proxy, greets)));
      }
      if (secured) socket = await opening.secure(socket, { url, tls: parts.tls, alpn, sessions: sessions.endpoints });
      return opening.done(socket);
    } catch (error) {
      opening.fail();
      throw error;
    }
  };
}

/** The first socket: to the endpoint, or to what stands before it. */
async function reach(url: URL, way: Way, parts: DialerParts, opening: Opening, sessions: Sessions): Promise<Socket> {
  if (way.kind === 'unix') return ofUnix(opening.connect(connect({ ...READING, path: way.path })));
  if (way.kind === 'direct') return opening.connect(connectTcp(url, parts));
  const { proxy } = way;
  const plain = await ofProxy(proxy, opening.connect(connectTcp(proxy.url, parts)));
  if (proxy.url.protocol !== 'https:') return plain;
  const secure = { url: proxy.url, tls: proxy.tls, alpn: ['http/1.1'], sessions: sessions.proxies };
  return ofProxy(proxy, opening.secure(plain, secure));
}

function connectTcp(url: URL, { timeoutMs, lookup }: DialerParts): Socket {
  const socket = connect({
    ...READING,
    host: hostOf(url),
    port: portOf(url),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(
      ADDRESS_LEAST_MS,
      Math.floor(Math.min(ADDRESS_MS, timeoutMs * ADDRESS_SHARE)),
    ),
    ...(lookup !== undefined && { lookup }),
  });
  return socket.setNoDelay(true).setKeepAlive(true, PROBE_MS);
}

/** A path that leads to no socket, or to one whose listener is gone, is refused like a port. */
async function ofUnix<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw codeOf(error) === 'ECONNREFUSED' ? failure('UNIX_SOCKET_REFUSED') : error;
  }
}

async function ofProxy<T>(proxy: ProxyConfig, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof ProxyError || codeOf(error) === 'ABORTED') throw error;
    throw new ProxyError(proxy, codeOf(error), { cause: error });
  }
}

function codeOf(error: unknown): string {
  const first = error instanceof AggregateError && !('code' in error) ? (error.errors[0] as unknown) : error;
  return String((first as NodeJS.ErrnoException | undefined)?.code ?? 'UNKNOWN');
}

interface Securing {
  readonly url: URL;
  readonly tls: TlsConfig;
  readonly alpn: readonly string[];
  readonly sessions: Map<string, Buffer>;
}

/** The sockets of one connection that is being opened, until it is open, fails, takes too long or is given up. */
class Opening {
  readonly #sockets: Socket[] = [];
  readonly #signal: Signal;
  readonly #timer: NodeJS.Timeout;
  #stopped: Error | null = null;
  #stop: (error: Error) => void = () => {};

  constructor(timeoutMs: number, signal: Signal) {
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#end(failure('CONNECT_TIMEOUT')), timeoutMs);
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
  }

  connect(socket: Socket): Promise<Socket> {
    return this.#ready(socket, 'connect');
  }

  async secure(plain: Socket, { url, tls, alpn, sessions }: Securing): Promise<TLSSocket> {
    const host = hostOf(url);
    const session = sessions.get(url.origin);
    const socket = connectTls({
      socket: plain,
      // Whose name the certificate must have; the server is told it too, unless it is an address (RFC 6066 §3).
      host,
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: [...alpn],
      ...securityOf(tls),
      ...(session !== undefined && { session }),
    });
    // Node keeps it back until the certificate was looked at.
    socket.on('session', (latest: Buffer) => sessions.set(url.origin, latest));
    await this.#ready(socket, 'secureConnect');
    return socket;
  }

  /** The result of a step, or what stops the opening before. */
  step<T>(result: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#stop = reject;
      if (this.#stopped !== null) reject(this.#stopped);
      result.then(resolve, reject);
    });
  }

  done<T extends Socket>(socket: T): T {
    this.#release();
    if (this.#stopped !== null) throw this.#stopped;
    return socket;
  }

  fail(): void {
    this.#release();
    for (const socket of this.#sockets) socket.destroy();
  }

  #ready<T extends Socket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> {
    this.#sockets.push(socket);
    const ready = new Promise<T>((resolve, reject) => {
      socket.once(event, () => resolve(socket));
      socket.once('close', () => reject(failure('ECONNRESET')));
      // For as long as it lives: who uses it listens for himself.
      socket.on('error', reject);
    });
    return this.step(ready);
  }

  readonly #abort = (): void => this.#end(failure('ABORTED'));

  #end(error: Error): void {
    this.#stopped ??= error;
    this.#stop(error);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
