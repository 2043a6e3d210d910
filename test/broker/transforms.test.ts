import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { ConnectorConfig } from '../../config/types.ts';
import { bytesAt, decodeHeaders } from '../../connector/headers-column.ts';
import { connectorOf, type Keys } from '../config/written.ts';
import { committedOffsets, kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';
import { Endpoint, recordsOf } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const PACKAGE = 'org.apache.kafka.connect.transforms.';
const CHAIN: Keys = {
  transforms: 'drop,cast,place,flat',
  'transforms.drop.type': `${PACKAGE}Filter`,
  'transforms.drop.predicate': 'marked',
  'transforms.cast.type': `${PACKAGE}Cast$Value`,
  'transforms.cast.spec': 'id:int32',
  'transforms.place.type': `${PACKAGE}InsertField$Value`,
  'transforms.place.topic.field': 'topic',
  'transforms.place.offset.field': 'offset',
  'transforms.flat.type': `${PACKAGE}Flatten$Value`,
  'transforms.flat.delimiter': '_',
  predicates: 'marked',
  'predicates.marked.type': `${PACKAGE}predicates.HasHeaderKey`,
  'predicates.marked.name': 'test',
};

describe('a chain of transforms on the mock cluster', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  async function start(t: TestContext, topic: string, errors: Partial<ConnectorConfig['errors']>) {
    const endpoint = await new Endpoint().start();
    t.after(() => endpoint.close());
    await broker.createTopic(topic);
    const kafka = kafkaConfig(broker.bootstrapServers, `connect-${topic}`);
    const config = connectorConfig(kafka, [topic], endpoint.url);
    const { transforms } = connectorOf(CHAIN);
    return { endpoint, task: new RunningTask(t, { ...config, transforms, errors: { ...config.errors, ...errors } }) };
  }

  const produce = (topic: string): Promise<void> =>
    broker.produce(topic, [
      { value: '{"id":"1","at":{"x":1.0,"y":12345678901234567890}}', partition: 0 },
      { value: '{"id":"2"}', headers: [['test', Buffer.from('yes')]], partition: 0 },
      { value: '{"id":"three"}', key: 'k', headers: [['own', Buffer.from('h')]], partition: 0 },
      { value: '{"id":4.9}', partition: 0 },
    ]);

  it('transforms and filters, and parks what it refuses with stage, class and message', async t => {
    const letters = 'chain-dlq';
    await broker.createTopic(letters);
    const parked = { tolerance: 'all', deadLetterTopic: letters, deadLetterContextHeaders: true } as const;
    const { endpoint, task } = await start(t, 'chain', parked);
    await produce('chain');
    await task.when(() =>
      task.factsOf('commit-acknowledged').some(({ offsets }) => offsets.some(({ offset }) => offset === 4)),
    );
    assert.equal(
      endpoint.requests.map(({ body }) => body.toString().slice(1, -1)).join(),
      '{"id":1,"at_x":1.0,"at_y":12345678901234567890,"topic":"chain","offset":0},{"id":4,"topic":"chain","offset":3}',
    );
    const member = await startMember(t, { config: kafkaConfig(broker.bootstrapServers, 'letters'), topics: [letters] });
    await member.when(() => member.records.length === 1);
    const [block] = member.blocks.filter(({ count }) => count > 0);
    assert.equal(member.records[0]!.value, '{"id":"three"}');
    assert.equal(bytesAt(block!.keys, 0)!.toString(), 'k');
    const headers = new Map(decodeHeaders(bytesAt(block!.headers, 0)!).map(([name, value]) => [name, String(value)]));
    assert.equal(headers.get('own'), 'h');
    assert.equal(headers.get('__connect.errors.stage'), 'TRANSFORMATION');
    assert.equal(headers.get('__connect.errors.class.name'), `${PACKAGE}Cast$Value`);
    assert.equal(headers.get('__connect.errors.exception.class.name'), 'org.apache.kafka.connect.errors.DataException');
    assert.equal(
      headers.get('__connect.errors.exception.message'),
      'Value (three) was out of range for requested data type',
    );
    assert.equal(headers.get('__connect.errors.offset'), '2');
  });

  it('fails the task at a refused record where errors are not tolerated, and commits nothing at or behind it', async t => {
    const { endpoint, task } = await start(t, 'chain-strict', { tolerance: 'none' });
    await produce('chain-strict');
    await task.when(() => task.factsOf('task-state').some(({ state }) => state === 'FAILED'));
    const { trace } = await task.stop();
    assert.match(String(trace), /chain-strict-0 offset 2 can not be delivered \(TRANSFORMATION\): .*out of range/);
    assert.deepEqual(
      endpoint.requests.flatMap(recordsOf).map(record => (record as { id: number }).id),
      [1],
    );
    const [offset] = await committedOffsets(broker, 'connect-chain-strict', [{ topic: 'chain-strict', partition: 0 }]);
    assert.equal(offset, 2);
  });
});
