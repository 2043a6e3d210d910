import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkRecord } from '../../connector/block.ts';
import { SOURCES } from './jars.ts';
import type { KafkaNode } from './node.ts';

/** What node-rdkafka can neither write nor tell: any bytes, and null beside empty. */
export type ExactRecord = Omit<SinkRecord, 'topic' | 'offset'>;

const encode = (bytes: string | Buffer | null): string =>
  bytes === null ? 'null' : `:${Buffer.from(bytes).toString('base64')}`;

/** Writes records with Java's client. @returns their offsets */
export async function produceExactly(
  node: KafkaNode,
  topic: string,
  records: readonly ExactRecord[],
): Promise<number[]> {
  const words = records.flatMap(({ partition, timestamp, key, value, headers }) => [
    ...[String(partition), String(timestamp), encode(key), encode(value), String(headers.length)],
    ...headers.flatMap(([name, bytes]) => [encode(name), encode(bytes)]),
  ]);
  // More than a command line takes.
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-records-'));
  try {
    const file = join(directory, 'records');
    await writeFile(file, words.join(' '));
    const output = await node.java(join(SOURCES, 'ProduceRecords.java'), [node.bootstrap(), topic, file]);
    return output.trim().split('\n').map(Number);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Reads a topic with Java's client, partition by partition. */
export async function readExactly(node: KafkaNode, topic: string): Promise<SinkRecord[]> {
  const output = await node.java(join(SOURCES, 'ReadRecords.java'), [node.bootstrap(), topic]);
  const decode = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'));
  const lines = output.split('\n').filter(line => line !== '');
  const records = lines.map((line): SinkRecord => {
    const { key, value, headers, ...rest } = JSON.parse(line);
    const decoded = headers.map(([name, bytes]: [string, string | null]) => [String(decode(name)), decode(bytes)]);
    return { ...rest, topic, key: decode(key), value: decode(value), headers: decoded };
  });
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
