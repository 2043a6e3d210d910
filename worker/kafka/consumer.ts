import kafka, { type LibrdKafkaError, type Message } from 'node-rdkafka';
import type { KafkaConfig } from '../../config/types.ts';
import {
  type ConsumerEvent,
  type KafkaConsumer,
  type KafkaFault,
  OFFSET_NONE,
  type TopicPartition,
  type TopicPartitionOffset,
  type Watermarks,
} from '../ports.ts';
import { clientSettings, connectForEver, release } from './connect.ts';
import { type ClientLogLine, failureIn, faultOf, KafkaError, toError, toFault } from './faults.ts';
import { subscriptionPattern } from './topic-pattern.ts';

const { ERR__ASSIGN_PARTITIONS, ERR__REVOKE_PARTITIONS, ERR__STATE, ERR_UNKNOWN_TOPIC_OR_PART } = kafka.CODES.ERRORS;
/** How long one read of the portable reader waits for the next message, milliseconds. */
const READ_WAIT_MS = 20;

type Client = kafka.KafkaConsumer;
type Rebalance = Extract<ConsumerEvent, { readonly kind: 'assign' | 'revoke' }>;
type Callback<T> = (error: LibrdKafkaError | null, result: T) => void;

export interface KafkaConsumerOptions {
  readonly kafka: KafkaConfig;
  /** Exactly one of the two is set. */
  readonly topics: readonly string[] | null;
  /** Java's syntax, matched against the whole name. */
  readonly topicsRegex: string | null;
  /** The client's own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** How long one client may try to connect before a fresh one takes its place, milliseconds; 5,000 by default. */
  readonly connectAttemptMs?: number;
}

/** The consumer with the door that readers need. */
export interface RdKafkaConsumer extends KafkaConsumer {
  /**
   * Runs one read on the client. Until it settles, everything that would change what is read throws, and so does a
   * second read. A read of a client that is not connected is refused: in the native half it would end the process.
   */
  reading<T>(read: (client: Client) => Promise<T>): Promise<T>;
}

/** The group membership of one task, over node-rdkafka. Callbacks only post events; nothing here decides anything. */
export function createKafkaConsumer(options: KafkaConsumerOptions): RdKafkaConsumer {
  return new Consumer(options);
}

class Consumer implements RdKafkaConsumer {
  readonly #options: KafkaConsumerOptions;
  readonly #subscription: string[];
  readonly #leaving = new AbortController();
  readonly #queries = new Set<Promise<unknown>>();
  #listener: (event: ConsumerEvent) => void = () => {};
  #client: Client | null = null;
  #reading = false;
  /** The rebalance that librdkafka waits with: it has at most one open. */
  #unanswered: Rebalance | null = null;
  /** The log's last word on a failed connection, for the error events that follow it. */
  #failure: KafkaFault | null = null;
  #connecting: Promise<unknown> = Promise.resolve();
  #disconnected: Promise<void> | null = null;

  constructor(options: KafkaConsumerOptions) {
    const { topics, topicsRegex } = options;
    this.#options = options;
    this.#subscription = topicsRegex === null ? [...(topics ?? [])] : [subscriptionPattern(topicsRegex)];
  }

  listen(listener: (event: ConsumerEvent) => void): void {
    this.#listener = listener;
  }

