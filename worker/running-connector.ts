import type { ConnectorConfig } from '../config/types.ts';
import type { Clock } from '../connector/ports.ts';
import type { ConnectorState, ConnectorStatus } from './status.ts';
import type { Task, TaskEnd, TaskStatus } from './task/task.ts';
import type { Log } from './telemetry/log.ts';

/** One connector with its one task, built and not started. */
export interface BuiltConnector {
  readonly config: ConnectorConfig;
  readonly task: Task;
  /** Frees what the task leaves open (connections), once it has ended. */
  close(): Promise<void>;
}

/** How a connector ended. `clean`: its task ended cleanly and was not FAILED. */
export interface ConnectorEnd {
  readonly clean: boolean;
}

export interface RunningConnector {
  status(): ConnectorStatus;
  /** Its task has `deadlineMs` to end. Idempotent; a later, shorter deadline wins. */
  stop(deadlineMs: number): void;
  /** Resolves after `stop`, `GRACE_MS` past its deadline at the latest. Never rejects. */
  readonly ended: Promise<ConnectorEnd>;
}

/** The end of a task that was never started. */
const NEVER_RUN: TaskEnd = { clean: true, trace: null };

/**
 * What a task and its connections may take to say goodbye beyond the deadline, before they are left behind. A task takes less;
 * the process has to end within two seconds.
 */
const GRACE_MS = 1_700;

/** Starts a connector in its initial state. A task that fails changes nothing for others: it stays FAILED until `stop`. */
export function startConnector(connector: BuiltConnector, clock: Clock, log: Log): RunningConnector {
  const { config, task } = connector;
  const hasTask = config.initialState !== 'STOPPED';
  let trace: string | null = null;
  let taskEnd: TaskEnd | null = null;
  let isOver = false;
  let limitAt = Number.POSITIVE_INFINITY;
  let cancelLimit = (): void => undefined;
  let resolveEnd!: (end: ConnectorEnd) => void;
  const ended = new Promise<ConnectorEnd>(resolve => {
    resolveEnd = resolve;
  });

  /** A task never rejects; should one do so, that is a defect, and the others are not to suffer for it. */
  async function run(): Promise<TaskEnd> {
    try {
      return await task.run();
    } catch (error) {
      const text = `Internal error: ${error instanceof Error ? error.message : String(error)}`;
      log.write('error', text, { connector: config.name, task: 0, error });
      return { clean: false, trace: text };
    }
  }

  async function runAndClose(): Promise<TaskEnd> {
    const end = hasTask ? await run() : NEVER_RUN;
    taskEnd = end;
    await connector.close().catch(error => {
      log.write('warn', 'Closing the connections failed', { connector: config.name, error });
    });
    trace = end.trace;
    return end;
  }

  function finish(end: ConnectorEnd): void {
    isOver = true;
    cancelLimit();
    resolveEnd(end);
  }

  if (config.initialState === 'PAUSED') task.pause();
  const whole = runAndClose();
  if (hasTask) {
    const fields = { connector: config.name, task: 0 };
    log.write('info', `Task started, with the ${task.status().reader} reader`, fields);
  } else log.write('info', 'Connector is STOPPED: it has no task', { connector: config.name });

  return {
    ended,
    stop(deadlineMs) {
      if (isOver) return;
      if (hasTask) task.stop(deadlineMs);
      const at = clock.now() + deadlineMs + GRACE_MS;
      if (limitAt === Number.POSITIVE_INFINITY) {
        void whole.then(end => finish({ clean: isClean(end) }));
      }
      if (at >= limitAt) return;
      cancelLimit();
      limitAt = at;
      // What is known of the task counts, however its connections hang.
      cancelLimit = clock.timer(deadlineMs + GRACE_MS, () => finish({ clean: isClean(taskEnd) }));
    },
    status() {
      if (!hasTask) return { config, state: 'STOPPED', tasks: [] };
      const status = failedStatus(task.status(), trace);
      return { config, state: connectorState(status), tasks: [{ id: 0, status }] };
    },
  };
}

function isClean(end: TaskEnd | null): boolean {
  return end?.clean === true && end.trace === null;
}

/** A task whose run has ended with a trace is FAILED, whatever it last said. */
function failedStatus(status: TaskStatus, trace: string | null): TaskStatus {
  return trace === null || status.state === 'FAILED' ? status : { ...status, state: 'FAILED', trace };
}

function connectorState(status: TaskStatus): ConnectorState {
  return status.state === 'PAUSED' ? 'PAUSED' : 'RUNNING';
}
