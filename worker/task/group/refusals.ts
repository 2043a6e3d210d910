import type { Assignment } from '../order/assignment.ts';
import type { KafkaFault } from '../ports.ts';

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;

interface Refusal {
  readonly reason: string;
  /** What was to be committed of it. */
  readonly floor: number;
  readonly waitMs: number;
  readonly retryAt: number;
}

/**
 * Partitions whose commits the broker refuses for a lasting reason. Each is committed apart, seldom, so that the others'
 * commits do not fail with it.
 */
export class Refusals {
  readonly #refused = new Map<Assignment, Refusal>();

  get size(): number {
    return this.#refused.size;
  }

  /** Which one, in how many, and why; null when there is none. */
  get text(): string | null {
    for (const [{ topic, partition }, { reason }] of this.#refused) {
      const others = this.#refused.size === 1 ? '' : ` (and ${this.#refused.size - 1} more)`;
      return `the offsets of ${topic}-${partition}${others} can not be committed: ${reason}`;
    }
    return null;
  }

  get nextAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const { retryAt } of this.#refused.values()) at = Math.min(at, retryAt);
    return at;
  }

  has(assignment: Assignment): boolean {
    return this.#refused.has(assignment);
  }

  /** There is no more to commit of it than what was refused. */
  isHopeless(assignment: Assignment): boolean {
    return this.#refused.get(assignment)?.floor === assignment.ledger.floor;
  }

  /** Some partition whose time has come to be tried again. */
  due(now: number): Assignment | undefined {
    for (const [assignment, { retryAt }] of this.#refused) {
      if (now >= retryAt && assignment.hasProgress) return assignment;
    }
    return undefined;
  }

  add(assignment: Assignment, floor: number, { message }: KafkaFault, now: number): void {
    const before = this.#refused.get(assignment);
    const waitMs = before?.waitMs ?? FIRST_WAIT_MS;
    this.#refused.set(assignment, { reason: message, floor, waitMs, retryAt: now + waitMs });
  }

  /** Tried just now, be it answered or not. */
  tried(assignment: Assignment, now: number): void {
    const refusal = this.#refused.get(assignment)!;
    const waitMs = Math.min(LONGEST_WAIT_MS, refusal.waitMs * 2);
    this.#refused.set(assignment, { ...refusal, waitMs, retryAt: now + waitMs });
  }

  delete(assignment: Assignment): void {
    this.#refused.delete(assignment);
  }

  /** Forgets those that are no longer assigned. */
  keep(isOurs: (assignment: Assignment) => boolean): void {
    for (const assignment of this.#refused.keys()) if (!isOurs(assignment)) this.#refused.delete(assignment);
  }
}
