import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, FLAG_RAW_NEWLINE, valueAt } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { convertJson } from '../../../connector/converters/json.ts';
import { lenientJson } from '../../../connector/converters/json-lenient.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const bigUtf16 = (text: string): Buffer => utf16(text).swap16();
const utf32 = (text: string, big = false): Buffer =>
  Buffer.concat(
    [...text].map(char => {
      const bytes = Buffer.alloc(4);
      if (big) bytes.writeUInt32BE(char.codePointAt(0)!);
      else bytes.writeUInt32LE(char.codePointAt(0)!);
      return bytes;
    }),
  );
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What is written for a value; null: it is refused. test/conformance/json-values.test.ts compares them with JsonConverter. */
const REWRITTEN: readonly (readonly [value: string | Buffer, json: string | null])[] = [
  ['007', '7'],
  ['-007', '-7'],
  ['000', '0'],
  ['00.50', '0.50'],
  ['00e01', '0e01'],
  ['{"zip":007,"007":"007","x":1e007}', '{"zip":7,"007":"007","x":1e007}'],
  ['[00 , -01,\n0,10,0.01]', '[0 , -1,\n0,10,0.01]'],
  ['["\\"007", "\\\\",007]', '["\\"007", "\\\\",7]'],
  ['--007', null],
  ['1-007', null],
  ['07.', null],
  ['0x7', null],
  ['a007', null],
  ['{"a":1} garbage', '{"a":1}'],
  ['{"a":1}{"b":2}', '{"a":1}'],
  [' [1]]', ' [1]'],
  ['"a"b', '"a"'],
  ['1 2', '1'],
  ['1\n,', '1'],
  ['1,2', null],
  ['1]', null],
  ['true]', 'true'],
  ['true}x', 'true'],
  ['truex', null],
  ['true1', null],
  ['trueé', null],
  ['{]', null],
  ['{"a":1]}', null],
  [',1', null],
  ['{"a":1', null],
  ['[1,]', null],
  ['NaN', null],
  ["{'a':1}", null],
  ['\ufeff{"a":"\ufeff"}', '{"a":"\ufeff"}'],
  ['\ufeff', null],
  ['\ufeff ', ' '],
  [' \ufeff1', null],
  ['\ufeff\ufeff1', null],
  [utf16('{"a":"é😀"}'), '{"a":"é😀"}'],
  [bigUtf16('{"a":"é😀"}'), '{"a":"é😀"}'],
  [utf16('\ufeff[007]x'), '[7]'],
  [bigUtf16('\ufeff[007]x'), '[7]'],
  [utf16('1'), '1'],
  [bigUtf16('"'), null],
  [utf32('{"a":"é😀"}'), '{"a":"é😀"}'],
  [utf32('{"a":"é😀"}', true), '{"a":"é😀"}'],
  [utf32('\ufeff1'), '1'],
  [utf32('\ufeff 1', true), ' 1'],
  [utf32('\ufeff'), ''],
  [Buffer.concat([utf16('[1]'), Buffer.of(0x20)]), '[1]'],
  [Buffer.concat([utf16('1'), Buffer.of(0x20)]), null],
  [Buffer.concat([utf16('"'), Buffer.of(0, 0xd8), utf16('a"')]), '"\ufffd"'],
  [Buffer.concat([utf16('"'), Buffer.of(0, 0xdc), utf16('a"')]), '"\ufffda"'],
  [Buffer.concat([utf16('"'), Buffer.of(0, 0xd8), utf16('"')]), null],
  [Buffer.of(0, 0, 0xff, 0xfe, 0, 0, 0, 0x31), null],
  [Buffer.of(0xfe, 0xff, 0, 0, 0, 0x31, 0, 0), null],
  [Buffer.of(0, 0, 0, 0x31, 0, 0x11, 0, 0), null],
  [latin1('"\xc0\xaf"'), '"\\u002f"'],
  [latin1('{"\xc0\xa2\xe0\x80\x80\xc3\xa9":1}'), '{"\\u0022\\u0000é":1}'],
  [latin1('{}\xff'), '{}'],
  [latin1('"\xff"'), null],
  [latin1('"\xed\xa0\x80"'), null],
  [latin1('"\xf4\x90\x80\x80"'), null],
  [latin1('"\xf0\x80\x80\x80"'), null],
  [latin1('"\xc3"'), null],
  [latin1('"\xe2\x82'), null],
  ['"a\nb"', null],
  ['"\u0000"', null],
  ['\u0000', null],
];

const jsonText = fc.oneof(
  fc.json({ stringUnit: 'binary' }),
  fc.jsonValue().map(value => JSON.stringify(value, null, '\t')),
);

