import type { CommitOffset, CommittedOffset, KafkaFault, TopicPartition } from '../task/ports.ts';

/** Kafka's AclOperation, as `kafka-acls.sh` prints it: READ, WRITE, DESCRIBE … */
export type AclOperation = string;

export interface ClusterDescription {
  /** Null: not told. */
  readonly id: string | null;
  /** Null: none, or not told. */
  readonly controller: number | null;
  readonly brokers: readonly {
    readonly id: number;
    readonly host: string;
    readonly port: number;
    readonly rack: string | null;
  }[];
  /** What this user may do to the cluster (KIP-430); null: not told. */
  readonly operations: readonly AclOperation[] | null;
}

export interface TopicDescription {
  readonly name: string;
  /** Why there is nothing to tell: it does not exist, or this user may not see it. All else is empty then. */
  readonly fault: KafkaFault | null;
  /** Null: not told. */
  readonly id: string | null;
  /** By number. */
  readonly partitions: readonly {
    readonly partition: number;
    /** Null: it has none now, and can neither be read nor written. */
    readonly leader: number | null;
    /** Ids of brokers; -1 for one that is away. */
    readonly replicas: readonly number[];
    readonly isr: readonly number[];
  }[];
  /** What this user may do to it (KIP-430); null: not told. */
  readonly operations: readonly AclOperation[] | null;
}

export interface GroupMember {
  readonly clientId: string;
  /** Null: it is no static member. */
  readonly instanceId: string | null;
  readonly host: string;
  readonly partitions: readonly TopicPartition[];
}

export interface GroupDescription {
  /** Kafka's words: Empty, Stable, PreparingRebalance … `Dead`: there is no such group. */
  readonly state: string;
  /** Classic, Consumer (KIP-848) or Unknown. */
  readonly type: string;
  readonly assignor: string | null;
  readonly members: readonly GroupMember[];
  /** What this user may do to the group (KIP-430); null: not told. */
  readonly operations: readonly AclOperation[] | null;
}

/** Of one partition's log: its first offset and the next one. */
export interface LogEnds {
  readonly low: number;
  readonly high: number;
}

/**
 * Questions to the brokers from outside of any group. Each rejects with a KafkaError, in the time that `timeoutMs` allows. What the portable
 * reader's client can't ask is null.
 */
export interface Inquiry {
  cluster(): Promise<ClusterDescription>;
  /** Of all topics that this user may see, by name. */
  topicNames(): Promise<readonly string[]>;
  /** @param names each is told of, in their order; one that occurs again is told of again */
  topics(names: readonly string[]): Promise<readonly TopicDescription[]>;
  /** Of the group of the settings. */
  group(): Promise<GroupDescription | null>;
  /**
   * A fault in the place of a partition that is not told of.
   * @param stable the next offset is that behind the last record that no open transaction holds back
   */
  logEnds(partitions: readonly TopicPartition[], stable?: boolean): Promise<readonly (LogEnds | KafkaFault)[]>;
  /**
   * The offset of the first record that is not older, or null where there is none; a fault in the place of a partition that is not told of.
   * @param epochMs epoch milliseconds, not negative
   */
  offsetsAt(
    partitions: readonly TopicPartition[],
    epochMs: number,
  ): Promise<readonly (number | null | KafkaFault)[] | null>;
  /**
   * What the group has committed: all of it; with the portable reader of these partitions. Partitions without an offset are not in it. A fault has
   * the partition that it is about.
   */
  committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | KafkaFault)[]>;
  /**
   * Commits for the group, which must have no members: all or nothing, but for partitions that are refused.
   * @returns a fault for each of these. Null: nothing was committed, since the client can't.
   */
  alter(offsets: readonly CommitOffset[]): Promise<readonly KafkaFault[] | null>;
  /** The release of Kafka that the brokers are at least, as `3.9`; null: not known. Known from the first answer on. */
  brokerVersion(): string | null;
  close(): Promise<void>;
}
