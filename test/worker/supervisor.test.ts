import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorConfig } from '../../config/types.ts';
import { createSupervisor, type Supervised } from '../../worker/supervisor.ts';
import type { Task, TaskEnd } from '../../worker/task/task.ts';
import type { Log } from '../../worker/telemetry/log.ts';
import { createTelemetry } from '../../worker/telemetry/telemetry.ts';
import { EVERY } from './every-fact.ts';
import { createManualClock } from './manual-clock.ts';
import { connectorConfig, taskStatus } from './statuses.ts';

/** A task whose end the test decides. */
function createScriptedTask(name: string, initialState: ConnectorConfig['initialState'] = 'RUNNING') {
  const stops: number[] = [];
  const calls: string[] = [];
  let closed = 0;
  let forgotten = 0;
  let end!: (end: TaskEnd) => void;
  let fail!: (error: Error) => void;
  const run = new Promise<TaskEnd>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const task: Task = {
    run: () => {
      calls.push('run');
      return run;
    },
    pause: () => calls.push('pause'),
    resume: () => undefined,
    stop: deadlineMs => stops.push(deadlineMs),
    status: () => taskStatus(),
  };
  const supervised: Supervised = {
    config: { ...connectorConfig(name), initialState },
    task,
    close: async () => {
      closed += 1;
    },
    forget: () => {
      forgotten += 1;
    },
  };
  return { supervised, stops, calls, end, fail, closed: () => closed, forgotten: () => forgotten };
}

function setUp(...names: string[]) {
  return superviseAll(names.map(name => createScriptedTask(name)));
}

function superviseAll(tasks: readonly ReturnType<typeof createScriptedTask>[]) {
  const clock = createManualClock();
  const lines: string[] = [];
  const log: Log = { write: (level, text) => lines.push(`${level} ${text}`), writes: () => true, with: () => log };
  const supervisor = createSupervisor(clock, log);
  for (const task of tasks) supervisor.start(task.supervised);
  return { clock, lines, tasks, supervisor };
}

const CLEAN: TaskEnd = { clean: true, trace: null };

test('all tasks stop with the same total deadline, and their connections are closed behind them', async () => {
  const { clock, tasks, supervisor } = setUp('a', 'b');
  supervisor.stop(5000);
  assert.deepEqual(
    tasks.map(task => task.stops),
    [[5000], [5000]],
  );
  for (const task of tasks) task.end(CLEAN);
  assert.deepEqual(await supervisor.ended, { clean: true });
  assert.deepEqual(
    tasks.map(task => task.closed()),
    [1, 1],
  );
  supervisor.stop(0);
  assert.deepEqual(tasks[0]!.stops, [5000]);
  assert.equal(clock.timers, 0);
});

test('one task that was not done makes the end unclean', async () => {
  const { tasks, supervisor } = setUp('a', 'b');
  supervisor.stop(5000);
  tasks[0]!.end(CLEAN);
  tasks[1]!.end({ clean: false, trace: null });
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a task that does not come back is left behind within two seconds of the deadline', async () => {
  const { clock, tasks, supervisor } = setUp('a', 'b');
  let ended = false;
  void supervisor.ended.then(() => {
    ended = true;
  });
  supervisor.stop(5000);
  tasks[0]!.end(CLEAN);
  clock.advance(6699);
  await new Promise(setImmediate);
  assert.equal(ended, false);
  clock.advance(1);
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a task that has ended in good order ends clean, though its connections never close', async () => {
  const task = createScriptedTask('a');
  const hanging = { ...task, supervised: { ...task.supervised, close: () => new Promise<void>(() => {}) } };
  const { clock, supervisor } = superviseAll([hanging]);
  supervisor.stop(5000);
  task.end(CLEAN);
  await new Promise(setImmediate);
  clock.advance(7000);
  assert.deepEqual(await supervisor.ended, { clean: true });
});

test('a later, shorter deadline wins, a longer one does not', async () => {
  const { clock, tasks, supervisor } = setUp('a');
  supervisor.stop(60_000);
  supervisor.stop(0);
  supervisor.stop(90_000);
  assert.deepEqual(tasks[0]!.stops, [60_000, 0, 90_000]);
  clock.advance(2000);
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a task that ends with a trace is FAILED, its connector and the others stay RUNNING', async () => {
  const { tasks, supervisor } = setUp('a', 'b');
  tasks[0]!.end({ clean: false, trace: 'a bad record' });
  await new Promise(setImmediate);
  assert.deepEqual(
    supervisor.status().map(({ state, tasks: [task] }) => [state, task!.status.state, task!.status.trace]),
    [
      ['RUNNING', 'FAILED', 'a bad record'],
      ['RUNNING', 'RUNNING', null],
    ],
  );
});

