import type { Clock } from '../../connector/ports.ts';
import type { TaskParts } from './task.ts';

/** A new request needs a poll more recent than the session timeout less this: another member may own what we hold. */
const MARGIN_MS = 2_000;
/** The client's main thread looks at its session at least so often (librdkafka's rd_kafka_thread_main). */
const CLIENT_LOOK_MS = 1_000;

/** The session timeout that the client has, milliseconds: what is written, or librdkafka's default. */
export function sessionTimeoutOf({ kafka }: TaskParts['config']): number {
  return Number(kafka.consumer.global['session.timeout.ms'] ?? 45_000);
}

interface Moment {
  readonly at: number;
  readonly wall: number;
}

/**
 * Whether the partitions can still be taken for ours (I5). A read that came back says so for the time at which it began, no
 * later: one that began before the process was frozen comes back after it, when the session may be over.
 *
 * The clock goes on while a process is stopped (SIGSTOP), and stands still while the machine sleeps, as librdkafka's own
 * does; so the wall clock is asked too, and the longer time counts. One that was set forward costs a pause of two reads.
 */
export class Lease {
  readonly #clock: Clock;
  readonly #ms: number;
  /** When the last read began that came back. */
  #held: Moment | null = null;
  /** When the last read began, or came back: how long nothing has happened since then shows a freeze. */
  #seen: Moment | null = null;
  #began: Moment | null = null;
  /** Reads that began before do not count: the client may not have noticed yet that its session is over. */
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, sessionTimeoutMs: number) {
    this.#clock = clock;
    this.#ms = Math.max(sessionTimeoutMs / 2, sessionTimeoutMs - MARGIN_MS);
  }

  /** When the last read that came back began, monotonic; null before the first. */
  get lastPollAt(): number | null {
    return this.#held?.at ?? null;
  }

  readBegins(now: number): void {
    this.#see(now);
    this.#began = this.#seen;
  }

  readEnded(now: number): void {
    this.#see(now);
    if (this.#began!.at >= this.#notBefore) this.#held = this.#began;
  }

  holds(now: number): boolean {
    return this.#held !== null && this.#age(this.#held, now) < this.#ms;
  }

  #see(now: number): void {
    if (this.#seen !== null && this.#age(this.#seen, now) >= this.#ms) this.#notBefore = now + CLIENT_LOOK_MS;
    this.#seen = { at: now, wall: this.#clock.wall() };
  }

  #age({ at, wall }: Moment, now: number): number {
    return Math.max(now - at, this.#clock.wall() - wall);
  }
}
