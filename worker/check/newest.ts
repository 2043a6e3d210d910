import type { ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import type { Block, Run } from '../../connector/block.ts';
import { onlyRuns } from '../../connector/portions.ts';
import { openInquiry } from '../kafka/inquiry.ts';
import { type LogRange, readLog } from '../kafka/log-reader.ts';
import type { NativeReaderOptions } from '../kafka/reader/native.ts';
import { readsCommitted } from './cluster.ts';

/** Behind the last record may stand markers of transactions, and what was taken back. */
const BEHIND = 100;

export interface NewestOptions {
  readonly reader: WorkerConfig['reader'];
  readonly timeoutMs: number;
}

/**
 * The newest record of a topic, by its timestamp, in a block of its own; null: there is none near the ends of its partitions. No group is
 * joined, nothing is committed.
 * @throws KafkaError
 */
export async function newestOf(
  { kafka }: ConnectorConfig,
  topic: string,
  blocks: NativeReaderOptions,
  { reader, timeoutMs }: NewestOptions,
): Promise<Block | null> {
  const inquiry = await openInquiry({ kafka, reader, timeoutMs });
  let ranges: readonly LogRange[];
  try {
    const [{ partitions } = { partitions: [] }] = await inquiry.topics([topic]);
    const places = partitions.filter(({ leader }) => leader !== null).map(({ partition }) => ({ topic, partition }));
    const ends = await inquiry.logEnds(places, readsCommitted(kafka.consumer));
    ranges = places.flatMap((at, i) => {
      const found = ends[i]!;
      return 'code' in found ? [] : [{ ...at, from: Math.max(found.low, found.high - BEHIND), to: found.high }];
    });
  } finally {
    await inquiry.close();
  }
  let newest: Block | null = null;
  for await (const block of readLog(ranges, { kafka, reader, blocks, timeoutMs })) {
    const last = block.runs.map(run => ({ ...run, start: run.end - 1 }) satisfies Run);
    const timeOf = ({ start }: Run): number => block.timestamp[start]!;
    const latest = last.reduce((a, b) => (timeOf(b) > timeOf(a) ? b : a));
    if (newest === null || timeOf(latest) >= newest.timestamp[0]!) newest = onlyRuns(block, [latest]);
  }
  return newest;
}
