import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorsConfig } from '../../../../config/types.ts';
import type { ExactHeader, SinkRecord } from '../../../../connector/block.ts';
import type { RecordError } from '../../../../connector/record-error.ts';
import { DeadLetterQueue } from '../../../../worker/task/delivery/dead-letter-queue.ts';
import { Publisher } from '../../../../worker/task/delivery/publisher.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { KafkaError } from '../../../../worker/task/kafka-error.ts';
import type { KafkaProducer, ProducerRecord } from '../../../../worker/task/ports.ts';
import { VirtualClock } from '../../../support/clock.ts';
import { connectorConfig } from '../../../support/running-task.ts';

const NO_CLIENT = { global: {}, topic: {} };
const KAFKA = {
  groupId: 'connect-orders',
  autoOffsetReset: 'earliest',
  offsetOutOfRange: 'fail',
  consumer: NO_CLIENT,
  producer: NO_CLIENT,
  admin: NO_CLIENT,
} as const;

const OUT_OF_REACH = { code: -195, message: 'no broker', fatal: false };
const TOO_LARGE = { code: 10, message: 'too large', fatal: false };

/** A cluster that answers each call as it was told to, and well when it was told nothing. */
class Cluster implements KafkaProducer {
  readonly published: ProducerRecord[] = [];
  readonly created: (readonly [string, number, number])[] = [];
  readonly answers: (KafkaError | null)[] = [];

  async connect(): Promise<void> {}

  async ensureTopic(...topic: [string, number, number]): Promise<void> {
    this.#answer();
    this.created.push(topic);
  }

  async publish(record: ProducerRecord): Promise<void> {
    this.#answer();
    this.published.push(record);
  }

  async disconnect(): Promise<void> {}

  #answer(): void {
    const fault = this.answers.shift() ?? null;
    if (fault !== null) throw fault;
  }
}

const RECORD: SinkRecord = {
  topic: 'orders',
  partition: 3,
  offset: 42,
  timestamp: 1_700_000_000_000,
  key: Buffer.of(0, 255),
  value: Buffer.from('{"a"'),
  headers: [
    ['trace', Buffer.from('abc')],
    ['__connect.errors.topic', Buffer.from('of an earlier letter')],
  ],
};

const ERROR: RecordError = {
  stage: 'VALUE_CONVERTER',
  className: 'org.apache.kafka.connect.json.JsonConverter',
  exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
  message: 'Converting byte[] to Kafka Connect data failed due to serialization error: ',
  causes: ['org.apache.kafka.common.errors.SerializationException: Not JSON: a colon is missing, at byte 4'],
};

function setUp(errors: Partial<ErrorsConfig> = {}) {
  const cluster = new Cluster();
  const clock = new VirtualClock();
  const facts: TaskFact[] = [];
  const base = connectorConfig(KAFKA, ['orders'], new URL('http://127.0.0.1/'));
  const config = {
    ...base,
    name: 'orders',
    errors: { ...base.errors, deadLetterTopic: 'orders-dlq', deadLetterContextHeaders: true, ...errors },
  };
  const announce = (fact: TaskFact): void => {
    facts.push(fact);
  };
  const { deadLetterTopic: name, deadLetterReplicationFactor: replicationFactor } = config.errors;
  const publisher = new Publisher({
    topics: [{ name: name!, what: 'dead letter topic', partitions: 1, replicationFactor }],
    producer: cluster,
    clock,
    random: () => 0.5,
    announce,
  });
  const queue = new DeadLetterQueue({ config, taskId: 0, publisher, announce });
  return { cluster, clock, facts, publisher, queue, signal: new AbortController().signal };
}

const texts = (headers: readonly ExactHeader[]): (readonly [string, string | null])[] =>
  headers.map(([name, value]) => [String(name), value === null ? null : value.toString()]);

