import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bytesAt, decodeHeaders } from '../../connector/headers-column.ts';
import { connectorOf } from '../config/written.ts';
import { committedOffsets, kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';
import { type Answer, type Arrived, Endpoint } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

/** Refuses the record 2, and puts off the record 3 once. */
function createBulkApi(): (request: Arrived) => Answer {
  let busy = true;
  return ({ body }) => {
    const items = (JSON.parse(body.toString()) as number[]).map(n => {
      const status = n === 2 ? 400 : n === 3 && busy ? 429 : 201;
      if (n === 3) busy = false;
      return { index: { status, ...(status !== 201 && { error: { type: 'told' } }) } };
    });
    const errors = items.some(({ index }) => index.status !== 201);
    return { body: JSON.stringify({ took: 1, errors, items }) };
  };
}

describe('a partial failure on the mock cluster', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  for (const kept of [true, false]) {
    it(`parks the record that a bulk API refuses, ${kept ? 'with' : 'without'} what it said, and commits all`, async t => {
      const [topic, letters] = [`bulk-${kept}`, `bulk-${kept}-dlq`];
      const endpoint = await new Endpoint({ script: createBulkApi() }).start();
      t.after(() => endpoint.close());
      await broker.createTopic(topic);
      await broker.createTopic(letters);
      const config = connectorConfig(kafkaConfig(broker.bootstrapServers, `connect-${topic}`), [topic], endpoint.url);
      const { answers } = connectorOf({ 'http.response.records': 'bulk' }).http;
      const parked = { tolerance: 'all', deadLetterTopic: letters, deadLetterResponseHeaders: kept } as const;
      const errors = { ...config.errors, ...parked };
      const task = new RunningTask(t, { ...config, errors, http: { ...config.http, answers } });
      await broker.produce(
        topic,
        [1, 2, 3, 4].map(n => ({ value: String(n), partition: 0 })),
      );
      await task.when(() =>
        task.factsOf('commit-acknowledged').some(({ offsets }) => offsets.some(({ offset }) => offset === 4)),
      );
      const [offset] = await committedOffsets(broker, `connect-${topic}`, [{ topic, partition: 0 }]);
      assert.equal(offset, 4);
      const sent = endpoint.requests.flatMap(({ body }) => JSON.parse(body.toString()) as number[]);
      assert.deepEqual(sent.toSorted(), [1, 2, 3, 3, 4], 'only what was put off was sent again');
      const member = await startMember(t, { config: kafkaConfig(broker.bootstrapServers, letters), topics: [letters] });
      await member.when(() => member.records.length === 1);
      const [block] = member.blocks.filter(({ count }) => count > 0);
      assert.equal(member.records[0]!.value, '2');
      const bytes = bytesAt(block!.headers, 0);
      const headers = bytes === null ? [] : decodeHeaders(bytes);
      const texts = headers.map(([name, value]) => [String(name), String(value)]);
      const named = texts.filter(([name]) => name !== '__tailrace.response.body');
      const expected = [
        ['__tailrace.response.status', '200'],
        ['__tailrace.response.reason', 'the endpoint answered 400 for it'],
        ['__tailrace.response.record.status', '400'],
        ['__tailrace.response.record.body', '{"index":{"status":400,"error":{"type":"told"}}}'],
      ];
      assert.deepEqual(named, kept ? expected : []);
      assert.ok(!JSON.stringify(task.facts).includes('told'));
    });
  }
});
