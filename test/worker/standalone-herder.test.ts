import assert from 'node:assert/strict';
import * as systemFiles from 'node:fs/promises';
import { test } from 'node:test';
import { createDefinitions, InvalidConnectorError } from '../../config/define.ts';
import { revealed } from '../../config/properties.ts';
import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig, WrittenProperties } from '../../config/types.ts';
import { systemClock } from '../../worker/clock.ts';
import {
  ConnectorExistsError,
  NoConnectorError,
  NoTaskError,
  NotStoppedError,
  OffsetsError,
  type SinkOffset,
} from '../../worker/herder.ts';
import { createStandaloneHerder } from '../../worker/standalone-herder.ts';
import { openStateFile, StateStoreError } from '../../worker/store/state-file.ts';
import { createNoStore, type StateStore } from '../../worker/store/state-store.ts';
import { createSupervisor } from '../../worker/supervisor.ts';
import { createMasking } from '../../worker/telemetry/masking.ts';
import { secretsOfConnector } from '../../worker/telemetry/secrets.ts';
import { workerBase } from '../config/base.ts';
import { settle, TaskWorld } from './scripted-tasks.ts';
import { silentLog } from './store/silent-log.ts';
import { sent, stateFile } from './stored.ts';

/** A herder over scripted tasks: all else is real. Its brokers are a map of offsets. */
function setUp({ store, files }: { store?: StateStore; files?: ReadonlyMap<string, WrittenProperties> } = {}) {
  const world = new TaskWorld();
  const masking = createMasking([]);
  const offsets = new Map<string, readonly SinkOffset[]>();
  const forgotten: string[] = [];
  const supervisor = createSupervisor(name => world.parts(name));
  const definitions = createDefinitions({ base: workerBase(), version: '1' });
  const herder = createStandaloneHerder({
    definitions,
    supervisor,
    store: store ?? createNoStore(world.log),
    files: files ?? new Map(),
    groups: {
      offsets: async ({ name }) => offsets.get(name) ?? [],
      alter: async ({ name }, changed) => void offsets.set(name, changed),
      reset: async ({ name }) => void offsets.delete(name),
      clusterId: async () => null,
    },
    gracefulMs: 5_000,
    hide: ({ config, provided }) => masking.add([...secretsOfConnector(config), ...provided]),
    forget: name => forgotten.push(name),
    log: world.log,
  });
  return { world, herder, supervisor, definitions, forgotten, mask: masking.mask };
}

test('a connector is created, listed, told of, and deleted', async () => {
  const { world, herder, forgotten } = setUp();
  const info = await herder.create(sent('a'), null);
  assert.deepEqual([info.name, info.tasks, herder.names], ['a', [], ['a']]);
  assert.deepEqual(herder.info('a').config, sent('a'));
  await settle();
  assert.deepEqual(herder.info('a').tasks, [0]);
  assert.equal(herder.status('a').state, 'RUNNING');
  await assert.rejects(herder.create(sent('a'), null), ConnectorExistsError);
  await herder.delete('a');
  assert.deepEqual([herder.names, forgotten], [[], ['a']]);
  assert.throws(() => herder.status('a'), NoConnectorError);
  await settle();
  assert.deepEqual(world.alive('a'), []);
});

test('it begins in the state that is asked for, else in its own initial state', async () => {
  const { world, herder } = setUp();
  await herder.create(sent('a'), 'STOPPED');
  await herder.create(sent('b', { initial_state: 'paused' }), null);
  await herder.create(sent('c', { initial_state: 'PAUSED' }), 'RUNNING');
  await settle();
  const states = herder.names.map(name => `${herder.status(name).state} ${herder.status(name).tasks.length}`);
  assert.deepEqual(states, ['STOPPED 0', 'PAUSED 0', 'RUNNING 1']);
  assert.equal(world.built.length, 1);
});

test('nothing changes by a configuration that is refused', async () => {
  const { world, herder } = setUp();
  await herder.create(sent('a'), null);
  await settle();
  const refused = [
    herder.create(sent('b', { 'http.url': 'ftp://x' }), null),
    herder.create(sent('b', { 'consumer.override.group.id': 'connect-a' }), null),
    herder.put('a', sent('a', { 'tasks.max': 'many' })),
    herder.put('b', sent('b', { topics: '' })),
    herder.patch('a', { 'http.url': null }),
  ];
  for (const one of refused) await assert.rejects(one, InvalidConnectorError);
  assert.deepEqual(herder.names, ['a']);
  assert.deepEqual(herder.info('a').config, sent('a'));
  assert.deepEqual(world.last.stops, []);
});

