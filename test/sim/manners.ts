import type { ClientParts } from './client.ts';
import type { Fetcher } from './fetcher.ts';
import type { PartitionLog } from './log.ts';

/** Of a partition at the end of its log a leader is asked no more often, but for a few times with another reason. */
const QUIET_MS = 120_000;
const MAX_QUIET_QUESTIONS = 12;
/** Assigning anew throws away what was fetched ahead. */
const MAX_REFETCHES = 40;
const REFETCHES_MS = 10_000;

/** What a task may ask and do of a client and its brokers, but not often. */
export class Manners {
  readonly #parts: ClientParts;
  readonly #fetcher: Fetcher;
  readonly #askedAt = new Map<number, number>();
  #quietQuestions = 0;
  /** When partitions were assigned anew, the last times. */
  readonly #refetches: number[] = [];

  constructor(parts: ClientParts, fetcher: Fetcher) {
    this.#parts = parts;
    this.#fetcher = fetcher;
  }

  refetched(): void {
    const { host, hooks } = this.#parts;
    this.#refetches.push(host.now);
    if (this.#refetches.length > MAX_REFETCHES && host.now - this.#refetches.shift()! < REFETCHES_MS)
      hooks.contract(`I23: ${MAX_REFETCHES} times partitions were assigned anew within ${REFETCHES_MS} ms`);
  }

  /** Partitions that are at the end of their logs, and were told so, are asked about seldom. */
  asked(logs: readonly PartitionLog[]): void {
    const { host, hooks, options } = this.#parts;
    for (const log of logs) {
      // An error that names no partition makes suspects of all.
      const quiet = options.native && this.#fetcher.isQuiet(log);
      const before = this.#askedAt.get(log.index) ?? Number.NEGATIVE_INFINITY;
      if (quiet && host.now - before < QUIET_MS) this.#quietQuestions++;
      this.#askedAt.set(log.index, host.now);
    }
    if (this.#quietQuestions > MAX_QUIET_QUESTIONS)
      hooks.contract(`I23: ${this.#quietQuestions} questions about partitions that are known to be at their ends`);
  }
}
