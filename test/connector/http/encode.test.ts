import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchConfig } from '../../../config/types.ts';
import { rangeBytes, valueAt } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { bodyFormat, createEncoder, type Encoder } from '../../../connector/http/encode.ts';
import type { Part } from '../../../connector/http/parts.ts';
import { batchConfig, blockOf, itemOf } from './fixtures.ts';

/** JSON as people write it: numbers that JavaScript would change, blanks and line breaks between the tokens. */
const blank = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t');
const number = fc.constantFrom('9223372036854775807', '1.0', '-0', '1e400', '0.1', '123');
const json = fc.letrec<{ value: string }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.string({ unit: 'binary' }).map(text => JSON.stringify(text)),
    fc.constantFrom('true', 'false', 'null', '{"a":1,"a":2}'),
    fc.tuple(blank, fc.array(tie('value'), { maxLength: 3 })).map(([w, list]) => `[${w}${list.join(`${w},${w}`)}${w}]`),
    fc
      .tuple(blank, fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }))
      .map(([w, all]) => `{${w}${all.map(([k, v]) => `${JSON.stringify(k)}${w}:${w}${v}`).join(`${w},`)}${w}}`),
  ),
})).value;

/** Several slices: each some records of a block that has others around them. */
const slices = fc.array(
  fc.record({ before: fc.array(json, { maxLength: 2 }), taken: fc.array(json, { minLength: 1, maxLength: 5 }) }),
  { minLength: 1, maxLength: 4 },
);

function partsOf(config: BatchConfig, chosen: readonly { before: string[]; taken: string[] }[]): Part[] {
  const { separator } = bodyFormat(config);
  return chosen.map(({ before, taken }) => {
    const block = blockOf([...before, ...taken, '"behind"'], separator);
    const [start, end] = [before.length, before.length + taken.length];
    return { item: itemOf(block, start, end), start, end };
  });
}

function sizeOf(config: BatchConfig, parts: readonly Part[]): number {
  const bytes = parts.map(({ item, start, end }) => rangeBytes(item.slice.block, start, end));
  return bodyFormat(config).bytesOf(
    bytes.reduce((sum, each) => sum + each, 0),
    parts.length,
  );
}

