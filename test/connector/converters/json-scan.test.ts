import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FLAG_INVALID, FLAG_NULL, FLAG_RAW_NEWLINE } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { convertJson } from '../../../connector/converters/json.ts';
import { JsonScanner } from '../../../connector/converters/json-scan.ts';
import { JSON_PIECES } from '../../support/json-values.ts';

const NO_LIMIT = { maxValueBytes: Number.MAX_SAFE_INTEGER };

/** As it is. Blanks alone and JSON's null are null values: valid is the one that holds something. */
function accepted(value: Buffer): boolean {
  const block = buildBlock([{ value }]);
  const converted = convertJson(block, NO_LIMIT);
  if (converted.values !== block.values) return false;
  const flags = converted.flags[0]!;
  if ((flags & FLAG_NULL) !== 0) return /^[ \t\r\n]*null[ \t\r\n]*$/.test(value.toString('latin1'));
  return (flags & FLAG_INVALID) === 0;
}

/** The oracle: JSON.parse over strictly decoded text. */
function parses(value: Buffer): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value));
    return true;
  } catch {
    return false;
  }
}

const spacing = fc.constantFrom<string | number>('', 1, 4, '\t', '\r\n', ' \n');

/** JSON texts of all kinds: spaced and not, any Unicode, long strings, escapes where none is needed. */
const jsonText = fc
  .tuple(
    fc.oneof(fc.json(), fc.json({ stringUnit: 'binary' }), fc.json({ maxDepth: 6, stringUnit: 'grapheme' })),
    spacing,
  )
  .map(([text, space]) => JSON.stringify(JSON.parse(text), null, space));

const escaped = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map(
    text =>
      `"${[...Array(text.length).keys()].map(i => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`,
  );

type Edit = readonly [kind: 'flip' | 'drop' | 'insert' | 'cut', at: number, byte: number];

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.constantFrom('flip', 'drop', 'insert', 'cut'),
  fc.nat(),
  fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\ntfu0.eE+- \n\r\t\0')), fc.nat(255)),
);

function mutate(value: Buffer, edits: readonly Edit[]): Buffer {
  let bytes = [...value];
  for (const [kind, where, byte] of edits) {
    const at = where % (bytes.length + 1);
    if (kind === 'flip' && at < bytes.length) bytes[at] = byte;
    else if (kind === 'drop') bytes.splice(at, 1);
    else if (kind === 'insert') bytes.splice(at, 0, byte);
    else if (kind === 'cut') bytes = bytes.slice(0, at);
  }
  return Buffer.from(bytes);
}

const VALID = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '-1',
  '10',
  '1.0',
  '1.5e10',
  '1E+2',
  '1e-2',
  '0e0',
  '0.0e-0',
  '123456789012345678901234567890',
  '1e400',
  '9223372036854775807',
  '""',
  '"a"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\uDC00\\ud800"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\x7f"',
  '"é"',
  '"\u2028\u2029"',
  '"😀"',
  '[]',
  '[[]]',
  '[1]',
  '[1,2]',
  '{}',
  '{"":0}',
  '{"a":1,"a":2}',
  '{"__proto__":1}',
  ' 1',
  '1 ',
  '\t[\n1\r,\n2 ]\r\n',
  '{ "a" : { "b" : [ ] } }',
  '[{},{}]',
  '["]","}"]',
  '"\u00a0"',
]; // prettier-ignore

const INVALID = [
  ' ',
  '\n\t ',
  'nul',
  'nulll',
  'True',
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '-',
  '+1',
  '01',
  '-01',
  '1.',
  '.5',
  '1.e1',
  '1e',
  '1e+',
  '0x1',
  '1_0',
  '1,',
  '1 2',
  '--1',
  '"',
  '"a',
  '"\\',
  '"\\"',
  '"\\x41"',
  '"\\u12"',
  '"\\u123"',
  '"\\u123g"',
  '"\\u',
  '"\n"',
  '"\t"',
  '"\0"',
  '"\x1f"',
  "'a'",
  '[',
  ']',
  '[1',
  '[1,',
  '[1,]',
  '[,1]',
  '[1 2]',
  '[1}',
  '[}',
  '{',
  '}',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,',
  '{"a":1,}',
  '{,}',
  '{"a" 1}',
  '{a:1}',
  '{1:1}',
  '{"a":1]',
  '{]',
  '{"a":1 "b":2}',
  '{"a"::1}',
  '{"a":1}}',
  '{}{}',
  '[]]',
  '1//',
  '/**/1',
  '#1',
  '[1]x',
  '\ufeff1',
  '1\ufeff',
  '\u00a01',
  '\v1',
  '\f1',
  '1\0',
  '{"a":1}\0',
  'truefalse',
  'tru',
  't',
  '[true',
  '[nul',
  '[-]',
  '{"a":tru}',
  '"a" "b"',
  '\\u0031',
  '"\ud800\x00"',
]; // prettier-ignore

