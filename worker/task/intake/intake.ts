import type { BodyFormat } from '../../../connector/batch.ts';
import { type Block, blockBytes, FLAG_FILTERED, type Slice } from '../../../connector/block.ts';
import type { Converter } from '../../../connector/converters/choose.ts';
import { type Portion, portionsOf } from '../../../connector/portions.ts';
import type { TaskFact } from '../facts.ts';
import type { Assignment, PartitionLane } from '../order/assignment.ts';
import type { Pool } from '../order/lane.ts';
import type { Roster } from '../order/roster.ts';
import type { KafkaConsumer } from '../ports.ts';
import { keyOf } from '../topic-partition.ts';
import type { Budget } from './budget.ts';

/** A partition's part of a block that was numbered, and not yet converted and put into its lane. */
export interface Arrival {
  readonly assignment: Assignment;
  readonly start: number;
  readonly end: number;
  readonly first: number;
}

const MIN_READ = 64;
const MAX_READ = 1_000;
/** Bytes that one block should hold at most; the next read's records are counted by the last block's sizes. */
const TARGET_BLOCK_BYTES = 1_048_576;
/** Nor should it hold more of the budget: one block would be all that there is room for. */
const BLOCK_OF_BUDGET = 1 / 8;

/** About a fetch of one partition: a smaller share would have it fetched again and again for little. */
const LEAST_SHARE_BYTES = 1_048_576;

/** What it must know of an endpoint. */
export interface IntakeEndpoint {
  readonly converter: Converter;
  readonly format: Pick<BodyFormat, 'maxBytes' | 'separator'>;
}

export interface IntakeParts {
  readonly consumer: KafkaConsumer;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly roster: Roster;
  readonly budget: Budget;
  /** At least one. */
  readonly endpoints: readonly IntakeEndpoint[];
  /** Which of them has a topic. */
  readonly endpointOf: (topic: string) => number;
  /** So many records of a topic were numbered. */
  readonly consumed: (topic: string, records: number) => void;
  readonly announce: (fact: TaskFact) => void;
  /** Records came of a topic that is not the one the partition was assigned for. */
  readonly otherTopic: (assignment: Assignment) => void;
  /** A transform dropped these records: give them their verdict. */
  readonly skip: (lane: PartitionLane, slice: Slice) => void;
}

/** From the reader into the lanes: receive (number), convert, push. And the brakes: which partitions are paused. */
export class Intake {
  readonly #parts: IntakeParts;
  #recordBytes = TARGET_BLOCK_BYTES / MIN_READ;
  /** What the last `brake` knew: with the same again, only partitions that changed meanwhile are looked at. */
  #braked: { readonly all: boolean; readonly partitions: number } | null = null;

