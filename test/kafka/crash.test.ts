import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeated } from '../support/form.ts';
import { assertComplete, audit, auditLine, idOf, idsOf, recordId, sampleRecords } from './audit.ts';
import type { NewRecord } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const KILLS = repeated(20, 6);
const PARTITIONS = 4;
const PER_PARTITION = 2_000 + 600 * KILLS;
/** What `delivery.max.uncommitted.records` promises: a crash repeats no more of a partition. */
const CAP = 500;
/** Each so-manieth record of a partition is no JSON. */
const BAD_EACH = 70;

await kafkaSuite('kill -9 under load', '4', ground => {
  test(`${KILLS} kills: nothing lost, nothing committed too early, no more repeated than a crash may repeat`, async t => {
    const { node, collector } = ground;
    await node.createTopic('crash', PARTITIONS);
    const records = sampleRecords(PARTITIONS, PER_PARTITION).map(spoilSome);
    const bad = new Set(idsOf(records.filter(isBad)));
    const good = idsOf(records).filter(id => !bad.has(id));
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
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'crash-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
    });
    const share = Math.floor(good.length / (KILLS + 4));
    let worst = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = collector.journal.length;
      const program = await startProgram(workerFile(node), sink);
      const target = collector.distinct + Math.ceil(share * (0.5 + Math.random() / 2));
      await collector.when(`life ${kill} gets on`, ({ distinct }) => distinct >= target, 30_000);
      await program.kill();
      worst = Math.max(worst, ...repeatedSince(collector.journal, before));
      assert.ok(worst <= CAP, `kill ${kill} made ${worst} records of a partition arrive again`);
      const early = committedTooEarly(await node.committed(groupOf('crash'), 'crash'), collector.journal, bad);
      assert.deepEqual(early, [], `committed without a confirmation at kill ${kill}`);
    }
    await producing;
    const program = await startProgram(workerFile(node), sink);
    await collector.when('the last life ends it', ({ distinct }) => distinct === good.length);
    assert.equal(await program.stop(), 0);

    const result = audit(good, collector.journal);
    const letters = (await node.readAll('crash-dlq')).map(({ key }) => String(key));
    t.diagnostic(`${KILLS} kills: ${auditLine(result)}; at most ${worst} of a partition after one kill (cap ${CAP})`);
    t.diagnostic(`${bad.size} records that are no JSON made ${letters.length} dead letters`);
    assertComplete(result);
    assert.deepEqual(new Set(letters), bad, 'every bad record was parked, and no other');
    for (const [partition, { high }] of await node.watermarks('crash')) {
      assert.equal((await node.committed(groupOf('crash'), 'crash')).get(partition), high);
    }
  });
});

function spoilSome(record: NewRecord): NewRecord {
  const number = Number(idOf(record).split(':')[1]);
  return number % BAD_EACH === BAD_EACH - 1 ? { ...record, value: `{"id":"${idOf(record)}"` } : record;
}

function isBad({ value }: NewRecord): boolean {
  return !String(value).endsWith('}');
}

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

/** Good records before a committed offset that nobody confirmed; a record's number is its offset here. */
function committedTooEarly(
  committed: ReadonlyMap<number, number>,
  journal: readonly string[],
  bad: ReadonlySet<string>,
): string[] {
  const confirmed = new Set(journal);
  const early: string[] = [];
  for (const [partition, next] of committed) {
    for (let offset = 0; offset < next; offset++) {
      const id = recordId(partition, offset);
      if (!confirmed.has(id) && !bad.has(id)) early.push(id);
    }
  }
  return early;
}
