import type { TaskFact } from '../facts.ts';
import { isLostMembership, toFault } from '../kafka-error.ts';
import { Assignment, type PartitionLane } from '../order/assignment.ts';
import { type KafkaConsumer, type KafkaFault, OFFSET_END, type TopicPartition } from '../ports.ts';
import { keyOf } from '../topic-partition.ts';
import type { Committer } from './committer.ts';
import { NoStartOffsetError, type StartOffset, type StartOffsets } from './start-offsets.ts';

const LOOKUP_RETRY_MS = 1_000;

/** Where assigned partitions are to be read from is known, or could not be found out. */
export type LookupEvent =
  | {
      readonly kind: 'start-offsets';
      readonly partitions: readonly TopicPartition[];
      readonly starts: readonly StartOffset[];
    }
  | { readonly kind: 'start-offsets-failed'; readonly partitions: readonly TopicPartition[]; readonly error: unknown };

export interface RebalanceParts {
  readonly consumer: KafkaConsumer;
  readonly committer: Committer;
  /** The task's partitions by key; only this class adds to it and removes from it, and `Topics` puts one in another's place. */
  readonly assignments: Map<string, Assignment>;
  /** What each new assignment tells its changes to. */
  readonly changed: (lane: PartitionLane) => void;
  readonly startOffsets: StartOffsets;
  readonly maxUncommitted: number;
  readonly drainTimeoutMs: number;
  readonly commitTimeoutMs: number;
  readonly post: (event: LookupEvent) => void;
  readonly announce: (fact: TaskFact) => void;
  /** Lets go of everything these partitions have on its way; at the drain deadline. */
  readonly abandon: (assignments: ReadonlySet<Assignment>) => void;
  /** Frees what waits in the lanes of these partitions. */
  readonly discard: (assignment: Assignment) => void;
  readonly fail: (reason: string) => void;
}

type Step =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'assigning';
      readonly partitions: readonly TopicPartition[];
      starts: readonly StartOffset[] | null;
      lookupAt: number;
    }
  | {
      readonly kind: 'revoking';
      readonly partitions: readonly TopicPartition[];
      readonly assignments: ReadonlySet<Assignment>;
      readonly since: number;
      drainedOnTime: boolean | null;
      commitBy: number;
      /** The group refused a commit of this generation. */
      lost: boolean;
    };

/**
 * Answers the group's events, one after another, each exactly once.
 *
 * Revoke: drain → commit → unassign. Until it is answered the client hands out no record of any partition, so every
 * step has a deadline. Assign: find where to read from, then assign with explicit offsets.
 */
export class Rebalance {
  readonly #parts: RebalanceParts;
  readonly #queue: { readonly kind: 'assign' | 'revoke'; readonly partitions: readonly TopicPartition[] }[] = [];
  #step: Step = { kind: 'idle' };

  constructor(parts: RebalanceParts) {
    this.#parts = parts;
  }

  get idle(): boolean {
    return this.#step.kind === 'idle' && this.#queue.length === 0;
  }

  accept(event: { readonly kind: 'assign' | 'revoke'; readonly partitions: readonly TopicPartition[] }): void {
    this.#queue.push(event);
  }

