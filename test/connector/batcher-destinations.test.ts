import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Batcher } from '../../connector/batcher.ts';
import { type Block, type Destination, destinationAt, FLAG_INVALID, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { bodyFormat } from '../../connector/http/encode.ts';
import { SliceQueue } from '../../worker/task/order/slice-queue.ts';
import { batchConfig } from './http/fixtures.ts';

const TP = { topic: 't', partition: 0 };

function destination(path: string, bodiless = false): Destination {
  return {
    method: bodiless ? 'DELETE' : 'POST',
    url: new URL(`http://h/${path}`),
    headers: {},
    bodiless,
    removes: bodiless,
    ofRecord: true,
    bytes: 100,
  };
}

const [A, B, GONE] = [destination('a'), destination('b'), destination('gone', true)] as const;
const BY_LETTER: Readonly<Record<string, Destination>> = { a: A, b: B, d: GONE, f: A };

/** A record a letter: `a`, `b` by destination, `d` to be deleted, `f` a faulty one. */
function blockOf(letters: string): Block {
  const block = buildBlock([...letters].map((letter, offset) => ({ ...TP, offset, value: `"${letter}${offset}"` })));
  const table = [A, B, GONE];
  const of = Uint32Array.from(letters, letter => table.indexOf(BY_LETTER[letter]!));
  const flags = Uint8Array.from(letters, letter => (letter === 'f' ? FLAG_INVALID : 0));
  return { ...block, flags, destinations: { of, table } };
}

function laneOf(letters: string, now = 0, pieces = 1): SliceQueue {
  const lane = new SliceQueue();
  const block = blockOf(letters);
  for (let i = 0; i < pieces; i++) {
    const start = Math.floor((letters.length * i) / pieces);
    const end = Math.floor((letters.length * (i + 1)) / pieces);
    lane.push(block, { start, end, first: start }, TP, now);
  }
  return lane;
}

/** What a batch carries, and where it goes. */
function shown(batcher: Batcher, lanes: readonly SliceQueue[], now: number): string | null {
  const batch = batcher.take(lanes, now);
  if (batch === null) return null;
  const slices = batch.items.map(({ slice }) => slice);
  const targets = new Set(slices.map(({ block, start }) => destinationAt(block, start)!.url.pathname));
  const values = slices.flatMap(({ block, start, end }) =>
    Array.from({ length: end - start }, (_, i) => JSON.parse(String(valueAt(block, start + i))) as string),
  );
  return `${[...targets].join('+')} ${values.join(' ')}`;
}

test('a batch ends where the destination of a lane changes, over the borders of slices', () => {
  const batcher = new Batcher(bodyFormat(batchConfig({ maxRecords: 10 })), 20);
  const lane = laneOf('aaabba', 0, 2);
  assert.deepEqual([lane.records, lane.waiting, lane.destination], [3, 6, A]);
  assert.equal(shown(batcher, [lane], 20), '/a a0 a1 a2');
  assert.equal(shown(batcher, [lane], 20), '/b b3 b4');
  assert.equal(shown(batcher, [lane], 20), '/a a5');
  assert.deepEqual([lane.records, lane.bytes, lane.waiting], [0, 0, 0]);
});

test('lanes whose next record goes elsewhere are passed by, and come to their turn', () => {
  const batcher = new Batcher(bodyFormat(batchConfig({ maxRecords: 10 })), 20);
  const lanes = [laneOf('ab'), laneOf('ba'), laneOf('aa')];
  assert.equal(shown(batcher, lanes, 20), '/a a0 a0 a1');
  assert.equal(
    shown(
      batcher,
      lanes.filter(({ records }) => records > 0),
      20,
    ),
    '/b b1 b0',
  );
  assert.equal(
    shown(
      batcher,
      lanes.filter(({ records }) => records > 0),
      20,
    ),
    '/a a1',
  );
});

test('before the linger only what fills a request to one destination is due', () => {
  const batcher = new Batcher(bodyFormat(batchConfig({ maxRecords: 4 })), 20);
  const lanes = [laneOf('aab'), laneOf('bb'), laneOf('bb')];
  assert.equal(shown(batcher, lanes.slice(0, 2), 0), null);
  assert.equal(shown(batcher, lanes, 0), '/b b0 b1 b0 b1');
  assert.equal(shown(batcher, lanes.slice(0, 1), 0), null);
});

test('what has no body goes alone, at once', () => {
  const batcher = new Batcher(bodyFormat(batchConfig({ maxRecords: 10 })), 20);
  const lane = laneOf('dda');
  assert.equal(shown(batcher, [lane], 0), '/gone d0');
  assert.equal(shown(batcher, [lane], 0), '/gone d1');
  assert.equal(shown(batcher, [lane], 0), null);
});

test('what has no body is not too large, whatever its value', () => {
  const batcher = new Batcher(bodyFormat(batchConfig({ maxBytes: 4 })), 20);
  const lane = laneOf('dd');
  assert.equal(shown(batcher, [lane], 0), '/gone d0');
  assert.equal(shown(batcher, [lane], 0), '/gone d1');
});

test('faulty records part no destination that goes on behind them', () => {
  const lane = laneOf('afab');
  assert.equal(lane.records, 3);
  assert.equal(lane.take(10, 1_000)?.end, 1);
  assert.equal(lane.takeFault().start, 1);
  assert.deepEqual([lane.records, lane.destination], [1, A]);
});

test('every record leaves once, in order, with its destination', () => {
  const letters = fc.stringMatching(/^[abd]{1,30}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(letters, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 40, max: 200 }),
      (all, maxRecords, maxBytes) => {
        const lanes = all.map(([text, pieces]) => laneOf(text, 0, pieces));
        const batcher = new Batcher(bodyFormat(batchConfig({ maxRecords, maxBytes })), 20);
        const left = new Map(lanes.map((lane, i) => [lane as unknown, [...all[i]![0]]]));
        const ready = () => lanes.filter(({ records }) => records > 0);
        for (let batch = batcher.take(ready(), 20); batch !== null; batch = batcher.take(ready(), 20)) {
          const first = destinationAt(batch.items[0]!.slice.block, batch.items[0]!.slice.start);
          assert.ok(batch.records <= (first === GONE ? 1 : maxRecords) && batch.bytes <= maxBytes);
          for (const { slice, lane } of batch.items) {
            for (let index = slice.start; index < slice.end; index++) {
              assert.equal(destinationAt(slice.block, index), first);
              assert.equal(BY_LETTER[left.get(lane)!.shift()!], first);
            }
          }
        }
        assert.deepEqual([...left.values()].flat(), []);
        for (const lane of lanes)
          assert.deepEqual([lane.waiting, lane.records, lane.bytes, lane.destination], [0, 0, 0, null]);
      },
    ),
  );
});
