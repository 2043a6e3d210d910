import type { Clock } from '../../connector/ports.ts';
import { shownReason } from '../../connector/record-error.ts';
import type { TaskFact } from '../task/facts.ts';
import { Distribution, MILLISECONDS, RECORDS } from './distribution.ts';
import { excerpt } from './text.ts';

type Of<K extends TaskFact['kind']> = Extract<TaskFact, { kind: K }>;

/** How requests went, in the words of FIWARE Orion's notifications. Times are epoch milliseconds; null: never. */
export interface Sending {
  timesSent: number;
  lastSuccess: number | null;
  lastSuccessCode: number | null;
  lastFailure: number | null;
  /** Null: there was no answer. */
  lastFailureCode: number | null;
  lastFailureReason: string | null;
  /** Failures since the last success. */
  failsCounter: number;
}

/** Records that could not be delivered for the same cause. */
export interface Cause {
  readonly outcome: Of<'record-rejected'>['outcome'];
  readonly stage: string;
  readonly exceptionClassName: string;
  /** Nothing of a record; it may hold what the endpoint said. */
  readonly reason: string;
  records: number;
  readonly firstAt: number;
  lastAt: number;
}

const MOST_CAUSES = 20;
const MOST_REASON = 512;

export const NOTHING_SENT: Readonly<Sending> = {
  timesSent: 0,
  lastSuccess: null,
  lastSuccessCode: null,
  lastFailure: null,
  lastFailureCode: null,
  lastFailureReason: null,
  failsCounter: 0,
};

/** What a task has done, as far as metrics do not say it. Every fact costs the same, however many records it is about. */
export class Activity {
  readonly #clock: Clock;
  readonly #causes = new Map<string, Cause>();
  readonly sending: Sending = { ...NOTHING_SENT };
  /** Milliseconds from sending a request to its answer, or its failure. */
  readonly requestMs = new Distribution(MILLISECONDS);
  /** Milliseconds from a record's timestamp to its confirmation. */
  readonly recordMs = new Distribution(MILLISECONDS);
  /** Records of a confirmed request. */
  readonly batch = new Distribution(RECORDS);
  /** Records that could not be delivered, for whatever cause, and those of a cause that there was no room for. */
  rejected = 0;
  otherRejections = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get causes(): readonly Cause[] {
    return [...this.#causes.values()];
  }

  take(fact: TaskFact): void {
    switch (fact.kind) {
      case 'request-succeeded':
        return this.#succeeded(fact);
      case 'request-failed':
        return this.#failed(fact);
      case 'records-delivered':
        return this.#delivered(fact);
      case 'record-rejected':
        return this.#rejectedOne(fact);
      default:
    }
  }

  #succeeded({ status, ms, records }: Of<'request-succeeded'>): void {
    const { sending } = this;
    sending.timesSent += 1;
    sending.lastSuccess = this.#clock.wall();
    sending.lastSuccessCode = status;
    sending.failsCounter = 0;
    this.requestMs.add(ms);
    this.batch.add(records);
  }

  #failed({ status, reason, ms }: Of<'request-failed'>): void {
    const { sending } = this;
    sending.timesSent += 1;
    sending.lastFailure = this.#clock.wall();
    sending.lastFailureCode = status;
    sending.lastFailureReason = excerpt(reason, MOST_REASON);
    sending.failsCounter += 1;
    this.requestMs.add(ms);
  }

  #delivered({ records, latenciesMs }: Of<'records-delivered'>): void {
    const weight = records / latenciesMs.length;
    for (const ms of latenciesMs) this.recordMs.add(ms, weight);
  }

  #rejectedOne({ error, outcome }: Of<'record-rejected'>): void {
    const { stage, exceptionClassName } = error;
    const reason = excerpt(shownReason(error), MOST_REASON);
    // Sizes and offsets make no other cause.
    const key = JSON.stringify([outcome, stage, exceptionClassName, reason.replace(/\d{4,}/g, '#')]);
    const known = this.#causes.get(key);
    const now = this.#clock.wall();
    this.rejected += 1;
    if (known !== undefined) {
      known.records += 1;
      known.lastAt = now;
    } else if (this.#causes.size >= MOST_CAUSES) this.otherRejections += 1;
    else this.#causes.set(key, { outcome, stage, exceptionClassName, reason, records: 1, firstAt: now, lastAt: now });
  }
}
