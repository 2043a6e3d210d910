import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Collector, Delivery } from './collector.ts';
import type { KafkaNode } from './node.ts';
import { type LogLine, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const TOPICS = ['orders', 'users', 'clicks'] as const;
const PARTITIONS = 4;
const EACH = 600;

const NAMED = /"t":"([a-z]+)","n":(\d+)/g;

/** What each endpoint, known by the first part of its path, has confirmed; those that are out of order confirm nothing. */
class Endpoints {
  readonly down = new Set<string>();
  readonly #taken = new Map<string, string[]>();
  readonly #requests = new Map<string, Delivery[]>();

  constructor(collector: Collector) {
    collector.script(delivery => {
      const [, , alias = ''] = delivery.path.split('/');
      if (this.down.has(alias)) return { status: 503 };
      const names = [...delivery.body.toString().matchAll(NAMED)].map(([, topic, n]) => `${topic}/${n}`);
      this.#taken.set(alias, [...this.taken(alias), ...names]);
      this.#requests.set(alias, [...this.requests(alias), delivery]);
      return { status: 204 };
    });
  }

  taken(alias: string): readonly string[] {
    return this.#taken.get(alias) ?? [];
  }

  requests(alias: string): readonly Delivery[] {
    return this.#requests.get(alias) ?? [];
  }

  /** Everything of its topic, once, and nothing else. */
  assertExactlyOnce(alias: string, records: number): void {
    const expected = Array.from({ length: records }, (_, n) => `${alias}/${n}`);
    assert.deepEqual(this.taken(alias).toSorted(), expected.toSorted());
  }
}

/** The next records of each topic. */
async function produce(node: KafkaNode, first: number): Promise<void> {
  for (const topic of TOPICS) {
    const records = Array.from({ length: EACH }, (_, i) => first + i).map(n => {
      return { partition: n % PARTITIONS, key: `k${n % 10}`, value: `{"t":"${topic}","n":${n}}` };
    });
    await node.produce(topic, records);
  }
}

async function committedOf(node: KafkaNode, name: string, topic: string): Promise<number> {
  return [...(await node.committed(groupOf(name), topic)).values()].reduce((sum, offset) => sum + offset, 0);
}

await kafkaSuite('several endpoints', '4', ground => {
  test('three forms, one out of order for a while, members that come and go: nothing is lost, nothing comes twice', async () => {
    const { node, collector } = ground;
    for (const topic of TOPICS) await node.createTopic(topic, PARTITIONS);
    const endpoints = new Endpoints(collector);
    const sink = sinkFile('several', TOPICS.join(), collector.url, {
      endpoints: TOPICS.join(),
      'http.url': `${collector.url}/none`,
      ...Object.fromEntries(TOPICS.map(topic => [`endpoints.${topic}.topics`, topic])),
      'endpoints.orders.http.url': `${collector.url}/orders`,
      'endpoints.orders.batch.max.records': '50',
      'endpoints.users.http.url': `${collector.url}/users`,
      'endpoints.users.batch.format': 'ndjson',
      'endpoints.users.http.headers.X-Form': 'lines',
      'endpoints.clicks.http.url': `${collector.url}/clicks/\${key}`,
      'endpoints.clicks.http.method': 'PUT',
      'endpoints.clicks.batch.format': 'single',
    });
    endpoints.down.add('clicks');
    await produce(node, 0);
    const first = await startProgram(workerFile(node), sink);
    await collector.when('what the two others have', () =>
      ['orders', 'users'].every(alias => endpoints.taken(alias).length >= EACH),
    );
    const parted = await first.logged('the endpoint by its name', ({ msg }: LogLine) => /^clicks: .*503/.test(msg));
    assert.equal(parted['endpoint'], 'clicks');
    assert.equal(await committedOf(node, 'several', 'clicks'), 0);
    const second = await startProgram(workerFile(node), sink);
    await second.logged('its partitions', ({ event }) => event === 'partitions-assigned');
    await produce(node, EACH);
    await collector.when('what comes after the hand-over', () =>
      ['orders', 'users'].every(alias => endpoints.taken(alias).length >= 2 * EACH),
    );
    endpoints.down.delete('clicks');
    assert.equal(await first.stop(), 0);
    await produce(node, 2 * EACH);
    await collector.when('all of it', () => TOPICS.every(alias => endpoints.taken(alias).length >= 3 * EACH));
    assert.equal(await second.stop(), 0);
    const third = await startProgram(workerFile(node), sink);
    await produce(node, 3 * EACH);
    await collector.when('all of it, after a restart', () =>
      TOPICS.every(alias => endpoints.taken(alias).length >= 4 * EACH),
    );
    assert.equal(await third.stop(), 0);
    for (const alias of TOPICS) endpoints.assertExactlyOnce(alias, 4 * EACH);
    assert.deepEqual(endpoints.requests('none'), []);
    for (const topic of TOPICS) assert.equal(await committedOf(node, 'several', topic), 4 * EACH);
    for (const { method, body, headers } of endpoints.requests('orders')) {
      assert.equal(method, 'POST');
      assert.ok(JSON.parse(body.toString()).length <= 50);
      assert.equal(headers['x-form'], undefined);
    }
    for (const { headers } of endpoints.requests('users')) {
      assert.deepEqual([headers['content-type'], headers['x-form']], ['application/x-ndjson', 'lines']);
    }
    for (const { method, path, body } of endpoints.requests('clicks')) {
      assert.equal(method, 'PUT');
      assert.equal(path, `/in/clicks/k${JSON.parse(body.toString()).n % 10}`);
    }
  });
});
