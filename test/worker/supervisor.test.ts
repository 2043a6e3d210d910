import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectorExistsError, WorkerStoppingError } from '../../worker/herder.ts';
import { createSupervisor } from '../../worker/supervisor.ts';
import { createTelemetry } from '../../worker/telemetry/telemetry.ts';
import { EVERY } from './every-fact.ts';
import { CLEAN, labelled, type ScriptedTask, settle, TaskWorld } from './scripted-tasks.ts';

/** Connectors of these names, each with one task that runs. */
async function setUp(...names: string[]) {
  const world = new TaskWorld();
  const supervisor = createSupervisor(name => world.parts(name));
  for (const name of names) supervisor.add(labelled(name, 'v1'), 'RUNNING').start();
  await settle();
  const taskOf = (name: string): ScriptedTask => world.built.findLast(({ config }) => config.name === name)!;
  return { world, supervisor, taskOf };
}

test('all tasks stop with the same total deadline, and their connections are closed behind them', async () => {
  const { world, supervisor } = await setUp('a', 'b');
  world.isHanging = true;
  supervisor.stop(5000);
  assert.deepEqual(
    world.built.map(task => task.stops),
    [[5000], [5000]],
  );
  for (const task of world.built) task.end(CLEAN);
  assert.deepEqual(await supervisor.ended, { clean: true });
  assert.deepEqual(
    world.built.map(task => task.closed),
    [1, 1],
  );
  supervisor.stop(0);
  assert.deepEqual(world.built[0]!.stops, [5000]);
  assert.equal(world.clock.timers, 0);
});

test('one task that was not done makes the end unclean', async () => {
  const { world, supervisor, taskOf } = await setUp('a', 'b');
  world.isHanging = true;
  supervisor.stop(5000);
  taskOf('a').end(CLEAN);
  taskOf('b').end({ clean: false, trace: null });
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a task that does not come back is left behind within two seconds of the deadline', async () => {
  const { world, supervisor, taskOf } = await setUp('a', 'b');
  world.isHanging = true;
  let ended = false;
  void supervisor.ended.then(() => {
    ended = true;
  });
  supervisor.stop(5000);
  taskOf('a').end(CLEAN);
  world.clock.advance(6699);
  await settle();
  assert.equal(ended, false);
  world.clock.advance(1);
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a later, shorter deadline wins, a longer one does not', async () => {
  const { world, supervisor, taskOf } = await setUp('a');
  world.isHanging = true;
  supervisor.stop(60_000);
  supervisor.stop(0);
  supervisor.stop(90_000);
  assert.deepEqual(taskOf('a').stops, [60_000, 0, 90_000]);
  world.clock.advance(2000);
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a task that ends with a trace is FAILED, its connector and the others stay RUNNING', async () => {
  const { supervisor, taskOf } = await setUp('a', 'b');
  taskOf('a').end({ clean: false, trace: 'a bad record' });
  await settle();
  assert.deepEqual(
    supervisor.status().map(({ state, tasks: [task] }) => [state, task!.status.state, task!.status.trace]),
    [
      ['RUNNING', 'FAILED', 'a bad record'],
      ['RUNNING', 'RUNNING', null],
    ],
  );
});

