import type { Flights } from './delivery/flights.ts';
import type { Publisher } from './delivery/publisher.ts';
import type { Rejections } from './delivery/rejections.ts';
import type { Reports } from './delivery/reports.ts';
import type { TaskFact } from './facts.ts';
import type { Committer } from './group/committer.ts';
import type { Rebalance } from './group/rebalance.ts';
import { toFault } from './kafka-error.ts';
import type { Assignment } from './order/assignment.ts';
import type { KafkaConsumer } from './ports.ts';
import type { TaskEvent } from './task-event.ts';

/** Of a stop's time, this much (at most half) is kept for the last commit. */
const COMMIT_RESERVE_MS = 2_000;
/** With no time left (a second signal), what is safe may still take this long to be committed. */
const LAST_COMMIT_MS = 1_000;
/** So long after the deadline, leaving is over, and then closing: whoever waits for the process gets two seconds. */
const LEAVE_MS = 1_250;
const CLOSE_MS = 1_500;
/** And with more time than that, each of the two takes no longer than this. */
const GOODBYE_MS = 2_000;

/**
 * `draining`: requests in flight may end. `committing`: the last commit is on its way, reading goes on, since its
 * answer arrives through the reader. `leaving`: unsubscribed, the revoke is being answered. `closing`: the client
 * disconnects. `left`: out of the group, or no longer waited for.
 */
type Phase = 'draining' | 'committing' | 'leaving' | 'closing' | 'left';

export interface DepartureParts {
  readonly consumer: KafkaConsumer;
  readonly committer: Committer;
  readonly rebalance: Rebalance;
  readonly flights: Flights;
  readonly rejections: Rejections;
  readonly reports: Reports | null;
  readonly publisher: Publisher | null;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly post: (event: TaskEvent) => void;
  readonly announce: (fact: TaskFact) => void;
}

/**
 * How a task comes to rest, stopped or failed: drain → commit → leave. Each phase ends in time, whatever hangs: a read, a
 * question to the brokers, the client's goodbye. What was left by then is `unclean`; how the goodbye went is not.
 */
export class Departure {
  readonly #parts: DepartureParts;
  #phase: Phase = 'draining';
  #unclean = false;
  #deadline: number;
  #phaseUntil: number;
  #unsubscribed = false;
  #disconnecting = false;

  /** @param member whether the client is connected at all. */
  constructor(parts: DepartureParts, options: { deadlineMs: number; now: number; member: boolean }) {
    const { deadlineMs, now, member } = options;
    this.#parts = parts;
    this.#deadline = now + deadlineMs;
    this.#phaseUntil = this.#deadline - reserve(deadlineMs);
    // A client that is still being made is given up too, or nobody would ever close it.
    if (!member) this.#enter('closing', Math.min(this.#deadline + CLOSE_MS, now + GOODBYE_MS));
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
    if (now + deadlineMs >= this.#deadline) return;
    this.#deadline = now + deadlineMs;
    this.#phaseUntil = Math.min(this.#phaseUntil, this.#limit(now, deadlineMs));
  }

  /**
   * Nothing that the task holds can be trusted any more: it leaves at once, and commits nothing. Closing alone leaves the
   * group, and the client answers a rebalance that is open.
   */
  breakOff(now: number): void {
    const { flights, rejections, reports, committer } = this.#parts;
    this.#unclean = true;
    const parts = [
      () => flights.abortAll(),
      () => rejections.abandon(),
      () => reports?.abandon(),
      () => committer.askNoMore(),
    ];
    for (const giveUp of parts) {
      try {
        giveUp();
      } catch {
        // What has thrown may throw again; what matters is to be out of the group.
      }
    }
    if (this.closed) return;
    this.#enter('closing', Math.min(now, this.#deadline) + CLOSE_MS);
  }

  disconnected(): void {
    this.#phase = 'left';
  }

  /** Goes as far as it can. @param reading a read is in flight: the client may not be told anything. */
  advance(now: number, reading: boolean): void {
    if (this.#phase === 'draining') this.#drain(now);
    if (this.#phase === 'committing') this.#commit(now, reading);
    if (this.#phase === 'leaving') this.#leave(now, reading);
    // Also when it is no longer waited for: a FAILED task may not stay a member.
    if (this.closed && !reading) this.#disconnect(now);
    if (this.#phase === 'closing' && now >= this.#phaseUntil) this.#phase = 'left';
  }

  #limit(now: number, deadlineMs: number): number {
    switch (this.#phase) {
      case 'draining':
        return this.#deadline - reserve(deadlineMs);
      case 'committing':
        return Math.max(this.#deadline, now + LAST_COMMIT_MS);
      case 'leaving':
        return this.#deadline + LEAVE_MS;
      default:
        return this.#deadline + CLOSE_MS;
    }
  }

  #enter(phase: Phase, until: number): void {
    this.#phase = phase;
    this.#phaseUntil = until;
  }

  #drain(now: number): void {
    const { flights, rejections, reports } = this.#parts;
    const drained = flights.size === 0 && rejections.idle && reports?.idle !== false;
    if (!drained && now < this.#phaseUntil) return;
    if (!drained) {
      this.#unclean = true;
      flights.abortAll();
      rejections.abandon();
      reports?.abandon();
    }
    this.#enter('committing', Math.min(Math.max(this.#deadline, now + LAST_COMMIT_MS), now + COMMIT_RESERVE_MS));
  }

  #commit(now: number, reading: boolean): void {
    const { assignments, committer, rebalance } = this.#parts;
    const left = [...assignments.values()].filter(assignment => assignment.hasProgress);
    const open = left.filter(assignment => !committer.isHopeless(assignment));
    if (open.length > 0 && now < this.#phaseUntil) {
      committer.flushLast(open, now);
      return;
    }
    if ((reading || !rebalance.idle) && now < this.#phaseUntil) return;
    if (left.length > 0) this.#unclean = true;
    committer.askNoMore();
    this.#enter('leaving', Math.min(this.#deadline + LEAVE_MS, now + GOODBYE_MS));
  }

  #leave(now: number, reading: boolean): void {
    const { assignments, rebalance } = this.#parts;
    if (!reading && !this.#unsubscribed) this.#unsubscribe();
    const left = assignments.size === 0 && rebalance.idle;
    if ((reading || !left) && now < this.#phaseUntil) return;
    this.#enter('closing', Math.min(this.#deadline + CLOSE_MS, now + GOODBYE_MS));
  }

  #unsubscribe(): void {
    const { consumer, announce } = this.#parts;
    this.#unsubscribed = true;
    try {
      consumer.unsubscribe();
    } catch (error: unknown) {
      announce({ kind: 'client-fault', fault: toFault(error) });
    }
  }

  /** Both clients at once; neither's failure is worth a word: the process or the session ends it. */
  #disconnect(now: number): void {
    if (this.#disconnecting) return;
    this.#disconnecting = true;
    const { consumer, publisher, post } = this.#parts;
    const goodbyes = [
      async () => consumer.disconnect(),
      async () => publisher?.close(Math.max(0, this.#phaseUntil - now)),
    ];
    void Promise.allSettled(goodbyes.map(say => say())).then(() => post({ kind: 'disconnected' }));
  }
}

function reserve(deadlineMs: number): number {
  return Math.min(COMMIT_RESERVE_MS, deadlineMs / 2);
}
