import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArrivalCount, awaitArrivals, Tally } from './access-log.ts';

const LINES = ['100.000 1106 200 /fast/a', '100.250 447 200 /fast/b', '100.500 2211 200 /fast/a', ''].join('\n');

test('a path below counts, a longer name does not; requests can be told by their number', () => {
  const count = new ArrivalCount('/fast/a', { recordBytes: 10, recordsEach: 7, warmUp: 0 });
  count.add('1.000 50 200 /fast/a\n1.001 9 200 /fast/a/shop\n1.002 9 200 /fast/ab\n');
  assert.deepEqual([count.arrivals.requests, count.arrivals.records], [2, 14]);
});

test('requests of one path are counted, whatever stands between the records', () => {
  const array = new ArrivalCount('/fast/a', { recordBytes: 220, warmUp: 0 });
  array.add(LINES);
  assert.deepEqual(array.arrivals, {
    first: 100_000,
    warm: 100_000,
    last: 100_500,
    requests: 2,
    records: 15,
    firstRecords: 5,
    warmRecords: 5,
  });
  const lines = new ArrivalCount('/x', { recordBytes: 220, warmUp: 0 });
  lines.add('1.000 1104 200 /x\n2.000 1105 200 /x\n');
  assert.equal(lines.arrivals.records, 10);
});

test('a line may come in pieces', () => {
  const count = new ArrivalCount('/fast/a', { recordBytes: 220, warmUp: 0 });
  for (const char of LINES) count.add(char);
  assert.equal(count.arrivals.records, 15);
});

test('the warm-up ends with the request that completes it', () => {
  const tally = new Tally(25);
  for (const at of [1, 2, 3, 4]) tally.add(10, at);
  const { first, warm, last, firstRecords, warmRecords, records } = tally.arrivals;
  assert.deepEqual([first, warm, last], [1, 3, 4]);
  assert.deepEqual([firstRecords, warmRecords, records], [10, 30, 40]);
});

test('another answer than 200 spoils the run', () => {
  const count = new ArrivalCount('/x', { recordBytes: 10, warmUp: 0 });
  assert.throws(() => count.add('1.000 11 503 /x\n'), /answered 503/);
});

test('bytes tell records exactly where it is known how full the fullest request is', () => {
  const exact = { recordBytes: 9, fullest: 500, warmUp: 0 };
  const counted = (...bytes: number[]): ArrivalCount => {
    const count = new ArrivalCount('/x', exact);
    for (const each of bytes) count.add(`1.000 ${each} 200 /x\n`);
    return count;
  };
  const whole = counted(4999, 5000, 5001, 30);
  whole.check();
  assert.equal(whole.arrivals.records, 1503);
  // Records of 12, 10 and 8 bytes, 500 or 499 a request.
  assert.throws(() => counted(499 * 13), /no body of up to 500 records of 9 B has 6487 B/);
  assert.throws(() => counted(500 * 11), /no body of up to 500 records of 9 B has 5500 B/);
  assert.throws(() => counted(500 * 9).check(), /the fullest request holds 450 records of 9 B, not 500/);
});

test('waiting ends when all records are there, or when there is no hope', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-bench-test-'));
  try {
    const logFile = join(directory, 'access.log');
    const before = '1.000 111 200 /x\n';
    await writeFile(logFile, before);
    const awaited = { logFile, from: before.length, path: '/x', records: 20, recordBytes: 10, warmUp: 5 };
    const waiting = awaitArrivals(awaited, new AbortController().signal);
    await appendFile(logFile, '2.000 111 200 /x\n');
    await appendFile(logFile, '3.500 111 200 /x\n');
    assert.deepEqual(await waiting, {
      first: 2000,
      warm: 2000,
      last: 3500,
      requests: 2,
      records: 20,
      firstRecords: 10,
      warmRecords: 10,
    });
    const hopeless = awaitArrivals({ ...awaited, records: 21 }, AbortSignal.abort(new Error('the process ended')));
    await assert.rejects(hopeless, /\d+ of 21 records arrived at \/x/);
  } finally {
    await rm(directory, { recursive: true });
  }
});
