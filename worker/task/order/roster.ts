import type { Assignment } from './assignment.ts';

/**
 * Which partitions there is something to do with: kept while their state changes, so that a turn of the loop costs
 * nothing for those to which nothing happened. Every change of an assignment ends in `changed` (its own methods see
 * to that), so nothing here can be missed.
 */
export class Roster {
  readonly #ready: Assignment[] = [];
  /** The `since` under which a ready lane was put in its place. */
  readonly #since = new Map<Assignment, number>();
  readonly #faulty = new Set<Assignment>();
  readonly #eager = new Set<Assignment>();
  #changed = new Set<Assignment>();

  /** Lanes that a batch may take from, oldest first. It changes while they are taken from. */
  get ready(): readonly Assignment[] {
    return this.#ready;
  }

  /** With a record at the head of the lane that no batch may carry. */
  get faulty(): Iterable<Assignment> {
    return this.#faulty;
  }

  /** A partition has used half of its uncommitted records, and something of it can be committed. */
  get someEager(): boolean {
    return this.#eager.size > 0;
  }

  readonly changed = (assignment: Assignment): void => {
    this.#place(assignment);
    toggle(this.#faulty, assignment, !assignment.revoking && assignment.lane.fault !== null);
    toggle(this.#eager, assignment, !assignment.revoking && assignment.eager);
    this.#changed.add(assignment);
  };

  /** What changed since it was taken last. */
  get pending(): ReadonlySet<Assignment> {
    return this.#changed;
  }

  /** Takes what changed since it was taken last. */
  takeChanged(): ReadonlySet<Assignment> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  #place(assignment: Assignment): void {
    const before = this.#since.get(assignment);
    const since = assignment.ready ? assignment.since : undefined;
    if (before === since) return;
    if (before !== undefined) {
      this.#ready.splice(this.#ready.indexOf(assignment, this.#firstFrom(before)), 1);
      this.#since.delete(assignment);
    }
    if (since === undefined) return;
    this.#ready.splice(this.#firstBehind(since), 0, assignment);
    this.#since.set(assignment, since);
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
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(this.#since.get(this.#ready[middle]!)!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function toggle(set: Set<Assignment>, assignment: Assignment, wanted: boolean): void {
  if (wanted) set.add(assignment);
  else set.delete(assignment);
}
