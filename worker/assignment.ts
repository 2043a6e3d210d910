import type { ReadyLane } from '../connector/batcher.ts';
import type { Slice } from '../connector/block.ts';
import type { PartitionStatus } from './facts.ts';
import { Lane } from './lane.ts';
import { Ledger } from './ledger.ts';
import type { TopicPartitionOffset } from './ports.ts';

/**
 * One partition during one assignment epoch: its ledger, its lane, and what was handed out and committed of it.
 * A partition that is taken away and given back is a new Assignment; verdicts of the old one find nothing to change.
 */
export class Assignment implements ReadyLane {
  readonly topic: string;
  readonly partition: number;
  readonly ledger: Ledger;
  readonly lane = new Lane();
  readonly #maxUncommitted: number;

  /** Set when its revocation began: no request starts for it any more. */
  revoking = false;
  /** The client was told to bring no records of it. */
  paused = false;
  /** Records in the one request that holds the lane, without a verdict yet. */
  inFlight = 0;
  /** Dead letters sent and not yet acknowledged. */
  deadLetters = 0;
  /** Numbers below this one were handed to a request. */
  handed = 0;
  /** Numbers below this one are covered by an acknowledged commit. -1: not even the start is committed, and must be. */
  acknowledged: number;
  /** Offset of the last acknowledged commit, or where reading began. */
  committed: number | null;
  /** When a record arrived or the end of the partition was seen. */
  progressAt: number;

  constructor(start: TopicPartitionOffset, options: { maxUncommitted: number; commitStart: boolean; now: number }) {
    this.topic = start.topic;
    this.partition = start.partition;
    const known = start.offset >= 0 ? start.offset : null;
    this.ledger = new Ledger(known);
    this.committed = options.commitStart ? null : known;
    this.acknowledged = options.commitStart ? -1 : 0;
    this.progressAt = options.now;
    this.#maxUncommitted = options.maxUncommitted;
  }

  /** Records handed to a request and not yet covered by an acknowledged commit. */
  get uncommitted(): number {
    return Math.max(0, this.handed - Math.max(0, this.acknowledged));
  }

  /** Nothing of it is on its way: a drain has ended. */
  get drained(): boolean {
    return this.inFlight === 0 && this.deadLetters === 0;
  }

  /** There is something to commit that no acknowledged commit covers. */
  get hasProgress(): boolean {
    return this.ledger.floor > this.acknowledged && this.ledger.committable !== null;
  }

  /** A batch may take from it now. */
  get ready(): boolean {
    return !this.revoking && this.inFlight === 0 && this.lane.fault === null && this.records > 0;
  }

  status(now: number): Omit<PartitionStatus, 'high'> {
    const { topic, partition, committed, uncommitted, ledger } = this;
    const oldest = ledger.oldestUnresolvedAt;
    const oldestUnresolvedMs = oldest === null ? null : now - oldest;
    const { position, unresolved } = ledger;
    return { topic, partition, committed, position, unresolved, uncommitted, oldestUnresolvedMs };
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
    this.inFlight += slice.end - slice.start;
    this.handed = slice.first + slice.end - slice.start;
    return slice;
  }
}
