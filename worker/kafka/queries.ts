import kafka, { type LibrdKafkaError, type Metadata, type WatermarkOffsets } from 'node-rdkafka';
import { KafkaError } from '../task/kafka-error.ts';
import {
  type KafkaFault,
  OFFSET_NONE,
  type TopicPartition,
  type TopicPartitionOffset,
  type Watermarks,
} from '../task/ports.ts';
import { faultOf, toError, toFault } from './faults.ts';

const { ERR_UNKNOWN_TOPIC_OR_PART } = kafka.CODES.ERRORS;

type Client = kafka.KafkaConsumer;
type Callback<T> = (error: LibrdKafkaError | null, result: T) => void;

/** What a consumer asks of the brokers. Each question runs on a pool thread and ends by its own timeout. */
export class Queries {
  readonly #client: () => Client;
  readonly #running = new Set<Promise<unknown>>();

  /** @param client gives the client, or throws when there is none to ask. */
  constructor(client: () => Client) {
    this.#client = client;
  }

  async committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly TopicPartitionOffset[]> {
    const answers = await this.stored(partitions, timeoutMs);
    return partitions.map(({ topic, partition }, i) => {
      const offset = answers[i]!;
      if (typeof offset !== 'number') throw toError(offset);
      return { topic, partition, offset };
    });
  }

  /** A partition that failed is an Error in place of an offset; one without a commit has no offset. */
  async stored(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly (number | KafkaFault)[]> {
    if (partitions.length === 0) return [];
    const asked = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const answers = await this.#ask<TopicPartitionOffset[]>((client, done) => client.committed(asked, timeoutMs, done));
    return asked.map((_, i) => {
      const answer: Partial<TopicPartitionOffset> | Error | undefined = answers[i];
      if (answer === undefined || answer instanceof Error) return toFault(answer ?? ERR_UNKNOWN_TOPIC_OR_PART);
      return answer.offset ?? OFFSET_NONE;
    });
  }

  async watermarks({ topic, partition }: TopicPartition, timeoutMs: number): Promise<Watermarks> {
    const { lowOffset, highOffset } = await this.#ask<WatermarkOffsets>((client, done) =>
      client.queryWatermarkOffsets(topic, partition, timeoutMs, done),
    );
    return { low: lowOffset, high: highOffset };
  }

  async partitionCount(topic: string, timeoutMs: number): Promise<number> {
    const { topics } = await this.#ask<Metadata>((client, done) =>
      client.getMetadata({ topic, allTopics: false, timeout: timeoutMs }, done),
    );
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (count === 0) throw new KafkaError(faultOf(ERR_UNKNOWN_TOPIC_OR_PART, `topic ${topic}`));
    return count;
  }

  /** Those of the topics that the brokers do not know. */
  async missing(topics: readonly string[], timeoutMs: number): Promise<readonly string[]> {
    const known = await Promise.allSettled(topics.map(topic => this.partitionCount(topic, timeoutMs)));
    return topics.filter((_, i) => {
      const answer = known[i]!;
      return answer.status === 'rejected' && (answer.reason as KafkaError).code === ERR_UNKNOWN_TOPIC_OR_PART;
    });
  }

  /** What the last fetch said; costs nothing. */
  cachedHigh({ topic, partition }: TopicPartition): number | null {
    try {
      const { highOffset } = this.#client().getWatermarkOffsets(topic, partition);
      return highOffset < 0 ? null : highOffset;
    } catch {
      return null;
    }
  }

  /** Resolves when none is running: a client that is closed under a question ends the process. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running]);
  }

  #ask<T>(question: (client: Client, done: Callback<T>) => unknown): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      question(this.#client(), (error, result) => (error ? reject(toError(error)) : resolve(result)));
    });
    this.#running.add(answer);
    const forget = (): void => void this.#running.delete(answer);
    answer.then(forget, forget);
    return answer;
  }
}
