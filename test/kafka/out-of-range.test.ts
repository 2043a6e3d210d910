import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { idsOf, sampleRecords } from './audit.ts';
import type { KafkaNode } from './node.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

await kafkaSuite('a log that lost what was not read', '4', ground => {
  test('the task stops and says which offsets are gone, in place of going on behind them', async t => {
    const { node, collector } = ground;
    await node.createTopic('retention', 1);
    await node.produce('retention', sampleRecords(1, 100));
    const sink = sinkFile('retention', 'retention', collector.url);
    const first = await startProgram(workerFile(node), sink);
    await collector.when('the first records', ({ distinct }) => distinct === 100);
    assert.equal(await first.stop(), 0);

    await node.produce('retention', sampleRecords(1, 200, { first: 100 }));
    await deleteBefore(node, 'retention', 180);
    const second = await startProgram(workerFile(node), sink);
    const line = await second.logged(
      'the failure',
      ({ level, msg }) => level === 'error' && msg.includes('FAILED'),
      90_000,
    );
    t.diagnostic(line.msg);
    assert.match(line.msg, /retention-0/);
    assert.match(line.msg, /100\b.*179\b/, 'the offsets that are gone');
    const { ready, message } = await second.health();
    assert.equal(ready, false);
    assert.match(message, /FAILED/);
    assert.equal(await second.stop(), 4);
    assert.equal((await node.committed(groupOf('retention'), 'retention')).get(0), 100, 'the group stays where it was');
    assert.equal(collector.distinct, idsOf(sampleRecords(1, 100)).length, 'nothing behind the gap was sent');
  });
});

/** What retention does in days: the log begins at `offset` from now on. */
async function deleteBefore(node: KafkaNode, topic: string, offset: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-delete-'));
  const file = join(directory, 'offsets.json');
  await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, offset }] }));
  const args = ['--bootstrap-server', node.bootstrap(), '--offset-json-file', file];
  await node.java('org.apache.kafka.tools.DeleteRecordsCommand', args);
  await rm(directory, { recursive: true });
  const { low } = (await node.watermarks(topic)).get(0)!;
  if (low !== offset) throw new Error(`the log of ${topic} begins at ${low}`);
}
