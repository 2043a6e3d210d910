interface Row {
  readonly text: string;
  readonly retriable: boolean;
}

const network = (text: string): Row => ({ text, retriable: true });
const setting = (text: string): Row => ({ text, retriable: false });

const NOT_SPOKEN = 'take http.version=2 out, or have the endpoint offer HTTP/2';
const NEEDS_1_1 = setting('{host} wants HTTP/1.1 for this: take http.version=2 out');
const TOO_WEAK = setting(
  '{host} finds the TLS connection too weak for HTTP/2 (RFC 9113 §9.2): check TLS versions and ciphers of both sides',
);

/** What a peer says by a code (RFC 9113 §7); `NO_ERROR` before the end of an answer is one too. */
const CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** The code of a stream that was reset. */
export function resetCode(code: number): string {
  return `HTTP2_RESET_${nameOf(code)}`;
}

/** The code of a connection that GOAWAY ended with an error. */
export function goawayCode(code: number): string {
  return `HTTP2_GOAWAY_${nameOf(code)}`;
}

function nameOf(code: number): string {
  return CODES[code] ?? 'UNKNOWN';
}

function rowsOf(kind: 'RESET' | 'GOAWAY', text: string): Record<string, Row> {
  return Object.fromEntries(
    [...CODES, 'UNKNOWN'].map(name => [`HTTP2_${kind}_${name}`, network(text.replaceAll('{name}', name))]),
  );
}

/** What happened on the way over HTTP/2, by code; see diagnose.ts. */
export const HTTP2_REASONS: Readonly<Record<string, Row>> = {
  ...rowsOf('RESET', '{host} broke off the request or its answer ({name})'),
  ...rowsOf('GOAWAY', '{host} ended the connection with an error (GOAWAY, {name})'),
  HTTP2_RESET_NO_ERROR: network('{host} ended its answer before it was complete'),
  HTTP2_RESET_REFUSED_STREAM: network(
    '{host} did not take the request (REFUSED_STREAM): it is overloaded, or goes away',
  ),
  HTTP2_RESET_ENHANCE_YOUR_CALM: network(
    '{host} broke off the request (ENHANCE_YOUR_CALM): it wants fewer of them, or its answer has headers beyond any measure',
  ),
  HTTP2_GOAWAY_ENHANCE_YOUR_CALM: network('{host} ended the connection (ENHANCE_YOUR_CALM): it wants fewer requests'),
  HTTP2_RESET_HTTP_1_1_REQUIRED: NEEDS_1_1,
  HTTP2_GOAWAY_HTTP_1_1_REQUIRED: NEEDS_1_1,
  HTTP2_RESET_INADEQUATE_SECURITY: TOO_WEAK,
  HTTP2_GOAWAY_INADEQUATE_SECURITY: TOO_WEAK,

  HTTP2_NOT_CHOSEN: setting(`{host} does not speak HTTP/2: it did not choose it in the TLS handshake; ${NOT_SPOKEN}`),
  ERR_SSL_ALERT_NO_APPLICATION_PROTOCOL: setting(
    `{host} does not speak HTTP/2: it refuses it in the TLS handshake; ${NOT_SPOKEN}`,
  ),
  HTTP2_NOT_SPOKEN: setting(`{host} does not speak HTTP/2: it answers in another protocol; ${NOT_SPOKEN}`),
  HTTP2_CLOSED_UNANSWERED: network(
    '{host} closed the connection before a word of HTTP/2: does it speak it (http.version=2)?',
  ),
  HTTP2_SILENT: network(
    '{host} took the connection, and did not begin to speak HTTP/2 in time: does it speak it (http.version=2)?',
  ),
  HTTP2_VIOLATED: setting(
    '{host} broke the rules of HTTP/2, so that nothing can be taken as confirmed: take http.version=2 out if that goes on',
  ),
  HTTP2_HEADERS_TOO_LARGE: setting('the answer of {host} can’t be read: its headers are larger than 64 KiB'),
  HTTP2_ENDLESS_INTERIM: setting('the answer of {host} can’t be read: there is no end to its interim answers (1xx)'),
  HTTP2_DEAD: network('the connection to {host} was dead: nothing came back in time, not even to a PING'),
  HTTP2_CLOSED: network('{host} closed the connection before its answer was complete'),
  HTTP2_NOT_TAKEN: network('{host} goes away, and did not take the request any more (GOAWAY)'),
  HTTP2_UNSENDABLE: setting(
    'the request to {host} can not be sent over HTTP/2: check the size of the configured headers',
  ),
};