describe('lenientJson', () => {
  for (const [value, json] of REWRITTEN) {
    it(`makes ${json} of ${JSON.stringify(value.toString('latin1').slice(0, 40))}`, () => {
      assert.equal(lenientJson(Buffer.from(value as string))?.toString() ?? null, json);
    });
  }

  it('changes nothing of what is JSON', () => {
    fc.assert(
      fc.property(jsonText, text => {
        assert.equal(lenientJson(Buffer.from(text))!.toString(), text);
      }),
    );
  });

  it('gives the same in all encodings, with leading zeros and with something behind the value', () => {
    const zeros = fc.integer({ min: 1, max: 3 });
    const behind = fc.constantFrom('', ' ', '\n{}', ' garbage', ' ]', '\t"');
    const encode = fc.constantFrom<(text: string) => Buffer>(
      text => Buffer.from(text),
      text => Buffer.from(`\ufeff${text}`),
      text => utf16(text),
      text => utf16(`\ufeff${text}`),
      text => bigUtf16(text),
      text => utf32(text),
      text => utf32(text, true),
    );
    fc.assert(
      fc.property(jsonText, zeros, behind, encode, (text, count, after, encoded) => {
        const strings = /"(?:[^"\\]|\\.)*"|(-?)(\d[\d.eE+-]*)/gs;
        const padded = text.replace(strings, (token, sign?: string, digits?: string) =>
          digits === undefined ? token : `${sign}${'0'.repeat(count)}${digits}`,
        );
        assert.equal(
          lenientJson(encoded(padded + after))!
            .toString()
            .trimEnd(),
          text,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('gives nothing that is not JSON', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '0',
        '00',
        '7',
        '-',
        '.',
        'e',
        '+',
        'true',
        'null',
        '"a"',
        ' ',
        '\n',
        '\\',
        'x',
      ],
      ...['\ufeff', '\u0000', 'é', '\xc0\xaf'],
    );
    const soup = fc.array(token, { maxLength: 14 }).map(parts => parts.join(''));
    const edited = fc
      .tuple(jsonText, fc.nat(), token)
      .map(([text, at, part]) => text.slice(0, at % (text.length + 1)) + part + text.slice(at % (text.length + 1)));
    const value = fc.oneof(
      fc.oneof(soup, edited).map(text => Buffer.from(text)),
      soup.map(latin1),
      edited.map(utf16),
      fc.uint8Array({ maxLength: 12 }).map(Buffer.from),
    );
    let taken = 0;
    fc.assert(
      fc.property(value, bytes => {
        const json = lenientJson(bytes);
        if (json === null || /^[ \t\r\n]*$/.test(json.toString())) return;
        JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json));
        taken++;
      }),
      { numRuns: 10_000 },
    );
    assert.ok(taken > 1_000, `only ${taken} were taken`);
  });
});

describe('a block with values that are not JSON to everybody', () => {
  const texts = [
    '{"a":1}',
    '{"zip":007}',
    null,
    '[1,\n2]',
    '\ufeff[1,\n02] x',
    'nul',
    'null x',
    '"12345678901234"',
    '000',
  ];
  const limits = { maxValueBytes: 12 };

  for (const separator of [0x2c, 0x0a]) {
    it(`holds JSON in their place and all others as they were (separator ${separator})`, () => {
      const block = buildBlock(
        texts.map(value => ({ value })),
        { separator },
      );
      const before = Buffer.from(block.values);
      const converted = convertJson(block, limits);
      assert.deepEqual(
        [...converted.flags],
        [0, 0, FLAG_NULL, FLAG_RAW_NEWLINE, FLAG_RAW_NEWLINE, FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, 0],
      );
      const expected = ['{"a":1}', '{"zip":7}', '', '[1,\n2]', '[1,\n2]', 'nul', 'null x', '"12345678901234"', '0'];
      const mark = String.fromCharCode(separator);
      assert.equal(converted.values.toString(), expected.join(mark) + mark);
      assert.deepEqual(
        expected.map((_, i) => (i === 2 ? '' : valueAt({ ...converted, flags: block.flags }, i)!.toString())),
        expected,
      );
      assert.deepEqual(
        texts.map((_, i) => originalValueAt(converted, i)?.toString() ?? null),
        texts,
      );
      assert.deepEqual(block.values, before);
    });
  }

  it('measures what is sent', () => {
    const values = ['0000000000001', '\ufeff"1234567890"', '\ufeff"12345678901"'];
    const converted = convertJson(buildBlock(values.map(value => ({ value }))), limits);
    assert.deepEqual([...converted.flags], [0, 0, FLAG_OVERSIZE]);
  });
});
