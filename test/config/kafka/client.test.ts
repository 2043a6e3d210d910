import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '../../../config/secret.ts';
import type { KafkaConfig } from '../../../config/types.ts';
import { assertFault, connectorOf, faultLines, type Keys, parse } from '../written.ts';

const DLQ: Keys = { 'errors.deadletterqueue.topic.name': 'dlq' };

function prefixed(prefix: string, keys: Keys): Keys {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [prefix + key, value]));
}

function kafka(connector: Keys, worker: Keys = {}): KafkaConfig {
  return connectorOf(connector, { worker }).kafka;
}

function consumer(keys: Keys): Readonly<Record<string, string | Secret>> {
  return kafka(prefixed('consumer.override.', keys)).consumer.global;
}

function producer(keys: Keys): KafkaConfig['producer'] {
  return kafka({ ...DLQ, ...prefixed('producer.override.', keys) }).producer;
}

function notices(keys: Keys): string {
  return parse({ connector: prefixed('consumer.override.', keys) }).notices.join('\n');
}

function refuses(key: string, value: string, code: string, message: RegExp, more: Keys = {}): void {
  const connector = prefixed('consumer.override.', { ...more, [key]: value });
  assertFault({ connector }, code, `consumer.override.${key}`, message);
}

test('kafka: what the clients are created with by default', () => {
  const { consumer, producer, admin, groupId, autoOffsetReset } = kafka(DLQ);
  assert.equal(groupId, 'connect-c');
  assert.equal(autoOffsetReset, 'earliest');
  assert.deepEqual(consumer, {
    global: {
      'bootstrap.servers': 'kafka:9092',
      'client.id': 'connector-consumer-c-0',
      'group.id': 'connect-c',
      'enable.auto.commit': 'false',
      'enable.auto.offset.store': 'false',
      'enable.partition.eof': 'true',
      'check.crcs': 'true',
      'isolation.level': 'read_uncommitted',
      'session.timeout.ms': '45000',
      'max.poll.interval.ms': '300000',
      'queued.max.messages.kbytes': '8192',
      'fetch.queue.backoff.ms': '10',
      'partition.assignment.strategy': 'range',
      'fetch.message.max.bytes': '524288',
    },
    topic: { 'auto.offset.reset': 'error' },
  });
  assert.deepEqual(producer, {
    global: {
      'bootstrap.servers': 'kafka:9092',
      'client.id': 'connector-dlq-producer-c-0',
      'enable.idempotence': 'false',
      'max.in.flight.requests.per.connection': '1',
      'message.max.bytes': '1048576',
    },
    topic: { acks: 'all', partitioner: 'murmur2_random' },
  });
  assert.deepEqual(admin, {
    global: { 'bootstrap.servers': 'kafka:9092', 'client.id': 'connector-dlq-adminclient-c' },
    topic: {},
  });
});

for (const [java, value, librdkafka, mapped] of [
  ['fetch.max.wait.ms', '100', 'fetch.wait.max.ms', '100'],
  ['max.partition.fetch.bytes', '2097152', 'fetch.message.max.bytes', '2097152'],
  ['request.timeout.ms', '30000', 'socket.timeout.ms', '30000'],
  ['metadata.max.age.ms', '60000', 'topic.metadata.refresh.interval.ms', '60000'],
  ['connections.max.idle.ms', '-1', 'connections.max.idle.ms', '0'],
  ['receive.buffer.bytes', '-1', 'socket.receive.buffer.bytes', '0'],
  ['send.buffer.bytes', '131072', 'socket.send.buffer.bytes', '131072'],
  ['isolation.level', 'READ_COMMITTED', 'isolation.level', 'read_committed'],
  ['group.instance.id', 'a', 'group.instance.id', 'a'],
  ['group.id', 'mine', 'group.id', 'mine'],
  ['client.rack', ' r1 ', 'client.rack', 'r1'],
  ['check.crcs', 'false', 'check.crcs', 'false'],
  ['session.timeout.ms', '10000', 'session.timeout.ms', '10000'],
  ['queued.max.messages.kbytes', '1024', 'queued.max.messages.kbytes', '1024'],
  ['security.protocol', 'SSL', 'security.protocol', 'ssl'],
  ['ssl.curves.list', 'P-256', 'ssl.curves.list', 'P-256'],
] as const) {
  test(`kafka: the consumer's ${java}=${value} becomes ${librdkafka}=${mapped}`, () => {
    assert.equal(consumer({ [java]: value })[librdkafka], mapped);
  });
}

