import type { Assignment, PartitionLane } from './assignment.ts';

/** Those that are ready, oldest first. */
class ReadyLanes {
  readonly lanes: PartitionLane[] = [];
  /** The `since` under which a ready lane was put in its place. */
  readonly #since = new Map<PartitionLane, number>();

  place(lane: PartitionLane): void {
    const before = this.#since.get(lane);
    const since = lane.ready ? lane.since : undefined;
    if (before === since) return;
    if (before !== undefined) {
      this.lanes.splice(this.lanes.indexOf(lane, this.#firstFrom(before)), 1);
      this.#since.delete(lane);
    }
    if (since === undefined) return;
    this.lanes.splice(this.#firstBehind(since), 0, lane);
    this.#since.set(lane, since);
  }

  /** Index of the first lane that is not older. */
  #firstFrom(since: number): number {
    return this.#search(other => other >= since);
  }

  /** Index of the first lane that is younger. */
  #firstBehind(since: number): number {
    return this.#search(other => other > since);
  }

  #search(isBehind: (since: number) => boolean): number {
    let low = 0;
    let high = this.lanes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(this.#since.get(this.lanes[middle]!)!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/**
 * Which partitions, and which of their lanes, there is something to do with: kept while their state changes, so that a
 * turn of the loop costs nothing for those to which nothing happened. Every change of a lane, or of its assignment,
 * ends in `changed` (their own methods see to that), so nothing here can be missed.
 */
export class Roster {
  /** By endpoint. */
  readonly #ready: readonly ReadyLanes[];
  readonly #endpointOf: (topic: string) => number;
  readonly #faulty = new Set<PartitionLane>();
  readonly #eager = new Set<Assignment>();
  #changed = new Set<Assignment>();

  /** @param endpoints how many there are, and which of them has a topic; one by default */
  constructor(endpoints = 1, endpointOf: (topic: string) => number = () => 0) {
    this.#ready = Array.from({ length: endpoints }, () => new ReadyLanes());
    this.#endpointOf = endpointOf;
  }

  /** Lanes that a batch to this endpoint may take from, oldest first. It changes while they are taken from. */
  ready(endpoint: number): readonly PartitionLane[] {
    return this.#ready[endpoint]!.lanes;
  }

  /** Lanes with a record at the head that no batch may carry. */
  get faulty(): Iterable<PartitionLane> {
    return this.#faulty;
  }

  /** A partition has used half of its uncommitted records, and something of it can be committed. */
  get someEager(): boolean {
    return this.#eager.size > 0;
  }

  readonly changed = (lane: PartitionLane): void => {
    const { assignment } = lane;
    this.#ready[this.#endpointOf(assignment.topic)]!.place(lane);
    toggle(this.#faulty, lane, !assignment.revoking && lane.fault !== null);
    toggle(this.#eager, assignment, !assignment.revoking && assignment.eager);
    this.#changed.add(assignment);
  };

  /** Partitions that changed since they were taken last. */
  get pending(): ReadonlySet<Assignment> {
    return this.#changed;
  }

  /** Takes the partitions that changed since they were taken last. */
  takeChanged(): ReadonlySet<Assignment> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }
}

function toggle<T>(set: Set<T>, one: T, wanted: boolean): void {
  if (wanted) set.add(one);
  else set.delete(one);
}
