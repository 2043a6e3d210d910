import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { arrived } from './collector.ts';
import { startProgram } from './program.ts';
import { batchesOf, damage } from './segments.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { until } from './until.ts';

const PARTITIONS = 4;
const DAMAGED = 2;
/** Records of a batch, and batches of a partition. */
const BATCH = 50;
const BATCHES = 20;

await kafkaSuite('a bit that flipped in a log segment', '4', ground => {
  for (const [where, which] of [
    ['the first', 0],
    ['one in the middle', 7],
    ['the last', -1],
  ] as const) {
    test(`${where} batch of one partition: the others arrive whole, it fails with the first fault and its offset`, async t => {
      const { node, collector } = ground;
      const topic = `damaged-${which < 0 ? 'end' : which}`;
      await node.createTopic(topic, PARTITIONS);
      const records = [];
      for (let i = 0; i < BATCHES; i++) {
        const some = sampleRecords(PARTITIONS, BATCH, { first: i * BATCH });
        // One write each, so that it becomes a batch each.
        await node.produce(topic, some, { properties: { 'linger.ms': '100' } });
        records.push(...some);
      }
      const batch = (await batchesOf(node, topic, DAMAGED)).at(which)!;
      await node.halt();
      await damage(batch);
      await node.start();

      const program = await startProgram(workerFile(node), sinkFile(topic, topic, collector.url));
      const expected = records.filter(
        ({ partition }, i) => partition !== DAMAGED || Math.floor(i / PARTITIONS) < batch.firstOffset,
      );
      await arrived(collector, 'the healthy partitions, and what stands before the damaged batch', expected);
      const ready = await until('not ready', program.health, health => !health.ready);
      t.diagnostic(ready.message);
      const { connectors, message } = await until(
        'FAILED',
        program.health,
        health => health.connectors[0]!.tasks[0]!.state === 'FAILED',
        120_000,
      );
      t.diagnostic(message);
      const { trace = '' } = connectors[0]!.tasks[0]!;
      assert.match(trace, new RegExp(`${topic}-${DAMAGED}\\b`), 'the partition');
      assert.match(trace, new RegExp(`\\b${batch.firstOffset}\\b`), 'the offset');
      assert.match(trace, /CRC|damaged|corrupt/i, 'the first fault, not one that follows from it');
      assert.equal(await program.stop(), 4);
      const result = audit(idsOf(expected), collector.journal);
      t.diagnostic(auditLine(result));
      assertComplete(result);
      const held = await node.committed(groupOf(topic), topic);
      assert.equal(held.get(DAMAGED) ?? 0, batch.firstOffset, 'committed up to the damaged batch');
      const ends = await node.watermarks(topic);
      for (let partition = 0; partition < PARTITIONS; partition++) {
        if (partition !== DAMAGED) assert.equal(held.get(partition), ends.get(partition)!.high);
      }
    });
  }
});
