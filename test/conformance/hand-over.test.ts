import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from '../kafka/audit.ts';
import type { NewRecord } from '../kafka/producing.ts';
import { startProgram } from '../kafka/program.ts';
import { groupOf, sinkFile } from '../kafka/sink.ts';
import { kafkaSuite } from '../kafka/suite.ts';
import { type JvmWorker, startJvmWorker } from './jvm-worker.ts';
import { workerFile } from './side-by-side.ts';

const PARTITIONS = 4;
const PLAIN = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
};

await kafkaSuite('one group with Kafka Connect', '4', ground => {
  /** The ids that Kafka Connect's sink got. */
  async function idsFrom(worker: JvmWorker, connector: string): Promise<string[]> {
    return (await worker.values(connector)).map(value => String((JSON.parse(value) as { id: unknown }).id));
  }

  async function committedUpTo(name: string, topic: string): Promise<void> {
    for (let attempt = 0; attempt < 240; attempt++) {
      const ends = await ground.node.watermarks(topic);
      const committed = await ground.node.committed(groupOf(name), topic);
      if ([...ends].every(([partition, { high }]) => (committed.get(partition) ?? 0) === high)) return;
      await new Promise(ready => setTimeout(ready, 250));
    }
    assert.fail(`the group of ${name} did not reach the end of ${topic}`);
  }

  test('what one has committed the other goes on from, there and back, nothing twice', async t => {
    const { node, collector } = ground;
    const name = 'handover';
    await node.createTopic(name, PARTITIONS);
    const all = sampleRecords(PARTITIONS, 300);
    const part = (i: number): NewRecord[] => all.slice(i * 400, (i + 1) * 400);
    const connector = { ...PLAIN, name, topics: name };
    const journal: string[] = [];
    const throughConnect = async (records: readonly NewRecord[]): Promise<void> => {
      await node.produce(name, records);
      const worker = await startJvmWorker(workerFile(node), [connector]);
      try {
        await committedUpTo(name, name);
        journal.push(...(await idsFrom(worker, name)));
      } finally {
        await worker.stop();
      }
    };

    await throughConnect(part(0));
    await node.produce(name, part(1));
    const program = await startProgram(workerFile(node), { ...sinkFile(name, name, collector.url), ...PLAIN });
    await collector.when('the second part', ({ distinct }) => distinct === 400);
    assert.equal(await program.stop(), 0);
    journal.push(...collector.journal);
    await throughConnect(part(2));

    const result = audit(idsOf(all), journal);
    t.diagnostic(auditLine(result));
    assertExactlyOnce(result);
  });

  test('both are members at once, and share the partitions', async t => {
    const { node, collector } = ground;
    const name = 'shared';
    await node.createTopic(name, PARTITIONS);
    const records = sampleRecords(PARTITIONS, 100);
    const worker = await startJvmWorker(workerFile(node), [{ ...PLAIN, name, topics: name }]);
    try {
      await node.produce(name, records.slice(0, 200));
      await committedUpTo(name, name);
      const program = await startProgram(workerFile(node), { ...sinkFile(name, name, collector.url), ...PLAIN });
      await program.logged('its share', ({ msg }) => /^Assigned \S/.test(msg));
      await node.produce(name, records.slice(200));
      await committedUpTo(name, name);
      const theirs = await idsFrom(worker, name);
      assert.equal(await program.stop(), 0);
      const result = audit(idsOf(records), [...theirs, ...collector.journal]);
      t.diagnostic(`${auditLine(result)}; ${theirs.length} by Kafka Connect, ${collector.journal.length} by Tailrace`);
      assertExactlyOnce(result);
      assert.ok(collector.journal.length > 0 && theirs.length > 200, 'each has its share');
    } finally {
      await worker.stop();
    }
  });
});
