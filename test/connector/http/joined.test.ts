import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchConfig, ConverterConfig } from '../../../config/types.ts';
import { Batcher } from '../../../connector/batcher.ts';
import { type Block, FLAG_NULL, FLAG_OVERSIZE } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { createConverter } from '../../../connector/converters/choose.ts';
import { createEncoder } from '../../../connector/http/encode.ts';
import { isolate } from '../../../connector/isolate.ts';
import { Assignment } from '../../../worker/task/order/assignment.ts';
import { PLAIN_JSON } from '../../support/converters.ts';
import { batchConfig } from './fixtures.ts';

const TP = { topic: 't', partition: 0, offset: 0 };
const TEXTS: ConverterConfig = { kind: 'string', encoding: 'UTF-8' };
const BYTES: ConverterConfig = { kind: 'bytes' };
const separators = fc.oneof(
  fc.constantFrom('', '\n', ',', '\r\n--é--\r\n', '\0', '0'.repeat(70)),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const surroundings = fc.record({
  prefix: fc.constantFrom('', '<', '{"é":['),
  separator: separators,
  suffix: fc.constantFrom('', '\n', ']}'),
});
/** Whatever Kafka may hold: no text as a rule, what joins with its neighbour to a character, nothing, and null. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)) },
  { weight: 2, arbitrary: fc.constantFrom('', '\n', 'é', '"quoted"').map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.constantFrom('c3', 'a9', 'efbbbf', '00').map(hex => Buffer.from(hex, 'hex')) },
  { weight: 1, arbitrary: fc.constant(null) },
);

function joined(changes: Partial<BatchConfig>): BatchConfig {
  return batchConfig({ format: 'joined', content: 'text', ...changes });
}

/** Everything that one lane of this block sends, body by body. */
function bodiesOf(config: BatchConfig, block: Block): Buffer[] {
  const encoder = createEncoder(config);
  const options = { maxUncommitted: 1_000, commitStart: false, now: 0, changed: () => {} };
  const { lane, ledger } = new Assignment(TP, options);
  ledger.receive(block, 0, block.count, 0);
  lane.push(block, { start: 0, end: block.count, first: 0 }, 0);
  const batcher = new Batcher(encoder.format, 0);
  const bodies: Buffer[] = [];
  while (lane.waiting > 0) {
    if (lane.fault !== null) {
      lane.takeFault();
      continue;
    }
    const { items, bytes, records } = batcher.take([lane], 0)!;
    const body = encoder.encode(items.map(item => ({ item, start: item.slice.start, end: item.slice.end })));
    assert.equal(body.length, bytes, 'its size was known before');
    assert.ok(bytes <= config.maxBytes && records <= config.maxRecords);
    bodies.push(Buffer.from(body));
    lane.land(records);
  }
  return bodies;
}

/** How they must look, told anew: as many values a body as fit. */
function expectedBodies(config: BatchConfig, values: readonly (Buffer | null)[]): Buffer[] {
  const [prefix, separator, suffix] = [config.prefix, config.separator, config.suffix].map(text => Buffer.from(text));
  const around = prefix!.length + suffix!.length;
  const bodies: Buffer[] = [];
  let open: Buffer[] = [];
  let size = around;
  const close = (): void => {
    if (open.length === 0) return;
    const inside = open.flatMap((each, i) => (i === 0 ? [each] : [separator!, each]));
    bodies.push(Buffer.concat([prefix!, ...inside, suffix!]));
    open = [];
    size = around;
  };
  for (const each of values) {
    if (each === null || around + each.length > config.maxBytes) {
      // What is dealt with alone ends what stands before it, in its place.
      close();
      continue;
    }
    const more = each.length + (open.length === 0 ? 0 : separator!.length);
    if (open.length === config.maxRecords || size + more > config.maxBytes) close();
    size += each.length + (open.length === 0 ? 0 : separator!.length);
    open.push(each);
  }
  close();
  return bodies;
}

describe('a joined body', () => {
  for (const [name, converter] of [
    ['texts', TEXTS],
    ['bytes', BYTES],
  ] as const) {
    it(`carries ${name} as Kafka has them, byte for byte, and is as large as it may be`, () => {
      const limits = fc.record({
        maxRecords: fc.constantFrom(1, 3, 500),
        maxBytes: fc.constantFrom(8, 30, 100, 1_048_576),
      });
      fc.assert(
        fc.property(fc.array(value, { maxLength: 20 }), surroundings, limits, (values, around, limit) => {
          const config = joined({ ...around, ...limit });
          const { format } = createEncoder(config);
          const read = buildBlock(
            values.map((each, offset) => ({ ...TP, offset, value: each })),
            { separator: format.separator },
          );
          const before = Buffer.from(read.values);
          const block = createConverter({ ...PLAIN_JSON, valueConverter: converter }, format).convert(read);
          assert.equal(block.values, read.values, 'nothing was copied');
          assert.deepEqual(
            [...block.flags],
            values.map(each => {
              if (each === null) return FLAG_NULL | (format.maxValueBytes < 0 ? FLAG_OVERSIZE : 0);
              return each.length > format.maxValueBytes ? FLAG_OVERSIZE : 0;
            }),
          );
          assert.deepEqual(bodiesOf(config, block), expectedBodies(config, values));
          assert.deepEqual(read.values, before);
        }),
        { numRuns: 500 },
      );
    });
  }

  it('is the same when what is left of a block was copied out of it', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 20 }), surroundings, fc.nat(), (values, around, n) => {
        const config = joined(around);
        const { format } = createEncoder(config);
        const records = values.map((each, offset) => ({ ...TP, offset, value: each ?? Buffer.from('x') }));
        const block = buildBlock(records, { separator: format.separator });
        const start = n % (block.count - 1);
        const range = { start, end: block.count };
        const alone = isolate(block, [range]);
        const item = (of: Block) => ({ slice: { ...TP, block: of, ...range, first: 0 }, lane: null, detached: false });
        const body = (of: Block) => createEncoder(config).encode([{ item: item(of), ...range }]);
        assert.deepEqual(body(alone), body(block));
      }),
    );
  });

  it('carries JSON as it is written, line ends and all', () => {
    const config = joined({ separator: '\n', content: 'json' });
    const { format } = createEncoder(config);
    const values = ['{"a":\n1.0}', '007', '\r\n[ ]'].map(text => Buffer.from(text));
    const read = buildBlock(
      values.map((each, offset) => ({ ...TP, offset, value: each })),
      { separator: format.separator },
    );
    const block = createConverter(PLAIN_JSON, format).convert(read);
    assert.deepEqual(bodiesOf(config, block).map(String), ['{"a":\n1.0}\n7\n\r\n[ ]']);
  });

  it('is text in UTF-8 where the converter names another encoding', () => {
    const config = joined({ separator: ';' });
    const { format } = createEncoder(config);
    const read = buildBlock([{ value: Buffer.of(0xe9) }, { value: 'a' }], { separator: format.separator });
    const valueConverter = { kind: 'string', encoding: 'ISO-8859-1' } as const;
    const block = createConverter({ ...PLAIN_JSON, valueConverter }, format).convert(read);
    assert.deepEqual(bodiesOf(config, block).map(String), ['é;a']);
  });

  it('says what the reader and the request need to know', () => {
    const said = (['json', 'text', 'bytes'] as const).map(content => {
      const { contentType, format } = createEncoder(
        joined({ content, prefix: 'é', separator: '\r\n', suffix: '1', maxBytes: 100 }),
      );
      assert.deepEqual([String(format.separator), format.maxValueBytes, format.bare], ['\r\n', 97, true]);
      assert.equal(format.bytesOf(40, 3), 40 + 3 + 2 * 2);
      return contentType;
    });
    assert.deepEqual(said, ['application/json', 'text/plain; charset=utf-8', 'application/octet-stream']);
  });
});
