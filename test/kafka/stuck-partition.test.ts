import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { arrived, type Delivery } from './collector.ts';
import type { NewRecord } from './producing.ts';
import { type Properties, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd } from './until.ts';

const PARTITIONS = 8;

await kafkaSuite('one partition whose records the endpoint refuses', '4', ground => {
  const ofStuck = ({ partition }: NewRecord): boolean => partition === 0;
  const holdsStuck = ({ ids }: Delivery): boolean => ids.some(id => id.startsWith('0:'));

  for (const [what, name, records, more] of [
    // So few that one request carries all eight partitions.
    ['at low traffic', 'stuck-trickle', sampleRecords(PARTITIONS, 20), { 'batch.linger.ms': '500' }],
    [
      'with a backlog of several times the buffer in each partition',
      'stuck-backlog',
      large(sampleRecords(PARTITIONS, 1500)),
      { 'buffer.max.bytes': '1048576', 'batch.max.bytes': '131072', 'delivery.max.uncommitted.records': '2000' },
    ],
  ] as const satisfies readonly (readonly [string, string, readonly NewRecord[], Properties])[]) {
    test(`${what}: all records of the others arrive; once it is mended, its own do`, async t => {
      const { node, collector } = ground;
      await node.createTopic(name, PARTITIONS);
      await node.produce(name, records);
      collector.script(delivery => ({ status: holdsStuck(delivery) ? 503 : 200 }));
      const program = await startProgram(workerFile(node), sinkFile(name, name, collector.url, more));
      const others = records.filter(record => !ofStuck(record));
      await arrived(collector, 'all records of the other partitions', others, 90_000);
      // And what comes later: nothing of it was only what had been fetched before the partition got stuck.
      const later = sampleRecords(PARTITIONS, 100, { first: 10_000 });
      await node.produce(name, later);
      await arrived(
        collector,
        'their later records',
        later.filter(record => !ofStuck(record)),
        90_000,
      );
      assert.ok(!collector.journal.some(id => id.startsWith('0:')), 'the stuck one is stuck');
      t.diagnostic(`${collector.requests} requests, ${collector.refusals} refused`);

      collector.script();
      await arrived(collector, 'the stuck partition, once it is mended', [...records, ...later]);
      await committedToEnd(node, groupOf(name), name);
      assert.equal(await program.stop(), 0);
      const result = audit(idsOf([...records, ...later]), collector.journal);
      t.diagnostic(auditLine(result));
      assertExactlyOnce(result);
    });
  }
});

/** The same records with 2 KB more in each. */
function large(records: readonly NewRecord[]): NewRecord[] {
  const pad = 'x'.repeat(2000);
  return records.map(record => ({ ...record, value: String(record.value).replace(/\}$/, `,"pad":"${pad}"}`) }));
}
