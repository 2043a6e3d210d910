import type { TaskFact } from '../facts.ts';
import { toFault } from '../kafka-error.ts';
import { type Assignment, keyOf } from '../order/assignment.ts';
import {
  type ConsumerEvent,
  type KafkaConsumer,
  OFFSET_BEGINNING,
  type TopicPartition,
  type TopicPartitionOffset,
  type Watermarks,
} from '../ports.ts';

/** A partition that brought nothing for this long, although its log goes on, is looked at. */
export const STALL_AFTER_MS = 30_000;

/** What a leader said of its log, or that it said nothing. */
export type WatchEvent =
  | { readonly kind: 'watermarks'; readonly assignment: Assignment; readonly watermarks: Watermarks }
  | { readonly kind: 'consumer'; readonly event: ConsumerEvent };

export interface StallWatchParts {
  readonly consumer: KafkaConsumer;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly post: (event: WatchEvent) => void;
  readonly announce: (fact: TaskFact) => void;
  readonly fail: (reason: string) => void;
}

/** What the log's bounds say about a partition that brings nothing. */
export type StallFinding =
  | { readonly kind: 'fine' }
  /** There are records behind the position, and they do not come. */
  | { readonly kind: 'stalled'; readonly reason: string }
  /** The position is outside the log: waiting does not help, and resetting it would lose or repeat records. */
  | { readonly kind: 'out-of-range'; readonly reason: string };

/** Partitions that deserve a question to their leader: `consume(n)` never says which partition an error was about. */
export function suspects(assignments: Iterable<Assignment>, now: number, afterMs: number): Assignment[] {
  const found: Assignment[] = [];
  for (const assignment of assignments) {
    if (assignment.revoking || assignment.paused) continue;
    if (now - assignment.progressAt >= afterMs) found.push(assignment);
  }
  return found;
}

export function judge(assignment: Assignment, { low, high }: Watermarks): StallFinding {
  const { topic, partition } = assignment;
  const position = assignment.ledger.position;
  const where = `${topic}-${partition}`;
  if (position === null) {
    if (high <= low) return { kind: 'fine' };
    return {
      kind: 'stalled',
      reason: `${where}: no record arrives though the log holds offsets ${low} to ${high - 1}`,
    };
  }
  if (position < low) {
    return {
      kind: 'out-of-range',
      reason:
        `${where}: offsets ${position} to ${low - 1} were deleted (retention) before they were read. They are lost to ` +
        `this group. To go on behind them, reset the group's offset for this partition to ${low}`,
    };
  }
  if (position > high) {
    return {
      kind: 'out-of-range',
      reason:
        `${where}: the group's offset ${position} is beyond the end of the log (${high}): the topic was truncated or ` +
        "created anew. Reset the group's offset for this partition to where reading should go on",
    };
  }
  if (position === high || assignment.endSeen === high) return { kind: 'fine' };
  return {
    kind: 'stalled',
    reason: `${where}: no record arrives though the log goes on from ${position} to ${high - 1}`,
  };
}

const CHECK_MS = 10_000;
const WATERMARKS_TIMEOUT_MS = 5_000;

/**
 * Asks the leaders of suspect partitions, and acts on what the log's bounds say: a partition whose records do not come is
 * fetched anew. librdkafka gives a partition up at an error of a look-up that it takes for a lasting one (a broker that
 * compacts the log answers so at times), and `consume(n)` may swallow that error.
 */
export class StallWatch {
  readonly #parts: StallWatchParts;
  readonly #stalled = new Set<Assignment>();
  #checkAt: number;

  constructor(parts: StallWatchParts, now: number) {
    this.#parts = parts;
    this.#checkAt = now + CHECK_MS;
  }

  get nextAt(): number {
    return this.#checkAt;
  }

  tick(now: number): void {
    if (now >= this.#checkAt) this.check(now, STALL_AFTER_MS);
  }

  /**
   * @param afterMs how long a partition must have brought nothing to be asked about.
   * @param only the partition in question, where it is known.
   */
  check(now: number, afterMs: number, only?: TopicPartition): void {
    const { assignments, consumer, post } = this.#parts;
    this.#checkAt = now + CHECK_MS;
    for (const assignment of suspects(assignments.values(), now, afterMs)) {
      if (only !== undefined && assignment.key !== keyOf(only)) continue;
      consumer.watermarks(assignment, WATERMARKS_TIMEOUT_MS).then(
        watermarks => post({ kind: 'watermarks', assignment, watermarks }),
        (error: unknown) => post({ kind: 'consumer', event: { kind: 'fault', fault: toFault(error) } }),
      );
    }
  }

  answer(assignment: Assignment, watermarks: Watermarks): void {
    const { assignments, announce, fail } = this.#parts;
    if (assignments.get(assignment.key) !== assignment) return;
    const finding = judge(assignment, watermarks);
    if (finding.kind === 'out-of-range') return fail(finding.reason);
    if (finding.kind === 'fine') return;
    const { topic, partition } = assignment;
    const position = assignment.ledger.position ?? watermarks.low;
    announce({ kind: 'partition-stalled', topic, partition, position, reason: finding.reason });
    this.#stalled.add(assignment);
  }

  /** Has stalled partitions fetched anew. Called only while no read is in flight, and no rebalance is under way. */
  refetch(): void {
    if (this.#stalled.size === 0) return;
    const { assignments, consumer } = this.#parts;
    const stalled = [...this.#stalled].filter(one => assignments.get(one.key) === one && !one.revoking);
    this.#stalled.clear();
    if (stalled.length === 0) return;
    consumer.refetch(stalled.map(positionOf), [...assignments.values()].map(positionOf));
  }
}

/** What was received is not asked for again; nothing is skipped by it, whatever the client had fetched ahead. */
function positionOf({ topic, partition, ledger }: Assignment): TopicPartitionOffset {
  return { topic, partition, offset: ledger.position ?? OFFSET_BEGINNING };
}
