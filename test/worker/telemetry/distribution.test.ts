import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Counter, Histogram, Registry } from 'prom-client';
import {
  Distribution,
  emptyTally,
  MILLISECONDS,
  merge,
  quantile,
  RECORDS,
} from '../../../worker/telemetry/distribution.ts';
import { WeightedHistogram } from '../../../worker/telemetry/weighted-histogram.ts';

test('a quantile is that of all values, to the width of a bucket, and within what there was', () => {
  const values = fc.array(fc.double({ min: 0.1, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 0.999, noNaN: true }), (all, share) => {
      const distribution = new Distribution(MILLISECONDS);
      for (const value of all) distribution.add(value);
      const found = quantile(distribution.recent(), share)!;
      const exact = all.sort((a, b) => a - b)[Math.max(Math.ceil(share * all.length) - 1, 0)]!;
      assert(found >= all[0]! && found <= all.at(-1)!);
      assert(found / exact < 1.0906 && exact / found < 1.0906, `${found} for ${exact}`);
    }),
  );
  assert.equal(quantile(emptyTally(RECORDS), 0.5), null);
});

test('weights count as as many values; tallies of tasks add up', () => {
  const [one, other] = [new Distribution(RECORDS), new Distribution(RECORDS)];
  one.add(7, 99);
  other.add(100_000);
  const all = emptyTally(RECORDS);
  for (const each of [one, other]) merge(all, each.recent());
  assert.deepEqual([all.count, all.sum, quantile(all, 0.5), quantile(all, 1)], [100, 100_693, 7, 100_000]);
});

test('about the last minute counts, and what is older is gone', () => {
  const distribution = new Distribution(RECORDS);
  distribution.add(5);
  assert.equal(distribution.step().count, 1);
  assert.equal(distribution.step().count, 0, 'a step has its own');
  for (let step = 0; step < 4; step++) distribution.step();
  assert.equal(distribution.recent().count, 1, 'thirty seconds later');
  for (let step = 0; step < 7; step++) distribution.step();
  assert.equal(distribution.recent().count, 0, 'sixty-five seconds later');
});

test('buckets of the histogram in /metrics are bounds here too', () => {
  for (const bound of [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000])
    assert(RECORDS.includes(bound), String(bound));
  assert.deepEqual(
    [...RECORDS],
    [...RECORDS].sort((a, b) => a - b),
  );
});

test('the histogram writes what prom-client’s own does', async () => {
  const buckets = [0.1, 1, 10];
  const [own, theirs] = [new Registry(), new Registry()];
  const mine = new WeightedHistogram({ name: 'h', help: 'What "it" is.', buckets });
  own.registerMetric(mine as unknown as Counter);
  const reference = new Histogram({
    name: 'h',
    help: 'What "it" is.',
    buckets,
    labelNames: ['a', 'b'],
    registers: [theirs],
  });
  for (const [value, weight, labels] of [
    [0.1, 1, { a: 'x"y', b: '0' }],
    [0.5, 3, { b: '0', a: 'x"y' }],
    [11, 2, { a: 'x"y', b: '0' }],
    [1, 1, { a: 'z', b: '1' }],
  ] as const) {
    mine.labels(labels).observe(value, weight);
    for (let count = 0; count < weight; count++) reference.labels(labels).observe(value);
  }
  assert.equal(await own.metrics(), await theirs.metrics());
  mine.remove({ b: '0', a: 'x"y' });
  reference.remove({ a: 'x"y', b: '0' });
  assert.equal(await own.metrics(), await theirs.metrics());
});
