import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaNode } from './node.ts';

/** Where a record batch of format 2 keeps what is read here: https://kafka.apache.org/documentation/#recordbatch */
const LENGTH_AT = 8;
const COUNT_AT = 57;
/** Base offset and length, which the length does not count. */
const HEAD_BYTES = 12;
const LEAST_BYTES = 61;

/** A record batch as it stands in a segment. */
export interface Batch {
  readonly file: string;
  readonly position: number;
  readonly bytes: number;
  readonly firstOffset: number;
  readonly records: number;
}

/** The batches of a partition's log, in order. */
export async function batchesOf(node: KafkaNode, topic: string, partition: number): Promise<Batch[]> {
  const directory = join(node.logDirectory, `${topic}-${partition}`);
  const names = (await readdir(directory)).filter(name => name.endsWith('.log')).sort();
  const found: Batch[] = [];
  for (const name of names) {
    const file = join(directory, name);
    const log = await readFile(file);
    for (let position = 0; position + LEAST_BYTES <= log.length; ) {
      const bytes = HEAD_BYTES + log.readInt32BE(position + LENGTH_AT);
      const firstOffset = Number(log.readBigInt64BE(position));
      found.push({ file, position, bytes, firstOffset, records: log.readInt32BE(position + COUNT_AT) });
      position += bytes;
    }
  }
  return found;
}

/** Flips one bit of the batch's last record, as a bad disk does; only while the broker does not run. */
export async function damage({ file, position, bytes }: Batch): Promise<void> {
  const log = await readFile(file);
  log[position + bytes - 20]! ^= 1;
  await writeFile(file, log);
}
