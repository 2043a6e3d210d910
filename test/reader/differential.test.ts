import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sendable } from '../../worker/kafka/produce.ts';
import { type Codec, type NewRecord, produce } from '../kafka/producing.ts';
import { kafkaConfig, type MockBroker, startMockBroker } from '../support/broker.ts';
import { skipWithoutNativeReader } from './available.ts';
import { compareReaders } from './compare.ts';
import { records } from './values.ts';

/** Each with what its values are separated by. */
const CODECS: readonly (readonly [Codec, separator: string])[] = [
  ['none', '\n'],
  ['gzip', ''],
  ['snappy', '\r\n--é--\r\n'],
  ['lz4', '1'],
  ['zstd', '"'.repeat(100)],
];
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RECORDS = 1_500;
const limit = { timeout: 120_000 };

/** node-rdkafka takes an empty buffer for a null. */
function writable(record: NewRecord): NewRecord {
  return {
    ...record,
    value: sendable(record.value as Buffer | null),
    key: sendable((record.key ?? null) as Buffer | null),
  };
}

describe('both readers on one topic', { skip: skipWithoutNativeReader() }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  for (const [i, [compression, separator]] of CODECS.entries()) {
    it(`give the same blocks (${compression}, ${separator.length} bytes between them)`, limit, async t => {
      const topic = `same-${compression}`;
      await broker.createTopic(topic);
      const written = records(SEED + i, RECORDS, 4).map(writable);
      t.diagnostic(`seed ${SEED}`);
      await produce(broker.bootstrapServers, topic, written, { compression });
      const config = (group: string) => kafkaConfig(broker.bootstrapServers, group);
      const ahead = { members: ['a', 'k', ''], quotedUpTo: 500_000 };
      const { checked, objects } = await compareReaders(
        t,
        config,
        topic,
        written.length,
        Buffer.from(separator),
        ahead,
      );
      assert.ok(checked > RECORDS / 4, `${checked} records are checked by the reader`);
      assert.ok(objects > RECORDS / 20, `of ${objects} the members are told`);
    });
  }
});
