import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordAt } from '../../connector/headers-column.ts';
import { sendable } from '../../worker/kafka/produce.ts';
import { skipWithoutNativeReader } from '../reader/available.ts';
import { compareReaders } from '../reader/compare.ts';
import { records } from '../reader/values.ts';
import { kafkaConfig, startMember } from '../support/broker.ts';
import { produceExactly } from './exactly.ts';
import type { Codec, NewRecord } from './producing.ts';
import { kafkaSuite } from './suite.ts';

const CODECS: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const PARTITIONS = 4;
const skip = skipWithoutNativeReader();
const limit = { skip, timeout: 120_000 };

/** node-rdkafka takes an empty buffer for a null. */
function writable(record: NewRecord): NewRecord {
  return {
    ...record,
    value: sendable(record.value as Buffer | null),
    key: sendable((record.key ?? null) as Buffer | null),
  };
}

await kafkaSuite('both readers', '4', ground => {
  test(
    'give the same blocks of a log with every compression, transactions and the gaps that they leave',
    limit,
    async t => {
      const { node } = ground;
      t.diagnostic(`seed ${SEED}`);
      // The records' timestamps are of any time.
      const anyTime = { 'message.timestamp.after.max.ms': '9223372036854775807' };
      await node.createTopic('mixed', PARTITIONS, { 'max.message.bytes': '4000000', ...anyTime });
      const properties = { 'message.max.bytes': '3000000' };
      let visible = 0;
      for (const [i, compression] of CODECS.entries()) {
        const some = records(SEED + i, 300, PARTITIONS).map(writable);
        await node.produce('mixed', some, { compression, properties });
        visible += some.length;
        const small = (part: number): NewRecord[] =>
          Array.from({ length: 40 }, (_, n) => ({ partition: n % PARTITIONS, value: `{"id":"${i}/${part}/${n}"}` }));
        await node.produceTransactions('mixed', [
          { records: small(0), end: 'commit' },
          { records: small(1), end: 'abort' },
          { records: small(2), end: 'commit' },
        ]);
        visible += 80;
      }
      const config = (group: string) => kafkaConfig(node.bootstrap(), group, { 'isolation.level': 'read_committed' });
      const { blocks } = await compareReaders(t, config, 'mixed', visible);
      t.diagnostic(`${visible} records in ${blocks} blocks`);
    },
  );

  test('headers of any bytes, and null ones, come through the native reader as they are', limit, async t => {
    const { node } = ground;
    await node.createTopic('headers', 1);
    const values = { text: Buffer.from('abc'), binary: Buffer.from([255, 0, 10]), empty: Buffer.alloc(0), none: null };
    const headers = [...Object.entries(values), ['a\0b', null], ['', Buffer.from('v')]] as const;
    const record = { partition: 0, timestamp: 0, key: Buffer.from('k'), value: Buffer.from('{}'), headers };
    await produceExactly(node, 'headers', [record]);
    const config = kafkaConfig(node.bootstrap(), 'headers-native');
    const member = await startMember(t, { config, topics: ['headers'], reader: 'native' });
    await member.when(() => member.records.length === 1);
    const block = member.blocks[0]!;
    const found = recordAt(block, block.runs[0]!, 0);
    assert.deepEqual(found, { ...record, topic: 'headers', offset: 0 });
  });
});