test('put creates or replaces, patch changes what it names and takes out what is null', async () => {
  const { world, herder } = setUp();
  assert.equal((await herder.put('a', sent('a'))).created, true);
  await settle();
  assert.equal((await herder.put('a', sent('a', { 'tasks.max': '2' }))).created, false);
  const { config } = await herder.patch('a', { 'tasks.max': null, 'batch.max.records': '7' });
  assert.deepEqual(config, sent('a', { 'batch.max.records': '7' }));
  await settle();
  assert.deepEqual(
    world.alive('a').map(task => [task.config.tasksMax, task.config.batch.maxRecords]),
    [[1, 7]],
  );
  await assert.rejects(herder.patch('b', {}), NoConnectorError);
});

test('a new configuration keeps what was asked of the connector', async () => {
  const { world, herder } = setUp();
  await herder.create(sent('a'), 'STOPPED');
  await herder.put('a', sent('a', { 'tasks.max': '2' }));
  await settle();
  assert.deepEqual([herder.status('a').state, world.built.length], ['STOPPED', 0]);
});

test('pause, resume and stop; what is asked already is not asked again', async () => {
  const { world, herder } = setUp();
  await herder.create(sent('a'), null);
  for (const target of ['PAUSED', 'PAUSED', 'RUNNING', 'STOPPED'] as const) {
    await herder.aim('a', target);
    await settle();
    assert.equal(herder.status('a').state, target);
  }
  assert.equal(world.lines.filter(line => line.includes('is to be PAUSED')).length, 1);
  await assert.rejects(herder.aim('b', 'PAUSED'), NoConnectorError);
});

test('restarts of what does not exist are refused', async () => {
  const { herder } = setUp();
  await herder.create(sent('a'), null);
  await settle();
  herder.restartTask('a', 0);
  assert.throws(() => herder.restartTask('a', 1), NoTaskError);
  assert.throws(() => herder.restartTask('b', 0), NoConnectorError);
  assert.throws(() => herder.restart('b', { includeTasks: false, onlyFailed: false }), NoConnectorError);
});

test('offsets change only while nothing of the connector is a member of its group', async () => {
  const { world, herder } = setUp();
  await herder.create(sent('a'), null);
  await settle();
  const offset = { topic: 'orders', partition: 0, offset: 5 };
  await assert.rejects(herder.alterOffsets('a', [offset]), NotStoppedError);
  await assert.rejects(herder.resetOffsets('a'), NotStoppedError);
  world.isHanging = true;
  await herder.aim('a', 'STOPPED');
  await settle();
  await assert.rejects(herder.alterOffsets('a', [offset]), NotStoppedError, 'its task has not left yet');
  world.release();
  await settle();
  await herder.alterOffsets('a', [offset]);
  assert.deepEqual(await herder.offsets('a'), [offset]);
  await herder.resetOffsets('a');
  assert.deepEqual(await herder.offsets('a'), []);
  await assert.rejects(herder.offsets('b'), NoConnectorError);
});

test('a secret is never shown; [hidden] keeps it, and where there is none is refused', async () => {
  const { world, herder } = setUp();
  const withSecret = sent('a', { 'http.headers.Authorization': 'Bearer hush-hush-1' });
  await herder.create(withSecret, null);
  assert.equal(JSON.parse(JSON.stringify(herder.info('a').config))['http.headers.Authorization'], '[hidden]');
  await herder.put('a', { ...withSecret, 'http.headers.Authorization': '[hidden]', 'tasks.max': '2' });
  await settle();
  const keptIn = ({ http }: ConnectorConfig) => Object.values(http.headers).map(value => value.reveal());
  assert.deepEqual(keptIn(world.last.config), ['Bearer hush-hush-1']);
  await herder.patch('a', { 'tasks.max': '3' });
  await settle();
  assert.deepEqual(keptIn(world.last.config), ['Bearer hush-hush-1']);
  const errorsFor = (name: string) =>
    herder.validate(withSecret['connector.class']!, { ...withSecret, name, 'http.headers.Authorization': '[hidden]' })
      .error_count;
  assert.deepEqual([errorsFor('a'), errorsFor('b')], [0, 1]);
  await assert.rejects(
    herder.create({ ...withSecret, name: 'b', 'http.headers.Authorization': '[hidden]' }, null),
    InvalidConnectorError,
  );
  assert(!JSON.stringify([world.lines, herder.info('a'), herder.status('a').config]).includes('hush-hush'));
});

