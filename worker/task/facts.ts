import type { Fact } from '../../connector/facts.ts';
import type { KafkaFault, TopicPartition, TopicPartitionOffset } from './ports.ts';

/**
 * What a task has to tell, beside what its sink tells. Nothing here holds a record's content or a secret. Plain data: it may go
 * to another process.
 */
export type TaskFact =
  | Fact
  | { readonly kind: 'task-state'; readonly state: TaskState; readonly reason: string | null }
  | {
      readonly kind: 'block-received';
      readonly records: number;
      readonly bytes: number;
      readonly topics: readonly string[];
    }
  /** Offsets not above the last received one of their epoch; Kafka promises there are none. */
  | { readonly kind: 'records-repeated'; readonly topic: string; readonly partition: number; readonly records: number }
  /** Records read for a partition that was being taken away: the next owner reads them, or this task, from the start. */
  | { readonly kind: 'records-unowned'; readonly topic: string; readonly partition: number; readonly records: number }
  | {
      readonly kind: 'records-delivered';
      readonly topic: string;
      readonly partition: number;
      readonly records: number;
      /** Milliseconds from the timestamps of a few of them to now, each for an equal part of all; empty where they have none. */
      readonly latenciesMs: readonly number[];
    }
  | { readonly kind: 'partitions-assigned'; readonly partitions: readonly TopicPartitionOffset[] }
  | {
      readonly kind: 'partitions-revoked';
      readonly partitions: readonly TopicPartition[];
      /** Every request in flight ended before the drain deadline. */
      readonly drained: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'commit-sent'; readonly sequence: number; readonly offsets: readonly TopicPartitionOffset[] }
  | {
      readonly kind: 'commit-acknowledged';
      readonly sequence: number;
      readonly offsets: readonly TopicPartitionOffset[];
      readonly ms: number;
    }
  | { readonly kind: 'commit-failed'; readonly sequence: number; readonly reason: string; readonly ms: number }
  /** Nothing new to commit at a commit time. */
  | { readonly kind: 'commit-skipped' }
  | { readonly kind: 'intake-paused'; readonly partitions: number; readonly bufferedBytes: number }
  | { readonly kind: 'intake-resumed'; readonly partitions: number; readonly bufferedBytes: number }
  | {
      readonly kind: 'dead-letter-acknowledged';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  | {
      readonly kind: 'dead-letter-failed';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly reason: string;
      readonly retryInMs: number | null;
    }
  /** Reports of some records of a partition; of one that was refused, or given up, those of the same answer that were written. */
  | {
      readonly kind: 'reports-acknowledged';
      readonly topic: string;
      readonly partition: number;
      readonly reports: number;
    }
  /** The offset is that of the first record that the report is about. */
  | {
      readonly kind: 'report-failed';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly reason: string;
      readonly retryInMs: number | null;
    }
  /** The log holds records that do not arrive. */
  | {
      readonly kind: 'partition-stalled';
      readonly topic: string;
      readonly partition: number;
      readonly position: number;
      readonly reason: string;
    }
  /** A topic of this name was deleted, and this is another one: it is read from where a group without offsets begins. */
  | {
      readonly kind: 'topic-created-anew';
      readonly topic: string;
      readonly partitions: readonly TopicPartitionOffset[];
    }
  /**
   * A position was outside its log, and reading goes on elsewhere, as `auto.offset.reset` is written. Below `low`: what stood
   * from `from` up to `to` is lost to the group. Beyond `high`: the log had lost its end.
   */
  | {
      readonly kind: 'offset-reset';
      readonly topic: string;
      readonly partition: number;
      readonly reset: 'earliest' | 'latest';
      /** The position, and where reading goes on. */
      readonly from: number;
      readonly to: number;
      /** The log's start, and the offset behind its end. */
      readonly low: number;
      readonly high: number;
    }
  /** Topics that the connector names and the brokers do not know; empty once all are there again. */
  | { readonly kind: 'topics-missing'; readonly topics: readonly string[] }
  | { readonly kind: 'client-fault'; readonly fault: KafkaFault }
  /** The process of the task ended by itself, or was killed. `reason`: its exit, and what it said last. */
  | { readonly kind: 'task-crashed'; readonly reason: string }
  /** A task that FAILED, or whose process ended, starts again in `inMs`; `of`: as often at most, null without end. */
  | {
      readonly kind: 'task-restart';
      readonly attempt: number;
      readonly of: number | null;
      readonly inMs: number;
      readonly reason: string | null;
    }
  /** A collector has taken spans of requests. */
  | { readonly kind: 'spans-exported'; readonly spans: number; readonly ms: number }
  | { readonly kind: 'spans-dropped'; readonly spans: number; readonly reason: string }
  /** Something threw in the task's loop: the task has FAILED. `stack`: the frames of it, one a line. */
  | { readonly kind: 'internal-error'; readonly reason: string; readonly stack: string };

/** Kafka Connect's task states, as its REST API spells them. */
export type TaskState = 'UNASSIGNED' | 'RUNNING' | 'PAUSED' | 'FAILED' | 'RESTARTING';

export interface TopicCounts {
  /** consumed = delivered + deadLettered + skipped + what has no verdict yet (also what a revoke took away). */
  consumed: number;
  delivered: number;
  deadLettered: number;
  skipped: number;
}

export interface PartitionStatus extends TopicPartition {
  /** Offset of the last acknowledged commit, or where reading began; null when neither is known. */
  readonly committed: number | null;
  /** Next offset to be read. */
  readonly position: number | null;
  /** Next offset of the log as the client last saw it. */
  readonly high: number | null;
  /** Received records without a verdict. */
  readonly unresolved: number;
  /** Records handed to a request and not yet covered by an acknowledged commit. */
  readonly uncommitted: number;
  /** Milliseconds since the oldest record without a verdict was received; null when there is none. */
  readonly oldestUnresolvedMs: number | null;
  /** Why it brings nothing although it should, in one line; null when it does what it should. */
  readonly fault: string | null;
}
