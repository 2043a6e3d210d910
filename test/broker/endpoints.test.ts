import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConnectorConfig, EndpointConfig } from '../../config/types.ts';
import { kafkaConfig, type MockBroker, startMockBroker } from '../support/broker.ts';
import { Conditions } from '../support/conditions.ts';
import { type Answer, type Arrived, Endpoint } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const limit = { timeout: 90_000 };
const EACH = 400;

interface Given {
  readonly topic: string;
  readonly endpoint: Endpoint;
  readonly change?: (one: EndpointConfig) => EndpointConfig;
}

/** A connector whose topics each have an endpoint, called as the topic. */
function configOf(broker: MockBroker, group: string, given: readonly Given[]): ConnectorConfig {
  const topics = given.map(({ topic }) => topic);
  const base = connectorConfig(kafkaConfig(broker.bootstrapServers, group), topics, given[0]!.endpoint.url);
  const endpoints = given.map(({ topic, endpoint, change = one => one }) => {
    const http = { ...base.http, url: endpoint.url, timeoutMs: 2_000 };
    return change({ alias: topic, topics: [topic], topicsRegex: null, http, batch: base.batch, values: base.values });
  });
  return { ...base, http: endpoints[0]!.http, batch: endpoints[0]!.batch, endpoints };
}

const values = (topic: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ value: `{"t":"${topic}","n":${n}}`, partition: n % 4 }));

const NAMED = /"t":"([^"]+)","n":(\d+)/g;

/** The records that arrived at each endpoint, in order of arrival. */
class Arrivals {
  readonly conditions = new Conditions();
  readonly #at = new Map<string, string[]>();

  take(endpoint: string, { body }: Arrived): void {
    const list = this.#at.get(endpoint) ?? [];
    list.push(...[...body.toString().matchAll(NAMED)].map(([, topic, n]) => `${topic}/${n}`));
    this.#at.set(endpoint, list);
    this.conditions.changed();
  }

  of(endpoint: string): readonly string[] {
    return this.#at.get(endpoint) ?? [];
  }

  /** Everything, once, and nothing else. */
  async all(endpoint: string, count: number): Promise<void> {
    await this.conditions.met(() => this.of(endpoint).length >= count);
    const expected = Array.from({ length: count }, (_, n) => `${endpoint}/${n}`);
    assert.deepEqual(this.of(endpoint).toSorted(), expected.toSorted());
  }
}

