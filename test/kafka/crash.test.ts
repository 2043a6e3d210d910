import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { startProgram } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const KILLS = 20;
const PARTITIONS = 4;
const PER_PARTITION = 14_000;
/** What `delivery.max.uncommitted.records` promises: a crash repeats no more of a partition. */
const CAP = 500;

await kafkaSuite('kill -9 under load', '4', ground => {
  test(`${KILLS} kills: nothing lost, and no more repeated than a crash may repeat`, async t => {
    const { node, collector } = ground;
    await node.createTopic('crash', PARTITIONS);
    const records = sampleRecords(PARTITIONS, PER_PARTITION);
    const producing = node.produce('crash', records, { properties: { 'linger.ms': '50' } });
    collector.script(async () => {
      await new Promise(answer => setTimeout(answer, 2 + Math.random() * 8));
      return { status: 200 };
    });
    const sink = sinkFile('crash', 'crash', collector.url, {
      'batch.max.records': '50',
      'delivery.max.uncommitted.records': String(CAP),
      'consumer.override.session.timeout.ms': '1500',
      'consumer.override.heartbeat.interval.ms': '300',
      'delivery.drain.timeout.ms': '1000',
    });
    const share = Math.floor(records.length / (KILLS + 4));
    let worst = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = collector.journal.length;
      const program = await startProgram(workerFile(node), sink);
      const target = collector.distinct + Math.ceil(share * (0.5 + Math.random() / 2));
      await collector.when(`life ${kill} gets on`, ({ distinct }) => distinct >= target, 30_000);
      await program.kill();
      worst = Math.max(worst, ...repeatedSince(collector.journal, before));
      assert.ok(worst <= CAP, `kill ${kill} made ${worst} records of a partition arrive again`);
    }
    await producing;
    const program = await startProgram(workerFile(node), sink);
    await collector.when('the last life ends it', ({ distinct }) => distinct === records.length);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(`${KILLS} kills: ${auditLine(result)}; at most ${worst} of a partition after one kill (cap ${CAP})`);
    assertComplete(result);
    for (const [partition, repeated] of result.duplicates) {
      assert.ok(repeated <= CAP * KILLS, `partition ${partition}: ${repeated} duplicates`);
    }
  });
});

/** How many records of each partition came again behind `from` that had come before. */
function repeatedSince(journal: readonly string[], from: number): number[] {
  const seen = new Set(journal.slice(0, from));
  const repeated = new Map<string, number>();
  for (const id of journal.slice(from)) {
    const partition = id.split(':')[0]!;
    if (seen.has(id)) repeated.set(partition, (repeated.get(partition) ?? 0) + 1);
    seen.add(id);
  }
  return [0, ...repeated.values()];
}
