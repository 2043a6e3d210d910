import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLAG_CHECKED, FLAG_NULL, FLAG_RAW_NEWLINE, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { recordAt } from '../../connector/headers-column.ts';
import { portionsOf } from '../../connector/portions.ts';

const COMMA = Buffer.from(',');

const record = fc.record({
  topic: fc.constantFrom('a', 'b', 'c'),
  partition: fc.nat(2),
  value: fc.option(fc.uint8Array({ maxLength: 5 }).map(bytes => Buffer.from(bytes))),
  key: fc.option(fc.uint8Array({ maxLength: 3 }).map(bytes => Buffer.from(bytes))),
  headers: fc.array(fc.tuple(fc.constantFrom('x', 'y'), fc.option(fc.constant(Buffer.from('v')))), { maxLength: 2 }),
  timestamp: fc.integer({ min: -1, max: 5 }),
});

const separator = fc.constantFrom(',', '\n', '', '--').map(text => Buffer.from(text));

test('portions: every record is in that of its endpoint, as it was, with the endpoint’s separator behind it', () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 30 }),
      separator,
      fc.tuple(separator, separator),
      fc.constantFrom({ a: 0, b: 1, c: 1 }, { a: 0, b: 0, c: 0 }, { a: 1, b: 0, c: 1 }),
      (records, ofReader, separators, of: Readonly<Record<string, number>>) => {
        const block = buildBlock(
          records.map((one, offset) => ({ ...one, offset })),
          { separator: ofReader },
        );
        const parting = {
          endpointOf: (topic: string) => of[topic]!,
          separatorOf: (endpoint: number) => separators[endpoint]!,
        };
        const portions = portionsOf(block, parting);
        let count = 0;
        for (const run of block.runs) {
          const portion = portions.find(({ endpoint }) => endpoint === of[run.topic])!;
          assert.ok(portion.block.separator.equals(separators[portion.endpoint]!));
          const start = portion.startOf(run);
          for (let i = run.start; i < run.end; i++) {
            const at = start + i - run.start;
            assert.deepEqual(recordAt(portion.block, run, at), recordAt(block, run, i));
            assert.deepEqual(valueAt(portion.block, at), valueAt(block, i));
            count++;
          }
          const own = portion.block.runs.find(({ start: from }) => from === start)!;
          assert.deepEqual(
            [own.topic, own.partition, own.end],
            [run.topic, run.partition, start + run.end - run.start],
          );
        }
        assert.equal(
          count,
          portions.reduce((sum, one) => sum + one.block.count, 0),
        );
        for (const { block: one } of portions) {
          const bytes = one.values.length;
          assert.equal(bytes, one.valueEnd.at(-1)! + one.separator.length);
        }
      },
    ),
  );
});

test('portions: a block of one endpoint with its separator stays as it is', () => {
  const block = buildBlock([{ value: '1' }, { value: '2', partition: 1 }]);
  const [only, ...more] = portionsOf(block, { endpointOf: () => 3, separatorOf: () => COMMA });
  assert.deepEqual(more, []);
  assert.equal(only?.block, block);
  assert.equal(only?.endpoint, 3);
});

test('portions: the whole is given back once its parts are laid out', () => {
  const freed = new Set<ArrayBufferView>();
  const records = [
    { topic: 'a', value: '1' },
    { topic: 'b', value: '2' },
  ];
  const block = { ...buildBlock(records), free: (column: ArrayBufferView) => void freed.add(column) };
  const endpointOf = (topic: string): number => (topic === 'a' ? 0 : 1);
  assert.equal(portionsOf(block, { endpointOf, separatorOf: () => COMMA }).length, 2);
  const { values, valueEnd, timestamp, flags, keys, headers } = block;
  for (const column of [values, valueEnd, timestamp, flags, keys!.missing, headers!.end]) assert.ok(freed.has(column));
  assert.equal(freed.has(block.offset), false, 'records are named by their offsets');
  freed.clear();
  portionsOf(block, { endpointOf: () => 0, separatorOf: () => COMMA });
  assert.equal(freed.size, 0);
});

test('portions: values that were checked for one separator are checked again for another', () => {
  const block = buildBlock([{ value: '1' }, { value: null }]);
  block.flags[0]! |= FLAG_CHECKED | FLAG_RAW_NEWLINE;
  const flagsWith = (text: string) => [
    ...portionsOf(block, { endpointOf: () => 0, separatorOf: () => Buffer.from(text) })[0]!.block.flags,
  ];
  assert.deepEqual(flagsWith(','), [FLAG_CHECKED | FLAG_RAW_NEWLINE, FLAG_NULL]);
  assert.deepEqual(flagsWith('\n'), [0, FLAG_NULL]);
});
