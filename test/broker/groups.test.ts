import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorConfig } from '../../config/types.ts';
import { createGroups } from '../../worker/kafka/groups.ts';
import { kafkaConfig, startMockBroker } from '../support/broker.ts';
import { READER } from '../support/reader.ts';

const AT = { topic: 'orders', partition: 0 };

test('brokers that can not delete groups or offsets say so, and the process goes on', {
  skip: READER === 'portable',
}, async t => {
  const broker = await startMockBroker();
  t.after(() => broker.close());
  await broker.produce('orders', [{ value: '1' }]);
  const failures: string[] = [];
  const groups = createGroups({
    worker: { reader: READER, admin: { global: { 'bootstrap.servers': broker.bootstrapServers }, topic: {} } },
    onFailure: (_connector, text) => failures.push(text),
  });
  const connector = { name: 'old', topics: ['orders'], kafka: kafkaConfig(broker.bootstrapServers, 'old') };
  const config = connector as unknown as ConnectorConfig;
  for (let i = 0; i < 3; i++) {
    await assert.rejects(
      groups.reset(config),
      /^OffsetsError: Failed to reset consumer group offsets for connector old$/,
    );
    await assert.rejects(groups.alter(config, [{ ...AT, offset: null }]), /Failed to alter/);
    // librdkafka's defect showed when the client was closed, which nobody waits for: the next questions come behind it.
    await groups.alter(config, [{ ...AT, offset: 1 }]);
  }
  assert.match(failures.join('\n'), /not supported by broker/);
});
