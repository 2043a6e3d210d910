import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Health, judge as judgeMasked } from '../../../worker/admin/health.ts';
import type { TaskStatus } from '../../../worker/task/task.ts';
import { connector, connectorConfig, partition } from '../statuses.ts';

const NOW = 1000;
const judge = (connectors: Parameters<typeof judgeMasked>[0], now: number) =>
  judgeMasked(connectors, now, text => text);
const PATIENCE = 40_000;

function answers(health: Health): string {
  return [health.alive && 'alive', health.ready && 'ready', health.progressing && 'progressing']
    .filter(Boolean)
    .join(' ');
}

function judged(changes: Partial<TaskStatus>, now = NOW): Health {
  return judge([connector(changes)], now);
}

test('a task at work is alive, ready and progressing', () => {
  const health = judged({});
  assert.equal(answers(health), 'alive ready progressing');
  assert.equal(health.status, 'healthy');
});

test('a running task without partitions is legitimately idle', () => {
  assert.equal(answers(judged({ partitions: [], lastVerdictAt: null })), 'alive ready progressing');
});

test('before its first assignment a task is alive and starting, for as long as Kafka is away', () => {
  const health = judged({ state: 'UNASSIGNED', partitions: [], lastPollAt: null, lastVerdictAt: null }, 10 ** 9);
  assert.equal(answers(health), 'alive progressing');
  assert.equal(health.status, 'starting');
});

test('a task that Kafka keeps out is not ready, and says what the client said', () => {
  const clientFault = 'members of the group mix assignors';
  const shutOut = judged({ partitions: [], lastVerdictAt: null, clientFault });
  assert.equal(answers(shutOut), 'alive progressing');
  assert.match(shutOut.message, /no partitions from Kafka: members of the group mix assignors$/);
  const waiting = judged({ state: 'UNASSIGNED', partitions: [], lastPollAt: null, lastVerdictAt: null, clientFault });
  assert.match(waiting.message, /waiting for Kafka and its partitions: members of the group mix assignors$/);
  assert.equal(answers(judged({ clientFault })), 'alive ready progressing', 'a broker less, and records still come');
});

test('a worker without a connector is healthy: REST is to give it some', () => {
  const { status, message, ready } = judge([], NOW);
  assert.deepEqual([status, ready], ['healthy', true]);
  assert.equal(message, 'Worker has completed startup and is ready to handle requests.');
});

test('a FAILED task makes the worker not ready, with its trace, but a restart would mend nothing', () => {
  const health = judged({ state: 'FAILED', trace: 'orders-0@7 is not JSON', partitions: [] }, 10 ** 9);
  assert.equal(answers(health), 'alive progressing');
  assert.equal(health.status, 'unhealthy');
  assert.match(health.message, /^events\/0: FAILED: orders-0@7 is not JSON$/);
});

test('a loop that has not read for a fifth of max.poll.interval.ms is not alive', () => {
  const idle = { partitions: [partition({ unresolved: 0, oldestUnresolvedMs: null })] };
  assert.equal(judged(idle, NOW + 60_000).alive, true);
  assert.equal(judged(idle, NOW + 60_001).alive, false);
  const own = connectorConfig('events', { 'max.poll.interval.ms': '10000' });
  assert.equal(judge([connector(idle, own)], NOW + 2_000).alive, true);
  assert.equal(judge([connector(idle, own)], NOW + 2_001).alive, false);
});

test('a parked endpoint is not ready, and says why', () => {
  const health = judged({ sink: { state: 'parked', reason: '403 from the endpoint', since: 0 } });
  assert.equal(answers(health), 'alive progressing');
  assert.match(health.message, /403 from the endpoint/);
});

test('a partition that brings nothing although it should makes the worker not ready, and says why', () => {
  const health = judged({ partitions: [partition(), partition({ fault: 'orders-1: CRC of a batch' })] });
  assert.equal(answers(health), 'alive progressing');
  assert.match(health.message, /orders-1: CRC of a batch/);
});

test('records that wait without any verdict for too long are no progress', () => {
  const stuck = {
    lastVerdictAt: NOW,
    lastPollAt: NOW + PATIENCE,
    partitions: [partition({ oldestUnresolvedMs: 10 ** 6 })],
  };
  assert.equal(judged(stuck, NOW + PATIENCE).progressing, true);
  assert.equal(judged(stuck, NOW + PATIENCE + 1).progressing, false);
  const retrying = { ...stuck, sink: { state: 'retrying', reason: 'the endpoint answered 503', since: 0 } } as const;
  assert.match(judged(retrying, NOW + PATIENCE + 1).message, /503/);
});

