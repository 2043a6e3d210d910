import type { Checker } from './checker.ts';
import type { EndpointFaults } from './endpoint.ts';
import type { PartitionLog } from './log.ts';
import { Violation } from './violation.ts';

/** Two attempts with the stuck partition's records in the request, what lies between, and the group's first assignment. */
const DELIVERED_WITHIN_MS = 60_000;

/** I23: while one partition is stuck, or one destination, what all others hold before a record that goes there is delivered in time. */
export class Isolation {
  readonly #checker: Pick<Checker, 'hasOutcome'>;
  readonly #others: readonly PartitionLog[];
  /** The first ordinal without an outcome, by partition. */
  readonly #open = new Map<PartitionLog, number>();

  readonly #stuckTo: number;

  constructor(
    checker: Pick<Checker, 'hasOutcome'>,
    logs: readonly PartitionLog[],
    { stuck, stuckTo, stuckAt }: Pick<EndpointFaults, 'stuck' | 'stuckTo' | 'stuckAt'>,
  ) {
    this.#checker = checker;
    this.#stuckTo = stuckTo;
    // The endpoint of topic `t0` is `/e0`.
    this.#others = logs.filter(({ index, topic }) => index !== stuck && `/e${topic.slice(1)}` !== stuckAt);
  }

  check(now: number): void {
    for (const log of this.#others) {
      let open = this.#open.get(log) ?? 0;
      while (open < log.records.length && this.#checker.hasOutcome(log.index, open)) open++;
      this.#open.set(log, open);
      const record = log.records[open];
      if (this.#stuckTo >= 0 && record?.told?.to === this.#stuckTo) continue;
      if (record === undefined || now - record.timestamp <= DELIVERED_WITHIN_MS) continue;
      throw new Violation(
        'I23',
        `${log.topic}-${log.partition}: offset ${record.offset} has waited for ${Math.round(now - record.timestamp)} ms ` +
          'though nothing of it is stuck',
      );
    }
  }
}
