import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BatchConfig } from '../../config/types.ts';
import type { Batch } from '../../connector/batch.ts';
import { Batcher } from '../../connector/batcher.ts';
import { type Block, FLAG_INVALID, FLAG_NULL, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { bodyFormat, createEncoder } from '../../connector/http/encode.ts';
import { SliceQueue } from '../../worker/task/order/slice-queue.ts';

const TP = { topic: 't', partition: 0 };

function config(changes: Partial<BatchConfig> = {}): BatchConfig {
  return {
    format: 'array',
    maxRecords: 5,
    maxBytes: 1_000,
    targetBytes: null,
    lingerMs: 20,
    envelopePrefix: '{"messages":[',
    envelopeSuffix: ']}',
    prefix: '',
    separator: '\n',
    suffix: '',
    content: 'json',
    ...changes,
  };
}

function blockOf(values: readonly (string | null)[], faults: readonly number[] = []): Block {
  const block = buildBlock(values.map((value, offset) => ({ ...TP, offset, value })));
  const flags = block.flags.slice();
  for (const index of faults) flags[index] = flags[index]! | FLAG_INVALID;
  return { ...block, flags };
}

function laneOf(values: readonly (string | null)[], now = 0, faults: readonly number[] = []): SliceQueue {
  const lane = new SliceQueue();
  const block = blockOf(values, faults);
  lane.push(block, { start: 0, end: block.count, first: 0 }, TP, now);
  return lane;
}

function valuesOf(batch: Batch | null): string[] {
  if (batch === null) return [];
  return batch.items.flatMap(({ slice }) =>
    Array.from({ length: slice.end - slice.start }, (_, i) => String(valueAt(slice.block, slice.start + i))),
  );
}

test('nothing is due before the linger of the first record, everything at it', () => {
  const batcher = new Batcher(bodyFormat(config()), 20);
  const lane = laneOf(['1', '2'], 100);
  assert.equal(batcher.take([lane], 119), null);
  assert.equal(batcher.dueAt([lane]), 120);
  assert.deepEqual(valuesOf(batcher.take([lane], 120)), ['1', '2']);
  assert.equal(batcher.dueAt([]), Number.POSITIVE_INFINITY);
});

test('a later record does not move the linger of the first', () => {
  const batcher = new Batcher(bodyFormat(config()), 20);
  const lane = laneOf(['1'], 100);
  const block = blockOf(['2']);
  lane.push(block, { start: 0, end: 1, first: 1 }, TP, 119);
  assert.deepEqual(valuesOf(batcher.take([lane], 120)), ['1', '2']);
});

test('a full batch is due at once, and leaves the rest', () => {
  const batcher = new Batcher(bodyFormat(config()), 20);
  const lane = laneOf(['1', '2', '3', '4', '5', '6', '7']);
  assert.deepEqual(valuesOf(batcher.take([lane], 0)), ['1', '2', '3', '4', '5']);
  assert.equal(batcher.take([lane], 0), null);
  assert.equal(lane.records, 2);
});

test('fills from the oldest lane before it opens the next', () => {
  const batcher = new Batcher(bodyFormat(config()), 20);
  const young = laneOf(['4', '5', '6'], 10);
  const old = laneOf(['1', '2', '3'], 5);
  const batch = batcher.take([old, young], 10);
  assert.deepEqual(valuesOf(batch), ['1', '2', '3', '4', '5']);
  assert.deepEqual(
    batch?.items.map(item => item.lane),
    [old, young],
  );
  assert.equal(young.records, 1);
});

test('P9: a body of exactly batch.max.bytes is filled, one byte less leaves a record behind', () => {
  const values = ['"é"', '"bb"', '"cc"'];
  const exact = Buffer.byteLength(`[${values.join(',')}]`);
  for (const [maxBytes, expected] of [
    [exact, 3],
    [exact + 1, 3],
    [exact - 1, 2],
  ] as const) {
    const batcher = new Batcher(bodyFormat(config({ maxBytes })), 20);
    const batch = batcher.take([laneOf(values)], 20);
    assert.equal(batch?.records, expected, `maxBytes=${maxBytes}`);
  }
});

test('null and invalid records end a slice and are handed out alone', () => {
  const lane = laneOf(['1', null, '3', 'x'], 0, [3]);
  assert.equal(lane.fault, null);
  assert.deepEqual(
    [lane.take(10, 1_000)].map(slice => [slice?.start, slice?.end, slice?.first]),
    [[0, 1, 0]],
  );
  assert.equal(lane.take(10, 1_000), null);
  assert.equal(lane.takeFault().block.flags[1]! & FLAG_NULL, FLAG_NULL);
  assert.equal(lane.take(10, 1_000)?.first, 2);
  assert.equal(lane.takeFault().first, 3);
  assert.equal(lane.records, 0);
  assert.equal(lane.bytes, 0);
});

test('A10, A11: every record leaves once, in order, in bodies within both limits', () => {
  const arbitraryLanes = fc.array(fc.array(fc.json({ maxDepth: 1 }), { minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 5,
  });
  const format = fc.constantFrom('array' as const, 'ndjson' as const, 'envelope' as const);
  fc.assert(
    fc.property(
      arbitraryLanes,
      format,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 400, max: 2_000 }),
      (all, kind, maxRecords, maxBytes) => {
        const batchConfig = config({ format: kind, maxRecords, maxBytes });
        const encoder = createEncoder(batchConfig);
        const usable = all.map(values => values.filter(value => Buffer.byteLength(value) < 350));
        const lanes = usable.map(values => {
          const lane = new SliceQueue();
          if (values.length === 0) return lane;
          const block = buildBlock(
            values.map((value, offset) => ({ ...TP, offset, value })),
            { separator: encoder.format.separator },
          );
          const middle = Math.floor(values.length / 2);
          if (middle > 0) lane.push(block, { start: 0, end: middle, first: 0 }, TP, 0);
          lane.push(block, { start: middle, end: values.length, first: middle }, TP, 0);
          return lane;
        });
        const batcher = new Batcher(encoder.format, 20);
        const seen = new Map<unknown, string[]>(lanes.map(lane => [lane, []]));
        const ready = (): SliceQueue[] => lanes.filter(lane => lane.records > 0);
        for (let batch = batcher.take(ready(), 20); batch !== null; batch = batcher.take(ready(), 20)) {
          assert.ok(batch.records <= maxRecords);
          assert.ok(batch.bytes <= maxBytes);
          const parts = batch.items.map(item => ({ item, start: item.slice.start, end: item.slice.end }));
          assert.equal(encoder.encode(parts).length, batch.bytes);
          for (const item of batch.items) seen.get(item.lane)?.push(...valuesOf({ ...batch, items: [item] }));
        }
        assert.deepEqual([...seen.values()], usable);
      },
    ),
  );
});
