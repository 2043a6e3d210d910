import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf, type Keys, parse } from './written.ts';

const SUCCESS = 'reporter.success.topic.name';
const ERROR = 'reporter.error.topic.name';
const DEAD_LETTERS = 'errors.deadletterqueue.topic.name';

test('reporter: off by default, and on where a topic is named', () => {
  assert.equal(connectorOf({}).reporter, null);
  assert.equal(connectorOf({ [SUCCESS]: ' ' }).reporter, null);
  assert.deepEqual(connectorOf({ [SUCCESS]: 'done' }).reporter, {
    success: { name: 'done', partitions: 1, replicationFactor: 3 },
    error: null,
    granularity: 'record',
    format: 'json',
    headerPrefix: '__tailrace.report.',
  });
  const all = {
    [SUCCESS]: 'done',
    [ERROR]: 'failed',
    'reporter.error.topic.partitions': '6',
    'reporter.error.topic.replication.factor': '-1',
    'reporter.granularity': 'batch',
    'reporter.format': 'text',
    'reporter.header.prefix': 'input_record_',
  };
  assert.deepEqual(connectorOf(all).reporter, {
    success: { name: 'done', partitions: 1, replicationFactor: 3 },
    error: { name: 'failed', partitions: 6, replicationFactor: -1 },
    granularity: 'batch',
    format: 'text',
    headerPrefix: 'input_record_',
  });
});

test('reporter: a topic that the connector reads, or parks in, is refused', () => {
  for (const key of [SUCCESS, ERROR]) {
    assertFault({ connector: { topics: 'a,b', [key]: 'b' } }, 'conflict', key, /would come back/);
    const pattern = { topics: null, 'topics.regex': 'a.*', [key]: 'a-reports' };
    assertFault({ connector: pattern }, 'conflict', key, /would come back/);
    const parked = { [DEAD_LETTERS]: 'dlq', [key]: 'dlq' };
    assertFault({ connector: parked }, 'conflict', key, /must not be errors\.deadletterqueue/);
    assertFault({ connector: { [key]: 'no topic' } }, 'invalid', key, /topic name/);
    const factor = key.replace('name', 'replication.factor');
    assertFault({ connector: { [key]: 'done', [factor]: '0' } }, 'invalid', factor, /at least 1, or -1/);
  }
});

test('reporter: both may be one topic, of one kind', () => {
  const both = { [SUCCESS]: 'reports', [ERROR]: 'reports' };
  const reporter = connectorOf(both).reporter;
  assert.deepEqual(reporter?.success, reporter?.error);
  const key = 'reporter.error.topic.partitions';
  assertFault({ connector: { ...both, [key]: '2' } }, 'conflict', key, /one topic/);
  assert.equal(connectorOf({ ...both, [ERROR]: 'other', [key]: '2' }).reporter?.error?.partitions, 2);
});

test('reporter: what has no effect is noticed', () => {
  const notices = (keys: Keys): string => parse({ connector: keys }).notices.join('\n');
  assert.match(notices({ 'reporter.format': 'text' }), /reporter\.format has no effect: no topic of a reporter/);
  assert.match(notices({ 'reporter.error.topic.partitions': '2' }), /has no effect: no reporter\.error\.topic\.name/);
  assert.match(notices({ [ERROR]: 'e', 'reporter.granularity': 'batch' }), /each error is reported by itself/);
  assert.equal(notices({ [SUCCESS]: 's', 'reporter.granularity': 'batch', 'reporter.format': 'text' }), '');
});

test('reporter: its clients are those of dead letters, with their keys', () => {
  const keys = { 'producer.override.linger.ms': '50', 'admin.override.retry.backoff.ms': '100' };
  assert.equal(parse({ connector: { ...keys, [ERROR]: 'e' } }).notices.join('\n'), '');
  assert.equal(connectorOf({ ...keys, [SUCCESS]: 's' }).kafka.producer.global['queue.buffering.max.ms'], '50');
  assert.match(
    parse({ connector: keys }).notices.join('\n'),
    /linger\.ms, admin\.override.* have no effect: neither .* nor the topic/,
  );
  const acks = { ...keys, 'producer.override.max.in.flight.requests.per.connection': '6' };
  assertFault(
    { connector: { ...acks, 'producer.override.enable.idempotence': 'true', [ERROR]: 'e' } },
    'conflict',
    'producer.override.max.in.flight.requests.per.connection',
    /at most 5/,
  );
});
