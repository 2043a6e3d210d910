import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import kafka from '../../worker/kafka/library.ts';
import { skipWithoutKafka } from './available.ts';
import type { KafkaLine } from './jars.ts';
import { type KafkaNode, startKafka } from './node.ts';
import { KAFKA_USER, type Listener } from './properties.ts';

const LINES: readonly KafkaLine[] = ['4', '3.9'];
const skip = await skipWithoutKafka(...LINES);

for (const line of LINES) {
  describe(`the broker under test, Kafka ${line}`, { skip }, () => {
    let node: KafkaNode;
    before(async () => {
      node = await startKafka({ version: line });
    });
    after(() => node?.stop());

    test('takes records on every listener and gives them back after a kill and a restart', async t => {
      await node.createTopic('records', 2);
      const written = await node.produce(
        'records',
        [0, 1, 2].map(id => ({
          partition: id % 2,
          key: `k${id}`,
          value: `{"id":${id}}`,
          headers: [['h', 'v']] as const,
        })),
        { compression: 'zstd' },
      );
      assert.deepEqual(written, [
        { partition: 0, offset: 0 },
        { partition: 1, offset: 0 },
        { partition: 0, offset: 1 },
      ]);
      await node.kill();
      await node.start();
      for (const listener of ['PLAINTEXT', 'SASL', 'MTLS'] as const) {
        const topics = await topicsSeen(node, listener);
        assert.ok(topics.includes('records'), `${listener} shows ${topics}`);
      }
      await node.addPartitions('records', 3);
      const records = await node.readAll('records');
      assert.deepEqual(records.map(each => String(each.value)).sort(), ['{"id":0}', '{"id":1}', '{"id":2}']);
      assert.deepEqual(await node.committed('nobody', 'records'), new Map());
      t.diagnostic(`Kafka ${node.version}`);
    });
  });
}

function topicsSeen(node: KafkaNode, listener: Listener): Promise<string[]> {
  const admin = new kafka.Producer({ 'bootstrap.servers': node.bootstrap(listener), ...security(node, listener) });
  return new Promise((resolve, reject) => {
    admin.on('event.error', reject);
    admin.connect({ timeout: 20_000 }, (error, metadata) => {
      admin.disconnect();
      if (error) reject(new Error(error.message));
      else resolve(metadata.topics.map(each => each.name));
    });
  });
}

function security(node: KafkaNode, listener: Listener): Record<string, string> {
  if (listener === 'PLAINTEXT') return {};
  const tls = { 'ssl.ca.pem': node.authority.certificate };
  if (listener === 'MTLS') {
    const own = { 'ssl.key.pem': node.client.key, 'ssl.certificate.pem': node.client.certificate };
    return { 'security.protocol': 'ssl', ...tls, ...own };
  }
  const login = { 'sasl.username': KAFKA_USER.username, 'sasl.password': KAFKA_USER.password };
  return { 'security.protocol': 'sasl_ssl', 'sasl.mechanisms': 'SCRAM-SHA-512', ...tls, ...login };
}
