import type { TopicPartition } from '../task/ports.ts';
import type { Done, NativeOffset } from './group-addon.ts';

/** Names of Kafka's AclOperation, as READ and DESCRIBE; null: the brokers do not say. */
type NativeOperations = readonly string[] | null;

export interface NativeBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** Empty: it has none. */
  readonly rack: string;
}

export interface NativeCluster {
  readonly id: string;
  /** -1: there is none now. */
  readonly controller: number;
  readonly brokers: readonly NativeBroker[];
  readonly operations: NativeOperations;
}

export interface NativeTopic {
  readonly name: string;
  /** librdkafka's; where it is not 0 all else is empty. */
  readonly code: number;
  readonly id: string | null;
  readonly partitions: readonly {
    readonly partition: number;
    /** -1: there is none now. */
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly isr: readonly number[];
  }[];
  readonly operations: NativeOperations;
}

export interface NativeGroup {
  /** Kafka's: Empty, Stable, Dead …; a group that does not exist is Dead. */
  readonly state: string;
  /** Classic, Consumer or Unknown. */
  readonly type: string;
  readonly assignor: string;
  readonly members: readonly {
    readonly clientId: string;
    /** Empty: it is no static member. */
    readonly instanceId: string;
    readonly host: string;
    readonly partitions: readonly TopicPartition[];
  }[];
  readonly operations: NativeOperations;
}

/** What worker/kafka/reader/describe.cc exports. `client` is the native half of any of node-rdkafka's clients. */
export interface DescribeAddon {
  describeCluster(client: unknown, timeoutMs: number, done: Done<NativeCluster>): void;
  /** @param names each once, none of them empty. The answer is in their order. */
  describeTopics(
    client: unknown,
    names: readonly string[],
    timeoutMs: number,
    done: Done<readonly NativeTopic[]>,
  ): void;
  describeGroup(client: unknown, group: string, timeoutMs: number, done: Done<NativeGroup>): void;
  /**
   * @param partitions each once, at least one; `offset` is -2 for the first offset of the log, -1 for the next one, or a time (epoch
   * milliseconds) for that of the first record which is not older: its answer is -1 where there is none. A partition without a leader is
   * waited for.
   * @param committed the next offset is that of the last stable record
   */
  logOffsets(
    client: unknown,
    partitions: readonly object[],
    committed: boolean,
    timeoutMs: number,
    done: Done<readonly NativeOffset[]>,
  ): void;
}
