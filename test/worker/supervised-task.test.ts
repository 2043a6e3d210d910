import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RestartConfig } from '../../config/types.ts';
import { startTask } from '../../worker/running-task.ts';
import { SupervisedTask } from '../../worker/supervised-task.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import { CLEAN, labelled, type ScriptedTask, settle, TaskWorld } from './scripted-tasks.ts';

const NEVER: RestartConfig = { max: 0, backoffMs: 1_000, backoffMaxMs: 60_000 };

/** A task that runs, over all its lives. Chance is 1: a back-off is as long as it can be. */
function setUp(restart: RestartConfig = NEVER) {
  const world = new TaskWorld();
  const { build, clock, random, log } = world.parts('a');
  const facts: TaskFact[] = [];
  const config = labelled('a', 'v1');
  const task = new SupervisedTask({
    restart,
    build: announce => build(config, 0, announce),
    announce: fact => facts.push(fact),
    gracefulMs: 5_000,
    clock,
    random,
    log,
  });
  task.start();
  const restarts = () => facts.filter(fact => fact.kind === 'task-restart');
  const advance = async (ms: number): Promise<void> => {
    world.clock.advance(ms);
    await settle();
  };
  return { world, task, facts, restarts, advance };
}

test('a restart ends the life that there is before it begins another', async () => {
  const { world, task } = setUp();
  world.isHanging = true;
  const restarted = task.restart();
  assert.equal(task.status().state, 'RESTARTING');
  assert.deepEqual(world.last.stops, [5_000]);
  await settle();
  assert.equal(world.built.length, 1);
  world.last.end(CLEAN);
  await restarted;
  assert.equal(world.built.length, 2);
  assert.deepEqual(world.running('a'), ['0:v1']);
  assert.equal(task.status().state, 'RUNNING');
});

test('restarts that are asked for while one is under way are that one', async () => {
  const { world, task } = setUp();
  world.isHanging = true;
  const all = [task.restart(), task.restart(), task.restart()];
  world.last.end(CLEAN);
  await Promise.all(all);
  assert.equal(world.built.length, 2);
});

test('a restart of a paused task begins paused', async () => {
  const { world, task } = setUp();
  task.pause();
  await task.restart();
  assert.deepEqual(world.last.calls, ['pause', 'run']);
});

test('a life that does not end is left behind, and what it says then is not heard', async () => {
  const { world, task, facts, advance } = setUp();
  const old = world.last;
  world.isHanging = true;
  const restarted = task.restart();
  await advance(6_700);
  await restarted;
  assert.equal(world.built.length, 2);
  const before = facts.length;
  old.tell({ kind: 'commit-skipped' });
  old.fail('late');
  await advance(1);
  assert.deepEqual([facts.length, task.status().state, world.built.length], [before, 'RUNNING', 2]);
});

test('a task that FAILED stays so, by default', async () => {
  const { world, task, restarts, advance } = setUp();
  world.last.fail('a bad record');
  await advance(3_600_000);
  assert.deepEqual([task.status().state, task.status().trace], ['FAILED', 'a bad record']);
  assert.deepEqual([restarts().length, world.built.length], [0, 1]);
  assert.deepEqual(await task.stop(1000), { clean: false, trace: 'a bad record' });
});

test('with errors.restart.max it tries again as often, waits longer each time, then stays FAILED', async () => {
  const { world, task, restarts, advance } = setUp({ max: 3, backoffMs: 1_000, backoffMaxMs: 3_000 });
  for (const wait of [1_000, 2_000, 3_000]) {
    world.last.fail('no');
    await advance(0);
    assert.equal(task.status().state, 'RESTARTING');
    const lives = world.built.length;
    await advance(wait - 1);
    assert.equal(world.built.length, lives);
    await advance(1);
    assert.equal(world.built.length, lives + 1);
    assert.equal(task.status().state, 'RUNNING');
  }
  world.last.fail('no');
  await advance(60_000);
  assert.deepEqual([task.status().state, world.built.length], ['FAILED', 4]);
  assert.deepEqual(
    restarts().map(({ attempt, of, inMs, reason }) => [attempt, of, inMs, reason]),
    [
      [1, 3, 1_000, 'no'],
      [2, 3, 2_000, 'no'],
      [3, 3, 3_000, 'no'],
    ],
  );
});

test('a verdict since the start means that attempts are counted from there', async () => {
  const { world, restarts, advance } = setUp({ max: 1, backoffMs: 1_000, backoffMaxMs: 3_000 });
  for (let i = 0; i < 3; i++) {
    world.last.lastVerdictAt = 5;
    world.last.fail('no');
    await advance(1_000);
  }
  assert.deepEqual(
    restarts().map(({ attempt, inMs }) => [attempt, inMs]),
    [
      [1, 1_000],
      [1, 1_000],
      [1, 1_000],
    ],
  );
});

test('null is without end', async () => {
  const { world, restarts, advance } = setUp({ max: null, backoffMs: 10, backoffMaxMs: 20 });
  for (let i = 0; i < 1_100; i++) {
    world.last.fail('no');
    await advance(20);
  }
  assert.equal(restarts().length, 1_100);
  assert(restarts().every(({ inMs, of }) => inMs <= 20 && of === null));
});

test('a process that ends by itself is started again in any case, ten times in a row', async () => {
  const { world, task, restarts, advance } = setUp(NEVER);
  for (let i = 0; i < 11; i++) {
    world.last.crash('SIGKILL');
    await advance(30_000);
  }
  assert.deepEqual(
    restarts().map(({ inMs }) => inMs),
    [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000],
  );
  assert.deepEqual([task.status().state, task.status().trace], ['FAILED', 'SIGKILL']);
});

