import type { CredentialsState } from '../../batch.ts';
import { CredentialsError } from '../../errors.ts';
import { Scope, type Signal } from '../../scope.ts';
import type { Authorization, Credentials, CredentialsParts } from './credentials.ts';
import { HeaderAuthorization } from './fixed.ts';
import { Tally } from './tally.ts';
import { waitFor } from './wait.ts';

/** What an authorization server gave. */
export interface Token {
  /** The whole value of the `Authorization` header. */
  readonly header: string;
  readonly lifetimeMs: number;
}

/** Where tokens come from. */
export interface TokenSource {
  /** @throws CredentialsError */
  request(signal: Signal): Promise<Token>;
  close(): void | Promise<void>;
}

type KeeperParts = Pick<CredentialsParts, 'clock' | 'announce' | 'timeoutMs'>;

/** A token is renewed this long before it expires, or at four fifths of its life when that is later. */
const EARLY_MS = 60_000;
const EARLY_SHARE = 0.2;
/** After a failed early renewal, with the old token still good. */
const EARLY_RETRY_MS = 5_000;

interface Held {
  readonly authorization: Authorization;
  readonly since: number;
  /** Monotonic, so that a jump of the wall clock changes nothing. */
  readonly expiresAt: number;
  renewAt: number;
}

/**
 * Tokens that expire. One token request at a time, shared by all who wait for it; a token about to expire is renewed in the
 * background, while the old one still serves.
 */
export class TokenKeeper implements Credentials {
  readonly #source: TokenSource;
  readonly #parts: KeeperParts;
  readonly #tally: Tally;
  #held: Held | null = null;
  #renewal: { readonly result: Promise<Authorization>; readonly stop: () => void } | null = null;

  constructor(source: TokenSource, parts: KeeperParts) {
    this.#source = source;
    this.#parts = parts;
    this.#tally = new Tally(parts);
  }

  async authorize(signal: Signal): Promise<Authorization> {
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

  invalidate(authorization: Authorization): boolean {
    if (this.#held?.authorization === authorization) this.#held = null;
    return true;
  }

  get state(): CredentialsState {
    return this.#tally.state(this.#held?.since ?? null, this.#held?.expiresAt ?? null);
  }

  close(): void | Promise<void> {
    this.#renewal?.stop();
    return this.#source.close();
  }

  #renew(): Promise<Authorization> {
    this.#renewal ??= this.#start();
    return this.#renewal.result;
  }

  #start(): { result: Promise<Authorization>; stop: () => void } {
    const { clock, timeoutMs } = this.#parts;
    const started = clock.now();
    const scope = new Scope();
    let resolve!: (authorization: Authorization) => void;
    let reject!: (error: unknown) => void;
    const result = new Promise<Authorization>((yes, no) => {
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
        this.#tally.failed(error instanceof Error ? error.message : 'unknown');
        reject(error);
        scope.abort();
      });
    const cancelTimer = clock.timer(timeoutMs, () => fail(timeout(timeoutMs)));
    this.#source.request(scope).then(
      token =>
        finish(() => {
          this.#tally.refreshed(token.lifetimeMs, started);
          resolve(this.#keep(token, started));
        }),
      fail,
    );
    return { result, stop: () => fail(new CredentialsError('given up', 'ABORTED', true)) };
  }

  #keep({ header, lifetimeMs }: Token, started: number): Authorization {
    const authorization = new HeaderAuthorization('authorization', header);
    const expiresAt = started + lifetimeMs;
    this.#held = {
      authorization,
      since: started,
      expiresAt,
      renewAt: expiresAt - Math.min(EARLY_MS, lifetimeMs * EARLY_SHARE),
    };
    return authorization;
  }
}

function timeout(ms: number): CredentialsError {
  return new CredentialsError(`the authorization server gave no token within ${ms} ms`, 'DEADLINE_EXCEEDED', true);
}
