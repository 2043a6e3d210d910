import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDefinitions } from '../../config/define.ts';
import type { WorkerConfig } from '../../config/types.ts';
import { createGroups } from '../../worker/kafka/groups.ts';
import { createNoStore } from '../../worker/store/state-store.ts';
import type { Task, TaskEnd } from '../../worker/task/task.ts';
import type { Log, LogFields } from '../../worker/telemetry/log.ts';
import { createLoggers } from '../../worker/telemetry/loggers.ts';
import { createMasking } from '../../worker/telemetry/masking.ts';
import { type Assemble, ConnectorStartError, startWorker } from '../../worker/worker.ts';
import { workerBase } from '../config/base.ts';
import { NO_REST } from '../support/no-rest.ts';
import { createManualClock } from './manual-clock.ts';
import { connectorConfig, taskStatus } from './statuses.ts';

/** A worker without listeners, and what its log was told. */
async function start(assemble: Assemble, ...names: string[]) {
  const lines: { readonly text: string; readonly fields: LogFields }[] = [];
  const log: Log = {
    write: (_level, text, fields = {}) => lines.push({ text, fields }),
    writes: () => true,
    with: () => log,
  };
  const connectors = names.map(name => connectorConfig(name));
  const clock = createManualClock();
  const options = {
    worker: { ...NO_REST } as WorkerConfig,
    connectors,
    definitions: createDefinitions({ base: workerBase(), version: '1' }),
    store: createNoStore(log),
    groups: createGroups({ worker: { reader: 'portable', admin: { global: {}, topic: {} } } }),
    clock,
    random: () => 0,
    log,
    loggers: createLoggers('INFO', clock.wall),
    version: '1',
    masking: createMasking([]),
    droppedLines: () => 0,
    loopDelay: () => [0, 0, 0],
    assemble,
  };
  return { lines, worker: await startWorker(options) };
}

function endingTask(): Task {
  let end!: (end: TaskEnd) => void;
  const run = new Promise<TaskEnd>(resolve => {
    end = resolve;
  });
  return {
    run: () => run,
    pause: () => undefined,
    resume: () => undefined,
    stop: () => end({ clean: true, trace: null }),
    status: () => taskStatus(),
  };
}

test('a worker starts all its connectors, stops them together, and tells of them when it has ended', async () => {
  const { worker } = await start(() => ({ task: endingTask(), close: async () => undefined }), 'a', 'b');
  worker.stop(1000);
  assert.deepEqual(await worker.ended, { clean: true });
  assert.deepEqual(
    worker.status().map(({ config }) => config.name),
    ['a', 'b'],
  );
});

test('nothing is started when one connector can not be built', async () => {
  const task = { ...endingTask(), run: () => assert.fail('started') };
  const assemble: Assemble = config => {
    if (config.name === 'b') throw new Error('no converter');
    return { task, close: async () => undefined };
  };
  await assert.rejects(start(assemble, 'a', 'b'), ConnectorStartError);
});
