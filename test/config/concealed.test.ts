import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Concealed } from '../../config/concealed.ts';

function concealed(...values: readonly string[]): Concealed {
  const all = new Concealed();
  for (const value of values) all.add(value, `<${values.indexOf(value)}>`);
  return all;
}

for (const [name, values, text, expected] of [
  ['a value inside a text', ['s3cret'], 'is s3cret, not', 'is <0>, not'],
  ['in any case', ['S3cret'], 'HTTPS://s3CRET/', 'HTTPS://<0>/'],
  ['twice', ['abcd'], 'abcd abcd', '<0> <0>'],
  ['a value within a longer one', ['abcd', 'xabcdx'], 'xabcdx abcd', '<1> <0>'],
  ['values that overlap: no end of either stays', ['abcdef', 'defghi'], '-abcdefghi-', '-<0>-'],
  ['a short value alone', ['abc'], 'abc', '<0>'],
  ['a short value inside words stays', ['be'], 'must be', 'must be'],
  ['nothing', [''], 'text', 'text'],
  ['a letter whose lower case is longer', ['İstanbul'], 'x İSTANBUL İstanbul', 'x <0> <0>'],
] as const) {
  test(`concealed: ${name}`, () => {
    assert.equal(concealed(...values).mask(text), expected);
  });
}

test("concealed: a key's own short value is hidden as a word", () => {
  const all = concealed('be', 'x1');
  assert.equal(all.mask('must be "x1", not x12', ['x1']), 'must be "<1>", not x12');
});

test('concealed: an item of a list is hidden as a value, not as a word of a text', () => {
  const all = concealed('orders,user="tim"');
  assert.deepEqual(
    ['orders', 'tim', 'orders2'].map(text => all.maskValue(text)),
    ['<0>', '<0>', 'orders2'],
  );
  assert.equal(all.mask('orders of tim'), 'orders of tim');
});

test('concealed: no value of four characters or more is left in any text', () => {
  const value = fc.string({ unit: fc.constantFrom(...'abA-'), minLength: 4, maxLength: 6 });
  const text = fc.string({ unit: fc.constantFrom(...'abA- '), maxLength: 30 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), text, (values, written) => {
      const all = new Concealed();
      for (const each of values) all.add(each, '\u2026');
      const masked = all.mask(written).toLowerCase();
      for (const each of values) assert(!masked.includes(each.toLowerCase()));
    }),
  );
});
