import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type Program, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const MB = 2 ** 20;
const LINUX = process.platform === 'linux';

/** Resident memory of a program, now and at its most, in megabytes. */
async function memory({ pid }: Program): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)![1]);
  return { now: kilobytes('VmRSS') / 1024, peak: kilobytes('VmHWM') / 1024 };
}

/** A record of so many bytes, that a codec makes small. */
function record(id: string, bytes: number): Buffer {
  const [head, end] = [`{"id":"${id}","pad":"`, '"}'];
  const value = Buffer.alloc(bytes, 'a');
  value.write(head);
  value.write(end, bytes - end.length);
  return value;
}

await kafkaSuite('memory beside the budget', '4', ground => {
  /** Decompressed by the client, and once more in the block: the endpoint gets none of it, and nothing else looks at all of it. */
  test('a record of 400 MB is held twice at most, and leaves nothing', { skip: !LINUX, timeout: 180_000 }, async t => {
    const { node, collector } = ground;
    await node.createTopic('huge', 1);
    await node.produce('huge', [{ value: record('huge', 400 * MB) }], {
      compression: 'gzip',
      properties: { 'message.max.bytes': '1000000000', 'queue.buffering.max.kbytes': '2097151' },
    });
    const sink = sinkFile('huge', 'huge', collector.url, { 'errors.tolerance': 'all' });
    const program = await startProgram(workerFile(node), sink);
    const before = await memory(program);
    await node.produce('huge', [{ value: '{"id":"last"}' }]);
    await collector.when('the record behind it', ({ distinct }) => distinct > 0);
    const { peak, now } = await memory(program);
    t.diagnostic(`${before.now.toFixed()} MB at the start, ${peak.toFixed()} at most, ${now.toFixed()} afterwards`);
    assert.equal(await program.stop(), 0);
    assert.deepEqual(await node.committed(groupOf('huge'), 'huge'), new Map([[0, 2]]));
    assert.ok(peak < 1_050, `${peak} MB`);
    assert.ok(now < 250, `${now} MB`);
  });

  test('what records of 10 MB needed is given back', { skip: !LINUX, timeout: 180_000 }, async t => {
    const { node, collector } = ground;
    await node.createTopic('large', 8, { 'max.message.bytes': '12000000' });
    const properties = { 'message.max.bytes': '12000000', 'queue.buffering.max.kbytes': '2097151' };
    const records = Array.from({ length: 64 }, (_, i) => ({ value: record(`large-${i}`, 10 * MB), partition: i % 8 }));
    await node.produce('large', records, { compression: 'zstd', properties });
    const program = await startProgram(
      workerFile(node),
      sinkFile('large', 'large', collector.url, {
        'batch.max.bytes': String(12 * MB),
        'buffer.max.bytes': String(64 * MB),
      }),
    );
    await collector.when('the large ones', ({ distinct }) => distinct === 64);
    const large = await memory(program);
    for (let i = 0; i < 20; i++) {
      await node.produce(
        'large',
        Array.from({ length: 800 }, (_, k) => ({ value: `{"id":"${i}-${k}"}`, partition: k % 8 })),
      );
      await collector.when('small ones', ({ distinct }) => distinct === 64 + (i + 1) * 800);
    }
    const { peak, now } = await memory(program);
    t.diagnostic(
      `${large.now.toFixed()} MB with the large ones, ${peak.toFixed()} at most, ${now.toFixed()} afterwards`,
    );
    assert.equal(await program.stop(), 0);
  });
});