test('a task that rejects, which it never should, is contained', async () => {
  const { world, supervisor, taskOf } = await setUp('a', 'b');
  taskOf('a').reject(new Error('boom'));
  await settle();
  assert.match(world.lines.join('\n'), /error Internal error: boom/);
  assert.equal(supervisor.status()[0]!.tasks[0]!.status.state, 'FAILED');
  assert.equal(taskOf('a').closed, 1);
  supervisor.stop(1000);
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('one connector is removed while the others run; its name is free at once, and the next one waits for its end', async () => {
  const { world, supervisor, taskOf } = await setUp('a', 'b');
  const [a, b] = [taskOf('a'), taskOf('b')];
  world.isHanging = true;
  assert.throws(() => supervisor.add(labelled('a', 'v2'), 'RUNNING'), ConnectorExistsError);
  assert.equal(supervisor.remove('a', 5000), true);
  assert.equal(supervisor.remove('a', 5000), false);
  supervisor.add(labelled('a', 'v2'), 'RUNNING').start();
  await settle();
  assert.deepEqual([a.stops, b.stops], [[5000], []]);
  assert.deepEqual(world.running('a'), ['0:v1'], 'two of one group never run at a time');
  a.end(CLEAN);
  await settle();
  assert.deepEqual(world.running('a'), ['0:v2']);
  assert.deepEqual(world.forgotten, ['a-0 of v1']);
  assert.deepEqual(world.announcers, ['a-0 of v1', 'b-0 of v1', 'a-0 of v2']);
  assert.deepEqual(
    supervisor.status().map(({ config }) => config.name),
    ['b', 'a'],
  );
  assert.equal(world.clock.timers, 0);
});

test('of three of one name that follow each other quickly the last one runs, when the first has ended', async () => {
  const { world, supervisor, taskOf } = await setUp('a');
  const first = taskOf('a');
  world.isHanging = true;
  supervisor.remove('a', 5000);
  supervisor.add(labelled('a', 'v2'), 'RUNNING').start();
  supervisor.remove('a', 5000);
  supervisor.add(labelled('a', 'v3'), 'RUNNING').start();
  await settle();
  assert.deepEqual(world.running('a'), ['0:v1']);
  first.end(CLEAN);
  await settle();
  assert.deepEqual(world.running('a'), ['0:v3']);
});

test('a removed connector that does not come back is forgotten two seconds after its deadline', async () => {
  const { world, supervisor } = await setUp('a');
  world.isHanging = true;
  supervisor.remove('a', 5000);
  assert.deepEqual(supervisor.status(), []);
  world.clock.advance(6699);
  await settle();
  assert.deepEqual(world.forgotten, []);
  world.clock.advance(1);
  await settle();
  assert.deepEqual(world.forgotten, ['a-0 of v1']);
});

test('what ended with its worker is still told of, and nothing starts any more', async () => {
  const { world, supervisor, taskOf } = await setUp('a', 'b');
  world.isHanging = true;
  supervisor.remove('a', 60_000);
  supervisor.stop(1000);
  assert.throws(() => supervisor.add(labelled('c', 'v1'), 'RUNNING'), WorkerStoppingError);
  const tasks = [taskOf('a'), taskOf('b')];
  for (const task of tasks) task.end(CLEAN);
  assert.deepEqual(await supervisor.ended, { clean: true });
  assert.deepEqual(
    tasks.map(({ stops }) => stops),
    [[60_000, 1000], [1000]],
  );
  assert.deepEqual(
    supervisor.status().map(({ config, tasks }) => [config.name, tasks.length]),
    [['b', 1]],
  );
  assert.deepEqual(world.forgotten, ['a-0 of v1']);
});

test('a removed connector that was cut short by the end of its worker makes that unclean', async () => {
  const { world, supervisor, taskOf } = await setUp('a');
  world.isHanging = true;
  supervisor.remove('a', 60_000);
  supervisor.stop(0);
  taskOf('a').end({ clean: false, trace: null });
  assert.deepEqual(await supervisor.ended, { clean: false });
});

test('a worker stops in time in the midst of all its transitions, and tells of their tasks', async () => {
  const { world, supervisor } = await setUp('a', 'b', 'c');
  world.isHanging = true;
  supervisor.get('a')!.reconfigure(labelled('a', 'v2'));
  supervisor.get('b')!.aim('STOPPED');
  supervisor.get('c')!.restartTask(0);
  await settle();
  supervisor.stop(1000);
  await settle();
  world.clock.advance(2700);
  assert.deepEqual(await supervisor.ended, { clean: false });
  await settle();
  assert.equal(world.built.filter(task => task.calls.includes('run')).length, 3, 'none has begun meanwhile');
  assert.deepEqual(
    supervisor.status().map(({ tasks }) => tasks.length),
    [1, 1, 1],
  );
});

test('a removed connector leaves the metrics', async () => {
  const world = new TaskWorld();
  const telemetry = createTelemetry({
    clock: world.clock,
    log: world.log,
    version: '1',
    metricNames: 'exporter',
    status: () => supervisor.status(),
    droppedLines: () => 0,
    loopDelay: () => [0, 0, 0],
  });
  const supervisor = createSupervisor(name => ({
    ...world.parts(name),
    announcer: (_, id) => telemetry.announcer({ connector: name, task: id, logEveryRecordError: false }),
  }));
  for (const name of ['a', 'b']) supervisor.add(labelled(name, 'v1'), 'RUNNING').start();
  await settle();
  for (const task of world.built) for (const fact of Object.values(EVERY)) task.tell(fact);
  const connectorsIn = (text: string) => new Set([...text.matchAll(/connector="(\w+)"/g)].map(match => match[1]));
  assert.deepEqual(connectorsIn(await telemetry.render()), new Set(['a', 'b']));
  supervisor.remove('a', 1000);
  await settle();
  assert.deepEqual(connectorsIn(await telemetry.render()), new Set(['b']));
});
