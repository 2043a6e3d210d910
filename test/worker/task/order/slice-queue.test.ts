import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Block, FLAG_FILTERED, FLAG_INVALID } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { SliceQueue } from '../../../../worker/task/order/slice-queue.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PARTITION = { topic: 't', partition: 0 };

/** Blocks of two records each, pushed one after another; only the queue holds them. */
function push(queue: SliceQueue, blocks: number): WeakRef<Block>[] {
  return Array.from({ length: blocks }, (_, i) => {
    const block = buildBlock([{ value: '1' }, { value: null }]);
    queue.push(block, { start: 0, end: 2, first: 2 * i }, PARTITION, i);
    return new WeakRef(block);
  });
}

test('a queue lets go of a block when its last record is taken', async () => {
  const queue = new SliceQueue();
  const blocks = push(queue, 5);
  // A WeakRef is strong until the turn ends in which it was made.
  await new Promise(setImmediate);
  for (let taken = 0; taken < 3; taken++) {
    assert.equal(queue.take(10, 1_000)?.first, 2 * taken);
    assert.equal(queue.takeFault().first, 2 * taken + 1);
  }
  collectGarbage();
  assert.deepEqual(
    blocks.map(block => block.deref() !== undefined),
    [false, false, false, true, true],
  );
  assert.deepEqual(
    queue.clear().map(slice => slice.first),
    [6, 7, 8, 9],
  );
});

test('a dropped record ends a slice and is in none', () => {
  const queue = new SliceQueue();
  const block = buildBlock(['1', '2', '3', '4', '5'].map(value => ({ value })));
  block.flags.set([0, FLAG_FILTERED, FLAG_FILTERED, 0, FLAG_INVALID]);
  queue.push(block, { start: 0, end: 5, first: 10 }, PARTITION, 0);
  assert.equal(queue.records, 3);
  assert.deepEqual(
    [queue.take(10, 1_000), queue.take(10, 1_000)].map(slice => slice?.first),
    [10, 13],
  );
  assert.equal(queue.takeFault().first, 14);
  assert.equal(queue.records, 0);
});
