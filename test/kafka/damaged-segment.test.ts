import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertComplete, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { arrived } from './collector.ts';
import type { NewRecord } from './producing.ts';
import { startProgram, type TaskHealth } from './program.ts';
import { type Batch, batchesOf, damage } from './segments.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { until } from './until.ts';

const PARTITIONS = 4;
const DAMAGED = 2;
/** Records of a batch, and batches of a partition. */
const BATCH = 50;
const BATCHES = 20;
/** Which batch of the partition is damaged: the client reads on differently behind each of them. */
const PLACES = { first: 0, middle: 7, last: -1 } as const;

interface Damaged {
  /** Names its topic and its connector. */
  readonly name: string;
  readonly batch: Batch;
  /** All but those of the damaged partition from the damaged batch on. */
  readonly readable: readonly NewRecord[];
}

await kafkaSuite('a bit that flipped in a log segment', '4', ground => {
  async function damagedTopic(name: string, which: number, base: number): Promise<Damaged> {
    const { node } = ground;
    await node.createTopic(name, PARTITIONS);
    const records: NewRecord[] = [];
    for (let i = 0; i < BATCHES; i++) {
      const some = sampleRecords(PARTITIONS, BATCH, { first: i * BATCH, base });
      // Written together, so that they are a batch in each partition.
      await node.produce(name, some, { properties: { 'linger.ms': '100' } });
      records.push(...some);
    }
    const batch = (await batchesOf(node, name, DAMAGED)).at(which)!;
    const isReadable = ({ partition }: NewRecord, i: number): boolean =>
      partition !== DAMAGED || Math.floor(i / PARTITIONS) < batch.firstOffset;
    return { name, batch, readable: records.filter(isReadable) };
  }

  test('the other partitions arrive whole; its task is not ready, then fails with the first fault and its offset', async t => {
    const { node, collector } = ground;
    const topics: Damaged[] = [];
    for (const [i, [place, which]] of Object.entries(PLACES).entries()) {
      topics.push(await damagedTopic(`damaged-${place}`, which, i * PARTITIONS));
    }
    await node.halt();
    for (const { batch } of topics) await damage(batch);
    await node.start();

    const sinks = topics.map(({ name }) => sinkFile(name, name, collector.url));
    const program = await startProgram(workerFile(node), sinks);
    const readable = topics.flatMap(topic => topic.readable);
    await arrived(collector, 'all that can be read', readable);
    const { message } = await until('not ready', program.health, health => !health.ready);
    t.diagnostic(message);

    const tasks = async (): Promise<ReadonlyMap<string, TaskHealth>> => {
      const { connectors } = await program.health();
      return new Map(connectors.map(({ name, tasks }) => [name, tasks[0]!]));
    };
    const allFailed = (all: ReadonlyMap<string, TaskHealth>): boolean =>
      [...all.values()].every(({ state }) => state === 'FAILED');
    const failed = await until('FAILED', tasks, allFailed, 120_000);
    for (const { name, batch } of topics) {
      const { trace = '' } = failed.get(name)!;
      t.diagnostic(trace);
      assert.match(trace, new RegExp(`${name}-${DAMAGED}\\b`), 'the partition');
      assert.match(trace, new RegExp(`\\b${batch.firstOffset}\\b`), 'the offset');
      assert.match(trace, /CRC|damaged|corrupt/i, 'the first fault, not one that follows from it');
    }
    assert.equal(await program.stop(), 4);

    const result = audit(idsOf(readable), collector.journal);
    t.diagnostic(auditLine(result));
    assertComplete(result);
    for (const { name, batch } of topics) {
      const held = await node.committed(groupOf(name), name);
      for (const [partition, { high }] of await node.watermarks(name)) {
        const wanted = partition === DAMAGED ? batch.firstOffset : high;
        assert.equal(held.get(partition) ?? 0, wanted, `committed of ${name}-${partition}`);
      }
    }
  });
});
