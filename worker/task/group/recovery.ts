import type { TaskFact } from '../facts.ts';
import {
  CODE_BAD_COMPRESSION,
  CODE_BAD_MESSAGE,
  CODE_CORRUPT_MESSAGE,
  CODE_NOT_IMPLEMENTED,
  CODE_OFFSET_RESET,
  CODE_TOPIC_AUTHORIZATION,
} from '../kafka-error.ts';
import { type Assignment, positionOf } from '../order/assignment.ts';
import type { Trouble } from '../order/trouble.ts';
import type { KafkaConsumer, KafkaFault, TopicPartitionOffset } from '../ports.ts';
import { refetch } from './refetch.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** A fault that is not heard for this long, tries notwithstanding, is not what keeps the partition back. */
const FAULT_HOLDS_MS = 90_000;
/** A task does not fail of a fault that it heard fewer times; what comes closer than this counts once. */
const TIMES_TO_FAIL = 5;
const APART_MS = 1_000;

/** Errors of what stands in the log, or of reading it. */
const DAMAGE: ReadonlySet<number> = new Set([
  CODE_BAD_MESSAGE,
  CODE_CORRUPT_MESSAGE,
  CODE_BAD_COMPRESSION,
  CODE_NOT_IMPLEMENTED,
]);

/**
 * How long a partition may have one and the same fault, milliseconds; what is not here is waited out for ever. Kafka Connect
 * fails a task at the first of them. A damaged batch stays damaged, but an answer may be cut on its way; the right to read
 * may be given back by whoever took it away.
 */
const PATIENCE_MS: ReadonlyMap<number, number> = new Map([
  ...[...DAMAGE].map(code => [code, 30_000] as const),
  [CODE_TOPIC_AUTHORIZATION, 60_000],
]);

/**
 * Whether the second is the first once more, or what follows from it: librdkafka goes on parsing inside a damaged batch, takes
 * what it finds for an offset, and gives the partition up there (2.12). The first fault says what is wrong.
 */
export function isSame(first: KafkaFault, second: KafkaFault): boolean {
  if (first.code === second.code) return true;
  return DAMAGE.has(first.code) && (DAMAGE.has(second.code) || second.code === CODE_OFFSET_RESET);
}

/** Whether it is an error of single partitions, told of one or not. */
export function isOfPartition({ code }: KafkaFault): boolean {
  return code === CODE_OFFSET_RESET || PATIENCE_MS.has(code);
}

const ADVICE = "Mend the topic or the right to read it, or move the group's offset past it, then restart the connector";

export interface RecoveryParts {
  readonly consumer: KafkaConsumer;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly announce: (fact: TaskFact) => void;
  readonly fail: (reason: string) => void;
}

/**
 * Partitions that bring nothing although they should: each is tried again after pauses that double, until it brings something
 * (`Assignment.progressed`) or the task fails.
 *
 * After an error of a fetch librdkafka goes on by itself, and some it reports once; a pause and a resume have it start this
 * partition over (and say the error again, or that the log has no more), and take nothing from the others. A partition
 * that it has given up is only fetched after a new assignment, which in an eager group is one of all partitions and throws
 * away what was fetched ahead of them.
 */
export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #troubled = new Set<Assignment>();

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** The client reports an error of the partition. */
  fault(assignment: Assignment, fault: KafkaFault, now: number): void {
    const before = assignment.trouble;
    const isReset = fault.code === CODE_OFFSET_RESET;
    if (before === null || before.fault === null || !isSame(before.fault, fault)) {
      this.#enter(assignment, { fault, reason: fault.message, givenUp: isReset || before?.givenUp === true }, now);
      return;
    }
    before.givenUp ||= isReset;
    if (isReset && before.fault.code !== CODE_OFFSET_RESET) return;
    // What was queued while this process stood still comes all at once.
    if (now - before.heardAt < APART_MS) return;
    if (before.times === 0) before.since = now;
    before.times++;
    before.heardAt = now;
    const { since, times, reason } = before;
    const patience = PATIENCE_MS.get(before.fault.code);
    if (patience === undefined || times < TIMES_TO_FAIL || now - since < patience) return;
    const { topic, partition, ledger } = assignment;
    const at = ledger.position === null ? '' : ` from offset ${ledger.position} on`;
    const seconds = Math.round((now - since) / 1000);
    this.#parts.fail(`${topic}-${partition} can not be read${at}, for ${seconds} s now: ${reason}. ${ADVICE}`);
  }

  /**
   * The same error once more, of whichever partitions have it: the client did not say of which. Those that were not tried
   * since may have been given up for another reason.
   */
  repeated(fault: KafkaFault, now: number): void {
    for (const one of this.#troubled) {
      const { paused, trouble } = one;
      if (paused || trouble === null || trouble.pauseMs === FIRST_PAUSE_MS || trouble.fault === null) continue;
      if (isSame(trouble.fault, fault)) this.fault(one, fault, now);
    }
  }

  /** The log held records that did not come when it was asked. @param fault that may be why: it names no partition */
  stalled(
    assignment: Assignment,
    reason: string,
    { fault, askedAt, now }: { readonly fault: KafkaFault | null; readonly askedAt: number; readonly now: number },
  ): void {
    const { trouble } = assignment;
    if (trouble !== null) {
      const { fault: said, heardAt, retryAt, pauseMs } = trouble;
      // Before the last try, or while its fetch may still have been under way.
      if (askedAt < retryAt - pauseMs / 2) return;
      const failing = said !== null && said.code !== CODE_OFFSET_RESET && now - heardAt < FAULT_HOLDS_MS;
      trouble.givenUp ||= !failing;
      return;
    }
    const known = fault === null ? reason : `${reason} (${fault.message})`;
    this.#enter(assignment, { fault, reason: known, givenUp: true }, now).times = 0;
    const { topic, partition, ledger } = assignment;
    this.#parts.announce({ kind: 'partition-stalled', topic, partition, position: ledger.position ?? 0, reason });
  }

  /** Tries again what is due. Called only while no read is in flight, and no rebalance is under way. */
  advance(now: number): void {
    if (this.#troubled.size === 0) return;
    const { consumer, assignments } = this.#parts;
    const lost: TopicPartitionOffset[] = [];
    const failing: TopicPartitionOffset[] = [];
    for (const one of this.#troubled) {
      const { trouble } = one;
      if (trouble === null || one.revoking || assignments.get(one.key) !== one) this.#troubled.delete(one);
      // It can bring nothing, and is given time from its resume on.
      else if (one.paused) trouble.retryAt = now + trouble.pauseMs;
      else if (now >= trouble.retryAt) {
        (trouble.givenUp ? lost : failing).push(positionOf(one));
        // Not once more before the client or the leader says so again.
        trouble.givenUp = false;
        trouble.pauseMs = Math.min(2 * trouble.pauseMs, MAX_PAUSE_MS);
        trouble.retryAt = now + trouble.pauseMs;
      }
    }
    if (failing.length > 0) {
      consumer.pause(failing);
      consumer.resume(failing);
    }
    if (lost.length > 0) refetch(consumer, assignments, lost, now);
  }

  #enter(assignment: Assignment, what: Pick<Trouble, 'fault' | 'reason' | 'givenUp'>, now: number): Trouble {
    // Another fault is another trouble, but no reason to try more often.
    const { retryAt = now + FIRST_PAUSE_MS, pauseMs = FIRST_PAUSE_MS } = assignment.trouble ?? {};
    const trouble = { ...what, since: now, times: 1, heardAt: now, retryAt, pauseMs };
    assignment.trouble = trouble;
    this.#troubled.add(assignment);
    return trouble;
  }
}
