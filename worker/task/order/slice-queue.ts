import { type Block, FLAG_FAULT, FLAG_FILTERED, rangeBytes, type Slice, valueStart } from '../../../connector/block.ts';
import type { TopicPartition } from '../ports.ts';
import { Fifo } from './fifo.ts';

interface Entry extends Slice {
  readonly receivedAt: number;
  /** A single record that no batch may carry: null, invalid or oversize. */
  readonly fault: boolean;
}

/** Slices that wait to be delivered one after another, the faulty records among them each by itself. */
export class SliceQueue {
  readonly #entries = new Fifo<Entry>();
  #readyRecords = 0;
  #readyBytes = 0;

  /** Adds the records `start` … `end` of a block; faulty records become slices of their own, dropped ones are left out. */
  push(
    block: Block,
    { start, end, first }: { start: number; end: number; first: number },
    { topic, partition }: TopicPartition,
    now: number,
  ): void {
    const add = (from: number, to: number, fault: boolean): void => {
      if (from === to) return;
      const entry = {
        block,
        topic,
        partition,
        start: from,
        end: to,
        first: first + from - start,
        receivedAt: now,
        fault,
      };
      this.#entries.push(entry);
      this.#readyRecords += to - from;
      this.#readyBytes += rangeBytes(block, from, to) + 1;
    };
    let from = start;
    for (let index = start; index < end; index++) {
      const flags = block.flags[index]!;
      if ((flags & (FLAG_FAULT | FLAG_FILTERED)) === 0) continue;
      add(from, index, false);
      if ((flags & FLAG_FILTERED) === 0) add(index, index + 1, true);
      from = index + 1;
    }
    add(from, end, false);
  }

  /** Records waiting, faulty ones included. */
  get records(): number {
    return this.#readyRecords;
  }

  /** Bytes of the values waiting, one separator each slice. */
  get bytes(): number {
    return this.#readyBytes;
  }

  /** When the record at the head was received; Infinity when it is empty. */
  get since(): number {
    return this.#entries.first?.receivedAt ?? Number.POSITIVE_INFINITY;
  }

  get head(): string {
    const entry = this.#entries.first;
    return entry === undefined
      ? 'nothing'
      : `${entry.topic}-${entry.partition} offset ${entry.block.offset[entry.start]}`;
  }

  /** The faulty record at the head, or null. */
  get fault(): Slice | null {
    const entry = this.#entries.first;
    return entry?.fault ? entry : null;
  }

  /**
   * The next slice, of at most so many records and so many bytes (separators between its records included).
   * Null when it is empty, at a faulty record, or when not even the next record fits.
   */
  take(maxRecords: number, maxBytes: number): Slice | null {
    const entry = this.#entries.first;
    if (!entry || entry.fault) return null;
    let end = Math.min(entry.end, entry.start + maxRecords);
    if (rangeBytes(entry.block, entry.start, end) > maxBytes) end = lastFitting(entry, end, maxBytes);
    if (end <= entry.start) return null;
    this.#cut(entry, end);
    return {
      block: entry.block,
      topic: entry.topic,
      partition: entry.partition,
      start: entry.start,
      end,
      first: entry.first,
    };
  }

  /** Takes the faulty record at the head. */
  takeFault(): Slice {
    const entry = this.#entries.first;
    if (!entry?.fault) throw new Error('no faulty record at the head');
    this.#cut(entry, entry.end);
    return entry;
  }

  /** Shows each slice, with what puts its records into another block. */
  each(visit: (slice: Slice, replace: (block: Block) => void) => void): void {
    this.#entries.each((entry, replace) => visit(entry, block => replace({ ...entry, block })));
  }

  /** Empties it. @returns what waited in it. */
  clear(): readonly Slice[] {
    this.#readyRecords = 0;
    this.#readyBytes = 0;
    return this.#entries.clear();
  }

  #cut(entry: Entry, end: number): void {
    this.#readyRecords -= end - entry.start;
    this.#readyBytes -= rangeBytes(entry.block, entry.start, end) + 1;
    if (end === entry.end) this.#entries.dropFirst();
    else this.#entries.replaceFirst({ ...entry, start: end, first: entry.first + end - entry.start });
  }
}

/** The largest end (at most `end`) so that the records from the entry's start up to it fit into `maxBytes`. */
function lastFitting(entry: Slice, end: number, maxBytes: number): number {
  const limit = valueStart(entry.block, entry.start) + maxBytes;
  let low = entry.start;
  let high = end;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (entry.block.valueEnd[middle - 1]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
