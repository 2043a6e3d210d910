import type { DeliveryEnd, Verdict } from '../../../connector/batch.ts';
import type { Slice } from '../../../connector/block.ts';
import type { TaskFact } from '../facts.ts';
import type { Budget } from '../intake/budget.ts';
import type { Assignment } from '../order/assignment.ts';
import { type Flight, type Flights, type Leftover, laneOf } from './flights.ts';
import type { DeadLetterEvent, Rejections } from './rejections.ts';
import type { TopicTally } from './topic-tally.ts';

export interface SettlementParts {
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly budget: Budget;
  readonly flights: Flights;
  readonly tally: TopicTally;
  readonly tolerance: 'none' | 'all';
  readonly announce: (fact: TaskFact) => void;
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
    const { assignment } = laneOf(verdict.item);
    const part = partOf(verdict.item.slice, verdict.start, verdict.end);
    if (verdict.kind === 'delivered') return this.resolve(assignment, part, 'delivered');
    for (let index = part.start; index < part.end; index++) {
      rejections.reject(assignment, partOf(part, index, index + 1), verdict.error);
    }
  }

  deliveryEnd(flight: Flight, end: DeliveryEnd): void {
    this.abandon(this.#parts.flights.end(flight));
    if (end.kind === 'fatal') this.#parts.fail(end.error.message);
  }

  /** With tolerance `none` a parked record stays without a verdict: the task fails on it (Kafka Connect). */
  deadLetter(event: DeadLetterEvent, now: number): void {
    const { assignment, slice, acknowledged, fault } = event;
    assignment.deadLetters--;
    if (acknowledged && this.#parts.tolerance === 'all') {
      this.lastVerdictAt = now;
      return this.resolve(assignment, slice, 'deadLettered');
    }
    this.discard([slice]);
    if (fault === null) return;
    const where = `${slice.topic}-${slice.partition} offset ${slice.block.offset[slice.start]}`;
    this.#parts.fail(`the dead letter of record ${where} was refused: ${fault.message}. It was not committed`);
  }

  /** A verdict for a partition that was lost meanwhile changes nothing: its next owner's ledger decides. */
  resolve(assignment: Assignment, slice: Slice, verdict: 'delivered' | 'deadLettered' | 'skipped'): void {
    const { budget, assignments, tally, announce } = this.#parts;
    const { topic, partition } = slice;
    budget.release(slice.block, slice.end - slice.start);
    if (assignments.get(assignment.key) !== assignment) return;
    const records = assignment.resolve(slice.first, slice.first + slice.end - slice.start);
    tally.of(topic)[verdict] += records;
    if (verdict === 'delivered') announce({ kind: 'records-delivered', topic, partition, records });
  }

  /** Frees what a request carried and gave no verdict. */
  abandon(leftovers: readonly Leftover[]): void {
    for (const { item, records } of leftovers) this.#parts.budget.release(item.slice.block, records);
  }

  /** Frees slices that will get no verdict here. */
  discard(slices: readonly Slice[]): void {
    for (const { block, start, end } of slices) this.#parts.budget.release(block, end - start);
  }
}

function partOf(slice: Slice, start: number, end: number): Slice {
  return { ...slice, start, end, first: slice.first + start - slice.start };
}
