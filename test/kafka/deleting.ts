import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaNode } from './node.ts';

/** What retention does in days: the log of the partition begins at `offset` from now on. */
export async function deleteBefore(node: KafkaNode, topic: string, partition: number, offset: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-delete-'));
  const file = join(directory, 'offsets.json');
  await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition, offset }] }));
  const args = ['--bootstrap-server', node.bootstrap(), '--offset-json-file', file];
  await node.java('org.apache.kafka.tools.DeleteRecordsCommand', args);
  await rm(directory, { recursive: true });
  const { low } = (await node.watermarks(topic)).get(partition)!;
  if (low !== offset) throw new Error(`the log of ${topic}-${partition} begins at ${low}`);
}
