import type { AuthConfig, HttpConfig } from '../../config/types.ts';
import { TailraceError } from '../../connector/errors.ts';
import { parseJson } from '../../connector/http/answers/bounded-json.ts';
import { createCredentials } from '../../connector/http/credentials/create.ts';
import type { Credentials } from '../../connector/http/credentials/credentials.ts';
import { writeIsoTimestamp } from '../../connector/java/iso.ts';
import type { Clock, HttpTransport, SmallFiles } from '../../connector/ports.ts';
import type { Signal } from '../../connector/scope.ts';
import type { Step } from './chain.ts';
import { type Facts, type Found, failed, failedBy, ok, skipped, warning } from './finding.ts';

export interface TokenParts {
  /** What token requests go by; not closed here. */
  readonly transport: HttpTransport;
  readonly files: SmallFiles;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Takes what must never be told. */
  readonly conceal: (secret: string) => void;
}

/** What is told of a token; never who it is of, and never the token. */
interface Told {
  /** Null: it is not said. */
  readonly scope: readonly string[] | null;
  readonly audience: readonly string[] | null;
}

interface Claims extends Told {
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

const NOTHING: Told = { scope: null, audience: null };

/**
 * When a token may be asked for without harm. A refresh token may be given anew with each, and one that was used twice is taken for stolen
 * by some servers (RFC 9700 §4.14.2): so only who allows requests asks. A code serves once: what comes for it must be kept in a file.
 */
export function mayAsk({ auth }: HttpConfig): 'always' | 'with requests' | 'never' {
  const grant = auth.type === 'oauth2' ? auth.grant : null;
  if (grant?.type === 'refresh_token') return 'with requests';
  if (grant?.type !== 'authorization_code' || grant.permanent) return 'always';
  return grant.file === null ? 'never' : 'with requests';
}

/** Asks for what requests are authorized with, as the worker would. Null: there is nothing to ask for. */
export function askForToken({ auth }: HttpConfig, parts: TokenParts): ((signal: Signal) => Promise<Step<true>>) | null {
  if (auth.type === 'none') return null;
  return async signal => {
    let answered: Told = NOTHING;
    const transport = listening(parts.transport, told => {
      answered = told;
    });
    const { files, clock, timeoutMs } = parts;
    const credentials = createCredentials(auth, { transport, files, clock, timeoutMs, announce: () => undefined });
    try {
      const authorization = await credentials.authorize(signal);
      if (auth.type === 'sigv4') return { found: ok('there are keys, and requests are signed with them'), value: true };
      const { headers } = await authorization.apply(PROBE());
      const token = auth.type === 'basic' || auth.type === 'apikey' ? '' : tokenIn(headers['authorization'] ?? '');
      if (token !== '') parts.conceal(token);
      const found = judge(auth, credentials, answered, claimsOf(token), clock.wall());
      return { found, value: true };
    } catch (error) {
      if (!(error instanceof TailraceError)) throw error;
      return { found: failedBy(error.message.replace(/^no token: /, ''), { code: error.code }) };
    } finally {
      await credentials.close();
    }
  };
}

const PROBE = () => ({ method: 'POST', url: new URL('http://localhost/'), headers: {}, body: Buffer.alloc(0) });

function judge(auth: AuthConfig, { state }: Credentials, answered: Told, claims: Claims | null, now: number): Found {
  const expiresAt = claims?.expiresAt ?? null;
  if (expiresAt !== null && expiresAt <= now) {
    const facts = { expiresAt: writeIsoTimestamp(expiresAt) };
    return failed(`the token expired on ${facts.expiresAt}`, 'replace it; or this machine’s clock is wrong', facts);
  }
  const lifetimeMs = state?.expiresInMs ?? (expiresAt === null ? null : expiresAt - now);
  const scope = answered.scope ?? claims?.scope ?? null;
  const audience = answered.audience ?? claims?.audience ?? null;
  const facts: Facts = {
    type: auth.type,
    expiresInSeconds: lifetimeMs === null ? null : Math.round(lifetimeMs / 1000),
    scope,
    audience,
  };
  if (auth.type !== 'oauth2' && lifetimeMs === null) {
    return skipped(
      `${WHAT[auth.type]} there; whether the endpoint takes it shows with the first request`,
      'ask for one with --send or --send-one',
    );
  }
  const asked = auth.type === 'oauth2' && auth.grant.type !== 'ims_exchange' ? wordsOf(auth.scope ?? '') : [];
  const parts = [
    auth.type === 'oauth2' ? 'given' : `${WHAT[auth.type]} there`,
    lifetimeMs === null ? '' : `good for ${Math.round(lifetimeMs / 1000)} s`,
    scopeText(scope, asked),
    audience === null ? '' : `audience ${audience.join(' ')}`,
  ];
  const text = parts.filter(Boolean).join('; ');
  const missing = scope === null ? [] : asked.filter(word => !scope.includes(word));
  if (missing.length === 0) return ok(text, facts);
  return warning(
    `${text}; it lacks ${missing.join(' ')}, which was asked for`,
    'have the scope granted to this client',
    facts,
  );
}

/** An answer without a scope has granted what was asked for (RFC 6749 §5.1), or the server forgot to say. */
function scopeText(scope: readonly string[] | null, asked: readonly string[]): string {
  if (scope !== null) return `scope ${scope.join(' ') || '(none)'}`;
  return asked.length === 0 ? '' : `the answer names no scope, and ${asked.join(' ')} was asked for`;
}

const WHAT: Readonly<Record<AuthConfig['type'], string>> = {
  none: 'nothing is',
  basic: 'user and password are',
  bearer: 'a token is',
  'bearer-file': 'a token is',
  apikey: 'a key is',
  oauth2: 'a token is',
  sigv4: 'keys are',
};

/** Sees what is answered, besides the token. */
function listening(transport: HttpTransport, heard: (told: Told) => void): HttpTransport {
  return {
    async send(request, options) {
      const answer = await transport.send(request, options);
      heard(answer.complete ? toldIn(parseJson(answer.body, MOST_VALUES)) : NOTHING);
      return answer;
    },
    close: async () => undefined,
  };
}

const MOST_VALUES = 1_000;
const MOST_WORDS = 50;
const LONGEST_WORD = 200;

function toldIn(value: unknown): Told {
  if (typeof value !== 'object' || value === null) return NOTHING;
  const { scope, scp, aud } = value as Readonly<Record<string, unknown>>;
  return { scope: listOf(scope ?? scp), audience: listOf(aud) };
}

/** A text of words, or a list of them (RFC 8693 §4.2, RFC 7519 §4.1.3). */
function listOf(value: unknown): readonly string[] | null {
  const words = typeof value === 'string' ? wordsOf(value) : Array.isArray(value) ? value : null;
  return words === null ? null : words.filter(isWord).slice(0, MOST_WORDS);
}

function wordsOf(text: string): readonly string[] {
  return text.split(' ').filter(Boolean);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_WORD;
}

function tokenIn(header: string): string {
  return header.slice(header.lastIndexOf(' ') + 1);
}

/** Of a JWT (RFC 7519) what it says of itself; null for any other token. Its signature is the endpoint's to check. */
function claimsOf(token: string): Claims | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const value = parseJson(Buffer.from(parts[1]!, 'base64url'), MOST_VALUES);
  if (typeof value !== 'object' || value === null) return null;
  const { exp } = value as Readonly<Record<string, unknown>>;
  const isTime = typeof exp === 'number' && exp > 0 && exp < 1e11;
  return { ...toldIn(value), expiresAt: isTime ? Math.round(exp * 1000) : null };
}
