import type { TokenAnswerConfig } from '../../../config/types.ts';
import { CredentialsError } from '../../errors.ts';
import type { HttpResponse } from '../../ports.ts';
import { parseJson } from '../answers/bounded-json.ts';
import { mayPass } from '../answers/classify.ts';
import { valueAt } from '../answers/pointer.ts';
import { retryAfter } from '../answers/retry-after.ts';
import { isHeaderSafe } from './header-safety.ts';
import type { Token } from './token-keeper.ts';

/** What came for a grant. */
export interface Granted extends Token {
  /** Null when none came with it. */
  readonly refreshToken: string | null;
}

/** The code of the CredentialsError when it is the grant that was refused, and not the client. */
export const GRANT_REFUSED = 'GRANT_REFUSED';

const LIFETIME_MIN_S = 30;
const LIFETIME_MAX_S = 86_400;
const LIFETIME_DEFAULT_S = 3_600;
/** A token answer is a few hundred bytes; some carry large signed tokens. */
export const ANSWER_MAX_BYTES = 262_144;
const ANSWER_MAX_VALUES = 1_000;
const REFRESH_TOKEN_MAX_CHARS = 16_384;
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
  // RFC 8707 §2.
  'invalid_target',
]);
/** RFC 6749 §4.1.2.1; some servers give them here as well. */
const PASSING_CODES = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * What an authorization server answered.
 * @param advice what the user can do about a refusal
 * @param wall wall-clock epoch milliseconds, for a Retry-After date
 * @throws CredentialsError
 */
export function readAnswer(answer: HttpResponse, config: TokenAnswerConfig, advice: string, wall: number): Granted {
  const body = fieldsOf(answer);
  if (answer.status < 200 || answer.status > 299 || typeof body['error'] === 'string') {
    throw refusal(answer, body, advice, wall);
  }
  const token = fieldOf(body, config.tokenField);
  if (typeof token !== 'string' || !isHeaderSafe(token)) {
    throw new CredentialsError('the authorization server’s answer holds no usable token', 'TOKEN_UNUSABLE', true);
  }
  const type = body['token_type'] ?? 'Bearer';
  const prefix = config.prefix ?? type;
  if (typeof prefix !== 'string' || (prefix !== '' && !isHeaderSafe(prefix))) {
    throw new CredentialsError('the authorization server’s answer holds no usable token_type', 'TOKEN_UNUSABLE', true);
  }
  if (config.prefix !== null && BEARER.test(prefix) && (typeof type !== 'string' || !BEARER.test(type))) {
    throw new CredentialsError('the authorization server gives no bearer tokens', 'TOKEN_UNUSABLE', false);
  }
  return {
    header: prefix === '' ? token : `${prefix} ${token}`,
    lifetimeMs: lifetimeSeconds(fieldOf(body, config.expiresField), config.mayBeMilliseconds) * 1000,
    refreshToken: refreshTokenOf(body['refresh_token']),
  };
}

function refusal({ status, headers }: HttpResponse, body: Fields, advice: string, wall: number): Error {
  const code = body['error'];
  const known = typeof code === 'string' && (ERROR_CODES.has(code) || PASSING_CODES.has(code));
  const reason = `the authorization server answered ${status}${known ? ` (${code})` : ''}`;
  if (mayPass(status) || (known && PASSING_CODES.has(code))) {
    return new CredentialsError(reason, 'TOKEN_UNAVAILABLE', true, retryAfter(headers, wall));
  }
  return new CredentialsError(
    `${reason}: check ${advice}`,
    code === 'invalid_grant' ? GRANT_REFUSED : 'TOKEN_REFUSED',
    false,
  );
}

/**
 * Some servers write the number as a string. What is no number at all counts as not said.
 * @param mayBeMilliseconds what is more than the longest life in seconds is in milliseconds
 */
function lifetimeSeconds(value: unknown, mayBeMilliseconds: boolean): number {
  const said = typeof value === 'string' && /^-?\d{1,15}(?:\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof said !== 'number' || Number.isNaN(said)) return LIFETIME_DEFAULT_S;
  const seconds = mayBeMilliseconds && said > LIFETIME_MAX_S ? said / 1000 : said;
  return Math.min(Math.max(seconds, LIFETIME_MIN_S), LIFETIME_MAX_S);
}

/** RFC 6749, appendix A.17: visible characters and blanks. */
function refreshTokenOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > REFRESH_TOKEN_MAX_CHARS) return null;
  return /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(value) ? value : null;
}

/** A member of the answer, or what a JSON pointer (RFC 6901) leads to. */
function fieldOf(body: Fields, field: string): unknown {
  const tokens = field
    .split('/')
    .slice(1)
    .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return valueAt(body, field.startsWith('/') ? tokens : [field]);
}

function fieldsOf({ body, complete }: HttpResponse): Fields {
  const value = complete ? parseJson(body, ANSWER_MAX_VALUES) : null;
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