describe('the dead letter queue', () => {
  it('publishes the record as it was, with its context behind its own headers', async () => {
    const { cluster, queue, signal, facts } = setUp();
    assert.equal(await queue.publish(RECORD, ERROR, signal), true);
    const [{ headers, ...letter } = assert.fail('nothing was published')] = cluster.published;
    const { key, value, timestamp } = RECORD;
    assert.deepEqual(letter, { topic: 'orders-dlq', key, value, timestamp });
    assert.deepEqual(texts(headers), [
      ['trace', 'abc'],
      ['__connect.errors.topic', 'of an earlier letter'],
      ['__connect.errors.topic', 'orders'],
      ['__connect.errors.partition', '3'],
      ['__connect.errors.offset', '42'],
      ['__connect.errors.connector.name', 'orders'],
      ['__connect.errors.task.id', '0'],
      ['__connect.errors.stage', 'VALUE_CONVERTER'],
      ['__connect.errors.class.name', 'org.apache.kafka.connect.json.JsonConverter'],
      ['__connect.errors.exception.class.name', 'org.apache.kafka.connect.errors.DataException'],
      [
        '__connect.errors.exception.message',
        'Converting byte[] to Kafka Connect data failed due to serialization error: ',
      ],
      [
        '__connect.errors.exception.stacktrace',
        'org.apache.kafka.connect.errors.DataException: ' +
          'Converting byte[] to Kafka Connect data failed due to serialization error: \n' +
          'Caused by: org.apache.kafka.common.errors.SerializationException: ' +
          'Not JSON: a colon is missing, at byte 4\n',
      ],
    ]);
    assert.deepEqual(facts, [{ kind: 'dead-letter-acknowledged', topic: 'orders', partition: 3, offset: 42 }]);
  });

  it('adds the status of a refusal under a name of its own', async () => {
    const { cluster, queue, signal } = setUp();
    await queue.publish(RECORD, { ...ERROR, stage: 'TASK_PUT', httpStatus: 422 }, signal);
    assert.deepEqual(texts(cluster.published[0]!.headers).at(-1), ['tailrace.http.status', '422']);
  });

  it('adds nothing without errors.deadletterqueue.context.headers.enable', async () => {
    const { cluster, queue, signal } = setUp({ deadLetterContextHeaders: false });
    await queue.publish(RECORD, ERROR, signal);
    assert.deepEqual(cluster.published[0]!.headers, RECORD.headers);
  });

  it('adds what the endpoint answered where it is asked for, alone or behind the context', async () => {
    const refusal: RecordError = { ...ERROR, stage: 'TASK_PUT', message: 'the endpoint answered 400 for it' };
    const response = { status: 207, body: '[{"status":400}]', record: { status: 400, body: '{"status":400}' } };
    const kept = [
      ['__tailrace.response.status', '207'],
      ['__tailrace.response.reason', 'the endpoint answered 400 for it'],
      ['__tailrace.response.body', '[{"status":400}]'],
      ['__tailrace.response.record.status', '400'],
      ['__tailrace.response.record.body', '{"status":400}'],
    ];
    const alone = setUp({ deadLetterContextHeaders: false, deadLetterResponseHeaders: true });
    await alone.queue.publish(RECORD, refusal, alone.signal, response);
    assert.deepEqual(texts(alone.cluster.published[0]!.headers), [...texts(RECORD.headers), ...kept]);
    const whole = { ...response, record: null };
    const both = setUp({ deadLetterResponseHeaders: true });
    await both.queue.publish(RECORD, refusal, both.signal, whole);
    const names = texts(both.cluster.published[0]!.headers).map(([name]) => name);
    assert.deepEqual(names.slice(-4), [
      '__connect.errors.exception.stacktrace',
      ...kept.slice(0, 3).map(([name]) => name),
    ]);
    await both.queue.publish(RECORD, ERROR, both.signal);
    assert.ok(texts(both.cluster.published[1]!.headers).every(([name]) => !name.startsWith('__tailrace.')));
  });

  it('adds nothing of an answer where that is not asked for', async () => {
    const { cluster, queue, signal, facts } = setUp({ deadLetterContextHeaders: false });
    await queue.publish(RECORD, ERROR, signal, { status: 400, body: 'canary', record: null });
    assert.deepEqual(cluster.published[0]!.headers, RECORD.headers);
    assert.ok(!JSON.stringify(facts).includes('canary'));
  });

  it('keeps null keys and values null', async () => {
    const { cluster, queue, signal } = setUp();
    await queue.publish({ ...RECORD, key: null, value: null, timestamp: -1 }, ERROR, signal);
    const { key, value, timestamp } = cluster.published[0]!;
    assert.deepEqual({ key, value, timestamp }, { key: null, value: null, timestamp: -1 });
  });

  it('repeats for as long as the brokers are out of reach', async () => {
    const { cluster, clock, queue, signal, facts } = setUp();
    cluster.answers.push(new KafkaError(OUT_OF_REACH), new KafkaError(OUT_OF_REACH));
    const published = queue.publish(RECORD, ERROR, signal);
    await clock.advance(120_000);
    assert.equal(await published, true);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['dead-letter-failed', 'dead-letter-failed', 'dead-letter-acknowledged'],
    );
  });

  const refusals: Readonly<Record<string, number>> = {
    'an argument that librdkafka refuses': -186,
    'too large': TOO_LARGE.code,
    'a topic of this name can not be': 17,
    'not authorized': 29,
    'a time that the topic does not take': 32,
    'headers in a format without them': 43,
    'a compression that the brokers do not know': 76,
    'an invalid record': 87,
  };
  for (const [message, code] of Object.entries(refusals)) {
    it(`gives up on what Kafka refuses for good: ${message}`, async () => {
      const { cluster, queue, signal } = setUp();
      cluster.answers.push(new KafkaError({ code, message, fatal: false }));
      await assert.rejects(queue.publish(RECORD, ERROR, signal), { message, code });
      assert.deepEqual(cluster.published, []);
    });
  }

  it('keeps what is no text in the name of a header', async () => {
    const { cluster, queue, signal } = setUp();
    const name = Buffer.of(0x61, 0xff);
    await queue.publish({ ...RECORD, headers: [[name, null]] }, ERROR, signal);
    assert.deepEqual(cluster.published[0]!.headers[0], [name, null]);
  });

  it('ends without an answer when it is told to', async () => {
    const { cluster, clock, queue } = setUp();
    const controller = new AbortController();
    cluster.answers.push(new KafkaError(OUT_OF_REACH));
    const published = queue.publish(RECORD, ERROR, controller.signal);
    controller.abort();
    await clock.advance(0);
    assert.equal(await published, false);
    assert.deepEqual(cluster.published, []);
  });

  it('has its topic created with one partition and the configured replication', async () => {
    const { cluster, clock, publisher, signal } = setUp({ deadLetterReplicationFactor: 2 });
    cluster.answers.push(new KafkaError(OUT_OF_REACH));
    const open = publisher.open(signal);
    await clock.advance(120_000);
    await open;
    assert.deepEqual(cluster.created, [['orders-dlq', 1, 2]]);
  });
});
