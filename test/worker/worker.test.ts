import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createDefinitions } from '../../config/define.ts';
import type { ConnectorConfig, RestConfig, WorkerConfig } from '../../config/types.ts';
import { ListenerError } from '../../worker/admin/listener.ts';
import { systemClock } from '../../worker/clock.ts';
import { createGroups } from '../../worker/kafka/groups.ts';
import { digestOf } from '../../worker/store/restore.ts';
import { openStateFile } from '../../worker/store/state-file.ts';
import { createNoStore, type StateStore } from '../../worker/store/state-store.ts';
import { createLoggers } from '../../worker/telemetry/loggers.ts';
import { createMasking } from '../../worker/telemetry/masking.ts';
import { ConnectorStartError, startWorker } from '../../worker/worker.ts';
import { workerBase } from '../config/base.ts';
import { NO_REST } from '../support/no-rest.ts';
import { settle, TaskWorld } from './scripted-tasks.ts';
import { silentLog } from './store/silent-log.ts';
import { namesIn, sent, stateFile, storeWith } from './stored.ts';

const definitions = createDefinitions({ base: workerBase(), version: '1' });

function defined(name: string, changes: Readonly<Record<string, string>> = {}): ConnectorConfig {
  return definitions.define(sent(name, changes), []).config;
}

interface Start {
  readonly connectors?: readonly ConnectorConfig[];
  readonly store?: StateStore;
  readonly rest?: Partial<RestConfig>;
  /** Names of connectors whose tasks can't be built. */
  readonly broken?: readonly string[];
  readonly world?: TaskWorld;
}

/** A worker of scripted tasks, without listeners unless it is given some. */
async function start(t: TestContext, { connectors = [], store, rest, broken = [], world = new TaskWorld() }: Start) {
  const masking = createMasking([]);
  const starting = startWorker({
    worker: { ...NO_REST, rest: { ...NO_REST.rest, ...rest }, taskShutdownGracefulTimeoutMs: 5_000 } as WorkerConfig,
    connectors,
    definitions,
    store: store ?? createNoStore(world.log),
    groups: createGroups({ worker: { reader: 'portable', admin: { global: {}, topic: {} } } }),
    clock: world.clock,
    random: () => 0,
    log: world.log,
    loggers: createLoggers('INFO', world.clock.wall),
    version: '1',
    masking,
    droppedLines: () => 0,
    loopDelay: () => [0, 0, 0],
    traces: null,
    assemble: (config, id, { announce }) => {
      if (broken.includes(config.name)) throw new Error('no converter');
      return world.parts(config.name).build(config, id, announce);
    },
  });
  const worker = await starting.finally(settle);
  t.after(async () => {
    worker.stop(0);
    await worker.ended;
  });
  return { world, masking, worker };
}

function shown({ worker }: Awaited<ReturnType<typeof start>>): readonly string[] {
  return worker.status().map(({ config, state, trace, tasks }) => {
    const states = tasks.map(({ id, status }) => ` ${id}:${status.state}`).join('');
    return `${config.name} ${state}${trace === null ? '' : ` (${trace.split('\n')[0]})`}${states}`;
  });
}

test('a worker starts all its connectors, stops them together, and tells of them when it has ended', async t => {
  const started = await start(t, { connectors: [defined('a'), defined('b')] });
  assert.deepEqual(shown(started), ['a RUNNING 0:RUNNING', 'b RUNNING 0:RUNNING']);
  started.worker.stop(1000);
  assert.deepEqual(await started.worker.ended, { clean: true });
  assert.deepEqual(shown(started), ['a RUNNING 0:RUNNING', 'b RUNNING 0:RUNNING']);
});

test('a worker without connectors waits for some', async t => {
  const { worker } = await start(t, {});
  assert.deepEqual(worker.status(), []);
  worker.stop(1000);
  assert.deepEqual(await worker.ended, { clean: true });
});

test('connectors of files begin in their initial states', async t => {
  const connectors = ['RUNNING', 'PAUSED', 'STOPPED'].map(state => defined(state, { initial_state: state }));
  assert.deepEqual(shown(await start(t, { connectors })), [
    'RUNNING RUNNING 0:RUNNING',
    'PAUSED PAUSED 0:PAUSED',
    'STOPPED STOPPED',
  ]);
});

/** Each was built, is closed, and did not run. */
function assertDiscarded({ built }: TaskWorld, ...names: string[]): void {
  assert.deepEqual(
    built.map(({ config, calls, closed }) => [config.name, calls, closed]),
    names.map(name => [name, [], 1]),
  );
}

test('nothing is started when one connector of a file can not be built', async t => {
  const world = new TaskWorld();
  const connectors = [defined('a'), defined('b')];
  await assert.rejects(start(t, { connectors, broken: ['b'], world }), ConnectorStartError);
  assertDiscarded(world, 'a');
});

