import type { AuthConfig, OAuth2Config } from '../../config/types.ts';
import { CredentialsError } from '../errors.ts';
import type { Announce, Clock, HttpTransport } from '../ports.ts';
import { Scope, type Signal } from '../scope.ts';
import { basic, isHeaderSafe, requestToken, type Token } from './token.ts';

/** Gives each request its `authorization` header. */
export interface Credentials {
  /**
   * The header's value, or null for none. Waits at most until the signal fires.
   * @throws CredentialsError
   */
  authorize(signal: Signal): Promise<string | null>;
  /**
   * The endpoint answered 401 to this value. Drops it, unless a newer one has taken its place already.
   * @returns whether `authorize` may give another one
   */
  invalidate(authorization: string | null): boolean;
  close(): void;
}

export interface CredentialsParts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly announce: Announce;
  /** One token request, from connect to the last byte of the answer. */
  readonly timeoutMs: number;
}

export function createCredentials(auth: AuthConfig, parts: CredentialsParts): Credentials {
  switch (auth.type) {
    case 'none':
      return fixed(null);
    case 'basic':
      return fixed(basic(auth.username, auth.password.reveal()));
    case 'bearer':
      return bearer(auth.token.reveal());
    case 'oauth2':
      return new ClientCredentials(auth, parts);
  }
}

function fixed(authorization: string | null): Credentials {
  return { authorize: async () => authorization, invalidate: () => false, close: () => {} };
}

function bearer(token: string): Credentials {
  if (isHeaderSafe(token)) return fixed(`Bearer ${token}`);
  const reason = 'the bearer token can not be sent: it is empty, or holds a blank, a line break or a special character';
  return {
    authorize: () => Promise.reject(new CredentialsError(reason, 'TOKEN_UNUSABLE', false)),
    invalidate: () => false,
    close: () => {},
  };
}

/** A token is renewed this long before it expires, or at four fifths of its life when that is later. */
const EARLY_MS = 60_000;
const EARLY_SHARE = 0.2;
/** After a failed early renewal, with the old token still good. */
const EARLY_RETRY_MS = 5_000;

interface Held {
  readonly authorization: string;
  /** Monotonic, so that a jump of the wall clock changes nothing. */
  readonly expiresAt: number;
  renewAt: number;
}

/**
 * Tokens by client credentials (RFC 6749 §4.4). One token request at a time, shared by all who wait for it; a token
 * about to expire is renewed in the background, while the old one still serves.
 */
class ClientCredentials implements Credentials {
  readonly #config: OAuth2Config;
  readonly #parts: CredentialsParts;
  #held: Held | null = null;
  #renewal: { readonly result: Promise<string>; readonly stop: () => void } | null = null;

  constructor(config: OAuth2Config, parts: CredentialsParts) {
    this.#config = config;
    this.#parts = parts;
  }

  async authorize(signal: Signal): Promise<string> {
    const held = this.#held;
    const now = this.#parts.clock.now();
    if (held === null || now >= held.expiresAt) return waitFor(this.#renew(), signal);
    if (now >= held.renewAt) {
      held.renewAt = now + EARLY_RETRY_MS;
      // The one who waits for it hears of a failure; a renewal in advance is announced and tried again.
      this.#renew().catch(() => {});
    }
    return held.authorization;
  }

  invalidate(authorization: string | null): boolean {
    if (this.#held?.authorization === authorization) this.#held = null;
    return true;
  }

  close(): void {
    this.#renewal?.stop();
  }

  #renew(): Promise<string> {
    this.#renewal ??= this.#start();
    return this.#renewal.result;
  }

  #start(): { result: Promise<string>; stop: () => void } {
    const { clock, transport, announce, timeoutMs } = this.#parts;
    const started = clock.now();
    const scope = new Scope();
    let resolve!: (authorization: string) => void;
    let reject!: (error: unknown) => void;
    const result = new Promise<string>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    // Whoever comes first ends the renewal: the answer, the deadline or close. What comes later changes nothing, so
    // that a late answer never replaces a newer token.
    const finish = (act: () => void): void => {
      if (this.#renewal?.result !== result) return;
      this.#renewal = null;
      cancelTimer();
      act();
    };
    const fail = (error: unknown): void =>
      finish(() => {
        announce({ kind: 'token-failed', reason: error instanceof Error ? error.message : 'unknown' });
        reject(error);
        scope.abort();
      });
    const cancelTimer = clock.timer(timeoutMs, () => fail(timeout(timeoutMs)));
    requestToken(this.#config, transport, () => clock.wall(), scope).then(
      token =>
        finish(() => {
          announce({ kind: 'token-refreshed', expiresInMs: token.lifetimeMs, ms: clock.now() - started });
          resolve(this.#keep(token, started));
        }),
      fail,
    );
    return { result, stop: () => fail(new CredentialsError('given up', 'ABORTED', true)) };
  }

  #keep({ value, lifetimeMs }: Token, started: number): string {
    const authorization = `Bearer ${value}`;
    const expiresAt = started + lifetimeMs;
    this.#held = { authorization, expiresAt, renewAt: expiresAt - Math.min(EARLY_MS, lifetimeMs * EARLY_SHARE) };
    return authorization;
  }
}

function timeout(ms: number): CredentialsError {
  return new CredentialsError(`the authorization server gave no token within ${ms} ms`, 'DEADLINE_EXCEEDED', true);
}

/** The waiter may leave early; what it waited for goes on for the others. */
function waitFor(result: Promise<string>, signal: Signal): Promise<string> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new CredentialsError('given up while waiting for a token', 'ABORTED', true));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
