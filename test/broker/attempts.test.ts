import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { ConnectorConfig } from '../../config/types.ts';
import { OFFSET_NONE } from '../../worker/task/ports.ts';
import { connectorOf } from '../config/written.ts';
import { committedOffsets, kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';
import { Endpoint } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

/** Record n is in partition n % 2. */
function numbered(count: number, first = 0): { value: string; partition: number }[] {
  return Array.from({ length: count }, (_, i) => ({ value: String(first + i), partition: (first + i) % 2 }));
}

describe('a limit on attempts on the mock cluster', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  async function limited(
    t: TestContext,
    topic: string,
    keys: Record<string, string>,
  ): Promise<{ endpoint: Endpoint; config: ConnectorConfig; mend: () => void }> {
    let mended = false;
    const endpoint = await new Endpoint({ script: () => ({ status: mended ? 200 : 503 }) }).start();
    t.after(() => endpoint.close());
    await broker.createTopic(topic);
    const config = connectorConfig(kafkaConfig(broker.bootstrapServers, `connect-${topic}`), [topic], endpoint.url);
    const { attempts } = connectorOf(keys).http;
    const mend = (): void => {
      mended = true;
    };
    return { endpoint, config: { ...config, http: { ...config.http, attempts } }, mend };
  }

  function committed(topic: string): Promise<readonly number[]> {
    return committedOffsets(broker, `connect-${topic}`, [
      { topic, partition: 0 },
      { topic, partition: 1 },
    ]);
  }

  it('fails the task, with nothing committed and what to do, and the next one delivers all', async t => {
    const topic = 'limited-fail';
    const { endpoint, config, mend } = await limited(t, topic, { 'delivery.max.attempts': '2' });
    await broker.produce(topic, numbered(10));
    const task = new RunningTask(t, config);
    await task.when(() => task.task.status().state === 'FAILED');
    const { trace } = task.task.status();
    assert.match(
      trace!,
      /^a request with \d+ records?, limited-fail-\d offset 0 the first of them, was given up after 2 attempts/,
    );
    assert.match(trace!, /the endpoint answered 503\. What it carried is not committed\. Restart the connector once/);
    await task.stop();
    assert.deepEqual(await committed(topic), [OFFSET_NONE, OFFSET_NONE]);
    const refused = endpoint.requests.length;
    mend();
    const next = new RunningTask(t, config);
    await next.when(() => next.factsOf('records-delivered').reduce((sum, { records }) => sum + records, 0) === 10);
    assert.ok((await next.stop()).clean);
    assert.deepEqual(await committed(topic), [5, 5]);
    const sent = endpoint.requests.slice(refused).flatMap(({ body }) => JSON.parse(body.toString()) as number[]);
    assert.deepEqual(
      sent.toSorted((a, b) => a - b),
      numbered(10).map(({ value }) => Number(value)),
    );
  });

  it('parks each record once in the dead letter topic, where the user wrote so, and commits', async t => {
    const topic = 'limited-error';
    const letters = `${topic}-dlq`;
    const { endpoint, config, mend } = await limited(t, topic, {
      'delivery.max.attempts': '2',
      'delivery.on.exhausted': 'error',
    });
    await broker.createTopic(letters);
    const errors = {
      ...config.errors,
      tolerance: 'all',
      deadLetterTopic: letters,
      deadLetterContextHeaders: true,
    } as const;
    await broker.produce(topic, numbered(10));
    const task = new RunningTask(t, { ...config, errors });
    await task.when(() => task.factsOf('dead-letter-acknowledged').length === 10);
    mend();
    await broker.produce(topic, numbered(4, 10));
    await task.when(() => task.factsOf('records-delivered').reduce((sum, { records }) => sum + records, 0) === 4);
    assert.ok((await task.stop()).clean);
    assert.deepEqual(await committed(topic), [7, 7]);
    const { topics } = task.task.status();
    assert.deepEqual(topics[topic], { consumed: 14, delivered: 4, deadLettered: 10, skipped: 0 });
    const given = task.factsOf('request-given-up');
    assert.equal(
      given.reduce((sum, { records }) => sum + records, 0),
      10,
    );
    for (const { error } of task.factsOf('record-rejected')) {
      assert.equal(error.message, 'the endpoint answered 503; given up after 2 attempts (delivery.max.attempts)');
    }
    const carried = endpoint.requests.map(({ body }) => body.toString());
    for (const body of new Set(carried)) assert.ok(carried.filter(one => one === body).length <= 2, body);
    const member = await startMember(t, { config: kafkaConfig(broker.bootstrapServers, letters), topics: [letters] });
    await member.when(() => member.records.length === 10);
    assert.deepEqual(
      member.records.map(({ value }) => Number(value)).toSorted((a, b) => a - b),
      numbered(10).map(({ value }) => Number(value)),
    );
  });
});