for (const [java, value, half, librdkafka, mapped] of [
  ['compression.type', 'ZSTD', 'global', 'compression.codec', 'zstd'],
  ['linger.ms', '7', 'global', 'queue.buffering.max.ms', '7'],
  ['buffer.memory', '33554432', 'global', 'queue.buffering.max.kbytes', '32768'],
  ['max.request.size', '2000000', 'global', 'message.max.bytes', '2000000'],
  ['retries', '3', 'global', 'message.send.max.retries', '3'],
  ['enable.idempotence', 'true', 'global', 'enable.idempotence', 'true'],
  ['delivery.timeout.ms', '60000', 'topic', 'message.timeout.ms', '60000'],
  ['request.timeout.ms', '60000', 'topic', 'request.timeout.ms', '60000'],
  ['acks', '-1', 'topic', 'acks', 'all'],
] as const) {
  test(`kafka: the producer's ${java}=${value} becomes ${librdkafka}=${mapped}`, () => {
    assert.equal(producer({ [java]: value })[half][librdkafka], mapped);
  });
}

test('kafka: the connector file wins over the worker file, key by key', () => {
  const worker = { 'consumer.fetch.min.bytes': '1', 'consumer.client.rack': 'w', 'consumer.fetch.max.wait.ms': '5' };
  const override = { 'consumer.override.fetch.min.bytes': '2', 'consumer.override.fetch.wait.max.ms': '6' };
  const { global } = kafka(override, worker).consumer;
  assert.equal(global['fetch.min.bytes'], '2');
  assert.equal(global['client.rack'], 'w');
  assert.equal(global['fetch.wait.max.ms'], '6', 'also by another name of the same setting');
});

test('kafka: two names of one setting in one file contradict each other', () => {
  const connector = prefixed('consumer.override.', { 'fetch.max.wait.ms': '5', 'fetch.wait.max.ms': '6' });
  assertFault({ connector }, 'conflict', 'consumer.override.fetch.wait.max.ms', /fetch\.max\.wait\.ms mean the same/);
  assert.equal(consumer({ 'fetch.max.wait.ms': '5', 'fetch.wait.max.ms': '5' })['fetch.wait.max.ms'], '5');
});

test('kafka: where a group without offsets begins is left to the worker', () => {
  for (const reset of ['earliest', 'latest', 'none'] as const) {
    const { autoOffsetReset, consumer } = kafka({ 'consumer.override.auto.offset.reset': reset });
    assert.equal(autoOffsetReset, reset);
    assert.equal(consumer.topic['auto.offset.reset'], 'error');
    assert(!('auto.offset.reset' in consumer.global));
  }
  for (const [worker, connector, expected] of [
    [null, null, 'fail'],
    [null, 'earliest', 'earliest'],
    [null, 'LATEST', 'latest'],
    [null, 'none', 'fail'],
    ['earliest', null, 'earliest'],
    ['latest', 'earliest', 'earliest'],
    ['latest', 'none', 'fail'],
  ] as const) {
    const of = (prefix: string, value: string | null): Keys =>
      value === null ? {} : { [`${prefix}auto.offset.reset`]: value };
    const { offsetOutOfRange } = kafka(of('consumer.override.', connector), of('consumer.', worker));
    assert.equal(offsetOutOfRange, expected, `worker file ${worker}, connector file ${connector}`);
  }
  refuses('auto.offset.reset', 'by_duration:P1D', 'invalid', /earliest, latest or none/);
});

const ASSIGNOR = 'org.apache.kafka.clients.consumer.';
for (const [written, strategy] of [
  ['RangeAssignor', 'range'],
  ['RoundRobinAssignor', 'roundrobin'],
  ['CooperativeStickyAssignor', 'cooperative-sticky'],
  ['RangeAssignor, org.apache.kafka.clients.consumer.CooperativeStickyAssignor', 'range'],
  ['RangeAssignor,org.apache.kafka.clients.consumer.RoundRobinAssignor', 'range,roundrobin'],
] as const) {
  test(`kafka: the assignors ${written} become ${strategy}`, () => {
    const key = 'partition.assignment.strategy';
    assert.equal(consumer({ [key]: ASSIGNOR + written })[key], strategy);
  });
}

