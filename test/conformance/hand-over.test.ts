import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from '../kafka/audit.ts';
import { startProgram } from '../kafka/program.ts';
import { groupOf, sinkFile } from '../kafka/sink.ts';
import { kafkaSuite } from '../kafka/suite.ts';
import { type JvmWorker, startJvmWorker } from './jvm-worker.ts';
import { idsIn, startRows } from './peers/hand-over.ts';
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
    return (await worker.values(connector)).flatMap(idsIn);
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

  test('what one has committed the other goes on from with the same files, there and back, nothing twice', async t => {
    const { node } = ground;
    const rows = await startRows(node);
    t.after(() => rows.close());
    const throughConnect = async (part: number): Promise<void> => {
      await rows.produce(part);
      const worker = await startJvmWorker(workerFile(node), rows.connectors);
      try {
        await Promise.all(rows.names.map(name => committedUpTo(name, rows.topicOf(name))));
        for (const name of rows.names) rows.journal(name).push(...(await idsFrom(worker, name)));
      } finally {
        await worker.stop();
      }
    };

    await throughConnect(0);
    await rows.produce(1);
    await rows.throughTailrace();
    await throughConnect(2);

    for (const name of rows.names) {
      const result = audit(idsOf(rows.records), rows.journal(name));
      t.diagnostic(`${name}: ${auditLine(result)}`);
      assertExactlyOnce(result);
    }
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
