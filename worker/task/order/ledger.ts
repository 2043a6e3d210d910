import type { Block } from '../../../connector/block.ts';
import { Fifo } from './fifo.ts';

/** Records received together: numbers `first` … `first + count`. */
interface Span {
  readonly first: number;
  readonly count: number;
  /** Of the first of them. */
  readonly offset: number;
  /** Of all of them, where they do not follow one another; it is the ledger's own, since blocks are freed. */
  readonly offsets: Float64Array | null;
  readonly receivedAt: number;
}

/**
 * Which received offsets of one partition have a verdict, and so what may be committed.
 *
 * Records are numbered densely in order of arrival, before anything may drop them. It works on intervals of those
 * numbers: gaps of compaction and of transaction markers do not exist here. A ledger belongs to one assignment epoch.
 */
export class Ledger {
  #received = 0;
  #floor = 0;
  #floorOffset: number | null;
  #resolvedAbove = 0;
  #lastOffset = -1;
  readonly #spans = new Fifo<Span>();
  /** Resolved intervals above the floor, ascending, disjoint, not touching: from, to, from, to … */
  readonly #intervals: number[] = [];

  /** @param start offset where reading begins, if it is known: what is committable before the first verdict. */
  constructor(start: number | null) {
    this.#floorOffset = start;
    if (start !== null) this.#lastOffset = start - 1;
  }

  /** Every record below this number has a verdict. */
  get floor(): number {
    return this.#floor;
  }

  /** The offset to commit: one behind the last record of the contiguous resolved prefix. Null when nothing is known. */
  get committable(): number | null {
    return this.#floorOffset;
  }

  /** Next offset to be received. Null before the first record when the start is not known. */
  get position(): number | null {
    return this.#lastOffset < 0 && this.#floorOffset === null ? null : this.#lastOffset + 1;
  }

  /** How many numbers were given. */
  get received(): number {
    return this.#received;
  }

  get unresolved(): number {
    return this.#received - this.#floor - this.#resolvedAbove;
  }

  /** When the oldest record without a verdict was received; null when there is none. */
  get oldestUnresolvedAt(): number | null {
    return this.#floor === this.#received ? null : this.#spans.first!.receivedAt;
  }

  /**
   * Numbers the records `start` … `end` of a block.
   * @returns the index of the first record that was numbered, and its number. Records before it have offsets not above
   *   the last received one: they were received already and must be dropped.
   */
  receive(block: Block, start: number, end: number, now: number): { readonly from: number; readonly first: number } {
    let from = start;
    while (from < end && block.offset[from]! <= this.#lastOffset) from++;
    const first = this.#received;
    if (from === end) return { from, first };
    const count = end - from;
    const offset = block.offset[from]!;
    const last = block.offset[end - 1]!;
    const offsets = last - offset === count - 1 ? null : block.offset.slice(from, end);
    this.#spans.push({ first, count, offset, offsets, receivedAt: now });
    this.#received += count;
    this.#lastOffset = last;
    return { from, first };
  }

  /**
   * What stands before this offset and was not received never will be. The gap is one number that has its verdict: so it is
   * committed like any other, once everything before it has one too. Does nothing for an offset that is not ahead.
   */
  skipTo(offset: number, now: number): void {
    if (offset <= (this.position ?? 0)) return;
    const first = this.#received++;
    this.#spans.push({ first, count: 1, offset: offset - 1, offsets: null, receivedAt: now });
    this.#lastOffset = offset - 1;
    this.resolve(first, first + 1);
  }

  /**
   * Gives the numbers `from` … `to` their verdict. Idempotent; numbers never given are ignored.
   * @returns how many had none before.
   */
  resolve(from: number, to: number): number {
    const low = Math.max(from, this.#floor);
    const high = Math.min(to, this.#received);
    if (low >= high) return 0;
    const before = this.unresolved;
    if (low === this.#floor) this.#raise(high);
    else this.#insert(low, high);
    return before - this.unresolved;
  }

  #raise(to: number): void {
    let floor = to;
    const intervals = this.#intervals;
    let used = 0;
    while (used < intervals.length && intervals[used]! <= floor) {
      this.#resolvedAbove -= intervals[used + 1]! - intervals[used]!;
      floor = Math.max(floor, intervals[used + 1]!);
      used += 2;
    }
    intervals.splice(0, used);
    this.#floor = floor;
    for (let span = this.#spans.first; span !== undefined && span.first < floor; span = this.#spans.first) {
      const last = Math.min(floor, span.first + span.count) - 1;
      this.#floorOffset = (span.offsets?.[last - span.first] ?? span.offset + last - span.first) + 1;
      if (last + 1 < span.first + span.count) break;
      this.#spans.dropFirst();
    }
  }

  #insert(low: number, high: number): void {
    const intervals = this.#intervals;
    let begin = 0;
    while (begin < intervals.length && intervals[begin + 1]! < low) begin += 2;
    let from = low;
    let to = high;
    let end = begin;
    while (end < intervals.length && intervals[end]! <= high) {
      from = Math.min(from, intervals[end]!);
      to = Math.max(to, intervals[end + 1]!);
      this.#resolvedAbove -= intervals[end + 1]! - intervals[end]!;
      end += 2;
    }
    intervals.splice(begin, end - begin, from, to);
    this.#resolvedAbove += to - from;
  }
}
