import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorConfig, TargetState } from '../../config/types.ts';
import { ConnectorMachine } from '../../worker/connector-machine.ts';
import { CLEAN, labelled, settle, TaskWorld } from './scripted-tasks.ts';

async function setUp(target: TargetState = 'RUNNING', changes: Partial<ConnectorConfig> = {}) {
  const world = new TaskWorld();
  const unused: string[] = [];
  const config = (label: string) => labelled('a', label, changes);
  const machine = new ConnectorMachine(config('v1'), target, world.parts('a'), () => unused.push('v1'));
  machine.start();
  await settle();
  const reconfigure = (label: string) => machine.reconfigure(config(label), () => unused.push(label));
  const shown = () => {
    const { state, tasks } = machine.status();
    return `${state} ${tasks.map(({ id, status }) => `${id}:${status.state}`).join(' ')}`.trim();
  };
  return { world, machine, unused, config, reconfigure, shown, running: () => world.running('a') };
}

test('it pauses, resumes, stops and runs again', async () => {
  const { world, machine, shown, running } = await setUp();
  const steps: string[] = [];
  for (const target of ['PAUSED', 'RUNNING', 'STOPPED', 'RUNNING'] as const) {
    machine.aim(target);
    assert.equal(machine.status().target, target);
    await machine.settled;
    steps.push(`${shown()} | ${running()}`);
  }
  assert.deepEqual(steps, [
    'PAUSED 0:PAUSED | 0:v1 (paused)',
    'RUNNING 0:RUNNING | 0:v1',
    'STOPPED | ',
    'RUNNING 0:RUNNING | 0:v1',
  ]);
  assert.equal(world.built.length, 2, 'a pause keeps the task');
});

test('one that begins STOPPED has no task; one that is created PAUSED has none before it is resumed', async () => {
  for (const target of ['STOPPED', 'PAUSED'] as const) {
    const { world, machine, shown } = await setUp(target);
    assert.deepEqual([shown(), world.built.length], [target, 0]);
    machine.aim('RUNNING');
    await machine.settled;
    assert.equal(shown(), 'RUNNING 0:RUNNING');
  }
});

test('one that a worker begins with PAUSED has a task that is paused before it runs', async () => {
  const world = new TaskWorld();
  const machine = new ConnectorMachine(labelled('a', 'v1'), 'PAUSED', world.parts('a'));
  assert.equal(machine.prepare(), null);
  assert.deepEqual(world.last.calls, []);
  machine.start();
  await machine.settled;
  assert.deepEqual(world.last.calls.slice(0, 2), ['pause', 'run']);
  assert.equal(machine.status().tasks[0]!.status.state, 'PAUSED');
});

test('stopped and then paused it has no tasks, as in Kafka Connect', async () => {
  const { machine, shown } = await setUp();
  machine.aim('STOPPED');
  machine.aim('PAUSED');
  await machine.settled;
  // Both were asked for before the first could be done: only the last counts.
  assert.equal(shown(), 'PAUSED 0:PAUSED');
  machine.aim('STOPPED');
  await machine.settled;
  machine.aim('PAUSED');
  await machine.settled;
  assert.equal(shown(), 'PAUSED');
});

test('a new configuration replaces the tasks once they have left, and frees what came with the old one', async () => {
  const { world, machine, unused, reconfigure, running } = await setUp();
  world.isHanging = true;
  reconfigure('v2');
  await settle();
  assert.deepEqual([running(), unused, machine.config.properties['label']], [['0:v1'], [], 'v2']);
  world.built[0]!.end(CLEAN);
  await machine.settled;
  assert.deepEqual([running(), unused], [['0:v2'], ['v1']]);
  assert.deepEqual(world.forgotten, ['a-0 of v1']);
});

test('of several new configurations at once only the last one runs', async () => {
  const { world, machine, unused, reconfigure, running } = await setUp();
  world.isHanging = true;
  reconfigure('v2');
  await settle();
  for (const label of ['v3', 'v4', 'v5']) reconfigure(label);
  world.built[0]!.end(CLEAN);
  await machine.settled;
  assert.deepEqual(running(), ['0:v5']);
  assert.deepEqual(unused, ['v1', 'v2', 'v3', 'v4']);
  const neverRun = world.built.filter(({ calls }) => !calls.includes('run'));
  assert(
    neverRun.every(({ closed }) => closed === 1),
    'what was built in vain is closed',
  );
});

