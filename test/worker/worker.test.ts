import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../config/types.ts';
import type { Task, TaskEnd } from '../../worker/task/task.ts';
import type { Log, LogFields } from '../../worker/telemetry/log.ts';
import { type Assemble, ConnectorStartError, startWorker } from '../../worker/worker.ts';
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
  const connectors = names.map(name => ({ ...connectorConfig(name), errors: { logEnable: false } }));
  // Only what a worker reads; a whole configuration comes from config/.
  const config = { worker: { listeners: [] }, connectors, notices: [], provided: [] } as unknown as Config;
  const clock = createManualClock();
  const options = {
    config,
    clock,
    random: () => 0,
    log,
    version: '1',
    mask: (text: string) => text,
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
  const { worker } = await start(config => ({ config, task: endingTask(), close: async () => undefined }), 'a', 'b');
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
    return { config, task, close: async () => undefined };
  };
  await assert.rejects(start(assemble, 'a', 'b'), ConnectorStartError);
});
