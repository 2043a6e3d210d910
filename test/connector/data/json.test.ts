import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JsonReader, JsonSyntaxError } from '../../../connector/data/json-parse.ts';
import { printJson } from '../../../connector/data/json-print.ts';
import { isIntegral, JsonNumber, toBigInt, toNumber } from '../../../connector/data/scalars.ts';
import { JSON_PIECES } from '../../support/json-values.ts';

const reader = new JsonReader();

function number(text: string): number | JsonNumber {
  return reader.read(text) as number | JsonNumber;
}

describe('JSON numbers', () => {
  const exact = ['0', '7', '-7', '9007199254740991', '-9007199254740991', '0.1', '-0.25', '12345678.9', '0.000001'];
  for (const text of exact) {
    it(`${text} is a plain number`, () => {
      assert.equal(number(text), Number(text));
    });
  }

  const kept = [
    ['-0', true],
    ['9007199254740993', true],
    ['12345678901234567890', true],
    ['1.0', false],
    ['1.50', false],
    ['-0.0', false],
    ['1e3', false],
    ['1E+3', false],
    ['1.5e-3', false],
    ['1e400', false],
    ['0.0000001', false],
    ['0.1000000000000000055', false],
    ['123456789012345.6', false],
  ] as const;
  for (const [text, integral] of kept) {
    it(`${text} keeps its text`, () => {
      const value = number(text);
      assert.ok(value instanceof JsonNumber);
      assert.deepEqual([value.lexeme, value.integral, isIntegral(value)], [text, integral, integral]);
    });
  }

  it('tells whole numbers from fractions', () => {
    assert.ok(isIntegral(number('5')));
    assert.ok(!isIntegral(number('5.5')));
  });

  it('reads the amount of each kind', () => {
    assert.equal(toBigInt(number('12345678901234567890')), 12345678901234567890n);
    assert.equal(toNumber(number('1e400')), Number.POSITIVE_INFINITY);
    assert.equal(toBigInt(number('2.9')), 2n);
    assert.equal(toBigInt(number('-2.5e0')), -2n);
    assert.equal(toBigInt(number('1e400')), 9223372036854775807n);
  });

  it('print as they were written, whatever they are', () => {
    const part = fc.stringMatching(/^[0-9]{1,20}$/);
    fc.assert(
      fc.property(
        fc.boolean(),
        part,
        fc.option(part),
        fc.option(fc.integer({ min: -400, max: 400 })),
        (minus, whole, fraction, exponent) => {
          const text = `${minus ? '-' : ''}${whole.replace(/^0+(?=.)/, '')}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`;
          assert.equal(printJson(number(text)), text);
          assert.equal(toNumber(number(text)), Number(text));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('JSON values', () => {
  it('come back as JSON.parse and JSON.stringify have them', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), text => {
        assert.equal(JSON.stringify(JSON.parse(printJson(reader.read(text)))), JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 3000 },
    );
  });

  it('keep the order of names, also of those that look like indices, and __proto__', () => {
    const text = '{"b":1,"10":2,"9":3,"__proto__":{"x":null},"":[]}';
    assert.equal(printJson(reader.read(text)), text);
  });

  it('take the last of repeated names, at the place of the first', () => {
    assert.equal(printJson(reader.read('{"a":1,"b":2,"a":{"c":3}}')), '{"a":{"c":3},"b":2}');
  });

  it('lose the blanks between tokens, and nothing inside strings', () => {
    assert.equal(
      printJson(reader.read(' { "a b" : [ 1 , "\\u00e9\\n\\"" , true ] }\r\n\t')),
      '{"a b":[1,"é\\n\\"",true]}',
    );
  });

  it('write lone surrogates as escapes and pairs as they are', () => {
    assert.equal(printJson(reader.read('["\\ud800","😀"]')), '["\\ud800","😀"]');
  });

  const depth = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  it('may be nested 1,000 levels deep', () => {
    assert.equal(printJson(reader.read(depth(1_000))), depth(1_000));
    assert.throws(() => reader.read(depth(1_001)), JsonSyntaxError);
    assert.equal(reader.read('1'), 1);
  });

  const faults = [
    '',
    ' ',
    '{',
    '[',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '01',
    '-',
    '1.',
    '.5',
    '1e',
    '+1',
    'tru',
    'nul',
    'NaN',
    '"',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '1 2',
    '{} x',
    "{'a':1}",
    '"a\\',
  ];
  for (const text of faults) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => JSON.parse(text), SyntaxError);
      assert.throws(() => reader.read(text), JsonSyntaxError);
    });
  }

  it('refuses what JSON.parse refuses, and nothing else', () => {
    const token = fc.constantFrom(...JSON_PIECES, '"\\n"', '1', '-0', '2.5', '1e2', 'false');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 9 }), tokens => {
        const text = tokens.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) reader.read(text);
        else assert.throws(() => reader.read(text), JsonSyntaxError);
      }),
      { numRuns: 20_000 },
    );
  });
});
