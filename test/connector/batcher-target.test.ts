import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Batch } from '../../connector/batch.ts';
import { Batcher } from '../../connector/batcher.ts';
import { valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { bodyFormat } from '../../connector/http/encode.ts';
import { SliceQueue } from '../../worker/task/order/slice-queue.ts';
import { batchConfig } from './http/fixtures.ts';

const TP = { topic: 't', partition: 0 };
const LINGER_MS = 20;
/** `{"messages":[` and `]}`. */
const AROUND = 15;

/** A lane with a value of each size, in blocks of so many records. */
function laneOf(sizes: readonly number[], perBlock = sizes.length): SliceQueue {
  const lane = new SliceQueue();
  for (let from = 0; from < sizes.length; from += perBlock) {
    const part = sizes.slice(from, from + perBlock);
    const block = buildBlock(part.map((size, i) => ({ ...TP, offset: from + i, value: 'x'.repeat(size) })));
    lane.push(block, { start: 0, end: block.count, first: from }, TP, 0);
  }
  return lane;
}

function batcherOf(limits: { maxRecords?: number; maxBytes?: number; targetBytes: number }): Batcher {
  return new Batcher(bodyFormat(batchConfig({ format: 'envelope', ...limits })), LINGER_MS);
}

function sizesOf(batch: Batch): number[] {
  return batch.items.flatMap(({ slice }) =>
    Array.from({ length: slice.end - slice.start }, (_, i) => valueAt(slice.block, slice.start + i)!.length),
  );
}

function takeAll(batcher: Batcher, lane: SliceQueue, now: number): Batch[] {
  const batches: Batch[] = [];
  while (lane.records > 0) {
    const batch = batcher.take([lane], now);
    if (batch === null) break;
    batches.push(batch);
  }
  return batches;
}

describe('a target of bytes', () => {
  it('is reached by the record that fills the body, not before and not by one more', () => {
    const lane = laneOf([40, 40, 40, 40]);
    const [first] = takeAll(batcherOf({ targetBytes: AROUND + 100 }), lane, 0);
    assert.deepEqual(sizesOf(first!), [40, 40, 40], '40, 81 and 122 bytes of records');
    assert.equal(lane.records, 1);
  });

  it('is reached exactly', () => {
    for (const [target, expected] of [
      [AROUND + 81, [40, 40]],
      [AROUND + 82, [40, 40, 40]],
    ] as const) {
      const [first] = takeAll(batcherOf({ targetBytes: target }), laneOf([40, 40, 40]), 0);
      assert.deepEqual(sizesOf(first!), expected);
    }
  });

  it('lets a record that is larger than it go alone, behind what is due before', () => {
    const batches = takeAll(batcherOf({ targetBytes: 100 }), laneOf([500, 10, 500, 500]), 0);
    assert.deepEqual(batches.map(sizesOf), [[500], [10, 500], [500]]);
  });

  it('is reached by the envelope alone: then each record goes by itself', () => {
    const batches = takeAll(batcherOf({ targetBytes: 1 }), laneOf([1, 1, 1]), 0);
    assert.deepEqual(batches.map(sizesOf), [[1], [1], [1]]);
  });

  it('makes no batch due before it is reached, and none exceed the limit', () => {
    const batcher = batcherOf({ targetBytes: AROUND + 100, maxBytes: AROUND + 110 });
    assert.deepEqual(takeAll(batcher, laneOf([40, 40]), LINGER_MS - 1), []);
    const batches = takeAll(batcher, laneOf([40, 40, 40]), LINGER_MS);
    assert.deepEqual(batches.map(sizesOf), [[40, 40], [40]], 'the third would make it 137 bytes of 125');
  });

  it('counts what all lanes hold', () => {
    const lanes = [laneOf([40]), laneOf([40]), laneOf([40])];
    const batch = batcherOf({ targetBytes: AROUND + 100 }).take(lanes, 0);
    assert.deepEqual(sizesOf(batch!), [40, 40, 40]);
  });

  it('cuts any records as told, whatever blocks they came in', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 });
    const limits = fc.record({
      targetBytes: fc.integer({ min: 1, max: 300 }),
      maxBytes: fc.integer({ min: AROUND + 60, max: 250 }),
      maxRecords: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(sizes, limits, fc.integer({ min: 1, max: 7 }), (all, limit, perBlock) => {
        const batches = takeAll(batcherOf(limit), laneOf(all, perBlock), LINGER_MS);
        assert.deepEqual(batches.map(sizesOf), expectedOf(all, limit));
        for (const batch of batches) assert.ok(batch.bytes <= limit.maxBytes && batch.records <= limit.maxRecords);
      }),
    );
  });
});

/** The rule record by record, as Adobe's AbstractSinkTask.put has it: add, then look. */
function expectedOf(
  all: readonly number[],
  { targetBytes, maxBytes, maxRecords }: { targetBytes: number; maxBytes: number; maxRecords: number },
): number[][] {
  const batches: number[][] = [];
  let open: number[] = [];
  const bytesOf = (sizes: readonly number[]): number =>
    AROUND + sizes.reduce((sum, size) => sum + size, 0) + Math.max(0, sizes.length - 1);
  const close = (): void => {
    if (open.length > 0) batches.push(open);
    open = [];
  };
  for (const size of all) {
    if (bytesOf([...open, size]) > maxBytes) close();
    open.push(size);
    if (bytesOf(open) >= Math.min(targetBytes, maxBytes) || open.length === maxRecords) close();
  }
  close();
  return batches;
}
