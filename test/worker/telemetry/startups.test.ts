import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSupervisor } from '../../../worker/supervisor.ts';
import { createTelemetry } from '../../../worker/telemetry/telemetry.ts';
import { labelled, settle, TaskWorld } from '../scripted-tasks.ts';

test('starts of connectors and of all lives of their tasks are counted as they happen', async () => {
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
    started: telemetry.connectorStarted,
    announcer: (_, id) => telemetry.announcer({ connector: name, task: id, logEveryRecordError: false }),
  }));
  /** Good and bad starts of connectors, then of tasks. */
  const starts = async () => {
    const text = await telemetry.render();
    const value = (name: string) =>
      Number(text.match(new RegExp(`^kafka_connect_worker_${name}_total (\\d+)$`, 'm'))![1]);
    return [
      'connector_startup_success',
      'connector_startup_failure',
      'task_startup_success',
      'task_startup_failure',
    ].map(value);
  };
  supervisor.add(labelled('a', 'v1'), 'RUNNING').start();
  await settle();
  assert.deepEqual(await starts(), [1, 0, 0, 0], 'the task is not up yet');
  world.built[0]!.tell({ kind: 'task-state', state: 'RUNNING', reason: null });
  assert.deepEqual(await starts(), [1, 0, 1, 0]);
  supervisor.get('a')!.restartTask(0);
  await settle();
  world.built[1]!.tell({ kind: 'task-state', state: 'RUNNING', reason: null });
  assert.deepEqual(await starts(), [1, 0, 2, 0], 'another life');
  world.isBroken = true;
  supervisor.get('a')!.restartTask(0);
  await settle();
  assert.deepEqual(await starts(), [1, 0, 2, 1], 'one that could not be built');
  supervisor.add(labelled('b', 'v1'), 'RUNNING').start();
  await settle();
  assert.deepEqual(await starts(), [1, 1, 2, 1]);
});
