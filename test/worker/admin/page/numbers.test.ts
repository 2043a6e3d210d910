import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html } from '../../../../worker/admin/page/markup.ts';
import { age, ago, brief, bytes, count, duration, rate, short } from '../../../../worker/admin/page/numbers.ts';

test('numbers have three digits and a unit, and none is rounded up to the unit that follows', () => {
  for (const [value, text] of [
    [null, '–'],
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [999.6, '1.00k'],
    [1_000, '1.00k'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_999, '1.00M'],
    [2_100_900, '2.10M'],
    [-3_500, '−3.50k'],
    [0.1, '0.10'],
    [9.996, '10.0'],
    [99.96, '100'],
    [5e18, '5000P'],
  ] as const) {
    assert.equal(short(value), text, String(value));
  }
  assert.deepEqual([count(1_234_567), count(null)], ['1,234,567', '–']);
  assert.deepEqual([rate(0.001), rate(0.2), rate(null)], ['0', '0.20', '–']);
  assert.deepEqual(
    [bytes(0), bytes(1_023), bytes(1_023.9), bytes(1_536), bytes(null)],
    ['0 B', '1023 B', '1.00 KiB', '1.50 KiB', '–'],
  );
});

test('times are told in the units that people use', () => {
  for (const [ms, long, one] of [
    [0, '0 ms', '0 ms'],
    [0.85, '0.85 ms', '0.85 ms'],
    [41.3, '41 ms', '41 ms'],
    [1_480, '1.48 s', '1.48 s'],
    [303_000, '5 min 3 s', '5.05 min'],
    [3_600_000, '1 h', '1.00 h'],
    [7_800_000, '2 h 10 min', '2.17 h'],
    [273_600_000, '3 d 4 h', '3.17 d'],
  ] as const) {
    assert.deepEqual([duration(ms), brief(ms)], [long, one]);
  }
  assert.deepEqual([age(4_400), age(59_600), age(-3), age(null)], ['4 s', '1 min', '0 s', '–']);
  assert.deepEqual([ago(null, 9), ago(8_500, 10_000), ago(5_000, 10_000)], ['never', 'just now', '5 s ago']);
});

test('in a template every text is escaped, and nothing steers whoever reads the source', () => {
  const evil = `</td><script>"'&\u202e\u0000\u001b[2J`;
  assert.equal(
    html`<td title="${evil}">${evil}</td>`.text,
    '<td title="&lt;/td&gt;&lt;script&gt;&quot;&#39;&amp;[2J">&lt;/td&gt;&lt;script&gt;&quot;&#39;&amp;[2J</td>',
  );
  assert.equal(html`${[html`<b>${1}</b>`, null, false, 'x<', [html`<i></i>`]]}`.text, '<b>1</b>x&lt;<i></i>');
});
