import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { ExactHeader, SinkRecord } from '../../connector/block.ts';
import { recordAt } from '../../connector/headers-column.ts';
import { createKafkaProducer } from '../../worker/kafka/producer.ts';
import { chosenAddon } from '../../worker/kafka/reader/choose.ts';
import type { KafkaProducer, ProducerRecord } from '../../worker/task/ports.ts';
import { skipWithoutNativeReader } from '../reader/available.ts';
import { kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';

const [MSG_SIZE_TOO_LARGE, UNKNOWN_TOPIC_OR_PART, PURGE_QUEUE, QUEUE_FULL, STATE] = [10, 3, -152, -184, -172];
const limit = { timeout: 40_000 };
const WITHOUT_NATIVE = skipWithoutNativeReader();

function record(topic: string, value: Buffer | null, rest: Partial<ProducerRecord> = {}): ProducerRecord {
  return { topic, key: null, headers: [], timestamp: -1, value, ...rest };
}

for (const form of ['native', 'portable'] as const) {
  const skip = form === 'native' && WITHOUT_NATIVE;
  describe(`the ${form} producer on the mock cluster`, { concurrency: true, skip }, () => {
    let broker: MockBroker;
    before(async () => {
      broker = await startMockBroker();
    });
    after(() => broker.close());

    async function producer(
      t: TestContext,
      settings: Record<string, string> = {},
      topic: Record<string, string> = {},
    ): Promise<KafkaProducer> {
      const config = kafkaConfig(broker.bootstrapServers, 'none');
      const made = createKafkaProducer(
        { ...config, producer: { global: { ...config.producer.global, ...settings }, topic } },
        { addon: chosenAddon(form) },
      );
      t.after(() => made.disconnect(0));
      await made.connect(new AbortController().signal);
      return made;
    }

    /** All of a topic, by partition and offset, with the reader that goes with the producer. */
    async function readAll(t: TestContext, topic: string, count: number): Promise<SinkRecord[]> {
      const config = kafkaConfig(broker.bootstrapServers, `${topic}-${form}`, { 'fetch.message.max.bytes': '5000000' });
      const member = await startMember(t, { config, topics: [topic], reader: form });
      await member.when(() => member.records.length >= count);
      const records = member.blocks.flatMap(block =>
        block.runs.flatMap(run =>
          Array.from({ length: run.end - run.start }, (_, i) => recordAt(block, run, run.start + i)),
        ),
      );
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
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
            ['nul', Buffer.from('a\0b')],
            ['none', null],
            ['empty', Buffer.alloc(0)],
          ],
        }),
      );
      await made.publish(record('letters', null, { key }));
      await made.publish(record('letters', Buffer.alloc(0), { key }));
      await made.disconnect(5_000);

      const records = await readAll(t, 'letters', 3);
      assert.deepEqual(
        records.map(({ value }) => value),
        [Buffer.from([0, 255, 128]), null, Buffer.alloc(0)],
      );
      const [given, ...chosen] = records.map(({ timestamp }) => timestamp);
      assert.equal(given, 1_700_000_000_000);
      assert.ok(chosen.every(timestamp => timestamp > 1_700_000_000_000));
      const kept: ExactHeader[] = [
        ['bytes', Buffer.from([0xff, 0xfe])],
        ['nul', Buffer.from('a\0b')],
        ['none', null],
      ];
      const changed: ExactHeader[] = [
        ['bytes.base64', Buffer.from('//4=')],
        ['nul.base64', Buffer.from('YQBi')],
        ['none', Buffer.alloc(0)],
      ];
      assert.deepEqual(records[0]!.headers, [
        ['name', Buffer.from('wörld')],
        ['name', Buffer.from('again')],
        ...(form === 'native' ? kept : changed),
        ['empty', Buffer.alloc(0)],
      ]);
    });

    it('acknowledges thousands at once', limit, async t => {
      await broker.createTopic('many');
      const made = await producer(t);
      const value = Buffer.alloc(100, 'x');
      await Promise.all(Array.from({ length: 3_000 }, () => made.publish(record('many', value))));
      await made.disconnect(5_000);
    });

    it('chooses partitions by the key as the user has it', limit, async t => {
      await broker.createTopic('keyed');
      const made = await producer(t, {}, { partitioner: 'murmur2_random' });
      const keys = [Buffer.from('alpha'), Buffer.from('beta'), Buffer.from([0, 255]), Buffer.alloc(0)];
      for (const key of keys) await made.publish(record('keyed', Buffer.from('1'), { key }));
      await made.disconnect(5_000);
      const found = await readAll(t, 'keyed', keys.length);
      assert.deepEqual(
        keys.map(key => found.find(one => key.equals(one.key!))!.partition),
        keys.map(key => (murmur2(key) & 0x7fffffff) % 4),
      );
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

    it('rejects what its queue has no room for', limit, async t => {
      await broker.createTopic('full');
      const made = await producer(t, { 'queue.buffering.max.messages': '1', 'linger.ms': '500' });
      const first = made.publish(record('full', Buffer.from('1')));
      await assert.rejects(made.publish(record('full', Buffer.from('2'), { headers: [['h', null]] })), {
        code: QUEUE_FULL,
        message: /queue is full/,
      });
      await first;
      await made.publish(record('full', Buffer.from('3')));
    });

    it('rejects what is still on the way when it is disconnected', limit, async t => {
      const made = await producer(t);
      const lost = assert.rejects(made.publish(record('not-there-yet', Buffer.from('x'))), { code: PURGE_QUEUE });
      await made.disconnect(50);
      await lost;
      await made.disconnect(50);
    });

    if (form === 'native') {
      const shapes: Readonly<Record<string, Partial<ProducerRecord>>> = {
        'no headers, no key': {},
        'an empty key': { key: Buffer.alloc(0) },
        'a name of nothing': { headers: [['', Buffer.from('v')]] },
        'a NUL in a name': { headers: [['a\0b', Buffer.from('v')]] },
        'a name that is no UTF-8': { headers: [[Buffer.from([0x61, 0xff, 0xc0]), Buffer.from('v')]] },
        'a name twice, null and empty': {
          headers: [1, 2].flatMap(() => [['n', null] as const, ['n', Buffer.alloc(0)] as const]),
        },
        'a name that is a number': {
          headers: [
            ['2', Buffer.from('b')],
            ['1', Buffer.from('a')],
          ],
        },
        'a name that objects have': { headers: [['__proto__', Buffer.from('v')]] },
        'a long name': { headers: [['n'.repeat(70_000), Buffer.from('v')]] },
        'a value of a megabyte': { value: Buffer.alloc(1_048_576, 7) },
        'a header of a megabyte': { headers: [['big', Buffer.alloc(1_048_576, 0xff)]] },
        'ten thousand headers': {
          headers: Array.from({ length: 10_000 }, (_, i) => [`h${i}`, Buffer.of(i & 255)] as const),
        },
        'more headers than librdkafka lists': { headers: Array.from({ length: 100_001 }, () => ['', null] as const) },
        'the first millisecond': { timestamp: 0 },
        'the second millisecond': { timestamp: 1 },
        'a time before the first': { timestamp: -2 },
        'the largest time': { timestamp: Number.MAX_SAFE_INTEGER },
      };
      it('keeps every byte, whatever a record is like', { timeout: 120_000 }, async t => {
        await broker.createTopic('shapes');
        const made = await producer(t, { 'message.max.bytes': '4000000' });
        const value = Buffer.from('{}');
        const sent = Object.values(shapes).map(shape => record('shapes', value, { timestamp: 5, ...shape }));
        for (const one of sent) await made.publish(one);
        await made.disconnect(5_000);
        const found = new Set(await readAll(t, 'shapes', sent.length));
        for (const [i, name] of Object.keys(shapes).entries()) {
          const { key, headers, timestamp, value } = sent[i]!;
          const same = [...found].find(one =>
            isDeepStrictEqual({ ...one, ...{ key, headers, timestamp, value } }, one),
          );
          assert.ok(same, name);
          found.delete(same);
        }
      });
    }
  });
}

/** As org.apache.kafka.common.utils.Utils has it. */
function murmur2(data: Buffer): number {
  const M = 0x5bd1e995;
  let hash = 0x9747b28c ^ data.length;
  const whole = data.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let word = Math.imul(data.readInt32LE(i), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  for (let i = data.length - 1; i >= whole; i--) hash ^= data[i]! << (8 * (i - whole));
  if (data.length > whole) hash = Math.imul(hash, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
