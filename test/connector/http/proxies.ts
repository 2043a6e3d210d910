import type { ConnectionConfig, ProxyConfig, TlsConfig } from '../../../config/types.ts';
import type { ProxyAct } from '../../support/forward-proxy.ts';

/** What a connection trusts that trusts this authority alone. */
export function trusting(ca: string | null): TlsConfig {
  return { ...NO_TLS, ca };
}

const NO_TLS: TlsConfig = {
  ca: null,
  certificate: null,
  key: null,
  keyPassword: null,
  minVersion: 'TLSv1.2',
  verification: 'full',
};

/** All requests through one proxy. */
export function through(url: URL, proxy: Partial<ProxyConfig> = {}): ConnectionConfig {
  const whole = { url, credentials: null, source: 'http.proxy.url', tls: NO_TLS, ...proxy };
  return {
    proxies: { http: whole, https: whole, bypass: [] },
    unixSocket: null,
    keepAliveIdleMs: null,
    maxAgeMs: 0,
  };
}

/** What a proxy does with the first CONNECT, and what that means. Later ones it lets through. */
export interface ProxyRow {
  readonly name: string;
  readonly act: ProxyAct;
  /** `tunnel`: it is none the worse for it. `parked`: only a change of something mends it. `repeated`: waiting may. */
  readonly meaning: 'tunnel' | 'parked' | 'repeated';
  readonly reason: RegExp | null;
  /** Of the connector, where it does not take a second. */
  readonly connectTimeoutMs?: number;
}

const row = (meaning: ProxyRow['meaning'], name: string, act: ProxyAct | string, reason?: RegExp): ProxyRow => ({
  name,
  act: typeof act === 'string' ? { bytes: act, ...(meaning === 'tunnel' && { afterwards: 'tunnel' }) } : act,
  meaning,
  reason: reason ?? null,
});

const OK = 'HTTP/1.1 200 Connection established\r\n';
const EMPTY = 'content-length: 0\r\n\r\n';
const PAGE = '<!DOCTYPE html><html><title>canary</title></html>';
const NOT_A_PROXY =
  /^the proxy 127\.0\.0\.1:\d+ opens no connection to 127\.0\.0\.1:\d+ \(\d+\): is it a proxy\? check http\.proxy\.url$/;
const UNREADABLE = /^the answer of the proxy 127\.0\.0\.1:\d+ can’t be read as HTTP\/1\.1 \(.+\): is it a proxy\?/;
const WANTS = /^the proxy 127\.0\.0\.1:\d+ wants credentials: check http\.proxy\.username and http\.proxy\.password$/;
const FORBIDS = /^the proxy \S+ does not let a connection to \S+ through \(\d+\): have it allowed there/;
const OUT_OF_ORDER = /^the proxy \S+ could not open a connection to \S+ \(\d+\)$/;
const LEFT = /^the proxy \S+ (?:closed|cut) the connection/;

const TUNNELS: readonly ProxyRow[] = [
  row('tunnel', 'no headers at all', `${OK}\r\n`),
  row('tunnel', 'no reason', 'HTTP/1.1 200\r\n\r\n'),
  row('tunnel', 'HTTP/1.0', 'HTTP/1.0 200 OK\r\nproxy-agent: x\r\n\r\n'),
  row('tunnel', 'another 2xx', 'HTTP/1.1 299 Fine\r\n\r\n'),
  row('tunnel', 'a length of 0', `${OK}${EMPTY}`),
  row('tunnel', 'a length that no success of CONNECT has', `${OK}content-length: 50\r\n\r\n`),
  row('tunnel', 'two lengths that differ', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\n`),
  row('tunnel', 'chunks that never come', `${OK}transfer-encoding: chunked\r\n\r\n`),
  row('tunnel', 'connection: close, which a tunnel does not mean', `${OK}connection: close\r\n\r\n`),
  row('tunnel', 'bare line feeds', 'HTTP/1.1 200 OK\nvia: x\n\n'),
  row('tunnel', 'line ends before it', `\r\n\r\n${OK}\r\n`),
  row('tunnel', 'a folded header', `${OK}x: a\r\n b\r\n\r\n`),
  row('tunnel', '60 KB of headers', `${OK}x: ${'y'.repeat(60_000)}\r\n\r\n`),
  row('tunnel', 'interim answers', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nx: y\r\n\r\n${OK}\r\n`),
  row('tunnel', 'byte by byte', { bytes: `HTTP/1.1 100 C\r\n\r\n${OK}via: x\r\n\r\n`, piece: 1, afterwards: 'tunnel' }),
];

