import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BatchConfig, ConverterConfig } from '../../config/types.ts';
import { Batcher } from '../../connector/batcher.ts';
import { FLAG_OVERSIZE } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import type { RecordTransformation } from '../../connector/data/transformation.ts';
import { createEncoder } from '../../connector/http/encode.ts';
import { Assignment } from '../../worker/task/order/assignment.ts';
import { PLAIN_JSON } from '../support/converters.ts';

const TP = { topic: 't', partition: 3, offset: 0 };
const NOTHING_DONE: RecordTransformation = {
  className: 'test.NothingDone',
  needsKey: false,
  needsHeaders: false,
  apply: record => record,
};

/** What a body with one value of so many bytes has, by the formats' definitions. */
function aloneOf({ format, envelopePrefix, envelopeSuffix, prefix, suffix }: BatchConfig, valueBytes: number): number {
  const envelope = envelopePrefix.length + envelopeSuffix.length;
  const around = { array: 2, ndjson: 1, single: 0, envelope, joined: prefix.length + suffix.length };
  return valueBytes + around[format];
}

/** A JSON text of exactly so many bytes, at least one; `broken`: with a raw line break between its tokens. */
function jsonOf(bytes: number, broken: boolean): string {
  if (bytes >= 4 && broken) return `[\n${'1'.repeat(bytes - 3)}]`;
  return '7'.repeat(bytes);
}

const configs = fc.record({
  format: fc.constantFrom(
    'array' as const,
    'ndjson' as const,
    'single' as const,
    'envelope' as const,
    'joined' as const,
  ),
  maxRecords: fc.integer({ min: 1, max: 4 }),
  // Smaller than an envelope's overhead too.
  maxBytes: fc.integer({ min: 1, max: 60 }),
  targetBytes: fc.constantFrom(null, 1, 20, 40),
  lingerMs: fc.constant(0),
  envelopePrefix: fc.constant('{"m":['),
  envelopeSuffix: fc.constant(']}'),
  prefix: fc.constantFrom('', '<<'),
  separator: fc.constantFrom('', ',', '\r\n', '-- next --'),
  suffix: fc.constantFrom('', '>>\n'),
  content: fc.constant('text' as const),
});
/** Bytes beyond the largest value that fits alone, and whether the value is a text with a raw line break. */
const records = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 12 });
const kinds = fc.constantFrom('json', 'string', 'transformed' as const);

test('near the limits a record is either oversize or sent, and no body is larger than it may be', () => {
  fc.assert(
    fc.property(configs, records, kinds, (config, deltas, kind) => {
      const batch = { ...config, maxRecords: config.format === 'single' ? 1 : config.maxRecords };
      const encoder = createEncoder(batch);
      const { format } = encoder;
      const quotes = kind === 'string' && !format.bare ? 2 : 0;
      const sizes = deltas.map(([delta]) => Math.max(1, format.maxValueBytes + delta - quotes));
      const values = deltas.map(([, broken], i) =>
        kind === 'string' ? 'x'.repeat(sizes[i]!) : jsonOf(sizes[i]!, broken),
      );
      const valueConverter: ConverterConfig =
        kind === 'string' ? { kind: 'string', encoding: 'UTF-8' } : PLAIN_JSON.valueConverter;
      const chain = kind === 'transformed' ? [NOTHING_DONE] : [];
      const built = buildBlock(
        values.map((value, offset) => ({ ...TP, offset, value })),
        { separator: format.separator },
      );
      const block = createConverter({ ...PLAIN_JSON, valueConverter }, format, chain).convert(built);
      const written = sizes.map((size, i) => {
        const start = i === 0 ? 0 : block.valueEnd[i - 1]! + format.separator.length;
        // A transform prints JSON anew, without the line break; a text that is too large by itself gets no quotes.
        const marks = size > format.maxValueBytes ? 0 : quotes;
        if (kind !== 'transformed') assert.equal(block.valueEnd[i]! - start, size + marks);
        return block.valueEnd[i]! - start;
      });
      const sent = sendAll(batch, block, encoder);
      written.forEach((bytes, i) => {
        const oversize = aloneOf(batch, bytes) > batch.maxBytes;
        assert.equal((block.flags[i]! & FLAG_OVERSIZE) !== 0, oversize, `record ${i}`);
        assert.equal(sent.has(i), (block.flags[i]! & FLAG_OVERSIZE) === 0, `record ${i}`);
      });
    }),
  );
});

/** @returns the indices of the records that went out in some body. */
function sendAll(
  batch: BatchConfig,
  block: ReturnType<typeof buildBlock>,
  encoder: ReturnType<typeof createEncoder>,
): Set<number> {
  const options = { maxUncommitted: 1_000, commitStart: false, now: 0, changed: () => {} };
  const { lane, ledger } = new Assignment(TP, options);
  ledger.receive(block, 0, block.count, 0);
  lane.push(block, { start: 0, end: block.count, first: 0 }, 0);
  const batcher = new Batcher(encoder.format, batch.lingerMs);
  const sent = new Set<number>();
  while (lane.waiting > 0) {
    if (lane.fault !== null) {
      lane.takeFault();
      continue;
    }
    const { items, bytes, records } = batcher.take([lane], 0)!;
    const parts = items.map(item => ({ item, start: item.slice.start, end: item.slice.end }));
    const body = encoder.encode(parts);
    assert.equal(body.length, bytes);
    assert.ok(body.length <= batch.maxBytes && records <= batch.maxRecords);
    for (const { start, end } of parts) for (let i = start; i < end; i++) sent.add(i);
    lane.land(records);
  }
  return sent;
}

test('a lane whose head fits into no request is a defect, and says which record it is', () => {
  const block = buildBlock([{ ...TP, offset: 17, value: '"much too long"' }]);
  const options = { maxUncommitted: 10, commitStart: false, now: 0, changed: () => {} };
  const { lane } = new Assignment(TP, options);
  lane.push(block, { start: 0, end: 1, first: 0 }, 0);
  const { format } = createEncoder({
    format: 'ndjson',
    maxRecords: 5,
    maxBytes: 15,
    targetBytes: null,
    lingerMs: 0,
    envelopePrefix: '',
    envelopeSuffix: '',
    prefix: '',
    separator: '',
    suffix: '',
    content: 'json',
  });
  assert.throws(() => new Batcher(format, 0).take([lane], 0), /no request of 15 bytes can carry t-3 offset 17/);
});
