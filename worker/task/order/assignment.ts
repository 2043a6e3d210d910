import type { ReadyLane } from '../../../connector/batcher.ts';
import type { Block, Slice } from '../../../connector/block.ts';
import type { PartitionStatus } from '../facts.ts';
import type { TopicPartition, TopicPartitionOffset } from '../ports.ts';
import { Lane } from './lane.ts';
import { Ledger } from './ledger.ts';
import type { Trouble } from './trouble.ts';

export interface AssignmentOptions {
  readonly maxUncommitted: number;
  readonly commitStart: boolean;
  readonly now: number;
  /** Called after every change that matters to what the loop does next. */
  readonly changed: (assignment: Assignment) => void;
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/**
 * One partition during one assignment epoch: its ledger, its lane, and what was handed out and committed of it.
 * A partition that is taken away and given back is a new Assignment; verdicts of the old one find nothing to change.
 */
export class Assignment implements ReadyLane {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly ledger: Ledger;
  readonly lane = new Lane();
  readonly #maxUncommitted: number;
  readonly #changed: (assignment: Assignment) => void;
  #revoking = false;
  #inFlight = 0;
  #handed = 0;
  #acknowledged: number;
  #committed: number | null;

  /** The client was told to bring no records of it. */
  paused = false;
  /** Dead letters sent and not yet acknowledged. */
  deadLetters = 0;
  /** When a record arrived or the end of the partition was seen. */
  progressAt: number;
  /** When its leader said last that there is nothing that should have come. */
  lookedAt = Number.NEGATIVE_INFINITY;
  /** Why it brings nothing, if it should. */
  trouble: Trouble | null = null;
  /** Where the end of the log was when it was seen last: markers of transactions may stand behind the last record. */
  endSeen: number | null = null;

  constructor(start: TopicPartitionOffset, options: AssignmentOptions) {
    this.topic = start.topic;
    this.partition = start.partition;
    this.key = keyOf(start);
    const known = start.offset >= 0 ? start.offset : null;
    this.ledger = new Ledger(known);
    this.#committed = options.commitStart ? null : known;
    this.#acknowledged = options.commitStart ? -1 : 0;
    this.progressAt = options.now;
    this.#maxUncommitted = options.maxUncommitted;
    this.#changed = options.changed;
    this.#changed(this);
  }

  /** Its revocation has begun: no request starts for it any more. */
  get revoking(): boolean {
    return this.#revoking;
  }

  /** Records in the one request that holds the lane, without a verdict yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Numbers below this one are covered by an acknowledged commit. -1: not even the start is committed, and must be. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Offset of the last acknowledged commit, or where reading began. */
  get committed(): number | null {
    return this.#committed;
  }

  /** Records handed to a request and not yet covered by an acknowledged commit. */
  get uncommitted(): number {
    return Math.max(0, this.#handed - Math.max(0, this.#acknowledged));
  }

  /** Since when nobody knows better than that it brings nothing. */
  get quietSince(): number {
    return Math.max(this.progressAt, this.lookedAt);
  }

  /** Everything was received that the log held when its end was seen last. */
  get atEnd(): boolean {
    return this.endSeen !== null && this.endSeen >= (this.ledger.position ?? 0);
  }

  /** Nothing of it is on its way: a drain has ended. */
  get drained(): boolean {
    return this.#inFlight === 0 && this.deadLetters === 0;
  }

  /** There is something to commit that no acknowledged commit covers. */
  get hasProgress(): boolean {
    return this.ledger.floor > this.#acknowledged && this.ledger.committable !== null;
  }

  /** It should be committed before the interval is over: half of the uncommitted records that it may have are used. */
  get eager(): boolean {
    return this.uncommitted >= Math.max(1, this.#maxUncommitted / 2) && this.hasProgress;
  }

  /** A batch may take from it now. */
  get ready(): boolean {
    return !this.#revoking && this.#inFlight === 0 && this.lane.fault === null && this.records > 0;
  }

  status(now: number): Omit<PartitionStatus, 'high'> {
    const { topic, partition, committed, uncommitted, ledger } = this;
    const oldest = ledger.oldestUnresolvedAt;
    const oldestUnresolvedMs = oldest === null ? null : now - oldest;
    const { position, unresolved } = ledger;
    const fault = this.trouble?.reason ?? null;
    return { topic, partition, committed, position, unresolved, uncommitted, oldestUnresolvedMs, fault };
  }

  // ReadyLane: what the batcher sees, bounded by the cap on uncommitted records.
  get records(): number {
    return Math.min(this.lane.records, this.#maxUncommitted - this.uncommitted);
  }

  get bytes(): number {
    return this.lane.bytes;
  }

  get since(): number {
    return this.lane.since;
  }

  take(maxRecords: number, maxBytes: number): Slice | null {
    const slice = this.lane.take(maxRecords, maxBytes);
    if (slice === null) return null;
    this.#inFlight += slice.end - slice.start;
    this.#handed = slice.first + slice.end - slice.start;
    this.#changed(this);
    return slice;
  }

  // What happens to it

  /** Records arrived, or the end of the log was seen: whatever was wrong with it is over. */
  progressed(now: number): void {
    this.progressAt = now;
    this.trouble = null;
  }

  revoke(): void {
    this.#revoking = true;
    this.#changed(this);
  }

  /** Puts numbered records into the lane. */
  push(block: Block, range: { start: number; end: number; first: number }, now: number): void {
    this.lane.push(block, range, this, now);
    this.#changed(this);
  }

  /** Takes the faulty record at the head out of the lane. */
  takeFault(): Slice {
    const slice = this.lane.takeFault();
    this.#changed(this);
    return slice;
  }

  /** Empties the lane. @returns what waited in it. */
  clear(): readonly Slice[] {
    const waiting = this.lane.clear();
    this.#changed(this);
    return waiting;
  }

  /** So many records of the request under way have their verdict, or will get none. */
  land(records: number): void {
    this.#inFlight -= records;
    this.#changed(this);
  }

  /** Gives the numbers `from` … `to` their verdict. @returns how many had none before. */
  resolve(from: number, to: number): number {
    const records = this.ledger.resolve(from, to);
    this.#changed(this);
    return records;
  }

  /** A commit of this offset, which stands for the ledger's floor of then, was acknowledged; late ones change nothing. */
  acknowledge(floor: number, offset: number): void {
    if (floor < this.#acknowledged) return;
    this.#acknowledged = floor;
    this.#committed = offset;
    this.#changed(this);
  }
}