const REFUSALS: readonly ProxyRow[] = [
  row('parked', '407', `HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="x"\r\n${EMPTY}`, WANTS),
  row('parked', '407 without a word on what it wants', `HTTP/1.1 407 No\r\n${EMPTY}`, WANTS),
  row(
    'parked',
    '407 that offers Basic behind others',
    `HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate, basic realm="a, b"\r\n${EMPTY}`,
    WANTS,
  ),
  row('parked', '407 with a page', `HTTP/1.1 407 No\r\ncontent-length: 49\r\n\r\n${PAGE}`, WANTS),
  row(
    'parked',
    '407 that wants what is not known here',
    `HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nproxy-authenticate:negotiate\r\n${EMPTY}`,
    /^the proxy \S+ wants credentials of a kind that is not known here \(NTLM, Negotiate\): have it take Basic/,
  ),
  row('parked', '403', `HTTP/1.1 403 Forbidden\r\n${EMPTY}`, FORBIDS),
  row('parked', '401', `HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="x"\r\n${EMPTY}`, WANTS),
  row('parked', '402', `HTTP/1.1 402 Payment Required\r\n${EMPTY}`, FORBIDS),
  row('parked', '451', `HTTP/1.1 451 Law\r\n${EMPTY}`, FORBIDS),
  row('parked', '400', `HTTP/1.1 400 Bad\r\n${EMPTY}`, NOT_A_PROXY),
  row('parked', '404', `HTTP/1.1 404 No\r\n${EMPTY}`, NOT_A_PROXY),
  row('parked', '405', `HTTP/1.1 405 No\r\n${EMPTY}`, NOT_A_PROXY),
  row('parked', '501', `HTTP/1.1 501 No\r\n${EMPTY}`, NOT_A_PROXY),
  row('parked', 'a redirect', `HTTP/1.1 302 Found\r\nlocation: http://canary.test/\r\n${EMPTY}`, NOT_A_PROXY),
  row('parked', '101', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', NOT_A_PROXY),
  row(
    'parked',
    'a page with 200',
    `${OK}content-length: 49\r\n\r\n${PAGE}`,
    /^the proxy \S+ answers with a page where/,
  ),
  row('parked', 'garbage behind 200', `${OK}\r\n\u0000\u0001garbage`, /^the proxy \S+ answers with a page where/),
  row(
    'parked',
    'garbage in the tunnel',
    { bytes: `${OK}\r\n`, reply: PAGE },
    /^127\.0\.0\.1:\d+ does not speak TLS.* \(through the proxy 127\.0\.0\.1:\d+\)$/,
  ),
  row('parked', 'another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', UNREADABLE),
  row('parked', 'HTTP/0.9', PAGE, UNREADABLE),
  row('parked', 'HTTP/2', 'HTTP/2 200\r\n\r\n', UNREADABLE),
  row('parked', 'a SOCKS proxy', Buffer.of(5, 0xff).toString('latin1'), UNREADABLE),
  row('parked', 'zero bytes', '\u0000'.repeat(100), UNREADABLE),
  row('parked', 'a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', UNREADABLE),
  row('parked', 'a status that is none', 'HTTP/1.1 OK\r\n\r\n', UNREADABLE),
  row(
    'parked',
    'a head without end',
    { bytes: `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(100)}`, times: 1_000 },
    UNREADABLE,
  ),
  row('parked', 'a line without end', { bytes: `HTTP/1.1 200 ${'y'.repeat(1_000)}`, times: 1_000 }, UNREADABLE),
  row('parked', 'line ends without end', { bytes: '\r\n'.repeat(1_000), times: 1_000 }, UNREADABLE),
  row('parked', 'interim answers without end', { bytes: 'HTTP/1.1 100 C\r\n\r\n', times: 1_000 }, UNREADABLE),
];

const TROUBLE: readonly ProxyRow[] = [
  ...[500, 502, 503, 504, 429, 408].map(status =>
    row('repeated', String(status), `HTTP/1.1 ${status} X\r\n${EMPTY}`, OUT_OF_ORDER),
  ),
  row('repeated', '502 with a page', `HTTP/1.1 502 X\r\ncontent-length: 49\r\n\r\n${PAGE}`, OUT_OF_ORDER),
  row('repeated', 'an end without an answer', { afterwards: 'end' }, LEFT),
  row('repeated', 'a reset without an answer', { afterwards: 'reset' }, LEFT),
  row('repeated', 'half an answer', { bytes: 'HTTP/1.1 200 O', afterwards: 'end' }, LEFT),
  row('repeated', 'half a head', { bytes: OK, afterwards: 'end' }, LEFT),
  row('repeated', 'interim answers and an end', { bytes: 'HTTP/1.1 100 C\r\n\r\n', afterwards: 'end' }, LEFT),
  row(
    'repeated',
    'a tunnel that leads nowhere',
    { bytes: `${OK}\r\n`, afterwards: 'end' },
    /cut the connection.* \(through the proxy \S+\)$/,
  ),
  row(
    'repeated',
    'a tunnel that is reset',
    { bytes: `${OK}\r\n`, afterwards: 'reset' },
    /cut the connection|closed the connection/,
  ),
  {
    ...row('repeated', 'no answer', {}, /^the proxy \S+ did not open the connection to \S+ in time$/),
    connectTimeoutMs: 200,
  },
  {
    ...row('repeated', 'half an answer and nothing more', { bytes: OK }, /^the proxy \S+ did not open the connection/),
    connectTimeoutMs: 200,
  },
  {
    ...row(
      'repeated',
      'a tunnel in which nobody speaks',
      { bytes: `${OK}\r\n` },
      /did not take the connection in time.* \(through the proxy \S+\)$/,
    ),
    connectTimeoutMs: 200,
  },
];

export const PROXIES: readonly ProxyRow[] = [...TUNNELS, ...REFUSALS, ...TROUBLE];