// The tasks of the old configuration may say its secrets while they end, or go on if the new one can't be built.
test('secrets are masked until nothing runs with them any more', async () => {
  const { world, herder, mask } = setUp();
  const withSecret = (secret: string) => sent('a', { 'http.headers.Authorization': `Token ${secret}` });
  await herder.create(withSecret('old-secret'), null);
  await settle();
  assert.equal(mask('Token old-secret!'), '[hidden]!');
  world.isBroken = true;
  await herder.put('a', withSecret('bad-secret'));
  await settle();
  assert.equal(mask('Token old-secret, Token bad-secret'), '[hidden], [hidden]');
  world.isBroken = false;
  world.isHanging = true;
  await herder.put('a', withSecret('new-secret'));
  await settle();
  assert.equal(mask('Token old-secret, Token new-secret'), '[hidden], [hidden]');
  world.release();
  await settle();
  assert.equal(mask('Token old-secret, Token new-secret'), 'Token old-secret, [hidden]');
  world.isHanging = true;
  await herder.delete('a');
  await settle();
  assert.equal(mask('Token new-secret'), '[hidden]');
  world.release();
  await settle();
  assert.equal(mask('Token new-secret'), 'Token new-secret');
});

test('of changes that come at once each sees what the one before has left', async () => {
  const { herder } = setUp();
  const all = await Promise.allSettled([
    herder.create(sent('a'), null),
    herder.create(sent('a'), null),
    herder.patch('a', { 'tasks.max': '2' }),
    herder.patch('a', { 'batch.max.records': '9' }),
    herder.delete('a'),
    herder.patch('a', { 'tasks.max': '4' }),
    herder.put('a', sent('a')),
  ]);
  assert.deepEqual(
    all.map(({ status }) => status === 'fulfilled'),
    [true, false, true, true, true, false, true],
  );
  const [, , , second] = all;
  assert(second?.status === 'fulfilled' && 'config' in second.value!);
  assert.equal(second.value.config['tasks.max'], '2', 'the second patch knew of the first');
  assert.deepEqual(herder.info('a').config, sent('a'));
});

test('without a state file each change is said to end with the worker', async () => {
  const { world, herder } = setUp();
  await herder.create(sent('a'), null);
  await herder.aim('a', 'PAUSED');
  assert.equal(world.lines.filter(line => /warn .*config\.storage\.file/.test(line)).length, 2);
});

test('with one, what another worker would find is what was asked for', async t => {
  const path = await stateFile(t);
  const store = await openStateFile(path, systemClock, silentLog);
  const { world, herder } = setUp({ store });
  await herder.create(sent('a', { 'http.headers.X-Key': 'hush-hush-1' }), null);
  await herder.create(sent('b'), 'STOPPED');
  await herder.create(sent('c'), null);
  await herder.aim('a', 'PAUSED');
  await herder.delete('c');
  await store.close();
  assert(!world.lines.some(line => line.includes('config.storage.file')));
  const again = await openStateFile(path, systemClock, silentLog);
  assert.deepEqual(
    [...again.connectors],
    [
      ['a', { properties: sent('a', { 'http.headers.X-Key': 'hush-hush-1' }), target: 'PAUSED', file: null }],
      ['b', { properties: sent('b'), target: 'STOPPED', file: null }],
    ],
  );
  await again.close();
});

test('where a change can not be written nothing has changed', async t => {
  const path = await stateFile(t);
  let isFull = false;
  const files = {
    ...systemFiles,
    rename: async (...args: Parameters<typeof systemFiles.rename>) => {
      if (isFull) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
      return systemFiles.rename(...args);
    },
  };
  const store = await openStateFile(path, systemClock, silentLog, files);
  t.after(() => store.close());
  const { world, herder, mask } = setUp({ store });
  await herder.create(sent('a'), null);
  await settle();
  isFull = true;
  const before = [...world.built];
  for (const change of [
    () => herder.create(sent('b', { 'http.headers.X-Key': 'hush-hush-1' }), null),
    () => herder.put('a', sent('a', { 'tasks.max': '2' })),
    () => herder.patch('a', { 'tasks.max': '2' }),
    () => herder.aim('a', 'PAUSED'),
    () => herder.delete('a'),
  ]) {
    await assert.rejects(change, StateStoreError);
  }
  await settle();
  assert.deepEqual([herder.names, herder.info('a').config, herder.status('a').state], [['a'], sent('a'), 'RUNNING']);
  assert.deepEqual([world.built, world.last.stops], [before, []]);
  assert.equal(mask('hush-hush-1'), 'hush-hush-1', 'what never came is not hidden');
  isFull = false;
  await herder.delete('a');
});

