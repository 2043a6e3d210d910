import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseImfFixdate, RETRY_AFTER_MAX_MS, retryAfter } from '../../../connector/http/answers/retry-after.ts';

const WALL = Date.UTC(2026, 0, 1, 12);

function read(value: string | string[] | undefined, date?: string): number | null {
  const headers: Record<string, string | string[]> = {};
  if (value !== undefined) headers['retry-after'] = value;
  if (date !== undefined) headers['date'] = date;
  return retryAfter(headers, WALL);
}

describe('Retry-After', () => {
  const table: [said: string | string[] | undefined, ms: number | null][] = [
    [undefined, null],
    ['0', 0],
    ['1', 1000],
    ['007', 7000],
    ['300', 300_000],
    ['301', 300_000],
    ['999999999', 300_000],
    ['9999999999', null],
    ['999999999999999999999', null],
    ['', null],
    [' 3', null],
    ['3 ', null],
    ['-1', null],
    ['+1', null],
    ['1.5', 1500],
    ['2.0', 2000],
    ['0.0001', 1],
    ['1.', null],
    ['.5', null],
    ['1.5.5', null],
    ['1e3', null],
    ['0x10', null],
    ['Infinity', null],
    ['NaN', null],
    ['1,2', null],
    [['1', '2'], 2000],
    [['3', 'soon', '2'], 3000],
    [['soon', ''], null],
    [[], null],
    [['1'], 1000],
    ['1\n', null],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:59:00 GMT', 0],
    ['Fri, 01 Jan 2027 00:00:00 GMT', 300_000],
    ['Thu, 1 Jan 2026 12:00:30 GMT', null],
    ['Thu, 01 Jan 2026 12:00:30 UTC', null],
    ['Thu, 01 Jan 2026 24:00:00 GMT', null],
    ['Sat, 30 Feb 2026 12:00:00 GMT', null],
    ['Thursday, 01-Jan-26 12:00:30 GMT', null],
    ['2026-01-01T12:00:30Z', null],
  ];
  for (const [said, ms] of table) {
    it(`${JSON.stringify(said)} is ${ms === null ? 'no hint' : `${ms} ms`}`, () => assert.equal(read(said), ms));
  }

  it("counts a date from the answer's own date, so that a wrong clock does not matter", () => {
    assert.equal(read('Sun, 01 Jan 2090 00:00:20 GMT', 'Sun, 01 Jan 2090 00:00:00 GMT'), 20_000);
    assert.equal(read('Thu, 01 Jan 2026 12:00:05 GMT', 'no date'), 5_000);
  });

  it('reads every date that JavaScript writes', () => {
    const date = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, when => {
        assert.equal(parseImfFixdate(when.toUTCString()), Math.floor(when.getTime() / 1000) * 1000);
      }),
      { numRuns: 1000 },
    );
  });

  it('never gives anything but a wait within its bounds (A20)', () => {
    const text = fc.oneof(fc.string(), fc.integer().map(String), fc.stringMatching(/^[0-9eEx.+-]{0,12}$/));
    fc.assert(
      fc.property(fc.oneof(text, fc.array(text)), text, (said, date) => {
        const ms = read(said, date);
        assert.ok(ms === null || (Number.isInteger(ms) && ms >= 0 && ms <= RETRY_AFTER_MAX_MS));
      }),
      { numRuns: 1000 },
    );
  });
});
