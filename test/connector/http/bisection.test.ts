import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { answer, Bench, numbered, numbersOf, recordsOf } from './fixtures.ts';

/** Slices of one batch, and which of its records the endpoint finds bad. */
const scene = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }).chain(sizes => {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return fc.record({ sizes: fc.constant(sizes), bad: fc.uniqueArray(fc.nat(total - 1), { maxLength: 6 }) });
});

function count(to: number): number[] {
  return Array.from({ length: to }, (_, i) => i);
}

function pickyBench(bad: readonly number[], tolerance: 'none' | 'all'): Bench {
  const isBad = new Set(bad);
  return new Bench(request => answer(numbersOf(request).some(record => isBad.has(record)) ? 400 : 200), { tolerance });
}

describe('bisection', () => {
  it('isolates every bad record and delivers all others, in order, within its bound (A14, A15)', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ sizes, bad }) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const bench = pickyBench(bad, 'all');
        const { verdicts, end } = await bench.deliver(numbered(...sizes));
        assert.equal(end.kind, 'done');
        assert.deepEqual(
          recordsOf(verdicts, 'rejected'),
          bad.toSorted((a, b) => a - b),
        );
        assert.deepEqual(
          recordsOf(verdicts, 'delivered'),
          count(total).filter(record => !bad.includes(record)),
        );
        assert.ok(bench.transport.requests.length <= 1 + 2 * bad.length * Math.ceil(Math.log2(total)));
        const confirmed = bench.transport.requests.map(numbersOf).filter(sent => !sent.some(r => bad.includes(r)));
        assert.deepEqual(
          confirmed.flat(),
          count(total).filter(record => !bad.includes(record)),
          'what was confirmed was confirmed in order',
        );
      }),
      { numRuns: 300 },
    );
  });

  it('halts at the first bad record with everything before it delivered, and nothing behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        scene.filter(({ bad }) => bad.length > 0),
        async ({ sizes, bad }) => {
          const bench = pickyBench(bad, 'none');
          const { verdicts, end } = await bench.deliver(numbered(...sizes));
          const first = Math.min(...bad);
          assert.equal(end.kind, 'halted');
          assert.deepEqual(recordsOf(verdicts, 'rejected'), [first]);
          assert.deepEqual(recordsOf(verdicts, 'delivered'), count(first));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps to the same outcome through outages and lost slices', async () => {
    const faults = fc.array(fc.constantFrom(null, null, 503, 429, 408), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(scene, faults, fc.nat(4), fc.nat(8), async ({ sizes, bad }, failures, lost, when) => {
        const isBad = new Set(bad);
        const batch = numbered(...sizes);
        const bench = new Bench((request, n) => {
          if (n === when + 1) batch.items[lost % sizes.length]!.detached = true;
          const fault = failures[n - 1] ?? null;
          return answer(fault ?? (numbersOf(request).some(record => isBad.has(record)) ? 422 : 200));
        });
        const { verdicts, end } = await bench.deliver(batch);
        assert.equal(end.kind, 'done');
        for (const [i, item] of batch.items.entries()) {
          const own = verdicts.filter(verdict => verdict.item === item);
          const records = [...recordsOf(own, 'delivered'), ...recordsOf(own, 'rejected')].toSorted((a, b) => a - b);
          const begin = sizes.slice(0, i).reduce((sum, size) => sum + size, 0);
          const all = count(sizes[i]!).map(record => begin + record);
          if (item.detached) assert.deepEqual(records, all.slice(0, records.length), 'an unbroken beginning');
          else assert.deepEqual(records, all, 'each record exactly once');
          for (const record of recordsOf(own, 'rejected')) assert.ok(isBad.has(record));
          for (const record of recordsOf(own, 'delivered')) assert.ok(!isBad.has(record));
          assert.ok(
            own.every((verdict, k) => k === 0 || verdict.start === own[k - 1]!.end),
            'ascending',
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
