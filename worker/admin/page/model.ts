import type { TargetState } from '../../../config/types.ts';
import type { ConnectorState } from '../../status.ts';
import type { TaskState } from '../../task/facts.ts';
import type { Cause, Sending } from '../../telemetry/activity.ts';
import type { HistoryView } from '../../telemetry/history.ts';

export type { SeriesName } from '../../telemetry/track.ts';
export type { HistoryView };

/**
 * What `/page/data` and `/page/data/NAME` answer, and what the page is made of: the worker at one moment, as plain data without a secret
 * or anything of a record. Times are milliseconds, sizes bytes, rates per second over the last 10 s; they are null before the first
 * 5 s, and for each task by itself where a worker has more than 200.
 */
export interface WorkerView {
  /** The worker's wall clock, epoch milliseconds. */
  readonly now: number;
  readonly version: string;
  readonly uptimeMs: number;
  /** As `/health` says. */
  readonly health: { readonly status: 'healthy' | 'starting' | 'unhealthy'; readonly message: string };
  /** By name. */
  readonly connectors: readonly ConnectorSummary[];
}

/** A connector in a line. */
export interface ConnectorSummary {
  readonly name: string;
  readonly state: ConnectorState;
  /** What is wrong, the worst first; empty where nothing is. */
  readonly problems: readonly Problem[];
  readonly tasks: readonly { readonly id: number; readonly state: TaskState }[];
  /** The worst of its tasks' endpoints. */
  readonly gate: GateView['state'];
  /** Of all its tasks together. */
  readonly figures: Figures;
  /** Its lag over the last 15 minutes, evenly spaced, the newest last; null where it was not known. */
  readonly lagTrend: readonly (number | null)[];
}

export interface Problem {
  /** `error`: records do not get through. `warning`: they do, or will by themselves. */
  readonly severity: 'error' | 'warning';
  /** Null: it is the connector's. */
  readonly task: number | null;
  /** One line, with what to do where that is known. */
  readonly text: string;
}

export interface Figures {
  /** Records between the committed offsets and the ends of the logs; null while that is not known. */
  readonly lag: number | null;
  /** How fast it grows (or shrinks, below 0), over the last two minutes; null while that is not known. */
  readonly lagPerSecond: number | null;
  /** Records, and bytes of requests, that the endpoint confirmed. */
  readonly recordsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** Requests, confirmed or not. */
  readonly requestsPerSecond: number | null;
  /** Of about the last minute; null where nothing was. Requests from sending to the answer. */
  readonly requestMs: Quantiles | null;
  /** From a record's timestamp to its confirmation. */
  readonly recordMs: Quantiles | null;
  /** Records of a confirmed request. */
  readonly batch: Quantiles | null;
  readonly requestsInFlight: number;
  readonly maxInFlight: number;
  /** Bytes of records in memory, and how many there may be. */
  readonly bufferedBytes: number;
  readonly bufferMaxBytes: number;
  /** Records received and without a verdict. */
  readonly unresolved: number;
  /** Offsets read and not covered by an acknowledged commit. */
  readonly uncommitted: number;
  /** Since the task began, as its counters in /metrics. */
  readonly totals: Totals;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

export interface Totals {
  readonly read: number;
  readonly delivered: number;
  readonly deadLettered: number;
  readonly skipped: number;
  readonly requests: number;
  readonly retries: number;
}

/** `/page/data/NAME?since=T`: one connector, with what its page shows beside the line of it. */
export interface ConnectorView extends ConnectorSummary {
  readonly now: number;
  readonly connectorClass: string;
  /** What was asked for. */
  readonly target: TargetState;
  readonly taskViews: readonly TaskView[];
  /** `batch.max.records` of the first endpoint; null where there is no task. */
  readonly batchMaxRecords: number | null;
  /** How many of the last minute's requests had so many records: up to `most` each, the last one more than any. */
  readonly batches: readonly { readonly most: number | null; readonly requests: number }[];
  /** Why records could not be delivered, the most frequent first. */
  readonly rejections: readonly Readonly<Cause>[];
  /** Those whose cause is none of the listed. */
  readonly otherRejections: number;
  /** Null before the first 5 s. */
  readonly history: HistoryView | null;
}

export interface TaskView {
  readonly id: number;
  readonly state: TaskState;
  readonly trace: string | null;
  readonly reader: string;
  readonly problems: readonly Problem[];
  readonly figures: Figures;
  readonly lagTrend: readonly (number | null)[];
  readonly gate: GateView;
  /** Null: its credentials are none that are renewed. */
  readonly token: TokenView | null;
  readonly sending: Readonly<Sending>;
  /** Those that are furthest behind: at most 200 of all tasks together, and 4 of each at least. */
  readonly partitions: readonly PartitionView[];
  readonly partitionCount: number;
}

/** Whether requests go out. `reason` and `sinceMs` are null while they do. */
export interface GateView {
  readonly state: 'ok' | 'retrying' | 'parked';
  readonly reason: string | null;
  readonly sinceMs: number | null;
}

export interface TokenView {
  readonly ageMs: number | null;
  readonly expiresInMs: number | null;
  readonly refreshes: number;
  readonly failures: number;
  readonly lastFailure: string | null;
}

export interface PartitionView {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | null;
  readonly end: number | null;
  readonly lag: number | null;
  readonly unresolved: number;
  readonly oldestUnresolvedMs: number | null;
  readonly fault: string | null;
}
