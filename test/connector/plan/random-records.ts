import fc from 'fast-check';
import type { RecordLike } from '../../../connector/block-builder.ts';
import { JSON_PIECES, REWRITTEN } from '../../support/json-values.ts';
import { AWKWARD_VALUES } from './awkward.ts';
import { NAMES } from './random-chains.ts';

const blank = fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.constantFrom(' ', '\t', '\n', '\r\n', '  \n '));
const NUMBERS = [
  ...['0', '-0', '1', '-1', '7', '127', '128', '-129', '32768', '2147483648', '9007199254740993', '1.0', '1.5', '-0.0'],
  ...['1e5', '1E+2', '-2.5e-7', '1e400', '0.1000000000000000055', '9223372036854775808', '1709210096789', '1.10'],
  '9'.repeat(1_001),
];
const STRINGS = [
  ...['""', '"x"', '"true"', '"12"', '" 12"', '"1e3"', '"-129"', '"2024-02-29"', '"12:34:56.789"', '"20240229"'],
  ...[
    '"\\u00e9"',
    '"\\ud800"',
    '"\\\\"',
    '"\\""',
    '"}{][,:"',
    '"é😀"',
    '"\u2028"',
    '"\ufeff"',
    '"a\\nb"',
    '"{\\"a\\":1}"',
  ],
];
const scalar = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(...STRINGS),
  fc.constantFrom('true', 'false', 'null'),
);

/** As they may be written: plainly, and with what need not be an escape. */
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('"a"', '"b"', '"c"') },
  { weight: 4, arbitrary: fc.constantFrom(...NAMES, '', ' ', ':', 'other', 'ab').map(text => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.constantFrom('"\\u0061"', '"b\\/"', '"\\ud800"', '"\\"') },
);

/** Nested down to a few levels. */
function valueDownTo(levels: number): fc.Arbitrary<string> {
  if (levels === 0) return scalar;
  const arrays = fc.array(valueDownTo(levels - 1), { maxLength: 3 }).map(elements => `[${elements.join(',')}]`);
  return fc.oneof({ weight: 5, arbitrary: scalar }, { weight: 1, arbitrary: objectDownTo(levels) }, arrays);
}

/** Most have no name twice. */
function objectDownTo(levels: number): fc.Arbitrary<string> {
  const member = fc.tuple(blank, name, blank, fc.constant(':'), blank, valueDownTo(levels - 1), blank);
  const members = fc.oneof(
    { weight: 5, arbitrary: fc.uniqueArray(member, { maxLength: 6, size: 'max', selector: each => each[1] }) },
    { weight: 1, arbitrary: fc.array(member, { maxLength: 6, size: 'max' }) },
  );
  return members.map(all => `{${all.map(each => each.join('')).join(',') || ' '}}`);
}

const object = objectDownTo(3);

/** A byte too many or too few. */
const broken = fc
  .tuple(object, fc.nat(40), fc.constantFrom('', '', ',', '"', '}', '0', '\u0001', '\\'))
  .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));

const value: fc.Arbitrary<string | Buffer | null> = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(blank, object, blank).map(each => each.join('')) },
  { weight: 3, arbitrary: valueDownTo(2) },
  { weight: 3, arbitrary: broken },
  { weight: 1, arbitrary: fc.constantFrom(...AWKWARD_VALUES) },
  { weight: 1, arbitrary: fc.constantFrom(...REWRITTEN.map(([each]) => each)) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...JSON_PIECES), { maxLength: 12 }).map(pieces => pieces.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(null, '') },
);

const KEYS = [null, '{"a":1,"b":{"c":[1]}}', '{}', 'null', '[1]', '"k"', '7', '', 'no JSON'];
const bytes = fc.constantFrom(null, '', '7', 'text', '{"a":1}', 'no {JSON');
const bytesOf = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));

/** The topic is given for the whole block: its partition is one run. */
export const randomRecord: fc.Arbitrary<RecordLike> = fc.record({
  topic: fc.constantFrom('events', 'orders', 'a-x'),
  partition: fc.nat(1),
  timestamp: fc.constantFrom(-1, 0, 1_709_210_096_789),
  key: fc.constantFrom(...KEYS).map(bytesOf),
  value,
  headers: fc.array(fc.tuple(fc.constantFrom('h', 'k', 'z'), bytes.map(bytesOf)), { maxLength: 2 }),
});