test('a record that has only just come in is not stuck, however long ago the last verdict was', () => {
  const fresh = { lastVerdictAt: NOW, lastPollAt: 10 ** 6, partitions: [partition({ oldestUnresolvedMs: 20 })] };
  assert.equal(judged(fresh, 10 ** 6).progressing, true);
});

test('before the first verdict the age of the oldest record decides', () => {
  const first = { lastVerdictAt: null, partitions: [partition({ oldestUnresolvedMs: PATIENCE + 1 })] };
  assert.equal(judged(first).progressing, false);
});

test('a paused task need not progress and is ready', () => {
  const paused = {
    state: 'PAUSED',
    lastVerdictAt: null,
    partitions: [partition({ oldestUnresolvedMs: 10 ** 9 })],
  } as const;
  assert.equal(answers(judged(paused)), 'alive ready progressing');
});

test('one bad connector among good ones decides, and the worse text wins over a start', () => {
  const health = judge(
    [
      connector({ state: 'UNASSIGNED' }, connectorConfig('slow')),
      connector(),
      connector({ state: 'FAILED', trace: 'why' }, connectorConfig('broken')),
    ],
    NOW,
  );
  assert.equal(health.status, 'unhealthy');
  assert.match(health.message, /^broken\/0/);
});

test('the details name sink, partitions and lag', () => {
  const since = NOW - 250;
  const health = judged({ sink: { state: 'retrying', reason: 'because', since } });
  const [details] = JSON.parse(JSON.stringify(health.connectors)) as [{ tasks: [Record<string, unknown>] }];
  assert.deepEqual(details.tasks[0]['sink'], { state: 'retrying', reason: 'because', for_ms: 250 });
  assert.deepEqual((details.tasks[0]['partitions'] as unknown[])[0], { ...partition(), lag: 40 });
  const [unknown] = judged({ partitions: [partition({ high: null })] }).connectors as [typeof details];
  assert.equal((unknown.tasks[0]['partitions'] as { lag: unknown }[])[0]!.lag, null);
});

test('the details tell of credentials that are renewed, and of no others', () => {
  const credentials = { ageMs: 1000.4, expiresInMs: null, refreshes: 2, failures: 1, lastFailure: 'because' };
  const [details] = judged({ sink: { state: 'ok', credentials } }).connectors as [{ tasks: [Record<string, unknown>] }];
  assert.deepEqual(details.tasks[0]['credentials'], {
    age_ms: 1000,
    expires_in_ms: null,
    refreshes: 2,
    failures: 1,
    last_failure: 'because',
  });
  const [none] = judged({}).connectors as [typeof details];
  assert.equal('credentials' in none.tasks[0], false);
});

test('offsets that can not be committed make the task not ready, with the reason', () => {
  const health = judged({ commitFault: 'the offsets of t-1 can not be committed: not allowed' });
  assert.deepEqual([health.alive, health.ready, health.status], [true, false, 'unhealthy']);
  assert.match(health.message, /t-1 can not be committed: not allowed/);
});

test('what brokers and endpoints said is short, on one line and masked wherever it stands', () => {
  const foreign = `token-secret \u001b[31m\n\u0085${'x'.repeat(1_000_000)}`;
  const places: Partial<TaskStatus>[] = [
    { state: 'FAILED', trace: foreign },
    { sink: { state: 'parked', reason: foreign, since: 0 } },
    { partitions: [partition({ fault: foreign })] },
    { state: 'UNASSIGNED', clientFault: foreign },
    { commitFault: foreign },
    { missingTopics: Array.from({ length: 10_000 }, (_, at) => `topic-${at}`) },
  ];
  for (const place of places) {
    const health = judgeMasked([connector(place)], NOW, text => text.replaceAll('token-secret', '[hidden]'));
    const text = JSON.stringify(health);
    assert.ok(text.length < 6_000, String(text.length));
    assert.doesNotMatch(text, /token-secret|\\u001b|\\n|\u0085/, JSON.stringify(place).slice(0, 50));
    assert.match(health.message, /left out|and 9980 more/);
  }
});

test('what is not verified of an endpoint is to be seen for as long as it is so', () => {
  const shown = (verification: string): unknown => {
    const config = connectorConfig('open');
    const http = { ...config.http, tls: { ...config.http.tls, verification } } as typeof config.http;
    const [first] = judge([connector({}, { ...config, http })], NOW).connectors;
    return (first as { readonly tls_verification?: string }).tls_verification;
  };
  assert.deepEqual(['full', 'certificate', 'none'].map(shown), [undefined, 'certificate', 'none']);
});
