import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayMedians, delayRows, type IsolationResult, isolationTargets, stuckRows } from './isolation-result.ts';
import { isMet } from './targets.ts';

const ALONE = { p50: 5, p90: 8, p99: 10, max: 30 };
const MACHINE = { date: '', processor: '', cores: 1, memoryGB: 1, versions: {}, endpoint: '', loadAtStart: 0 };
const RESULT: IsolationResult = {
  machine: MACHINE,
  runs: 3,
  rate: 1000,
  seconds: 1,
  quietSeconds: 40,
  places: [
    { place: 'alone', label: 'alone', median: ALONE, samples: [ALONE] },
    { place: 'connectors', label: 'beside connectors', median: { ...ALONE, p99: 12 }, samples: [] },
    { place: 'partitions', label: 'beside partitions', median: { ...ALONE, p99: 13 }, samples: [] },
    { place: 'bare', label: 'the client', median: { ...ALONE, p99: 4 }, samples: [] },
    { place: 'bare-partitions', label: 'the client beside', median: { ...ALONE, p99: 6 }, samples: [] },
  ],
  stuck: { free: [100_000, 90_000, 110_000], stuck: [80_000, 95_000, 90_000] },
};

test('each figure has its own median', () => {
  const samples = [ALONE, { ...ALONE, p99: 14 }, { ...ALONE, p99: 13, p50: 4 }];
  assert.deepEqual(delayMedians(samples), { p50: 5, p90: 8, p99: 13, max: 30 });
});

test('what stands beside may cost a fifth of the delay and a tenth of the speed', () => {
  assert.deepEqual(isolationTargets(RESULT).map(isMet), [true, false, true]);
  const slower = { ...RESULT, stuck: { ...RESULT.stuck, stuck: [89_000] } };
  assert.deepEqual(isolationTargets(slower).map(isMet), [true, false, false]);
});

test('what was not measured has no verdict', () => {
  const nothing = { ...RESULT, places: [], stuck: { free: [100_000], stuck: [] } };
  assert.deepEqual(isolationTargets(nothing).map(isMet), [null, null, null]);
  assert.deepEqual(stuckRows(nothing).at(-1), ['the endpoint refuses the records of the eighth', '–']);
});

test('delays are shown beside those alone', () => {
  assert.deepEqual(delayRows(RESULT)[2], ['beside connectors', '5.0', '8.0', '12.0', '30.0', '1.20 ×']);
  assert.deepEqual(delayRows(RESULT)[5], ['the client beside', '5.0', '8.0', '6.0', '30.0', '1.50 ×']);
  assert.deepEqual(stuckRows(RESULT)[1], ['the endpoint takes all', '100,000']);
});
