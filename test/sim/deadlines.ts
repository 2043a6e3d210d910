import type { ConnectorConfig } from '../../config/types.ts';
import type { Host } from './host.ts';
import type { Plan } from './plan.ts';
import { Violation } from './violation.ts';

/** After its deadline, a stop may take this long for leaving and closing. */
const STOP_MARGIN_MS = 2_000;
const REVOKE_MARGIN_MS = 1_000;
/** The task's loop takes a fault as soon as it comes. */
const FATAL_MARGIN_MS = 1_000;
/** What Departure keeps of a stop's time for the last commit. */
const COMMIT_RESERVE_MS = 2_000;

/** What must have happened by when in one process: polls, answers to revokes, its end. Time in a freeze does not count. */
export class Deadlines {
  readonly #host: Host;
  readonly #plan: Plan;
  readonly #config: ConnectorConfig;
  #thawedAt = 0;
  #polledAt: number | null = null;
  #readBegan = 0;
  #heldSince: number | null = null;
  #inGroup = false;
  #revokeSince: number | null = null;
  #stop: { readonly at: number; readonly deadlineMs: number } | null = null;
  #drainUntil = Number.POSITIVE_INFINITY;
  #failedAt: number | null = null;
  #fatalAt: number | null = null;

  constructor(host: Host, plan: Plan, config: ConnectorConfig) {
    this.#host = host;
    this.#plan = plan;
    this.#config = config;
  }

  /** Somebody has asked it to end. */
  get stopping(): boolean {
    return this.#stop !== null;
  }

  /** The stop's whole time is over. */
  get stopIsOver(): boolean {
    return this.#stop !== null && this.#since(this.#stop.at) > this.#stop.deadlineMs;
  }

  /** Of the stop's time, what requests in flight may have is over. */
  get stopDrainIsOver(): boolean {
    return this.#host.now >= this.#drainUntil;
  }

  /**
   * Milliseconds since the last moment of which a read that came back says that the process was a member: the read's start.
   * One that began before a freeze says nothing of the time behind it. 0 before the first.
   */
  get sincePoll(): number {
    return this.#host.now - (this.#heldSince ?? this.#host.now);
  }

  /** How long the revoke has waited for its answer. */
  get revokeWaited(): number {
    return this.#host.now - (this.#revokeSince ?? this.#host.now);
  }

  /** Asked to end; a later request counts where it ends sooner. */
  stop(deadlineMs: number): void {
    const at = this.#host.now;
    // A later request shortens it too, and never prolongs it.
    this.#drainUntil = Math.min(this.#drainUntil, at + deadlineMs - Math.min(COMMIT_RESERVE_MS, deadlineMs / 2));
    if (this.#stop !== null && at + deadlineMs >= this.#stop.at + this.#stop.deadlineMs) return;
    this.#stop = { at, deadlineMs };
  }

  thawed(): void {
    this.#thawedAt = this.#host.now;
  }

  /** The client has told the task that it can't go on. */
  get clientIsDead(): boolean {
    return this.#fatalAt !== null;
  }

  fatalSeen(): void {
    this.#fatalAt ??= this.#host.now;
  }

  failed(): void {
    this.#failedAt = this.#host.now;
  }

  readStarts(): void {
    this.#inGroup = true;
    this.#readBegan = this.#host.now;
    this.#polledAt = this.#host.now;
  }

  readEnds(): void {
    this.#heldSince = this.#readBegan;
    this.#polledAt = this.#host.now;
  }

  left(): void {
    this.#inGroup = false;
  }

  revokeSeen(): void {
    this.#revokeSince = this.#host.now;
  }

  revokeAnswered(): void {
    this.#revokeSince = null;
  }

  check(): void {
    const { name, frozen, now } = this.#host;
    if (frozen) return;
    if (this.#inGroup && this.#polledAt !== null) {
      const sincePoll = this.#since(this.#polledAt);
      if (sincePoll > this.#plan.maxPollMs / 5)
        throw new Violation('I15', `${name} has not polled for ${Math.round(sincePoll)} ms`);
    }
    this.#checkRevoke();
    if (this.#stop !== null && this.#since(this.#stop.at) > this.#stop.deadlineMs + STOP_MARGIN_MS)
      throw new Violation('I16', `${name} has not stopped ${STOP_MARGIN_MS} ms after its deadline`);
    const ignores = this.#fatalAt !== null && this.#failedAt === null && this.#stop === null;
    if (ignores && this.#since(this.#fatalAt!) > FATAL_MARGIN_MS)
      throw new Violation('I24', `${name} goes on with a client that is of no use any more`);
    const graceMs = this.#plan.worker.taskShutdownGracefulTimeoutMs + STOP_MARGIN_MS;
    if (this.#inGroup && this.#failedAt !== null && this.#since(this.#failedAt) > graceMs)
      throw new Violation(
        'I16',
        `${name} FAILED ${Math.round(now - this.#failedAt)} ms ago, and is still in the group`,
      );
  }

  /** I5: requests in flight are waited for until the drain deadline, the last commit for its own time, and no longer. */
  #checkRevoke(): void {
    if (this.#revokeSince === null) return;
    const { worker, readMs } = this.#plan;
    const ms = this.#config.delivery.drainTimeoutMs + worker.offsetFlushTimeoutMs + readMs + REVOKE_MARGIN_MS;
    const since = this.#since(this.#revokeSince);
    if (since <= ms) return;
    throw new Violation('I5', `${this.#host.name} has not answered a revoke for ${Math.round(since)} ms`);
  }

  #since(at: number): number {
    return this.#host.now - Math.max(at, this.#thawedAt);
  }
}