test('one that can not be built leaves the old tasks running, the connector FAILED', async () => {
  const { world, machine, unused, reconfigure, shown, running } = await setUp();
  reconfigure('bad');
  await machine.settled;
  assert.deepEqual([shown(), running()], ['FAILED 0:RUNNING', ['0:v1']]);
  assert.equal(machine.status().trace, "bad can't be built");
  assert.deepEqual(
    machine.status().tasks.map(({ config }) => config.properties['label']),
    ['v1'],
  );
  assert.deepEqual(unused, [], 'the secrets of the old one are still in use');
  assert.match(world.lines.join('\n'), /error Connector FAILED: bad can't be built/);
  reconfigure('v2');
  await machine.settled;
  assert.deepEqual([shown(), running(), unused], ['RUNNING 0:RUNNING', ['0:v2'], ['v1', 'bad']]);
});

test('a FAILED connector can be paused, resumed, and stopped, which ends that state', async () => {
  const { machine, reconfigure, shown, running } = await setUp();
  reconfigure('bad');
  machine.aim('PAUSED');
  await machine.settled;
  // It was never tried: the pause came first.
  assert.deepEqual([shown(), running()], ['PAUSED 0:PAUSED', ['0:v1 (paused)']]);
  machine.aim('RUNNING');
  await machine.settled;
  assert.deepEqual([shown(), running()], ['FAILED 0:RUNNING', ['0:v1']]);
  machine.aim('PAUSED');
  await machine.settled;
  assert.deepEqual([shown(), running()], ['FAILED 0:PAUSED', ['0:v1 (paused)']]);
  machine.aim('STOPPED');
  await machine.settled;
  assert.deepEqual([shown(), machine.isStopped], ['STOPPED', true]);
});

test('a FAILED connector is tried again when it is restarted, alone or because it FAILED', async () => {
  for (const request of [
    { includeTasks: false, onlyFailed: false },
    { includeTasks: true, onlyFailed: true },
  ]) {
    const { world, machine, shown } = await setUp();
    world.isBroken = true;
    machine.reconfigure(labelled('a', 'v2'));
    await machine.settled;
    assert.equal(shown(), 'FAILED 0:RUNNING');
    world.isBroken = false;
    const { state, trace } = machine.restart(request);
    assert.deepEqual([state, trace], ['RESTARTING', "v2 can't be built"], 'as Kafka Connect answers');
    await machine.settled;
    assert.deepEqual([shown(), world.running('a')], ['RUNNING 0:RUNNING', ['0:v2']]);
  }
});

test('what can not be used is FAILED whatever is asked of it, until it has a configuration', async () => {
  const world = new TaskWorld();
  const unusable = { name: 'a', properties: { name: 'a' }, fault: 'connector.class is not known' };
  const machine = new ConnectorMachine(unusable, 'RUNNING', world.parts('a'));
  assert.equal(machine.prepare(), 'connector.class is not known');
  machine.start();
  for (const target of ['PAUSED', 'STOPPED', 'RUNNING'] as const) {
    machine.aim(target);
    machine.restart({ includeTasks: true, onlyFailed: false });
    await machine.settled;
    const { state, trace, tasks } = machine.status();
    assert.deepEqual([state, trace, tasks], ['FAILED', 'connector.class is not known', []]);
  }
  machine.reconfigure(labelled('a', 'v1'));
  await machine.settled;
  assert.deepEqual([machine.status().state, world.running('a')], ['RUNNING', ['0:v1']]);
});

test('tasks: as many as asked and as there are partitions, more when those grow, none goes', async () => {
  const { world, machine, running } = await setUp('RUNNING', { tasksMax: 4 });
  assert.deepEqual(running(), ['0:v1'], 'nothing is known of partitions yet');
  world.built[0]!.assign(2);
  await machine.settled;
  assert.deepEqual(running(), ['0:v1', '1:v1']);
  world.built[0]!.assign(1);
  world.built[1]!.assign(1);
  await machine.settled;
  assert.equal(running().length, 2);
  world.built[1]!.assign(9);
  await machine.settled;
  assert.deepEqual(running(), ['0:v1', '1:v1', '2:v1', '3:v1']);
  assert.deepEqual(world.announcers, ['a-0 of v1', 'a-1 of v1', 'a-2 of v1', 'a-3 of v1']);
});

test('tasks that come while it is paused come when it is resumed', async () => {
  const { world, machine, running } = await setUp('RUNNING', { tasksMax: 2 });
  machine.aim('PAUSED');
  world.built[0]!.assign(5);
  await machine.settled;
  assert.deepEqual(running(), ['0:v1 (paused)']);
  machine.aim('RUNNING');
  await machine.settled;
  assert.deepEqual(running(), ['0:v1', '1:v1']);
});

test('partitions of the tasks before do not count for the new ones', async () => {
  const { world, machine, reconfigure, running } = await setUp('RUNNING', { tasksMax: 4 });
  world.built[0]!.assign(4);
  await machine.settled;
  const old = [...world.built];
  reconfigure('v2');
  await machine.settled;
  assert.deepEqual(running(), ['0:v2']);
  old[0]!.assign(4);
  await machine.settled;
  assert.deepEqual(running(), ['0:v2']);
});

test('a further task that can not be built is a FAILED task of a RUNNING connector', async () => {
  const { world, machine, shown } = await setUp('RUNNING', { tasksMax: 2 });
  world.isBroken = true;
  world.built[0]!.assign(2);
  await machine.settled;
  assert.equal(shown(), 'RUNNING 0:RUNNING 1:FAILED');
  assert(world.heard.some(({ who, fact }) => who === 'a-1 of v1' && fact.kind === 'task-state'));
  world.isBroken = false;
  machine.restartTask(1);
  await settle();
  assert.equal(shown(), 'RUNNING 0:RUNNING 1:RUNNING');
});

test('a restart of a task keeps its announcer, and touches no other', async () => {
  const { world, machine, running } = await setUp('RUNNING', { tasksMax: 2 });
  world.built[0]!.assign(2);
  await machine.settled;
  assert.equal(machine.restartTask(1), true);
  assert.equal(machine.restartTask(2), false);
  await settle();
  assert.deepEqual(running(), ['0:v1', '1:v1']);
  assert.deepEqual([world.built.length, world.announcers.length, world.forgotten], [3, 2, []]);
  assert.deepEqual(world.built[0]!.stops, []);
});

test('restart: with tasks all, or the FAILED ones; the answer says which', async () => {
  const { world, machine } = await setUp('RUNNING', { tasksMax: 2 });
  world.built[0]!.assign(2);
  await machine.settled;
  world.built[1]!.fail('a bad record');
  const answer = (request: { includeTasks: boolean; onlyFailed: boolean }) => {
    const { state, tasks } = machine.restart(request);
    return [state, ...tasks.map(({ status }) => `${status.state} ${status.trace}`)];
  };
  assert.deepEqual(answer({ includeTasks: false, onlyFailed: true }), [
    'RUNNING',
    'RUNNING null',
    'FAILED a bad record',
  ]);
  await settle();
  assert.equal(world.built.length, 2);
  assert.deepEqual(answer({ includeTasks: true, onlyFailed: true }), [
    'RUNNING',
    'RUNNING null',
    'RESTARTING a bad record',
  ]);
  await settle();
  assert.deepEqual([world.built.length, world.last.id], [3, 1]);
  assert.deepEqual(answer({ includeTasks: true, onlyFailed: false }), [
    'RESTARTING',
    'RESTARTING null',
    'RESTARTING null',
  ]);
  await settle();
  assert.equal(world.built.length, 5);
});

test('topics are those that were read, until they are reset', async () => {
  const { world, machine, reconfigure } = await setUp();
  const read = (...topics: string[]) => world.last.tell({ kind: 'block-received', records: 1, bytes: 1, topics });
  read('b', 'a');
  read('a');
  assert.deepEqual(machine.topics, ['b', 'a']);
  machine.resetTopics();
  assert.deepEqual(machine.topics, []);
  read('a');
  reconfigure('v2');
  await machine.settled;
  assert.deepEqual(machine.topics, ['a']);
});

test('one that leaves in the midst of a change begins nothing more, and frees all when it is forgotten', async () => {
  const { world, machine, unused, reconfigure } = await setUp();
  world.isHanging = true;
  reconfigure('v2');
  await settle();
  const left = machine.leave(1_000);
  machine.aim('RUNNING');
  reconfigure('v3');
  world.built[0]!.end(CLEAN);
  assert.equal(await left, true);
  await machine.settled;
  assert.deepEqual(world.running('a'), []);
  assert(world.built.slice(1).every(({ closed, calls }) => closed === 1 && !calls.includes('run')));
  machine.forget();
  assert.deepEqual(unused.sort(), ['v1', 'v2', 'v3']);
  assert.deepEqual(world.clock.timers, 0);
});

test('a defect in a transition makes it FAILED, and the next one is tried', async () => {
  const world = new TaskWorld();
  let isDefect = true;
  const machine = new ConnectorMachine(labelled('a', 'v1'), 'RUNNING', {
    ...world.parts('a'),
    announcer: () => {
      if (isDefect) throw new Error('no metrics');
      return { announce: () => undefined, forget: () => undefined };
    },
  });
  machine.start();
  await machine.settled;
  assert.deepEqual([machine.status().state, machine.status().trace], ['FAILED', 'Internal error: no metrics']);
  isDefect = false;
  machine.restart({ includeTasks: false, onlyFailed: false });
  await machine.settled;
  assert.deepEqual([machine.status().state, world.running('a')], ['RUNNING', ['0:v1']]);
});
