import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable, printableJson, printableName } from '../../config/printable.ts';

test('printable: every character that is not seen, or steers what shows it, is written as an escape', () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const sign = String.fromCodePoint(code);
    if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(sign)) continue;
    // Marks of scripts and of music are seen; others of this kind are none of a terminal's business.
    const isScript = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]|[\u{110bd}-\u{1d17a}]/u.test(sign);
    if (!isScript) assert.match(printable(sign), /^(?:\\u[0-9a-f]{4}){1,2}$|^\\[tnrf]$/, code.toString(16));
  }
});

test('printable: letters, signs and ordinary blanks stay', () => {
  const text = 'größe 表 😀 é \\u001b "quotes" a b';
  assert.equal(printable(text), text);
  assert.equal(printable('a\nb\tc\u001b[2J'), 'a\\nb\\tc\\u001b[2J');
});

test('printable: what is long is cut, and says so', () => {
  const cut = printable('x'.repeat(3000));
  assert.equal(cut, `${'x'.repeat(2000)}… (3000 characters)`);
});

test('printable: a name shows its outer blanks', () => {
  assert.equal(printableName(' a b '), '\\u0020a b\\u0020');
});

test('printable: JSON means the same', () => {
  const value = { 'a\u009b': ['\u001b\u202e\u{e0041}', 'é😀', '\ud800'] };
  const text = printableJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.doesNotMatch(text, /[^\n -~é😀]/u);
});
