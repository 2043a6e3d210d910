import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { type Program, startProgram } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const PARTITIONS = 6;
const PER_PARTITION = 12_000;
const ROUNDS = 4;

await kafkaSuite('a worker that stood still for longer than its session', '4', ground => {
  test('sends nothing for what another one owns by then', async t => {
    const { node, collector } = ground;
    const topic = 'asleep';
    await node.createTopic(topic, PARTITIONS);
    const records = sampleRecords(PARTITIONS, PER_PARTITION);
    await node.produce(topic, records);

    /** Who sent when, epoch milliseconds. */
    const requests: { readonly worker: unknown; readonly at: number; readonly ids: readonly string[] }[] = [];
    collector.script(async ({ headers, ids }) => {
      requests.push({ worker: headers['x-worker'], at: Date.now(), ids });
      await new Promise(answer => setTimeout(answer, 60 + Math.random() * 60));
      return { status: 200 };
    });
    const start = (worker: string): Promise<Program> => {
      const sink = sinkFile(topic, topic, collector.url, {
        'http.headers.X-Worker': worker,
        'batch.max.records': '20',
        'consumer.override.session.timeout.ms': '6000',
        'consumer.override.heartbeat.interval.ms': '500',
      });
      return startProgram(workerFile(node), sink);
    };
    const assignedAfter = (program: Program, from: number, what: string, partitions: number): Promise<unknown> =>
      program.logged(what, line => program.log.indexOf(line) >= from && assignedTo(line) >= partitions);

    const sleeper = await start('sleeper');
    await assignedAfter(sleeper, 0, 'its partitions', PARTITIONS);
    const other = await start('other');
    await assignedAfter(other, 0, 'its partitions', 1);
    for (let round = 1; round <= ROUNDS; round++) {
      // It has requests in flight and records that wait: answers that come make room for more.
      const before = requests.length;
      await collector.when('both at work', () => {
        const recent = new Set(requests.slice(before).map(({ worker }) => worker));
        return recent.has('sleeper') && recent.has('other');
      });
      const taken = other.log.length;
      process.kill(sleeper.pid, 'SIGSTOP');
      await assignedAfter(other, taken, 'all partitions', PARTITIONS);
      const since = requests.length;
      await collector.when('the other one at work', () =>
        requests.slice(since).some(({ worker }) => worker === 'other'),
      );

      const woken = Date.now();
      const lines = sleeper.log.length;
      process.kill(sleeper.pid, 'SIGCONT');
      const line = await sleeper.logged(
        'its partitions again',
        each => sleeper.log.indexOf(each) >= lines && assignedTo(each) > 0,
      );
      const owned = Date.parse(String(line['time']));
      assert.ok(owned >= woken, `a line of the log says when it was written: ${JSON.stringify(line)}`);
      const wrong = requests.filter(({ worker, at }) => worker === 'sleeper' && at >= woken && at < owned);
      t.diagnostic(`round ${round}: assigned anew ${owned - woken} ms after it woke; ${wrong.length} requests before`);
      assert.deepEqual(
        wrong.map(({ ids }) => ids[0]),
        [],
        `round ${round}: requests for partitions of the other one`,
      );
    }
    collector.script();
    await collector.when('all records', ({ distinct }) => distinct === records.length, 120_000);
    assert.deepEqual(await Promise.all([sleeper.stop(), other.stop()]), [0, 0]);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertComplete(result);
  });
});

/** How many partitions a line says are assigned; 0 for any other line. */
function assignedTo({ event, msg }: { readonly event?: string; readonly msg: string }): number {
  return event === 'partitions-assigned' ? (msg.match(/asleep-\d+/g)?.length ?? 0) : 0;
}
