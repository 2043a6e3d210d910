import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaNode } from '../kafka/node.ts';
import { envelopes, events } from './records.ts';

/** ProducerPerformance draws from so many different records: it holds them all in memory. */
const DISTINCT = 100_000;
const DISTINCT_BYTES = 100_000_000;

export interface Topic {
  readonly name: string;
  readonly partitions: number;
  /** Bytes of a record; of its payload where it has its schema with it. */
  readonly recordBytes: number;
  readonly records: number;
  /** By default JSON events alone. */
  readonly kind?: 'events' | 'envelopes';
}

export const PARTITIONS = 8;

/** The first of its distinct records. */
export function recordsOf({ kind, recordBytes }: Topic, count: number): Generator<string> {
  return kind === 'envelopes' ? envelopes(recordBytes, count) : events(recordBytes, count);
}

async function writePayload(path: string, records: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  let lines = '';
  for (const record of records) {
    lines += `${record}\n`;
    if (lines.length < 1 << 20) continue;
    if (!file.write(lines)) await once(file, 'drain');
    lines = '';
  }
  file.end(lines);
  await once(file, 'finish');
}

async function load(node: KafkaNode, topic: Topic, directory: string): Promise<void> {
  const payload = join(directory, `${topic.name}.jsonl`);
  const distinct = Math.min(DISTINCT, topic.records, Math.ceil(DISTINCT_BYTES / topic.recordBytes));
  await writePayload(payload, recordsOf(topic, distinct));
  const producer = [`bootstrap.servers=${node.bootstrap()}`, 'acks=1', 'batch.size=262144', 'linger.ms=20'];
  await node.java('org.apache.kafka.tools.ProducerPerformance', [
    ...['--topic', topic.name, '--num-records', String(topic.records), '--throughput', '-1'],
    ...['--payload-file', payload],
    ...['--producer-props', ...producer],
  ]);
  await rm(payload);
}

export async function recordsIn(node: KafkaNode, topic: string): Promise<number> {
  return [...(await node.watermarks(topic)).values()].reduce((sum, { high }) => sum + high, 0);
}

/** Creates a topic full of JSON records, written by Kafka's own ProducerPerformance. */
export async function fillTopic(node: KafkaNode, topic: Topic, directory: string): Promise<void> {
  await node.createTopic(topic.name, topic.partitions);
  await load(node, topic, directory);
  const written = await recordsIn(node, topic.name);
  if (written !== topic.records) throw new Error(`${topic.name} holds ${written} records, not ${topic.records}`);
}

/** Writes more of the same into a topic until it holds `records`, if it holds fewer. */
export async function growTopic(node: KafkaNode, topic: Topic, records: number, directory: string): Promise<void> {
  const missing = records - (await recordsIn(node, topic.name));
  if (missing > 0) await load(node, { ...topic, records: missing }, directory);
}
