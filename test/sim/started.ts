import type { TopicPartition, TopicPartitionOffset } from '../../worker/task/ports.ts';
import { keyOf } from '../../worker/task/topic-partition.ts';

/** What one worker has been told of topics to which the group was new: nothing of them is read from before that. */
export class Started {
  readonly #counted = new Map<string, number>();
  readonly #ends = new Map<string, number>();

  /** It knows how many partitions the topic has; those that come later are new, and read from their beginning. */
  counted(topic: string, count: number): void {
    if (!this.#counted.has(topic)) this.#counted.set(topic, count);
  }

  /** It knows these committed offsets, and could know where the logs ended. */
  committed(found: readonly (TopicPartitionOffset & { end: number })[]): void {
    for (const [topic, count] of this.#counted) {
      const old = found.filter(one => one.topic === topic && one.partition < count);
      if (old.length !== count || old.some(({ offset }) => offset >= 0)) continue;
      for (const one of old) if (!this.#ends.has(keyOf(one))) this.#ends.set(keyOf(one), one.end);
    }
  }

  /** The lowest offset from which the partition may be read. */
  earliest(partition: TopicPartition): number {
    return this.#ends.get(keyOf(partition)) ?? Number.NEGATIVE_INFINITY;
  }
}