test('nothing is started when a listener can not be opened', async t => {
  const taken = createServer();
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as { readonly port: number };
  const listeners = [{ protocol: 'http' as const, host: '127.0.0.1', port }];
  const world = new TaskWorld();
  await assert.rejects(start(t, { connectors: [defined('a')], rest: { listeners }, world }), ListenerError);
  assertDiscarded(world, 'a');
});

test('what REST had changed is there again, beside what the files say', async t => {
  const path = await stateFile(t);
  const [a, b, gone] = [defined('a'), defined('b'), defined('gone')];
  const file = (name: string) => digestOf(sent(name));
  const store = await storeWith(path, {
    a: { properties: sent('a', { 'tasks.max': '2' }), target: 'PAUSED', file: file('a') },
    b: { properties: null, target: 'STOPPED', file: file('b') },
    gone: { properties: null, target: null, file: file('gone') },
    rest: { properties: sent('rest', { 'http.headers.X-Key': 'hush-hush-1' }), target: 'RUNNING', file: null },
  });
  const started = await start(t, { connectors: [a, b, gone, defined('f')], store });
  assert.deepEqual(shown(started), ['a PAUSED 0:PAUSED', 'b STOPPED', 'f RUNNING 0:RUNNING', 'rest RUNNING 0:RUNNING']);
  assert.equal(started.world.alive('a')[0]!.config.tasksMax, 2);
  assert.equal(started.masking.mask('hush-hush-1'), '[hidden]');
  assert(!started.world.lines.join('\n').includes('hush-hush'));
  started.worker.stop(0);
  await started.worker.ended;
  const again = await openStateFile(path, systemClock, silentLog);
  assert.deepEqual([...again.connectors.keys()], ['a', 'b', 'gone', 'rest'], 'the file is free, and as it was');
  await again.close();
});

test('what a file has said anew since counts, and is what counts from then on', async t => {
  const path = await stateFile(t);
  const stored = { properties: sent('a'), target: 'STOPPED' as const, file: digestOf(sent('a', { topics: 'before' })) };
  const store = await storeWith(path, { a: stored, b: { ...stored, properties: sent('b') } });
  const started = await start(t, { connectors: [defined('a')], store });
  assert.deepEqual(shown(started), ['a RUNNING 0:RUNNING']);
  assert.deepEqual(await namesIn(path), []);
  const told = started.world.lines.filter(line => line.startsWith('warn'));
  assert.equal(told.length, 2);
  started.worker.stop(0);
  await started.worker.ended;
});

test('a stored connector that can not be used, or not be built, is FAILED, and all others start', async t => {
  const store = await storeWith(await stateFile(t), {
    unusable: {
      properties: sent('unusable', { 'http.url': 'ftp://u:hush-hush-1@x', 'http.header.X': 'hush-hush-2' }),
      target: 'RUNNING',
      file: null,
    },
    stopped: { properties: sent('stopped', { 'connector.class': 'gone.Sink' }), target: 'STOPPED', file: null },
    unbuilt: { properties: sent('unbuilt'), target: 'RUNNING', file: null },
    joined: {
      properties: sent('joined', { 'consumer.override.group.id': 'connect-f' }),
      target: 'RUNNING',
      file: null,
    },
    fine: { properties: sent('fine'), target: 'RUNNING', file: null },
  });
  const started = await start(t, { connectors: [defined('f')], store, broken: ['unbuilt'] });
  const states = started.worker.status().map(({ config, state, tasks }) => `${config.name} ${state} ${tasks.length}`);
  assert.deepEqual(states, [
    'f RUNNING 1',
    'unusable FAILED 0',
    'stopped FAILED 0',
    'unbuilt FAILED 0',
    'joined FAILED 0',
    'fine RUNNING 1',
  ]);
  const [, unusable, stopped, unbuilt, joined] = started.worker.status();
  assert.match(unusable!.trace!, /http\.url/);
  assert.match(stopped!.trace!, /gone\.Sink/);
  assert.equal(unbuilt!.trace, 'no converter');
  assert.match(joined!.trace!, /group/);
  const said = JSON.stringify([started.worker.status(), started.world.lines]);
  assert(!said.includes('hush-hush'), said);
  started.worker.stop(0);
  assert.deepEqual(await started.worker.ended, { clean: false }, 'what is FAILED is no clean end');
});

test('a state file that can not be let go holds up no end', async t => {
  const { log } = new TaskWorld();
  const hanging = { ...createNoStore(log), close: () => new Promise<void>(() => {}) };
  const failing = { ...createNoStore(log), close: () => Promise.reject(new Error('no such device')) };
  for (const store of [hanging, failing]) {
    const { world, worker } = await start(t, { connectors: [defined('a')], store });
    worker.stop(1000);
    await settle();
    world.clock.advance(300);
    assert.deepEqual(await worker.ended, { clean: true });
  }
});
