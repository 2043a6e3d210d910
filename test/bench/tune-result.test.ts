import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMet } from './targets.ts';
import { type TuneBenchResult, type TunedEndpoint, tuneRows, tuneTargets } from './tune-result.ts';

const MACHINE = { date: '', processor: '', cores: 1, memoryGB: 1, versions: {}, endpoint: '', loadAtStart: 0 };
const ENDPOINT: TunedEndpoint = {
  endpoint: 'latency=20ms',
  recommended: { batch: 1_000, inFlight: 8, recordsPerSecond: [96_000, 95_000, 10_000] },
  predicted: 100_000,
  best: [
    { batch: 1_000, inFlight: 16, recordsPerSecond: [90_000] },
    { batch: 10_000, inFlight: 8, recordsPerSecond: [1, 100_000, 101_000] },
  ],
  requests: 1_234,
  seconds: 60,
};
const RESULT: TuneBenchResult = { machine: MACHINE, runs: 3, endpoints: [ENDPOINT] };

test('medians are compared with the best of the grid and with what was predicted', () => {
  assert.deepEqual(tuneRows(RESULT).at(-1), [
    '`latency=20ms`',
    '100,000 (10,000 × 8)',
    '95,000 (1,000 × 8)',
    '0.95 ×',
    '100,000',
    '+5.3 %',
    '1,234',
    '60',
  ]);
  assert.deepEqual(tuneTargets(RESULT).map(isMet), [true, true]);
});

test('the worst of the endpoints decides', () => {
  const slow = { ...ENDPOINT, recommended: { ...ENDPOINT.recommended, recordsPerSecond: [94_000] }, predicted: 75_000 };
  assert.deepEqual(tuneTargets({ ...RESULT, endpoints: [ENDPOINT, slow] }).map(isMet), [false, false]);
  assert.deepEqual(tuneTargets({ ...RESULT, endpoints: [] }).map(isMet), [null, null]);
});
