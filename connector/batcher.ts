import type { Batch, BatchItem, BodyFormat } from './batch.ts';
import { type Destination, rangeBytes, type Slice } from './block.ts';

/** What the batcher fills from: a lane that is free, as far as a batch needs to know it. */
export interface ReadyLane {
  /** Where the next record goes; null: where all go. */
  readonly destination: Destination | null;
  /** Records that may be taken now: those that come next and go to `destination`. */
  readonly records: number;
  /** Their bytes, one separator each slice. */
  readonly bytes: number;
  /** When the oldest of them was received. */
  readonly since: number;
  /** Which record comes next, for an error. */
  readonly head: string;
  take(maxRecords: number, maxBytes: number): Slice | null;
}

/** What several lanes hold for one destination. */
interface Load {
  records: number;
  bytes: number;
}

/**
 * Fills batches from ready lanes. A batch is due when the lanes together hold enough records or bytes for a full one to the
 * same destination, or when the oldest record has waited for the linger. It fills from one lane before it opens the next,
 * oldest first, and passes by those whose next record goes elsewhere. It is full with the record that reaches the target, or
 * before the one that would exceed the limit.
 */
export class Batcher {
  readonly #format: BodyFormat;
  readonly #lingerMs: number;
  #nextId = 1;

  /** @param lingerMs how long a batch waits for more records, counted from its first one */
  constructor(format: BodyFormat, lingerMs: number) {
    this.#format = format;
    this.#lingerMs = lingerMs;
  }

  /**
   * @param lanes those that no request holds and that have records, oldest first; one that is taken from may leave
   *   the list meanwhile.
   * @returns the next batch, or null when none is due at `now`.
   * @throws Error when a lane has nothing for an empty batch: a record stands there that no request can carry.
   */
  take(lanes: readonly ReadyLane[], now: number): Batch | null {
    const first = lanes[0];
    if (first === undefined) return null;
    const destination = this.dueAt(lanes) <= now ? first.destination : this.#full(lanes);
    return destination === undefined ? null : this.#fill(lanes, destination);
  }

  /** When the oldest record's linger ends; Infinity when nothing waits. */
  dueAt(lanes: readonly ReadyLane[]): number {
    return (lanes[0]?.since ?? Number.POSITIVE_INFINITY) + this.#lingerMs;
  }

  /** The destination that a full batch waits for; undefined: none does. */
  #full(lanes: readonly ReadyLane[]): Destination | null | undefined {
    const routed = lanes[0]!.destination !== null;
    const all: Load = { records: 0, bytes: 0 };
    const loads = routed ? new Map<Destination | null, Load>() : null;
    for (const lane of lanes) {
      const load = loads === null ? all : loadOf(loads, lane.destination);
      load.records += lane.records;
      load.bytes += lane.bytes;
      if (load.records >= this.#mostRecords(lane.destination)) return lane.destination;
      if (this.#format.bytesOf(load.bytes, 1) >= this.#format.targetBytes) return lane.destination;
    }
    return undefined;
  }

  #mostRecords(destination: Destination | null): number {
    return destination?.bodiless === true ? 1 : this.#format.maxRecords;
  }

  #fill(lanes: readonly ReadyLane[], destination: Destination | null): Batch | null {
    // Where no value is sent, none is too large.
    const maxBytes = destination?.bodiless === true ? Number.MAX_SAFE_INTEGER : this.#format.maxBytes;
    const targetBytes = destination?.bodiless === true ? maxBytes : this.#format.targetBytes;
    const maxRecords = this.#mostRecords(destination);
    const items: BatchItem[] = [];
    let records = 0;
    let bytes = 0;
    const isFull = (): boolean =>
      records >= maxRecords || (items.length > 0 && this.#format.bytesOf(bytes, items.length) >= targetBytes);
    for (let next = 0; next < lanes.length && !isFull(); ) {
      const lane = lanes[next]!;
      if (lane.destination !== destination) {
        next++;
        continue;
      }
      let room = Math.min(lane.records, maxRecords - records);
      while (room > 0 && !isFull()) {
        const others = this.#format.bytesOf(bytes, items.length + 1);
        // Behind what leads up to the target comes the one record that reaches it.
        const slice = lane.take(room, targetBytes - others) ?? lane.take(1, maxBytes - others);
        if (slice === null) {
          // No wait would ever end: what fits into no request must have been flagged by the converter.
          if (items.length === 0) throw new Error(`batcher: no request of ${maxBytes} bytes can carry ${lane.head}`);
          break;
        }
        items.push({ slice, lane, detached: false });
        records += slice.end - slice.start;
        room -= slice.end - slice.start;
        bytes += rangeBytes(slice.block, slice.start, slice.end);
      }
      // What does not fit into the rest of a full request is not looked for in every other lane.
      if (room > 0 && this.#format.bytesOf(bytes, items.length + 1) > maxBytes / 2) break;
      if (lanes[next] === lane) next++;
    }
    if (items.length === 0) return null;
    return { id: this.#nextId++, items, records, bytes: this.#format.bytesOf(bytes, items.length) };
  }
}

function loadOf(loads: Map<Destination | null, Load>, destination: Destination | null): Load {
  let load = loads.get(destination);
  if (load === undefined) {
    load = { records: 0, bytes: 0 };
    loads.set(destination, load);
  }
  return load;
}
