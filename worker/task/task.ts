import type { ConnectorConfig, ValuesConfig, WorkerConfig } from '../../config/types.ts';
import type { BodyFormat, Sink, SinkState } from '../../connector/batch.ts';
import type { Converter } from '../../connector/converters/choose.ts';
import type { Clock, Random } from '../../connector/ports.ts';
import type { PartitionStatus, TaskFact, TaskState, TopicCounts } from './facts.ts';
import type { KafkaConsumer, KafkaProducer, Reader } from './ports.ts';

/** One of several endpoints, as far as a task must know it. */
export interface TaskEndpoint {
  readonly format: BodyFormat;
  readonly converter: Converter;
  readonly values: ValuesConfig;
  readonly lingerMs: number;
}

/** Where records go, by their topics. A topic, and so a partition and its lane, is of one endpoint. */
export interface TaskEndpoints {
  /** At least one. */
  readonly each: readonly TaskEndpoint[];
  /** Which one has the topic; null: none. */
  of(topic: string): number | null;
}

/** What a task needs of the worker's configuration. */
export type TaskWorkerConfig = Pick<
  WorkerConfig,
  'offsetFlushIntervalMs' | 'offsetFlushTimeoutMs' | 'taskShutdownGracefulTimeoutMs' | 'reader'
>;

/** Everything a task touches of the outside, so that a simulation can stand in for it (design: seams). */
export interface TaskParts {
  readonly config: ConnectorConfig;
  readonly worker: TaskWorkerConfig;
  readonly taskId: number;
  readonly consumer: KafkaConsumer;
  readonly reader: Reader;
  /** Needed exactly when a topic for dead letters or reports is configured. */
  readonly producer: KafkaProducer | null;
  readonly sink: Sink;
  /** Of all records; with several endpoints each has its own. */
  readonly converter: Converter;
  /** Null: all records go to one. */
  readonly endpoints?: TaskEndpoints | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: (fact: TaskFact) => void;
}

export interface TaskStatus {
  readonly state: TaskState;
  /**
   * Why the task is FAILED: what happened, where, and what to do. Kafka Connect's `trace`, without anything of a record: the
   * status is open to whoever reaches the listener.
   */
  readonly trace: string | null;
  readonly reader: string;
  readonly sink: SinkState;
  /** What the Kafka client complained of last, in one line; null once records or partitions have come since. */
  readonly clientFault: string | null;
  /** Why offsets can't be committed, in one line: a partition is refused, or no commit succeeds; null while they can. */
  readonly commitFault: string | null;
  readonly partitions: readonly PartitionStatus[];
  readonly topics: Readonly<Record<string, TopicCounts>>;
  /** Topics that the connector names and the brokers do not know. */
  readonly missingTopics: readonly string[];
  readonly requestsInFlight: number;
  readonly bufferedBytes: number;
  /** When the last read that came back began, monotonic; liveness is judged by it. */
  readonly lastPollAt: number | null;
  /** Monotonic time of the last verdict; null before the first. */
  readonly lastVerdictAt: number | null;
  /** A request of the loop to come to rest: nothing buffered, nothing in flight, everything committed. */
  readonly idle: boolean;
}

/** What is known of a task that has told nothing yet, but for how it is and what reads for it. */
export const NOTHING_KNOWN: Omit<TaskStatus, 'state' | 'reader' | 'idle'> = {
  trace: null,
  sink: { state: 'ok' },
  clientFault: null,
  commitFault: null,
  partitions: [],
  topics: {},
  missingTopics: [],
  requestsInFlight: 0,
  bufferedBytes: 0,
  lastPollAt: null,
  lastVerdictAt: null,
};

/** How a task ended. `clean`: everything in flight got its verdict and its commit was acknowledged. */
export interface TaskEnd {
  readonly clean: boolean;
  /** Set when the task FAILED before it was stopped. */
  readonly trace: string | null;
}

export interface Task {
  /**
   * Joins the group and runs until `stop`. A task that fails stays (FAILED, out of the group, its status readable)
   * until `stop`. Never rejects.
   */
  run(): Promise<TaskEnd>;
  /** Stops sending and reading, stays in the group (Kafka Connect's pause). Idempotent. */
  pause(): void;
  resume(): void;
  /**
   * Stops intake, lets requests in flight end, commits, leaves the group: `deadlineMs` bounds it all, after that
   * requests are aborted and what is safe is committed. Idempotent; a later, shorter deadline wins.
   */
  stop(deadlineMs: number): void;
  status(): TaskStatus;
}
