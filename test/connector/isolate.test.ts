import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Block, blockBytes, type Destination, destinationAt, rangeBytes, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import { originalValueAt, recordAt } from '../../connector/headers-column.ts';
import { isolate } from '../../connector/isolate.ts';
import { PLAIN_JSON } from '../support/converters.ts';

function destination(path: string): Destination {
  return {
    method: 'POST',
    url: new URL(`http://h/${path}`),
    headers: {},
    bodiless: false,
    removes: false,
    ofRecord: true,
    bytes: 100,
  };
}

const TP = { topic: 't', partition: 0 };

/** Everything that anyone asks of one record. */
function lookAt(block: Block, index: number): unknown {
  return [recordAt(block, TP, index), valueAt(block, index), originalValueAt(block, index), block.flags[index]];
}

test('isolated records are the same at the same indices, alone and as ranges', () => {
  const record = fc.record({
    value: fc.option(fc.oneof(fc.json(), fc.string())),
    key: fc.option(fc.string()),
    headers: fc.array(
      fc.tuple(
        fc.constant('h'),
        fc.string().map(text => Buffer.from(text)),
      ),
      { maxLength: 2 },
    ),
  });
  const separators = fc.constantFrom(',', '', '\r\n--\r\n').map(text => Buffer.from(text));
  const cuts = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 30 }),
      cuts,
      fc.boolean(),
      separators,
      (records, taken, text, separator) => {
        const buffer = (bytes: string | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));
        const read = buildBlock(
          records.map((one, offset) => ({ ...TP, ...one, value: buffer(one.value), key: buffer(one.key), offset })),
          { keys: true, headers: true, separator },
        );
        const valueConverter = text ? ({ kind: 'string', encoding: 'UTF-8' } as const) : PLAIN_JSON.valueConverter;
        const { convert } = createConverter({ ...PLAIN_JSON, valueConverter }, { bare: false, maxValueBytes: 40 });
        const of = Uint32Array.from(records, (_, i) => i % 2);
        const block = { ...convert(read), destinations: { of, table: [destination('a'), destination('b')] } };
        const ranges: { start: number; end: number }[] = [];
        for (let i = 0; i < block.count; i++) {
          if (!taken[i]) continue;
          const last = ranges.at(-1);
          if (last?.end === i && i % 3 !== 0) last.end = i + 1;
          else ranges.push({ start: i, end: i + 1 });
        }
        if (ranges.length === 0) return;
        const alone = isolate(block, ranges);
        for (const { start, end } of ranges) {
          assert.equal(rangeBytes(alone, start, end), rangeBytes(block, start, end));
          for (let i = start; i < end; i++) {
            assert.deepEqual(lookAt(alone, i), lookAt(block, i));
            assert.equal(destinationAt(alone, i), destinationAt(block, i));
          }
          const from = start === 0 ? 0 : alone.valueEnd[start - 1]! + separator.length;
          const same = block.values.subarray(
            start === 0 ? 0 : block.valueEnd[start - 1]! + separator.length,
            block.valueEnd[end - 1]!,
          );
          assert.deepEqual(alone.values.subarray(from, alone.valueEnd[end - 1]!), same, 'separators between them too');
        }
      },
    ),
  );
});

test('isolated records go where they went, and hold no destination but their own', () => {
  const table = ['a', 'b', 'c', 'd'].map(destination);
  const records = [0, 1, 2, 3, 2, 1].map((_, offset) => ({ ...TP, value: '1', offset }));
  const block = { ...buildBlock(records), destinations: { of: Uint32Array.from([0, 1, 2, 3, 2, 1]), table } };
  const alone = isolate(block, [
    { start: 2, end: 3 },
    { start: 4, end: 6 },
  ]);
  for (const index of [2, 4, 5]) assert.equal(destinationAt(alone, index), destinationAt(block, index));
  assert.deepEqual(alone.destinations?.table, [table[2], table[1]]);
  assert.ok(blockBytes(alone) < blockBytes(block) - 199);
});

test('a block whose records were all refused has no destination, isolated or not', () => {
  const block = {
    ...buildBlock([{ ...TP, value: '1', offset: 0 }]),
    destinations: { of: Uint32Array.from([0]), table: [] },
  };
  assert.equal(destinationAt(isolate(block, [{ start: 0, end: 1 }]), 0), null);
});
