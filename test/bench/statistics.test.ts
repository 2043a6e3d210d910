import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile } from './statistics.ts';

test('a median stands in the middle, or between the two that do', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.throws(() => median([]), RangeError);
});

test('a percentile is the smallest value that enough others do not exceed', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(values, 0.5), 50);
  assert.equal(percentile(values, 0.99), 99);
  assert.equal(percentile(values, 1), 100);
  assert.equal(percentile([7], 0), 7);
  assert.throws(() => percentile([], 0.5), RangeError);
});

test('the values keep their order', () => {
  const values = [3, 1, 2];
  median(values);
  percentile(values, 0.5);
  assert.deepEqual(values, [3, 1, 2]);
});
