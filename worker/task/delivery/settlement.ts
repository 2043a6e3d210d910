import type { DeliveryEnd, Verdict } from '../../../connector/batch.ts';
import type { Slice } from '../../../connector/block.ts';
import type { TaskFact } from '../facts.ts';
import type { Budget } from '../intake/budget.ts';
import type { Assignment, PartitionLane } from '../order/assignment.ts';
import { type Flight, type Flights, type Leftover, laneOf } from './flights.ts';
import type { DeadLetterEvent, Rejections } from './rejections.ts';
import type { Outcome } from './report.ts';
import type { Grounds } from './report-parts.ts';
import type { ReportEvent, Reports } from './reports.ts';
import type { TopicTally } from './topic-tally.ts';

export interface SettlementParts {
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly budget: Budget;
  readonly flights: Flights;
  readonly tally: TopicTally;
  readonly tolerance: 'none' | 'all';
  /** Null where nothing is reported. */
  readonly reports: Reports | null;
  readonly announce: (fact: TaskFact) => void;
  /** Epoch milliseconds. */
  readonly wall: () => number;
  readonly fail: (reason: string) => void;
}

/** From the sink's and the dead letter queue's answers to the ledger: the one place where records get their verdict. */
export class Settlement {
  readonly #parts: SettlementParts;
  /** Monotonic time of the last verdict; null before the first. */
  lastVerdictAt: number | null = null;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  verdict(flight: Flight, verdict: Verdict, rejections: Rejections, now: number): void {
    if (this.#parts.flights.settle(flight, verdict) === 0) return;
    this.lastVerdictAt = now;
    const lane = laneOf(verdict.item);
    const part = partOf(verdict.item.slice, verdict.start, verdict.end);
    if (verdict.kind === 'delivered') {
      return this.conclude(lane, part, 'delivered', { answer: verdict.answer, error: null });
    }
    for (let index = part.start; index < part.end; index++) {
      rejections.reject(lane, partOf(part, index, index + 1), verdict.error, verdict.response);
    }
  }

  deliveryEnd(flight: Flight, end: DeliveryEnd): void {
    this.abandon(this.#parts.flights.end(flight));
    if (end.kind === 'fatal') this.#parts.fail(end.error.message);
  }

  /** With tolerance `none` a parked record stays without a verdict: the task fails on it (Kafka Connect). */
  deadLetter(event: DeadLetterEvent, now: number): void {
    const { lane, slice, error, acknowledged, fault } = event;
    lane.assignment.deadLetters--;
    if (acknowledged) {
      this.lastVerdictAt = now;
      const outcome = this.#parts.tolerance === 'all' ? 'deadLettered' : 'failed';
      return this.conclude(lane, slice, outcome, { answer: error.answer ?? null, error });
    }
    const where = placeOf(slice);
    this.discard(lane, [slice]);
    if (fault === null) return;
    this.#parts.fail(`the dead letter of record ${where} was refused: ${fault.message}. It was not committed`);
  }

  /** What becomes of these records is known: they have their verdict now, or once it is reported. */
  conclude(lane: PartitionLane, slice: Slice, outcome: Outcome, grounds: Grounds): void {
    const { reports } = this.#parts;
    if (reports?.covers(outcome) === true) reports.report(lane, slice, outcome, grounds);
    else this.#finish(lane, slice, outcome);
  }

  reported({ lane, slice, outcome, acknowledged, fault }: ReportEvent, now: number): void {
    lane.assignment.reports--;
    if (acknowledged) {
      this.lastVerdictAt = now;
      return this.#finish(lane, slice, outcome);
    }
    const where = placeOf(slice);
    this.discard(lane, [slice]);
    if (fault === null) return;
    const what = slice.end - slice.start > 1 ? 'the records from' : 'record';
    this.#parts.fail(`a report of ${what} ${where} was refused: ${fault.message}. Nothing of it was committed`);
  }

  /** What failed the task gets no verdict. */
  #finish(lane: PartitionLane, slice: Slice, outcome: Outcome): void {
    if (outcome === 'failed') this.discard(lane, [slice]);
    else this.resolve(lane, slice, outcome);
  }

  /** A verdict for a partition that was lost meanwhile changes nothing: its next owner's ledger decides. */
  resolve(lane: PartitionLane, slice: Slice, verdict: 'delivered' | 'deadLettered' | 'skipped'): void {
    const { budget, assignments, tally, announce, wall } = this.#parts;
    const { topic, partition } = slice;
    const { assignment } = lane;
    // The block may be freed with its last record.
    const latenciesMs = verdict === 'delivered' ? latenciesOf(slice, wall()) : [];
    budget.release(slice, lane.account);
    if (assignments.get(assignment.key) !== assignment) return;
    const records = assignment.resolve(slice.first, slice.first + slice.end - slice.start);
    tally.of(topic)[verdict] += records;
    if (verdict === 'delivered') announce({ kind: 'records-delivered', topic, partition, records, latenciesMs });
  }

  /** Frees what a request carried and gave no verdict. */
  abandon(leftovers: readonly Leftover[]): void {
    for (const { item, held } of leftovers) this.#parts.budget.release(held, laneOf(item).account);
  }

  /** Frees slices of a lane that will get no verdict here. */
  discard(lane: PartitionLane, slices: readonly Slice[]): void {
    for (const slice of slices) this.#parts.budget.release(slice, lane.account);
  }
}

function placeOf({ topic, partition, block, start }: Slice): string {
  return `${topic}-${partition} offset ${block.offset[start]}`;
}

function partOf(slice: Slice, start: number, end: number): Slice {
  return { ...slice, start, end, first: slice.first + start - slice.start };
}

/** How many timestamps of a slice are looked at, which stand for the others: those were written between them. */
function samplesOf(records: number): number {
  if (records < 4) return 1;
  return records < 64 ? 2 : 4;
}

/** One in the middle of each of as many equal parts. A clock that is behind the writer's makes none negative. */
function latenciesOf({ block, start, end }: Slice, wall: number): readonly number[] {
  const parts = samplesOf(end - start);
  const latencies: number[] = [];
  for (let part = 0; part < parts; part++) {
    const at = block.timestamp[start + Math.floor(((part + 0.5) * (end - start)) / parts)]!;
    if (at >= 0) latencies.push(Math.max(wall - at, 0));
  }
  return latencies;
}
