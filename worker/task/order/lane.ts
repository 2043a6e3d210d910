import type { ReadyLane } from '../../../connector/batcher.ts';
import type { Block, Destination, Slice } from '../../../connector/block.ts';
import { SliceQueue } from './slice-queue.ts';

/** What one lane holds of the budget: its records alone, be they waiting, in flight, or on their way as dead letters. */
export interface Account {
  held: number;
  /** It gets no more for now: what it holds is no reason to stop the others. */
  limited: boolean;
  /** What all lanes to its endpoint hold; where there is one endpoint, nobody asks. */
  pool?: Pool;
}

/** What the lanes to one of several endpoints hold together. */
export interface Pool {
  held: number;
  /** It has its part of the budget: none of its partitions gets more for now. */
  full: boolean;
}

/** What a lane must know of the assignment that it belongs to. */
export interface LaneOwner {
  readonly topic: string;
  readonly partition: number;
  /** No request starts any more. */
  readonly revoking: boolean;
  /** How many more records may be handed to requests before some are committed. */
  readonly room: number;
  /** The slice goes out with a request. */
  handOut(slice: Slice): void;
}

/**
 * The unit of order: slices that are delivered one after another. Here all of one assignment. A lane is held by at most
 * one request; what it has ready waits until that one's records have verdicts.
 */
export class Lane<Owner extends LaneOwner = LaneOwner> implements ReadyLane {
  readonly assignment: Owner;
  /** What it holds of the budget, which alone changes it. */
  readonly account: Account = { held: 0, limited: false };
  readonly #queue = new SliceQueue();
  readonly #changed: () => void;
  #inFlight = 0;

  /** @param changed called after every change that matters to what the loop does next. */
  constructor(assignment: Owner, changed: () => void) {
    this.assignment = assignment;
    this.#changed = changed;
  }

  /** Records in the one request that holds the lane, without a verdict yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Records waiting, faulty ones included. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** The faulty record at the head, or null. */
  get fault(): Slice | null {
    return this.#queue.fault;
  }

  /** A batch may take from it now. */
  get ready(): boolean {
    return !this.assignment.revoking && this.#inFlight === 0 && this.fault === null && this.records > 0;
  }

  // ReadyLane: what the batcher sees, bounded by the cap on uncommitted records.
  get records(): number {
    return Math.min(this.#queue.records, this.assignment.room);
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  get destination(): Destination | null {
    return this.#queue.destination;
  }

  get since(): number {
    return this.#queue.since;
  }

  get head(): string {
    return this.#queue.head;
  }

  take(maxRecords: number, maxBytes: number): Slice | null {
    const slice = this.#queue.take(maxRecords, maxBytes);
    if (slice === null) return null;
    this.#inFlight += slice.end - slice.start;
    this.assignment.handOut(slice);
    this.#changed();
    return slice;
  }

  /** Puts numbered records into the lane. */
  push(block: Block, range: { start: number; end: number; first: number }, now: number): void {
    this.#queue.push(block, range, this.assignment, now);
    this.#changed();
  }

  /** Takes the faulty record at the head out of the lane. */
  takeFault(): Slice {
    const slice = this.#queue.takeFault();
    this.#changed();
    return slice;
  }

  /** Shows each slice that waits, with what puts its records into another block. */
  eachWaiting(visit: (slice: Slice, replace: (block: Block) => void) => void): void {
    this.#queue.each(visit);
  }

  /** Empties the lane. @returns what waited in it. */
  clear(): readonly Slice[] {
    const waiting = this.#queue.clear();
    this.#changed();
    return waiting;
  }

  /** So many records of the request under way have their verdict, or will get none. */
  land(records: number): void {
    this.#inFlight -= records;
    this.#changed();
  }
}
