import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OptionKind, OptionSpec } from '../../../worker/cli/command-spec.ts';
import { parseTime, renderTime } from '../../../worker/cli/times.ts';
import { readValue, wantedBy } from '../../../worker/cli/values.ts';

/** 2026-01-31T12:00:00Z */
const NOW = 1_769_860_800_000;

function option(kind: OptionKind, more: Partial<OptionSpec> = {}): OptionSpec {
  return { name: 'x', kind, value: 'X', text: 'x', ...more };
}

const CASES: readonly (readonly [kind: OptionKind, text: string, expected: unknown])[] = [
  ['text', 'a', 'a'],
  ['text', '', null],
  ['file', '-', '-'],
  ['file', '', null],
  ['pair', 'a=', 'a='],
  ['pair', 'a=b=c', 'a=b=c'],
  ['pair', '=b', null],
  ['count', '0', 0],
  ['count', '007', 7],
  ['count', '9007199254740991', 9_007_199_254_740_991],
  ['count', '9007199254740992', null],
  ['count', '-1', null],
  ['count', '1.0', null],
  ['count', '1e3', null],
  ['count', '', null],
  ['count', '１', null],
  ['duration', '250', 250],
  ['duration', '250ms', 250],
  ['duration', '1.5s', 1_500],
  ['duration', '5m', 300_000],
  ['duration', '2h', 7_200_000],
  ['duration', '1d', 86_400_000],
  ['duration', '5 m', null],
  ['duration', '5M', null],
  ['duration', '-5m', null],
  ['duration', '.5s', null],
  ['duration', '9999999999999999d', null],
  ['duration', '5constructor', null],
  ['bytes', '10', 10],
  ['bytes', '500kB', 500_000],
  ['bytes', '10MB', 10_000_000],
  ['bytes', '1GiB', 1_073_741_824],
  ['bytes', '10M', null],
  ['bytes', '10mb', null],
  ['time', '2026-01-31', 1_769_817_600_000],
  ['time', '2026-01-31T12:00:00Z', NOW],
  ['time', '2026-01-31 12:00', NOW],
  ['time', '2026-01-31T13:30:00+01:30', NOW],
  ['time', '2026-01-31T12:00:00.250Z', NOW + 250],
  ['time', String(NOW), NOW],
  ['time', '-2h', NOW - 7_200_000],
  ['time', '-2', null],
  ['time', '-', null],
  ['time', '2026-02-30', null],
  ['time', '2026-13-01', null],
  ['time', '2026-01-31T24:00:00Z', null],
  ['time', '2026-01-31T12:60:00Z', null],
  ['time', '0000-00-00', null],
  ['time', 'yesterday', null],
  ['place', 'earliest', 'earliest'],
  ['place', 'latest', 'latest'],
  ['place', '42', { offset: 42 }],
  ['place', '2026-01-31T12:00:00Z', { time: NOW }],
  ['place', '-2h', { time: NOW - 7_200_000 }],
  ['place', '-2', null],
  ['place', 'Earliest', null],
];

for (const [kind, text, expected] of CASES) {
  test(`${kind} ${JSON.stringify(text)}`, () => assert.deepEqual(readValue(text, option(kind), NOW), expected));
}

test('a count has bounds, a choice its choices', () => {
  const bounded = option('count', { least: 2, most: 3 });
  assert.deepEqual(
    ['1', '2', '3', '4'].map(text => readValue(text, bounded, NOW)),
    [null, 2, 3, null],
  );
  assert.equal(wantedBy(bounded), 'a whole number from 2 to 3');
  const long = option('duration', { least: 100 });
  assert.deepEqual([readValue('99', long, NOW), readValue('0.1s', long, NOW)], [null, 100]);
  assert.match(wantedBy(long), /of at least 100 ms$/);
  const choice = option('choice', { choices: ['a', 'b', 'c'] });
  assert.deepEqual([readValue('b', choice, NOW), readValue('d', choice, NOW)], ['b', null]);
  assert.equal(wantedBy(choice), 'a, b or c');
});

test('a time that is written is read as what it was', () => {
  const times = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) });
  fc.assert(fc.property(times, ms => parseTime(renderTime(ms)) === ms || ms < Date.UTC(100, 0, 1)));
});

test('whatever is written, a value is one of its kind or none', () => {
  const kinds: readonly OptionKind[] = ['count', 'duration', 'bytes', 'time'];
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.string(), (kind, text) => {
      const value = readValue(text, option(kind), NOW);
      return value === null || Number.isSafeInteger(value);
    }),
  );
});