test('a restart that somebody asks for does not wait, and begins to count anew', async () => {
  const { world, task, restarts, advance } = setUp({ max: 1, backoffMs: 1_000, backoffMaxMs: 3_000 });
  world.last.fail('no');
  await advance(1);
  await task.restart();
  assert.deepEqual([task.status().state, world.built.length, world.clock.timers], ['RUNNING', 2, 0]);
  world.last.fail('no');
  await advance(1_000);
  assert.deepEqual([world.built.length, restarts().length], [3, 2]);
});

// The old life FAILED while it was being ended; the attempt that this asked for came due when the new one ran, and ended that.
test('a failure of a life that is being ended does not count against the next', async () => {
  for (const pause of [null, 0, 10]) {
    const { world, restarts, task, advance } = setUp({ max: 5, backoffMs: 1_000, backoffMaxMs: 1_000 });
    world.isHanging = true;
    const restarted = task.restart();
    world.last.fail('its brokers are gone');
    if (pause !== null) await advance(pause);
    world.last.end({ clean: false, trace: 'its brokers are gone' });
    await restarted;
    await advance(10_000);
    assert.deepEqual([world.built.length, restarts().length, world.last.stops], [2, 0, []], `${pause} ms`);
  }
});

test('a task that was prepared and is not started yet has nothing to try again', async () => {
  const world = new TaskWorld();
  const { build, ...parts } = world.parts('a');
  const config = labelled('a', 'v1');
  const task = new SupervisedTask({
    ...parts,
    restart: { max: null, backoffMs: 1, backoffMaxMs: 1 },
    announce: () => undefined,
    build: announce => build(config, 0, announce),
  });
  task.prepare();
  world.last.fail('too early');
  world.clock.advance(10_000);
  await settle();
  task.start();
  await settle();
  assert.deepEqual([world.built.length, world.running('a')], [1, ['0:v1']]);
});

test('one failure that is told twice is one', async () => {
  const { world, restarts, advance } = setUp({ max: 5, backoffMs: 1_000, backoffMaxMs: 1_000 });
  world.last.fail('no');
  world.last.crash('exit code 1');
  await advance(1);
  world.last.crash('exit code 1');
  await advance(1_000);
  assert.deepEqual([restarts().length, world.built.length], [1, 2]);
});

test('a task that is stopped while it waits for its next attempt has none', async () => {
  const { world, task, advance } = setUp({ max: 5, backoffMs: 1_000, backoffMaxMs: 1_000 });
  world.last.fail('no');
  await advance(1);
  assert.deepEqual(await task.stop(0), { clean: false, trace: 'no' });
  await advance(60_000);
  assert.deepEqual([world.built.length, world.clock.timers], [1, 0]);
  assert.equal(task.status().state, 'FAILED');
});

test('a task that is stopped while it restarts has no other life, whichever came first', async () => {
  for (const order of ['restart, stop', 'stop, restart']) {
    const { world, task, advance } = setUp();
    world.isHanging = true;
    const [restarted, stopped] =
      order === 'restart, stop' ? [task.restart(), task.stop(1_000)] : [task.stop(1_000), task.restart()].reverse();
    world.last.end(CLEAN);
    await Promise.all([restarted, stopped]);
    await advance(10_000);
    assert.deepEqual([world.built.length, world.clock.timers], [1, 0], order);
  }
});

test('one that can not be built again is FAILED, tells so, and can be restarted', async () => {
  const { world, task, facts } = setUp();
  world.isBroken = true;
  await task.restart();
  assert.deepEqual([task.status().state, task.status().trace], ['FAILED', "v1 can't be built"]);
  assert.deepEqual(facts.at(-1), { kind: 'task-state', state: 'FAILED', reason: "v1 can't be built" });
  assert.deepEqual(await task.stop(0), { clean: false, trace: "v1 can't be built" });
});

test('one that can not be built again tries so again where errors.restart.max says so', async () => {
  const { world, task, advance } = setUp({ max: 5, backoffMs: 1_000, backoffMaxMs: 1_000 });
  world.isBroken = true;
  await task.restart();
  await advance(0);
  assert.equal(task.status().state, 'RESTARTING');
  world.isBroken = false;
  await advance(1_000);
  assert.deepEqual([task.status().state, task.status().trace, world.built.length], ['RUNNING', null, 2]);
});

test('one that was prepared and is not started is closed, and does not have to be waited for', async () => {
  const world = new TaskWorld();
  const { build, ...parts } = world.parts('a');
  const config = labelled('a', 'v1');
  const task = new SupervisedTask({
    ...parts,
    restart: NEVER,
    announce: () => undefined,
    build: () => build(config, 0, () => undefined),
  });
  assert.equal(task.prepare(), null);
  assert.deepEqual(await task.stop(0), CLEAN);
  assert.deepEqual([world.last.closed, world.last.calls], [1, []]);
});

test('a life that has ended in good order ends clean, though its connections never close', async () => {
  const world = new TaskWorld();
  const { build, clock, log } = world.parts('a');
  const { task } = build(labelled('a', 'v1'), 0, () => undefined);
  const running = startTask({ task, close: () => new Promise<void>(() => {}) }, false, clock, log);
  running.stop(5_000);
  (task as ScriptedTask).end(CLEAN);
  await settle();
  world.clock.advance(6_700);
  assert.deepEqual(await running.ended, CLEAN);
});
