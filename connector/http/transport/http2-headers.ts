import { type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2';
import { LOWER_CASE_NAME } from '../../header-values.ts';
import type { HttpRequest, HttpResponse } from '../../ports.ts';
import { cleanHeader, KEPT } from './answer-head.ts';

/** As much as is read of the headers of one answer, counted as HTTP/2 does (RFC 9113 §6.5.2). */
export const HEADERS_MAX_BYTES = 65_536;
/** What each header counts beside its text. */
export const HEADER_OVERHEAD_BYTES = 32;

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a value may not hold (RFC 9113 §8.2.1), a NUL above all
const NO_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;
/** Headers that hold no secret, and may be remembered by both sides to be sent as a number the next time. */
const INDEXED = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'accept',
  'accept-encoding',
  'user-agent',
]);
/** What HTTP/2 says otherwise, or not at all (RFC 9113 §8.2.2); Node would give up the connection. */
const NOT_IN_2 = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);
/** Methods whose requests tell the length of an empty body, too. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The headers of a request. All but a few plain ones are never put into the table that the requests of a connection share
 * (RFC 7541 §7.1): they may be secrets, and beside values of records that somebody else chose, sizes would tell them.
 *
 * @throws Error with undici's code for it when a header would break the request
 */
export function requestHeaders({ method, url, headers, body }: HttpRequest): OutgoingHttpHeaders {
  const names = Object.keys(headers);
  for (const name of names) {
    if (!LOWER_CASE_NAME.test(name) || NOT_IN_2.has(name) || NO_VALUE.test(headers[name]!)) throw unbuildable();
  }
  const hasLength = body.length > 0 || WITH_BODY.has(method);
  const { host = url.host, ...others } = headers;
  return {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': host,
    ':path': url.pathname + url.search,
    ...others,
    ...(hasLength && { 'content-length': String(body.length) }),
    [sensitiveHeaders]: names.filter(name => !INDEXED.has(name)),
  };
}

/** Without the value, which may be a secret. */
function unbuildable(): Error {
  return Object.assign(new Error('a header can not be sent'), { code: 'UND_ERR_INVALID_ARG' });
}

/**
 * The headers of an answer that anybody here looks at.
 * @param raw names and values in turn, as they came
 * @returns null when they are larger than `HEADERS_MAX_BYTES`
 */
export function answerHeaders(raw: readonly string[]): HttpResponse['headers'] | null {
  const headers: Record<string, string | string[]> = {};
  let bytes = 0;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    bytes += name.length + value.length + HEADER_OVERHEAD_BYTES;
    if (KEPT.includes(name)) add(headers, name, cleanHeader(value));
  }
  return bytes > HEADERS_MAX_BYTES ? null : headers;
}

function add(headers: Record<string, string | string[]>, name: string, value: string): void {
  const known = headers[name];
  if (known === undefined) headers[name] = value;
  else if (typeof known === 'string') headers[name] = [known, value];
  else known.push(value);
}
