import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, FLAG_RAW_NEWLINE } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { convertJson, explainJson } from '../../../connector/converters/json.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';

describe('convertJson', () => {
  it('flags null, empty, invalid and oversize values, and changes no byte', () => {
    const values = [null, '', '{"a":1}', '{"a"', '"12345678"', '"123456789"', '[1,\n2,3,4,5,6]', '{"too long and bad"'];
    const block = buildBlock(values.map(value => ({ value })));
    const converted = convertJson(block, { maxValueBytes: 10 });
    assert.deepEqual(
      [...converted.flags],
      [FLAG_NULL, FLAG_NULL, 0, FLAG_INVALID, 0, FLAG_OVERSIZE, FLAG_OVERSIZE | FLAG_RAW_NEWLINE, FLAG_INVALID],
    );
    assert.equal(converted.values, block.values);
    assert.equal(converted.valueEnd, block.valueEnd);
    assert.deepEqual([...block.flags], [FLAG_NULL, 0, 0, 0, 0, 0, 0, 0], 'the block it was given is unchanged');
  });

  it('takes blanks and a JSON null for nulls, and keeps their bytes', () => {
    const values = ['null', ' \tnull\n', '  ', 'nul', '"null"', ''];
    const block = buildBlock(values.map(value => ({ value })));
    const converted = convertJson(block, { maxValueBytes: 10 });
    assert.deepEqual([...converted.flags], [FLAG_NULL, FLAG_NULL, FLAG_NULL, FLAG_INVALID, 0, FLAG_NULL]);
    assert.deepEqual(
      values.map((_, i) => originalValueAt(converted, i)?.toString()),
      values,
    );
  });

  it('hands on the very block when there is nothing to flag', () => {
    const block = buildBlock([{ value: '1' }, { value: null }, { value: '{"a":"é"}' }]);
    assert.equal(convertJson(block, { maxValueBytes: 9 + 1 }), block);
    assert.equal(convertJson(buildBlock([]), { maxValueBytes: 1 }).count, 0);
  });
});

describe('explainJson', () => {
  it('says why and where', () => {
    const cases: readonly (readonly [string | Buffer, string])[] = [
      ['   ', 'a value is missing, at byte 3'],
      ['{"a":}', 'a value is missing, at byte 5'],
      ['{"a":nul}', 'a value is missing, at byte 5'],
      ['{a:1}', 'a name in quotes is missing, at byte 1'],
      ['{"a":1,}', 'a name in quotes is missing, at byte 7'],
      ['{"a" 1}', 'a colon is missing, at byte 5'],
      ['{"a":1', 'a comma or a closing bracket is missing, at byte 6'],
      ['[1}', 'a comma or a closing bracket is missing, at byte 2'],
      ['"abc', 'a string is not closed, at byte 4'],
      ['"a\nb"', 'a string holds an unescaped control character, at byte 2'],
      ['"a\\x"', 'a string holds an invalid escape, at byte 2'],
      ['[1.]', 'a number is malformed, at byte 1'],
      ['[00,001,1.]', 'a number is malformed, at byte 8'],
      ['{"a":007,}', 'a name in quotes is missing, at byte 9'],
      ['1,', 'something follows the end of the value, at byte 1'],
      ['007,', 'something follows the end of the value, at byte 3'],
      ['truex', 'something follows the end of the value, at byte 4'],
      ['['.repeat(1_001), 'arrays and objects are nested deeper than 1,000 levels, at byte 1000'],
      ['\ufeff', 'a value is missing, at byte 0'],
      ['\ufeff{]', 'a name in quotes is missing, at byte 4'],
      [Buffer.from('{"é":}', 'utf16le'), 'a value is missing, at byte 6 of its UTF-8 form'],
      [Buffer.from('feff000000310000', 'hex'), 'its bytes are of no encoding of JSON'],
      [Buffer.from('"é\ufffd\xff"', 'latin1'), 'it is not UTF-8 text, at byte 1'],
      [
        Buffer.concat([Buffer.from('"é\ufffd'), Buffer.from('e282', 'hex'), Buffer.from('"')]),
        'it is not UTF-8 text, at byte 6',
      ],
      [Buffer.of(0, 0, 0, 0, 7, 2), 'it begins with a zero byte, as Schema Registry formats (Avro, Protobuf) do'],
    ];
    for (const [value, reason] of cases) {
      assert.equal(explainJson(Buffer.from(value as string)), `Not JSON: ${reason}`, JSON.stringify(value));
    }
  });

  it('has a reason for everything that is flagged, in one line that holds nothing of the value', () => {
    const secret = 'kwyjibo';
    const broken = fc
      .tuple(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }))
      .map(([a, b]) => Buffer.concat([a, Buffer.from(`"${secret}":`), b]));
    fc.assert(
      fc.property(broken, value => {
        fc.pre(convertJson(buildBlock([{ value }]), { maxValueBytes: 100 }).flags[0] === FLAG_INVALID);
        const reason = explainJson(value);
        assert.match(reason, /^Not JSON: [\x20-\x7e]+$/);
        assert.ok(!reason.includes(secret));
      }),
    );
  });
});