  async connect(signal: AbortSignal): Promise<void> {
    const connecting = connectForEver({
      create: () => this.#create(),
      signal: AbortSignal.any([signal, this.#leaving.signal]),
      onFault: fault => this.#listener({ kind: 'fault', fault }),
      onLog: line => {
        this.#failure = failureIn(line) ?? this.#failure;
        this.#options.log?.(line);
      },
      ...(this.#options.connectAttemptMs === undefined ? {} : { attemptMs: this.#options.connectAttemptMs }),
    });
    this.#connecting = connecting.catch(() => {});
    this.#client = await connecting;
  }

  subscribe(): void {
    this.#call(client => client.subscribe(this.#subscription));
  }

  async committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly TopicPartitionOffset[]> {
    if (partitions.length === 0) return [];
    const asked = partitions.map(({ topic, partition }) => ({ topic, partition }));
    // A partition that failed is an Error in place of an offset; one without a commit has no offset.
    const answers = await this.#query<TopicPartitionOffset[]>((client, done) =>
      client.committed(asked, timeoutMs, done),
    );
    return asked.map((partition, i) => {
      const answer: Partial<TopicPartitionOffset> | Error | undefined = answers[i];
      if (answer === undefined || answer instanceof Error) throw toError(answer ?? ERR_UNKNOWN_TOPIC_OR_PART);
      return { ...partition, offset: answer.offset ?? OFFSET_NONE };
    });
  }

  async watermarks({ topic, partition }: TopicPartition, timeoutMs: number): Promise<Watermarks> {
    const { lowOffset, highOffset } = await this.#query<kafka.WatermarkOffsets>((client, done) =>
      client.queryWatermarkOffsets(topic, partition, timeoutMs, done),
    );
    return { low: lowOffset, high: highOffset };
  }

  cachedHigh({ topic, partition }: TopicPartition): number | null {
    if (this.#client === null || this.#disconnected !== null) return null;
    try {
      const { highOffset } = this.#client.getWatermarkOffsets(topic, partition);
      return highOffset < 0 ? null : highOffset;
    } catch {
      return null;
    }
  }

  async partitionCount(topic: string, timeoutMs: number): Promise<number> {
    const { topics } = await this.#query<kafka.Metadata>((client, done) =>
      client.getMetadata({ topic, allTopics: false, timeout: timeoutMs }, done),
    );
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (count === 0) throw new KafkaError(faultOf(ERR_UNKNOWN_TOPIC_OR_PART, `topic ${topic}`));
    return count;
  }

  assign(partitions: readonly TopicPartitionOffset[]): void {
    this.#change(client => {
      if (client.rebalanceProtocol() === 'COOPERATIVE') client.incrementalAssign([...partitions]);
      else client.assign([...partitions]);
      this.#unanswered = null;
    });
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#change(client => {
      if (client.rebalanceProtocol() === 'COOPERATIVE') client.incrementalUnassign([...partitions]);
      else client.unassign();
      this.#unanswered = null;
    });
  }

  pause(partitions: readonly TopicPartition[]): void {
    if (partitions.length > 0) this.#change(client => client.pause([...partitions]));
  }

  resume(partitions: readonly TopicPartition[]): void {
    if (partitions.length > 0) this.#change(client => client.resume([...partitions]));
  }

  commit(offsets: readonly TopicPartitionOffset[]): void {
    this.#call(client => client.commit([...offsets]));
  }

  unsubscribe(): void {
    this.#change(client => client.unsubscribe());
  }

  disconnect(): Promise<void> {
    this.#assertNoRead();
    this.#disconnected ??= this.#disconnect();
    return this.#disconnected;
  }

  async reading<T>(read: (client: Client) => Promise<T>): Promise<T> {
    this.#assertNoRead();
    const client = this.#connected();
    this.#reading = true;
    try {
      return await read(client);
    } catch (error) {
      throw toError(error, this.#failure);
    } finally {
      this.#reading = false;
    }
  }

  #create(): Client {
    const { global, topic } = clientSettings(this.#options.kafka.consumer);
    const client: Client = new kafka.KafkaConsumer(
      {
        ...global,
        'group.id': this.#options.kafka.groupId,
        // What was delivered decides what is committed, never the client; where to start decides the task.
        'enable.auto.commit': false,
        'enable.auto.offset.store': false,
        'enable.partition.eof': true,
        rebalance_cb: (error: LibrdKafkaError, partitions: TopicPartition[]) => this.#onRebalance(error, partitions),
        offset_commit_cb: (error: LibrdKafkaError | undefined, offsets: TopicPartitionOffset[]) =>
          this.#onCommit(error, offsets),
      } as kafka.ConsumerGlobalConfig,
      { ...topic, 'auto.offset.reset': 'error' } as kafka.ConsumerTopicConfig,
    );
    client.setDefaultConsumeTimeout(READ_WAIT_MS);
    client.on('event.error', error => this.#listener({ kind: 'fault', fault: toFault(error, this.#failure) }));
    client.on('partition.eof', ({ topic, partition, offset }) =>
      this.#listener({ kind: 'end-of-partition', topic, partition, offset }),
    );
    return client;
  }

  #onRebalance(error: LibrdKafkaError, list: readonly TopicPartition[]): void {
    const partitions = list.map(({ topic, partition }) => ({ topic, partition }));
    const kind = error.code === ERR__ASSIGN_PARTITIONS ? 'assign' : 'revoke';
    const event: Rebalance = { kind, partitions };
    this.#unanswered = event;
    if (this.#disconnected !== null) {
      this.#answerWhileLeaving();
      return;
    }
    if (kind === 'revoke' && error.code !== ERR__REVOKE_PARTITIONS) {
      this.#listener({ kind: 'fault', fault: toFault(error) });
    }
    this.#listener(event);
  }

  #onCommit(error: LibrdKafkaError | undefined, list: readonly TopicPartitionOffset[]): void {
    const offsets = list.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset ?? OFFSET_NONE }));
    this.#listener({ kind: 'commit-answer', fault: error ? toFault(error) : null, offsets });
  }

  async #disconnect(): Promise<void> {
    this.#leaving.abort(new KafkaError(faultOf(ERR__STATE, 'the consumer was disconnected')));
    await this.#connecting;
    const client = this.#client;
    if (client === null) return;
    // A query still running on the client would outlive it.
    await Promise.allSettled([...this.#queries]);
    if (this.#unanswered !== null) this.#answerWhileLeaving();
    await release(client);
    this.#client = null;
  }

  /**
   * Closing waits for the answer to every rebalance, also to those it causes itself, and nobody else will give it. Once
   * closing has begun librdkafka takes a plain unassign for an answer to everything; before, only the call that fits the
   * group's protocol.
   */
  #answerWhileLeaving(): void {
    const { kind, partitions } = this.#unanswered!;
    const client = this.#client;
    this.#unanswered = null;
    try {
      client?.unassign();
    } catch {
      try {
        if (kind === 'assign') client?.incrementalAssign([]);
        else client?.incrementalUnassign([...partitions]);
      } catch {
        // The client is gone: there is nothing left to answer.
      }
    }
  }

  #query<T>(ask: (client: Client, done: Callback<T>) => unknown): Promise<T> {
    const query = new Promise<T>((resolve, reject) => {
      ask(this.#connected(), (error, result) => (error ? reject(toError(error, this.#failure)) : resolve(result)));
    });
    this.#queries.add(query);
    const forget = (): void => void this.#queries.delete(query);
    query.then(forget, forget);
    return query;
  }

  #change(run: (client: Client) => unknown): void {
    this.#assertNoRead();
    this.#call(run);
  }

  #call(run: (client: Client) => unknown): void {
    const client = this.#connected();
    try {
      run(client);
    } catch (error) {
      throw toError(error);
    }
  }

  #connected(): Client {
    if (this.#client === null || this.#disconnected !== null) {
      throw new KafkaError(faultOf(ERR__STATE, 'the consumer is not connected'));
    }
    return this.#client;
  }

  #assertNoRead(): void {
    if (this.#reading) throw new Error('a read is in flight: nothing may change under it');
  }
}

export type { Client as RdKafkaClient, Message as RdKafkaMessage };
