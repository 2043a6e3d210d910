import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TracesConfig } from '../../../config/types.ts';
import type { FromTask } from '../../../worker/isolation/messages.ts';
import { pack } from '../../../worker/isolation/pack.ts';
import { TaskProcess, type TaskSurroundings } from '../../../worker/isolation/task-process.ts';
import type { Traces } from '../../../worker/traces/exporter.ts';
import { parse } from '../../config/written.ts';
import { createManualClock } from '../manual-clock.ts';
import { ScriptedTask, TaskWorld } from '../scripted-tasks.ts';

const CANARY = 'canary-0123456789';

/** The process's side; its worker is played by the test. What is put together is looked at, and refused. */
function setUp(
  openTraces: (config: TracesConfig) => Promise<Traces> = () => assert.fail('nobody asked for traces'),
  keys: Readonly<Record<string, string>> = {},
) {
  const clock = createManualClock();
  const sent: FromTask[] = [];
  const left: number[] = [];
  const titles: string[] = [];
  let given: TaskSurroundings | null = null;
  const process = new TaskProcess({
    send: (message, then) => {
      sent.push(message);
      then();
    },
    assemble: (_connector, _taskId, surroundings) => {
      given = surroundings;
      throw new Error(`can't be built with ${CANARY}`);
    },
    openTraces,
    clock,
    entitle: title => void titles.push(title),
    leave: code => void left.push(code),
  });
  const { connectors, worker } = parse({ connector: { name: 'orders' }, worker: keys });
  const start = (): TaskSurroundings => {
    const config = pack({ connector: connectors[0]!, worker, traces: worker.traces });
    process.heard({ kind: 'start', config, taskId: 2, secrets: [CANARY], isPaused: false, threshold: 'warn' });
    return given!;
  };
  return { clock, sent, left, titles, process, start, given: () => given };
}

test('one that can not be built says why, without a secret, and stays until it is stopped', () => {
  const { sent, left, titles, process, start } = setUp();
  start();
  assert.deepEqual(sent, [{ kind: 'unbuilt', reason: "can't be built with [hidden]" }]);
  assert.deepEqual(titles, ['tailrace orders-2']);
  assert.deepEqual(left, []);
  process.heard({ kind: 'stop', deadlineMs: 5_000, sentAt: 0 });
  assert.deepEqual(left, [0]);
});

test('one that is told to end before it was told what to do goes', () => {
  for (const how of ['stop', 'signal'] as const) {
    const { left, process } = setUp();
    if (how === 'stop') process.heard({ kind: 'stop', deadlineMs: 5_000, sentAt: 0 });
    else process.terminated();
    assert.deepEqual(left, [0]);
  }
});

test('lines leave it from the level on that its worker writes, plain, small and without a secret', () => {
  const { clock, sent, process, start } = setUp();
  const { log } = start();
  const own = log.with({ logger: 'tailrace.client' });
  own.write('info', 'not to be written', { event: 'task-state' });
  assert.deepEqual([own.writes('info'), own.writes('warn')], [false, true]);
  own.write('warn', `says ${CANARY}`, {
    event: 'task-state',
    error: new Error(CANARY),
    call: () => 1,
    list: 'x'.repeat(1_000_000),
  });
  process.heard({ kind: 'threshold', threshold: 'trace' });
  own.write('trace', 'now it is', { event: 'task-state' });
  clock.advance(1_000);
  const [news] = sent.slice(1) as [FromTask & { readonly kind: 'news' }];
  assert.deepEqual(
    news.lines.map(({ level, text }) => `${level} ${text}`),
    ['warn says [hidden]', 'trace now it is'],
  );
  const plain = structuredClone(news);
  assert.deepEqual(plain, news);
  assert.equal(news.lines[0]!.fields['logger'], 'tailrace.client');
  const text = JSON.stringify(news);
  assert.ok(text.length < 70_000, String(text.length));
  assert.ok(!text.includes(CANARY) && text.includes('[hidden]'));
});

test('what makes traces is opened before the task is built, and gets the secrets that others see masked', async () => {
  const opened: TracesConfig[] = [];
  const traces: Traces = { of: () => assert.fail('the task is not built'), close: async () => undefined };
  const open = async (config: TracesConfig): Promise<Traces> => {
    opened.push(config);
    return traces;
  };
  const keys = { 'telemetry.traces.endpoint': 'http://127.0.0.1:4318', 'telemetry.traces.headers.a': CANARY };
  const { sent, process, start, given } = setUp(open, keys);
  start();
  assert.equal(given(), null, 'not before it is there');
  process.heard({ kind: 'pause' });
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(given()!.traces, traces);
  assert.equal(opened[0]!.headers['a']!.reveal(), CANARY);
  assert.deepEqual(sent, [{ kind: 'unbuilt', reason: "can't be built with [hidden]" }]);
});

test('what is asked of a task while its traces are opened, holds when it is built; at its end they are flushed', async () => {
  const world = new TaskWorld();
  let closedFor: number | null = null;
  const traces: Traces = {
    of: () => assert.fail('the task is scripted'),
    close: async ms => {
      closedFor = ms;
    },
  };
  const left: number[] = [];
  let task: ScriptedTask | null = null;
  const process = new TaskProcess({
    send: (_message, then) => then(),
    assemble: (connector, id, { announce }) => {
      task = new ScriptedTask(world, connector, id, announce);
      return { task, close: async () => undefined };
    },
    openTraces: async () => traces,
    clock: world.clock,
    entitle: () => undefined,
    leave: code => void left.push(code),
  });
  const keys = { 'telemetry.traces.endpoint': 'http://127.0.0.1:4318' };
  const { connectors, worker } = parse({ connector: { name: 'orders' }, worker: keys });
  const config = pack({ connector: connectors[0]!, worker, traces: worker.traces });
  const turn = () => new Promise(resolve => setImmediate(resolve));
  process.heard({ kind: 'start', config, taskId: 0, secrets: [], isPaused: true, threshold: null });
  process.heard({ kind: 'resume' });
  process.heard({ kind: 'pause' });
  await turn();
  assert.deepEqual(task!.calls, ['pause', 'run']);
  process.heard({ kind: 'stop', deadlineMs: 5_000, sentAt: world.clock.wall() });
  await turn();
  assert.deepEqual([task!.stops, closedFor, left], [[5_000], 250, [0]]);
});