test('kafka: a cooperative assignor beside an eager one is left out, with a word', () => {
  const key = 'partition.assignment.strategy';
  assert.match(notices({ [key]: 'range,cooperative-sticky' }), /runs as range: cooperative rebalance needs/);
  refuses(key, `${ASSIGNOR}StickyAssignor`, 'unsupported', /RangeAssignor, RoundRobinAssignor or Cooperative/);
  assert.match(notices({ [key]: `${ASSIGNOR}StickyAssignor,range` }), /runs as range: the client does not know Sticky/);
  refuses(key, 'toString', 'unsupported', /knows no other/);
});

test("kafka: internal topics are out of a regular expression's reach, unless asked for", () => {
  const regex = { topics: null, 'topics.regex': '.*' };
  assert.equal(kafka(regex).consumer.global['topic.blacklist'], '^__consumer_offsets$,^__transaction_state$');
  const wanted = { ...regex, 'consumer.override.exclude.internal.topics': 'false' };
  assert(!('topic.blacklist' in kafka(wanted).consumer.global));
});

const REFUSED: readonly (readonly [key: string, value: string])[] = [
  ['enable.auto.commit', 'true'],
  ['enable.auto.offset.store', 'true'],
  ['auto.commit.enable', 'true'],
  ['offset.store.method', 'file'],
  ['plugin.library.paths', '/tmp/x.so'],
  ['sasl.kerberos.kinit.cmd', 'touch /tmp/x'],
  ['ssl.engine.location', '/tmp/x.so'],
  ['ssl.engine.factory.class', 'x.Y'],
  ['ssl.providers', 'legacy'],
  ['ssl.provider', 'BC'],
  ['security.providers', 'x.Y'],
  ['interceptors', 'x'],
  ['interceptor.classes', 'io.confluent.monitoring.X'],
  ['rebalance_cb', 'x'],
  ['error_cb', 'x'],
  ['test.mock.num.brokers', '1'],
  ['test.mock.broker.rtt', '1'],
  ['key.deserializer', 'org.apache.kafka.common.serialization.StringDeserializer'],
  ['value.deserializer', 'x.Y'],
  ['enable.partition.eof', 'false'],
  ['topic.blacklist', '.*'],
  ['sasl.login.class', 'x.Y'],
  ['sasl.client.callback.handler.class', 'x.Y'],
  ['enable.sasl.oauthbearer.unsecure.jwt', 'true'],
  ['sasl.oauthbearer.assertion.file', '/etc/passwd'],
  ['group.remote.assignor', 'uniform'],
  ['opaque', '1'],
];

for (const [key, value] of REFUSED) {
  test(`kafka: ${key} is refused, from every place`, () => {
    const reason = /^(is refused|is not supported|belongs)/;
    refuses(key, value, 'unsupported', reason);
    assertFault({ worker: { [`consumer.${key}`]: value } }, 'unsupported', `consumer.${key}`, reason);
    assertFault(
      { overrides: [`consumer.override.${key}=${value}`] },
      'unsupported',
      `consumer.override.${key}`,
      reason,
    );
    const variable = `TAILRACE_CONNECTOR_CONSUMER_OVERRIDE_${key.toUpperCase().replaceAll('.', '_')}`;
    assert.equal(faultLines({ env: { [variable]: value } }).length, 1);
  });
}

test('kafka: no spelling of a dangerous key gets through', () => {
  for (const key of [
    'PLUGIN.LIBRARY.PATHS',
    'plugin.library.paths ',
    'Plugin.Library.Paths',
    'plugin.library.path',
    'x',
  ]) {
    const written = `consumer.override.${key}`.replaceAll(' ', '\\ ');
    assert.equal(faultLines({ connector: { [written]: '/tmp/x.so' } }).length, 1, key);
  }
});

test('kafka: what asks for the way it is anyway is accepted', () => {
  const keys = {
    'enable.auto.commit': 'false',
    'key.deserializer': 'org.apache.kafka.common.serialization.ByteArrayDeserializer',
    'interceptor.classes': '',
  };
  assert.deepEqual(notices(keys), '');
  assert.equal(consumer(keys)['enable.auto.commit'], 'false');
});

