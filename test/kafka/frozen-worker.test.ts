import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { type LogLine, type Program, startProgram } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { assignedIn } from './until.ts';

const PARTITIONS = 6;
const PER_PARTITION = 8_000;
const IN_FLIGHT = 3;
const ROUNDS = 3;

await kafkaSuite('a worker that stood still for longer than its session', '4', ground => {
  test('sends nothing for what another one owns by then', async t => {
    const { node, collector } = ground;
    const topic = 'asleep';
    await node.createTopic(topic, PARTITIONS);
    const records = sampleRecords(PARTITIONS, PER_PARTITION);
    await node.produce(topic, records);

    /** Who sent when, epoch milliseconds. */
    const requests: { readonly worker: unknown; readonly at: number; readonly first: string | undefined }[] = [];
    let holding = false;
    const held: (() => void)[] = [];
    collector.script(async ({ headers, ids }) => {
      const worker = headers['x-worker'];
      requests.push({ worker, at: Date.now(), first: ids[0] });
      if (holding && worker === 'sleeper') await new Promise<void>(answer => held.push(answer));
      else await new Promise(answer => setTimeout(answer, 60));
      return { status: 200 };
    });
    const start = (worker: string): Promise<Program> => {
      const sink = sinkFile(topic, topic, collector.url, {
        'http.headers.X-Worker': worker,
        'batch.max.records': '20',
        'delivery.max.in.flight': String(IN_FLIGHT),
        'consumer.override.session.timeout.ms': '6000',
        'consumer.override.heartbeat.interval.ms': '500',
      });
      return startProgram(workerFile(node), sink);
    };
    const assignedFrom = (program: Program, line: number, what: string, partitions: number): Promise<LogLine> =>
      program.logged(what, each => program.log.indexOf(each) >= line && assignedIn(each) >= partitions);

    const sleeper = await start('sleeper');
    await assignedFrom(sleeper, 0, 'its partitions', PARTITIONS);
    const other = await start('other');
    await assignedFrom(other, 0, 'its partitions', 1);
    for (let round = 1; round <= ROUNDS; round++) {
      // As many requests as it may have are with the endpoint: none is half sent when it stops.
      holding = true;
      await collector.when('its requests', () => held.length === IN_FLIGHT);
      const taken = other.log.length;
      process.kill(sleeper.pid, 'SIGSTOP');
      await assignedFrom(other, taken, 'all partitions', PARTITIONS);
      const since = requests.length;
      await collector.when('the other one at work', () =>
        requests.slice(since).some(({ worker }) => worker === 'other'),
      );

      // The answers wait for it when it wakes, and with them room for more requests.
      holding = false;
      for (const answer of held.splice(0)) answer();
      await new Promise(setImmediate);
      const woken = Date.now();
      const line = sleeper.log.length;
      process.kill(sleeper.pid, 'SIGCONT');
      const again = await assignedFrom(sleeper, line, 'its partitions again', 1);
      const owned = Date.parse(String(again['time']));
      assert.ok(owned >= woken, `a line of the log says when it was written: ${JSON.stringify(again)}`);
      const wrong = requests.filter(({ worker, at }) => worker === 'sleeper' && at >= woken && at < owned);
      t.diagnostic(`round ${round}: assigned anew ${owned - woken} ms after it woke; ${wrong.length} requests before`);
      assert.deepEqual(
        wrong.map(({ first }) => first),
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
