import type { Block, ExactHeader } from '../../connector/block.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicPartitionOffset extends TopicPartition {
  readonly offset: number;
}

/**
 * Ids of topics, by name: a topic that is deleted and created anew has another one. null where it can not be known (brokers
 * before Kafka 2.8, the portable reader); a topic that does not exist is not in it.
 */
export type TopicIds = ReadonlyMap<string, string | null>;

/** A committed offset, and the topic that it was committed for; null where the commit did not say so. */
export interface CommittedOffset extends TopicPartitionOffset {
  readonly topicId: string | null;
}

/** An offset to be committed, and the topic that it is of where that is known. */
export interface CommitOffset extends TopicPartitionOffset {
  readonly topicId?: string | null;
}

/** Where a partition is read from: an offset, or one of librdkafka's logical ones. */
export const OFFSET_BEGINNING = -2;
export const OFFSET_END = -1;
/** `committed` answers this for a partition without a committed offset. */
export const OFFSET_NONE = -1001;

/** An error of the Kafka client: librdkafka's code, and one line for the user. */
export interface KafkaFault {
  readonly code: number;
  readonly message: string;
  /** The client can not go on (librdkafka's fatal errors, e.g. a fenced static member). */
  readonly fatal: boolean;
  /** The partition that it is about, where the client says so. */
  readonly at?: TopicPartition;
}

/** What the client's callbacks put into the task's inbox; they change nothing themselves. */
export type ConsumerEvent =
  | { readonly kind: 'assign'; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: 'revoke'; readonly partitions: readonly TopicPartition[] }
  | {
      readonly kind: 'commit-answer';
      readonly fault: KafkaFault | null;
      readonly offsets: readonly TopicPartitionOffset[];
    }
  | { readonly kind: 'end-of-partition'; readonly topic: string; readonly partition: number; readonly offset: number }
  | { readonly kind: 'fault'; readonly fault: KafkaFault };

/** The two ends of a log: where its first record is, or was; where the next one will be. */
export type LogEnd = typeof OFFSET_BEGINNING | typeof OFFSET_END;

/**
 * The consumer of one task. Only `Questions` calls committed, stored, offsets and partitionCounts. assign, unassign, refetch,
 * pause, resume, unsubscribe and disconnect are called by the task's loop only, and only while no read is in flight. They
 * throw KafkaError; the task then ends without a further commit, and `disconnect` answers the rebalance event that is open.
 */
export interface KafkaConsumer {
  /** Receives every event from now on. Called once, before connect. */
  listen(listener: (event: ConsumerEvent) => void): void;
  /** Retries for ever while the brokers are away; rejects only for what waiting can't mend (configuration). */
  connect(signal: AbortSignal): Promise<void>;
  subscribe(): void;
  /** The committed offsets of the group; OFFSET_NONE where there is none. Rejects with a KafkaFault on failure. */
  committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly CommittedOffset[]>;
  /** As `committed`, with a fault in the place of a partition whose offset is not told. Rejects with a KafkaFault. */
  stored(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly (CommittedOffset | KafkaFault)[]>;
  /**
   * The first or the next offset of each partition's log, asked of the leaders: in the order in which they were asked for, a
   * fault in the place of one that could not be found out. Rejects with a KafkaFault when nothing could.
   */
  offsets(
    partitions: readonly TopicPartition[],
    at: LogEnd,
    timeoutMs: number,
  ): Promise<readonly (number | KafkaFault)[]>;
  /** How many partitions each topic has; one that the brokers do not know has none. Rejects with a KafkaFault. */
  partitionCounts(topics: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, number>>;
  /**
   * Asks the brokers. Rejects with a KafkaFault.
   * @param regroup has the client's group look, too, whether the topics have other partitions than those it shares
   */
  topicIds(topics: readonly string[], timeoutMs: number, regroup?: boolean): Promise<TopicIds>;
  /** As the client knows them; costs hardly anything. What it fetches is of these topics, or of older ones. */
  knownTopicIds(topics: readonly string[]): TopicIds;
  /** The client's cached next offset of the log, or null; costs nothing. */
  cachedHigh(partition: TopicPartition): number | null;
  /** Answers an assign event: incremental in a cooperative group, whole in an eager one. */
  assign(partitions: readonly TopicPartitionOffset[]): void;
  /** Answers a revoke event. */
  unassign(partitions: readonly TopicPartition[]): void;
  /**
   * Has the client fetch these partitions anew, from here on: it gives one up for good at an error that it takes for a
   * lasting one, and says so to nobody. `all` is every assigned partition and where its reading goes on, since an eager
   * assignment is given as a whole. @returns those that are fetched anew: these, or all.
   */
  refetch(
    partitions: readonly TopicPartitionOffset[],
    all: readonly TopicPartitionOffset[],
  ): readonly TopicPartitionOffset[];
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Starts a commit; the answer arrives as a commit-answer event, through a read. Throws if it can't be started. */
  commit(offsets: readonly CommitOffset[]): void;
  unsubscribe(): void;
  /** Also ends a connect under way. Bounded by the caller. Never called while a read is in flight. */
  disconnect(): Promise<void>;
}

/** Reads blocks. One read at a time; a read also serves rebalance, commit and error callbacks. */
export interface Reader {
  /** `portable` or `native`. */
  readonly name: string;
  /**
   * Up to about `maxRecords` records; null when there were none. It may wait for records, at most for about a second,
   * and asks the client in any case: a read is a poll. Rejects with a KafkaFault.
   */
  read(maxRecords: number): Promise<Block | null>;
  /** There is something to tell the client: a read that waits ends soon, with what is there. */
  interrupt(): void;
}

export interface ProducerRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly ExactHeader[];
  /** Epoch milliseconds; -1 leaves it to the producer. */
  readonly timestamp: number;
  /** Left out, its key decides, as the producer's partitioner has it. */
  readonly partition?: number;
}

/** Acknowledged (acks=all) production, of dead letters, reports, and records that are replayed. */
export interface KafkaProducer {
  connect(signal: AbortSignal): Promise<void>;
  /** Creates the topic when it is missing. */
  ensureTopic(topic: string, partitions: number, replicationFactor: number): Promise<void>;
  /** Resolves when the brokers have acknowledged it. Rejects with a KafkaFault. */
  publish(record: ProducerRecord): Promise<void>;
  disconnect(timeoutMs: number): Promise<void>;
}
