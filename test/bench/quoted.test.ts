import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote, sections } from './quoted.ts';
import { markdown } from './report.ts';
import { caseResult } from './results.ts';
import type { Sample } from './sample.ts';

const SAMPLE: Sample = {
  recordsPerSecond: 791_234,
  coldRecordsPerSecond: 512_345,
  cpuSecondsPerMillion: 1.74,
  peakMB: 180,
  requests: 4000,
  startSeconds: 0.5,
  startCpuSeconds: 0.4,
  joinSeconds: null,
};
const MACHINE = {
  date: '2026-01-02',
  processor: 'Some CPU',
  cores: 2,
  memoryGB: 24,
  versions: { Node: 'v20' },
  endpoint: 'nginx 1',
  loadAtStart: 0,
};
const CASE = caseResult('1KB/native-json-500', 'Tailrace', 'tailrace', 2_000_000, [SAMPLE]);
const BENCH = {
  machine: MACHINE,
  runs: 3,
  scenes: [{ name: '1KB', title: '1KB records', cases: [CASE] }],
  outage: { seconds: 60, backlog: 1_000_000, recordBytes: 1024, peakMB: 190.4 },
  targets: [],
};

const NOTHING = { bench: null, growth: null, isolation: null, latency: null, transforms: null, tune: null };

test('documents quote figures with the machine and the date', () => {
  const { headline, bench } = sections({ ...NOTHING, bench: BENCH });
  for (const text of ['791,000 (1.7)', '2026-01-02', 'Some CPU', 'nginx 1', 'medians of 3']) {
    assert.ok(headline!.includes(text), text);
  }
  assert.match(bench!, /\| Tailrace +\| +791,000 \| 512,000 \| +1\.74 \| +180 \|/);
  assert.match(bench!, /1,000,000 records of 1024 B waiting: peak 190 MB/);
});

test('chains are quoted short and whole, with their targets', () => {
  const scene = (id: string) => ({ name: id, title: id, cases: [caseResult(id, '', '', 1, [SAMPLE])] });
  const scenes = ['220B/mask/connect', '220B/mask/tailrace'].map(scene);
  const known = sections({ ...NOTHING, transforms: { machine: MACHINE, runs: 3, scenes } });
  for (const name of ['transforms', 'transformsHeadline']) {
    for (const text of ['MaskField', '791,000', 'Some CPU', 'medians of 3'])
      assert.ok(known[name]!.includes(text), text);
  }
  assert.match(known['transforms']!, /usual chains: least records.s.*\| +1\.00 × \| at least 2\.50 × \| +MISSED \|/);
});

test('what was never measured says how to measure it', () => {
  const all = sections(NOTHING);
  for (const [name, task] of [
    ['headline', 'bench'],
    ['bench', 'bench'],
    ['latency', 'bench-latency'],
    ['growth', 'bench-growth'],
    ['isolation', 'bench-isolation'],
    ['transforms', 'bench-transforms'],
    ['transformsHeadline', 'bench-transforms'],
  ] as const) {
    assert.ok(all[name]!.includes(`\`make ${task}\``), name);
  }
});

test('only what stands between the markers is written anew', () => {
  const document =
    'before\n<!-- figures: a -->\nold\n<!-- end of figures -->\nbetween\n<!-- figures: b -->\n<!-- end of figures -->\n';
  const once = quote(document, { a: 'A $1', b: 'B' });
  assert.match(once, /^before\n<!-- figures: a -->\n\nA \$1\n\n<!-- end of figures -->\nbetween\n/);
  assert.equal(quote(once, { a: 'A $1', b: 'B' }), once);
});

test('a marker nobody knows and a document without one are faults', () => {
  assert.throws(() => quote('<!-- figures: x -->\n<!-- end of figures -->', { a: '' }), /called "x"/);
  assert.throws(() => quote('nothing', { a: '' }), /quotes no figures/);
});

test('a table in Markdown has a rule as wide as its columns', () => {
  assert.equal(
    markdown([
      ['name', 'n'],
      ['a', '12,345'],
    ]),
    '| name |      n |\n| ---- | -----: |\n| a    | 12,345 |',
  );
});
