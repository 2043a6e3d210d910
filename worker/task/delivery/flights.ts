import type { Batch, BatchItem, DeliveryEnd, Places, Sink, Verdict } from '../../../connector/batch.ts';
import { Scope } from '../../../connector/scope.ts';
import type { Held } from '../intake/budget.ts';
import type { Assignment, PartitionLane } from '../order/assignment.ts';
import type { Dispatcher } from './dispatcher.ts';

/** What the sink said of a flight, for the task's loop. */
export type FlightEvent =
  | { readonly kind: 'verdict'; readonly flight: Flight; readonly verdict: Verdict }
  | { readonly kind: 'delivery-end'; readonly flight: Flight; readonly end: DeliveryEnd };

/** A batch on its way. */
export interface Flight {
  readonly batch: Batch;
  readonly scope: Scope;
  /** Records of each attached item that have no verdict yet. */
  readonly left: Map<BatchItem, number>;
  /** Something of it was detached: nobody waits for the rest of it. */
  reduced: boolean;
}

/** An item that ended without a verdict for all of its records: they are nobody's and stay uncommitted. */
export interface Leftover {
  readonly item: BatchItem;
  readonly held: Held;
}

/** The batches handed to the sink. The sink's answers become events; only the loop's calls change anything here. */
export class Flights {
  readonly #sink: Sink;
  /** Of each endpoint. */
  readonly #dispatchers: readonly Dispatcher[];
  readonly #post: (event: FlightEvent) => void;
  readonly #flights = new Set<Flight>();

  /** @param dispatchers one for each endpoint: which requests wait for a place of one is no matter of another */
  constructor(sink: Sink, dispatchers: readonly Dispatcher[], post: (event: FlightEvent) => void) {
    this.#sink = sink;
    this.#dispatchers = dispatchers;
    this.#post = post;
  }

  get size(): number {
    return this.#flights.size;
  }

  hasRoom(endpoint: number): boolean {
    return this.#dispatchers[endpoint]!.hasRoom;
  }

  /** Lets deliveries whose wait is over go on; those that begin come first. */
  readmit(): void {
    for (const dispatcher of this.#dispatchers) dispatcher.readmit();
  }

  submit(batch: Batch, endpoint = 0): void {
    const left = new Map(batch.items.map(item => [item, item.slice.end - item.slice.start]));
    const flight: Flight = { batch, scope: new Scope(), left, reduced: false };
    this.#flights.add(flight);
    void this.#run(flight, this.#dispatchers[endpoint]!);
  }

  async #run(flight: Flight, dispatcher: Dispatcher): Promise<void> {
    const end = await dispatcher.submit(places => this.#deliver(flight, places));
    this.#post({ kind: 'delivery-end', flight, end });
  }

  async #deliver(flight: Flight, places: Places): Promise<DeliveryEnd> {
    try {
      const report = (verdict: Verdict): void => this.#post({ kind: 'verdict', flight, verdict });
      return await this.#sink.deliver(flight.batch, report, flight.scope, places);
    } catch (error: unknown) {
      return { kind: 'fatal', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /**
   * Takes a verdict.
   * @returns how many records it newly covers: 0 when the slice was detached, since the partition then has, or will
   *   have, another owner, whose ledger decides.
   */
  settle(flight: Flight, verdict: Verdict): number {
    const left = flight.left.get(verdict.item);
    if (left === undefined) return 0;
    const records = verdict.end - verdict.start;
    laneOf(verdict.item).land(records);
    if (left === records) flight.left.delete(verdict.item);
    else flight.left.set(verdict.item, left - records);
    if (flight.reduced && flight.left.size === 0) flight.scope.abort();
    return records;
  }

  /** The sink is done with it. @returns what has no verdict. */
  end(flight: Flight): readonly Leftover[] {
    this.#flights.delete(flight);
    return this.#release(flight, [...flight.left.keys()]);
  }

  /**
   * Lets go of these partitions' slices: their lanes are free, their verdicts will not be looked at. A request that
   * carries other partitions too goes on, and is built without them when it is repeated; one that carries nothing
   * else is aborted.
   */
  detach(assignments: ReadonlySet<Assignment>): readonly Leftover[] {
    const leftovers: Leftover[] = [];
    for (const flight of this.#flights) {
      const items = [...flight.left.keys()].filter(item => assignments.has(laneOf(item).assignment));
      for (const item of items) item.detached = true;
      leftovers.push(...this.#release(flight, items));
      if (items.length > 0) flight.reduced = true;
      if (items.length > 0 && flight.left.size === 0) flight.scope.abort();
    }
    return leftovers;
  }

  /** What has no verdict, item by item. */
  *open(): Iterable<readonly [item: BatchItem, lane: PartitionLane, held: Held]> {
    for (const { left } of this.#flights) {
      for (const [item, records] of left) yield [item, laneOf(item), lastOf(item, records)];
    }
  }

  abortAll(): void {
    for (const flight of this.#flights) flight.scope.abort();
  }

  #release(flight: Flight, items: readonly BatchItem[]): Leftover[] {
    return items.map(item => {
      const records = flight.left.get(item)!;
      laneOf(item).land(records);
      flight.left.delete(item);
      return { item, held: lastOf(item, records) };
    });
  }
}

/** The batcher was given lanes of this task only. */
export function laneOf(item: BatchItem): PartitionLane {
  return item.lane as PartitionLane;
}

/** Verdicts come in order: what has none stands at the end. */
function lastOf({ slice: { block, end } }: BatchItem, records: number): Held {
  return { block, start: end - records, end };
}
