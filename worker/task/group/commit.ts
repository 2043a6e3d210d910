import type { Assignment } from '../order/assignment.ts';
import type { CommitOffset, TopicPartitionOffset } from '../ports.ts';
import { keyOf } from '../topic-partition.ts';

export interface Part {
  readonly assignment: Assignment;
  readonly offset: number;
  /** The ledger's floor that the offset stands for. */
  readonly floor: number;
}

/** What one request to commit says. */
export interface Commit {
  readonly sequence: number;
  readonly sentAt: number;
  readonly parts: readonly Part[];
}

export function partOf(assignment: Assignment): Part {
  return { assignment, offset: assignment.ledger.committable!, floor: assignment.ledger.floor };
}

export function offsetsOf(parts: readonly Part[]): CommitOffset[] {
  return parts.map(({ assignment: { topic, partition, topicId }, offset }) =>
    topicId === null ? { topic, partition, offset } : { topic, partition, offset, topicId },
  );
}

export function covers(commit: Commit, assignments: readonly Assignment[]): boolean {
  const floors = new Map(commit.parts.map(({ assignment, floor }) => [assignment, floor]));
  return assignments.every(assignment => floors.get(assignment) === assignment.ledger.floor);
}

export function matches(commit: Commit, offsets: readonly TopicPartitionOffset[]): boolean {
  if (offsets.length !== commit.parts.length) return false;
  const sent = new Map(commit.parts.map(({ assignment, offset }) => [assignment.key, offset]));
  return offsets.every(answered => sent.get(keyOf(answered)) === answered.offset);
}

/** How many commits whose answers are overdue, and may still come, are remembered. */
export const MAX_OVERDUE = 16;

/** Commits that were not answered in time. */
export class Overdue {
  readonly #commits: Commit[] = [];

  add(commit: Commit): void {
    this.#commits.push(commit);
    if (this.#commits.length > MAX_OVERDUE) this.#commits.shift();
  }

  /** The one that an answer is about; it is overdue no more. */
  take(offsets: readonly TopicPartitionOffset[]): Commit | undefined {
    const at = this.#commits.findIndex(commit => matches(commit, offsets));
    return at < 0 ? undefined : this.#commits.splice(at, 1)[0];
  }

  /**
   * Whether an answer, which fits a later commit, may be that to an overdue one for an earlier topic of the same name, or for
   * the same log before it lost its end: it says nothing then, since answers name no topic's id, and errors overtake successes.
   */
  mayMean(later: Commit, offsets: readonly TopicPartitionOffset[]): boolean {
    return this.#commits.some(one => matches(one, offsets) && !isOfSameLogs(later, one));
  }
}

function isOfSameLogs(later: Commit, earlier: Commit): boolean {
  const made = new Map(later.parts.map(({ assignment }) => [assignment.key, assignment]));
  return earlier.parts.every(({ assignment }) => {
    const now = made.get(assignment.key);
    return now === assignment || (now?.topicId === assignment.topicId && !now.rewound);
  });
}