test('kafka: keys without a meaning here are accepted, with a notice', () => {
  const keys = { 'max.poll.records': '500', 'metric.reporters': 'x.Y', 'auto.commit.interval.ms': '1' };
  const lines = notices(keys).split('\n');
  for (const key of Object.keys(keys)) {
    assert(
      lines.some(line => line.startsWith(`sink.properties: consumer.override.${key} has no effect: `)),
      key,
    );
  }
  assert.equal(lines.length, 3);
});

test('kafka: an unknown key is refused with the nearest one of that client', () => {
  refuses('sesion.timeout.ms', '1', 'unknown', /did you mean session\.timeout\.ms\?/);
  refuses('acks', 'all', 'unknown', /not a client key of the consumer/);
  refuses('max.poll.intervall.ms', '1', 'unknown', /did you mean max\.poll\.interval\.ms\?/);
});

test('kafka: values that librdkafka would refuse are refused here, in words', () => {
  refuses('session.timeout.ms', '0', 'invalid', /from 1 to 3600000, not "0"/);
  refuses('session.timeout.ms', '', 'invalid', /not nothing/);
  refuses('isolation.level', 'committed', 'invalid', /read_uncommitted or read_committed/);
  refuses('group.protocol', 'consumer', 'unsupported', /must be classic/);
  assert.equal(consumer({ 'group.protocol': 'classic' })['group.protocol'], undefined);
  refuses('max.poll.interval.ms', '44999', 'conflict', /lower than session\.timeout\.ms \(45000\)/);
  refuses('heartbeat.interval.ms', '45000', 'conflict', /must be lower/);
  refuses('fetch.max.bytes', '999', 'conflict', /must be 1000 at least/);
  refuses('reconnect.backoff.max.ms', '99', 'conflict', /below reconnect\.backoff\.ms, 100/);
  refuses('receive.message.max.bytes', '8389119', 'conflict', /at least fetch\.max\.bytes \+ 512, 8389120/);
  assert.equal(consumer({ 'receive.message.max.bytes': '8389120' })['receive.message.max.bytes'], '8389120');
  assert.equal(consumer({ 'fetch.max.bytes': '5000' })['message.max.bytes'], '5000');
  assert.equal(consumer({ 'reconnect.backoff.ms': '20000' })['reconnect.backoff.max.ms'], '20000');
});

test('kafka: a dead letter is acknowledged by all replicas, or not at all', () => {
  for (const acks of ['0', '1']) {
    const connector = { ...DLQ, 'producer.override.acks': acks };
    assertFault({ connector }, 'invalid', 'producer.override.acks', /must be all or -1/);
  }
  const idempotent = {
    'producer.override.enable.idempotence': 'true',
    'producer.override.max.in.flight.requests.per.connection': '6',
  };
  const key = 'producer.override.max.in.flight.requests.per.connection';
  assertFault({ connector: { ...DLQ, ...idempotent } }, 'conflict', key, /at most 5/);
  const slow = { 'producer.override.linger.ms': '9', 'producer.override.delivery.timeout.ms': '9' };
  assertFault(
    { connector: { ...DLQ, ...slow } },
    'conflict',
    'producer.override.linger.ms',
    /below delivery\.timeout\.ms/,
  );
  const own = { 'producer.override.partitioner.class': 'x.Y' };
  assertFault(
    { connector: { ...DLQ, ...own } },
    'unsupported',
    'producer.override.partitioner.class',
    /can not be loaded/,
  );
});

test('kafka: keys that no producer may have are refused with and without dead letters, values count with them only', () => {
  const keys = {
    'producer.plugin.library.paths': '/x.so',
    'producer.nonsense': '1',
    'admin.nonsense': '1',
    'admin.ssl.engine.location': '/x.so',
    'producer.interceptor.classes': 'x.Y',
  };
  for (const connector of [{}, DLQ]) {
    const refused = faultLines({ worker: keys, connector }).map(line => line.split(' ')[2]);
    assert.deepEqual(refused.sort(), Object.keys(keys).sort());
  }
  const worker = { 'producer.acks': '1', 'producer.partitioner.class': 'x.Y' };
  assert.deepEqual(parse({ worker }).notices, [
    'worker.properties: producer.acks, producer.partitioner.class have no effect: neither errors.deadletterqueue.topic.name nor the topic of a reporter is written',
  ]);
  assert.equal(faultLines({ worker, connector: DLQ }).length, 2);
  // The worker itself asks the brokers with these.
  assert.equal(faultLines({ worker: { ...worker, 'admin.retry.backoff.ms': 'soon' } }).length, 1);
});

