import { keyOf } from '../../worker/task/order/assignment.ts';
import type { TopicPartition, TopicPartitionOffset } from '../../worker/task/ports.ts';

/** What one worker has been told of topics to which the group was new: nothing of them is read from before that. */
export class Started {
  readonly #counted = new Set<string>();
  readonly #ends = new Map<string, number>();

  /** It knows how many partitions the topic has. */
  counted(topic: string): void {
    this.#counted.add(topic);
  }

  /** It knows these committed offsets, and could know where the logs ended. @param count of a topic's partitions */
  committed(found: readonly (TopicPartitionOffset & { end: number })[], count: (topic: string) => number): void {
    for (const topic of this.#counted) {
      const ofTopic = found.filter(one => one.topic === topic);
      if (ofTopic.length !== count(topic) || ofTopic.some(({ offset }) => offset >= 0)) continue;
      for (const one of ofTopic) if (!this.#ends.has(keyOf(one))) this.#ends.set(keyOf(one), one.end);
    }
  }

  /** The lowest offset from which the partition may be read. */
  earliest(partition: TopicPartition): number {
    return this.#ends.get(keyOf(partition)) ?? Number.NEGATIVE_INFINITY;
  }
}
