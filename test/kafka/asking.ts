import kafka, { type Message, type TopicPartitionOffset } from '../../worker/kafka/library.ts';
import { promised, TIMEOUT_MS } from './promised.ts';

async function withConsumer<T>(
  bootstrap: string,
  group: string,
  use: (consumer: kafka.KafkaConsumer) => Promise<T>,
  more: Readonly<Record<string, string>> = {},
): Promise<T> {
  const global = { 'bootstrap.servers': bootstrap, 'group.id': group, 'enable.auto.commit': false, ...more };
  const consumer = new kafka.KafkaConsumer(global as kafka.ConsumerGlobalConfig, { 'auto.offset.reset': 'earliest' });
  await promised(callback => consumer.connect({ timeout: TIMEOUT_MS }, callback));
  try {
    return await use(consumer);
  } finally {
    await promised(callback => consumer.disconnect(callback));
  }
}

async function partitionsOf(consumer: kafka.KafkaConsumer, topic: string): Promise<number[]> {
  const metadata = await promised<kafka.Metadata>(callback =>
    consumer.getMetadata({ topic, timeout: TIMEOUT_MS }, callback),
  );
  return metadata.topics.find(each => each.name === topic)?.partitions.map(each => each.id) ?? [];
}

/** A fresh broker has no coordinator for a group yet. */
async function whileCoordinatorMoves<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 50 || !String(error).includes('oordinator')) throw error;
      await new Promise(ready => setTimeout(ready, 200));
    }
  }
}

/** The group's committed offset of each partition that has one. */
export function committed(bootstrap: string, group: string, topic: string): Promise<Map<number, number>> {
  return withConsumer(bootstrap, group, async consumer => {
    const wanted = (await partitionsOf(consumer, topic)).map(partition => ({ topic, partition }));
    const answer = await whileCoordinatorMoves(() =>
      promised<TopicPartitionOffset[]>(callback => consumer.committed(wanted, TIMEOUT_MS, callback)),
    );
    return new Map(answer.filter(each => each.offset >= 0).map(each => [each.partition, each.offset]));
  });
}

/** Commits for a group that has no members, whatever its log holds; again until the group has it. */
export function commit(
  bootstrap: string,
  group: string,
  { topic, partition, offset }: TopicPartitionOffset,
): Promise<void> {
  return withConsumer(bootstrap, group, async consumer => {
    for (let attempt = 0; attempt < 50; attempt++) {
      consumer.commit({ topic, partition, offset });
      await new Promise(sent => setTimeout(sent, 200));
      if ((await committed(bootstrap, group, topic)).get(partition) === offset) return;
    }
    throw new Error(`${group} has not committed ${topic}-${partition}@${offset}`);
  });
}

/** First and next offset of each partition. */
export function watermarks(bootstrap: string, topic: string): Promise<Map<number, { low: number; high: number }>> {
  return withConsumer(bootstrap, 'watermarks', async consumer => {
    const marks = new Map<number, { low: number; high: number }>();
    for (const partition of await partitionsOf(consumer, topic)) {
      const mark = await promised<kafka.WatermarkOffsets>(callback =>
        consumer.queryWatermarkOffsets(topic, partition, TIMEOUT_MS, callback),
      );
      marks.set(partition, { low: mark.lowOffset, high: mark.highOffset });
    }
    return marks;
  });
}

/** Every record of the topic that a reader of committed records sees now. */
export async function readAll(bootstrap: string, topic: string): Promise<Message[]> {
  const more = { 'enable.partition.eof': 'true' };
  return withConsumer(
    bootstrap,
    `reader-${process.pid}-${Date.now()}`,
    async consumer => {
      const open = new Set(await partitionsOf(consumer, topic));
      consumer.on('partition.eof', ({ partition }) => open.delete(partition));
      consumer.assign([...open].map(partition => ({ topic, partition, offset: 0 })));
      consumer.setDefaultConsumeTimeout(200);
      const records: Message[] = [];
      while (open.size > 0) records.push(...(await promised<Message[]>(callback => consumer.consume(1000, callback))));
      return records;
    },
    more,
  );
}

/** Creates a topic and waits until it can be written to. */
export async function createTopic(
  bootstrap: string,
  topic: string,
  partitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': bootstrap });
  try {
    const wanted = { topic, num_partitions: partitions, replication_factor: 1, config };
    await promised(callback => admin.createTopic(wanted, TIMEOUT_MS, error => callback(error, undefined)));
  } finally {
    admin.disconnect();
  }
}

/** Grows a topic to `total` partitions. */
export async function addPartitions(bootstrap: string, topic: string, total: number): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': bootstrap });
  try {
    await promised(callback => admin.createPartitions(topic, total, TIMEOUT_MS, error => callback(error, undefined)));
  } finally {
    admin.disconnect();
  }
}

/** Deletes a topic, its records and every group's offsets of it. */
export async function deleteTopic(bootstrap: string, topic: string): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': bootstrap });
  try {
    await promised(callback => admin.deleteTopic(topic, TIMEOUT_MS, error => callback(error, undefined)));
  } finally {
    admin.disconnect();
  }
}
