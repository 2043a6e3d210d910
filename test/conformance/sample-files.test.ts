import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, idsOf, sampleRecords } from '../kafka/audit.ts';
import { startProgramIn } from '../kafka/program.ts';
import { kafkaSuite } from '../kafka/suite.ts';
import { type Sample, samples } from './samples.ts';

/** What each sample that a broker without security can serve reads; the last of its topics gets the records. */
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  plain: ['orders'],
  'stock-standalone': ['orders'],
  'stock-distributed': ['orders'],
  'flat-json': ['orders', 'returns'],
  'provider-directory-env': ['orders'],
  'dead-letters': ['orders'],
  cooperative: ['orders'],
  'override-allowlist': ['orders'],
  'unprefixed-security': ['orders'],
  'environment-only': ['orders'],
  'environment-over-file': ['orders'],
  'topics-regex': ['Shop.orders.v1', 'shop.returns.v22'],
  'initial-state-paused': [],
  'initial-state-stopped': [],
};

await kafkaSuite('the sample files, as a user would run them', '4', ground => {
  let base = 0;

  /** In a group of its own, since the samples share a connector's name; what the ones before it left is read again. */
  function run(sample: Sample) {
    const env = { ...sample.env, PATH: process.env['PATH'] ?? '' };
    const overrides = {
      'bootstrap.servers': ground.node.bootstrap(),
      listeners: 'http://127.0.0.1:0',
      'http.url': ground.collector.url,
      'consumer.group.id': `of-${sample.name}`,
    };
    const args = Object.entries(overrides).map(([key, value]) => `--override=${key}=${value}`);
    return startProgramIn(sample.directory, [...args, ...sample.files], env);
  }

  for (const [name, topics] of Object.entries(TOPICS)) {
    const sample = samples().find(each => each.name === name)!;
    test(`${name} ${topics.length === 0 ? 'delivers nothing' : 'delivers each record once'}`, async () => {
      const plain = sampleRecords(1, 20, { base: ++base });
      const ids = idsOf(plain);
      // Keys that every converter of the samples can read.
      const records = plain.map(each => ({ ...each, key: JSON.stringify(String(each.key)) }));
      for (const topic of topics.length === 0 ? ['orders'] : topics) {
        await ground.node.createTopic(topic, 1).catch(() => undefined);
        await ground.node.produce(topic, topic === topics.at(-1) || topics.length === 0 ? records : []);
      }
      const program = await run(sample);
      const mine = (): string[] => ground.collector.journal.filter(id => ids.includes(id));
      if (topics.length > 0) {
        await ground.collector.when('all records', () => mine().length >= records.length, 60_000);
      } else {
        const { connectors } = await program.health();
        assert.equal(connectors.length, 1);
      }
      assert.equal(await program.stop(), 0);
      if (topics.length > 0) assertExactlyOnce(audit(ids, mine()));
      else assert.deepEqual(mine(), []);
    });
  }
});
