import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorStatus } from '../../../worker/status.ts';
import type { Log } from '../../../worker/telemetry/log.ts';
import { createTelemetry } from '../../../worker/telemetry/telemetry.ts';
import { EVERY, SUCCEEDED } from '../every-fact.ts';
import { createManualClock } from '../manual-clock.ts';
import { connector, partition } from '../statuses.ts';

function setUp(names: 'exporter' | 'jmx' = 'exporter') {
  const clock = createManualClock();
  const statuses: ConnectorStatus[] = [connector()];
  const log: Log = { write: () => undefined, writes: () => false, with: () => log };
  const telemetry = createTelemetry({
    clock,
    log,
    version: '1.2.3',
    metricNames: names,
    status: () => statuses,
    droppedLines: () => 0,
    loopDelay: quantiles => quantiles.map(() => 0),
  });
  const announcer = (task = 0) => telemetry.announcer({ connector: 'events', task, logEveryRecordError: false });
  /** The value of the one sample of this name; undefined where there is none. */
  const read = async (name: string): Promise<number | undefined> => {
    const lines = (await telemetry.render()).split('\n').filter(line => /^[^# ]/.test(line));
    const found = lines.filter(line => line.split(/[ {]/, 1)[0] === name);
    assert.ok(found.length < 2, `${name} is there ${found.length} times`);
    const written = found[0]?.slice(found[0].lastIndexOf(' ') + 1).replace('+Inf', 'Infinity');
    return written === undefined ? undefined : Number(written);
  };
  return { clock, statuses, telemetry, announcer, read };
}

const state = (of: 'RUNNING' | 'PAUSED' | 'FAILED' | 'UNASSIGNED') =>
  ({ kind: 'task-state', state: of, reason: null }) as const;

test('a task that runs was started, one that FAILED before was not, and each of its lives counts', async () => {
  const { announcer, read } = setUp();
  const name = 'kafka_connect_worker_task_startup_';
  const figures = async () =>
    Promise.all(
      ['attempts_total', 'success_total', 'failure_total', 'success_percentage', 'failure_percentage'].map(each =>
        read(name + each),
      ),
    );
  assert.deepEqual(await figures(), [0, 0, 0, 0, 0]);
  const { announce, forget } = announcer();
  announce(state('RUNNING'));
  announce(state('PAUSED'));
  announce(state('RUNNING'));
  assert.deepEqual(await figures(), [1, 1, 0, 1, 0]);
  announce(state('FAILED'));
  announce(state('UNASSIGNED'));
  announce(state('FAILED'));
  announce(state('UNASSIGNED'));
  announce(state('PAUSED'));
  announcer(1).announce(state('FAILED'));
  assert.deepEqual(await figures(), [4, 2, 2, 0.5, 0.5]);
  forget();
  assert.equal(await read(`${name}attempts_total`), 4, 'it is the worker that counts');
});

test('connectors that were started and such that could not be are counted', async () => {
  const { telemetry, read } = setUp();
  for (const good of [true, true, true, false]) telemetry.connectorStarted(good);
  const name = 'kafka_connect_worker_connector_startup_';
  assert.equal(await read(`${name}attempts_total`), 4);
  assert.equal(await read(`${name}success_total`), 3);
  assert.equal(await read(`${name}failure_total`), 1);
  assert.equal(await read(`${name}success_percentage`), 0.75);
});

test('the shares of running and paused time are of all its time, its first connecting included', async () => {
  const { announcer, clock, read } = setUp();
  const { announce } = announcer();
  const shares = async () => [
    await read('kafka_connect_connector_task_running_ratio'),
    await read('kafka_connect_connector_task_pause_ratio'),
  ];
  assert.deepEqual(await shares(), [0, 0]);
  clock.advance(10_000);
  announce(state('RUNNING'));
  clock.advance(30_000);
  assert.deepEqual(await shares(), [0.75, 0]);
  announce(state('PAUSED'));
  clock.advance(40_000);
  announce(state('FAILED'));
  clock.advance(20_000);
  assert.deepEqual(await shares(), [0.3, 0.4]);
});

test('rates are a second over about the last minute, and a first second is no flood', async () => {
  const { announcer, clock, read } = setUp();
  const { announce } = announcer();
  const rates = async () =>
    Promise.all(
      [
        'sink_record_read_rate',
        'sink_record_send_rate',
        'offset_commit_completion_rate',
        'offset_commit_skip_rate',
      ].map(each => read(`kafka_connect_sink_task_${each}`)),
    );
  announce({ ...EVERY['block-received'], records: 3_000 });
  announce({ ...EVERY['records-delivered'], records: 1_500 });
  announce(EVERY['commit-acknowledged']);
  announce(EVERY['commit-skipped']);
  clock.advance(1_000);
  assert.deepEqual(await rates(), [100, 50, 1 / 30, 1 / 30]);
  clock.advance(39_000);
  assert.deepEqual(await rates(), [75, 37.5, 1 / 40, 1 / 40]);
  clock.advance(60_000);
  assert.deepEqual(await rates(), [0, 0, 0, 0]);
});

test('what a task holds is looked at while records come, at most every 5 s, and at scrapes', async () => {
  const { announcer, clock, read, statuses } = setUp();
  const { announce } = announcer();
  const holds = (records: number) => {
    statuses[0] = connector({ partitions: [partition({ committed: 100, position: 100 + records })] });
    clock.advance(4_000);
    announce(EVERY['block-received']);
  };
  holds(1_000);
  holds(400);
  holds(9_000);
  holds(200);
  const name = 'kafka_connect_sink_task_sink_record_active_count';
  assert.equal(await read(name), 200);
  assert.equal(await read(`${name}_max`), 400, '9,000 were not looked at: 4 s after the last time');
  clock.advance(90_000);
  assert.equal(await read(`${name}_max`), 200);
});

test("rebalances are those of the tasks' groups, and stay when a task goes", async () => {
  const { announcer, clock, read, statuses } = setUp();
  const name = (each: string) => `kafka_connect_worker_rebalance_${each}`;
  assert.equal(await read(name('time_since_last_rebalance_ms')), Number.POSITIVE_INFINITY);
  const { announce, forget } = announcer();
  announce(EVERY['partitions-assigned']);
  announce({ ...EVERY['partitions-revoked'], ms: 40 });
  announce({ ...EVERY['partitions-revoked'], ms: 20 });
  clock.advance(700);
  forget();
  assert.equal(await read(name('completed_rebalances_total')), 1);
  assert.equal(await read(name('rebalance_max_time_ms')), 40);
  assert.equal(await read(name('rebalance_avg_time_ms')), 30);
  assert.equal(await read(name('time_since_last_rebalance_ms')), 700);
  assert.equal(await read(name('rebalancing')), 0);
  statuses.push(connector({ state: 'UNASSIGNED' }));
  assert.equal(await read(name('rebalancing')), 1);
});

test('restarts and crashes of a task are counted, and leave with it', async () => {
  const { announcer, read } = setUp();
  const { announce, forget } = announcer();
  assert.equal(await read('tailrace_task_restarts_total'), 0);
  announce(EVERY['task-crashed']);
  for (let i = 0; i < 3; i++) announce(EVERY['task-restart']);
  assert.equal(await read('tailrace_task_restarts_total'), 3);
  assert.equal(await read('tailrace_task_crashes_total'), 1);
  forget();
  assert.equal(await read('tailrace_task_restarts_total'), undefined);
});

test('class and version are in labels, and leave with the connector', async () => {
  const { statuses, telemetry } = setUp();
  const text = await telemetry.render();
  for (const line of [
    'kafka_connect_connector_connector_type{connector="events",connector_type="sink"} 1',
    'kafka_connect_connector_connector_class{connector="events",connector_class="com.example.HttpSink"} 1',
    'kafka_connect_connector_connector_version{connector="events",connector_version="1.2.3"} 1',
    'kafka_connect_connector_task_connector_version{connector="events",task="0",connector_version="1.2.3"} 1',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  statuses.length = 0;
  assert.ok(!(await telemetry.render()).includes('com.example'));
});

test("metrics.names=jmx has the names of the JMX exporter's default rule, and no other of Kafka Connect's", async () => {
  const { announcer, telemetry } = setUp('jmx');
  announcer().announce(SUCCEEDED);
  const text = await telemetry.render();
  for (const name of [
    'kafka_connect_connect_worker_metrics_connector_count',
    'kafka_connect_connect_worker_metrics_connector_running_task_count',
    'kafka_connect_connect_worker_rebalance_metrics_completed_rebalances_total',
    'kafka_connect_connector_metrics_status',
    'kafka_connect_connector_task_metrics_batch_size_max',
    'kafka_connect_sink_task_metrics_sink_record_send_total',
    'kafka_connect_task_error_metrics_total_record_errors',
    'tailrace_requests_total',
  ]) {
    assert.ok(text.includes(`# TYPE ${name} `), name);
  }
  const named = [...text.matchAll(/^# TYPE (kafka_connect_\S+)/gm)].map(match => match[1]!);
  assert.deepEqual(
    named.filter(name => !/_metrics_|_app_info/.test(name)),
    [],
  );
});
