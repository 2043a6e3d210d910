import type { Socket } from 'node:net';
import type { ProxyConfig } from '../../../config/types.ts';
import { AnswerError, endOfHead, HEAD_MAX_BYTES, readTunnelHead, startOfHead, type TunnelHead } from './answer-head.ts';
import { ProxyError } from './proxy-error.ts';
import { hostOf, portOf } from './way.ts';

/** Interim (1xx) answers that are passed over. */
const INTERIM_MAX = 16;
const SWITCHING_PROTOCOLS = 101;

/** The value of Proxy-Authorization (RFC 7617, as UTF-8); null without credentials. */
export function proxyAuthorization({ credentials }: ProxyConfig): string | null {
  if (credentials === null) return null;
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

/**
 * Asks a proxy for a tunnel to the URL's host (RFC 9110 §9.3.6). A success has no body, whatever its headers say.
 * @param greets who speaks first in the tunnel. Where that is the client, bytes behind the answer are the proxy's own: then it
 *   has not opened a tunnel at all.
 * @throws ProxyError, or the socket's own error
 */
export async function openTunnel(
  socket: Socket,
  url: URL,
  proxy: ProxyConfig,
  greets: 'client' | 'either',
): Promise<void> {
  socket.write(connectRequest(url, proxy));
  let bytes: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  for (let interim = 0; interim <= INTERIM_MAX; interim++) {
    const { head, rest } = await readAnswer(socket, bytes, proxy);
    bytes = rest;
    if (head.status < 200 && head.status !== SWITCHING_PROTOCOLS) continue;
    if (head.status < 200 || head.status > 299) throw refusal(head, proxy);
    if (bytes.length > 0 && greets === 'client') throw new ProxyError(proxy, 'PROXY_SPOKE_ON');
    if (bytes.length > 0) socket.unshift(bytes);
    return;
  }
  throw new ProxyError(proxy, 'PROXY_UNREADABLE', { detail: 'there is no end to its interim answers (1xx)' });
}

function connectRequest(url: URL, proxy: ProxyConfig): string {
  const host = hostOf(url);
  const target = `${host.includes(':') ? `[${host}]` : host}:${portOf(url)}`;
  const authorization = proxyAuthorization(proxy);
  const lines = [`CONNECT ${target} HTTP/1.1`, `host: ${target}`];
  if (authorization !== null) lines.push(`proxy-authorization: ${authorization}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

interface Answer {
  readonly head: TunnelHead;
  /** What came behind the head. */
  readonly rest: Buffer;
}

/** @param bytes what came already */
async function readAnswer(socket: Socket, bytes: Buffer, proxy: ProxyConfig): Promise<Answer> {
  try {
    for (let got = bytes, searched = 0; ; got = Buffer.concat([got, await nextBytes(socket, proxy)])) {
      const start = startOfHead(got);
      const end = endOfHead(got, Math.max(start, searched));
      if ((end === -1 ? got.length : end) > HEAD_MAX_BYTES) throw new AnswerError('its headers are larger than 64 KiB');
      if (end !== -1) return { head: readTunnelHead(got.subarray(start, end)), rest: got.subarray(end) };
      searched = Math.max(0, got.length - 2);
    }
  } catch (error) {
    if (error instanceof AnswerError) throw new ProxyError(proxy, 'PROXY_UNREADABLE', { detail: error.message });
    throw error;
  }
}

/** Leaves the socket as it was: paused, with nobody listening. */
async function nextBytes(socket: Socket, proxy: ProxyConfig): Promise<Buffer> {
  const ready = socket.read() as Buffer | null;
  if (ready !== null) return ready;
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      socket.off('readable', take).off('end', lose).off('close', lose).off('error', reject);
      act();
    };
    const take = (): void => {
      const bytes = socket.read() as Buffer | null;
      if (bytes !== null) finish(() => resolve(bytes));
    };
    const lose = (): void => finish(() => reject(new ProxyError(proxy, 'PROXY_CLOSED')));
    socket.on('readable', take).on('end', lose).on('close', lose).on('error', reject);
    if (socket.destroyed || socket.readableEnded) lose();
  });
}

/** The classes of statuses that mean the same as an endpoint's would. */
function refusal({ status, schemes }: TunnelHead, proxy: ProxyConfig): ProxyError {
  if (AUTHENTICATION.has(status)) {
    const unknown = schemes.length > 0 && !schemes.includes('Basic');
    return unknown
      ? new ProxyError(proxy, 'PROXY_SCHEME', { status, detail: schemes.join(', ') })
      : new ProxyError(proxy, 'PROXY_AUTHENTICATION', { status });
  }
  if (NO_TUNNEL.has(status) || status < 400) return new ProxyError(proxy, 'PROXY_NO_TUNNEL', { status });
  if (status >= 500 || PASSING.has(status)) return new ProxyError(proxy, 'PROXY_UNAVAILABLE', { status });
  return new ProxyError(proxy, 'PROXY_REFUSED', { status });
}

/** tinyproxy has 407 for who is nobody, and 401 for who is somebody else. */
const AUTHENTICATION = new Set([401, 407]);
/** What servers that are no proxies answer to CONNECT, redirects aside. */
const NO_TUNNEL = new Set([400, 404, 405, 501, 505]);
const PASSING = new Set([408, 425, 429, 499]);
