import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Secret } from '../../config/secret.ts';
import { createKafkaConsumer, type RdKafkaConsumer } from '../../worker/kafka/consumer.ts';
import type { KafkaFault } from '../../worker/task/ports.ts';
import { kafkaConfig, type MockBroker, startMockBroker } from '../support/broker.ts';
import { createGate } from '../support/gate.ts';

const limit = { timeout: 40_000 };
const [TRANSPORT, RESOLVE, SSL, INVALID_ARG, UNSUPPORTED_SASL] = [-195, -193, -181, -186, 33];

interface Connecting {
  readonly consumer: RdKafkaConsumer;
  readonly faults: readonly KafkaFault[];
  /** Resolves at the first fault. */
  readonly failed: Promise<KafkaFault>;
}

function connecting(
  t: TestContext,
  bootstrapServers: string,
  settings: Record<string, string> = {},
  connectAttemptMs = 500,
): Connecting {
  const kafka = kafkaConfig(bootstrapServers, 'connecting', settings);
  const consumer = createKafkaConsumer({ kafka, topics: ['any'], topicsRegex: null, connectAttemptMs });
  t.after(() => consumer.disconnect());
  const faults: KafkaFault[] = [];
  const failed = new Promise<KafkaFault>(resolve =>
    consumer.listen(event => {
      if (event.kind !== 'fault') return;
      faults.push(event.fault);
      resolve(event.fault);
    }),
  );
  return { consumer, faults, failed };
}

describe('connecting', { concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  it('waits for brokers that are away, says so once, and recovers by itself', limit, async t => {
    const gate = await createGate(broker.bootstrapServers);
    t.after(() => gate.close());
    const { consumer, faults, failed } = connecting(t, gate.address);
    const connected = consumer.connect(new AbortController().signal);
    const { code, message, fatal } = await failed;
    assert.deepEqual([code, fatal], [TRANSPORT, false]);
    assert.match(message, /check bootstrap\.servers.*127\.0\.0\.1:\d+.*Connection refused/);
    assert.doesNotMatch(message, /after \d+ms|thrd:|suppressed|\n/);
    await gate.open();
    await connected;
    await broker.createTopic('any');
    assert.equal((await consumer.partitionCounts(['any'], 10_000)).get('any'), 4);
    // What failed while nobody fetched events is over: a read does not bring it up again.
    await consumer.reading(client => new Promise<void>(resolve => client.consume(1, () => resolve())));
    assert.equal(faults.length, 1);
  });

  it('ends with the reason of its signal, and with a disconnect', limit, async t => {
    const { consumer, failed } = connecting(t, '127.0.0.1:1');
    const aborting = new AbortController();
    const refused = assert.rejects(consumer.connect(aborting.signal), /stopped by hand/);
    await failed;
    aborting.abort(new Error('stopped by hand'));
    await refused;
    await consumer.disconnect();

    const other = connecting(t, '127.0.0.1:1');
    const left = assert.rejects(other.consumer.connect(new AbortController().signal), /not connected/);
    await other.consumer.disconnect();
    await left;
    await assert.rejects(other.consumer.connect(new AbortController().signal), /not connected/);
  });

  for (const { what, servers, settings, code, says } of [
    {
      what: 'a host name without an address',
      servers: 'no-such-host.invalid:9092',
      settings: {},
      code: RESOLVE,
      says: /does not resolve.*no-such-host\.invalid:9092/,
    },
    {
      what: 'TLS with a listener that has none',
      servers: null,
      settings: { 'security.protocol': 'ssl' },
      code: SSL,
      says: /TLS .*security\.protocol/,
    },
    {
      what: 'a login at a listener that has none',
      servers: null,
      settings: {
        'security.protocol': 'sasl_plaintext',
        'sasl.mechanism': 'PLAIN',
        'sasl.username': 'u',
        'sasl.password': 'p4ssw0rd',
      },
      code: UNSUPPORTED_SASL,
      says: /check it and security\.protocol/,
    },
  ]) {
    it(`tells ${what}, and tries on`, limit, async t => {
      const { consumer, failed } = connecting(
        t,
        servers ?? broker.bootstrapServers,
        settings as Record<string, string>,
        // The machine's resolver may take its time to say that there is no such name.
        3_000,
      );
      const stopping = new AbortController();
      const stopped = assert.rejects(consumer.connect(stopping.signal), /enough/);
      const fault = await failed;
      assert.deepEqual([fault.code, fault.fatal], [code, false]);
      assert.match(fault.message, says);
      assert.doesNotMatch(fault.message, /p4ssw0rd/);
      stopping.abort(new Error('enough'));
      await stopped;
    });
  }

  for (const [what, settings, says] of [
    ['a key that librdkafka does not know', { 'no.such.key': '1' }, /No such configuration property: "no\.such\.key"/],
    ['a value of the wrong type', { 'session.timeout.ms': 'soon' }, /"session\.timeout\.ms"/],
    [
      'a file that can not be read',
      { 'security.protocol': 'ssl', 'ssl.ca.location': '/no/such.pem' },
      /ssl\.ca\.location/,
    ],
    ['an unknown mechanism', { 'security.protocol': 'sasl_ssl', 'sasl.mechanism': 'GUESS' }, /SASL mechanism: GUESS/],
  ] as const) {
    it(`refuses ${what} at once`, limit, async t => {
      const { consumer, faults } = connecting(t, broker.bootstrapServers, settings);
      await assert.rejects(consumer.connect(new AbortController().signal), error => {
        assert.deepEqual({ ...(error as object) }, { name: 'KafkaError', code: INVALID_ARG, fatal: true });
        assert.match((error as Error).message, /^the Kafka client refuses its settings: /);
        assert.match((error as Error).message, says);
        return true;
      });
      assert.deepEqual(faults, []);
    });
  }

  it('hands secrets to the client only', limit, async () => {
    const kafka = kafkaConfig(broker.bootstrapServers, 'secrets');
    const settings = { ...kafka.consumer.global, 'sasl.password': new Secret('open sesame'), 'sasl.username': 'ali' };
    const consumer = createKafkaConsumer({
      kafka: { ...kafka, consumer: { global: settings, topic: {} } },
      topics: ['any'],
      topicsRegex: null,
    });
    await consumer.connect(new AbortController().signal);
    const held = await consumer.reading(client =>
      Promise.resolve((client as unknown as { globalConfig: object }).globalConfig),
    );
    assert.equal((held as Record<string, unknown>)['sasl.password'], 'open sesame');
    await consumer.disconnect();
  });
});
