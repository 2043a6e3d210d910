import type { TaskFact } from '../facts.ts';
import { isRefusedPartition, isRefusedWhole, toFault } from '../kafka-error.ts';
import type { Assignment } from '../order/assignment.ts';
import type { CommittedOffset, KafkaConsumer, KafkaFault, TopicPartitionOffset } from '../ports.ts';
import { type Commit, covers, MAX_OVERDUE, matches, Overdue, offsetsOf, type Part, partOf } from './commit.ts';
import type { Questions } from './questions.ts';
import { Refusals } from './refusals.ts';

/** What the group's coordinator holds, of the partitions of commits that have failed or had no answer. */
export interface StoredEvent {
  readonly kind: 'stored-offsets';
  readonly asked: readonly Doubt[];
  /** One for each of `partsOf(asked)`; null when there was no answer. */
  readonly stored: readonly (CommittedOffset | KafkaFault)[] | null;
}

/** A commit that may be stored, or part of it. */
interface Doubt {
  readonly commit: Commit;
  /** Null: it had no answer. */
  readonly fault: KafkaFault | null;
}

/** After a failed or unanswered commit, the next one waits this long. */
const RETRY_MS = 500;
/** How long the brokers may take to say what they hold: no longer than a departure has for its last commit. */
const STORED_TIMEOUT_MS = 2_000;
/** No commit has succeeded for this long: the user should know. */
const FAILING_MS = 30_000;

/**
 * Commits what the ledgers say is safe. Always asynchronous and one at a time: the answer arrives through the reader.
 * An answer that fails, or does not come in time, is unknown for every partition in it; they are committed again.
 *
 * librdkafka's answer names no request, so it is matched by what it contains. An overdue commit may still be answered
 * while a later one is under way: since offsets only grow, and the client sends commits in order, a success says that
 * at least that much is committed.
 *
 * A failure names no partition either: the client reports one error for a commit of which the broker may have stored all but
 * one partition. So what the broker holds is asked for, and what it has stored is acknowledged; a later offset than any that
 * we could have committed is another member's, and the partition no longer ours. One that is refused for good is committed apart.
 */
export class Committer {
  readonly #consumer: KafkaConsumer;
  readonly #questions: Questions;
  readonly #assignments: ReadonlyMap<string, Assignment>;
  readonly #post: (event: StoredEvent) => void;
  readonly #announce: (fact: TaskFact) => void;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #sequence = 0;
  #current: Commit | null = null;
  readonly #overdue = new Overdue();
  #lastFlushAt: number;
  #notBefore = 0;
  readonly #refusals = new Refusals();
  /** The last commit was of a refused partition. */
  #wasApart = false;
  #doubts: Doubt[] = [];
  #asking = false;
  #mayAsk = true;
  #failingSince: number | null = null;
  #lastReason = '';

