import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, loggerOfConnector } from '../../../worker/telemetry/log.ts';
import { createLoggers, type LevelName, toLevelName } from '../../../worker/telemetry/loggers.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';

function setUp(level: LevelName = 'INFO') {
  let time = 100;
  const loggers = createLoggers(level, () => time++);
  const lines: string[] = [];
  const writer = { write: (text: string) => lines.push((JSON.parse(text) as { msg: string }).msg) };
  const log = createLog({ loggers, readable: false, masking: createMasking([]), writer });
  const levels = () => Object.fromEntries([...loggers.list()].map(([name, { level: of }]) => [name, of]));
  return { loggers, log, lines, levels };
}

test('loggers are those that lines are of, in order, with the level of root', () => {
  const { log, levels, loggers } = setUp();
  log.with({ connector: 'orders' }).with({ task: 0 });
  log.with({ logger: 'tailrace.client' });
  assert.deepEqual(Object.keys(levels()), [
    'root',
    'tailrace.client',
    'tailrace.connector.orders',
    'tailrace.task',
    'tailrace.worker',
  ]);
  assert.deepEqual(loggers.get('tailrace.task'), { level: 'INFO', last_modified: null });
  assert.equal(loggers.get('tailrace.tasks'), null);
  for (const root of ['root', 'ROOT', '']) assert.equal(loggers.get(root)!.level, 'INFO');
});

test('a level reaches all below its name, up to dots, and tells whose has changed', () => {
  const { log, loggers } = setUp();
  for (const connector of ['a', 'ab', 'a.b']) log.with({ connector });
  assert.deepEqual(loggers.set('tailrace.connector.a', 'DEBUG'), ['tailrace.connector.a', 'tailrace.connector.a.b']);
  assert.equal(loggers.get('tailrace.connector.ab')!.level, 'INFO');
  assert.deepEqual(loggers.get('tailrace.connector.a.b'), { level: 'DEBUG', last_modified: 101 });
  assert.deepEqual(loggers.set('tailrace.connector.a', 'DEBUG'), [], 'nothing has changed');
  assert.equal(loggers.get('tailrace.connector.a')!.last_modified, 100);
  assert.deepEqual(loggers.set('tailrace', 'WARN'), [
    'tailrace',
    'tailrace.connector.a',
    'tailrace.connector.a.b',
    'tailrace.connector.ab',
    'tailrace.worker',
  ]);
  assert.deepEqual(loggers.set('root', 'WARN'), ['root']);
});

test('one that is not there is made, what is OFF is not listed and still there', () => {
  const { loggers, levels } = setUp();
  assert.deepEqual(loggers.set('org.apache.kafka', 'OFF'), ['org.apache.kafka']);
  assert.ok(!('org.apache.kafka' in levels()));
  assert.deepEqual(loggers.get('org.apache.kafka'), { level: 'OFF', last_modified: 100 });
  assert.deepEqual(loggers.set('__proto__', 'ALL'), ['__proto__']);
  assert.ok(JSON.stringify(Object.fromEntries(loggers.list())).includes('"__proto__":{"level":"ALL"'));
});

test('names that somebody makes up do not fill the memory, and take no logger of ours away', () => {
  const { loggers } = setUp();
  for (let i = 0; i < 2_000; i++) loggers.set(`made.up.${i}`, 'DEBUG');
  assert.ok(loggers.list().size < 600);
  assert.equal(loggers.get('made.up.1999')!.level, 'DEBUG');
  assert.equal(loggers.get('tailrace.worker')!.level, 'INFO');
  loggers.set('a.'.repeat(500_000), 'DEBUG');
  for (let i = 0; i < 200; i++) loggers.gate(['a.'.repeat(400_000)]).passes('info');
});

test('lines follow the levels of their logger while all runs', () => {
  const { loggers, log, lines } = setUp();
  const ofTask = log.with({ connector: 'orders', task: 0 });
  const ofClient = ofTask.with({ logger: 'tailrace.client' });
  const writeAll = () => {
    lines.length = 0;
    log.write('debug', 'worker', { event: 'task-state' });
    ofTask.write('debug', 'task', { event: 'task-state' });
    ofClient.write('debug', 'client', { event: 'task-state' });
    log.write('debug', 'about', { event: 'task-state', connector: 'orders' });
    log.write('debug', 'from a process', {
      event: 'task-state',
      connector: 'orders',
      task: 0,
      logger: 'tailrace.client',
    });
    return lines;
  };
  assert.deepEqual(writeAll(), []);
  assert.equal(ofTask.writes('debug'), false);
  loggers.set('tailrace.client', 'DEBUG');
  assert.deepEqual(writeAll(), ['client', 'from a process']);
  loggers.set('tailrace.client', 'INFO');
  loggers.set(loggerOfConnector('orders'), 'TRACE');
  assert.deepEqual(writeAll(), ['task', 'client', 'about', 'from a process'], 'all of the connector');
  assert.equal(ofTask.writes('trace'), true);
  loggers.set('tailrace.task', 'WARN');
  assert.deepEqual(writeAll(), ['client', 'about', 'from a process'], 'what was set last decides');
  loggers.set('root', 'DEBUG');
  assert.equal(writeAll().length, 5);
  loggers.set('root', 'OFF');
  ofTask.write('fatal', 'nothing at all', { event: 'task-state' });
  assert.deepEqual(writeAll(), []);
});

test('a connector that is gone leaves no logger, and the next of its name begins with the level of those above', () => {
  const { loggers, log, lines } = setUp();
  const name = loggerOfConnector('orders');
  const before = log.with({ connector: 'orders' });
  loggers.set(name, 'DEBUG');
  loggers.forget(name);
  assert.equal(loggers.get(name), null);
  before.write('debug', 'late', { event: 'task-state' });
  log.with({ connector: 'orders' }).write('debug', 'new', { event: 'task-state' });
  assert.deepEqual(lines, []);
  assert.deepEqual(loggers.get(name), { level: 'INFO', last_modified: null });
});

test("level names are log4j's, in any case", () => {
  assert.deepEqual(['debug', 'Off', 'ALL', 'fatal'].map(toLevelName), ['DEBUG', 'OFF', 'ALL', 'FATAL']);
  assert.deepEqual(['', 'VERBOSE', 'toString', '__proto__', ' INFO'].map(toLevelName), Array(5).fill(null));
});
