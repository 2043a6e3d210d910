import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { startProgram } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

await kafkaSuite('a topic that grows', '4', ground => {
  for (const reset of ['earliest', 'latest'] as const) {
    test(`partitions added while running are read from their beginning, auto.offset.reset=${reset}`, async t => {
      const { node, collector } = ground;
      const topic = `growth-${reset}`;
      await node.createTopic(topic, 2);
      const sink = sinkFile(topic, topic, collector.url, {
        'consumer.override.auto.offset.reset': reset,
        'consumer.override.metadata.max.age.ms': '1000',
      });
      const program = await startProgram(workerFile(node), sink);
      await program.logged('its partitions', ({ event }) => event === 'partitions-assigned');
      const old = sampleRecords(2, 200);
      await node.produce(topic, old);
      await collector.when('the old partitions', ({ distinct }) => distinct === old.length, 30_000);

      // Written before the worker can know of the new partitions.
      await node.addPartitions(topic, 4);
      const more = sampleRecords(4, 300, { first: 200 });
      await node.produce(topic, more);
      const all = idsOf([...old, ...more]);
      await collector.when('all four partitions', ({ distinct }) => distinct === all.length, 60_000);
      assert.equal(await program.stop(), 0);
      const result = audit(all, collector.journal);
      t.diagnostic(auditLine(result));
      assertExactlyOnce(result);
    });
  }

  test('a topic that comes to match topics.regex is read from its beginning', async t => {
    const { node, collector } = ground;
    await node.createTopic('logs-one', 1);
    await node.createTopic('other', 1);
    await node.produce('other', sampleRecords(1, 5, { base: 90 }));
    const { topics: _, ...file } = sinkFile('regex', '', collector.url, {
      'topics.regex': 'logs-(one|two)',
      'consumer.override.metadata.max.age.ms': '1000',
    });
    const program = await startProgram(workerFile(node), file);
    const first = sampleRecords(1, 200);
    await node.produce('logs-one', first);
    await collector.when('the first topic', ({ distinct }) => distinct === first.length, 30_000);
    await node.createTopic('logs-two', 1);
    await node.createTopic('logs-twofold', 1);
    const second = sampleRecords(1, 200, { base: 1 });
    await node.produce('logs-two', second);
    await node.produce('logs-twofold', sampleRecords(1, 5, { base: 91 }));
    const all = idsOf([...first, ...second]);
    await collector.when('both topics', ({ distinct }) => distinct >= all.length, 30_000);
    assert.equal(await program.stop(), 0);
    const result = audit(all, collector.journal);
    t.diagnostic(auditLine(result));
    assertExactlyOnce(result);
  });
});
