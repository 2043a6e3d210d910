import type { TaskFact } from '../task/facts.ts';
import type { TaskEnd, TaskStatus } from '../task/task.ts';
import type { LogFields, LogLevel } from '../telemetry/log.ts';
import type { Packed } from './pack.ts';

/** From the worker to the process of a task. */
export type ToTask =
  | {
      readonly kind: 'start';
      readonly config: Packed;
      readonly taskId: number;
      readonly isPaused: boolean;
      /** Secrets of the whole configuration, which no line may hold. */
      readonly secrets: readonly string[];
      readonly logLevel: LogLevel;
    }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'stop'; readonly deadlineMs: number }
  | { readonly kind: 'log-level'; readonly level: LogLevel };

/** From the process of a task to the worker. */
export type FromTask =
  | { readonly kind: 'facts'; readonly facts: readonly TaskFact[] }
  /** `now`: the process's own monotonic time, which the times in the status are of. */
  | { readonly kind: 'status'; readonly status: TaskStatus; readonly now: number }
  | { readonly kind: 'line'; readonly level: LogLevel; readonly text: string; readonly fields: LogFields }
  /** It could not be built. */
  | { readonly kind: 'unbuilt'; readonly reason: string }
  | { readonly kind: 'end'; readonly end: TaskEnd };

/** How often a status goes over, at least, while a task runs, milliseconds. */
export const STATUS_MS = 250;
/** How long facts wait for others to go over together, milliseconds. */
export const FACTS_MS = 20;
