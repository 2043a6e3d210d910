import type { ConnectorConfig } from '../config/types.ts';
import type { TaskState } from './task/facts.ts';
import type { TaskStatus } from './task/task.ts';

/** Kafka Connect's connector states that occur here. A FAILED task leaves its connector RUNNING, as in Kafka Connect. */
export type ConnectorState = 'RUNNING' | 'PAUSED' | 'STOPPED' | 'UNASSIGNED';

export interface ConnectorStatus {
  readonly config: ConnectorConfig;
  readonly state: ConnectorState;
  readonly tasks: readonly { readonly id: number; readonly status: TaskStatus }[];
}

export const TASK_STATES: readonly TaskState[] = ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING'];
