import type { CredentialsState } from '../../batch.ts';
import type { Announce, Clock } from '../../ports.ts';

/** Counts renewals, tells of each, and remembers what the status shows. Times are monotonic milliseconds. */
export class Tally {
  readonly #clock: Clock;
  readonly #announce: Announce;
  #refreshes = 0;
  #failures = 0;
  #lastFailure: string | null = null;

  constructor({ clock, announce }: { readonly clock: Clock; readonly announce: Announce }) {
    this.#clock = clock;
    this.#announce = announce;
  }

  /** @param expiresInMs null where nobody tells */
  refreshed(expiresInMs: number | null, started: number): void {
    this.#refreshes++;
    this.#lastFailure = null;
    this.#announce({ kind: 'token-refreshed', expiresInMs, ms: this.#clock.now() - started });
  }

  failed(reason: string): void {
    this.#failures++;
    this.#lastFailure = reason;
    this.#announce({ kind: 'token-failed', reason });
  }

  /** A failure has passed without anything new having come. */
  recovered(): void {
    this.#lastFailure = null;
  }

  state(since: number | null, expiresAt: number | null): CredentialsState {
    const now = this.#clock.now();
    return {
      ageMs: since === null ? null : now - since,
      expiresInMs: since === null || expiresAt === null ? null : Math.max(0, expiresAt - now),
      refreshes: this.#refreshes,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
    };
  }
}
