import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { arrived, hold } from './collector.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd } from './until.ts';

/** A partition stops when it has delivered so many that are not committed. */
const CAP = 200;

await kafkaSuite('one of three topics is deleted', '4', ground => {
  test('the others are delivered and committed to their ends', async t => {
    const { node, collector } = ground;
    const topics = ['three-a', 'three-b', 'three-c'];
    const first = topics.map((_, base) => sampleRecords(1, 100, { base }));
    for (const [i, topic] of topics.entries()) {
      await node.createTopic(topic, 1);
      await node.produce(topic, first[i]!);
    }
    const sink = sinkFile('three', topics.join(', '), collector.url, {
      'delivery.max.uncommitted.records': String(CAP),
      'batch.max.records': '50',
    });
    const program = await startProgram(workerFile(node), sink);
    await collector.when('the first records', ({ distinct }) => distinct === 300);
    for (const topic of topics) await committedToEnd(node, groupOf('three'), topic);

    const release = hold(collector);
    const more = topics.map((_, base) => sampleRecords(1, 10 * CAP, { base, first: 100 }));
    for (const [i, topic] of topics.entries()) await node.produce(topic, more[i]!);
    // Records of all are with the endpoint, so that the next commit is about all three.
    await collector.when('requests', ({ waiting }) => [0, 1, 2].every(base => waiting.includes(`${base}:100`)));
    await node.deleteTopic('three-b');
    release();
    const others = [...more[0]!, ...more[2]!];
    await arrived(collector, 'the other topics, beyond the cap', others);
    for (const topic of ['three-a', 'three-c']) await committedToEnd(node, groupOf('three'), topic);
    assert.ok(program.running);
    const code = await program.stop();
    const mine = collector.journal.filter(id => !id.startsWith('1:'));
    const result = audit(idsOf([...first[0]!, ...first[2]!, ...others]), mine);
    t.diagnostic(`exit code ${code}; ${auditLine(result)}`);
    assertComplete(result);
  });
});
