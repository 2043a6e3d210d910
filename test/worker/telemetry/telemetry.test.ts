import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorStatus } from '../../../worker/status.ts';
import { ANNOUNCEMENTS } from '../../../worker/telemetry/announcements.ts';
import type { Log, LogFields, LogLevel } from '../../../worker/telemetry/log.ts';
import type { Metric } from '../../../worker/telemetry/metric.ts';
import { METRICS } from '../../../worker/telemetry/metrics.ts';
import { createTelemetry } from '../../../worker/telemetry/telemetry.ts';
import { EVERY, FAILED, FAULT, REJECTED, SUCCEEDED } from '../every-fact.ts';
import { createManualClock } from '../manual-clock.ts';
import { connector, connectorConfig, partition } from '../statuses.ts';

interface Line {
  readonly level: LogLevel;
  readonly text: string;
  readonly fields: LogFields;
}

function setUp(
  options: {
    logEveryRecordError?: boolean;
    status?: readonly ConnectorStatus[];
    metricNames?: 'exporter' | 'jmx';
  } = {},
) {
  const clock = createManualClock();
  const lines: Line[] = [];
  const delays = { scale: 2 };
  const log: Log = {
    write: (level, text, fields) => lines.push({ level, text, fields }),
    writes: () => true,
    with: () => log,
  };
  const telemetry = createTelemetry({
    clock,
    log,
    version: '1.2.3',
    metricNames: options.metricNames ?? 'exporter',
    status: () => options.status ?? [connector()],
    droppedLines: () => 7,
    loopDelay: quantiles => quantiles.map(quantile => delays.scale * quantile),
  });
  const logEveryRecordError = options.logEveryRecordError ?? false;
  const { announce, forget } = telemetry.announcer({ connector: 'events', task: 0, logEveryRecordError });
  return { clock, lines, delays, telemetry, announce, forget };
}

