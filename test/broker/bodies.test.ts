import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { MockRecord } from '../../worker/kafka/mock-broker.ts';
import { connectorOf, type Keys } from '../config/written.ts';
import { kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';
import { Endpoint } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const JSON_VALUES: Keys = { 'value.converter': 'JsonConverter', 'value.converter.schemas.enable': 'false' };
const TEXTS: Keys = { 'value.converter': 'StringConverter' };

describe('bodies and values on the mock cluster', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  /** Delivers these records of one partition. @returns when all are committed: the endpoint, and what the task has told */
  async function deliver(
    t: TestContext,
    topic: string,
    written: Keys,
    records: readonly MockRecord[],
    letters?: string,
  ) {
    const endpoint = await new Endpoint().start();
    t.after(() => endpoint.close());
    await broker.createTopic(topic);
    if (letters !== undefined) await broker.createTopic(letters);
    await broker.produce(
      topic,
      records.map(record => ({ ...record, partition: 0 })),
    );
    const kafka = kafkaConfig(broker.bootstrapServers, `connect-${topic}`);
    const config = connectorConfig(kafka, [topic], endpoint.url);
    const { batch, values, keyConverter, valueConverter, transforms, http } = connectorOf(written);
    const errors = { ...config.errors, tolerance: 'all', deadLetterTopic: letters ?? null } as const;
    const parts = { batch, values, keyConverter, valueConverter, transforms, errors };
    const task = new RunningTask(t, { ...config, ...parts, http: { ...config.http, route: http.route } });
    await task.when(() =>
      task
        .factsOf('commit-acknowledged')
        .some(({ offsets }) => offsets.some(({ offset }) => offset === records.length)),
    );
    return { endpoint, task };
  }

  for (const [name, separator] of [
    ['several bytes', '\\r\\n--é--\\r\\n'],
    ['nothing', ''],
  ] as const) {
    it(`joins texts byte for byte, with ${name} between them`, async t => {
      const values = ['plain "text"', Buffer.from('c3', 'hex'), Buffer.from('a900ff', 'hex'), '', 'last\n'];
      const keys = {
        ...TEXTS,
        'batch.format': 'joined',
        'batch.prefix': '<',
        'batch.separator': separator.replaceAll('\\', '\\\\'),
        'batch.suffix': '>',
        'batch.linger.ms': '200',
      };
      const records = values.map(value => ({ value }));
      const { endpoint } = await deliver(t, `joined-${separator.length}`, keys, [...records, ...records, ...records]);
      const between = Buffer.from(separator === '' ? '' : '\r\n--é--\r\n');
      const sent = endpoint.requests.map(({ body }) => body.subarray(1, -1));
      for (const { headers, body } of endpoint.requests) {
        assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
        assert.deepEqual([body[0], body.at(-1)], [0x3c, 0x3e]);
      }
      const all = [...values, ...values, ...values].flatMap((value, i) => [
        ...(i === 0 ? [] : [between]),
        Buffer.from(value),
      ]);
      const together = sent.flatMap((body, i) => (i === 0 ? [body] : [between, body]));
      assert.deepEqual(Buffer.concat(together), Buffer.concat(all));
    });
  }

  it('sends a tombstone and an empty value as bodies of no bytes', async t => {
    const keys = { ...TEXTS, 'batch.format': 'single', 'behavior.on.null.values': 'send' };
    const records = ['a', null, '', 'b'].map(value => ({ value }));
    const { endpoint } = await deliver(t, 'nulls-single', keys, records);
    assert.deepEqual(
      endpoint.requests.map(({ body, headers }) => [body.toString(), headers['content-length']]),
      [
        ['a', '1'],
        ['', '0'],
        ['', '0'],
        ['b', '1'],
      ],
    );
  });

  it('sends what sinks for the JVM send: texts raw, maps as Java writes them, with replacements, parted by a key', async t => {
    const keys = {
      ...JSON_VALUES,
      'key.converter': 'StringConverter',
      'batch.format': 'joined',
      'batch.linger.ms': '200',
      'batch.key': '${key}',
      'http.body.values': 'java',
      'http.body.replace.patterns': '^~=(\\\\d)',
      'http.body.replace.replacements': '${key}:~ is $1',
    };
    const records = [
      { key: 'a', value: '"x=1"' },
      { key: 'a', value: '{"b":1,"a":[2.0,null]}' },
      { key: 'b', value: '3' },
      { key: 'a', value: 'true' },
    ];
    const { endpoint } = await deliver(t, 'java-texts', keys, records);
    // How many are together is the linger's; who may not be, and their order, is not.
    const lines = endpoint.requests.map(({ body }) => body.toString().split('\n'));
    assert.deepEqual(lines.flat(), ['a:x is 1', 'a:{a=[2.0, null], b is 1}', 'b:3', 'a:true']);
    for (const together of lines) assert.equal(new Set(together.map(line => line[0])).size, 1);
  });

  it('skips, quotes and parks by what values are, and counts what it skips', async t => {
    const keys = {
      ...JSON_VALUES,
      'batch.linger.ms': '200',
      'behavior.on.null.values': 'send',
      'behavior.on.json.null.values': 'ignore',
      'behavior.on.text.values': 'quote',
      'behavior.on.array.values': 'fail',
    };
    const records = ['{"a":1}', null, 'null', 'text', '[1]', '2'].map(value => ({ value }));
    const letters = 'values-dlq';
    const { endpoint, task } = await deliver(t, 'values', keys, records, letters);
    assert.equal(endpoint.requests.map(({ body }) => body.toString().slice(1, -1)).join(), '{"a":1},null,"text",2');
    const counts = task.task.status().topics['values'];
    assert.deepEqual(counts, { consumed: 6, delivered: 4, skipped: 1, deadLettered: 1 });
    const member = await startMember(t, { config: kafkaConfig(broker.bootstrapServers, letters), topics: [letters] });
    await member.when(() => member.records.length === 1);
    assert.equal(member.records[0]!.value, '[1]');
  });
});