  /** What each endpoint's lanes hold; null where there is one endpoint. */
  readonly #pools: readonly Pool[] | null;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#pools = parts.endpoints.length === 1 ? null : parts.endpoints.map(() => ({ held: 0, full: false }));
  }

  /** How many records the next read may bring. */
  get readSize(): number {
    const { budget, endpoints } = this.#parts;
    const bytes = Math.min(TARGET_BLOCK_BYTES, (budget.maxBytes * BLOCK_OF_BUDGET) / endpoints.length);
    return Math.max(1, Math.min(MAX_READ, Math.floor(bytes / this.#recordBytes)));
  }

  /**
   * How much of the budget may be used for now. A partition that is alone leaves half: others may join it when it is stuck,
   * and nothing would be left for them.
   */
  get limit(): number {
    const { assignments, budget } = this.#parts;
    return assignments.size > 1 ? budget.maxBytes : budget.maxBytes / 2;
  }

  /**
   * Numbers every record of a block. This comes before the client is told of any change of assignment: a block's
   * records belong to the epochs at its read's start. Those of another topic than the epoch's are not numbered, and with
   * them ends the epoch. @returns what `push` continues with.
   */
  receive(block: Block, now: number): readonly Arrival[] {
    const { assignments, consumed, announce } = this.#parts;
    const arrivals: Arrival[] = [];
    for (const { topic, topicId, partition, start, end } of block.runs) {
      const assignment = assignments.get(keyOf({ topic, partition }));
      if (assignment?.isOther(topicId) === true) this.#parts.otherTopic(assignment);
      if (assignment === undefined || assignment.revoking || assignment.rewinding) {
        announce({ kind: 'records-unowned', topic, partition, records: end - start });
        continue;
      }
      const { from, first } = assignment.ledger.receive(block, start, end, now);
      if (from > start) announce({ kind: 'records-repeated', topic, partition, records: from - start });
      assignment.progressed(now);
      if (from === end) continue;
      consumed(topic, end - from);
      arrivals.push({ assignment, start: from, end, first });
    }
    this.#recordBytes = Math.max(1, blockBytes(block) / block.count);
    announce({ kind: 'block-received', records: block.count, bytes: block.values.byteLength, topics: topicsOf(block) });
    return arrivals;
  }

  /** Converts the block and puts its numbered records into their lanes. */
  push(block: Block, arrivals: readonly Arrival[], now: number): void {
    if (arrivals.length === 0) return;
    const { endpoints, endpointOf } = this.#parts;
    if (endpoints.length === 1) return this.#pushTo(0, block, arrivals, now);
    const separatorOf = (endpoint: number): Buffer => endpoints[endpoint]!.format.separator;
    for (const portion of portionsOf(block, { endpointOf, separatorOf })) {
      const theirs = arrivals.filter(({ assignment }) => endpointOf(assignment.topic) === portion.endpoint);
      for (const { assignment } of theirs) assignment.lane.account.pool ??= this.#pools![portion.endpoint]!;
      if (theirs.length > 0) this.#pushTo(portion.endpoint, portion.block, theirs.map(moved(block, portion)), now);
    }
  }

  #pushTo(endpoint: number, block: Block, arrivals: readonly Arrival[], now: number): void {
    const { budget, endpoints } = this.#parts;
    const converted = endpoints[endpoint]!.converter.convert(block);
    // What a pool may hold is measured closely: what was derived counts too.
    if (this.#pools !== null) this.#recordBytes = Math.max(this.#recordBytes, blockBytes(converted) / converted.count);
    // All are counted before one is dropped: a block without any held record would be freed.
    const staying = arrivals.filter(({ assignment }) => !assignment.revoking);
    for (const { assignment, start, end } of staying) {
      budget.hold({ block: converted, start, end }, assignment.lane.account);
    }
    for (const arrival of staying) {
      arrival.assignment.lane.push(converted, arrival, now);
      this.#skipFiltered(converted, arrival);
    }
  }

  /** What was dropped needs no lane: no order holds between it and what is delivered. */
  #skipFiltered(block: Block, { assignment, start, end, first }: Arrival): void {
    const { topic, partition } = assignment;
    for (let index = start; index < end; index++) {
      if ((block.flags[index]! & FLAG_FILTERED) === 0) continue;
      const from = index;
      while (index + 1 < end && (block.flags[index + 1]! & FLAG_FILTERED) !== 0) index++;
      const slice = { block, topic, partition, start: from, end: index + 1, first: first + from - start };
      this.#parts.skip(assignment.lane, slice);
    }
  }

  /**
   * Tells the client which partitions to pause and resume. Called only while no read is in flight.
   * @param all every partition is to be paused: the user paused the task, it is ending, or the budget is spent.
   */
  brake(all: boolean, now: number): void {
    const { consumer, budget, announce } = this.#parts;
    const pause: Assignment[] = [];
    const resume: Assignment[] = [];
    // With one endpoint there is none.
    if (this.#turnPools()) this.#braked = null;
    for (const assignment of this.#toLookAt(all)) {
      const over = this.#isOverShare(assignment, now);
      budget.limit(assignment.lane.account, over);
      const wanted = all || over;
      if (wanted && !assignment.paused) pause.push(assignment);
      if (!wanted && assignment.paused) resume.push(assignment);
    }
    for (const assignment of pause) assignment.paused = true;
    for (const assignment of resume) {
      assignment.paused = false;
      assignment.progressAt = now;
    }
    const names = (list: readonly Assignment[]) => list.map(({ topic, partition }) => ({ topic, partition }));
    if (pause.length > 0) {
      announce({ kind: 'intake-paused', partitions: pause.length, bufferedBytes: budget.used });
      consumer.pause(names(pause));
    }
    if (resume.length > 0) {
      announce({ kind: 'intake-resumed', partitions: resume.length, bufferedBytes: budget.used });
      consumer.resume(names(resume));
    }
  }

  /** Whether `brake` would tell the client something. */
  wantsBrake(all: boolean, now: number): boolean {
    const { assignments, roster } = this.#parts;
    if (this.#braked?.all !== all) return true;
    if (this.#pools?.some(pool => this.#isFull(pool) !== pool.full) === true) return true;
    for (const assignment of roster.pending) {
      if (assignments.get(assignment.key) !== assignment) continue;
      if ((all || this.#isOverShare(assignment, now)) !== assignment.paused) return true;
    }
    return false;
  }

  #toLookAt(all: boolean): Iterable<Assignment> {
    const { assignments, roster } = this.#parts;
    const changed = roster.takeChanged();
    const before = this.#braked;
    this.#braked = { all, partitions: assignments.size };
    if (before === null || before.all !== all || before.partitions !== assignments.size) return assignments.values();
    return [...changed].filter(assignment => assignments.get(assignment.key) === assignment);
  }

  /**
   * One partition must not take the budget while the others could go on: it is paused alone. At most half of what is left
   * by those that are held back already; and one whose records stay for long, for whatever reason, at most its share, since
   * it has more here than it sends in that time.
   */
  #isOverShare(assignment: Assignment, now: number): boolean {
    const { assignments, budget, endpoints, endpointOf } = this.#parts;
    if (assignments.size < 2) return false;
    const { maxBytes, setAside } = budget;
    const { account } = assignment.lane;
    if (this.#pools?.[endpointOf(assignment.topic)]?.full === true) return true;
    // One request in flight and the next.
    const maxBatchBytes = endpoints[endpointOf(assignment.topic)]!.format.maxBytes;
    const half = (maxBytes - setAside + (account.limited ? account.held : 0)) / 2;
    const least = Math.max(LEAST_SHARE_BYTES, 2 * maxBatchBytes);
    const share = Math.min(maxBytes / 4, Math.max(maxBytes / 2 / assignments.size, least));
    const limit = assignment.isSlow(now) ? Math.min(share, half) : half;
    return account.held > (assignment.paused ? limit / 2 : limit);
  }

  /**
   * One endpoint must not take what the others need to go on: its lanes hold no more, together, than this part of what is free. So
   * something is left however many of them are out of order.
   */
  #isFull({ held, full }: Pool): boolean {
    const { budget, endpoints } = this.#parts;
    const most = (2 * (budget.maxBytes - budget.used)) / (endpoints.length - 1);
    return held > 0 && held > (full ? most / 2 : most);
  }

  /** @returns whether one has become full, or is no more */
  #turnPools(): boolean {
    const turned = (this.#pools ?? []).filter(pool => this.#isFull(pool) !== pool.full);
    for (const pool of turned) pool.full = !pool.full;
    return turned.length > 0;
  }
}

/** Where a part of a block stands in a portion of it. */
function moved(block: Block, portion: Portion): (arrival: Arrival) => Arrival {
  return arrival => {
    const run = block.runs.find(({ start, end }) => arrival.start >= start && arrival.start < end)!;
    const by = portion.startOf(run) - run.start;
    return { ...arrival, start: arrival.start + by, end: arrival.end + by };
  };
}

/** Each once; runs of one topic mostly follow each other. */
function topicsOf({ runs }: Block): readonly string[] {
  const topics = new Set<string>();
  let last: string | null = null;
  for (const { topic } of runs) {
    if (topic !== last) topics.add(topic);
    last = topic;
  }
  return [...topics];
}
