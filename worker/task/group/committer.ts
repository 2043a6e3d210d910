import type { TaskFact } from '../facts.ts';
import { toFault } from '../kafka-error.ts';
import { type Assignment, keyOf } from '../order/assignment.ts';
import type { KafkaConsumer, KafkaFault, TopicPartitionOffset } from '../ports.ts';

interface Part {
  readonly assignment: Assignment;
  readonly offset: number;
  /** The ledger's floor that the offset stands for. */
  readonly floor: number;
}

interface Commit {
  readonly sequence: number;
  readonly sentAt: number;
  readonly parts: readonly Part[];
}

/** After a failed or unanswered commit, the next one waits this long. */
const RETRY_MS = 500;
/** Commits whose answer is overdue and may still come. */
const MAX_OVERDUE = 16;

/**
 * Commits what the ledgers say is safe. Always asynchronous and one at a time: the answer arrives through the reader.
 * An answer that fails, or does not come in time, is unknown for every partition in it; they are committed again.
 *
 * librdkafka's answer names no request, so it is matched by what it contains. An overdue commit may still be answered
 * while a later one is under way: since offsets only grow, and the client sends commits in order, a success says that
 * at least that much is committed.
 */
export class Committer {
  readonly #consumer: KafkaConsumer;
  readonly #announce: (fact: TaskFact) => void;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #sequence = 0;
  #current: Commit | null = null;
  #overdue: Commit[] = [];
  #lastFlushAt: number;
  #notBefore = 0;

  constructor(options: {
    consumer: KafkaConsumer;
    announce: (fact: TaskFact) => void;
    intervalMs: number;
    timeoutMs: number;
    now: number;
  }) {
    this.#consumer = options.consumer;
    this.#announce = options.announce;
    this.#intervalMs = options.intervalMs;
    this.#timeoutMs = options.timeoutMs;
    this.#lastFlushAt = options.now;
  }

  /**
   * Commits when the interval is over, or before.
   * @param early a partition has used half of its uncommitted records
   */
  tick(assignments: Iterable<Assignment>, early: boolean, now: number): void {
    this.#expire(now);
    if (this.#current !== null || now < this.#notBefore) return;
    const due = now - this.#lastFlushAt >= this.#intervalMs;
    if (!due && !early) return;
    if (due) this.#lastFlushAt = now;
    if (!this.flush(assignments, now) && due) this.#announce({ kind: 'commit-skipped' });
  }

  /**
   * Commits the progress of these partitions now, unless a commit is under way or was just refused.
   * @returns whether a commit was sent.
   */
  flush(assignments: Iterable<Assignment>, now: number): boolean {
    if (this.#current !== null || now < this.#notBefore) return false;
    const parts: Part[] = [];
    for (const assignment of assignments) {
      if (!assignment.hasProgress) continue;
      parts.push({ assignment, offset: assignment.ledger.committable!, floor: assignment.ledger.floor });
    }
    if (parts.length === 0) return false;
    const commit: Commit = { sequence: ++this.#sequence, sentAt: now, parts };
    this.#current = commit;
    this.#lastFlushAt = now;
    const offsets = offsetsOf(commit);
    this.#announce({ kind: 'commit-sent', sequence: commit.sequence, offsets });
    try {
      this.#consumer.commit(offsets);
    } catch (error: unknown) {
      this.#fail(commit, toFault(error).message, now);
    }
    return true;
  }

  /** Commits them for the last time, for a revoke or a stop: does not wait for the answer to a commit that says less. */
  flushLast(assignments: readonly Assignment[], now: number): void {
    const current = this.#current;
    if (current !== null && !covers(current, assignments)) this.#overtake(current);
    this.flush(assignments, now);
  }

  answer(fault: KafkaFault | null, offsets: readonly TopicPartitionOffset[], now: number): void {
    const overdue = this.#overdue.findIndex(commit => matches(commit, offsets));
    const commit = overdue >= 0 ? this.#overdue.splice(overdue, 1)[0]! : this.#current;
    if (commit === null) return;
    if (fault === null && matches(commit, offsets)) this.#acknowledge(commit, now);
    else if (fault !== null && commit === this.#current) this.#fail(commit, fault.message, now);
  }

  /** When `tick` or `flush` has something to do next without an event. */
  nextAt(now: number): number {
    if (this.#current !== null) return this.#current.sentAt + this.#timeoutMs;
    return this.#notBefore > now ? this.#notBefore : this.#lastFlushAt + this.#intervalMs;
  }

  #expire(now: number): void {
    const commit = this.#current;
    if (commit === null || now - commit.sentAt < this.#timeoutMs) return;
    this.#fail(commit, `no answer within offset.flush.timeout.ms=${this.#timeoutMs}`, now);
    this.#overtake(commit);
  }

  /** Its answer may still come; it is waited for no longer. */
  #overtake(commit: Commit): void {
    if (commit === this.#current) this.#current = null;
    this.#overdue.push(commit);
    if (this.#overdue.length > MAX_OVERDUE) this.#overdue.shift();
  }

  #acknowledge(commit: Commit, now: number): void {
    if (commit === this.#current) this.#current = null;
    for (const { assignment, offset, floor } of commit.parts) assignment.acknowledge(floor, offset);
    const ms = now - commit.sentAt;
    this.#announce({ kind: 'commit-acknowledged', sequence: commit.sequence, offsets: offsetsOf(commit), ms });
  }

  #fail(commit: Commit, reason: string, now: number): void {
    if (commit === this.#current) this.#current = null;
    this.#notBefore = now + RETRY_MS;
    this.#announce({ kind: 'commit-failed', sequence: commit.sequence, reason, ms: now - commit.sentAt });
  }
}

function offsetsOf(commit: Commit): TopicPartitionOffset[] {
  return commit.parts.map(({ assignment: { topic, partition }, offset }) => ({ topic, partition, offset }));
}

function covers(commit: Commit, assignments: readonly Assignment[]): boolean {
  const floors = new Map(commit.parts.map(({ assignment, floor }) => [assignment, floor]));
  return assignments.every(assignment => floors.get(assignment) === assignment.ledger.floor);
}

function matches(commit: Commit, offsets: readonly TopicPartitionOffset[]): boolean {
  if (offsets.length !== commit.parts.length) return false;
  const sent = new Map(commit.parts.map(({ assignment, offset }) => [assignment.key, offset]));
  return offsets.every(answered => sent.get(keyOf(answered)) === answered.offset);
}
