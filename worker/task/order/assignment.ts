import type { Slice } from '../../../connector/block.ts';
import type { PartitionStatus } from '../facts.ts';
import { type CommitOffset, OFFSET_BEGINNING, type TopicPartitionOffset } from '../ports.ts';
import { isOtherTopic, keyOf } from '../topic-partition.ts';
import { Lane, type LaneOwner } from './lane.ts';
import { Ledger } from './ledger.ts';
import type { Trouble } from './trouble.ts';

export interface AssignmentOptions {
  readonly maxUncommitted: number;
  readonly commitStart: boolean;
  /** It takes the place of one that had come further in a log that lost its end since. */
  readonly rewound?: boolean;
  readonly now: number;
  /** Called after every change, of it or of its lane, that matters to what the loop does next. */
  readonly changed: (lane: PartitionLane) => void;
}

/** A lane of a partition. */
export type PartitionLane = Lane<Assignment>;

/** A partition whose records stay longer has more of them here than it needs for going on. */
const SLOW_MS = 2_000;

/** Where its reading goes on: what was received is not asked for again, and nothing is skipped. */
export function positionOf({ topic, partition, ledger }: Assignment): TopicPartitionOffset {
  return { topic, partition, offset: ledger.position ?? OFFSET_BEGINNING };
}

/**
 * One partition during one assignment epoch: its ledger, and what was handed out and committed of it. Its records wait in
 * its lane. A partition that is taken away and given back is a new Assignment; verdicts of the old one find nothing to change.
 */
export class Assignment implements LaneOwner {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  /** The topic that it is made for; null where topics have no identity. */
  readonly topicId: string | null;
  /** Another had it before that had come further, and may have commits on their way. */
  readonly rewound: boolean;
  readonly ledger: Ledger;
  readonly lane: PartitionLane;
  readonly #maxUncommitted: number;
  readonly #changed: () => void;
  #revoking = false;
  #disowned = false;
  #handed = 0;
  #acknowledged: number;
  #committed: number | null;

  /** The client was told to bring no records of it. */
  paused = false;
  /** The log lost its end: it takes no more, and another takes its place once what it has got is done with. */
  rewinding = false;
  /** Dead letters sent and not yet acknowledged. */
  deadLetters = 0;
  /** Slices with a verdict whose reports are not all acknowledged yet. */
  reports = 0;
  /** When a record arrived or the end of the partition was seen. */
  progressAt: number;
  /** When its leader said last that there is nothing that should have come. */
  lookedAt = Number.NEGATIVE_INFINITY;
  /** Why it brings nothing, if it should. */
  trouble: Trouble | null = null;
  /** Where the end of the log was when it was seen last: markers of transactions may stand behind the last record. */
  endSeen: number | null = null;

  constructor(start: CommitOffset, options: AssignmentOptions) {
    this.topic = start.topic;
    this.partition = start.partition;
    this.key = keyOf(start);
    this.topicId = start.topicId ?? null;
    this.rewound = options.rewound === true;
    const known = start.offset >= 0 ? start.offset : null;
    this.ledger = new Ledger(known);
    this.#committed = options.commitStart ? null : known;
    this.#acknowledged = options.commitStart ? -1 : 0;
    this.progressAt = options.now;
    this.#maxUncommitted = options.maxUncommitted;
    this.#changed = () => options.changed(this.lane);
    this.lane = new Lane<Assignment>(this, this.#changed);
    this.#changed();
  }

  /** Its revocation has begun: no request starts for it any more. */
  get revoking(): boolean {
    return this.#revoking;
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

  get room(): number {
    return this.#maxUncommitted - this.uncommitted;
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
    return this.lane.inFlight === 0 && this.deadLetters === 0 && this.reports === 0;
  }

  /** There is something to commit that no acknowledged commit covers. */
  get hasProgress(): boolean {
    return !this.#disowned && this.ledger.floor > this.#acknowledged && this.ledger.committable !== null;
  }

  /** It should be committed before the interval is over: half of the uncommitted records that it may have are used. */
  get eager(): boolean {
    return this.uncommitted >= Math.max(1, this.#maxUncommitted / 2) && this.hasProgress;
  }

  /** A record of it has been here for so long that something holds it up: the endpoint, a dead letter, a commit. */
  isSlow(now: number): boolean {
    const oldest = this.ledger.oldestUnresolvedAt;
    return oldest !== null && now - oldest > SLOW_MS;
  }

  status(now: number): Omit<PartitionStatus, 'high'> {
    const { topic, partition, committed, uncommitted, ledger } = this;
    const oldest = ledger.oldestUnresolvedAt;
    const oldestUnresolvedMs = oldest === null ? null : now - oldest;
    const { position, unresolved } = ledger;
    const fault = this.trouble?.reason ?? null;
    return { topic, partition, committed, position, unresolved, uncommitted, oldestUnresolvedMs, fault };
  }

  // What happens to it

  /** Records arrived, or the end of the log was seen: whatever was wrong with it is over. */
  progressed(now: number): void {
    this.progressAt = now;
    this.trouble = null;
  }

  /** The log has nothing before this offset any more that was not received; reading goes on here. */
  skipTo(offset: number, now: number): void {
    this.ledger.skipTo(offset, now);
    this.progressed(now);
    this.#changed();
  }

  revoke(): void {
    this.#revoking = true;
    this.#changed();
  }

  /** Its topic is no more: nothing of it starts, and nothing is committed, whatever verdicts still come. */
  disown(): void {
    this.#disowned = true;
    this.revoke();
  }

  /** Records that the client says are of this topic are not of the one that it was made for. */
  isOther(topicId: string | null): boolean {
    return isOtherTopic(topicId, this.topicId);
  }

  /** Its lane hands a slice to a request: a part of the lane's change. */
  handOut(slice: Slice): void {
    this.#handed = slice.first + slice.end - slice.start;
  }

  /** Gives the numbers `from` … `to` their verdict. @returns how many had none before. */
  resolve(from: number, to: number): number {
    const records = this.ledger.resolve(from, to);
    this.#changed();
    return records;
  }

  /** A commit of this offset, which stands for the ledger's floor of then, was acknowledged; late ones change nothing. */
  acknowledge(floor: number, offset: number): void {
    if (floor < this.#acknowledged) return;
    this.#acknowledged = floor;
    this.#committed = offset;
    this.#changed();
  }
}
