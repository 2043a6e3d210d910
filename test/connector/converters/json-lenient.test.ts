import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, FLAG_RAW_NEWLINE, valueAt } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { convertJson } from '../../../connector/converters/json.ts';
import { lenientJson } from '../../../connector/converters/json-lenient.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { bigUtf16, JSON_PIECES, latin1, REWRITTEN, utf16, utf32 } from '../../support/json-values.ts';

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
    const token = fc.constantFrom(...JSON_PIECES, '00', '7', '+', '\n', 'x', ...['\ufeff', '\u0000', 'é', '\xc0\xaf']);
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

  for (const mark of [',', '\n', '', ' -- ']) {
    it(`holds JSON in their place and all others as they were (separator ${JSON.stringify(mark)})`, () => {
      const block = buildBlock(
        texts.map(value => ({ value })),
        { separator: Buffer.from(mark) },
      );
      const before = Buffer.from(block.values);
      const converted = convertJson(block, limits);
      assert.deepEqual(
        [...converted.flags],
        [0, 0, FLAG_NULL, FLAG_RAW_NEWLINE, FLAG_RAW_NEWLINE, FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, 0],
      );
      const expected = ['{"a":1}', '{"zip":7}', '', '[1,\n2]', '[1,\n2]', 'nul', 'null x', '"12345678901234"', '0'];
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
