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
const BUFFER = 1_048_576;

await kafkaSuite('one partition whose records the endpoint refuses', '4', ground => {
  const ofStuck = ({ partition }: NewRecord): boolean => partition === 0;
  const holdsStuck = ({ ids }: Delivery): boolean => ids.some(id => id.startsWith('0:'));

  for (const [what, records, more] of [
    ['at low traffic: requests that carry others too are refused with it', [sampleRecords(PARTITIONS, 300)], {}],
    [
      'with a backlog larger than the buffer',
      // 3 MB of the stuck one stand first in time, and 3 MB of each other behind them.
      [large(sampleRecords(1, 1500)), large(sampleRecords(PARTITIONS, 1500).filter(record => !ofStuck(record)))],
      { 'buffer.max.bytes': String(BUFFER), 'batch.max.bytes': '131072', 'delivery.max.uncommitted.records': '2000' },
    ],
  ] as const satisfies readonly (readonly [string, readonly NewRecord[][], Properties])[]) {
    test(`${what}: all records of the others arrive; once it is mended, its own do`, async t => {
      const { node, collector } = ground;
      const name = `stuck-${records.length}`;
      await node.createTopic(name, PARTITIONS);
      for (const some of records) await node.produce(name, some);
      const all = records.flat();
      collector.script(delivery => ({ status: holdsStuck(delivery) ? 503 : 200 }));
      const program = await startProgram(workerFile(node), sinkFile(name, name, collector.url, more));
      const others = all.filter(record => !ofStuck(record));
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
      await arrived(collector, 'the stuck partition, once it is mended', [...all, ...later]);
      await committedToEnd(node, groupOf(name), name);
      assert.equal(await program.stop(), 0);
      const result = audit(idsOf([...all, ...later]), collector.journal);
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
