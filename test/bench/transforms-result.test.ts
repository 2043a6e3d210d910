import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseResult } from './results.ts';
import type { Sample } from './sample.ts';
import { isMet } from './targets.ts';
import { CHAINS } from './transform-chains.ts';
import { transformsHeadlineRows, transformsRows, transformsTables, transformsTargets } from './transforms-result.ts';

const SAMPLE: Sample = {
  recordsPerSecond: 100_000,
  coldRecordsPerSecond: null,
  cpuSecondsPerMillion: 20,
  peakMB: 900,
  requests: 1,
  startSeconds: 1,
  startCpuSeconds: 1,
  joinSeconds: null,
};
const MACHINE = { date: '', processor: '', cores: 1, memoryGB: 1, versions: {}, endpoint: '', loadAtStart: 0 };

type Figures = readonly [recordsPerSecond: number, cpuSecondsPerMillion: number, peakMB: number];

/** @param measured the figures by case */
function resultOf(measured: Readonly<Record<string, Figures>>) {
  const cases = Object.entries(measured).map(([id, [recordsPerSecond, cpuSecondsPerMillion, peakMB]]) => {
    const sample = { ...SAMPLE, recordsPerSecond, cpuSecondsPerMillion, peakMB };
    return caseResult(id, '', '', 1000, [sample]);
  });
  return { machine: MACHINE, runs: 1, scenes: [{ name: '', title: '', cases }] };
}

const RESULT = resultOf({
  '220B/mask/connect': [100_000, 20, 900],
  '220B/mask/tailrace': [300_000, 4, 150],
  '220B/hoist/connect': [100_000, 20, 950],
  '220B/hoist/tailrace': [250_000, 6, 201],
  '220B/flatten/connect': [100_000, 20, 900],
  '220B/flatten/tailrace': [120_000, 10, 150],
  '220B/raw/connect': [400_000, 9, 900],
  '220B/raw/bento': [500_000, 2, 120],
  '220B/raw/tailrace': [550_000, 1.5, 150],
});

test('of each kind of chain the worst one is judged, by speed and by CPU', () => {
  const verdicts = transformsTargets(RESULT).filter(({ value }) => value !== null);
  assert.deepEqual(
    verdicts.map(verdict => [verdict.what, verdict.value, isMet(verdict)]),
    [
      ["220B, usual chains: least records/s, of Kafka Connect's (HoistField)", 2.5, true],
      ["220B, usual chains: most CPU per record, of Kafka Connect's (HoistField)", 0.3, false],
      ["220B, other chains and schemas: least records/s, of Kafka Connect's (Flatten)", 1.2, true],
      ["220B, other chains and schemas: most CPU per record, of Kafka Connect's (Flatten)", 0.5, true],
      ["220B, texts as they are: records/s, of Bento's", 1.1, false],
      ['peak memory of Tailrace in all of these', 201, false],
    ],
  );
});

test('what was not measured is neither met nor missed', () => {
  const verdicts = transformsTargets(resultOf({}));
  assert.ok(verdicts.every(verdict => isMet(verdict) === null));
  assert.equal(verdicts.length, 2 * 2 * 2 + 2 + 1);
});

test('a row has both workers and what one is of the other', () => {
  const rows = transformsRows(RESULT, '220B');
  const of = (label: string, beside: string) => rows.find(row => row[0] === label && row[1] === beside)?.slice(2);
  assert.deepEqual(of('HoistField', 'Kafka Connect'), [
    ...['100,000', '20.00', '950'],
    ...['250,000', '6.00', '201'],
    ...['2.50 ×', '0.30 ×'],
  ]);
  assert.deepEqual(of('texts as they are', 'Bento')?.slice(-2), ['1.10 ×', '0.75 ×']);
  assert.equal(rows.length, 1 + 4 + 1);
  assert.deepEqual(transformsTables(RESULT), [rows]);
});

test('a case that failed leaves a gap', () => {
  const [, row] = transformsRows(resultOf({ '1KB/mask/tailrace': [300_000, 4, 150] }), '1KB');
  assert.deepEqual(row!.slice(2), ['–', '–', '–', '300,000', '4.00', '150', '–', '–']);
});

test('the short table has a row for each chain', () => {
  const rows = transformsHeadlineRows(RESULT);
  assert.equal(rows.length, 1 + CHAINS.length);
  const hoist = rows.find(([label]) => label === 'HoistField');
  assert.deepEqual(hoist, ['HoistField', '100,000 (20.0)', '250,000 (6.0)', '–', '–']);
});
