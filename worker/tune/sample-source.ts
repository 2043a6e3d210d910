import type { ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import type { Block } from '../../connector/block.ts';
import type { Signal } from '../../connector/scope.ts';
import { KafkaError } from '../task/kafka-error.ts';
import { readSampleFile, SampleError } from './sample-file.ts';
import { readSampleTopics } from './sample-topic.ts';

export { SampleError };

/** The topics can't be read. */
export class TopicError extends SampleError {}

/** Whose records are taken. */
export interface SampleSource {
  readonly connector: ConnectorConfig;
  /** Of one of several endpoints: the records of its topics. */
  readonly alias: string | null;
  readonly worker: Pick<WorkerConfig, 'reader'>;
}

export interface SampleOptions {
  /** Null: the topics. */
  readonly file: string | null;
  readonly records: number;
  readonly sampleBytes: number;
}

export interface Sampled {
  readonly blocks: readonly Block[];
  /** Completes "500 records ". */
  readonly source: string;
  /** Of the topics; null: they were not asked. */
  readonly partitions: number | null;
}

/**
 * Takes records of a file, or the newest of the topics.
 * @throws SampleError; TopicError
 */
export async function takeSample(source: SampleSource, options: SampleOptions, signal: Signal): Promise<Sampled> {
  const { file, records, sampleBytes } = options;
  const limits = { records, bytes: sampleBytes };
  if (file === null) {
    try {
      const { blocks, topics, partitions } = await readSampleTopics(source, limits, signal);
      if (blocks.length === 0)
        throw new TopicError(`${topics.join(', ')}: there is no record; --file takes some of a file`);
      return { blocks, source: `of ${topics.join(', ')}`, partitions };
    } catch (error) {
      throw error instanceof KafkaError ? new TopicError(`the records can't be read: ${error.message}`) : error;
    }
  }
  try {
    const blocks = readSampleFile(file, source.connector.topics?.[0] ?? 'sample', limits);
    return { blocks, source: `of ${file}`, partitions: null };
  } catch (error) {
    throw error instanceof SampleError ? new SampleError(`${file}: ${error.message}`) : error;
  }
}
