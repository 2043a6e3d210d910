import type { TaskFact } from '../task/facts.ts';
import type { TaskEnd, TaskStatus } from '../task/task.ts';
import type { LineFields, LogLevel } from '../telemetry/log.ts';
import type { Threshold } from './levels.ts';
import type { Packed } from './pack.ts';

/** What the process of a task begins with. */
export interface TaskStart {
  readonly config: Packed;
  readonly taskId: number;
  /** Secrets of the whole configuration, which nothing that leaves the process may hold. */
  readonly secrets: readonly string[];
  readonly threshold: Threshold;
  readonly isPaused: boolean;
}

/** From the worker to the process of a task. */
export type ToTask =
  | ({ readonly kind: 'start' } & TaskStart)
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** `sentAt`: wall time, which both processes share; one that only starts hears of it late. */
  | { readonly kind: 'stop'; readonly deadlineMs: number; readonly sentAt: number }
  | { readonly kind: 'threshold'; readonly threshold: Threshold };

/** A line of the log, as plain data without secrets. */
export interface ToldLine {
  readonly level: LogLevel;
  readonly text: string;
  readonly fields: LineFields;
}

/** What has happened since the last one of these, each in its order. */
export interface News {
  readonly facts: readonly TaskFact[];
  readonly lines: readonly ToldLine[];
  /** Null: no newer one than the last. */
  readonly status: TaskStatus | null;
  /** The process's own monotonic time, which the times in the status are of. */
  readonly now: number;
  /** How many there were no room for. */
  readonly dropped: { readonly facts: number; readonly lines: number };
}

/** From the process of a task to the worker. */
export type FromTask =
  | ({ readonly kind: 'news' } & News)
  /** It could not be built. */
  | { readonly kind: 'unbuilt'; readonly reason: string }
  /** Nothing but its connections is left; the process ends. */
  | { readonly kind: 'end'; readonly end: TaskEnd };
