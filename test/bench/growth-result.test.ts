import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthRows, growthTargets, type SeriesResult } from './growth-result.ts';
import type { Sample } from './sample.ts';
import { isMet } from './targets.ts';

function step(label: string, recordBytes: number, cpuSecondsPerMillion: number): SeriesResult['steps'][number] {
  const median: Sample = {
    recordsPerSecond: 1000,
    coldRecordsPerSecond: null,
    cpuSecondsPerMillion,
    peakMB: 100,
    requests: 1,
    startSeconds: 1,
    startCpuSeconds: 1,
    joinSeconds: null,
  };
  return { label, records: 1, recordBytes, partitions: 8, connectors: 1, tasks: 1, median, samples: [median] };
}

const PARTITIONS: SeriesResult = {
  name: 'partitions',
  title: 'partitions',
  per: 'record',
  steps: [step('1', 220, 2), step('64', 220, 3), step('512', 220, 2.5)],
};
const SIZE: SeriesResult = {
  name: 'size',
  title: 'size',
  per: 'byte',
  steps: [step('100', 100, 1), step('1000', 1000, 5)],
};
const MACHINE = { date: '', processor: '', cores: 1, memoryGB: 1, versions: {}, endpoint: '', loadAtStart: 0 };

test('growth is judged from one end to the other', () => {
  const [partitions, size] = growthTargets({ machine: MACHINE, runs: 1, series: [PARTITIONS, SIZE] });
  assert.equal(partitions!.value, 1.25);
  assert.equal(isMet(partitions!), false);
  assert.equal(size!.value, 0.5, 'per byte, not per record');
  assert.equal(isMet(size!), true);
});

test('the memory of a long backlog is held against that of a shorter one, which has filled all buffers', () => {
  const [short, full, long] = [step('1', 220, 3), step('10', 220, 2), step('100', 220, 1)];
  const grown = { ...long, median: { ...long.median, peakMB: 120 } };
  const series = { name: 'backlog', title: 'backlog', per: 'record', steps: [short, full, grown] } as const;
  const [, memory] = growthTargets({ machine: MACHINE, runs: 1, series: [series] });
  assert.equal(memory!.value, 1.2);
  assert.equal(isMet(memory!), false);
});

test('each step is shown beside the first', () => {
  assert.deepEqual(
    growthRows(PARTITIONS).map(row => row.at(-1)),
    ['of the first', '1.00 ×', '1.50 ×', '1.25 ×'],
  );
});

test('what each connector or task more takes is shown where the memory grows with them', () => {
  const [one, four] = [step('1', 220, 2), step('4', 220, 2)];
  const grown = { ...four, tasks: 4, median: { ...four.median, peakMB: 190 } };
  const rows = growthRows({ name: 'tasks', title: 'tasks', per: 'record', each: 'task', steps: [one, grown] });
  const column = rows[0]!.indexOf('MB for each task more');
  assert.deepEqual(
    rows.slice(1).map(row => row[column]),
    ['', '30.0'],
  );
  assert.equal(growthRows(PARTITIONS)[0]!.length, rows[0]!.length - 1);
});
