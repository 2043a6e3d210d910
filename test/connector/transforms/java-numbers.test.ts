import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  doubleToInt,
  doubleToLong,
  doubleToString,
  floatToString,
  NumberFormatError,
  parseDouble,
  parseInteger,
} from '../../../connector/java/numbers.ts';

for (const [value, text] of [
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [-1.5, '-1.5'],
  [0.001, '0.001'],
  [0.00099, '9.9E-4'],
  [9_999_999, '9999999.0'],
  [1e7, '1.0E7'],
  [-1.25e-7, '-1.25E-7'],
  [123_456_789.125, '1.23456789125E8'],
  [1e21, '1.0E21'],
  [2.5e-51, '2.5E-51'],
  [3e-10, '3.0E-10'],
  [5e-324, '4.9E-324'],
  [-1e-323, '-9.9E-324'],
  [Number.MAX_VALUE, '1.7976931348623157E308'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
] as const) {
  test(`Java writes the double ${value} as ${text}`, () => assert.equal(doubleToString(value), text));
}

test('Java writes a float with the digits that tell it apart from other floats', () => {
  assert.deepEqual(
    [0.1, 3.4e38, 16_777_216, 2.5e-20, 1.4e-45, Number.NaN].map(value => floatToString(Math.fround(value))),
    ['0.1', '3.4E38', '1.6777216E7', '2.5E-20', '1.4E-45', 'NaN'],
  );
});

test('Java reads integers of a type, and nothing beyond its range', () => {
  assert.deepEqual(
    [
      parseInteger('+127', 8),
      parseInteger('-32768', 16),
      parseInteger('007', 32),
      parseInteger(`-${'0'.repeat(1_000)}9223372036854775808`, 64),
      parseInteger('-000', 8),
    ],
    [127n, -32_768n, 7n, -9_223_372_036_854_775_808n, 0n],
  );
  for (const [text, bits] of [
    ['128', 8],
    ['1.0', 32],
    ['', 64],
    [' 1', 64],
    ['9223372036854775808', 64],
    ['-9223372036854775809', 64],
    ['1'.repeat(1_000), 64],
    ['+', 64],
    ['-', 64],
  ] as const) {
    assert.throws(() => parseInteger(text, bits), NumberFormatError, text);
  }
});

test('Java reads doubles with blanks around them, suffixes and names', () => {
  assert.deepEqual([' 1.5 ', '1e3', '.5f', '5.d', '-Infinity', 'NaN'].map(parseDouble), [
    1.5,
    1000,
    0.5,
    5,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ]);
  for (const text of ['', 'x', '1,5', '1 5', 'infinity', '--1'])
    assert.throws(() => parseDouble(text), NumberFormatError);
});

test('Java narrows doubles to the nearest integer of the type, and not-a-number to 0', () => {
  assert.deepEqual([1.9, -1.9, 1e10, -1e10, Number.NaN].map(doubleToInt), [1, -1, 2_147_483_647, -2_147_483_648, 0]);
  assert.deepEqual([1e19, -1e19, Number.NaN, -2.5].map(doubleToLong), [2n ** 63n - 1n, -(2n ** 63n), 0n, -2n]);
});