  startsFound(partitions: readonly TopicPartition[], starts: readonly StartOffset[]): void {
    if (this.#step.kind === 'assigning' && this.#step.partitions === partitions) this.#step.starts ??= starts;
  }

  startsFailed(partitions: readonly TopicPartition[], error: unknown, now: number): void {
    const step = this.#step;
    if (step.kind !== 'assigning' || step.partitions !== partitions) return;
    if (error instanceof NoStartOffsetError) {
      this.#parts.fail(error.message);
      this.skipLookup();
      return;
    }
    this.#parts.announce({ kind: 'client-fault', fault: toFault(error) });
    step.lookupAt = now + LOOKUP_RETRY_MS;
  }

  /** The task is ending: an assign under way is answered without asking where to read from, nothing will be read. */
  skipLookup(): void {
    if (this.#step.kind !== 'assigning') return;
    this.#step.starts ??= this.#step.partitions.map(tp => ({
      ...tp,
      offset: OFFSET_END,
      topicId: null,
      commitStart: false,
    }));
  }

  commitRefused(fault: KafkaFault): void {
    if (this.#step.kind === 'revoking' && isLostMembership(fault)) this.#step.lost = true;
  }

  /**
   * Goes as far as it can.
   * @param mayCall no read is in flight: the client may be told.
   * @param ending the task is ending: nothing assigned from now on will be read.
   */
  advance(now: number, mayCall: boolean, ending: boolean): void {
    for (;;) {
      if (this.#step.kind === 'idle' && !this.#begin(now)) return;
      if (ending) this.skipLookup();
      if (!this.#finish(now, mayCall)) return;
      this.#step = { kind: 'idle' };
    }
  }

  /** When `advance` has something to do next without an event; Infinity never. */
  nextAt(now: number): number {
    const step = this.#step;
    if (step.kind === 'assigning') return step.starts === null ? step.lookupAt : Number.POSITIVE_INFINITY;
    if (step.kind !== 'revoking') return Number.POSITIVE_INFINITY;
    if (step.drainedOnTime === null) return step.since + this.#parts.drainTimeoutMs;
    return step.commitBy > now ? step.commitBy : Number.POSITIVE_INFINITY;
  }

  #begin(now: number): boolean {
    const event = this.#queue.shift();
    if (event === undefined) return false;
    if (event.kind === 'assign') {
      this.#step = { kind: 'assigning', partitions: event.partitions, starts: null, lookupAt: now };
      return true;
    }
    const assignments = new Set<Assignment>();
    for (const partition of event.partitions) {
      const assignment = this.#parts.assignments.get(keyOf(partition));
      if (assignment === undefined) continue;
      assignment.revoke();
      this.#parts.discard(assignment);
      assignments.add(assignment);
    }
    this.#step = {
      kind: 'revoking',
      partitions: event.partitions,
      assignments,
      since: now,
      drainedOnTime: null,
      commitBy: 0,
      lost: false,
    };
    return true;
  }

  #finish(now: number, mayCall: boolean): boolean {
    const step = this.#step;
    if (step.kind === 'assigning') return this.#assign(step, now, mayCall);
    if (step.kind === 'revoking') return this.#revoke(step, now, mayCall);
    return true;
  }

  #assign(step: Step & { kind: 'assigning' }, now: number, mayCall: boolean): boolean {
    if (step.starts === null) {
      if (now >= step.lookupAt) this.#lookUp(step);
      return false;
    }
    if (!mayCall) return false;
    const { consumer, assignments, changed, maxUncommitted, announce } = this.#parts;
    // Where it throws the event stays open, and the task ends: closing the client answers it.
    consumer.assign(step.starts);
    for (const start of step.starts) {
      const { commitStart } = start;
      assignments.set(keyOf(start), new Assignment(start, { maxUncommitted, commitStart, now, changed }));
    }
    announce({ kind: 'partitions-assigned', partitions: step.starts });
    return true;
  }

  #lookUp(step: Step & { kind: 'assigning' }): void {
    const { startOffsets, post } = this.#parts;
    step.lookupAt = Number.POSITIVE_INFINITY;
    const { partitions } = step;
    startOffsets.find(partitions).then(
      starts => post({ kind: 'start-offsets', partitions, starts }),
      (error: unknown) => post({ kind: 'start-offsets-failed', partitions, error }),
    );
  }

  #revoke(step: Step & { kind: 'revoking' }, now: number, mayCall: boolean): boolean {
    const { committer, drainTimeoutMs, commitTimeoutMs, abandon } = this.#parts;
    if (step.drainedOnTime === null) {
      const drained = [...step.assignments].every(assignment => assignment.drained);
      if (!drained && now - step.since < drainTimeoutMs) return false;
      if (!drained) abandon(step.assignments);
      step.drainedOnTime = drained;
      step.commitBy = now + commitTimeoutMs;
    }
    const open = [...step.assignments].filter(one => one.hasProgress && !committer.isHopeless(one));
    if (open.length > 0 && !step.lost && now < step.commitBy) {
      committer.flushLast(open, now);
      return false;
    }
    if (!mayCall) return false;
    this.#unassign(step, now);
    return true;
  }

  #unassign(step: Step & { kind: 'revoking' }, now: number): void {
    const { consumer, assignments, announce } = this.#parts;
    const paused = [...step.assignments].filter(assignment => assignment.paused);
    // The client keeps a pause across assignments: it would come back paused.
    if (paused.length > 0) consumer.resume(paused.map(({ topic, partition }) => ({ topic, partition })));
    for (const partition of step.partitions) assignments.delete(keyOf(partition));
    consumer.unassign(step.partitions);
    const drained = step.drainedOnTime === true;
    announce({ kind: 'partitions-revoked', partitions: step.partitions, drained, ms: now - step.since });
  }
}
