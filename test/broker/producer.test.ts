import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { decodeHeaders } from '../../connector/headers-column.ts';
import { createKafkaProducer } from '../../worker/kafka/producer.ts';
import type { KafkaProducer, ProducerRecord } from '../../worker/task/ports.ts';
import { kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';

const [MSG_SIZE_TOO_LARGE, UNKNOWN_TOPIC_OR_PART, PURGE_QUEUE, STATE] = [10, 3, -152, -172];
const limit = { timeout: 40_000 };

function record(topic: string, value: Buffer | null, rest: Partial<ProducerRecord> = {}): ProducerRecord {
  return { topic, key: null, headers: [], timestamp: -1, value, ...rest };
}

describe('the producer on the mock cluster', { concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  async function producer(t: TestContext, settings: Record<string, string> = {}): Promise<KafkaProducer> {
    const config = kafkaConfig(broker.bootstrapServers, 'none');
    const made = createKafkaProducer({
      ...config,
      producer: { global: { ...config.producer.global, ...settings }, topic: {} },
    });
    t.after(() => made.disconnect(0));
    await made.connect(new AbortController().signal);
    return made;
  }

  it('publishes bytes, nulls, headers and timestamps, each acknowledged', limit, async t => {
    await broker.createTopic('letters');
    // A user's acks do not weaken the promise.
    const made = await producer(t, { acks: '0', partitioner: 'consistent' });
    await made.ensureTopic('letters', 1, 1);
    const key = Buffer.from('same');
    await made.publish(
      record('letters', Buffer.from([0, 255, 128]), {
        key,
        timestamp: 1_700_000_000_000,
        headers: [
          ['name', Buffer.from('wörld')],
          ['name', Buffer.from('again')],
          ['bytes', Buffer.from([0xff, 0xfe])],
          ['none', null],
        ],
      }),
    );
    await made.publish(record('letters', null, { key }));
    await made.publish(record('letters', Buffer.alloc(0), { key }));
    await made.disconnect(5_000);

    const reader = await startMember(t, {
      config: kafkaConfig(broker.bootstrapServers, 'letters'),
      topics: ['letters'],
    });
    await reader.when(() => reader.records.length === 3);
    const block = reader.blocks[0]!;
    assert.deepEqual(block.values.subarray(0, 3), Buffer.from([0, 255, 128]));
    assert.deepEqual(
      reader.records.map(({ value }) => value === null),
      [false, true, false],
    );
    const [given, ...chosen] = reader.records.map(({ timestamp }) => timestamp);
    assert.equal(given, 1_700_000_000_000);
    assert.ok(chosen.every(timestamp => timestamp > 1_700_000_000_000));
    assert.deepEqual(decodeHeaders(block.headers!.bytes.subarray(0, block.headers!.end[0])), [
      ['name', Buffer.from('wörld')],
      ['name', Buffer.from('again')],
      ['bytes.base64', Buffer.from('//4=')],
      ['none', Buffer.alloc(0)],
    ]);
  });

  it('acknowledges thousands at once', limit, async t => {
    await broker.createTopic('many');
    const made = await producer(t);
    const value = Buffer.alloc(100, 'x');
    await Promise.all(Array.from({ length: 3_000 }, () => made.publish(record('many', value))));
    await made.disconnect(5_000);
  });

  it('rejects a record that is not acknowledged, with the reason', limit, async t => {
    await broker.createTopic('strict');
    const made = await producer(t, { 'message.timeout.ms': '1000', 'topic.metadata.propagation.max.ms': '500' });
    await assert.rejects(made.publish(record('strict', Buffer.alloc(1_100_000))), {
      name: 'KafkaError',
      code: MSG_SIZE_TOO_LARGE,
      message: /larger than/,
    });
    await assert.rejects(made.publish(record('never-created', Buffer.from('x'))), { code: UNKNOWN_TOPIC_OR_PART });
    await made.disconnect(1_000);
    await assert.rejects(made.publish(record('strict', null)), { name: 'KafkaError', code: STATE });
  });

  it('rejects what is still on the way when it is disconnected', limit, async t => {
    const made = await producer(t);
    const lost = assert.rejects(made.publish(record('not-there-yet', Buffer.from('x'))), { code: PURGE_QUEUE });
    await made.disconnect(50);
    await lost;
    await made.disconnect(50);
  });
});
