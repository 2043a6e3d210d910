import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isJavaFraction, isShortInteger } from '../../../connector/data/number-texts.ts';
import { doubleToString } from '../../../connector/java/numbers.ts';

const isFraction = (text: string): boolean => isJavaFraction(Buffer.from(`[${text},0.5]`), 1, 1 + text.length);
const isInteger = (text: string, digits: number): boolean =>
  isShortInteger(Buffer.from(`[${text},12]`), 1, 1 + text.length, digits);

const digits = (most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0001234567899'), { minLength: 1, maxLength: most }).map(each => each.join(''));
const whole = digits(9).map(text => text.replace(/^0+(?=\d)/, ''));

describe('a fraction as Java writes it', () => {
  it('is what Double.toString makes of its value', () => {
    let kept = 0;
    const fraction = fc.tuple(fc.constantFrom('', '-'), fc.oneof(fc.constant('0'), whole), digits(12));
    const property = fc.property(fraction, ([sign, before, behind]) => {
      const text = `${sign}${before}.${behind}`;
      if (!isFraction(text)) return;
      kept++;
      assert.equal(doubleToString(Number(text)), text);
    });
    fc.assert(property, { numRuns: 5_000 });
    assert.ok(kept > 1_000, `${kept} are kept`);
  });

  for (const text of ['0.5', '-0.5', '123.45', '5.0', '1234567.0', '0.001', '-0.0099', '9999999.99999999', '100.01']) {
    it(`is ${text}`, () => assert.equal(isFraction(text), true));
  }

  for (const text of [
    '0.0',
    '-0.0',
    '0.50',
    '12345678.5',
    '0.0001',
    '0.0009',
    '1.5e3',
    '1E5',
    '1.234567890123456',
    '5.00',
  ]) {
    it(`is not ${text}`, () => assert.equal(isFraction(text), false));
  }
});

describe('a short integer', () => {
  for (const [text, most, expected] of [
    ['0', 1, true],
    ['-0', 1, false],
    ['99', 2, true],
    ['-99', 2, true],
    ['100', 2, false],
    ['-100', 2, false],
    ['5', 0, false],
    ['999999999999999999', 18, true],
    ['1000000000000000000', 18, false],
  ] as const) {
    it(`of ${most} digits is ${expected ? '' : 'not '}${text}`, () => assert.equal(isInteger(text, most), expected));
  }
});