test('kafka: a dead letter topic on other brokers than the records is remarked', () => {
  const remarks = (connector: Keys, worker: Keys = {}) =>
    parse({ connector, worker: { 'bootstrap.servers': 'a:1,b:1', ...worker } }).notices;
  const text = 'names none of the brokers that records are read from: dead letters and reports may leave their cluster';
  assert.deepEqual(remarks({ ...DLQ, 'producer.override.bootstrap.servers': 'c:1' }), [
    `sink.properties: producer.override.bootstrap.servers ${text}`,
  ]);
  assert.deepEqual(remarks(DLQ, { 'producer.bootstrap.servers': 'a:2', 'admin.bootstrap.servers': 'a:2' }), [
    `worker.properties: producer.bootstrap.servers ${text}`,
    `worker.properties: admin.bootstrap.servers ${text}`,
  ]);
  assert.deepEqual(remarks({ ...DLQ, 'consumer.override.bootstrap.servers': 'c:1' }), [
    `sink.properties: consumer.override.bootstrap.servers ${text}`,
  ]);
  assert.deepEqual(remarks({ ...DLQ, 'producer.override.bootstrap.servers': 'SSL://B:1' }), []);
  assert.deepEqual(remarks({ 'consumer.override.bootstrap.servers': 'c:1' }), []);
});

test("kafka: only the admin client has the worker file's bare keys, and a notice says so", () => {
  const worker = {
    'security.protocol': 'SSL',
    'ssl.ca.location': 'probe',
    'request.timeout.ms': '9000',
    'max.poll.records': '9',
    'admin.request.timeout.ms': '8000',
  };
  const { consumer, admin } = kafka(DLQ, worker);
  assert.equal(consumer.global['security.protocol'], undefined);
  assert.equal(admin.global['security.protocol'], 'ssl');
  assert.equal(admin.global['ssl.ca.location'], 'probe');
  assert.equal(admin.global['socket.timeout.ms'], '8000');
  assert.equal(parse({ worker }).worker.admin.global['socket.timeout.ms'], '8000');
  assert.equal(parse({ worker }).worker.admin.global['security.protocol'], 'ssl');
  assert.deepEqual(parse({ worker }).notices, parse({ worker, connector: DLQ }).notices);
  assert.deepEqual(parse({ worker, connector: DLQ }).notices, [
    'worker.properties: security.protocol does not reach the consumers, as in Kafka Connect: write consumer.security.protocol and producer.security.protocol too',
    'worker.properties: ssl.ca.location does not reach the consumers, as in Kafka Connect: write consumer.ssl.ca.location and producer.ssl.ca.location too',
    'worker.properties: max.poll.records has no effect: consumers and producers take client keys with their prefix only (consumer.…)',
  ]);
});

test('kafka: debug output comes from the worker file only', () => {
  assert.equal(kafka({}, { 'consumer.debug': 'cgrp' }).consumer.global['debug'], 'cgrp');
  refuses('debug', 'all', 'forbidden', /worker file only/);
});

test("kafka: a connector file's prefix in the worker file is answered", () => {
  const key = 'consumer.override.max.poll.records';
  assertFault({ worker: { [key]: '1' } }, 'unsupported', key, /belongs into the connector file/);
});

test('kafka: a fetch of a partition is small enough for the buffer to hold those of all requests in flight', () => {
  const bytes = (connector: Keys): string => String(kafka(connector).consumer.global['fetch.message.max.bytes']);
  assert.equal(bytes({ 'delivery.max.in.flight': '64' }), '131072');
  assert.equal(bytes({ 'delivery.max.in.flight': '1024' }), '65536');
  assert.equal(bytes({ 'delivery.max.in.flight': '1024', 'buffer.max.bytes': '1073741824' }), '524288');
  assert.equal(bytes({ 'consumer.override.max.partition.fetch.bytes': '1000' }), '1000');
});
