import type { TaskFact } from '../facts.ts';
import { CODE_OFFSET_RESET, toFault } from '../kafka-error.ts';
import type { Assignment } from '../order/assignment.ts';
import { type KafkaFault, OFFSET_BEGINNING, OFFSET_END, type TopicPartition } from '../ports.ts';
import { keyOf } from '../topic-partition.ts';
import type { Questions } from './questions.ts';
import { isOfPartition, isSame, Recovery, type RecoveryParts } from './recovery.ts';
import { isHole, type OutOfRange } from './resets.ts';

/** A partition that brought nothing for this long, although its log may go on, is looked at. */
export const STALL_AFTER_MS = 30_000;
/** One at the end of its log is looked at this seldom: the client may have given it up while it was quiet. */
export const QUIET_AFTER_MS = 300_000;
/** With an error of the client that names no partition, it is looked for among those that brought nothing for this long. */
const SEARCH_AFTER_MS = 5_000;
/** How long such an error is looked for. */
const SEARCH_MS = 60_000;
const CHECK_MS = 10_000;
const WRITE_RESET = 'consumer.override.auto.offset.reset';

/** What the leader said of a partition's log, and where the partition stood when it was asked. */
export interface Look {
  readonly assignment: Assignment;
  readonly position: number | null;
  readonly low: number;
  readonly high: number;
}

/** Suspects were asked about; those that their leader said nothing of are left out. */
export interface WatchEvent {
  readonly kind: 'looked';
  readonly looks: readonly Look[];
  /** Milliseconds. */
  readonly askedAt: number;
  /** Why nothing is known of any. */
  readonly fault: KafkaFault | null;
}

export interface StallWatchParts extends RecoveryParts {
  readonly questions: Questions;
  readonly post: (event: WatchEvent) => void;
  readonly announce: (fact: TaskFact) => void;
  /** For the commands of the advice. */
  readonly groupId: string;
  /** The position is outside the log. */
  readonly outside: (assignment: Assignment, where: OutOfRange) => void;
}

/** What the log's bounds say about a partition that brings nothing. */
export type StallFinding =
  | { readonly kind: 'fine' }
  /** There are records behind the position, and they do not come. */
  | { readonly kind: 'stalled'; readonly reason: string }
  /** The position is outside the log: waiting does not help, and going on elsewhere loses or repeats records. */
  | ({ readonly kind: 'out-of-range' } & OutOfRange);

/**
 * Judges by the position that was asked about: one that has moved on meanwhile may be beyond what the answer knew. Nor does the
 * answer alone say that a position is outside: with `read_committed` the end is that of the last transaction that is over, and
 * what the client has fetched ahead it may still hand out.
 * @param said the client was refused, or may have been: it gives a partition up at a position outside the log
 * @param groupId for the commands of the advice
 */
export function judge({ assignment, position, low, high }: Look, said: boolean, groupId: string): StallFinding {
  if (assignment.ledger.position !== position) return { kind: 'fine' };
  const where = `${assignment.topic}-${assignment.partition}`;
  if (position === null) {
    if (high <= low) return { kind: 'fine' };
    return {
      kind: 'stalled',
      reason: `${where}: no record arrives though the log holds offsets ${low} to ${high - 1}`,
    };
  }
  if (!said && (position < low || position > high)) {
    // The client is past the hole, and nothing stands behind it.
    if (isHole(assignment, low) && assignment.endSeen === high) return { kind: 'fine' };
    return {
      kind: 'stalled',
      reason: `${where}: offset ${position} is outside the log, which is ${low} to ${high - 1}`,
    };
  }
  if (position < low) {
    const reason =
      `${where}: offsets ${position} to ${low - 1} were deleted (retention) before they were read. They are lost to ` +
      `this group. To go on behind them, now and whenever it happens again, write ${WRITE_RESET}=earliest; or, this once` +
      resetTo(assignment, `--to-offset ${low}`, groupId);
    return { kind: 'out-of-range', position, low, high, reason };
  }
  if (position > high) {
    const reason =
      `${where}: the group's offset ${position} is beyond the end of the log (${high}): the log lost its end (say, an ` +
      'unclean leader election). To read it anew from its start, now and whenever it happens again, write ' +
      `${WRITE_RESET}=earliest; or, this once${resetTo(assignment, '--to-earliest', groupId)}` +
      '; --to-offset N in place of --to-earliest goes on at offset N';
    return { kind: 'out-of-range', position, low, high, reason };
  }
  if (position === high || assignment.endSeen === high) return { kind: 'fine' };
  return {
    kind: 'stalled',
    reason: `${where}: no record arrives though the log goes on from ${position} to ${high - 1}`,
  };
}

/** The client has said of this partition that it goes on nowhere by itself: its position was refused, or followed from damage. */
function isRefused({ trouble }: Assignment): boolean {
  if (trouble === null || trouble.fault === null) return false;
  return trouble.givenUp || trouble.fault.code === CODE_OFFSET_RESET;
}

/** Kafka refuses to reset a group that has members. */
function resetTo({ topic, partition }: TopicPartition, to: string, groupId: string): string {
  return (
    ', stop this connector in every worker, run "kafka-consumer-groups.sh --bootstrap-server HOST:PORT ' +
    `--group ${groupId} --topic ${topic}:${partition} --reset-offsets ${to} --execute", and start it again`
  );
}