describe('the JSON check', () => {
  it('accepts what RFC 8259 allows', () => {
    for (const text of VALID) assert.equal(accepted(Buffer.from(text)), true, JSON.stringify(text));
    for (const text of VALID) assert.equal(parses(Buffer.from(text)), true, `oracle: ${JSON.stringify(text)}`);
  });

  it('refuses what it does not', () => {
    for (const text of INVALID) assert.equal(accepted(Buffer.from(text)), false, JSON.stringify(text));
    for (const text of INVALID) assert.equal(parses(Buffer.from(text)), false, `oracle: ${JSON.stringify(text)}`);
  });

  it('refuses bytes that are not UTF-8, wherever they stand', () => {
    const sequences = [
      '80',
      'bf',
      'c0af',
      'c3',
      'c328',
      'e28228',
      'e282',
      'eda080',
      'f0808080',
      'f4908080',
      'f8888080',
      'ff',
      'fe',
      'efbb',
      'efbbbf31',
    ];
    for (const hex of sequences) {
      const bytes = Buffer.from(hex, 'hex');
      if (hex !== 'efbbbf31')
        assert.equal(accepted(Buffer.concat([Buffer.from('"a'), bytes, Buffer.from('b"')])), false, hex);
      assert.equal(accepted(bytes), false, hex);
      assert.equal(accepted(Buffer.concat([Buffer.from('[1]'), bytes])), false, hex);
    }
  });

  it('follows 1,000 levels and no more', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number) =>
        Buffer.from(open.repeat(levels) + (open === '[' ? '' : '1') + close.repeat(levels));
      assert.equal(accepted(nested(1_000)), true);
      assert.equal(accepted(nested(1_001)), false);
      assert.equal(accepted(nested(100_000)), false);
    }
    // Breadth is no depth.
    assert.equal(accepted(Buffer.from(`[${Array(2_000).fill('{"a":[{}]}').join(',')}]`)), true);
  });

  it('agrees with JSON.parse on any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(jsonText, escaped), text => {
        assert.equal(accepted(Buffer.from(text)), true);
      }),
      { numRuns: 1_500 },
    );
  });

  it('agrees with JSON.parse on damaged JSON', () => {
    let refused = 0;
    let kept = 0;
    fc.assert(
      fc.property(fc.oneof(jsonText, escaped), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const value = mutate(Buffer.from(text), edits);
        if (value.length === 0) return;
        assert.equal(accepted(value), parses(value), JSON.stringify(value.toString('latin1')));
        if (parses(value)) kept++;
        else refused++;
      }),
      { numRuns: 6_000 },
    );
    assert.ok(refused > 500 && kept > 300, `the mutations say little: ${refused} refused, ${kept} kept`);
  });

  it('agrees with JSON.parse on soups of JSON bytes', () => {
    const soup = fc.array(fc.constantFrom(...JSON_PIECES, '1', '\n', '\\u00e9'), { maxLength: 12 });
    fc.assert(
      fc.property(soup, parts => {
        const value = Buffer.from(parts.join(''));
        if (value.length > 0) assert.equal(accepted(value), parses(value), JSON.stringify(value.toString()));
      }),
      { numRuns: 6_000 },
    );
  });

  it('finds a fault at any place of a long string, at any alignment', () => {
    for (let shift = 0; shift < 4; shift++) {
      for (let length = 0; length < 40; length++) {
        for (let at = 0; at < length; at++) {
          for (const [byte, valid] of [
            [0x1f, false],
            [0x00, false],
            [0x0a, false],
            [0x20, true],
            [0x21, true],
            [0x22, false],
            [0x23, true],
            [0x5b, true],
            [0x5c, false],
            [0x5d, true],
            [0x7f, true],
          ] as const) {
            const value = Buffer.alloc(shift + length + 2, 0x78);
            value.fill(0x20, 0, shift);
            value[shift] = 0x22;
            value[shift + 1 + at] = byte;
            value[value.length - 1] = 0x22;
            assert.equal(new JsonScanner(value).scan(0, value.length), valid, `${shift} ${length} ${at} ${byte}`);
          }
        }
      }
    }
  });

  it('judges each record by its own bytes', () => {
    const neighbours: readonly (readonly [string, boolean])[][] = [
      [
        ['{"a":1', false],
        ['b":2}', false],
      ],
      [
        ['[1', false],
        ['2]', false],
      ],
      [
        ['"a', false],
        ['b"', false],
        ['"c"', true],
      ],
      [
        ['"a\\', false],
        ['"', false],
      ],
      [
        ['-', false],
        ['1', true],
      ],
      [
        ['1', true],
        ['e5', false],
      ],
      [
        ['"\\u00', false],
        ['e9"', false],
      ],
      [
        ['tru', false],
        ['e', false],
        ['true', true],
      ],
      [
        ['[', false],
        [']', false],
        ['[]', true],
        ['{"a":[1,2]}', true],
      ],
    ];
    for (const separator of [',', '\n', '', '0\n0'].map(text => Buffer.from(text))) {
      for (const records of neighbours) {
        const block = convertJson(
          buildBlock(
            records.map(([value]) => ({ value })),
            { separator },
          ),
          NO_LIMIT,
        );
        assert.deepEqual(
          [...block.flags].map(flags => flags === 0),
          records.map(([, valid]) => valid),
          JSON.stringify(records),
        );
      }
    }
  });

  it('joins no UTF-8 across records', () => {
    const head = Buffer.concat([Buffer.from('"a'), Buffer.from('e282', 'hex')]);
    const tail = Buffer.concat([Buffer.from('ac', 'hex'), Buffer.from('"')]);
    for (const separator of [',', '']) {
      const block = convertJson(
        buildBlock([{ value: '"€"' }, { value: head }, { value: tail }, { value: '"é"' }], {
          separator: Buffer.from(separator),
        }),
        NO_LIMIT,
      );
      assert.deepEqual([...block.flags], [0, FLAG_INVALID, FLAG_INVALID, 0]);
    }
  });

  it('gives each record of a block the flags it gets alone', () => {
    const value = fc.oneof(
      jsonText.map(text => Buffer.from(text)),
      fc
        .tuple(jsonText, fc.array(edit, { minLength: 1, maxLength: 2 }))
        .map(([text, edits]) => mutate(Buffer.from(text), edits)),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 12 }),
        fc.constantFrom(',', '\n', '"', ']', '', '1', 'é'),
        (values, text) => {
          const separator = Buffer.from(text);
          const together = convertJson(
            buildBlock(
              values.map(each => ({ value: each })),
              { separator },
            ),
            NO_LIMIT,
          );
          const alone = values.map(each => convertJson(buildBlock([{ value: each }]), NO_LIMIT).flags[0]);
          assert.deepEqual([...together.flags], alone);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('flags raw newlines between tokens, and no others', () => {
    fc.assert(
      fc.property(jsonText, text => {
        if (text === 'null') return;
        const value = Buffer.from(text);
        // Inside the strings of valid JSON there is none.
        const expected = value.includes(0x0a) || value.includes(0x0d) ? FLAG_RAW_NEWLINE : 0;
        assert.equal(
          convertJson(buildBlock([{ value }], { separator: Buffer.from('\n') }), NO_LIMIT).flags[0],
          expected,
        );
      }),
    );
    const flags = convertJson(
      buildBlock(['[1,\n2]', '"\\n"', '\n1', '1\r', '[1, 2]'].map(value => ({ value }))),
      NO_LIMIT,
    ).flags;
    assert.deepEqual([...flags], [FLAG_RAW_NEWLINE, 0, FLAG_RAW_NEWLINE, FLAG_RAW_NEWLINE, 0]);
  });

  it('gives no say to what follows the range', () => {
    const sliced = (value: Buffer) => {
      for (let end = 1; end < value.length; end++) {
        const scanner = new JsonScanner(value);
        assert.equal(scanner.scan(0, end), parses(value.subarray(0, end)), `${value}, cut at ${end}`);
      }
    };
    for (const text of [...VALID, ...INVALID]) sliced(Buffer.from(text));
    fc.assert(fc.property(fc.json({ stringUnit: 'grapheme-ascii' }), text => sliced(Buffer.from(text))));
  });

  it('reads nothing but its range when the buffer is a part of a larger one', () => {
    const around = Buffer.from('xx{"a":1}yy');
    for (const whole of [around, Buffer.concat([Buffer.from('z'), around]).subarray(1)]) {
      const scanner = new JsonScanner(whole);
      assert.equal(scanner.scan(2, 9), true);
      assert.equal(scanner.scan(2, 8), false);
      assert.equal(scanner.faultAt, 6);
      assert.equal(scanner.scan(2, 10), false);
      assert.equal(isUtf8(whole), true);
    }
  });
});