test('a task that rejects, which it never should, is contained', async () => {
  const { lines, tasks, supervisor } = setUp('a', 'b');
  tasks[0]!.fail(new Error('boom'));
  await new Promise(setImmediate);
  assert.match(lines.join('\n'), /error Internal error: boom/);
  assert.equal(supervisor.status()[0]!.tasks[0]!.status.state, 'FAILED');
  assert.equal(tasks[0]!.closed(), 1);
  supervisor.stop(1000);
  tasks[1]!.end(CLEAN);
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a connector that begins PAUSED is paused before it runs, one that begins STOPPED has no task', async () => {
  const paused = createScriptedTask('p', 'PAUSED');
  const stopped = createScriptedTask('s', 'STOPPED');
  const { supervisor } = superviseAll([paused, stopped]);
  assert.deepEqual([paused.calls, stopped.calls], [['pause', 'run'], []]);
  const [, status] = supervisor.status();
  assert.deepEqual([status!.state, status!.tasks], ['STOPPED', []]);
  supervisor.stop(1000);
  assert.deepEqual([paused.stops, stopped.stops], [[1000], []]);
  paused.end(CLEAN);
  assert.deepEqual(await supervisor.ended, { clean: true });
  assert.deepEqual([paused.closed(), stopped.closed()], [1, 1]);
});

test('one connector is removed while the others run; its name is free then', async () => {
  const { clock, tasks, supervisor } = setUp('a', 'b');
  const [a, b] = tasks;
  const removal = supervisor.remove('a', 5000);
  const again = supervisor.remove('a', 1000);
  assert.deepEqual([a!.stops, b!.stops], [[5000, 1000], []]);
  assert.throws(() => supervisor.start(createScriptedTask('a').supervised), /a runs already/);
  a!.end(CLEAN);
  // Started between the two answers: the second removal must not take it for the one that it stopped.
  const anew = createScriptedTask('a');
  void removal.then(() => supervisor.start(anew.supervised));
  assert.deepEqual([await removal, await again], [{ clean: true }, { clean: true }]);
  assert.deepEqual([a!.closed(), a!.forgotten(), b!.forgotten(), anew.forgotten(), clock.timers], [1, 1, 0, 0, 0]);
  assert.deepEqual(
    supervisor.status().map(({ config }) => config.name),
    ['b', 'a'],
  );
  assert.deepEqual(anew.calls, ['run']);
  await assert.rejects(supervisor.remove('c', 0), /c does not run/);
});

test('a connector that does not come back is forgotten two seconds after its deadline', async () => {
  const { clock, tasks, supervisor } = setUp('a');
  const removal = supervisor.remove('a', 5000);
  clock.advance(7000);
  assert.deepEqual(await removal, { clean: false });
  assert.equal(tasks[0]!.forgotten(), 1);
  assert.deepEqual(supervisor.status(), []);
});

test('what ended with its worker is still told of, and nothing starts any more', async () => {
  const { tasks, supervisor } = setUp('a', 'b');
  const removal = supervisor.remove('a', 60_000);
  supervisor.stop(1000);
  assert.throws(() => supervisor.start(createScriptedTask('c').supervised), /the worker is stopping/);
  for (const task of tasks) task.end(CLEAN);
  assert.deepEqual([await removal, await supervisor.ended], [{ clean: true }, { clean: true }]);
  assert.deepEqual(tasks[0]!.stops, [60_000, 1000]);
  assert.deepEqual(
    supervisor.status().map(({ config }) => config.name),
    ['b'],
  );
  assert.equal(tasks[1]!.forgotten(), 0);
});

test('a removed connector leaves the metrics', async () => {
  const clock = createManualClock();
  const log: Log = { write: () => undefined, writes: () => true, with: () => log };
  const supervisor = createSupervisor(clock, log);
  const telemetry = createTelemetry({
    clock,
    log,
    version: '1',
    status: supervisor.status,
    droppedLines: () => 0,
    loopDelay: () => [0, 0, 0],
  });
  const tasks = ['a', 'b'].map(name => {
    const { announce, forget } = telemetry.announcer({ connector: name, task: 0, logEveryRecordError: false });
    const task = createScriptedTask(name);
    supervisor.start({ ...task.supervised, forget });
    for (const fact of Object.values(EVERY)) announce(fact);
    return task;
  });
  const connectorsIn = (text: string) => new Set([...text.matchAll(/connector="(\w+)"/g)].map(match => match[1]));
  assert.deepEqual(connectorsIn(await telemetry.render()), new Set(['a', 'b']));
  const removal = supervisor.remove('a', 1000);
  tasks[0]!.end(CLEAN);
  await removal;
  assert.deepEqual(connectorsIn(await telemetry.render()), new Set(['b']));
});