/**
 * Finds partitions that bring nothing although their log goes on, by asking their leaders, many at a time: librdkafka gives a
 * partition up at an error that it takes for a lasting one, and `consume(n)` may swallow an error and names no partition.
 * What is found, and what the client says itself, goes to `Recovery`.
 */
export class StallWatch {
  readonly #parts: StallWatchParts;
  readonly #recovery: Recovery;
  #checkAt: number;
  /** To be asked about next. */
  #suspects = new Set<Assignment>();
  #asking = false;
  /** The last error that named no partition. */
  #unnamed: { readonly fault: KafkaFault; readonly until: number } | null = null;
  /** Until when any partition may be the one whose position was refused. */
  #refusedUntil = 0;

  constructor(parts: StallWatchParts, now: number) {
    this.#parts = parts;
    this.#recovery = new Recovery(parts);
    this.#checkAt = now + CHECK_MS;
  }

  get nextAt(): number {
    return this.#checkAt;
  }

  tick(now: number): void {
    if (now < this.#checkAt) return;
    this.#checkAt = now + CHECK_MS;
    if (this.#unnamed !== null && now >= this.#unnamed.until) this.#unnamed = null;
    const after = this.#after;
    for (const assignment of this.#parts.assignments.values()) {
      if (assignment.paused || assignment.revoking) continue;
      if (now - assignment.quietSince >= (assignment.atEnd ? QUIET_AFTER_MS : after)) this.#suspects.add(assignment);
    }
    this.#ask(now);
  }

  /** The client reports an error that is not the end of it. */
  fault(fault: KafkaFault, now: number): void {
    const { assignments } = this.#parts;
    if (fault.at === undefined) {
      if (!isOfPartition(fault)) return;
      const first = this.#unnamed !== null && isSame(this.#unnamed.fault, fault) ? this.#unnamed.fault : fault;
      this.#unnamed = { fault: first, until: now + SEARCH_MS };
      this.#checkAt = Math.min(this.#checkAt, now + SEARCH_AFTER_MS);
      this.#recovery.repeated(fault, now);
      if (fault.code === CODE_OFFSET_RESET) {
        this.#refusedUntil = now + SEARCH_MS;
        for (const one of assignments.values()) this.#suspects.add(one);
      }
    } else {
      const assignment = assignments.get(keyOf(fault.at));
      if (assignment === undefined || assignment.revoking) return;
      this.#recovery.fault(assignment, fault, now);
      if (fault.code === CODE_OFFSET_RESET) this.#suspects.add(assignment);
    }
    this.#ask(now);
  }

  looked({ looks, askedAt, fault }: WatchEvent, now: number): void {
    const { assignments, announce, groupId, outside } = this.#parts;
    this.#asking = false;
    if (fault !== null) announce({ kind: 'client-fault', fault });
    for (const look of looks) {
      const { assignment } = look;
      if (assignments.get(assignment.key) !== assignment || assignment.revoking) continue;
      const finding = judge(look, now < this.#refusedUntil || isRefused(assignment), groupId);
      if (finding.kind === 'out-of-range') outside(assignment, finding);
      else if (finding.kind === 'fine') assignment.lookedAt = now;
      // It may have brought something between the reason to look and the look: then it is given its time again.
      else if (assignment.trouble !== null || now - assignment.quietSince >= this.#after)
        this.#recovery.stalled(assignment, finding.reason, { fault: this.#unnamed?.fault ?? null, askedAt, now });
    }
    this.#ask(now);
  }

  /** Tries partitions in trouble again. Called only while no read is in flight, and no rebalance is under way. */
  recover(now: number): void {
    this.#recovery.advance(now);
  }

  /** For how long a partition that its log goes on behind may bring nothing. */
  get #after(): number {
    return this.#unnamed === null ? STALL_AFTER_MS : SEARCH_AFTER_MS;
  }

  #ask(now: number): void {
    if (this.#asking || this.#suspects.size === 0) return;
    const suspects = [...this.#suspects].filter(one => this.#parts.assignments.get(one.key) === one && !one.revoking);
    this.#suspects = new Set();
    if (suspects.length === 0) return;
    this.#asking = true;
    this.#look(suspects).then(
      looks => this.#parts.post({ kind: 'looked', looks, askedAt: now, fault: null }),
      (error: unknown) => this.#parts.post({ kind: 'looked', looks: [], askedAt: now, fault: toFault(error) }),
    );
  }

  async #look(suspects: readonly Assignment[]): Promise<readonly Look[]> {
    const { questions } = this.#parts;
    const asked = suspects.map(assignment => ({ assignment, position: assignment.ledger.position }));
    const ends = await questions.ask((consumer, timeoutMs) => consumer.offsets(suspects, OFFSET_END, timeoutMs));
    const behind = asked.flatMap((one, i) => {
      const high = ends[i]!;
      return typeof high === 'number' && high !== one.position ? [{ ...one, high }] : [];
    });
    const fine = asked.flatMap((one, i) => (ends[i] === one.position ? [{ ...one, low: 0, high: one.position! }] : []));
    if (behind.length === 0) return fine;
    const names = behind.map(({ assignment }) => assignment);
    const lows = await questions.ask((consumer, timeoutMs) => consumer.offsets(names, OFFSET_BEGINNING, timeoutMs));
    return [
      ...fine,
      ...behind.flatMap((one, i) => {
        const low = lows[i]!;
        return typeof low === 'number' ? [{ ...one, low }] : [];
      }),
    ];
  }
}
