import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig } from '../../config/types.ts';
import type { Clock } from '../../connector/ports.ts';
import { systemClock } from '../../worker/clock.ts';
import { nativeAddon } from '../../worker/kafka/reader/addon.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import type { Log, LogLevel } from '../../worker/telemetry/log.ts';
import type { Surroundings } from '../../worker/worker.ts';
import { committedOffsets, kafkaConfig, type MockBroker, partitionsOf, startMockBroker } from '../support/broker.ts';
import { type Arrived, Endpoint, recordsOf } from '../support/endpoint.ts';
import { childrenOf, found, isThere, taskProcess } from '../support/processes.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';
import { startTaskParent } from './task-parent.ts';

/** How often a process is looked at for silence, milliseconds. */
const LOOK_MS = 10_000;
const CANARY = 'canary-0123456789';
const RECORDS = 400;

/** What the processes of tasks do at signals of the test. */
const PLANTED = `
  process.on('SIGUSR2', () => { throw new Error('planted ${CANARY}') });
  process.on('SIGWINCH', () => {
    for (let i = 0; i < 2_000; i++) process.stderr.write(String(i).padStart(32_768, 'x') + '\\n');
    process.stderr.write('', () => process.kill(process.pid, 'SIGKILL'));
  });`;

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** Lines as they reach the worker's log. */
class Lines {
  level: LogLevel = 'info';
  readonly all: { readonly level: LogLevel; readonly text: string; readonly fields: object }[] = [];
  readonly log: Log = {
    write: (level, text, fields) => void this.all.push({ level, text, fields }),
    writes: level => LEVELS.indexOf(level) >= LEVELS.indexOf(this.level),
    with: () => this.log,
  };

  text(): string {
    return this.all.map(({ level, text }) => `${level} ${text}`).join('\n');
  }
}

interface Setting {
  readonly topic: string;
  readonly endpoint: Endpoint;
  readonly task: RunningTask;
  readonly lines: Lines;
  readonly pid: number;
  /** Different records that have arrived. */
  readonly seen: Set<number>;
}

