import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorStatus } from '../../../worker/status.ts';
import { createHistory } from '../../../worker/telemetry/history.ts';
import type { Log } from '../../../worker/telemetry/log.ts';
import { createTelemetry } from '../../../worker/telemetry/telemetry.ts';
import { EVERY, FAILED, REJECTED, SUCCEEDED } from '../every-fact.ts';
import { createManualClock } from '../manual-clock.ts';
import { connectorConfig, partition, taskStatus } from '../statuses.ts';

const NO_LOG: Log = { write: () => undefined, writes: () => false, with: () => NO_LOG };

function setUp(names: readonly string[], tasksOfEach = 1, partitions = [partition()]) {
  const clock = createManualClock();
  let connectors: ConnectorStatus[] = names.map(name => {
    const config = connectorConfig(name);
    const tasks = Array.from({ length: tasksOfEach }, (_, id) => ({ id, config, status: taskStatus({ partitions }) }));
    return { config, target: 'RUNNING', state: 'RUNNING', trace: null, tasks };
  });
  const status = () => connectors;
  const options = { clock, log: NO_LOG, version: '1', metricNames: 'exporter', status } as const;
  const telemetry = createTelemetry({ ...options, droppedLines: () => 0, loopDelay: () => [] });
  const announcers = new Map(
    names.flatMap(connector =>
      Array.from({ length: tasksOfEach }, (_, task) => [
        `${connector}-${task}`,
        telemetry.announcer({ connector, task, logEveryRecordError: false }),
      ]),
    ),
  );
  const history = createHistory({ clock, status, telemetry });
  const keep = (wanted: readonly string[]): void => {
    connectors = connectors.filter(({ config }) => wanted.includes(config.name));
  };
  return { clock, telemetry, history, keep, announcer: (name: string) => announcers.get(name)! };
}

test('each step has what was counted in it, a second, and the connector has the sum of its tasks', () => {
  const { clock, history, announcer } = setUp(['a'], 2);
  const succeed = (task: number) => announcer(`a-${task}`).announce({ ...SUCCEEDED, records: 10, bytes: 500, ms: 40 });
  succeed(0);
  announcer('a-0').announce({ ...EVERY['records-delivered'], records: 10, latenciesMs: [100] });
  announcer('a-1').announce(FAILED);
  clock.advance(5_000);
  succeed(1);
  clock.advance(5_000);
  const { times, series, stepMs } = history.read('a', null)!;
  assert.deepEqual([stepMs, times.length, times[1]! - times[0]!], [5_000, 2, 5_000]);
  assert.deepEqual(
    series.requests.map(value => Math.round(value! * 5)),
    [2, 1],
  );
  assert.deepEqual(series.records, [2, 0]);
  assert.deepEqual(series.bytes, [100, 100]);
  assert.deepEqual(series.batch, [10, 10]);
  assert.deepEqual(series.recordP99, [100, null]);
  assert.deepEqual(series.lag, [80, 80]);
  assert.deepEqual(
    series.retries.map(value => Math.round(value! * 5)),
    [1, 0],
  );
  assert.deepEqual(history.column('a', 1, 'batch'), [null, 10]);
});

test('fifteen minutes are kept, and only what is newer is told to who has the rest', () => {
  const { clock, history } = setUp(['a']);
  assert.equal(history.read('a', null), null);
  clock.advance(400 * 5_000);
  const all = history.read('a', null)!;
  assert.equal(all.times.length, 180);
  assert.equal(all.times.at(-1)! - all.times[0]!, 179 * 5_000);
  for (const column of Object.values(all.series)) assert.equal(column.length, 180);
  const since = history.read('a', null, all.times.at(-3))!;
  assert.deepEqual(since.times, all.times.slice(-2));
  assert.deepEqual(history.read('a', null, Number.MAX_SAFE_INTEGER)!.times, []);
});

test('what is gone is forgotten; one that comes back begins anew', () => {
  const { clock, telemetry, history, keep, announcer } = setUp(['a', 'b']);
  announcer('a-0').announce(SUCCEEDED);
  clock.advance(5_000);
  keep(['b']);
  announcer('a-0').forget();
  clock.advance(5_000);
  assert.deepEqual([history.read('a', null), history.read('a', 0), telemetry.observed('a', 0)], [null, null, null]);
  assert.equal(history.read('b', null)!.times.length, 2);
  history.close();
  assert.equal(clock.timers, 0, 'nothing keeps the process alive');
});

test('a worker with more than 200 tasks keeps the sums of its connectors', () => {
  const { clock, history } = setUp(['a', 'b'], 101);
  clock.advance(5_000);
  assert.equal(history.read('a', 0), null);
  assert.equal(history.column('a', null, 'lag')![0], 101 * 40);
});

test('a lag that is known of no partition is not known, and no zero', () => {
  const { clock, history } = setUp(['a'], 1, [partition({ high: null })]);
  clock.advance(5_000);
  assert.deepEqual(history.column('a', null, 'lag'), [null]);
});

test('how requests went, in Orion’s words', () => {
  const { clock, telemetry, announcer } = setUp(['a']);
  const { announce } = announcer('a-0');
  announce(SUCCEEDED);
  const succeededAt = clock.wall();
  clock.advance(1_000);
  announce(FAILED);
  announce({ ...FAILED, status: null, reason: 'connection refused' });
  assert.deepEqual(telemetry.observed('a', 0)!.activity.sending, {
    timesSent: 3,
    lastSuccess: succeededAt,
    lastSuccessCode: 200,
    lastFailure: clock.wall(),
    lastFailureCode: null,
    lastFailureReason: 'connection refused',
    failsCounter: 2,
  });
  announce(SUCCEEDED);
  assert.equal(telemetry.observed('a', 0)!.activity.sending.failsCounter, 0);
});

test('causes of rejections are few, hold nothing of a record, and sizes make no other cause', () => {
  const { telemetry, announcer } = setUp(['a']);
  const { announce } = announcer('a-0');
  announce(REJECTED);
  const put = (message: string) => announce({ ...REJECTED, error: { ...REJECTED.error, stage: 'TASK_PUT', message } });
  put('the value of 123456 bytes does not fit');
  put('the value of 9876543 bytes does not fit');
  put('the endpoint answered 400 for it');
  put('the endpoint answered 422 for it');
  const { activity } = telemetry.observed('a', 0)!;
  assert.deepEqual(
    activity.causes.map(({ reason, records }) => [reason, records]),
    [
      ['e of c, the log says why', 1],
      ['the value of 123456 bytes does not fit', 2],
      ['the endpoint answered 400 for it', 1],
      ['the endpoint answered 422 for it', 1],
    ],
  );
  for (let index = 100; index < 200; index++) put(`cause ${index}`);
  assert.deepEqual([activity.causes.length, activity.otherRejections, activity.rejected], [20, 84, 105]);
});
