import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaConfig } from '../../config/types.ts';
import { KafkaError } from '../task/kafka-error.ts';
import {
  type CommitOffset,
  type ConsumerEvent,
  type KafkaConsumer,
  OFFSET_NONE,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../task/ports.ts';
import { type ClientLogLine, FailureLog, toldOnce } from './client-log.ts';
import { connectForEver, type ListenAddon, release } from './connect.ts';
import { faultOf, toError, toFault } from './faults.ts';
import { Identities, type TopicAddon } from './identities.ts';
import kafka, { type LibrdKafkaError, type Message } from './library.ts';
import { PendingRebalance, type RebalanceEvent } from './pending-rebalance.ts';
import { Queries } from './queries.ts';
import type { ReadFault } from './reader/addon.ts';
import type { ReadSource } from './reader/source.ts';
import { consumerSettings, usesTokens } from './settings.ts';

const {
  ERR__ASSIGN_PARTITIONS,
  ERR__REVOKE_PARTITIONS,
  ERR__FATAL,
  ERR__PARTITION_EOF,
  ERR__STATE,
  ERR_UNKNOWN_TOPIC_OR_PART,
} = kafka.CODES.ERRORS;

/** How long the brokers may take to say which topic does not exist, milliseconds. */
const NAMING_TIMEOUT_MS = 3_000;

type Client = kafka.KafkaConsumer;

export interface KafkaConsumerOptions {
  readonly kafka: KafkaConfig;
  /** Exactly one of the two is set. */
  readonly topics: readonly string[] | null;
  /** As the configuration gives it: readable for POSIX, matched against the whole name. */
  readonly topicsRegex: string | null;
  /** The client's own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** The native half's part, where there is one. */
  readonly addon?: ListenAddon | null;
  /** How long one client may try to connect before a fresh one takes its place, milliseconds; 5,000 by default. */
  readonly connectAttemptMs?: number;
}

/** The consumer with the door that readers need. */
export interface RdKafkaConsumer extends KafkaConsumer, ReadSource {}

/**
 * The group membership of one task, over node-rdkafka. Callbacks only post events; nothing here decides anything.
 */
export function createKafkaConsumer(options: KafkaConsumerOptions): RdKafkaConsumer {
  return new Consumer(options);
}

class Consumer implements RdKafkaConsumer {
  readonly #options: KafkaConsumerOptions;
  readonly #subscription: string[];
  readonly #leaving = new AbortController();
  readonly #queries = new Queries(() => this.#connected());
  readonly #rebalance = new PendingRebalance();
  readonly #failures = new FailureLog();
  readonly #tell = toldOnce(fault => this.#post({ kind: 'fault', fault }));
  #listener: (event: ConsumerEvent) => void = () => {};
  #client: Client | null = null;
  #reading = false;
  #closing: () => void = () => {};
  #connecting: Promise<unknown> = Promise.resolve();
  #disconnected: Promise<void> | null = null;

  constructor(options: KafkaConsumerOptions) {
    const { topics, topicsRegex } = options;
    this.#options = options;
    this.#subscription = topicsRegex === null ? [...(topics ?? [])] : [`^(${topicsRegex})$`];
  }

  listen(listener: (event: ConsumerEvent) => void): void {
    this.#listener = listener;
  }

  /** @throws KafkaError for a refused setting, and the signal's reason; a disconnect ends it too. */
  async connect(signal: AbortSignal): Promise<void> {
    const { connectAttemptMs, addon = null } = this.#options;
    const connecting = connectForEver({
      create: () => this.#create(),
      signal: AbortSignal.any([signal, this.#leaving.signal]),
      tokens: usesTokens(this.#options.kafka.consumer),
      addon,
      onFault: this.#tell,
      onLog: line => this.#onLog(line),
      ...(connectAttemptMs === undefined ? {} : { attemptMs: connectAttemptMs }),
    });
    this.#connecting = connecting.catch(() => {});
    const client = await connecting;
    this.#failures.forget();
    client.on('event.error', error => this.#onError(error));
    this.#client = client;
  }

  subscribe(): void {
    this.#call(client => client.subscribe(this.#subscription));
  }

  readonly committed: KafkaConsumer['committed'] = (...question) => this.#queries.committed(...question);
  readonly stored: KafkaConsumer['stored'] = (...question) => this.#queries.stored(...question);
  readonly offsets: KafkaConsumer['offsets'] = (...question) => this.#queries.offsets(...question);
  readonly partitionCounts: KafkaConsumer['partitionCounts'] = (...question) =>
    this.#queries.partitionCounts(...question);
  readonly topicIds: KafkaConsumer['topicIds'] = (...question) => this.#queries.topicIds(...question);
  readonly knownTopicIds: KafkaConsumer['knownTopicIds'] = topics => this.#queries.knownTopicIds(topics);
  readonly cachedHigh: KafkaConsumer['cachedHigh'] = partition => this.#queries.cachedHigh(partition);

  assign(partitions: readonly TopicPartitionOffset[]): void {
    this.#change(client => this.#rebalance.assign(client, partitions));
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#change(client => this.#rebalance.unassign(client, partitions));
  }

  readonly refetch: KafkaConsumer['refetch'] = (partitions, all) =>
    this.#change(client => this.#rebalance.refetch(client, partitions, all));

  pause(partitions: readonly TopicPartition[]): void {
    this.#change(client => client.pause([...partitions]));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#change(client => client.resume([...partitions]));
  }

  commit(offsets: readonly CommitOffset[]): void {
    this.#call(() => this.#queries.commit(offsets));
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
      throw await this.#explained(toError(error, this.#failures.recent()));
    } finally {
      this.#reading = false;
    }
  }

  report({ code, text, topic, partition, offset }: ReadFault): void {
    if (code === ERR__PARTITION_EOF) return this.#post({ kind: 'end-of-partition', topic, partition, offset });
    const error = toError({ code, message: text }, this.#failures.recent());
    if (partition >= 0) {
      // Before its read ends, so that it is of the epoch under which it was read.
      const { message, fatal } = error;
      const at = { topic, partition };
      return this.#post({ kind: 'fault', fault: { code, message: `${topic}-${partition}: ${message}`, fatal, at } });
    }
    void this.#explained(error).then(({ message, fatal }) =>
      this.#post({ kind: 'fault', fault: { code, message, fatal } }),
    );
  }

  identify(addon: TopicAddon): void {
    this.#queries.identify(new Identities(addon));
  }

  beforeDisconnect(run: () => void): void {
    this.#closing = run;
  }

  /**
   * What librdkafka says beside a code, node-rdkafka drops: the log knows what is fatal, and the brokers are asked which
   * of our topics does not exist.
   */
  async #explained(error: KafkaError): Promise<KafkaError> {
    const { topics } = this.#options;
    if (error.code === ERR__FATAL) {
      const known = await this.#failures.fatal();
      return known === null ? error : new KafkaError(known);
    }
    if (error.code !== ERR_UNKNOWN_TOPIC_OR_PART || topics === null) return error;
    // A read waits for the name: not until it is this question's turn in the whole process.
    const named = this.#queries.missing(topics, NAMING_TIMEOUT_MS).catch(() => []);
    const missing = await Promise.race([named, sleep(NAMING_TIMEOUT_MS, [], { ref: false })]);
    return missing.length === 0 ? error : new KafkaError(faultOf(error.code, missing.join(', ')));
  }

  #create(): Client {
    const [global, topic] = consumerSettings(this.#options.kafka, {
      rebalance_cb: (error: LibrdKafkaError, partitions: TopicPartition[]) => this.#onRebalance(error, partitions),
      offset_commit_cb: (error: LibrdKafkaError | undefined, offsets: TopicPartitionOffset[]) =>
        this.#onCommit(error, offsets),
    });
    const client: Client = new kafka.KafkaConsumer(global, topic);
    client.on('partition.eof', ({ topic, partition, offset }) =>
      this.#post({ kind: 'end-of-partition', topic, partition, offset }),
    );
    return client;
  }

  #post(event: ConsumerEvent): void {
    if (this.#disconnected === null || event.kind === 'commit-answer') this.#listener(event);
  }

  #onLog(line: ClientLogLine): void {
    this.#failures.note(line);
    this.#options.log?.(line);
  }

  #onError(error: LibrdKafkaError): void {
    const fault = toFault(error, this.#failures.recent());
    if (fault.code === ERR__FATAL) void this.#failures.fatal().then(known => this.#tell(known ?? fault));
    else if (!this.#failures.isOver(fault)) this.#tell(fault);
  }

  #onRebalance(error: LibrdKafkaError, list: readonly TopicPartition[]): void {
    const partitions = list.map(({ topic, partition }) => ({ topic, partition }));
    const assign = error.code === ERR__ASSIGN_PARTITIONS;
    const event: RebalanceEvent = { kind: assign ? 'assign' : 'revoke', partitions };
    this.#rebalance.opened(event);
    if (this.#disconnected !== null && this.#client !== null) this.#rebalance.answerForLeaver(this.#client);
    // librdkafka asks for an unassign with any other code too, without saying of what; 2.12 comes with these two only
    // (rdkafka_cgrp.c), so that in an eager group the list of a revoke is always the whole assignment.
    else if (!assign && error.code !== ERR__REVOKE_PARTITIONS) this.#tell(toFault(error));
    this.#post(event);
  }

  #onCommit(error: LibrdKafkaError | undefined, list: readonly Partial<TopicPartitionOffset>[]): void {
    const offsets = list.map(({ topic, partition, offset = OFFSET_NONE }) => ({
      topic: topic!,
      partition: partition!,
      offset,
    }));
    this.#post({ kind: 'commit-answer', fault: error ? toFault(error, this.#failures.recent()) : null, offsets });
  }

  async #disconnect(): Promise<void> {
    this.#leaving.abort(notConnected());
    await this.#connecting;
    const client = this.#client;
    if (client === null) return;
    await this.#queries.settled();
    this.#rebalance.answerForLeaver(client);
    this.#closing();
    await release(client);
    this.#client = null;
  }

  #change<T>(run: (client: Client) => T): T {
    this.#assertNoRead();
    return this.#call(run);
  }

  #call<T>(run: (client: Client) => T): T {
    const client = this.#connected();
    try {
      return run(client);
    } catch (error) {
      throw toError(error);
    }
  }

  #connected(): Client {
    if (this.#client === null || this.#disconnected !== null) throw notConnected();
    return this.#client;
  }

  #assertNoRead(): void {
    if (this.#reading) throw new Error('a read is in flight: nothing may change under it');
  }
}

function notConnected(): KafkaError {
  return new KafkaError(faultOf(ERR__STATE, 'the consumer is not connected'));
}

export type { Message as RdKafkaMessage };
