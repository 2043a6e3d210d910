import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RestConfig } from '../../config/types.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import type { TaskStatus } from '../../worker/task/task.ts';
import { type Ask, asking } from '../worker/admin/asking.ts';
import {
  configuration,
  createScriptedTask,
  type RunningWorker,
  type ScriptedTask,
  startScriptedWorker,
} from '../worker/admin/running-worker.ts';
import { createManualClock, type ManualClock } from '../worker/manual-clock.ts';
import { partition } from '../worker/statuses.ts';

/** What a task does in one step of five seconds, the first one 0. */
export interface Act {
  readonly facts: readonly TaskFact[];
  readonly status: Partial<TaskStatus>;
}

export interface Part {
  readonly name: string;
  readonly tasks?: number;
  readonly act: (step: number, task: number) => Act;
  readonly configuration?: Readonly<Record<string, string>>;
  /** What is asked of it at the end. */
  readonly target?: 'pause' | 'stop';
}

export interface Scene {
  readonly running: RunningWorker;
  readonly clock: ManualClock;
  /** Plays so many steps more. */
  play(steps: number): Promise<void>;
  task(name: string): ScriptedTask;
}

/** Of a listener that does not let everybody in: what there is to it, and who we are. */
interface Guarded {
  readonly rest?: Partial<RestConfig>;
  readonly headers?: Record<string, string>;
}

const STEP_MS = 5_000;

/** A worker whose tasks play their parts on a clock of ours, so that fifteen minutes have passed at once. */
export async function startScene(
  t: TestContext,
  parts: readonly Part[],
  steps: number,
  { rest = {}, headers = {} }: Guarded = {},
): Promise<Scene> {
  const clock = createManualClock();
  const tasks = new Map<string, { readonly task: ScriptedTask; readonly announce: (fact: TaskFact) => void }>();
  const running = await startScriptedWorker(t, {
    clock,
    rest,
    assemble: ({ name }, id, { announce }) => {
      const task = createScriptedTask();
      tasks.set(`${name}-${id}`, { task, announce });
      return { task, close: async () => undefined };
    },
  });
  const asks = asking(running.url);
  const ask: Ask = (method, path, body) => asks(method, path, body, headers);
  // A line for each request would take longer than all else.
  await ask('PUT', '/admin/loggers/root', { level: 'ERROR' });
  for (const { name, configuration: more = {}, tasks: many = 1 } of parts) {
    const config = { ...configuration(), name, 'tasks.max': String(many), ...more };
    const { status, text } = await ask('POST', '/connectors', { name, config });
    if (status !== 201) throw new Error(text);
    const partitions = Array.from({ length: many }, (_, index) => ({ topic: 'orders', partition: index, offset: 0 }));
    tasks.get(`${name}-0`)!.announce({ kind: 'partitions-assigned', partitions });
    // More tasks begin once it is known that there are partitions for them.
    while (!tasks.has(`${name}-${many - 1}`)) await nextTurn();
    for (let id = 0; id < many; id++) announceTo(name, id, { kind: 'task-state', state: 'RUNNING', reason: null });
  }

  function announceTo(name: string, id: number, fact: TaskFact): void {
    tasks.get(`${name}-${id}`)!.announce(fact);
  }

  let played = 0;
  async function play(more: number): Promise<void> {
    for (let step = played; step < played + more; step++) {
      for (const { name, act, tasks: many = 1 } of parts) {
        for (let id = 0; id < many; id++) {
          const { facts, status } = act(step, id);
          for (const fact of facts) announceTo(name, id, fact);
          tasks.get(`${name}-${id}`)!.task.show({ lastPollAt: clock.now(), lastVerdictAt: clock.now(), ...status });
        }
      }
      clock.advance(STEP_MS);
      // Connections live on while time flies.
      await nextTurn();
    }
    played += more;
  }

  await play(steps);
  for (const { name, target } of parts) if (target !== undefined) await ask('PUT', `/connectors/${name}/${target}`);
  return { running, clock, play, task: name => tasks.get(name)!.task };
}

