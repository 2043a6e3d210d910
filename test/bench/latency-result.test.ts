import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LatencySample, latencyMedians, latencyRows, latencyTargets } from './latency-result.ts';
import { recordsOf } from './stopwatch.ts';
import { isMet } from './targets.ts';

const SAMPLE: LatencySample = { records: 1000, requests: 100, p50: 7, p90: 11, p99: 14, max: 20, idleCpuPercent: null };
const SAMPLES = [
  SAMPLE,
  { ...SAMPLE, p99: 18, requests: 50, idleCpuPercent: 0.4 },
  { ...SAMPLE, p99: 13, requests: 200 },
];
const MACHINE = { date: '', processor: '', cores: 1, memoryGB: 1, versions: {}, endpoint: '', loadAtStart: 0 };
const RESULT = {
  machine: MACHINE,
  runs: 3,
  rate: 1000,
  seconds: 1,
  lingerMs: 10,
  contenders: [{ name: 'Tailrace', median: latencyMedians(SAMPLES), samples: SAMPLES }],
};

test('idle time counts where it was measured', () => {
  assert.deepEqual(latencyMedians(SAMPLES), {
    recordsPerRequest: 10,
    p50: 7,
    p90: 11,
    p99: 14,
    max: 20,
    idleCpuPercent: 0.4,
  });
  assert.equal(latencyMedians([SAMPLE]).idleCpuPercent, null);
});

test('low traffic has targets of its own', () => {
  assert.deepEqual(latencyTargets(RESULT).map(isMet), [true, true, true]);
  assert.deepEqual(latencyTargets({ ...RESULT, contenders: [] }).map(isMet), [null, null, null]);
  assert.deepEqual(latencyRows(RESULT)[1], ['Tailrace', '7.0', '11.0', '14.0', '20.0', '10.0', '0.40']);
});

test('a body is an array, a record a line, or has a comma behind each', () => {
  const records = [
    { i: 1, t: 2 },
    { i: 3, t: 4 },
  ];
  assert.deepEqual(recordsOf(JSON.stringify(records)), records);
  assert.deepEqual(recordsOf(`${records.map(each => JSON.stringify(each)).join('\n')}\n`), records);
  assert.deepEqual(recordsOf(records.map(each => `${JSON.stringify(each)},`).join('')), records);
});