  constructor(options: {
    consumer: KafkaConsumer;
    questions: Questions;
    assignments: ReadonlyMap<string, Assignment>;
    post: (event: StoredEvent) => void;
    announce: (fact: TaskFact) => void;
    intervalMs: number;
    timeoutMs: number;
    now: number;
  }) {
    this.#consumer = options.consumer;
    this.#questions = options.questions;
    this.#assignments = options.assignments;
    this.#post = options.post;
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
    const wanted = due || (early && this.#someEager(assignments));
    // They take turns with the others, whose commits many refused ones would hold up.
    if (this.#refusals.size > 0 && !(wanted && this.#wasApart) && this.#retryRefused(now)) return;
    if (!wanted) return;
    this.#wasApart = false;
    if (due) this.#lastFlushAt = now;
    if (this.flush(assignments, now) || !due) return;
    if (this.#refusals.size === 0) this.#failingSince = null;
    this.#announce({ kind: 'commit-skipped' });
  }

  /**
   * Commits the progress of these partitions now, unless a commit is under way or was just refused; those that are refused
   * for a lasting reason stay out of it.
   * @returns whether a commit was sent.
   */
  flush(assignments: Iterable<Assignment>, now: number): boolean {
    if (this.#current !== null || now < this.#notBefore) return false;
    const parts: Part[] = [];
    for (const assignment of assignments) {
      if (assignment.hasProgress && !this.#refusals.has(assignment)) parts.push(partOf(assignment));
    }
    if (parts.length === 0) return false;
    this.#lastFlushAt = now;
    this.#send(parts, now);
    return true;
  }

  /** Commits them for the last time, for a revoke or a stop: does not wait for the answer to a commit that says less. */
  flushLast(assignments: readonly Assignment[], now: number): void {
    const current = this.#current;
    const good = assignments.filter(assignment => !this.#refusals.has(assignment));
    if (current !== null && good.length > 0 && !covers(current, good)) this.#overtake(current);
    if (good.length > 0) this.flush(good, now);
    else if (this.#current === null && assignments.length > 0) this.#commitApart(assignments[0]!, now);
  }

  /** Refused for a lasting reason, and there is nothing new to try with: it is not waited for. */
  isHopeless(assignment: Assignment): boolean {
    return this.#refusals.isHopeless(assignment);
  }

  /** Why offsets can't be committed, in one line for the user; null while they can. */
  fault(now: number): string | null {
    if (this.#failingSince === null || now - this.#failingSince < FAILING_MS) return this.#refusals.text;
    return this.#refusals.text ?? `no offset could be committed for a while: ${this.#lastReason}`;
  }

  /** The task leaves: closing the client would wait for a question. */
  askNoMore(): void {
    this.#mayAsk = false;
  }

  /** With the same in an overdue one, it is that of the one under way: an overdue one may never be answered. */
  answer(fault: KafkaFault | null, offsets: readonly TopicPartitionOffset[], now: number): void {
    const current = this.#current;
    const fits = current !== null && matches(current, offsets);
    if (fits && this.#overdue.mayMean(current, offsets)) return this.#doubt({ commit: current, fault: null }, now);
    const answered = fits ? current : this.#overdue.take(offsets);
    if (fault === null) {
      if (answered !== undefined) this.#acknowledge(answered, answered.parts, now);
    } else if (current !== null && (fits || answered === undefined)) {
      this.#fail(current, fault.message, now);
      this.#doubt({ commit: current, fault }, now);
    }
  }

  /** What the brokers hold. An offset of ours, or a later one of ours, says that ours was stored. */
  stored({ asked, stored }: StoredEvent, now: number): void {
    this.#asking = false;
    let at = 0;
    for (const { commit, fault } of stored === null ? [] : asked) {
      const done: Part[] = [];
      for (const part of commit.parts) {
        const held = stored![at++]!;
        if (!('offset' in held)) this.#judgeRefused(part, held, now);
        else if (held.offset >= part.offset && !part.assignment.isOther(held.topicId)) {
          if (held.offset <= part.assignment.ledger.committable!) done.push(part);
        } else this.#judgeRefused(part, fault, now);
      }
      if (done.length > 0) this.#acknowledge(commit, done, now);
    }
    this.#ask();
  }

  /** When `tick` or `flush` has something to do next without an event. */
  nextAt(now: number): number {
    if (this.#current !== null) return this.#current.sentAt + this.#timeoutMs;
    if (this.#notBefore > now) return this.#notBefore;
    const next = this.#lastFlushAt + this.#intervalMs;
    return this.#refusals.size === 0 ? next : Math.min(next, Math.max(now + RETRY_MS, this.#refusals.nextAt));
  }

  #expire(now: number): void {
    const commit = this.#current;
    if (commit === null || now - commit.sentAt < this.#timeoutMs) return;
    this.#fail(commit, `no answer within offset.flush.timeout.ms=${this.#timeoutMs}`, now);
    this.#overtake(commit);
    this.#doubt({ commit, fault: null }, now);
  }

  /** Its answer may still come; it is waited for no longer. */
  #overtake(commit: Commit): void {
    if (commit === this.#current) this.#current = null;
    this.#overdue.add(commit);
  }

  #send(parts: readonly Part[], now: number): void {
    const commit: Commit = { sequence: ++this.#sequence, sentAt: now, parts };
    this.#current = commit;
    const offsets = offsetsOf(parts);
    this.#announce({ kind: 'commit-sent', sequence: commit.sequence, offsets });
    try {
      this.#consumer.commit(offsets);
    } catch (error: unknown) {
      this.#fail(commit, toFault(error).message, now);
    }
  }

  #acknowledge(commit: Commit, parts: readonly Part[], now: number): void {
    if (commit === this.#current) this.#current = null;
    this.#failingSince = null;
    for (const { assignment, offset, floor } of parts) {
      assignment.acknowledge(floor, offset);
      this.#refusals.delete(assignment);
    }
    const ms = now - commit.sentAt;
    this.#announce({ kind: 'commit-acknowledged', sequence: commit.sequence, offsets: offsetsOf(parts), ms });
  }

  #fail(commit: Commit, reason: string, now: number): void {
    if (commit === this.#current) this.#current = null;
    this.#notBefore = now + RETRY_MS;
    this.#failingSince ??= now;
    this.#lastReason = reason;
    this.#announce({ kind: 'commit-failed', sequence: commit.sequence, reason, ms: now - commit.sentAt });
  }

  // What became of it

  #doubt(doubt: Doubt, now: number): void {
    const { commit, fault } = doubt;
    if (fault !== null && isRefusedWhole(fault)) return;
    if (fault !== null && isRefusedPartition(fault) && commit.parts.length === 1)
      return this.#judgeRefused(commit.parts[0]!, fault, now);
    this.#doubts.push(doubt);
    if (this.#doubts.length > MAX_OVERDUE) this.#doubts.shift();
    this.#ask();
  }

  #ask(): void {
    if (this.#asking || !this.#mayAsk || this.#doubts.length === 0) return;
    const asked = this.#doubts.filter(({ commit }) => commit.parts.some(({ assignment }) => this.#isOurs(assignment)));
    this.#doubts = [];
    if (asked.length === 0) return;
    this.#asking = true;
    const partitions = asked.flatMap(({ commit }) => commit.parts.map(({ assignment }) => assignment));
    const question = (consumer: KafkaConsumer, timeoutMs: number) => {
      if (!this.#mayAsk) throw new Error('the client is being closed');
      return consumer.stored(partitions, Math.min(timeoutMs, STORED_TIMEOUT_MS));
    };
    // A last commit that fails is asked about too.
    this.#questions.ask(question, true).then(
      stored => this.#post({ kind: 'stored-offsets', asked, stored }),
      () => this.#post({ kind: 'stored-offsets', asked, stored: null }),
    );
  }

  #judgeRefused({ assignment, floor }: Part, fault: KafkaFault | null, now: number): void {
    if (fault === null || !isRefusedPartition(fault) || !this.#isOurs(assignment)) return;
    if (assignment.acknowledged < floor) this.#refusals.add(assignment, floor, fault, now);
  }

  #retryRefused(now: number): boolean {
    this.#refusals.keep(assignment => this.#isOurs(assignment));
    const assignment = this.#refusals.due(now);
    if (assignment !== undefined) this.#commitApart(assignment, now);
    return assignment !== undefined;
  }

  #commitApart(assignment: Assignment, now: number): void {
    if (now < this.#notBefore) return;
    this.#refusals.tried(assignment, now);
    this.#wasApart = true;
    this.#send([partOf(assignment)], now);
  }

  #someEager(assignments: Iterable<Assignment>): boolean {
    if (this.#refusals.size === 0) return true;
    for (const assignment of assignments) if (assignment.eager && !this.#refusals.has(assignment)) return true;
    return false;
  }

  #isOurs(assignment: Assignment): boolean {
    return this.#assignments.get(assignment.key) === assignment;
  }
}
