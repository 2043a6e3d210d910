import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FLAG_NULL, FLAG_OVERSIZE, valueAt } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { createConverter } from '../../../connector/converters/choose.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { DEFAULT_VALUES, PLAIN_JSON } from '../../support/converters.ts';

const JSON_BODY = { bare: false, maxValueBytes: 1_000_000 };
const RAW_BODY = { bare: true, maxValueBytes: 1_000_000 };

function converted(values: readonly (Buffer | string | null)[], encoding = 'UTF-8', body = JSON_BODY) {
  const block = buildBlock(values.map(value => ({ value })));
  const derived = createConverter({ ...PLAIN_JSON, valueConverter: { kind: 'string', encoding } }, body).convert(block);
  return { block, derived, texts: values.map((_, i) => valueAt(derived, i)?.toString() ?? null) };
}

describe('the string converter', () => {
  it('writes any text as the JSON string that says the same', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme', minLength: 20 }),
      fc.string({ unit: fc.nat(0x30).map(code => String.fromCharCode(code)) }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.array(
          text.map(each => (each === null ? null : Buffer.from(each).toString())),
          { maxLength: 8 },
        ),
        values => {
          const { derived, texts } = converted(values);
          assert.deepEqual(
            texts.map(each => (each === null ? null : JSON.parse(each))),
            values,
          );
          // The inside of a JSON array, separators included; null values leave an empty slot.
          const inside = values
            .map(each => (each === null ? '' : JSON.stringify(each)))
            .map(each => `${each},`)
            .join('');
          assert.equal(derived.values.toString(), inside);
        },
      ),
    );
  });

  it('keeps null null, empty empty, and says where it was null', () => {
    const { derived, texts } = converted([null, '', 'a', null]);
    assert.deepEqual(texts, [null, '""', '"a"', null]);
    assert.deepEqual([...derived.flags], [FLAG_NULL, 0, 0, FLAG_NULL]);
  });

  it('replaces what is no UTF-8, in that record only', () => {
    const bad = Buffer.concat([Buffer.from('a'), Buffer.from('ffe282', 'hex'), Buffer.from('b')]);
    assert.deepEqual(converted(['é', bad, '€']).texts, ['"é"', '"a\ufffd\ufffdb"', '"€"']);
    assert.deepEqual(converted(['é', bad, '€'], 'UTF-8', RAW_BODY).texts, ['é', 'a\ufffd\ufffdb', '€']);
  });

  it('sends the text as it is where the body is no JSON', () => {
    const { block, derived } = converted(['say "hi"\n', null, ''], 'UTF-8', RAW_BODY);
    assert.equal(derived, block);
  });

  it('keeps the values as Kafka held them, for dead letters', () => {
    const raw = Buffer.from('ff22', 'hex');
    const { derived } = converted([raw, null, 'plain']);
    assert.deepEqual(originalValueAt(derived, 0), raw);
    assert.equal(originalValueAt(derived, 1), null);
    assert.deepEqual(originalValueAt(derived, 2), Buffer.from('plain'));
  });

  it('takes what a reader has quoted, where that is what it would write', () => {
    const block = buildBlock(['say "hi"', null, 'x'.repeat(9)].map(value => ({ value })));
    const { values, valueEnd, separator } = buildBlock(['ahead', null, 'of it'].map(value => ({ value })));
    const ahead = { ...block, quoted: { values, valueEnd, separator }, members: { places: valueEnd, end: valueEnd } };
    const convert = (encoding: string, bare: boolean, onString: 'send' | 'json' = 'send') => {
      const valueConverter = { kind: 'string', encoding } as const;
      const config = { ...PLAIN_JSON, valueConverter, values: { ...DEFAULT_VALUES, onString } };
      const { convert, needs } = createConverter(config, { bare, maxValueBytes: 8 });
      return { taken: convert(ahead), made: convert(block), quotedUpTo: needs.quotedUpTo };
    };
    const { taken, made, quotedUpTo } = convert('UTF-8', false);
    assert.equal(quotedUpTo, 8);
    assert.deepEqual({ ...taken, original: block }, { ...made, values, valueEnd, flags: block.flags });
    assert.equal(taken.original, ahead);
    for (const other of [convert('UTF-16', false), convert('UTF-8', true), convert('UTF-8', false, 'json')]) {
      assert.equal(other.quotedUpTo, null);
      assert.deepEqual(other.taken.values, other.made.values);
    }
  });

  it('counts the bytes that it writes against the limit', () => {
    const convert = (bare: boolean) =>
      createConverter(
        { ...PLAIN_JSON, valueConverter: { kind: 'string', encoding: 'UTF-8' } },
        { bare, maxValueBytes: 8 },
      ).convert(buildBlock([{ value: '123456' }, { value: '1234567' }, { value: '12345\n' }, { value: '123456789' }]));
    assert.deepEqual([...convert(false).flags], [0, FLAG_OVERSIZE, FLAG_OVERSIZE, FLAG_OVERSIZE]);
    assert.deepEqual([...convert(true).flags], [0, 0, 0, FLAG_OVERSIZE]);
    // What is too large without quotes gets none.
    const texts = [0, 1, 2, 3].map(i => valueAt(convert(false), i)!.toString());
    assert.deepEqual(texts, ['"123456"', '"1234567"', '"12345\\n"', '123456789']);
  });

  it('reads the encodings that Java names', () => {
    assert.deepEqual(converted([Buffer.from('e980', 'hex')], 'ISO-8859-1').texts, ['"é\u0080"']);
    assert.deepEqual(converted([Buffer.from('61e9', 'hex')], 'US-ASCII').texts, ['"a\ufffd"']);
    assert.deepEqual(converted([Buffer.from('é😀', 'utf16le')], 'UTF-16LE').texts, ['"é😀"']);
    assert.deepEqual(
      converted([Buffer.from('00e9', 'hex'), Buffer.from('feff00e9', 'hex'), Buffer.from('fffee900', 'hex')], 'UTF-16')
        .texts,
      ['"é"', '"é"', '"é"'],
    );
    assert.deepEqual(converted([Buffer.from('82a0', 'hex')], 'Shift_JIS').texts, ['"あ"']);
    assert.deepEqual(converted(['\ufeffa'], 'utf8').texts, ['"\ufeffa"']);
    // Some versions of Node decode this one wrongly; there it is refused.
    try {
      assert.deepEqual(converted([Buffer.from('80', 'hex')], 'windows-1252').texts, ['"€"']);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
    assert.throws(
      () => createConverter({ ...PLAIN_JSON, valueConverter: { kind: 'string', encoding: 'KLINGON-8' } }, JSON_BODY),
      RangeError,
    );
  });
});

describe('the converter of a connector', () => {
  it('flags a value that does not fit into a request alone', () => {
    const { convert, explain } = createConverter(PLAIN_JSON, { bare: false, maxValueBytes: 8 });
    assert.deepEqual(
      [...convert(buildBlock([{ value: '12345678' }, { value: '123456789' }])).flags],
      [0, FLAG_OVERSIZE],
    );
    assert.deepEqual(explain(Buffer.from('{')), {
      stage: 'VALUE_CONVERTER',
      className: 'org.apache.kafka.connect.json.JsonConverter',
      exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
      message: 'Converting byte[] to Kafka Connect data failed due to serialization error: ',
      causes: [
        'org.apache.kafka.common.errors.SerializationException: Not JSON: a name in quotes is missing, at byte 1',
      ],
    });
  });
});
