import type { KafkaConfig } from '../../../config/types.ts';
import {
  type KafkaConsumer,
  OFFSET_BEGINNING,
  OFFSET_NONE,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../ports.ts';

/** Where an assigned partition is read from. */
export interface StartOffset extends TopicPartitionOffset {
  /** The start itself must be committed, so that the group has an offset from now on. */
  readonly commitStart: boolean;
}

/** `auto.offset.reset=none`, and the group has no offset for a partition. Message: what to do. */
export class NoStartOffsetError extends Error {
  override readonly name = 'NoStartOffsetError';
}

/**
 * Decides where assigned partitions are read from. A committed offset always wins. `auto.offset.reset` applies to a
 * group that has no offset for any partition of the topic; a partition without one in a group that has some is new
 * (the topic grew), and is read from its beginning, else what was written to it before its discovery would be skipped
 * (KIP-1327). With `latest` the end found is committed at once, so that the group has an offset from then on.
 *
 * @throws NoStartOffsetError; KafkaError when the brokers do not answer (the caller repeats it).
 */
export async function findStartOffsets(
  consumer: KafkaConsumer,
  reset: KafkaConfig['autoOffsetReset'],
  partitions: readonly TopicPartition[],
  timeoutMs: number,
): Promise<readonly StartOffset[]> {
  const committed = await consumer.committed(partitions, timeoutMs);
  const starts: StartOffset[] = [];
  for (const { topic, partition, offset } of committed) {
    if (offset !== OFFSET_NONE && offset >= 0) starts.push({ topic, partition, offset, commitStart: false });
    else starts.push(await withoutOffset(consumer, reset, { topic, partition }, timeoutMs));
  }
  return starts;
}

async function withoutOffset(
  consumer: KafkaConsumer,
  reset: KafkaConfig['autoOffsetReset'],
  partition: TopicPartition,
  timeoutMs: number,
): Promise<StartOffset> {
  const beginning: StartOffset = { ...partition, offset: OFFSET_BEGINNING, commitStart: false };
  if (reset === 'earliest') return beginning;
  if (await groupKnowsTopic(consumer, partition.topic, timeoutMs)) return beginning;
  if (reset === 'none') {
    throw new NoStartOffsetError(
      `the group has no committed offset for ${partition.topic}-${partition.partition} and auto.offset.reset=none: ` +
        'commit one for the group, or set consumer.override.auto.offset.reset to earliest or latest',
    );
  }
  const { high } = await consumer.watermarks(partition, timeoutMs);
  return { ...partition, offset: high, commitStart: true };
}

async function groupKnowsTopic(consumer: KafkaConsumer, topic: string, timeoutMs: number): Promise<boolean> {
  const count = await consumer.partitionCount(topic, timeoutMs);
  const all = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  return (await consumer.committed(all, timeoutMs)).some(({ offset }) => offset >= 0);
}