test('of a connector of a file it is kept how it differs from that, and nothing once it does not', async t => {
  const path = await stateFile(t);
  const store = await openStateFile(path, systemClock, silentLog);
  t.after(() => store.close());
  const { herder, supervisor, definitions } = setUp({
    store,
    files: new Map([['f', { ...sent('f'), 'http.headers.X-Key': new Secret('hush-hush-1') }]]),
  });
  const written = sent('f', { 'http.headers.X-Key': 'hush-hush-1' });
  supervisor.add(definitions.define(written, []).config, 'RUNNING').start();
  const kept = async () => JSON.parse(await systemFiles.readFile(path, 'utf8')).connectors;
  await herder.aim('f', 'PAUSED');
  const { file } = (await kept()).f;
  assert.deepEqual(await kept(), { f: { properties: null, target: 'PAUSED', file } });
  await herder.aim('f', 'RUNNING');
  assert.deepEqual(await kept(), {});
  const changed = revealed((await herder.patch('f', { 'tasks.max': '2' })).config);
  assert.deepEqual(await kept(), { f: { properties: { ...written, 'tasks.max': '2' }, target: 'RUNNING', file } });
  assert.equal(changed['tasks.max'], '2');
  await herder.put('f', { ...written, 'http.headers.X-Key': '[hidden]' });
  assert.deepEqual(await kept(), {});
  await herder.delete('f');
  assert.deepEqual(await kept(), { f: { properties: null, target: null, file } });
  await herder.put('f', written);
  assert.deepEqual(await kept(), {}, 'as the file says it again');
});

test('what can not be used is listed, can be mended, restarted and deleted, and has no group to ask for', async () => {
  const { world, herder, supervisor } = setUp();
  const unusable = (name: string, changes: Readonly<Record<string, string>>) =>
    supervisor.add({ name, properties: sent(name, changes), fault: 'it has no use' }, 'RUNNING').start();
  unusable('a', { 'connector.class': 'gone.Sink' });
  unusable('b', { 'connector.class': 'gone.Sink' });
  unusable('c', {});
  await settle();
  for (const name of herder.names)
    assert.deepEqual([herder.status(name).state, herder.status(name).trace], ['FAILED', 'it has no use']);
  await assert.rejects(herder.offsets('a'), OffsetsError);
  await herder.create(sent('d'), null);
  assert.equal((await herder.put('a', sent('a'))).created, false);
  await herder.delete('b');
  await herder.aim('c', 'PAUSED');
  await herder.aim('c', 'RUNNING');
  await settle();
  assert.equal(herder.status('c').state, 'FAILED');
  // What it lacked is there by now: whoever restarts it has it tried.
  assert.equal(herder.restart('c', { includeTasks: true, onlyFailed: true }).state, 'RESTARTING');
  await settle();
  assert.deepEqual(
    herder.names.map(name => [name, herder.status(name).state]),
    [
      ['a', 'RUNNING'],
      ['c', 'RUNNING'],
      ['d', 'RUNNING'],
    ],
  );
  assert.equal(world.alive('c').length, 1);
});

test('what still can not be used after a restart says why now', async () => {
  const { herder, supervisor } = setUp();
  supervisor.add({ name: 'a', properties: sent('a', { topics: '' }), fault: 'an old reason' }, 'RUNNING').start();
  herder.restart('a', { includeTasks: false, onlyFailed: false });
  await settle();
  assert.equal(herder.status('a').state, 'FAILED');
  assert.match(herder.status('a').trace!, /topics/);
});

test('names that every object has are names', async () => {
  const { herder } = setUp();
  for (const name of ['__proto__', 'constructor', 'toString']) {
    assert.throws(() => herder.status(name), NoConnectorError);
    assert.deepEqual(herder.topics(name), []);
  }
  await herder.create(sent('constructor'), null);
  await herder.patch('constructor', { 'tasks.max': '2' });
  assert.equal(herder.info('constructor').config['tasks.max'], '2');
});
