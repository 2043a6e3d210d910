import type { TaskState } from '../task/facts.ts';
import type { MetricId } from './metrics.ts';

/** Where a fact leaves its numbers; the labels `connector` and `task` are already there. */
export interface Meters {
  add(metric: MetricId, amount?: number, label?: string): void;
  set(metric: MetricId, value: number): void;
  /** @param weight how many equal ones; 1 where it is not given */
  observe(metric: MetricId, value: number, weight?: number): void;
  /** A value of the last minute, for a pair of maximum and average, or for a rate. */
  sample(series: Series, value: number): void;
  /** Counts a commit that was acknowledged or failed. */
  committed(success: boolean): void;
  /** Sets a metric to the wall clock. */
  stamp(metric: MetricId): void;
  /** From now on the task is in this state. */
  state(state: TaskState): void;
  /** What the task has belongs to it anew. @param ms what giving partitions up took; null where it got some */
  rebalanced(ms: number | null): void;
}

export type Series = 'put' | 'batch' | 'commit' | 'read' | 'send' | 'skip';
