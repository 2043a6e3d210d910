import type { ProxyConfig } from '../../../config/types.ts';
import { TransportError } from '../../errors.ts';
import { AnswerError } from './answer-head.ts';
import { HTTP2_REASONS } from './http2-reasons.ts';
import { ProxyError } from './proxy-error.ts';

/** What happened, for the user; `{host}` is where. Rows that only a change of something can mend are not retriable. */
interface Row {
  readonly text: string;
  readonly retriable: boolean;
}

const network = (text: string): Row => ({ text, retriable: true });
const setting = (text: string): Row => ({ text, retriable: false });

const UNKNOWN_CA = setting(
  '{host} shows a certificate of an authority that is not known here: give that authority as the trusted CA, or fix the chain that the server sends',
);

const ROWS: Readonly<Record<string, Row>> = {
  ...HTTP2_REASONS,
  ECONNREFUSED: network('nothing listens at {host}: is the endpoint up, and are host and port right?'),
  ENOTFOUND: network('the name {host} does not resolve: check its spelling and this machine’s DNS'),
  EAI_AGAIN: network('the DNS server did not answer for {host}: check this machine’s DNS'),
  ENOENT: network('there is no unix socket at the path of http.unix.socket: is what should listen there running?'),
  EACCES: setting(
    'this user may not use the unix socket that http.unix.socket names: check the permissions of its path',
  ),
  UNIX_SOCKET_REFUSED: network('nothing listens at the unix socket that http.unix.socket names: is the endpoint up?'),
  EHOSTUNREACH: network('no route to {host}: check network and firewall'),
  ENETUNREACH: network('no route to the network of {host}: check network and firewall'),
  ETIMEDOUT: network('{host} did not take the connection in time: check network and firewall'),
  CONNECT_TIMEOUT: network('{host} did not take the connection in time: check network and firewall'),
  ECONNRESET: network('{host} cut the connection'),
  EPIPE: network('{host} closed the connection while the request was sent'),
  UND_ERR_SOCKET: network('{host} closed the connection before its answer was complete'),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: network('{host} answered with a body of another length than it announced'),
  INVALID_ANSWER: setting('the answer of {host} can’t be read as HTTP/1.1{detail}: is it an HTTP endpoint?'),
  ANSWERED_UNASKED: setting('{host} answers before it was asked anything: is it an HTTP endpoint?'),
  ANSWERED_EARLY: network('{host} confirmed a request that it had not read, and closed the connection'),
  DEADLINE_EXCEEDED: network('{host} gave no complete answer in time'),
  ABORTED: network('the request to {host} was given up'),
  UND_ERR_INVALID_ARG: setting('the request to {host} can not be built: check the configured headers and method'),
  UND_ERR_NOT_SUPPORTED: setting('the request to {host} can not be built: a configured header is not allowed'),
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: setting('a configured content-length header is wrong: remove it'),
  CLOSED_UNANSWERED: network(
    '{host} closed the TLS connection without any answer: does it want a client certificate (http.ssl.certificate.location)?',
  ),

  DEPTH_ZERO_SELF_SIGNED_CERT: setting(
    '{host} shows a self-signed certificate: give that certificate as the trusted CA, or have the server use one of a known authority',
  ),
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  CERT_HAS_EXPIRED: setting(
    'the certificate of {host} has expired: it must be renewed (or this machine’s clock is wrong)',
  ),
  CERT_NOT_YET_VALID: setting('the certificate of {host} is not valid yet: check it and this machine’s clock'),
  CERT_REVOKED: setting('the certificate of {host} was revoked: it must be replaced'),
  ERR_TLS_CERT_ALTNAME_INVALID: setting('the certificate of {host} is for another name: check the URL’s host'),
  ERR_SSL_ALERT_HANDSHAKE_FAILURE: setting(
    '{host} refuses the TLS handshake: does it want a client certificate (http.ssl.certificate.location), or is there no common cipher?',
  ),
  EPROTO: setting('{host} does not speak TLS as expected: https to a plain http port, or no common TLS version?'),
  ERR_SSL_WRONG_VERSION_NUMBER: setting('{host} does not speak TLS: is it a plain http port?'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: setting('{host} does not speak TLS: is it a plain http port?'),
};

/** It was the proxy. `{host}` is "the proxy HOST", `{target}` the endpoint, `{source}` the key or variable that names the proxy. */
const PROXY_ROWS: Readonly<Record<string, Row>> = {
  PROXY_AUTHENTICATION: setting('{host} wants credentials: check {credentials}'),
  PROXY_SCHEME: setting(
    '{host} wants credentials of a kind that is not known here ({detail}): have it take Basic, or put a proxy in between that does',
  ),
  PROXY_REFUSED: setting(
    '{host} does not let a connection to {target} through ({status}): have it allowed there, or name the host in http.proxy.bypass',
  ),
  PROXY_NO_TUNNEL: setting('{host} opens no connection to {target} ({status}): is it a proxy? check {source}'),
  PROXY_UNAVAILABLE: network('{host} could not open a connection to {target} ({status})'),
  PROXY_UNREADABLE: setting('the answer of {host} can’t be read as HTTP/1.1 ({detail}): is it a proxy? check {source}'),
  PROXY_SPOKE_ON: setting(
    '{host} answers with a page where it should open a connection to {target}: is it a proxy? check {source}',
  ),
  ECONNREFUSED: network('nothing listens at {host}: is it up, and are host and port of {source} right?'),
  ENOTFOUND: network('the name of {host} does not resolve: check {source} and this machine’s DNS'),
  EAI_AGAIN: network('the DNS server did not answer for {host}: check this machine’s DNS'),
  CONNECT_TIMEOUT: network('{host} did not open the connection to {target} in time'),
  PROXY_CLOSED: network('{host} closed the connection before it answered'),
  EPIPE: network('{host} closed the connection before it answered'),
  ERR_TLS_CERT_ALTNAME_INVALID: setting('the certificate of {host} is for another name: check {source}'),
  ERR_SSL_WRONG_VERSION_NUMBER: setting('{host} does not speak TLS: write http:// in {source}?'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: setting('{host} does not speak TLS: write http:// in {source}?'),
};

const CLIENT_CERTIFICATE = setting(
  '{host} refuses the certificate of this client, or the lack of one ({code}): see http.ssl.certificate.location and http.ssl.key.location',
);
const CLIENT_CERTIFICATE_CODE =
  /^ERR_SSL_ALERT_(?:CERTIFICATE_|BAD_CERTIFICATE|NO_CERTIFICATE|UNKNOWN_CA$|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED$)/;
const TLS_OTHER = setting('TLS with {host} failed ({code}): check certificates, keys and TLS versions of both sides');
const OTHER = network('the request to {host} failed ({code})');

const TLS_CODE =
  /^(?:ERR_(?:TLS|SSL|OSSL|CRYPTO)_|CERT_|UNABLE_TO_|CRL_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_)/;
const PLAIN_CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/**
 * The TransportError of a failed attempt: the code, whether waiting may mend it, and one line that says what to do.
 * @param proxy what stands in between
 */
export function diagnose(
  cause: unknown,
  url: URL,
  ambiguous: boolean,
  proxy: ProxyConfig | null = null,
): TransportError {
  const code = codeOf(cause);
  const [row, words] =
    cause instanceof ProxyError
      ? ([PROXY_ROWS[code] ?? rowOf(code), proxyWords(cause, url)] as const)
      : ([rowOf(code), endpointWords(cause, url)] as const);
  const way = cause instanceof ProxyError || proxy === null ? '' : ` (through the proxy ${proxy.url.host})`;
  const text = row.text.replaceAll(/\{(\w+)\}/g, (_, name: string) => ({ ...words, code })[name] ?? '') + way;
  // A parser error holds what the endpoint wrote, which nobody is to see.
  return new TransportError(text, code, row.retriable, ambiguous, isParserError(cause) ? undefined : cause);
}

type Words = Readonly<Record<string, string>>;

function endpointWords(cause: unknown, url: URL): Words {
  return { host: url.host, detail: cause instanceof AnswerError ? ` (${cause.message})` : '' };
}

function proxyWords({ proxy, status, message }: ProxyError, url: URL): Words {
  const { source } = proxy;
  const ours = source === 'http.proxy.url';
  return {
    host: `the proxy ${proxy.url.host}`,
    target: url.host,
    source,
    credentials: ours ? 'http.proxy.username and http.proxy.password' : `user and password in ${source}`,
    status: String(status),
    detail: message,
  };
}

function rowOf(code: string): Row {
  // An alert has the name of the version that first had it, which OpenSSL has changed: SSLV3, and now SSL/TLS.
  const name = code.replace(/^(ERR_SSL_)(?:SSL_TLS|SSLV3|TLSV1\d*)_(?=ALERT_)/, '$1');
  const known = ROWS[name];
  if (known !== undefined) return known;
  if (CLIENT_CERTIFICATE_CODE.test(name)) return CLIENT_CERTIFICATE;
  return TLS_CODE.test(code) ? TLS_OTHER : OTHER;
}

/** The code of an error, or of the first one inside an AggregateError (Node tries several addresses at once). */
function codeOf(cause: unknown): string {
  if (isParserError(cause)) return 'INVALID_ANSWER';
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : cause;
  const plain = typeof code === 'string' ? code.replace('SSL/TLS', 'SSL_TLS') : '';
  if (PLAIN_CODE.test(plain)) return plain;
  return cause instanceof AggregateError && cause.errors.length > 0 ? codeOf(cause.errors[0]) : 'UNKNOWN';
}

/** undici's; it has no code of its own. */
function isParserError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'HTTPParserError';
}
