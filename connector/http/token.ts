import type { OAuth2Config } from '../../config/types.ts';
import { CredentialsError, TailraceError, TransportError } from '../errors.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from '../ports.ts';
import type { Signal } from '../scope.ts';
import { parseJson } from './answers/bounded-json.ts';
import { mayPass } from './classify.ts';
import { decodeAnswer } from './coding/coding.ts';
import { retryAfter } from './retry-after.ts';

export interface Token {
  readonly value: string;
  readonly lifetimeMs: number;
}

const LIFETIME_MIN_S = 30;
const LIFETIME_MAX_S = 86_400;
const LIFETIME_DEFAULT_S = 3_600;
/** A token answer is a few hundred bytes; some carry large signed tokens. */
const ANSWER_MAX_BYTES = 262_144;
const ANSWER_MAX_VALUES = 1_000;
const TOKEN_MAX_CHARS = 16_384;
/** RFC 6750, and how some servers spell it. */
const BEARER = /^bearer(?:[ _-]?token)?$/i;

/** RFC 6749 §5.2. Only these are repeated to the user; the rest of an answer may hold anything. */
const ERROR_CODES = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);
/** RFC 6749 §4.1.2.1; some servers give them here as well. */
const PASSING_CODES = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/** What may stand in a header behind the scheme: visible ASCII, so that no line break can smuggle one in. */
export function isHeaderSafe(token: string): boolean {
  return token.length <= TOKEN_MAX_CHARS && /^[\x21-\x7e]+$/.test(token);
}

/**
 * Asks for one token with the client's own credentials (RFC 6749 §4.4).
 * @param wall wall-clock epoch milliseconds, for a Retry-After date
 * @throws CredentialsError
 */
export async function requestToken(
  config: OAuth2Config,
  transport: HttpTransport,
  wall: () => number,
  signal: Signal,
): Promise<Token> {
  let answer: HttpResponse;
  try {
    const sent = await transport.send(tokenRequest(config), { signal, maxResponseBytes: ANSWER_MAX_BYTES });
    answer = await decodeAnswer(sent, ANSWER_MAX_BYTES, signal);
  } catch (error) {
    const cause =
      error instanceof TailraceError ? error : new TransportError('no answer', 'UNKNOWN', true, true, error);
    throw new CredentialsError(`no token: ${cause.message}`, cause.code, cause.retriable, null, cause);
  }
  const body = fieldsOf(answer);
  if (answer.status < 200 || answer.status > 299 || typeof body['error'] === 'string')
    throw refusal(answer, body, wall());
  return readToken(body);
}

export function tokenRequest({ tokenUrl, clientId, clientSecret, scope, clientAuthMode }: OAuth2Config): HttpRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== null) form.set('scope', scope);
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'accept-encoding': 'identity',
  };
  if (clientAuthMode === 'body') {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret.reveal());
  } else {
    headers['authorization'] = basic(formEncode(clientId), formEncode(clientSecret.reveal()));
  }
  return { method: 'POST', url: tokenUrl, headers, body: Buffer.from(form.toString()) };
}

/** RFC 7617, as UTF-8. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they go into the Basic scheme. */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function refusal({ status, headers }: HttpResponse, body: Fields, wall: number): Error {
  const code = body['error'];
  const known = typeof code === 'string' && (ERROR_CODES.has(code) || PASSING_CODES.has(code));
  const reason = `the authorization server answered ${status}${known ? ` (${code})` : ''}`;
  if (mayPass(status) || (known && PASSING_CODES.has(code))) {
    return new CredentialsError(reason, 'TOKEN_UNAVAILABLE', true, retryAfter(headers, wall));
  }
  return new CredentialsError(`${reason}: check oauth2.token.url, client id, secret and scope`, 'TOKEN_REFUSED', false);
}

function readToken(body: Fields): Token {
  const value = body['access_token'];
  if (typeof value !== 'string' || !isHeaderSafe(value)) {
    throw new CredentialsError('the authorization server’s answer holds no usable token', 'TOKEN_UNUSABLE', true);
  }
  const type = body['token_type'] ?? 'Bearer';
  if (typeof type !== 'string' || !BEARER.test(type)) {
    throw new CredentialsError('the authorization server gives no bearer tokens', 'TOKEN_UNUSABLE', false);
  }
  return { value, lifetimeMs: lifetimeSeconds(body['expires_in']) * 1000 };
}

/** Some servers write the number as a string. What is no number at all counts as not said. */
function lifetimeSeconds(value: unknown): number {
  const said = typeof value === 'string' && /^-?\d{1,15}(?:\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof said !== 'number' || Number.isNaN(said)) return LIFETIME_DEFAULT_S;
  return Math.min(Math.max(said, LIFETIME_MIN_S), LIFETIME_MAX_S);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf({ body, complete }: HttpResponse): Fields {
  const value = complete ? parseJson(body, ANSWER_MAX_VALUES) : null;
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