/** Numbers that look like chance and are the same each time. */
export function wobble(step: number, seed: number): number {
  const x = Math.sin(step * 12.9898 + seed * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}

interface Flow {
  /** Records of a second. */
  readonly rate: number;
  readonly batch: number;
  readonly requestMs: number;
  readonly latencyMs: number;
  readonly lag: number;
}

/** Records come and go: requests that succeed, and the status to it. */
export function flowing(flow: Flow, step: number, seed = 1, status: Partial<TaskStatus> = {}): Act {
  const { rate, batch, requestMs, latencyMs, lag } = flow;
  const requests = Math.max(Math.round((rate * 5) / batch), 1);
  const facts: TaskFact[] = [];
  for (let index = 0; index < requests; index++) {
    const chance = wobble(step * 1000 + index, seed);
    const records = Math.max(Math.round(batch * (chance > 0.2 ? 1 : chance * 5)), 1);
    const ms = requestMs * (0.6 + chance ** 6 * 4);
    facts.push(
      { kind: 'request-succeeded', status: 200, records, bytes: records * 220, ms, attempt: 1 },
      {
        kind: 'records-delivered',
        topic: 'orders',
        partition: 0,
        records,
        latenciesMs: [latencyMs * (0.7 + chance), latencyMs * (0.5 + chance)],
      },
      { kind: 'block-received', records, bytes: records * 220, topics: ['orders'] },
    );
  }
  const committed = 1_000_000 + step * rate * 5;
  return {
    facts,
    status: {
      partitions: [
        partition({ committed, position: committed + batch * 2, high: committed + Math.round(lag), unresolved: batch }),
      ],
      topics: { orders: { consumed: committed, delivered: committed, deadLettered: 0, skipped: 0 } },
      requestsInFlight: 2,
      bufferedBytes: batch * 440,
      ...status,
    },
  };
}

export const steady =
  (seed: number) =>
  (step: number, task: number): Act =>
    flowing(
      { rate: 400 + seed * 90, batch: 250, requestMs: 38, latencyMs: 240, lag: 300 + 500 * wobble(step, seed + task) },
      step,
      seed + task,
    );

/** The endpoint does not keep up: the lag grows from a minute before on. */
export const growing = (step: number): Act => {
  const lag = step < 60 ? 900 + 400 * wobble(step, 3) : 900 + (step - 60) * 17_500;
  return flowing(
    { rate: 900, batch: 40, requestMs: 340, latencyMs: step < 60 ? 300 : (step - 60) * 3_000, lag },
    step,
    3,
  );
};

const FORBIDDEN = 'the endpoint answered 403 Forbidden: the token lacks the scope events:write; correct oauth2.scope';

/** Refused as a whole since step 120. */
export const parked = (step: number): Act => {
  if (step < 120) return flowing({ rate: 1_200, batch: 480, requestMs: 45, latencyMs: 200, lag: 700 }, step, 5);
  const stopped = flowing(
    { rate: 0, batch: 480, requestMs: 45, latencyMs: 0, lag: 700 + (step - 120) * 6_000 },
    120,
    5,
  );
  const failed: TaskFact = {
    kind: 'request-failed',
    class: 'fatal',
    status: 403,
    code: null,
    reason: FORBIDDEN,
    records: 480,
    ms: 12,
    attempt: step - 119,
    retryInMs: 30_000,
    ambiguous: false,
  };
  const credentials = { ageMs: 1_320_000, expiresInMs: 2_280_000, refreshes: 3, failures: 0, lastFailure: null };
  const since = 1_000 + 120 * STEP_MS;
  return {
    facts: step % 6 === 0 ? [failed] : [],
    status: { ...stopped.status, sink: { state: 'parked', reason: FORBIDDEN, since, credentials } },
  };
};

const TRACE =
  'record payments-2 offset 884201 can not be delivered (VALUE_CONVERTER): org.apache.kafka.connect.errors.DataException of ' +
  'org.apache.kafka.connect.json.JsonConverter, the log says why. Nothing at or behind it was committed. Fix or remove the record, or set ' +
  'errors.tolerance=all with errors.deadletterqueue.topic.name to park such records';

export const failed = (step: number): Act => {
  if (step < 100) return flowing({ rate: 700, batch: 100, requestMs: 25, latencyMs: 150, lag: 400 }, step, 7);
  return {
    facts: [],
    status: { state: 'FAILED', trace: TRACE, partitions: [], requestsInFlight: 0, bufferedBytes: 0, idle: true },
  };
};

/** Some records of each step can't be delivered. */
export const lettered = (step: number, task: number): Act => {
  const flow = flowing(
    { rate: 800, batch: 300, requestMs: 60, latencyMs: 400, lag: 800 + 300 * wobble(step, task) },
    step,
    task + 11,
  );
  const rejected = (message: string, stage: 'TASK_PUT' | 'VALUE_CONVERTER', offset: number): TaskFact => ({
    kind: 'record-rejected',
    topic: 'orders',
    partition: task,
    offset,
    timestamp: 0,
    error: {
      stage,
      className: 'org.apache.kafka.connect.json.JsonConverter',
      exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
      message,
    },
    outcome: 'dead-lettered',
  });
  const letters = Math.floor(step / 4) + 1;
  const credentials = {
    ageMs: 240_000 + step * 10,
    expiresInMs: 3_120_000,
    refreshes: 2,
    failures: 1,
    lastFailure: null,
  };
  return {
    facts: [
      ...flow.facts,
      ...(step % 4 === 0 ? [rejected('the endpoint answered 422 for it', 'TASK_PUT', step)] : []),
      ...(step % 20 === 0 ? [rejected('not JSON', 'VALUE_CONVERTER', step)] : []),
    ],
    status: {
      ...flow.status,
      sink: { state: 'ok', credentials },
      topics: { orders: { consumed: 1, delivered: 1, deadLettered: letters, skipped: 0 } },
    },
  };
};

/** With what is to be masked. */
export const SECRETIVE = {
  'http.auth.type': 'oauth2',
  'oauth2.token.url': 'https://id.example.com/token',
  'oauth2.client.id': 'tailrace',
  'oauth2.client.secret': 'sehr-geheim-4711',
  'batch.max.records': '500',
  'errors.tolerance': 'all',
  'errors.deadletterqueue.topic.name': 'orders-dead',
  'delivery.max.in.flight': '8',
};

/** One of each kind of trouble, and some without any. */
export const MIXED: readonly Part[] = [
  { name: 'audit-log', act: steady(1) },
  { name: 'clickstream', act: growing },
  { name: 'crm-contacts', act: steady(4), target: 'pause' },
  { name: 'invoices', act: parked, configuration: SECRETIVE },
  { name: 'orders-eu', act: lettered, tasks: 3, configuration: SECRETIVE },
  { name: 'payments', act: failed },
  { name: 'search-index', act: steady(9), target: 'stop' },
];

/** A hundred, every tenth in trouble. */
export const MANY: readonly Part[] = Array.from({ length: 100 }, (_, index) => ({
  name: `connector-${String(index).padStart(3, '0')}`,
  act: index % 20 === 3 ? failed : index % 20 === 13 ? growing : steady(index % 7),
}));
