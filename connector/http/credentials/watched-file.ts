import type { CredentialsState } from '../../batch.ts';
import { CredentialsError } from '../../errors.ts';
import type { Announce, Clock, SmallFiles } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { Tally } from './tally.ts';
import { waitFor } from './wait.ts';

/** How often the file is looked at, at most, milliseconds; and while it can't be read and the last good content serves on. */
const LOOK_MS = 2_000;
const LOOK_AFTER_FAILURE_MS = 15_000;

export interface WatchedFileParts {
  readonly files: SmallFiles;
  readonly clock: Clock;
  readonly announce: Announce;
}

interface Held<T> {
  readonly value: T;
  readonly since: number;
}

/**
 * What stands in a file that others replace: read again when it has changed. While it is being replaced (missing, empty, half
 * written), the last good content serves on, until it is dropped. One look at a time, shared by all who wait for it.
 */
export class WatchedFile<T extends object> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #parts: WatchedFileParts;
  readonly #tally: Tally;
  #held: Held<T> | null = null;
  /** Of the content that is held; null when the last look found no good one, or it was dropped. */
  #stamp: string | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #look: Promise<T> | null = null;

  /** @param parse throws an Error whose message completes "the file …" and holds nothing of the text */
  constructor(path: string, parse: (text: string) => T, parts: WatchedFileParts) {
    this.#path = path;
    this.#parse = parse;
    this.#parts = parts;
    this.#tally = new Tally(parts);
  }

  /** @throws CredentialsError while there is no good content, and never was */
  current(signal: Signal): Promise<T> {
    const held = this.#held;
    const pause = this.#stamp === null ? LOOK_AFTER_FAILURE_MS : LOOK_MS;
    if (held !== null && this.#parts.clock.now() - this.#lookedAt < pause) return Promise.resolve(held.value);
    this.#look ??= this.#start();
    return waitFor(this.#look, signal);
  }

  /** This content serves no more: the file is read before anything else is given out. */
  drop(value: T): void {
    if (this.#held?.value !== value) return;
    this.#held = null;
    this.#stamp = null;
  }

  get state(): CredentialsState {
    return this.#tally.state(this.#held?.since ?? null, null);
  }

  async #start(): Promise<T> {
    try {
      for (;;) {
        const failure = await this.#refresh();
        if (this.#held !== null) return this.#held.value;
        if (failure !== null) throw new CredentialsError(failure, 'TOKEN_UNUSABLE', false);
        // Dropped while it was looked at: what it was dropped for says nothing of what stands there now.
      }
    } finally {
      this.#look = null;
    }
  }

  /** @returns why there is no newer content, or null */
  async #refresh(): Promise<string | null> {
    const { files, clock } = this.#parts;
    const started = clock.now();
    try {
      // Before it is read: what is written in between has another stamp the next time.
      const stamp = await files.stamp(this.#path);
      if (stamp !== this.#stamp || this.#held === null) {
        const text = await files.read(this.#path);
        this.#held = { value: this.#parse(text), since: clock.now() };
        this.#stamp = stamp;
        this.#tally.refreshed(null, started);
      }
      this.#tally.recovered();
      return null;
    } catch (error) {
      this.#stamp = null;
      const reason = `no credentials in ${this.#path}: ${error instanceof Error ? error.message : 'it can not be read'}`;
      this.#tally.failed(reason);
      return reason;
    } finally {
      this.#lookedAt = clock.now();
    }
  }
}
