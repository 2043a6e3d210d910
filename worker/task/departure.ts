import type { Flights } from './delivery/flights.ts';
import type { Rejections } from './delivery/rejections.ts';
import type { TaskFact } from './facts.ts';
import type { Committer } from './group/committer.ts';
import type { Rebalance } from './group/rebalance.ts';
import { toFault } from './kafka-error.ts';
import type { Assignment } from './order/assignment.ts';
import type { KafkaConsumer } from './ports.ts';
import type { TaskEvent } from './task-event.ts';

/** Of a stop's time, this much (at most half) is kept for the last commit and for leaving the group. */
const COMMIT_RESERVE_MS = 2_000;
/** With no time left (a second signal), what is safe may still take this long to be committed. */
const LAST_COMMIT_MS = 1_000;
/** The revoke that leaving brings is waited for this long; the client's close gets as much again. */
const LEAVE_MS = 2_000;

/**
 * `draining`: requests in flight may end. `committing`: the last commit is on its way, reading goes on, since its
 * answer arrives through the reader. `leaving`: unsubscribed, the revoke is being answered. `closing`: the client
 * disconnects. `left`: out of the group.
 */
type Phase = 'draining' | 'committing' | 'leaving' | 'closing' | 'left';

export interface DepartureParts {
  readonly consumer: KafkaConsumer;
  readonly committer: Committer;
  readonly rebalance: Rebalance;
  readonly flights: Flights;
  readonly rejections: Rejections;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly post: (event: TaskEvent) => void;
  readonly announce: (fact: TaskFact) => void;
}

/** How a task comes to rest, stopped or failed: drain → commit → leave. Each phase ends in time, so none can hang. */
export class Departure {
  readonly #parts: DepartureParts;
  #phase: Phase = 'draining';
  #unclean = false;
  #phaseUntil: number;

  /** @param member whether the client is connected at all. */
  constructor(parts: DepartureParts, options: { deadlineMs: number; now: number; member: boolean }) {
    const { deadlineMs, now, member } = options;
    this.#parts = parts;
    this.#phaseUntil = now + deadlineMs - reserve(deadlineMs);
    if (!member) this.#phase = 'left';
  }

  /** Requests were aborted, or the last commit was not acknowledged. */
  get unclean(): boolean {
    return this.#unclean;
  }

  /** Out of the group. */
  get over(): boolean {
    return this.#phase === 'left';
  }

  /** The client disconnects or has: it may not be used any more. */
  get closed(): boolean {
    return this.#phase === 'closing' || this.#phase === 'left';
  }

  /** When the phase ends at the latest. */
  get until(): number {
    return this.over ? Number.POSITIVE_INFINITY : this.#phaseUntil;
  }

  /** A later request to end sooner. */
  hasten(deadlineMs: number, now: number): void {
    const left = this.#phase === 'draining' ? deadlineMs - reserve(deadlineMs) : Math.max(deadlineMs, LAST_COMMIT_MS);
    this.#phaseUntil = Math.min(this.#phaseUntil, now + left);
  }

  disconnected(): void {
    this.#phase = 'left';
  }

  /** Goes as far as it can. @param reading a read is in flight: the client may not be told anything. */
  advance(now: number, reading: boolean): void {
    if (this.#phase === 'draining') this.#drain(now);
    if (this.#phase === 'committing') this.#commit(now, reading);
    if (this.#phase === 'leaving') this.#leave(now, reading);
    if (this.#phase === 'closing' && now >= this.#phaseUntil) {
      this.#unclean = true;
      this.#phase = 'left';
    }
  }

  #enter(phase: Phase, until: number): void {
    this.#phase = phase;
    this.#phaseUntil = until;
  }

  #drain(now: number): void {
    const { flights, rejections } = this.#parts;
    const drained = flights.size === 0 && rejections.idle;
    if (!drained && now < this.#phaseUntil) return;
    if (!drained) {
      this.#unclean = true;
      flights.abortAll();
      rejections.abandon();
    }
    this.#enter('committing', now + COMMIT_RESERVE_MS);
  }

  #commit(now: number, reading: boolean): void {
    const { assignments, committer, rebalance, consumer, announce } = this.#parts;
    const open = [...assignments.values()].filter(assignment => assignment.hasProgress);
    if (open.length > 0 && now < this.#phaseUntil) {
      committer.flushLast(open, now);
      return;
    }
    if (reading || (!rebalance.idle && now < this.#phaseUntil)) return;
    if (open.length > 0) this.#unclean = true;
    this.#enter('leaving', now + LEAVE_MS);
    try {
      consumer.unsubscribe();
    } catch (error: unknown) {
      announce({ kind: 'client-fault', fault: toFault(error) });
    }
  }

  #leave(now: number, reading: boolean): void {
    const { assignments, rebalance, consumer, post } = this.#parts;
    const left = assignments.size === 0 && rebalance.idle;
    if (reading || (!left && now < this.#phaseUntil)) return;
    this.#enter('closing', now + LEAVE_MS);
    const disconnected = (): void => post({ kind: 'disconnected' });
    consumer.disconnect().then(disconnected, disconnected);
  }
}

function reserve(deadlineMs: number): number {
  return Math.min(COMMIT_RESERVE_MS, deadlineMs / 2);
}
