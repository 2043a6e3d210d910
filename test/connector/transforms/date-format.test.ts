import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { javaDateFormat } from '../../../connector/java/date-format.ts';

const DAY_MS = 86_400_000;

/** The texts of days are kept from one moment to the next. */
test('a format writes each moment as if it were the first', () => {
  const moment = fc.oneof(
    fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
    fc.integer({ min: -62_135_596_800_000, max: 32_500_000_000_000 }),
  );
  for (const pattern of [
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "h 'o''clock' a, EEEE d MMMM G",
    'HH:mm',
    'YYYY-ww-u DDD kk',
    "'x'",
  ]) {
    const format = (): ((ms: number) => string) => javaDateFormat(pattern, () => 0).format;
    const kept = format();
    fc.assert(
      fc.property(moment, fc.constantFrom(0, 1, DAY_MS - 1, DAY_MS, -1), (ms, after) => {
        for (const each of [ms, ms + after, ms]) assert.equal(kept(each), format()(each));
      }),
      { numRuns: 500 },
    );
  }
});
