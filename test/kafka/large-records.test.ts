import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Codec } from './producing.ts';
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
  for (const compression of ['gzip', 'zstd'] as const satisfies Codec[]) {
    test(`a record of 400 MB (${compression})`, { skip: !LINUX, timeout: 180_000 }, async t => {
      const { node, collector } = ground;
      const topic = `huge-${compression}`;
      await node.createTopic(topic, 1);
      await node.produce(topic, [{ value: record('huge', 400 * MB) }], {
        compression,
        properties: { 'message.max.bytes': '1000000000', 'queue.buffering.max.kbytes': '2097151' },
      });
      const program = await startProgram(
        workerFile(node),
        sinkFile(topic, topic, collector.url, { 'errors.tolerance': 'all' }),
      );
      const before = await memory(program);
      await node.produce(topic, [{ value: '{"id":"last"}' }]);
      await collector.when('the record behind it', ({ distinct }) => distinct > 0);
      const { peak, now } = await memory(program);
      t.diagnostic(`${before.now.toFixed()} MB at the start, ${peak.toFixed()} at most, ${now.toFixed()} afterwards`);
      assert.equal(await program.stop(), 0);
      assert.deepEqual(await node.committed(groupOf(topic), topic), new Map([[0, 2]]));
    });
  }

  test('after records of 10 MB', { skip: !LINUX, timeout: 180_000 }, async t => {
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
