import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PASSAGE_SIZE, type Splice, splice } from '../../connector/splice.ts';
import { nativeAddon } from '../../worker/kafka/reader/addon.ts';
import { skipWithoutNativeReader } from './available.ts';

const inAddon: Splice = (...given) => {
  const native = nativeAddon();
  assert('addon' in native);
  native.addon.splice(...given);
};

type Passage = readonly [at: number, start: number, end: number];

/** Memory that is a part of a larger one, which must stay as it is. */
function within(bytes: Buffer): { whole: Buffer; part: Buffer } {
  const whole = Buffer.alloc(bytes.length + 128, 0xee);
  bytes.copy(whole, 64);
  return { whole, part: whole.subarray(64, 64 + bytes.length) };
}

function spliced(way: Splice, written: Buffer, source: Buffer, passages: readonly Passage[]): Buffer {
  const size = passages.reduce((bytes, [, start, end]) => bytes + end - start, written.length);
  const { whole, part } = within(Buffer.alloc(size, 0xdd));
  way(within(written).part, within(source).part, Uint32Array.from(passages.flat()), part);
  assert.ok(whole.subarray(0, 64).every(byte => byte === 0xee));
  assert.ok(whole.subarray(64 + size).every(byte => byte === 0xee));
  return Buffer.from(part);
}

function expected(written: Buffer, source: Buffer, passages: readonly Passage[]): Buffer {
  const pieces = passages.map(([at, start, end], index) => {
    const before = index === 0 ? 0 : passages[index - 1]![0];
    return Buffer.concat([written.subarray(before, at), source.subarray(start, end)]);
  });
  return Buffer.concat([...pieces, written.subarray(passages.at(-1)?.[0] ?? 0)]);
}

const bytes = fc.uint8Array({ maxLength: 300, size: 'max' }).map(each => Buffer.from(each));
const drawn = fc.tuple(bytes, bytes).chain(([written, source]) =>
  fc.record({
    written: fc.constant(written),
    source: fc.constant(source),
    passages: fc
      .array(fc.tuple(fc.nat(written.length), fc.nat(source.length), fc.nat(source.length)), { maxLength: 40 })
      .map(all => all.map(([at, a, b]): Passage => [at, Math.min(a, b), Math.max(a, b)]).sort(([a], [b]) => a - b)),
  }),
);

for (const [name, way, skip] of [
  ['in JavaScript', splice, false],
  ['in the native reader', inAddon, skipWithoutNativeReader()],
] as const) {
  describe(`splicing passages ${name}`, { skip }, () => {
    it('puts each where it belongs, and writes nowhere else', () => {
      const property = fc.property(drawn, ({ written, source, passages }) => {
        assert.deepEqual(spliced(way, written, source, passages), expected(written, source, passages));
      });
      fc.assert(property, { numRuns: 2_000 });
    });

    it('copies pieces of every length', () => {
      const source = Buffer.from(Array.from({ length: 400 }, (_, index) => index));
      for (let length = 0; length < 130; length++) {
        const passages: Passage[] = [
          [length, 7, 7 + length],
          [length, 200, 201],
        ];
        const written = source.subarray(50, 50 + 2 * length);
        assert.deepEqual(spliced(way, written, source, passages), expected(written, source, passages), `${length}`);
      }
    });

    for (const [what, numbers, room] of [
      ['from behind the source', [0, 9, 11], 12],
      ['from the end to the beginning', [0, 5, 4], 9],
      ['behind what was written', [11, 0, 1], 11],
      ['backwards', [5, 0, 1, 4, 0, 1], 12],
      ['into less room than they take', [0, 0, 5], 14],
      ['into more', [0, 0, 5], 16],
      ['of more bytes than numbers can say', [0, 0, 0xffffffff], 10],
      ['of which there are none, into less room', [], 9],
    ] as const) {
      it(`refuses those ${what}`, () => {
        const ten = Buffer.alloc(10, 1);
        assert.equal(numbers.length % PASSAGE_SIZE, 0);
        const attempt = (): void => way(ten, ten, Uint32Array.from(numbers), Buffer.alloc(room));
        assert.throws(attempt, { name: 'RangeError', message: 'passages do not fit' });
      });
    }
  });
}
