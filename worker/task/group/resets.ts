import type { KafkaConfig } from '../../../config/types.ts';
import type { TaskFact } from '../facts.ts';
import { Assignment, type PartitionLane, positionOf } from '../order/assignment.ts';
import type { KafkaConsumer } from '../ports.ts';
import { refetch } from './refetch.ts';

/** A position outside its log, and the log as its leader told it. */
export interface OutOfRange {
  readonly position: number;
  /** The log's start, and the offset behind its end. */
  readonly low: number;
  readonly high: number;
  /** What to say where the task fails of it. */
  readonly reason: string;
}

export interface ResetsParts {
  readonly consumer: KafkaConsumer;
  readonly assignments: Map<string, Assignment>;
  /** What each new assignment tells its changes to. */
  readonly changed: (lane: PartitionLane) => void;
  readonly maxUncommitted: number;
  /** As the user wrote it; who wrote nothing is told, and the task fails. */
  readonly outOfRange: KafkaConfig['offsetOutOfRange'];
  readonly announce: (fact: TaskFact) => void;
  readonly fail: (reason: string) => void;
}

/**
 * Where reading goes on when a position is outside its log, and `auto.offset.reset` was written: at the log's start or at its
 * end, as Kafka's consumers do (`FetchCollector.handleOffsetOutOfRange`). What is passed over is told, each time.
 *
 * Below the log (retention) that is a way forward: the assignment goes on, what it has in flight is delivered as ever, and the
 * gap needs no verdict. Beyond the end (the log was truncated) it is a way back, and offsets mean other records from then
 * on: the assignment takes no more, and once all that it has received has a verdict another takes its place, whose first
 * commit is its start. So a commit never says less than an earlier one of the same assignment.
 */
export class Resets {
  readonly #parts: ResetsParts;
  readonly #pending = new Map<Assignment, OutOfRange>();

  constructor(parts: ResetsParts) {
    this.#parts = parts;
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return this.#pending.size === 0;
  }

  /** Something is due that may only be done while no read is in flight. */
  get wantsClient(): boolean {
    for (const assignment of this.#pending.keys()) if (isDue(assignment)) return true;
    return false;
  }

  /** The topic is the one that it was, and the position is outside its log. */
  found(assignment: Assignment, where: OutOfRange): void {
    const { outOfRange, fail } = this.#parts;
    // Something has come from there meanwhile.
    if (assignment.ledger.position !== where.position) return;
    if (outOfRange === 'fail' && !isHole(assignment, where.low)) return fail(where.reason);
    assignment.rewinding = where.position > where.high;
    this.#pending.set(assignment, where);
  }

  /** Goes on elsewhere. Called only while no read is in flight, and no rebalance is under way. */
  advance(now: number): void {
    if (this.#pending.size === 0) return;
    const { consumer, assignments, announce } = this.#parts;
    const moved: Assignment[] = [];
    const facts: TaskFact[] = [];
    for (const [assignment, where] of this.#pending) {
      const isOurs = assignments.get(assignment.key) === assignment && !assignment.revoking;
      if (isOurs && !isDue(assignment)) continue;
      this.#pending.delete(assignment);
      if (!isOurs || assignment.ledger.position !== where.position) continue;
      const hole = isHole(assignment, where.low);
      const fact = this.#factOf(assignment, where);
      if (!hole) facts.push(fact);
      moved.push(this.#move(assignment, hole ? where.low : fact.to, now));
    }
    if (moved.length === 0) return;
    refetch(consumer, assignments, moved.map(positionOf), now);
    for (const fact of facts) announce(fact);
  }

  #factOf({ topic, partition }: Assignment, { position, low, high }: OutOfRange): TaskFact & { kind: 'offset-reset' } {
    const reset = this.#parts.outOfRange === 'latest' ? 'latest' : 'earliest';
    const to = reset === 'latest' ? high : low;
    return { kind: 'offset-reset', topic, partition, reset, from: position, to, low, high };
  }

  /** @returns what goes on at this offset: the same assignment, or another in its place */
  #move(assignment: Assignment, to: number, now: number): Assignment {
    if (!assignment.rewinding) {
      assignment.skipTo(to, now);
      return assignment;
    }
    const { consumer, assignments, maxUncommitted, changed } = this.#parts;
    const { topic, partition, topicId, key } = assignment;
    assignment.disown();
    // The client keeps a pause: it would come back paused.
    if (assignment.paused) consumer.resume([{ topic, partition }]);
    const start = { topic, partition, topicId, offset: to };
    const anew = new Assignment(start, { maxUncommitted, commitStart: true, rewound: true, now, changed });
    assignments.set(key, anew);
    return anew;
  }
}

/** The end of the log was seen where it begins now, or behind that: nothing is gone but markers of transactions. */
export function isHole({ ledger, endSeen }: Assignment, low: number): boolean {
  return endSeen !== null && endSeen >= low && ledger.position !== null && ledger.position < low;
}

/** Whatever was received of the log before it lost its end goes out first: nobody can read it again. */
function isDue({ rewinding, ledger }: Assignment): boolean {
  return !rewinding || ledger.unresolved === 0;
}
