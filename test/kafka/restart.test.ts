import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import type { Collector } from './collector.ts';
import type { KafkaNode } from './node.ts';
import { type Program, type Properties, startProgram } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { assignedIn } from './until.ts';

const PARTITIONS = 6;
const COOPERATIVE = 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor';
const EAGER = 'org.apache.kafka.clients.consumer.RangeAssignor';

await kafkaSuite('workers and brokers that come and go', '4', ground => {
  test('clean restarts under load: nothing twice', async t => {
    const { node, collector } = ground;
    const load = await startLoad(node, collector, 'clean-restart');
    const sink = sinkFile('clean-restart', 'clean-restart', collector.url);
    for (let life = 0; life < 4; life++) {
      const target = collector.distinct + 2000;
      const program = await startProgram(workerFile(node), sink);
      await collector.when(`life ${life}`, ({ distinct }) => distinct >= target);
      if (life === 3) await load.delivered();
      assert.equal(await program.stop(), 0, `exit code of life ${life}`);
    }
    const result = audit(load.ids, collector.journal);
    t.diagnostic(auditLine(result));
    assertExactlyOnce(result);
  });

  for (const [protocol, assignor, answer, slowest] of [
    ['cooperative', COOPERATIVE, 'quick', 40],
    ['cooperative', COOPERATIVE, 'slow', 800],
    ['eager', EAGER, 'quick', 40],
    ['eager', EAGER, 'slow', 800],
  ] as const) {
    test(`rolling restart of two workers under load, ${protocol}, ${answer} answers: nothing twice`, async t => {
      const { node, collector } = ground;
      const name = `rolling-${protocol}-${answer}`;
      const load = await startLoad(node, collector, name, slowest);
      const override: Properties = { 'consumer.override.partition.assignment.strategy': assignor };
      const start = async (): Promise<Program> => {
        const program = await startProgram(workerFile(node), sinkFile(name, name, collector.url, override));
        await program.logged('its partitions', line => assignedIn(line) > 0);
        return program;
      };
      let first = await start();
      let second = await start();
      for (let round = 0; round < 2; round++) {
        assert.equal(await first.stop(), 0);
        await progress(collector, 500);
        first = await start();
        assert.equal(await second.stop(), 0);
        await progress(collector, 500);
        second = await start();
        await progress(collector, 500);
      }
      await load.delivered();
      assert.deepEqual(await Promise.all([first.stop(), second.stop()]), [0, 0]);
      const result = audit(load.ids, collector.journal);
      t.diagnostic(auditLine(result));
      assertExactlyOnce(result);
    });
  }

  test('the broker restarts within the session, once in order and once by kill -9: nothing twice', async t => {
    const { node, collector } = ground;
    await node.createTopic('broker-restart', PARTITIONS);
    const records = sampleRecords(PARTITIONS, 2000);
    await node.produce('broker-restart', records);
    paced(collector);
    const override = {
      'delivery.max.uncommitted.records': '1000',
      'batch.max.records': '50',
      'consumer.override.session.timeout.ms': '30000',
    };
    const sink = sinkFile('broker-restart', 'broker-restart', collector.url, override);
    const program = await startProgram(workerFile(node), sink);
    await progress(collector, 3000);
    await node.halt();
    await new Promise(resolve => setTimeout(resolve, 2000));
    await node.start();
    // New ones, so that there is something to do at the second restart, however fast the first lot went.
    const more = sampleRecords(PARTITIONS, 4000, { first: 2000 });
    await node.produce('broker-restart', more);
    records.push(...more);
    await progress(collector, 6000);
    await node.kill();
    await node.start();
    await collector.when('all records', ({ distinct }) => distinct === records.length, 90_000);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertExactlyOnce(result);
  });

  test('a worker that is started while Kafka is down delivers once it is up', async t => {
    const { node, collector } = ground;
    await node.createTopic('late-broker', 1);
    const records = sampleRecords(1, 500);
    await node.produce('late-broker', records);
    await node.halt();
    const program = await startProgram(workerFile(node), sinkFile('late-broker', 'late-broker', collector.url));
    const isWord = ({ level, msg }: { level?: string; msg: string }): boolean =>
      (level === 'warn' || level === 'error') && /kafka|broker/i.test(msg);
    const line = await program.logged('a word on the brokers', isWord, 30_000);
    t.diagnostic(line.msg);
    const { ready, alive } = await program.health();
    assert.deepEqual({ ready, alive }, { ready: false, alive: true });
    await node.start();
    await collector.when('all records', ({ distinct }) => distinct === records.length, 60_000);
    assert.equal(await program.stop(), 0);
    assertExactlyOnce(audit(idsOf(records), collector.journal));
  });
});

interface Load {
  readonly ids: readonly string[];
  /** Ends the load; resolves when all of it was confirmed. */
  delivered(): Promise<void>;
}

/** Creates the topic and goes on producing to it until it is told to end, to an endpoint that takes its time. */
async function startLoad(node: KafkaNode, collector: Collector, topic: string, slowest = 40): Promise<Load> {
  await node.createTopic(topic, PARTITIONS);
  const ids: string[] = [];
  let ended = false;
  paced(collector, slowest);
  const producing = (async () => {
    for (let first = 0; !ended; first += 100) {
      const records = sampleRecords(PARTITIONS, 100, { first });
      await node.produce(topic, records);
      ids.push(...idsOf(records));
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  })();
  producing.catch(() => {});
  return {
    ids,
    async delivered() {
      ended = true;
      await producing;
      await collector.when('everything', ({ distinct }) => distinct === ids.length, 90_000);
    },
  };
}

function paced(collector: Collector, slowestMs = 40): void {
  collector.script(async () => {
    await new Promise(answer => setTimeout(answer, slowestMs * (0.25 + 0.75 * Math.random())));
    return { status: 200 };
  });
}

function progress(collector: Collector, records: number): Promise<void> {
  const target = collector.distinct + records;
  return collector.when(`${records} more records`, ({ distinct }) => distinct >= target, 90_000);
}