describe('several endpoints in one connector', { concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  it('each has its topic’s records, in its own form and batches', limit, async t => {
    const topics = ['form-a', 'form-b', 'form-c'];
    const arrivals = new Arrivals();
    const made = topics.map(async topic => {
      const script = (request: Arrived): Answer => {
        arrivals.take(topic, request);
        return {};
      };
      const endpoint = await new Endpoint({ script }).start();
      t.after(() => endpoint.close());
      await broker.createTopic(topic);
      return endpoint;
    });
    const [a, b, c] = (await Promise.all(made)) as [Endpoint, Endpoint, Endpoint];
    for (const topic of topics) await broker.produce(topic, values(topic, EACH));
    const given: Given[] = [
      { topic: 'form-a', endpoint: a, change: one => ({ ...one, batch: { ...one.batch, maxRecords: 7 } }) },
      {
        topic: 'form-b',
        endpoint: b,
        change: one => ({
          ...one,
          http: { ...one.http, method: 'PUT' },
          batch: { ...one.batch, format: 'joined', separator: '--\n', prefix: '<', suffix: '>', maxRecords: 50 },
        }),
      },
      {
        topic: 'form-c',
        endpoint: c,
        change: one => ({ ...one, batch: { ...one.batch, format: 'ndjson', maxRecords: 11 } }),
      },
    ];
    const task = new RunningTask(t, configOf(broker, 'connect-form', given));
    for (const topic of topics) await arrivals.all(topic, EACH);
    assert.deepEqual(await task.stop(), { clean: true, trace: null });
    for (const { body, method } of a.requests) {
      assert.equal(method, 'POST');
      assert.ok(JSON.parse(body.toString()).length <= 7);
    }
    for (const { body, method } of b.requests) {
      assert.equal(method, 'PUT');
      const [, inner] = /^<([\s\S]*)>$/.exec(body.toString())!;
      for (const text of inner!.split('--\n')) assert.equal(JSON.parse(text).t, 'form-b');
    }
    assert.ok(a.requests.length >= EACH / 7 && b.requests.length < EACH / 4);
    for (const { body, headers } of c.requests) {
      assert.equal(headers['content-type'], 'application/x-ndjson');
      const lines = body.toString().trimEnd().split('\n');
      assert.ok(lines.length <= 11);
      for (const line of lines) assert.equal(JSON.parse(line).t, 'form-c');
    }
  });

  for (const [what, refusal] of [
    ['answers 503', { status: 503 }],
    ['refuses the credentials', { status: 403 }],
    ['never answers', { after: new Promise(() => {}) }],
  ] as const) {
    for (const maxInFlight of [1, 2, 8]) {
      it(`one that ${what} holds up no other, with ${maxInFlight} in flight`, limit, async t => {
        const group = `${what.replaceAll(' ', '-')}-${maxInFlight}`;
        const topics = ['x', 'y', 'z'].map(name => `${group}-${name}`);
        const [dead] = topics as [string];
        const arrivals = new Arrivals();
        let isMended = false;
        const given: Given[] = [];
        for (const topic of topics) {
          const script = (request: Arrived): Answer => {
            if (topic === dead && !isMended) return refusal;
            arrivals.take(topic, request);
            return {};
          };
          const endpoint = await new Endpoint({ keep: false, script }).start();
          t.after(() => endpoint.close());
          await broker.createTopic(topic);
          given.push({ topic, endpoint, change: one => ({ ...one, batch: { ...one.batch, maxRecords: 10 } }) });
        }
        for (const topic of topics) await broker.produce(topic, values(topic, EACH));
        const config = configOf(broker, `connect-${group}`, given);
        const task = new RunningTask(t, { ...config, delivery: { ...config.delivery, maxInFlight } });
        for (const topic of topics.slice(1)) await arrivals.all(topic, EACH);
        assert.deepEqual(arrivals.of(dead), []);
        await task.when(() => task.task.status().sink.state !== 'ok');
        const { sink, partitions } = task.task.status();
        assert.ok(sink.state !== 'ok' && sink.reason.startsWith(`${dead}: `), JSON.stringify(sink));
        for (const { topic, committed } of partitions) if (topic === dead) assert.equal(committed ?? 0, 0);
        isMended = true;
        await arrivals.conditions.met(() => new Set(arrivals.of(dead)).size === EACH);
        assert.deepEqual(await task.stop(), { clean: true, trace: null });
      });
    }
  }

  it('one that is down with more behind it than the buffer holds leaves the others their part', limit, async t => {
    const arrivals = new Arrivals();
    const topics = ['big-x', 'big-y'];
    const given: Given[] = [];
    for (const topic of topics) {
      const script = (request: Arrived): Answer => {
        if (topic === 'big-x') return { status: 503 };
        arrivals.take(topic, request);
        return {};
      };
      const endpoint = await new Endpoint({ keep: false, script }).start();
      t.after(() => endpoint.close());
      await broker.createTopic(topic);
      given.push({ topic, endpoint });
    }
    const padding = 'x'.repeat(1_000);
    const large = (topic: string) => values(topic, 4_000).map(one => ({ ...one, key: padding }));
    await broker.produce('big-x', large('big-x'));
    const config = configOf(broker, 'connect-big', given);
    const task = new RunningTask(t, { ...config, delivery: { ...config.delivery, bufferMaxBytes: 131_072 } });
    await task.when(() => task.factsOf('request-failed').length > 3);
    await broker.produce('big-y', large('big-y'));
    await arrivals.all('big-y', 4_000);
    assert.ok(task.task.status().bufferedBytes < 2 * 131_072);
    await task.stop();
  });

  it('a topic that none has fails the task before it is read', limit, async t => {
    const endpoint = await new Endpoint().start();
    t.after(() => endpoint.close());
    for (const topic of ['known-a', 'known-b']) await broker.createTopic(topic);
    await broker.produce('known-b', values('known-b', 3));
    const config = configOf(broker, 'connect-known', [{ topic: 'known-a', endpoint }]);
    const task = new RunningTask(t, { ...config, topics: null, topicsRegex: 'known-.*' });
    await task.when(() => task.task.status().state === 'FAILED');
    assert.match(
      task.task.status().trace!,
      /reads known-b, which no endpoint has: name it in endpoints\.<alias>\.topics/,
    );
    assert.deepEqual(endpoint.requests, []);
    assert.equal(task.factsOf('commit-sent').length, 0);
  });
});