describe('encoding a body', () => {
  for (const format of ['array', 'envelope'] as const) {
    it(`puts the records' own bytes into an ${format}, with the size said before (A16)`, () => {
      const config = batchConfig({ format });
      const encoder = createEncoder(config);
      fc.assert(
        fc.property(slices, chosen => {
          const parts = partsOf(config, chosen);
          const body = encoder.encode(parts);
          const records = chosen.flatMap(({ taken }) => taken);
          const [prefix, suffix] = format === 'array' ? ['[', ']'] : [config.envelopePrefix, config.envelopeSuffix];
          assert.equal(body.toString(), prefix + records.join(',') + suffix);
          assert.equal(body.length, sizeOf(config, parts));
          const parsed: unknown = JSON.parse(body.toString());
          const list = format === 'array' ? parsed : (parsed as { messages: unknown[] }).messages;
          assert.deepEqual(
            list,
            records.map(record => JSON.parse(record) as unknown),
          );
        }),
      );
    });
  }

  it('puts one record on each line, with blanks for line breaks between tokens (A16)', () => {
    const config = batchConfig({ format: 'ndjson' });
    const encoder = createEncoder(config);
    fc.assert(
      fc.property(slices, chosen => {
        const parts = partsOf(config, chosen);
        const before = parts.map(({ item }) => Buffer.from(item.slice.block.values));
        const body = encoder.encode(parts);
        const records = chosen.flatMap(({ taken }) => taken);
        assert.equal(body.toString(), records.map(record => `${record.replace(/[\r\n]/g, ' ')}\n`).join(''));
        assert.equal(body.length, sizeOf(config, parts));
        parts.forEach(({ item }, i) => {
          assert.deepEqual(item.slice.block.values, before[i], 'the block itself is as it was');
        });
      }),
    );
  });

  it('sends a single record as it is', () => {
    fc.assert(
      fc.property(json, record => {
        const config = batchConfig({ format: 'single', maxRecords: 1 });
        const parts = partsOf(config, [{ before: ['1'], taken: [record] }]);
        const body = createEncoder(config).encode(parts);
        assert.deepEqual(body, valueAt(parts[0]!.item.slice.block, 1));
        assert.equal(body.length, sizeOf(config, parts));
      }),
    );
  });

  it('counts an envelope in bytes, not in characters', () => {
    const config = batchConfig({ format: 'envelope', envelopePrefix: '{"späti":[', envelopeSuffix: '],"☂":1}' });
    const parts = partsOf(config, [{ before: [], taken: ['"ü"', '2'] }]);
    const body = createEncoder(config).encode(parts);
    assert.equal(body.toString(), '{"späti":["ü",2],"☂":1}');
    assert.equal(body.length, sizeOf(config, parts));
  });

  it('says what the reader and the request need to know', () => {
    const said = (['array', 'envelope', 'ndjson', 'single'] as const).map(format => {
      const { contentType, format: said } = createEncoder(batchConfig({ format, maxBytes: 100 }));
      return [format, String(said.separator), said.maxValueBytes, said.bare, contentType];
    });
    assert.deepEqual(said, [
      ['array', ',', 98, false, 'application/json'],
      ['envelope', ',', 85, false, 'application/json'],
      ['ndjson', '\n', 99, false, 'application/x-ndjson'],
      ['single', '\n', 100, true, 'application/json'],
    ]);
  });

  it('refuses blocks that were laid out for another format', () => {
    const parts = partsOf(batchConfig({ format: 'ndjson' }), [{ before: [], taken: ['1', '2'] }]);
    assert.throws(() => createEncoder(batchConfig()).encode(parts), TypeError);
    assert.throws(() => createEncoder(batchConfig({ format: 'single' })).encode(parts), TypeError);
  });

  it('uses the memory of a body that was sent for the next one, if it is large enough', () => {
    const config = batchConfig({ format: 'array' });
    const encoder = createEncoder(config);
    const encode = (value: string): Buffer => encoder.encode(partsOf(config, [{ before: [], taken: [value] }]));
    const first = encode('1');
    const second = encode('2');
    assert.notEqual(first.buffer, second.buffer);
    encoder.reuse(first);
    const third = encode('"x"');
    assert.deepEqual([third.buffer === first.buffer, third.toString(), second.toString()], [true, '["x"]', '[2]']);
    encoder.reuse(third);
    const large = `"${'x'.repeat(9_000)}"`;
    assert.equal(encode(large).toString(), `[${large}]`);
  });

  it('keeps no more memory than its bound, whatever the bodies were', () => {
    const config = batchConfig({ format: 'array' });
    const encode = (encoder: Encoder, size: number): Buffer =>
      encoder.encode(partsOf(config, [{ before: [], taken: [`"${'x'.repeat(size)}"`] }]));
    // How many of so many bodies of one size come back in the next ones.
    const kept = (size: number, count: number): number => {
      const encoder = createEncoder(config);
      const sent = Array.from({ length: count }, () => encode(encoder, size));
      for (const body of sent) encoder.reuse(body);
      const memory = new Set(sent.map(body => body.buffer));
      return Array.from({ length: count }, () => encode(encoder, size)).filter(body => memory.has(body.buffer)).length;
    };
    assert.equal(kept(500, 20), 16);
    assert.equal(kept(1_000_000, 20), 16);
    assert.equal(kept(3_000_000, 8), 4);
    assert.equal(kept(5_000_000, 4), 2);
    assert.equal(kept(10_000_000, 2), 0);
  });

  it('counts the memory that it has given away as not kept', () => {
    const config = batchConfig({ format: 'array' });
    const encoder = createEncoder(config);
    for (let i = 0; i < 50; i++) {
      const body = encoder.encode(
        partsOf(config, [{ before: [], taken: [`"${'x'.repeat(i % 2 === 0 ? 3e6 : 5e6)}"`] }]),
      );
      encoder.reuse(body);
      const again = encoder.encode(partsOf(config, [{ before: [], taken: ['1'] }]));
      assert.equal(again.buffer, body.buffer);
      encoder.reuse(again);
    }
  });

  it('sends nothing of values that were freed', () => {
    const config = batchConfig({ format: 'array' });
    for (const before of [[], ['1']]) {
      const values = [...before, '2', '3'];
      const block = buildBlock(values.map((value, offset) => ({ topic: 't', partition: 0, offset, value })));
      const [start, end] = [before.length, values.length];
      const parts = [{ item: itemOf(block, start, end), start, end }];
      const { buffer } = block.values;
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
      assert.throws(() => createEncoder(config).encode(parts), /freed|detached|out of range/);
    }
  });
});
