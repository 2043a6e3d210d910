import type { KafkaError } from '../task/kafka-error.ts';
import {
  type CommitOffset,
  type CommittedOffset,
  type KafkaFault,
  type LogEnd,
  OFFSET_NONE,
  type TopicIds,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../task/ports.ts';
import { toError, toFault } from './faults.ts';
import type { Identities } from './identities.ts';
import kafka, { type LibrdKafkaError, type Metadata } from './library.ts';
import { POOL_TURNS } from './pool-turns.ts';

const { ERR_UNKNOWN_TOPIC_OR_PART, ERR_TOPIC_AUTHORIZATION_FAILED, ERR__TIMED_OUT } = kafka.CODES.ERRORS;

type Client = kafka.KafkaConsumer;
type Callback<T> = (error: LibrdKafkaError | null, result: T) => void;

/** How many times a list that the brokers did not answer as a whole is asked in parts. */
const MAX_PARTS = 64;

/** What a consumer asks of the brokers. Each question runs on a pool thread, alone in this process, and ends by its own timeout. */
export class Queries {
  readonly #client: () => Client;
  readonly #running = new Set<Promise<unknown>>();
  /** Null: node-rdkafka alone, which knows no ids of topics. */
  #identities: Identities | null = null;

  /** @param client gives the client, or throws when there is none to ask. */
  constructor(client: () => Client) {
    this.#client = client;
  }

  identify(identities: Identities): void {
    this.#identities = identities;
  }

  async topicIds(topics: readonly string[], timeoutMs: number, regroup = false): Promise<TopicIds> {
    const identities = this.#identities;
    if (identities !== null)
      return this.#inTurn(client => identities.topicIds(client.getClient(), topics, timeoutMs, regroup));
    const missing = new Set(await this.missing(topics, timeoutMs));
    return new Map(topics.filter(topic => !missing.has(topic)).map(topic => [topic, null]));
  }

  knownTopicIds(topics: readonly string[]): TopicIds {
    const client = this.#client();
    return this.#identities?.knownTopicIds(client.getClient(), topics) ?? new Map(topics.map(topic => [topic, null]));
  }

  commit(offsets: readonly CommitOffset[]): void {
    const client = this.#client();
    if (this.#identities === null) client.commit([...offsets]);
    else this.#identities.commit(client.getClient(), offsets);
  }

  async committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly CommittedOffset[]> {
    const answers = await this.stored(partitions, timeoutMs);
    return answers.map(answer => {
      if (!('offset' in answer)) throw toError(answer);
      return answer;
    });
  }

  /** A partition that failed is an Error in place of an offset; one without a commit has no offset. */
  async stored(
    partitions: readonly TopicPartition[],
    timeoutMs: number,
  ): Promise<readonly (CommittedOffset | KafkaFault)[]> {
    if (partitions.length === 0) return [];
    const identities = this.#identities;
    if (identities !== null)
      return this.#inTurn(client => identities.stored(client.getClient(), partitions, timeoutMs));
    const asked = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const answers = await this.#ask<TopicPartitionOffset[]>((client, done) => client.committed(asked, timeoutMs, done));
    return asked.map((partition, i) => {
      const answer: Partial<TopicPartitionOffset> | Error | undefined = answers[i];
      if (answer === undefined || answer instanceof Error) return toFault(answer ?? ERR_UNKNOWN_TOPIC_OR_PART);
      return { ...partition, offset: answer.offset ?? OFFSET_NONE, topicId: null };
    });
  }

  /**
   * One request to each leader, however many partitions. librdkafka answers all or nothing: the error of a single partition
   * is the answer, and one without a leader takes the whole time. So a list that failed is asked without those that have
   * no leader, and then in parts.
   */
  async offsets(
    partitions: readonly TopicPartition[],
    at: LogEnd,
    timeoutMs: number,
  ): Promise<readonly (number | KafkaFault)[]> {
    const found = new Map<TopicPartition, number | KafkaFault>();
    let parts = 0;
    let failure: KafkaError | null = null;
    const waiting: (readonly TopicPartition[])[] = partitions.length === 0 ? [] : [partitions];
    for (let list = waiting.pop(); list !== undefined; list = waiting.pop()) {
      try {
        for (const [partition, answer] of await this.#offsets(list, at, timeoutMs)) found.set(partition, answer);
      } catch (error: unknown) {
        failure = toError(error);
        const smaller = ++parts > MAX_PARTS ? [] : await this.#smaller(list, failure, timeoutMs);
        if (smaller.length === 0) for (const partition of list) found.set(partition, failure);
        else waiting.push(...smaller);
      }
    }
    const answers = partitions.map(partition => found.get(partition) ?? toError(ERR_UNKNOWN_TOPIC_OR_PART));
    if (failure !== null && !answers.some(answer => typeof answer === 'number')) throw failure;
    return answers;
  }

  /** What is known locally comes with one request; a topic that the client has not met is asked for by its name. */
  async partitionCounts(topics: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    const note = ({ topics: told }: Metadata): void => {
      for (const { name, partitions } of told) if (partitions.length > 0) counts.set(name, partitions.length);
    };
    if (topics.length > 1) note(await this.#metadata(timeoutMs));
    for (const topic of topics) if (!counts.has(topic)) note(await this.#metadata(timeoutMs, topic));
    return new Map(topics.map(topic => [topic, counts.get(topic) ?? 0]));
  }

  /** Those of the topics that the brokers do not know. */
  async missing(topics: readonly string[], timeoutMs: number): Promise<readonly string[]> {
    const counts = await this.partitionCounts(topics, timeoutMs);
    return topics.filter(topic => counts.get(topic) === 0);
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

  async #offsets(
    list: readonly TopicPartition[],
    at: LogEnd,
    timeoutMs: number,
  ): Promise<readonly (readonly [TopicPartition, number | KafkaFault])[]> {
    // Kafka's timestamps of the two ends are librdkafka's logical offsets of them.
    const asked = list.map(({ topic, partition }) => ({ topic, partition, offset: at }));
    const answers = await this.#ask<(TopicPartitionOffset | Error)[]>((client, done) =>
      client.offsetsForTimes(asked, timeoutMs, done as Callback<TopicPartitionOffset[]>),
    );
    return list.map((partition, i) => {
      const answer = answers[i];
      if (answer === undefined || answer instanceof Error)
        return [partition, toError(answer ?? ERR_UNKNOWN_TOPIC_OR_PART)];
      // What was not answered still holds what was asked.
      return [partition, answer.offset < 0 ? toError(ERR_UNKNOWN_TOPIC_OR_PART) : answer.offset];
    });
  }

  /** What of a list that failed is worth asking again, in parts; nothing when that is none of it. */
  async #smaller(
    list: readonly TopicPartition[],
    { code }: KafkaError,
    timeoutMs: number,
  ): Promise<readonly (readonly TopicPartition[])[]> {
    if (code === ERR__TIMED_OUT) {
      const led = await this.#withLeader(list, timeoutMs);
      return led.length === list.length ? [] : [led];
    }
    const { topic: first } = list[0]!;
    const others = list.filter(({ topic }) => topic !== first);
    if (others.length > 0) return [list.filter(({ topic }) => topic === first), others];
    if (list.length === 1 || code === ERR_TOPIC_AUTHORIZATION_FAILED) return [];
    const middle = list.length >> 1;
    return [list.slice(0, middle), list.slice(middle)];
  }

  async #withLeader(list: readonly TopicPartition[], timeoutMs: number): Promise<readonly TopicPartition[]> {
    const { topics } = await this.#metadata(timeoutMs);
    const led = new Set<string>();
    for (const { name, partitions } of topics) {
      for (const { id, leader } of partitions) if (leader >= 0) led.add(`${name}/${id}`);
    }
    return list.filter(({ topic, partition }) => led.has(`${topic}/${partition}`));
  }

  /** @param topic without it, of all topics that the client has met */
  #metadata(timeout: number, topic?: string): Promise<Metadata> {
    return this.#ask<Metadata>((client, done) =>
      client.getMetadata({ allTopics: false, timeout, ...(topic === undefined ? {} : { topic }) }, done),
    );
  }

  #ask<T>(question: (client: Client, done: Callback<T>) => unknown): Promise<T> {
    return this.#inTurn(
      client =>
        new Promise<T>((resolve, reject) => {
          question(client, (error, result) => (error ? reject(toError(error)) : resolve(result)));
        }),
    );
  }

  /** @throws KafkaError also when the client is gone by the time it is its turn */
  async #inTurn<T>(question: (client: Client) => Promise<T>): Promise<T> {
    await POOL_TURNS.take();
    const answer = (async () => question(this.#client()))();
    const over = (): void => {
      this.#running.delete(answer);
      POOL_TURNS.give();
    };
    this.#running.add(answer);
    answer.then(over, over);
    return await answer;
  }
}
