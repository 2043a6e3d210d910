import { type Assignment, positionOf } from '../order/assignment.ts';
import type { KafkaConsumer, TopicPartitionOffset } from '../ports.ts';
import { keyOf } from '../topic-partition.ts';

/**
 * Has the client fetch these partitions anew, and with them, in an eager group, all others: those that it had given up among
 * them are fetched again too, and have their time.
 */
export function refetch(
  consumer: KafkaConsumer,
  assignments: ReadonlyMap<string, Assignment>,
  partitions: readonly TopicPartitionOffset[],
  now: number,
): void {
  const all = [...assignments.values()];
  for (const anew of consumer.refetch(partitions, all.map(positionOf))) {
    const trouble = assignments.get(keyOf(anew))?.trouble ?? null;
    if (trouble === null) continue;
    trouble.givenUp = false;
    trouble.retryAt = now + trouble.pauseMs;
  }
}
