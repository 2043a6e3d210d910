import type { ConnectorConfig, KafkaConfig, WorkerConfig } from '../../config/types.ts';
import { type Block, blockBytes } from '../../connector/block.ts';
import { createTopicChoice } from '../../connector/route/topic-choice.ts';
import type { Signal } from '../../connector/scope.ts';
import { type Inquiry, openInquiry } from '../kafka/inquiry.ts';
import { type LogRange, readLog } from '../kafka/log-reader.ts';
import { topicsOf } from '../kafka/topics-of.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { TopicPartition } from '../task/ports.ts';
import type { SampleLimits } from './sample-file.ts';

export interface TopicSource {
  readonly connector: ConnectorConfig;
  /** Of one of several endpoints; null: there is one. */
  readonly alias: string | null;
  readonly worker: Pick<WorkerConfig, 'reader'>;
}

export interface TopicSample {
  readonly blocks: readonly Block[];
  readonly topics: readonly string[];
  /** Of all of them. */
  readonly partitions: number;
}

/** For connecting, and for what the brokers answer. */
const TIMEOUT_MS = 15_000;
/** Whoever sends the records parts the blocks by the sink's separator; values are looked at by the converter alone. */
const PLAIN = { separator: Buffer.from('\n'), keys: true, headers: true, json: false, members: null, quotedUpTo: null };

/**
 * The newest records of a connector's topics, of each partition in proportion to what it holds. No group is joined, and nothing committed.
 * @throws KafkaError
 */
export async function readSampleTopics(
  source: TopicSource,
  limits: SampleLimits,
  signal: Signal,
): Promise<TopicSample> {
  const { connector, worker } = source;
  const { kafka } = connector;
  const { reader } = worker;
  const inquiry = await openInquiry({ kafka, reader, timeoutMs: TIMEOUT_MS });
  let topics: readonly string[];
  let partitions: readonly TopicPartition[];
  let ranges: readonly LogRange[];
  try {
    topics = await topicsWanted(inquiry, source);
    partitions = await partitionsOf(inquiry, topics);
    ranges = await newest(inquiry, partitions, limits.records);
  } finally {
    await inquiry.close();
  }
  const blocks = await read(ranges, { kafka, reader, limits, signal });
  return { blocks, topics, partitions: partitions.length };
}

async function topicsWanted(inquiry: Inquiry, { connector, alias }: TopicSource): Promise<readonly string[]> {
  const { endpoints } = connector;
  const all = await topicsOf(connector, inquiry);
  if (endpoints === null) return all;
  const choice = createTopicChoice(endpoints);
  return all.filter(topic => endpoints[choice.of(topic) ?? 0]?.alias === alias);
}

async function partitionsOf(inquiry: Inquiry, topics: readonly string[]): Promise<readonly TopicPartition[]> {
  const told = await inquiry.topics(topics);
  return told.flatMap(({ name, fault, partitions }) => {
    if (fault !== null) throw new KafkaError({ ...fault, message: `${name}: ${fault.message}` });
    return partitions.map(({ partition }) => ({ topic: name, partition }));
  });
}

async function newest(
  inquiry: Inquiry,
  partitions: readonly TopicPartition[],
  records: number,
): Promise<readonly LogRange[]> {
  const ends = await inquiry.logEnds(partitions, true);
  const logs = ends.map((end, index) => {
    const { topic, partition } = partitions[index]!;
    if (!('low' in end)) throw new KafkaError({ ...end, message: `${topic}-${partition}: ${end.message}` });
    return { topic, partition, low: end.low, high: end.high };
  });
  const held = logs.reduce((sum, { low, high }) => sum + high - low, 0);
  const part = held === 0 ? 0 : Math.min(1, records / held);
  return logs.map(({ topic, partition, low, high }) => {
    return { topic, partition, from: high - Math.ceil((high - low) * part), to: high };
  });
}

interface Reading {
  readonly kafka: KafkaConfig;
  readonly reader: WorkerConfig['reader'];
  readonly limits: SampleLimits;
  readonly signal: Signal;
}

async function read(
  ranges: readonly LogRange[],
  { kafka, reader, limits, signal }: Reading,
): Promise<readonly Block[]> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  signal.addEventListener('abort', abort);
  const blocks: Block[] = [];
  let bytes = 0;
  try {
    if (signal.aborted) return [];
    const options = { kafka, reader, blocks: PLAIN, timeoutMs: TIMEOUT_MS, signal: controller.signal };
    for await (const block of readLog(ranges, options)) {
      blocks.push(block);
      bytes += blockBytes(block);
      if (bytes >= limits.bytes) break;
    }
  } catch (error) {
    // What there is by then is as good a sample.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return blocks;
}
