import assert from 'node:assert/strict';
import { test } from 'node:test';
import { medians, type Sample, toSample } from './sample.ts';
import { usageOf } from './usage.ts';
import { cpuSecondsAt, peakMBAt } from './usage-trace.ts';

const POINTS = [
  { at: 1000, cpuSeconds: 1, peakMB: 50 },
  { at: 2000, cpuSeconds: 2, peakMB: 80 },
  { at: 4000, cpuSeconds: 3, peakMB: 90 },
  { at: 6000, cpuSeconds: 3, peakMB: 300 },
];

test('CPU time is read between two points in proportion', () => {
  assert.equal(cpuSecondsAt(POINTS, 1500), 1.5);
  assert.equal(cpuSecondsAt(POINTS, 3000), 2.5);
  assert.equal(cpuSecondsAt(POINTS, 0), 1);
  assert.equal(cpuSecondsAt(POINTS, 9000), 3);
});

test('memory counts until the last request', () => {
  assert.equal(peakMBAt(POINTS, 3000), 90);
  assert.equal(peakMBAt(POINTS, 9000), 300);
});

test('what came with the warm-up was before the time that is measured', () => {
  const arrivals = {
    first: 1000,
    warm: 2000,
    last: 4000,
    requests: 3,
    records: 1500,
    firstRecords: 100,
    warmRecords: 500,
  };
  const sample = toSample(500, arrivals, POINTS, 0.1);
  assert.deepEqual(sample, {
    recordsPerSecond: 500,
    coldRecordsPerSecond: 400,
    cpuSecondsPerMillion: 1000,
    peakMB: 90,
    requests: 3,
    startSeconds: 0.5,
    startCpuSeconds: 1,
    joinSeconds: 0.1,
  });
});

test('a single request says nothing about speed', () => {
  const count = { records: 500, firstRecords: 500, warmRecords: 500 };
  const arrivals = { first: 1000, warm: 1000, last: 1000, requests: 1, ...count };
  assert.throws(() => toSample(500, arrivals, POINTS, null), RangeError);
});

test('each figure has a median of its own', () => {
  const sample = (recordsPerSecond: number, peakMB: number, joinSeconds: number | null): Sample => ({
    recordsPerSecond,
    coldRecordsPerSecond: null,
    peakMB,
    joinSeconds,
    cpuSecondsPerMillion: 1,
    requests: 1,
    startSeconds: 1,
    startCpuSeconds: 1,
  });
  const { recordsPerSecond, peakMB, joinSeconds } = medians([sample(1, 30, null), sample(3, 10, 2), sample(2, 20, 4)]);
  assert.deepEqual([recordsPerSecond, peakMB, joinSeconds], [2, 20, 3]);
});

test('a process has a cost, and one that is gone has none', { skip: process.platform !== 'linux' }, () => {
  const usage = usageOf(process.pid)!;
  assert.ok(usage.cpuSeconds > 0 && usage.peakMB > 10);
  assert.equal(usageOf(2 ** 30), null);
});
