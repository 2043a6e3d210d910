import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf, type Keys, parse } from './written.ts';

const SUCCESS = 'reporter.success.topic.name';
const ERROR = 'reporter.error.topic.name';
const DEFAULT_HEADERS = ['topic', 'partition', 'offset', 'timestamp', 'outcome', 'status', 'truncated'].map(field => [
  field,
  `__tailrace.report.${field}`,
]);
const DEAD_LETTERS = 'errors.deadletterqueue.topic.name';

test('reporter: off by default, and on where a topic is named', () => {
  assert.equal(connectorOf({}).reporter, null);
  assert.equal(connectorOf({ [SUCCESS]: ' ' }).reporter, null);
  assert.deepEqual(connectorOf({ [SUCCESS]: 'done' }).reporter, {
    success: {
      name: 'done',
      partitions: 1,
      replicationFactor: 3,
      value: 'report',
      format: 'json',
      headers: DEFAULT_HEADERS,
    },
    error: null,
    granularity: 'record',
    bodies: { success: false, error: false },
    responseMaxBytes: 131_072,
  });
  const all = {
    [SUCCESS]: 'done',
    [ERROR]: 'failed',
    'reporter.error.topic.partitions': '6',
    'reporter.error.topic.replication.factor': '-1',
    'reporter.granularity': 'batch',
    'reporter.format': 'text',
    'reporter.header.prefix': 'input_record_',
    'reporter.success.value': 'response',
    'reporter.error.value': 'reason',
    'reporter.error.format': 'json',
    'reporter.headers': 'offset',
    'reporter.error.headers': 'offset, status:status_code ,response:response_content',
    'reporter.response.max.bytes': '1000',
  };
  const headers = [
    ['offset', 'input_record_offset'],
    ['status', 'status_code'],
    ['response', 'response_content'],
  ];
  assert.deepEqual(connectorOf(all).reporter, {
    success: {
      name: 'done',
      partitions: 1,
      replicationFactor: 3,
      value: 'response',
      format: 'text',
      headers: [['offset', 'input_record_offset']],
    },
    error: { name: 'failed', partitions: 6, replicationFactor: -1, value: 'reason', format: 'json', headers },
    granularity: 'batch',
    bodies: { success: true, error: true },
    responseMaxBytes: 1000,
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

test('reporter: headers are of what there is, and each has a name of its own', () => {
  const key = 'reporter.headers';
  const fault = (text: string, code: 'invalid' | 'conflict', message: RegExp): void =>
    assertFault({ connector: { [ERROR]: 'e', [key]: text } }, code, key, message);
  fault('topic,payload', 'invalid', /must hold topic, .* alone, .*payload|must hold topic/);
  fault('topic,topic:other', 'invalid', /must not name topic twice/);
  fault('topic:', 'invalid', /a name of letters/);
  fault('topic:a b', 'invalid', /a name of letters/);
  fault('topic:x,offset:x', 'conflict', /must not call two headers x/);
  assert.deepEqual(connectorOf({ [ERROR]: 'e', [key]: '' }).reporter?.error?.headers, []);
  assertFault(
    { connector: { [ERROR]: 'e', 'reporter.error.headers': 'topic:x,offset:x' } },
    'conflict',
    'reporter.error.headers',
    /must not call two headers x/,
  );
});

test('reporter: a report of a batch is of no one record', () => {
  const batches = { [SUCCESS]: 's', 'reporter.granularity': 'batch' };
  for (const [key, text] of [
    ['reporter.success.value', 'record'],
    ['reporter.success.headers', 'value'],
    ['reporter.headers', 'topic,value'],
  ] as const) {
    assertFault({ connector: { ...batches, [key]: text } }, 'conflict', key, /needs reporter\.granularity=record/);
  }
});

test('reporter: keys about what no report has are noticed', () => {
  const notices = (keys: Keys): string => parse({ connector: keys }).notices.join('\n');
  const limit = { 'reporter.response.max.bytes': '10' };
  assert.match(notices({ [SUCCESS]: 's', ...limit }), /max\.bytes has no effect: no report has the body/);
  assert.equal(notices({ [SUCCESS]: 's', 'reporter.success.value': 'response', ...limit }), '');
  assert.equal(notices({ [ERROR]: 'e', 'reporter.headers': 'response', ...limit }), '');
  assert.match(notices({ [SUCCESS]: 's', 'reporter.error.value': 'reason' }), /no reporter\.error\.topic\.name/);
  assert.match(notices({ [SUCCESS]: 's', 'reporter.success.headers': 'reason' }), /those are of errors/);
  const headers = { 'reporter.headers': 'topic', 'reporter.success.headers': 'offset' };
  assert.match(notices({ [SUCCESS]: 's', ...headers }), /reporter\.success\.headers say otherwise/);
  const ofRecord = { 'reporter.success.value': 'record', 'reporter.success.format': 'text' };
  assert.match(notices({ [SUCCESS]: 's', ...ofRecord }), /own value stays as it is/);
  const formats = { 'reporter.format': 'text', 'reporter.error.format': 'json' };
  assert.match(notices({ [ERROR]: 'e', ...formats }), /reporter\.error\.format say otherwise/);
  assert.equal(notices({ [ERROR]: 'e', [SUCCESS]: 's', ...formats }), '');
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

test('reporter: another cluster has clients of its own, which inherit nothing', () => {
  const elsewhere = {
    [SUCCESS]: 's',
    'reporter.bootstrap.servers': 'reports:9092,reports:9093',
    'reporter.producer.security.protocol': 'SASL_SSL',
    'reporter.producer.sasl.mechanism': 'PLAIN',
    'reporter.producer.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="canary";',
    'reporter.producer.linger.ms': '7',
    'reporter.admin.retry.backoff.ms': '150',
  };
  const worker = { 'producer.security.protocol': 'SSL', 'admin.client.rack': 'a', 'producer.compression.type': 'gzip' };
  const { reports, producer } = connectorOf(elsewhere, { worker }).kafka;
  assert.deepEqual(
    ['bootstrap.servers', 'security.protocol', 'queue.buffering.max.ms', 'client.id'].map(
      key => reports!.producer.global[key],
    ),
    ['reports:9092,reports:9093', 'sasl_ssl', '7', 'connector-dlq-producer-c-0'],
  );
  assert.notEqual(reports!.producer.global['compression.codec'], 'gzip');
  assert.equal(`${reports!.producer.global['sasl.password']}`.includes('canary'), false);
  const { global } = reports!.admin;
  assert.deepEqual(
    ['bootstrap.servers', 'security.protocol', 'client.rack', 'retry.backoff.ms'].map(key => global[key]),
    ['reports:9092,reports:9093', undefined, undefined, '150'],
  );
  assert.equal(producer.global['bootstrap.servers'], 'kafka:9092');
  assert.equal(connectorOf({ [SUCCESS]: 's' }).kafka.reports, undefined);
});

test('reporter: keys of another cluster that do nothing, or are none', () => {
  const notices = (keys: Keys): string => parse({ connector: keys }).notices.join('\n');
  const brokers = { 'reporter.bootstrap.servers': 'reports:9092' };
  const linger = { 'reporter.producer.linger.ms': '7' };
  assert.match(notices({ ...brokers, ...linger }), /linger\.ms.* have no effect: no topic of a reporter/s);
  assert.match(notices({ [SUCCESS]: 's', ...linger }), /has no effect: no reporter\.bootstrap\.servers/);
  const override = { 'producer.override.linger.ms': '50' };
  assert.match(notices({ [SUCCESS]: 's', ...brokers, ...override }), /linger\.ms has no effect: neither/);
  assert.equal(notices({ [SUCCESS]: 's', [DEAD_LETTERS]: 'd', ...brokers, ...override, ...linger }), '');
  const faulty = (key: string, value: string, code: string, message: RegExp): void =>
    assertFault({ connector: { [SUCCESS]: 's', ...brokers, [key]: value } }, code, key, message);
  faulty('reporter.producer.acks', '1', 'invalid', /must be/);
  faulty('reporter.producer.lingerms', '1', 'unknown', /did you mean linger\.ms/);
  faulty('reporter.admin.group.id', 'a', 'unknown', /not a client key of the admin/);
  faulty('reporter.producer.retry.backoff.ms', 'canary-no', 'invalid', /whole number/);
});
