import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { kafkaConfig, type MockBroker, startMockBroker } from '../support/broker.ts';
import { Endpoint } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('what a request says of its records, on the mock cluster', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  it('is where they stand, and the trace that each is of', async t => {
    const endpoint = await new Endpoint().start();
    t.after(() => endpoint.close());
    await broker.createTopic('traced');
    await broker.produce('traced', [
      { value: '1', headers: [['traceparent', Buffer.from(TRACE)]], partition: 0 },
      { value: '2', headers: [['traceparent', Buffer.from(`${TRACE}\r\nx-smuggled: 1`)]], partition: 0 },
      { value: '3', partition: 0 },
    ]);
    const config = connectorConfig(kafkaConfig(broker.bootstrapServers, 'connect-traced'), ['traced'], endpoint.url);
    const idempotencyKey = { header: 'idempotency-key', prefix: '', quoted: true };
    const http = { ...config.http, identity: { idempotencyKey, traceContext: true } };
    const task = new RunningTask(t, { ...config, http, batch: { ...config.batch, format: 'single', maxRecords: 1 } });
    await task.when(() => task.factsOf('request-succeeded').length === 3);
    const said = endpoint.requests.map(({ headers }) => [headers['idempotency-key'], headers['traceparent']]);
    assert.deepEqual(said, [
      ['"traced-0-0..0"', TRACE],
      ['"traced-0-1..1"', undefined],
      ['"traced-0-2..2"', undefined],
    ]);
    assert.ok(endpoint.requests.every(({ headers }) => headers['x-smuggled'] === undefined));
  });
});
