import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { arrived, hold } from './collector.ts';
import type { NewRecord } from './producing.ts';
import { type Program, type Properties, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd, until } from './until.ts';

const OLD = 200;
/** Added to the partitions in the ids of the new topic's records, which tells them from the old one's. */
const NEW = 100;
/** Longer than a fetch waits at the broker for records. */
const FETCHED_MS = 2_000;
/** No member is missed while it stands still. */
const PATIENT: Properties = {
  'consumer.override.session.timeout.ms': '30000',
  'consumer.override.heartbeat.interval.ms': '1000',
};

await kafkaSuite('a topic that is deleted and created anew', '4', ground => {
  /** A worker that has delivered and committed all of a topic. */
  async function settled(topic: string, partitions: number): Promise<{ program: Program; old: NewRecord[] }> {
    const { node, collector } = ground;
    await node.createTopic(topic, partitions);
    const old = sampleRecords(partitions, OLD);
    await node.produce(topic, old);
    const program = await startProgram(workerFile(node), sinkFile(topic, topic, collector.url, PATIENT));
    await collector.when('the old topic', ({ distinct }) => distinct === old.length);
    await committedToEnd(node, groupOf(topic), topic);
    return { program, old };
  }

  /** Kafka Connect delivers all of the new topic too, commits it to its end and runs on. */
  async function assertReadsOn(
    t: TestContext,
    topic: string,
    { program, old, renewed }: { program: Program; old: readonly NewRecord[]; renewed: readonly NewRecord[] },
  ): Promise<void> {
    const { node, collector } = ground;
    await arrived(collector, 'all records of the new topic', renewed);
    const partitions = 1 + Math.max(...renewed.map(({ partition }) => partition!));
    const later = sampleRecords(partitions, 20, { first: 10_000, base: NEW });
    await node.produce(topic, later);
    await arrived(collector, 'what is written later', later);
    await committedToEnd(node, groupOf(topic), topic);
    await until('good health', program.health, ({ ready, progressing }) => ready && progressing);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf([...old, ...renewed, ...later]), collector.journal);
    t.diagnostic(auditLine(result));
    assertComplete(result);
  }

  for (const [shape, count] of Object.entries({
    'longer than': OLD + 100,
    'as long as': OLD,
    'shorter than': OLD / 4,
  })) {
    test(`${shape} the old one when the worker looks: every record of it arrives`, async t => {
      const { node } = ground;
      const topic = `renewed-${shape.split(' ')[0]}`;
      const { program, old } = await settled(topic, 2);
      process.kill(program.pid, 'SIGSTOP');
      await node.deleteTopic(topic);
      await node.createTopic(topic, 2);
      const renewed = sampleRecords(2, count, { base: NEW });
      await node.produce(topic, renewed);
      process.kill(program.pid, 'SIGCONT');
      await assertReadsOn(t, topic, { program, old, renewed });
    });
  }

  test('empty when the worker looks: what is written to it later arrives', async t => {
    const { node } = ground;
    const { program, old } = await settled('renewed-empty', 2);
    await node.deleteTopic('renewed-empty');
    await node.createTopic('renewed-empty', 2);
    // Nothing can be awaited: a worker that fetches from it meanwhile tells nobody.
    await new Promise(resolve => setTimeout(resolve, FETCHED_MS));
    const renewed = sampleRecords(2, OLD, { base: NEW });
    await node.produce('renewed-empty', renewed);
    await assertReadsOn(t, 'renewed-empty', { program, old, renewed });
  });

  for (const [how, before, after] of [
    ['fewer', 4, 2],
    ['more', 2, 4],
  ] as const) {
    test(`with ${how} partitions: every record of it arrives`, async t => {
      const { node } = ground;
      const topic = `renewed-${how}`;
      const { program, old } = await settled(topic, before);
      await node.deleteTopic(topic);
      await node.createTopic(topic, after);
      const renewed = sampleRecords(after, OLD + 100, { base: NEW });
      await node.produce(topic, renewed);
      await assertReadsOn(t, topic, { program, old, renewed });
    });
  }

  test('while requests are on their way: their answers say nothing about the new one', async t => {
    const { node, collector } = ground;
    const topic = 'renewed-under-way';
    const { program, old } = await settled(topic, 2);
    const release = hold(collector);
    const lost = sampleRecords(2, 50, { first: OLD });
    await node.produce(topic, lost);
    await collector.when('requests', ({ waiting }) => waiting.length > 0);
    await node.deleteTopic(topic);
    await node.createTopic(topic, 2);
    const renewed = sampleRecords(2, OLD + 200, { base: NEW });
    await node.produce(topic, renewed);
    release();
    await arrived(collector, 'all records of the new topic', renewed);
    await committedToEnd(node, groupOf(topic), topic);
    assert.equal(await program.stop(), 0);
    const result = audit(
      idsOf([...old, ...renewed]),
      collector.journal.filter(id => !idsOf(lost).includes(id)),
    );
    t.diagnostic(auditLine(result));
    assertComplete(result);
  });

  test('gone for good: the worker says so and names it, the others go on; created later, it is read', async t => {
    const { node, collector } = ground;
    await node.createTopic('stays', 1);
    await node.createTopic('leaves', 2);
    const old = sampleRecords(2, OLD);
    await node.produce('leaves', old);
    const sink = sinkFile('departures', 'stays, leaves', collector.url, PATIENT);
    const program = await startProgram(workerFile(node), sink);
    await collector.when('the old topic', ({ distinct }) => distinct === old.length);
    await committedToEnd(node, groupOf('departures'), 'leaves');
    const before = program.log.length;
    await node.deleteTopic('leaves');
    const said = await until(
      'a word on the topic that is gone',
      async () => {
        const { ready, message } = await program.health();
        const lines = program.log.slice(before).filter(({ level }) => level === 'warn' || level === 'error');
        return [...(ready ? [] : [message]), ...lines.map(({ msg }) => msg)];
      },
      texts => texts.some(text => text.includes('leaves')),
    );
    t.diagnostic(said.find(text => text.includes('leaves'))!);
    const other = sampleRecords(1, OLD, { base: 50 });
    await node.produce('stays', other);
    await arrived(collector, 'the other topic', other);
    await committedToEnd(node, groupOf('departures'), 'stays');

    await node.createTopic('leaves', 2);
    const renewed = sampleRecords(2, OLD / 2, { base: NEW });
    await node.produce('leaves', renewed);
    await arrived(collector, 'the topic that came back', renewed);
    await committedToEnd(node, groupOf('departures'), 'leaves');
    await until('good health', program.health, ({ ready, progressing }) => ready && progressing);
    assert.equal(await program.stop(), 0);
    assertComplete(audit(idsOf([...old, ...other, ...renewed]), collector.journal));
  });
});
