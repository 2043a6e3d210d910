import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BACKOFF_CEILING_MS, BACKOFF_FLOOR_MS, backoff } from '../../connector/backoff.ts';
import { RETRY_AFTER_MAX_MS } from '../../connector/http/answers/retry-after.ts';

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempt = fc.integer({ min: 1, max: 1_000_000 });
const ms = fc.integer({ min: 1, max: 2 ** 31 });
const hint = fc.option(fc.integer({ min: 0, max: RETRY_AFTER_MAX_MS }));

describe('back-off', () => {
  it('stays within its bounds, far below the timer overflow (A19, A20)', () => {
    fc.assert(
      fc.property(attempt, hint, ms, ms, fraction, (tried, asked, base, max, random) => {
        const delay = backoff(tried, asked, base, max, () => random);
        assert.ok(Number.isInteger(delay));
        assert.ok(delay >= BACKOFF_FLOOR_MS && delay <= BACKOFF_CEILING_MS);
        assert.ok(delay >= (asked ?? 0), 'never earlier than the endpoint asked for');
        assert.ok(delay <= Math.max(BACKOFF_FLOOR_MS, (asked ?? 0) + max), 'never beyond the configured maximum');
      }),
      { numRuns: 1000 },
    );
  });

  it('has full jitter: from nothing to a bound that doubles up to the maximum', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 1000].map(tried => backoff(tried, null, 100, 1500, () => 1 - 2 ** -53));
    assert.deepEqual(bounds, [100, 200, 400, 800, 1500, 1500, 1500]);
    assert.equal(
      backoff(5, null, 100, 1500, () => 0),
      BACKOFF_FLOOR_MS,
    );
    assert.equal(
      backoff(5, null, 100, 1500, () => 0.5),
      750,
    );
  });

  it('never shrinks with the attempts (A19)', () => {
    fc.assert(
      fc.property(attempt, ms, ms, fraction, (tried, base, max, random) => {
        assert.ok(backoff(tried + 1, null, base, max, () => random) >= backoff(tried, null, base, max, () => random));
      }),
    );
  });

  it('puts its jitter on top of what the endpoint asked for', () => {
    assert.equal(
      backoff(1, 7000, 100, 1500, () => 0.5),
      7050,
    );
  });
});
