import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RdKafkaConsumer } from '../../../../worker/kafka/consumer.ts';
import type { KafkaConsumer as Client } from '../../../../worker/kafka/library.ts';
import { createPortableReader } from '../../../../worker/kafka/reader/portable.ts';

/** The client's side of a read: one batch of messages a call. */
function consumerOf(...batches: readonly (readonly object[])[]): RdKafkaConsumer {
  const left = [...batches];
  const client = {
    setDefaultConsumeTimeout(): void {},
    consume(_: number, done: (error: null, batch: readonly object[]) => void): void {
      done(null, left.shift() ?? []);
    },
  } as unknown as Client;
  return { reading: read => read(client) } as RdKafkaConsumer;
}

const RECORD = { topic: 't', partition: 0, offset: 7, value: Buffer.from('{}'), timestamp: 1 };

test('records that were taken from the client and can not be held end the task', async () => {
  const consumer = consumerOf([RECORD, { ...RECORD, offset: 8 }]);
  // No block can be built with this separator: it stands for whatever may fail there.
  const reader = createPortableReader(consumer, { separator: Buffer.of(0x80), keys: false, headers: false });
  await assert.rejects(reader.read(10), { name: 'KafkaError', fatal: true, message: /^2 records that were read / });
});

test('a read that brings nothing is no block', async () => {
  const reader = createPortableReader(consumerOf([], [RECORD]), {
    separator: Buffer.from(','),
    keys: false,
    headers: false,
  });
  assert.equal(await reader.read(10), null);
  assert.equal((await reader.read(10))?.offset[0], 7);
});
