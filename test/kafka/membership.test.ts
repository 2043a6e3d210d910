import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import type { Collector } from './collector.ts';
import { type Program, type Properties, startProgram } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { assignedIn } from './until.ts';

const CAP = 500;
const PARTITIONS = 6;

await kafkaSuite('members that are lost', '4', ground => {
  /** Two of these share a group. */
  async function startMember(name: string, override: Properties = {}): Promise<Program> {
    const limits = { 'delivery.max.uncommitted.records': String(CAP), 'batch.max.records': '50' };
    const sink = sinkFile(name, name, ground.collector.url, { ...limits, ...override });
    return startProgram(workerFile(ground.node), sink);
  }

  const assigned = (program: Program): Promise<unknown> =>
    program.logged('its partitions', ({ event }) => event === 'partitions-assigned');

  test('a worker that stood still wakes up without its partitions: nothing lost, commits nothing for them', async t => {
    const { node, collector } = ground;
    await node.createTopic('frozen', PARTITIONS);
    const records = sampleRecords(PARTITIONS, 6000);
    await node.produce('frozen', records);
    slow(collector, 40, 100);
    const first = await startMember('frozen');
    await assigned(first);
    const second = await startMember('frozen');
    await assigned(second);
    await collector.when('a start', ({ distinct }) => distinct >= 3000);
    process.kill(first.pid, 'SIGSTOP');
    await second.logged('all partitions', line => assignedIn(line) === PARTITIONS);
    const target = collector.distinct + 3000;
    await collector.when('the other one goes on', ({ distinct }) => distinct >= target);
    process.kill(first.pid, 'SIGCONT');
    await collector.when('all records', ({ distinct }) => distinct === records.length, 90_000);
    assert.deepEqual(await Promise.all([first.stop(), second.stop()]), [0, 0]);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertComplete(result);
    // Once for what the other one took over too early, once for what the frozen one still sent when it woke.
    for (const [partition, repeated] of result.duplicates) {
      assert.ok(repeated <= 2 * CAP, `partition ${partition}: ${repeated} duplicates`);
    }
  });

  test('a broker that is away for longer than the session: rejoins, nothing lost, duplicates within the cap', async t => {
    const { node, collector } = ground;
    await node.createTopic('session', PARTITIONS);
    const records = sampleRecords(PARTITIONS, 4000);
    await node.produce('session', records);
    slow(collector, 10, 40);
    const program = await startMember('session', {
      'delivery.drain.timeout.ms': '1000',
      'consumer.override.session.timeout.ms': '2000',
      'consumer.override.reconnect.backoff.max.ms': '500',
    });
    await collector.when('a start', ({ distinct }) => distinct >= 3000);
    process.kill(node.pid!, 'SIGSTOP');
    await program.logged('a word on the loss', ({ level, event }) => level === 'warn' && event !== undefined);
    await new Promise(resolve => setTimeout(resolve, 4000));
    process.kill(node.pid!, 'SIGCONT');
    await collector.when('all records', ({ distinct }) => distinct === records.length, 90_000);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertComplete(result);
    for (const [partition, repeated] of result.duplicates) {
      assert.ok(repeated <= CAP, `partition ${partition}: ${repeated} duplicates`);
    }
  });

  test('two workers with one group.instance.id: the older one fails and says why, the newer one goes on', async t => {
    const { node, collector } = ground;
    await node.createTopic('static', 2);
    const records = sampleRecords(2, 4000);
    await node.produce('static', records);
    slow(collector, 10, 40);
    const instance = { 'consumer.override.group.instance.id': 'one' };
    const older = await startMember('static', instance);
    await assigned(older);
    const newer = await startMember('static', instance);
    const line = await older.logged('the failure', ({ level, msg }) => level === 'error' && msg.includes('FAILED'));
    t.diagnostic(line.msg);
    assert.match(line.msg, /group\.instance\.id/);
    await collector.when('all records', ({ distinct }) => distinct === records.length);
    assert.deepEqual([await older.stop(), await newer.stop()], [4, 0]);
    assertComplete(audit(idsOf(records), collector.journal));
  });

  test('a member of the other protocol stays out and says so, the first one goes on', async t => {
    const { node, collector } = ground;
    await node.createTopic('mixed', 2);
    const assignor = (name: string): Properties => ({
      'consumer.override.partition.assignment.strategy': `org.apache.kafka.clients.consumer.${name}`,
    });
    const eager = await startMember('mixed', assignor('RangeAssignor'));
    await assigned(eager);
    const cooperative = await startMember('mixed', assignor('CooperativeStickyAssignor'));
    const line = await cooperative.logged('a word on it', ({ level, msg }) => level !== 'info' && /eager/.test(msg));
    t.diagnostic(line.msg);
    assert.match(line.msg, /cooperative.*partition\.assignment\.strategy/);
    const records = sampleRecords(2, 500);
    await node.produce('mixed', records);
    await collector.when('all records', ({ distinct }) => distinct === records.length);
    assert.equal(await eager.stop(), 0);
    const more = sampleRecords(2, 500, { first: 500 });
    await node.produce('mixed', more);
    await collector.when('the rest, once it could join', ({ distinct }) => distinct === records.length + more.length);
    assert.equal(await cooperative.stop(), 0);
    assertComplete(audit(idsOf([...records, ...more]), collector.journal));
  });
});

function slow(collector: Collector, least: number, most: number): void {
  collector.script(async () => {
    await new Promise(answer => setTimeout(answer, least + Math.random() * (most - least)));
    return { status: 200 };
  });
}
