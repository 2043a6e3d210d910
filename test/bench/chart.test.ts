import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barChart } from './chart.ts';

const CHART = barChart(
  'Speed <of> "it" & others',
  [
    {
      title: '1 KB & more',
      bars: [
        { label: 'limit', value: 800_000, kind: 'limit' },
        { label: 'half', value: 400_000, kind: 'native' },
      ],
    },
    { title: 'nothing', bars: [{ label: 'none', value: 0, kind: 'bento' }] },
  ],
  ['a footer'],
);

test('a chart is well-formed XML', () => {
  const open: string[] = [];
  const rest = CHART.replaceAll(/<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g, (_, closing, name, __, single) => {
    if (closing !== '') assert.equal(open.pop(), name);
    else if (single === '') open.push(name);
    return '';
  });
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(CHART, /&(?!amp;|lt;|gt;|quot;)/);
});

test('bars are in proportion within their group, and none leaves the picture', () => {
  const bars = [...CHART.matchAll(/<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)];
  const [first, second] = bars.map(bar => Number(bar[3]));
  assert.equal(bars.length, 3);
  assert.ok(Math.abs(first! / second! - 2) < 0.02);
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(CHART)!.map(Number);
  for (const [x, y, w, h] of bars.map(bar => bar.slice(1).map(Number) as [number, number, number, number])) {
    assert.ok(x + w < width! && y + h < height!);
  }
});

test('a chart says each figure', () => {
  for (const text of ['800,000', '400,000', 'a footer', '1 KB &amp; more'])
    assert.ok(CHART.includes(`>${text}<`), text);
});