describe('a task in a process of its own', { concurrency: true, timeout: 120_000 }, () => {
  let broker: MockBroker;
  before(async () => {
    process.env['NODE_OPTIONS'] = `--import=data:text/javascript,${encodeURIComponent(PLANTED)}`;
    broker = await startMockBroker();
  });
  after(() => broker.close());

  function configOf(topic: string, url: URL): ConnectorConfig {
    const config = connectorConfig(kafkaConfig(broker.bootstrapServers, topic), [topic], url);
    return { ...config, isolation: 'process', batch: { ...config.batch, maxRecords: 20 } };
  }

  function produce(topic: string, from: number, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    return broker.produce(
      topic,
      numbers.map(n => ({ value: `{"n":${n}}`, partition: n % 4 })),
    );
  }

  async function setUp(
    t: TestContext,
    topic: string,
    change: (config: ConnectorConfig) => ConnectorConfig = config => config,
    given: Partial<Surroundings> = {},
  ): Promise<Setting> {
    const seen = new Set<number>();
    const script = (request: Arrived): object => {
      for (const { n } of recordsOf(request) as { readonly n: number }[]) seen.add(n);
      return {};
    };
    const endpoint = await new Endpoint({ keep: false, script }).start();
    t.after(() => endpoint.close());
    await broker.createTopic(topic);
    await produce(topic, 0, RECORDS);
    const lines = new Lines();
    const task = new RunningTask(t, change(configOf(topic, endpoint.url)), [], { log: lines.log, ...given });
    const pid = Number(/The process of the task is (\d+)/.exec(lines.text())![1]);
    return { topic, endpoint, task, lines, pid, seen };
  }

  function delivered({ task }: Setting): number {
    return task.factsOf('records-delivered').reduce((sum, { records }) => sum + records, 0);
  }

  async function deliveredAll(setting: Setting, count = RECORDS): Promise<void> {
    await setting.task.when(() => delivered(setting) >= count);
    assert.equal(setting.seen.size, count);
  }

  function crashOf({ task }: Setting): string {
    return task.factsOf('task-crashed')[0]!.reason;
  }

  test('tells what an inline one tells, commits, and ends with its stop', async t => {
    const setting = await setUp(t, 'apart');
    await deliveredAll(setting);
    const { task, pid } = setting;
    assert.equal(await found(() => taskProcess(process.pid, 'apart-0')), pid);
    const status = await found(() => (task.task.status().idle ? task.task.status() : null));
    assert.equal(status.state, 'RUNNING');
    assert.deepEqual(status.topics, { apart: { consumed: RECORDS, delivered: RECORDS, deadLettered: 0, skipped: 0 } });
    assert.deepEqual(
      status.partitions.map(({ position }) => position),
      [100, 100, 100, 100],
    );
    const now = performance.now();
    assert.ok(now - status.lastPollAt! < 30_000 && status.lastPollAt! <= now, 'times are of the clock of this process');
    const kinds = new Set(task.facts.map(({ kind }) => kind));
    for (const kind of [
      'task-state',
      'partitions-assigned',
      'block-received',
      'request-succeeded',
      'commit-acknowledged',
    ] as const) {
      assert.ok(kinds.has(kind), `${kind} is among ${[...kinds].join()}`);
    }
    assert.deepEqual(await task.stop(), { clean: true, trace: null });
    assert.deepEqual(await committedOffsets(broker, 'apart', partitionsOf('apart')), [100, 100, 100, 100]);
    assert.ok(!isThere(pid));
    assert.deepEqual(task.factsOf('task-crashed'), []);
  });

  test('pauses and goes on, and does neither by a signal of the terminal', async t => {
    const setting = await setUp(t, 'pausing');
    const { task, pid } = setting;
    await deliveredAll(setting);
    task.task.pause();
    await task.when(() => task.factsOf('task-state').some(({ state }) => state === 'PAUSED'));
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGHUP');
    await produce('pausing', RECORDS, 40);
    await found(() => task.task.status().state === 'PAUSED');
    task.task.resume();
    await deliveredAll(setting, RECORDS + 40);
    assert.deepEqual(await task.stop(), { clean: true, trace: null });
  });

  test('one that is to begin paused does', async t => {
    const setting = await setUp(t, 'begins-paused');
    setting.task.task.pause();
    await setting.task.when(() => setting.task.factsOf('task-state').some(({ state }) => state === 'PAUSED'));
    assert.equal(delivered(setting), 0);
    setting.task.task.resume();
    await deliveredAll(setting);
  });

  test('one that is killed is FAILED with how it ended, told once, and what it had is no clean end', async t => {
    const setting = await setUp(t, 'killed');
    await deliveredAll(setting);
    const { task, pid } = setting;
    process.kill(pid, 'SIGKILL');
    await task.when(() => task.factsOf('task-crashed').length > 0);
    assert.equal(crashOf(setting), 'its process ended by itself: SIGKILL');
    const { state, trace, partitions } = task.task.status();
    assert.deepEqual([state, trace, partitions], ['FAILED', crashOf(setting), []]);
    assert.deepEqual(await task.stop(), { clean: false, trace: crashOf(setting) });
    assert.equal(task.factsOf('task-crashed').length, 1);
  });

  test('one that stands still is killed when it has said nothing for long', async t => {
    const looks: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      timer(ms, callback) {
        if (ms !== LOOK_MS) return systemClock.timer(ms, callback);
        looks.push(callback);
        return () => undefined;
      },
    };
    const setting = await setUp(t, 'silent', undefined, { clock });
    await deliveredAll(setting);
    process.kill(setting.pid, 'SIGSTOP');
    for (let look = looks.shift(); look !== undefined; look = looks.shift()) look();
    await setting.task.when(() => setting.task.factsOf('task-crashed').length > 0);
    assert.match(setting.lines.text(), /error The process of the task has said nothing for 60 s: it is killed/);
    assert.ok(!isThere(setting.pid));
  });

  test('one that stands still is killed at its stop, in time for the worker', async t => {
    const setting = await setUp(t, 'stopped-still');
    await deliveredAll(setting);
    process.kill(setting.pid, 'SIGSTOP');
    setting.task.task.stop(100);
    const end = await setting.task.end;
    assert.equal(end.clean, false);
    assert.ok(!isThere(setting.pid));
  });

  test('what nobody catches in it ends it, and what it said last is in the log, and nowhere else', async t => {
    const setting = await setUp(t, 'throwing');
    await deliveredAll(setting);
    process.kill(setting.pid, 'SIGUSR2');
    await setting.task.when(() => setting.task.factsOf('task-crashed').length > 0);
    assert.equal(crashOf(setting), 'its process ended by itself: exit code 70');
    assert.match(
      setting.lines.text(),
      new RegExp(`What the process of the task said last: Error: planted ${CANARY}\n +at `),
    );
    assert.doesNotMatch(JSON.stringify([setting.task.facts, setting.task.task.status()]), new RegExp(CANARY));
  });

  test('one that floods its standard error goes on, and little of it is kept', async t => {
    const setting = await setUp(t, 'flooding');
    await deliveredAll(setting);
    process.kill(setting.pid, 'SIGWINCH');
    await setting.task.when(() => setting.task.factsOf('task-crashed').length > 0);
    const last = setting.lines.all.find(({ text }) => text.startsWith('What the process of the task said last'))!;
    assert.ok(last.text.endsWith('x1999'), last.text.slice(-20));
    assert.ok(last.text.length < 2_200, String(last.text.length));
  });

  test('one that can not be built is FAILED with the reason, and goes at its stop', async t => {
    const setting = await setUp(t, 'unbuilt', config => ({
      ...config,
      valueConverter: { kind: 'string', encoding: 'no-such' },
    }));
    const { task } = setting;
    await task.when(() => task.factsOf('task-state').length > 0);
    const [fact] = task.factsOf('task-state') as [TaskFact & { readonly kind: 'task-state' }];
    assert.equal(fact.state, 'FAILED');
    assert.ok(fact.reason !== null && fact.reason.length > 0);
    assert.deepEqual([task.task.status().state, task.task.status().trace], ['FAILED', fact.reason]);
    assert.deepEqual(await task.stop(), { clean: false, trace: fact.reason });
    assert.ok(!isThere(setting.pid));
    assert.deepEqual(task.factsOf('task-crashed'), []);
  });

  test('one that somebody else ends with SIGTERM finishes what it has, and says so', async t => {
    const setting = await setUp(t, 'terminated');
    await deliveredAll(setting);
    process.kill(setting.pid, 'SIGTERM');
    await setting.task.when(() => setting.task.factsOf('task-crashed').length > 0);
    assert.equal(crashOf(setting), 'its process was told to end by somebody else than its worker');
    assert.deepEqual(await committedOffsets(broker, 'terminated', partitionsOf('terminated')), [100, 100, 100, 100]);
    assert.deepEqual(await setting.task.stop(), { clean: true, trace: null });
  });

  test('its secrets are on no command line and in no environment', async t => {
    process.env['TAILRACE_TEST_CANARY'] = `Bearer ${CANARY}`;
    t.after(() => delete process.env['TAILRACE_TEST_CANARY']);
    const secret = new Secret(CANARY);
    const setting = await setUp(
      t,
      'discreet',
      config => ({ ...config, http: { ...config.http, headers: { authorization: secret } } }),
      { secrets: () => [secret] },
    );
    await deliveredAll(setting);
    for (const file of ['environ', 'cmdline']) {
      const text = readFileSync(`/proc/${setting.pid}/${file}`, 'utf8');
      assert.doesNotMatch(text, new RegExp(CANARY));
    }
    assert.match(readFileSync(`/proc/${setting.pid}/environ`, 'utf8'), /PATH=/);
  });

  test('its log lines come over at the level of the worker, which may change', async t => {
    const setting = await setUp(t, 'lines', config => ({
      ...config,
      kafka: {
        ...config.kafka,
        consumer: { ...config.kafka.consumer, global: { ...config.kafka.consumer.global, debug: 'broker,cgrp' } },
      },
    }));
    await deliveredAll(setting);
    assert.doesNotMatch(setting.lines.text(), /librdkafka/);
    setting.lines.level = 'trace';
    await found(() => /^trace librdkafka /m.test(setting.lines.text()));
    assert.deepEqual(setting.lines.all.find(({ text }) => text.startsWith('librdkafka'))!.fields, {
      event: 'client-log',
      logger: 'tailrace.client',
    });
  });

  for (const isStill of [false, true]) {
    // The channel's end is not seen by one that stands still.
    const skip = isStill && 'fault' in nativeAddon() ? 'the native reader is not built' : false;
    test(`it is gone when its worker was killed${isStill ? ', though it stood still' : ''}`, { skip }, async t => {
      const topic = isStill ? 'orphan-still' : 'orphan';
      const endpoint = await new Endpoint({ keep: false }).start();
      t.after(() => endpoint.close());
      await broker.createTopic(topic);
      await produce(topic, 0, 40);
      const parent = await startTaskParent(t, {
        bootstrapServers: broker.bootstrapServers,
        topic,
        url: endpoint.url.href,
      });
      const pid = await found(() => taskProcess(parent.pid!, `${topic}-0`));
      t.after(() => isThere(pid) && process.kill(pid, 'SIGKILL'));
      await found(() => childrenOf(parent.pid!).size === 1);
      if (isStill) process.kill(pid, 'SIGSTOP');
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      await found(() => !isThere(pid));
    });
  }
});