/** Value of a sample by its name and, in any order, some of its labels. */
function value(text: string, name: string, ...labels: string[]): number | undefined {
  const line = text
    .split('\n')
    .find(
      each =>
        (each.startsWith(`${name} `) || each.startsWith(`${name}{`)) && labels.every(label => each.includes(label)),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

test('every kind of fact has a text without holes and lands where its metric is', async () => {
  const { lines, telemetry, announce } = setUp();
  for (const fact of Object.values(EVERY)) announce(fact);
  assert.equal(lines.length, Object.keys(ANNOUNCEMENTS).length);
  for (const { text, fields } of lines) {
    assert.doesNotMatch(text, /undefined|NaN|\[object|\n/);
    assert.ok(text.length > 10, text);
    assert.ok(fields['event'] !== undefined);
  }
  const text = await telemetry.render();
  const expected: readonly (readonly [name: string, value: number, label?: string])[] = [
    ['kafka_connect_sink_task_sink_record_read_total', 10],
    ['kafka_connect_sink_task_sink_record_send_total', 9],
    ['kafka_connect_sink_task_offset_commit_completion_total', 1],
    ['kafka_connect_sink_task_offset_commit_skip_total', 1],
    ['kafka_connect_sink_task_offset_commit_seq_no', 3],
    ['kafka_connect_connector_task_offset_commit_success_percentage', 0.5],
    ['kafka_connect_connector_task_offset_commit_failure_percentage', 0.5],
    ['kafka_connect_connector_task_offset_commit_max_time_ms', 8],
    ['kafka_connect_connector_task_batch_size_max', 500],
    ['kafka_connect_sink_task_put_batch_avg_time_ms', 40],
    ['kafka_connect_task_error_total_record_failures', 1],
    ['kafka_connect_task_error_total_record_errors', 2],
    ['kafka_connect_task_error_total_records_skipped', 1],
    ['kafka_connect_task_error_total_retries', 1],
    ['kafka_connect_task_error_total_errors_logged', 1],
    ['kafka_connect_task_error_deadletterqueue_produce_requests', 2],
    ['kafka_connect_task_error_deadletterqueue_produce_failures', 1],
    ['kafka_connect_task_error_last_error_timestamp', 1_700_000_001_000],
    ['tailrace_requests_total', 1, 'status="2xx"'],
    ['tailrace_requests_total', 1, 'status="5xx"'],
    ['tailrace_request_bytes_total', 90_000],
    ['tailrace_request_records_count', 1],
    ['tailrace_request_duration_seconds_count', 2],
    ['tailrace_ambiguous_requests_total', 1],
    ['tailrace_batch_splits_total', 1],
    ['tailrace_token_refreshes_total', 1, 'result="ok"'],
    ['tailrace_token_refreshes_total', 1, 'result="failed"'],
    ['tailrace_rebalances_total', 1, 'kind="assigned"'],
    ['tailrace_rebalances_total', 1, 'kind="not_drained"'],
    ['tailrace_records_repeated_total', 2],
    ['tailrace_partition_stalls_total', 1],
    ['tailrace_client_faults_total', 1],
    ['tailrace_offset_commit_failures_total', 1],
    ['tailrace_offset_resets_total', 1, 'cause="deleted"'],
    ['tailrace_records_lost_to_retention_total', 80],
  ];
  for (const [name, wanted, label = ''] of expected) {
    assert.equal(value(text, name, 'connector="events"', 'task="0"', label), wanted, `${name} ${label}`);
  }
});

test('what the tasks say of themselves is read at the scrape', async () => {
  const { telemetry } = setUp();
  const text = await telemetry.render();
  const expected: readonly (readonly [name: string, value: number, label?: string])[] = [
    ['kafka_connect_app_info', 1, 'version="1.2.3"'],
    ['kafka_connect_worker_connector_count', 1],
    ['kafka_connect_worker_task_count', 1],
    ['kafka_connect_worker_connector_running_task_count', 1, 'connector="events"'],
    ['kafka_connect_worker_connector_failed_task_count', 0, 'connector="events"'],
    ['kafka_connect_connector_status', 1, 'status="running"'],
    ['kafka_connect_connector_task_status', 1, 'status="running"'],
    ['kafka_connect_sink_task_partition_count', 1],
    ['kafka_connect_sink_task_sink_record_active_count', 20],
    ['tailrace_records_total', 20, 'verdict="consumed"'],
    ['tailrace_records_total', 2, 'verdict="dead_lettered"'],
    ['tailrace_partition_lag', 40, 'partition="0"'],
    ['tailrace_partition_unresolved_records', 5, 'topic="orders"'],
    ['tailrace_oldest_unresolved_seconds', 1.5],
    ['tailrace_requests_in_flight', 3],
    ['tailrace_buffered_bytes', 4096],
    ['tailrace_endpoint_parked', 0],
    ['tailrace_log_lines_dropped_total', 7],
  ];
  for (const [name, wanted, label = ''] of expected) assert.equal(value(text, name, label), wanted, `${name} ${label}`);
});

test('age and expiry of tokens are there as long as there is one', async () => {
  const credentials = { ageMs: 1500, expiresInMs: 60_000, refreshes: 1, failures: 0, lastFailure: null };
  const statuses = [connector({ sink: { state: 'ok', credentials } })];
  const { telemetry } = setUp({ status: statuses });
  const read = async () => {
    const text = await telemetry.render();
    return [value(text, 'tailrace_token_age_seconds'), value(text, 'tailrace_token_expires_in_seconds')];
  };
  assert.deepEqual(await read(), [1.5, 60]);
  statuses[0] = connector({ sink: { state: 'ok', credentials: { ...credentials, expiresInMs: null } } });
  assert.deepEqual(await read(), [1.5, undefined]);
  statuses[0] = connector({});
  assert.deepEqual(await read(), [undefined, undefined]);
});

test('a second scrape repeats counters and forgets partitions and states that are gone', async () => {
  const statuses = [connector()];
  const { telemetry } = setUp({ status: statuses });
  await telemetry.render();
  statuses[0] = connector({ state: 'PAUSED', partitions: [partition({ partition: 1 })] });
  const text = await telemetry.render();
  assert.equal(value(text, 'tailrace_records_total', 'verdict="consumed"'), 20);
  assert.equal(value(text, 'tailrace_log_lines_dropped_total'), 7);
  assert.equal(value(text, 'tailrace_partition_lag', 'partition="0"'), undefined);
  assert.equal(value(text, 'tailrace_partition_lag', 'partition="1"'), 40);
  assert.equal(value(text, 'kafka_connect_connector_task_status', 'status="running"'), undefined);
  assert.equal(value(text, 'kafka_connect_connector_task_status', 'status="paused"'), 1);
});

test('every metric of the table is shown once there is something to show, and nothing else of ours', async () => {
  const { telemetry, announce } = setUp();
  for (const fact of Object.values(EVERY)) announce(fact);
  const shown = [...(await telemetry.render()).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
    .filter(match => !/^(process|nodejs)_/.test(match[1]!))
    .map(match => `${match[1]} ${match[2]}`);
  const table = Object.values(METRICS).map((metric: Metric) => `${metric.names.exporter} ${metric.type}`);
  assert.deepEqual(shown.sort(), table.sort());
});

test('the longest hold of the event loop stays for half a minute, the rest is of the last scrape', async () => {
  const { clock, delays, telemetry } = setUp();
  const read = async () => {
    const text = await telemetry.render();
    const quantiles = ['0.5', '0.99'].map(at => value(text, 'tailrace_event_loop_delay_seconds', `quantile="${at}"`));
    return [...quantiles, value(text, 'tailrace_event_loop_delay_max_seconds')];
  };
  assert.deepEqual(await read(), [1, 1.98, 2]);
  delays.scale = 0.1;
  assert.deepEqual(await read(), [0.05, 0.099, 2]);
  clock.advance(31_000);
  assert.deepEqual(await read(), [0.05, 0.099, 2]);
  clock.advance(31_000);
  assert.deepEqual(await read(), [0.05, 0.099, 0.1]);
});

test('a hostile topic name does not break the format', async () => {
  const topic = 'a"} 1\nevil_metric 1\n#\\';
  const counts = { consumed: 1, delivered: 1, deadLettered: 0, skipped: 0 };
  const { telemetry } = setUp({
    status: [connector({ partitions: [partition({ topic })], topics: { [topic]: counts } })],
  });
  assert.doesNotMatch(await telemetry.render(), /^evil_metric/m);
});

test('counters are there before the first increment', async () => {
  const { telemetry } = setUp();
  assert.equal(
    value(await telemetry.render(), 'kafka_connect_sink_task_sink_record_read_total', 'connector="events"'),
    0,
  );
});

test('maxima and averages forget what is older than a minute', async () => {
  const { clock, telemetry, announce } = setUp();
  announce({ ...SUCCEEDED, ms: 100 });
  announce({ ...SUCCEEDED, ms: 50 });
  const names = ['kafka_connect_sink_task_put_batch_max_time_ms', 'kafka_connect_sink_task_put_batch_avg_time_ms'];
  const read = async () => {
    const text = await telemetry.render();
    return names.map(name => value(text, name));
  };
  assert.deepEqual(await read(), [100, 75]);
  clock.advance(31_000);
  announce({ ...SUCCEEDED, ms: 30 });
  assert.deepEqual(await read(), [100, 60]);
  clock.advance(31_000);
  assert.deepEqual(await read(), [30, 30]);
  clock.advance(61_000);
  assert.deepEqual(await read(), [0, 0]);
});

test('a storm gives a line a second, the last fact of it is written, and all are counted', async () => {
  const { clock, lines, telemetry, announce } = setUp();
  const attempt = (number: number) => announce({ ...FAILED, attempt: number });
  for (let i = 1; i <= 500; i++) attempt(i);
  assert.deepEqual(
    lines.map(line => line.fields['suppressed']),
    [undefined],
  );
  clock.advance(1000);
  assert.deepEqual(
    lines.map(line => [line.fields['attempt'], line.fields['suppressed']]),
    [
      [1, undefined],
      [500, 498],
    ],
  );
  assert.match(lines[1]!.text, /and 498 more of the kind/);
  clock.advance(2000);
  assert.equal(clock.timers, 0);
  attempt(501);
  assert.equal(lines.length, 3);
  assert.equal(value(await telemetry.render(), 'tailrace_requests_total', '5xx'), 501);
});

test('one kind’s storm does not hush another kind', () => {
  const { lines, announce } = setUp();
  for (let i = 0; i < 10; i++) {
    announce(FAILED);
    announce(FAULT);
  }
  assert.deepEqual(
    lines.map(line => line.fields['event']),
    ['request-failed', 'client-fault'],
  );
});

test('errors.log.enable writes every record error, and a failed task is never left out', () => {
  const every = setUp({ logEveryRecordError: true });
  for (let i = 0; i < 10; i++) every.announce(REJECTED);
  assert.equal(every.lines.length, 10);
  const some = setUp();
  for (let i = 0; i < 10; i++) some.announce(REJECTED);
  some.announce({ ...REJECTED, outcome: 'failed-task' });
  assert.deepEqual(
    some.lines.map(line => line.level),
    ['warn', 'error'],
  );
  assert.match(some.lines[1]!.text, /^Record orders-2@77 stops the task \(errors\.tolerance=none\): not JSON$/);
});

/** The samples with this label. */
function samplesOf(text: string, label: string): string[] {
  return text.split('\n').filter(line => line.includes(label));
}

test('a forgotten task leaves the metrics, another one stays as it is, and one of the same name begins at zero', async () => {
  const others = connector({}, connectorConfig('others'));
  const statuses = [connector(), others];
  const { telemetry, announce, forget } = setUp({ status: statuses });
  const other = telemetry.announcer({ connector: 'others', task: 0, logEveryRecordError: false });
  const begin = samplesOf(await telemetry.render(), 'connector="events"');
  for (const fact of Object.values(EVERY)) announce(fact);
  for (const fact of Object.values(EVERY)) other.announce(fact);
  const before = await telemetry.render();
  assert.ok(samplesOf(before, 'connector="events"').length > begin.length);

  statuses.splice(0, 1);
  forget();
  const after = await telemetry.render();
  assert.deepEqual(samplesOf(after, 'connector="events"'), []);
  assert.deepEqual(samplesOf(after, 'connector="others"'), samplesOf(before, 'connector="others"'));

  for (const fact of Object.values(EVERY)) announce(fact);
  assert.deepEqual(samplesOf(await telemetry.render(), 'connector="events"'), []);

  statuses.unshift(connector());
  const anew = telemetry.announcer({ connector: 'events', task: 0, logEveryRecordError: false });
  assert.deepEqual(samplesOf(await telemetry.render(), 'connector="events"').sort(), begin.sort());
  for (const fact of Object.values(EVERY)) anew.announce(fact);
  await telemetry.render();
  forget();
  assert.deepEqual(
    samplesOf(await telemetry.render(), 'connector="events"').sort(),
    samplesOf(before, 'connector="events"').sort(),
  );
});

test('a forgotten task has its last lines written and none behind them', () => {
  const { clock, lines, announce, forget } = setUp();
  for (let attempt = 1; attempt <= 5; attempt++) announce({ ...FAILED, attempt });
  announce(FAULT);
  forget();
  announce(FAULT);
  assert.deepEqual(
    lines.map(line => [line.fields['event'], line.fields['attempt'], line.fields['suppressed']]),
    [
      ['request-failed', 1, undefined],
      ['client-fault', undefined, undefined],
      ['request-failed', 5, 3],
    ],
  );
  assert.equal(clock.timers, 0);
});

test('a position outside its log: one line each, of what is lost and where reading goes on, and what is lost is counted', async () => {
  const { telemetry, announce, lines } = setUp();
  const at = { kind: 'offset-reset', topic: 'orders', partition: 1, low: 180, high: 300 } as const;
  for (const [fact, line] of [
    [
      { ...at, reset: 'earliest', from: 100, to: 180 },
      /^orders-1: offsets 100 to 179 \(80\) are lost to this group: those up to 179 were deleted \(retention\) before they were read; auto\.offset\.reset=earliest goes on at the log's start, 180$/,
    ],
    [
      { ...at, reset: 'latest', from: 100, to: 300 },
      /^orders-1: offsets 100 to 299 \(200\) are lost to this group: those up to 179 were deleted .*, those behind are skipped; auto\.offset\.reset=latest goes on at the log's end, 300$/,
    ],
    [
      { ...at, reset: 'earliest', from: 400, to: 180 },
      /^orders-1: the group's offset 400 is beyond the end of the log \(300\), .*start, 180: records may be delivered twice$/,
    ],
    [
      { ...at, reset: 'latest', from: 400, to: 300 },
      /^orders-1: the group's offset 400 is beyond the end of the log \(300\), .*end, 300: what was written since is not read$/,
    ],
  ] as const) {
    announce(fact);
    assert.match(lines.at(-1)!.text, line);
    assert.equal(lines.at(-1)!.level, 'warn');
  }
  assert.equal(lines.length, 4, 'none of them is held back');
  const text = await telemetry.render();
  assert.equal(value(text, 'tailrace_offset_resets_total', 'cause="deleted"'), 2);
  assert.equal(value(text, 'tailrace_offset_resets_total', 'cause="truncated"'), 2);
  assert.equal(value(text, 'tailrace_records_lost_to_retention_total'), 280);
});

test('of what a record holds, an endpoint answers or a broker says no more than an excerpt reaches a line', () => {
  const { lines, announce } = setUp();
  const text = `\u001b[2J\n${'4111'.repeat(100_000)}`;
  const { error } = REJECTED;
  announce({ ...REJECTED, error: { ...error, message: text, causes: [`java.lang.Exception: ${text}`] } });
  announce({ ...FAILED, reason: text });
  announce({ kind: 'client-fault', fault: { ...FAULT.fault, message: text } });
  announce({ kind: 'task-state', state: 'FAILED', reason: text });
  assert.equal(lines.length, 4);
  for (const line of lines) {
    assert.ok(JSON.stringify(line).length < 6_000, line.fields['event'] as string);
    assert.doesNotMatch(JSON.stringify(line), /\\u001b|\\n/);
    assert.match(line.text, /characters left out\)/);
  }
});
