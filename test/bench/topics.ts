import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaNode } from '../kafka/node.ts';
import { events } from './records.ts';

/** ProducerPerformance draws from this many different records: it holds them all in memory. */
const DISTINCT = 100_000;
export const PARTITIONS = 8;

/** A topic of 8 partitions with `records` JSON records of `size` bytes, written by Kafka's own ProducerPerformance. */
export async function fillTopic(node: KafkaNode, topic: string, size: number, records: number, directory: string) {
  const payload = join(directory, `${topic}.jsonl`);
  const file = createWriteStream(payload);
  let lines = '';
  for (const event of events(size, Math.min(DISTINCT, records))) {
    lines += `${event}\n`;
    if (lines.length < 1 << 20) continue;
    if (!file.write(lines)) await once(file, 'drain');
    lines = '';
  }
  file.end(lines);
  await once(file, 'finish');
  await node.createTopic(topic, PARTITIONS);
  const producer = [`bootstrap.servers=${node.bootstrap()}`, 'acks=1', 'batch.size=262144', 'linger.ms=20'];
  const load = ['--num-records', String(records), '--throughput', '-1', '--payload-file', payload];
  await node.java('org.apache.kafka.tools.ProducerPerformance', [
    '--topic',
    topic,
    ...load,
    '--producer-props',
    ...producer,
  ]);
  await rm(payload);
  const written = [...(await node.watermarks(topic)).values()].reduce((sum, { high }) => sum + high, 0);
  if (written !== records) throw new Error(`${topic} holds ${written} records, not ${records}`);
}
