import type { ConnectorConfig, TargetState } from '../config/types.ts';
import type { TaskState } from './task/facts.ts';
import type { TaskStatus } from './task/task.ts';

/** Kafka Connect's connector states. A FAILED task leaves its connector RUNNING, as in Kafka Connect. */
export type ConnectorState = 'RUNNING' | 'PAUSED' | 'STOPPED' | 'FAILED' | 'RESTARTING' | 'UNASSIGNED';

export interface TaskSlot {
  readonly id: number;
  /** That it runs with: where the newest one could not be used, the one before. */
  readonly config: ConnectorConfig;
  readonly status: TaskStatus;
}

export interface ConnectorStatus {
  /** The one that was given last, usable or not. */
  readonly config: Pick<ConnectorConfig, 'name' | 'properties'>;
  /** What was asked for. */
  readonly target: TargetState;
  readonly state: ConnectorState;
  /** Why it is FAILED. */
  readonly trace: string | null;
  readonly tasks: readonly TaskSlot[];
}

/** What of a connector is to be restarted (KIP-745). */
export interface RestartRequest {
  readonly includeTasks: boolean;
  readonly onlyFailed: boolean;
}

export const TASK_STATES: readonly TaskState[] = ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING'];
