import type { TestContext } from 'node:test';
import { createDefinitions } from '../../../config/define.ts';
import type { RestConfig, WorkerConfig } from '../../../config/types.ts';
import type { Clock } from '../../../connector/ports.ts';
import { systemClock } from '../../../worker/clock.ts';
import type { Groups, SinkOffset } from '../../../worker/herder.ts';
import { createNoStore, type StateStore } from '../../../worker/store/state-store.ts';
import type { Task, TaskEnd, TaskStatus } from '../../../worker/task/task.ts';
import { createLog } from '../../../worker/telemetry/log.ts';
import { createLoggers } from '../../../worker/telemetry/loggers.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';
import { type Assemble, startWorker, type Worker } from '../../../worker/worker.ts';
import { workerBase } from '../../config/base.ts';
import { assertKnownEvent } from '../../support/log-events.ts';
import { NO_REST } from '../../support/no-rest.ts';
import { taskStatus } from '../statuses.ts';

/** A task without Kafka: it does what it is told, and is in the state that a test gives it. */
export interface ScriptedTask extends Task {
  /** What it says of itself from now on. */
  show(changes: Partial<TaskStatus>): void;
}

export function createScriptedTask(): ScriptedTask {
  let shown: Partial<TaskStatus> = {};
  let isPaused = false;
  let end!: (end: TaskEnd) => void;
  const run = new Promise<TaskEnd>(resolve => {
    end = resolve;
  });
  return {
    run: () => run,
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    stop: () => end({ clean: true, trace: shown.trace ?? null }),
    status: () => taskStatus({ lastPollAt: Infinity, ...(isPaused ? { state: 'PAUSED' } : {}), ...shown }),
    show: changes => {
      shown = changes;
    },
  };
}

export interface RunningWorker {
  readonly url: string;
  readonly worker: Worker;
  /** The newest task of each connector and id, by `name-0`. */
  readonly tasks: ReadonlyMap<string, ScriptedTask>;
  /** Log lines, as JSON. */
  readonly lines: readonly string[];
  /** Offsets by connector: what the brokers would hold. */
  readonly offsets: Map<string, SinkOffset[]>;
}

export interface WorkerChanges {
  readonly rest?: Partial<RestConfig>;
  readonly groups?: Partial<Groups>;
  readonly store?: StateStore;
  readonly assemble?: Assemble;
  readonly clock?: Clock;
}

export const CLUSTER_ID = 'dGFpbHJhY2UtdGVzdC0wMQ';

/** A whole worker over a herder of scripted tasks, on a port of loopback. Its brokers are a map of offsets. */
export async function startScriptedWorker(t: TestContext, changes: WorkerChanges = {}): Promise<RunningWorker> {
  const tasks = new Map<string, ScriptedTask>();
  const offsets = new Map<string, SinkOffset[]>();
  const lines: string[] = [];
  const masking = createMasking([]);
  const loggers = createLoggers('DEBUG', systemClock.wall);
  const log = createLog({
    loggers,
    readable: false,
    masking,
    writer: {
      write(line) {
        assertKnownEvent(JSON.parse(line));
        lines.push(line);
      },
    },
  });
  const groups: Groups = {
    offsets: async ({ name }) => offsets.get(name) ?? [],
    alter: async ({ name }, changed) => void offsets.set(name, [...changed]),
    reset: async ({ name }) => void offsets.delete(name),
    clusterId: async () => CLUSTER_ID,
    ...changes.groups,
  };
  const rest: RestConfig = {
    ...NO_REST.rest,
    listeners: [{ protocol: 'http', host: '127.0.0.1', port: 0 }],
    ...changes.rest,
  };
  const worker = await startWorker({
    worker: { ...NO_REST, rest, taskShutdownGracefulTimeoutMs: 1_000 } as WorkerConfig,
    connectors: [],
    definitions: createDefinitions({ base: workerBase(), version: '1.2.3' }),
    store: changes.store ?? createNoStore(log),
    groups,
    clock: changes.clock ?? systemClock,
    random: () => 0,
    log,
    version: '1.2.3',
    loggers,
    masking,
    droppedLines: () => 0,
    loopDelay: quantiles => quantiles.map(() => 0),
    traces: null,
    assemble:
      changes.assemble ??
      (({ name }, id) => {
        const task = createScriptedTask();
        tasks.set(`${name}-${id}`, task);
        return { task, close: async () => undefined };
      }),
  });
  t.after(async () => {
    worker.stop(0);
    await worker.ended;
  });
  return { url: worker.urls[0] ?? '', worker, tasks, lines, offsets };
}

/** What a connector needs, and no more. */
export function configuration(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    'connector.class': 'tailrace.HttpSink',
    topics: 'orders',
    'http.url': 'http://localhost:9/in',
    ...changes,
  };
}
