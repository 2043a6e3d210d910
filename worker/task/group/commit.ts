import { type Assignment, keyOf } from '../order/assignment.ts';
import type { CommitOffset, TopicPartitionOffset } from '../ports.ts';

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

/** Whether they are for the same topics, also where one was deleted and created anew. @param other has the same partitions */
export function isOfSameTopics(commit: Commit, other: Commit): boolean {
  const ids = new Map(commit.parts.map(({ assignment }) => [assignment.key, assignment.topicId]));
  return other.parts.every(({ assignment }) => ids.get(assignment.key) === assignment.topicId);
}
