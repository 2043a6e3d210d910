import type { ConnectorConfig, TargetState } from '../config/types.ts';
import type { TaskState } from './task/facts.ts';
import type { TaskStatus } from './task/task.ts';

/** Kafka Connect's connector states. A FAILED task leaves its connector RUNNING, as in Kafka Connect. */
export type ConnectorState = 'RUNNING' | 'PAUSED' | 'STOPPED' | 'FAILED' | 'RESTARTING' | 'UNASSIGNED';

export interface TaskSlot {
  readonly id: number;
  readonly status: TaskStatus;
}

export interface ConnectorStatus {
  /** The one that was given last; tasks that could not be replaced run with the one before. */
  readonly config: ConnectorConfig;
  /** What was asked for. */
  readonly target: TargetState;
  readonly state: ConnectorState;
  /** Why it is FAILED. */
  readonly trace: string | null;
  readonly tasks: readonly TaskSlot[];
}

export const TASK_STATES: readonly TaskState[] = ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING'];
