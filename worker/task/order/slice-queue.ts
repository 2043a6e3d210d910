import {
  type Block,
  type Destination,
  destinationAt,
  FLAG_FAULT,
  FLAG_FILTERED,
  rangeBytes,
  type Slice,
  valueStart,
} from '../../../connector/block.ts';
import type { TopicPartition } from '../ports.ts';
import { Fifo } from './fifo.ts';

interface Entry extends Slice {
  readonly receivedAt: number;
  /** A single record that no batch may carry: null, invalid or oversize. */
  readonly fault: boolean;
}

/** Neighbours with one destination, over the borders of slices. */
interface Stretch {
  readonly destination: Destination | null;
  records: number;
  bytes: number;
}

/** Slices that wait to be delivered one after another, the faulty records among them each by itself. */
export class SliceQueue {
  readonly #entries = new Fifo<Entry>();
  /** Only where records have destinations: there are as many as changes between them. */
  readonly #stretches = new Fifo<Stretch>();
  #lastStretch: Stretch | null = null;
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
      const bytes = rangeBytes(block, from, to) + block.separator.length;
      this.#entries.push(entry);
      this.#readyRecords += to - from;
      this.#readyBytes += bytes;
      if (block.destinations !== undefined) this.#stretch(destinationAt(block, from), to - from, bytes);
    };
    const addEach = block.destinations === undefined ? add : cutter(block.destinations.of, add);
    let from = start;
    for (let index = start; index < end; index++) {
      const flags = block.flags[index]!;
      if ((flags & (FLAG_FAULT | FLAG_FILTERED)) === 0) continue;
      addEach(from, index, false);
      if ((flags & FLAG_FILTERED) === 0) add(index, index + 1, true);
      from = index + 1;
    }
    addEach(from, end, false);
  }

  #stretch(destination: Destination | null, records: number, bytes: number): void {
    if (this.#lastStretch?.destination !== destination || this.#stretches.first === undefined) {
      this.#lastStretch = { destination, records: 0, bytes: 0 };
      this.#stretches.push(this.#lastStretch);
    }
    this.#lastStretch.records += records;
    this.#lastStretch.bytes += bytes;
  }

  /** Records waiting, faulty ones included. */
  get waiting(): number {
    return this.#readyRecords;
  }

  /** Where the record at the head goes. */
  get destination(): Destination | null {
    return this.#stretches.first?.destination ?? null;
  }

  /** Records at the head that go there; all, where all records go to one place. */
  get records(): number {
    return this.#stretches.first?.records ?? this.#readyRecords;
  }

  /** Bytes of their values, one separator each slice. */
  get bytes(): number {
    return this.#stretches.first?.bytes ?? this.#readyBytes;
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
    this.#stretches.clear();
    return this.#entries.clear();
  }

  #cut(entry: Entry, end: number): void {
    const records = end - entry.start;
    const bytes = rangeBytes(entry.block, entry.start, end) + entry.block.separator.length;
    this.#readyRecords -= records;
    this.#readyBytes -= bytes;
    const stretch = this.#stretches.first;
    if (stretch !== undefined) {
      stretch.records -= records;
      stretch.bytes -= bytes;
      if (stretch.records === 0) this.#stretches.dropFirst();
    }
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

/** Calls `add` for each range with one destination. */
function cutter(
  of: Uint32Array,
  add: (from: number, to: number, fault: boolean) => void,
): (from: number, to: number, fault: boolean) => void {
  return (start, end, fault) => {
    let from = start;
    for (let index = start + 1; index < end; index++) {
      if (of[index] === of[from]) continue;
      add(from, index, fault);
      from = index;
    }
    add(from, end, fault);
  };
}
