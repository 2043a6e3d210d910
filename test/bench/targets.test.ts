import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetRows } from './report.ts';
import type { Sample } from './sample.ts';
import { isMet, judge } from './targets.ts';

function sample(figures: Partial<Sample>): Sample {
  return {
    recordsPerSecond: 1,
    coldRecordsPerSecond: null,
    cpuSecondsPerMillion: 1,
    peakMB: 1,
    requests: 1,
    startSeconds: 1,
    startCpuSeconds: 1,
    joinSeconds: null,
    ...figures,
  };
}

const MEASURED: Readonly<Record<string, Sample>> = {
  '1KB/native-json-500': sample({ recordsPerSecond: 720, cpuSecondsPerMillion: 2, peakMB: 190, startSeconds: 0.75 }),
  '1KB/bento-500': sample({ recordsPerSecond: 600, cpuSecondsPerMillion: 2 }),
  '1KB/limit-block-check': sample({ recordsPerSecond: 800 }),
  '1KB/limit-consume': sample({ joinSeconds: 0.25 }),
  'requests/native-envelope-500': sample({ recordsPerSecond: 500 }),
  'requests/native-adobe-500': sample({ recordsPerSecond: 490, peakMB: 150 }),
  'slow/native-json-500': sample({ recordsPerSecond: 350, peakMB: 210 }),
  'slow/bento-500-ordered': sample({ recordsPerSecond: 50 }),
};

test('a file of another sink is judged where it was measured', () => {
  const all: typeof MEASURED = { ...MEASURED, '1KB/native-aiven-500': sample({ recordsPerSecond: 750 }) };
  const files = judge({ find: id => all[id] ?? null, outageMB: null }).filter(({ what }) => /Aiven/.test(what));
  assert.deepEqual(
    files.map(verdict => [verdict.what, verdict.value, isMet(verdict)]),
    [["1KB, a file of Aiven's sink: records/s, of Bento's", 1.25, true]],
  );
  assert(judge({ find: id => MEASURED[id] ?? null, outageMB: null }).every(({ what }) => !/Aiven/.test(what)));
});

test('targets are ratios of medians of one run', () => {
  const verdicts = judge({ find: id => MEASURED[id] ?? null, outageMB: 180 });
  const of = (what: string) => {
    const verdict = verdicts.find(each => each.what === what)!;
    return [verdict.value, isMet(verdict)];
  };
  assert.deepEqual(of("1KB: records/s, of Bento's"), [1.2, true]);
  assert.deepEqual(of("1KB: records/s, of the limit's"), [0.9, true]);
  assert.deepEqual(of("1KB: CPU per record, of Bento's"), [1, false]);
  assert.deepEqual(of("slow endpoint: records/s, of Bento's in order"), [7, true]);
  assert.deepEqual(of("a file of Adobe's connector: records/s, of our own envelope's"), [0.98, true]);
  assert.deepEqual(of('peak memory in these runs'), [210, false]);
  assert.deepEqual(of('peak memory, endpoint down'), [180, true]);
  assert.deepEqual(of('start to first request, beyond the join'), [0.5, true]);
});

test('what was not measured is neither met nor missed', () => {
  const verdicts = judge({ find: () => null, outageMB: null });
  assert.ok(verdicts.every(verdict => verdict.value === null && isMet(verdict) === null));
  assert.ok(
    targetRows(verdicts)
      .slice(1)
      .every(row => row.at(-1) === 'not measured'),
  );
});

test('a bound itself is met, whichever side it bounds', () => {
  const verdict = { what: '', value: 5, target: 5, unit: '' } as const;
  assert.equal(isMet({ ...verdict, bound: 'at least' }), true);
  assert.equal(isMet({ ...verdict, bound: 'at most' }), true);
  assert.equal(isMet({ ...verdict, bound: 'at least', target: 6 }), false);
  assert.equal(isMet({ ...verdict, bound: 'at most', target: 4 }), false);
});
