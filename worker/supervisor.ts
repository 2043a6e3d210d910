import type { ConnectorConfig } from '../config/types.ts';
import type { Clock } from '../connector/ports.ts';
import type { ConnectorState, ConnectorStatus } from './status.ts';
import type { Task, TaskEnd, TaskStatus } from './task/task.ts';
import type { Log } from './telemetry/log.ts';

/** One connector with its one task, ready to run. */
export interface Supervised {
  readonly config: ConnectorConfig;
  readonly task: Task;
  /** Frees what the task leaves open (connections), once it has ended. */
  close(): Promise<void>;
}

export interface Supervisor {
  start(): void;
  status(): readonly ConnectorStatus[];
  /** All tasks at once, so `deadlineMs` is the total. Idempotent; a later, shorter deadline wins. */
  stop(deadlineMs: number): void;
  /** Resolves after `stop`, `GRACE_MS` past its deadline at the latest. `clean`: every task ended cleanly, and none FAILED. */
  readonly ended: Promise<{ readonly clean: boolean }>;
}

/** The end of a task that was never started. */
const NEVER_RUN: TaskEnd = { clean: true, trace: null };

/** What a client may take to say goodbye beyond the deadline, before it is left behind. */
const GRACE_MS = 2000;

/** Runs connectors beside each other: what happens to one changes nothing for the others. */
export function createSupervisor(connectors: readonly Supervised[], clock: Clock, log: Log): Supervisor {
  const runs: { readonly connector: Supervised; readonly end: Promise<TaskEnd>; trace: string | null }[] = [];
  let cancelLimit: (() => void) | null = null;
  let limitAt = Number.POSITIVE_INFINITY;
  let resolveEnd!: (end: { readonly clean: boolean }) => void;
  const ended = new Promise<{ readonly clean: boolean }>(resolve => {
    resolveEnd = resolve;
  });

  function start(): void {
    for (const connector of connectors) {
      const { name, initialState } = connector.config;
      if (initialState === 'PAUSED') connector.task.pause();
      if (initialState === 'STOPPED') log.write('info', 'Connector is STOPPED: it has no task', { connector: name });
      const run = {
        connector,
        end: initialState === 'STOPPED' ? closeTask(connector, NEVER_RUN) : runTask(connector),
        trace: null as string | null,
      };
      runs.push(run);
      void run.end.then(end => {
        run.trace = end.trace;
      });
    }
  }

  /** A task never rejects; should one do so, that is a defect, and the others are not to suffer for it. */
  async function runTask(connector: Supervised): Promise<TaskEnd> {
    let end: TaskEnd;
    try {
      end = await connector.task.run();
    } catch (error) {
      const trace = `Internal error: ${error instanceof Error ? error.message : String(error)}`;
      log.write('error', trace, { connector: connector.config.name, task: 0, error });
      end = { clean: false, trace };
    }
    return closeTask(connector, end);
  }

  async function closeTask(connector: Supervised, end: TaskEnd): Promise<TaskEnd> {
    await connector.close().catch(error => {
      log.write('warn', 'Closing the connections failed', { connector: connector.config.name, error });
    });
    return end;
  }

  async function awaitAll(): Promise<void> {
    const ends = await Promise.all(runs.map(run => run.end));
    cancelLimit?.();
    resolveEnd({ clean: ends.every(end => end.clean && end.trace === null) });
  }

  function stop(deadlineMs: number): void {
    const first = limitAt === Number.POSITIVE_INFINITY;
    for (const { task, config } of connectors) if (config.initialState !== 'STOPPED') task.stop(deadlineMs);
    const at = clock.now() + deadlineMs + GRACE_MS;
    if (at < limitAt) {
      cancelLimit?.();
      limitAt = at;
      cancelLimit = clock.timer(deadlineMs + GRACE_MS, () => resolveEnd({ clean: false }));
    }
    if (first) void awaitAll();
  }

  return {
    start,
    stop,
    ended,
    status: () =>
      connectors.map(({ config, task }, index) => {
        if (config.initialState === 'STOPPED') return { config, state: 'STOPPED', tasks: [] };
        const status = failedStatus(task.status(), runs[index]?.trace ?? null);
        return { config, state: connectorState(status), tasks: [{ id: 0, status }] };
      }),
  };
}

/** A task whose run has ended with a trace is FAILED, whatever it last said. */
function failedStatus(status: TaskStatus, trace: string | null): TaskStatus {
  return trace === null || status.state === 'FAILED' ? status : { ...status, state: 'FAILED', trace };
}

function connectorState(status: TaskStatus): ConnectorState {
  return status.state === 'PAUSED' ? 'PAUSED' : 'RUNNING';
}
