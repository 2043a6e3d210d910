import fc from 'fast-check';
import { MOST_MEMBERS } from '../../connector/block.ts';

/** That objects have and readers are asked for: alike at their beginnings, at the borders of words, and nothing at all. */
export const NAMES: readonly string[] = [
  ...[
    '',
    'a',
    'ab',
    'abc',
    'b',
    'A',
    'é',
    'e',
    '名',
    '😀',
    '__proto__',
    'constructor',
    ' ',
    'a b',
    '{',
    '}',
    ',',
    ':',
    "'",
  ],
  ...[7, 8, 9, 15, 16, 17, 64, 65].flatMap(length => ['x'.repeat(length), `${'x'.repeat(length - 1)}y`]),
];

const blanks = fc.constantFrom('', '', '', '', ' ', '\n', '\r\n\t ', ' '.repeat(70));
const number = fc.oneof(
  fc.constantFrom('0', '-0', '1', '-17', '9007199254740993', '-9223372036854775808', '18446744073709551615'),
  fc.constantFrom('0.0', '1.50', '1e0', '1E5', '-1e-5', '1.5E+5', '0e1', '123456789.25'),
);
const string = fc.oneof(
  fc.constantFrom('""', '"{"', '"}"', '"\\""', '"\\\\"', '"\\\\\\""', '"a:b,c"', '"[[["', '"\\u007d"', '" "', '"1.5"'),
  fc.string({ unit: 'grapheme' }).map(text => JSON.stringify(text)),
);
const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...NAMES).map(text => JSON.stringify(text)) },
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 999 }).map(i => `"n${i}"`) },
  { weight: 1, arbitrary: fc.constantFrom('"\\u0061"', '"a\\\\"', '"\\""', '"\\/"', '"xxxxxxx\\n"', '"12345678\\t"') },
);

function joined(open: string, parts: fc.Arbitrary<string>, close: string, maxLength: number): fc.Arbitrary<string> {
  return fc.tuple(fc.array(parts, { maxLength }), blanks).map(([each, blank]) => open + blank + each.join(',') + close);
}

const { value, object } = fc.letrec(tie => {
  const around = (inside: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    fc.tuple(blanks, inside, blanks).map(parts => parts.join(''));
  const member = fc.tuple(around(name), around(tie('value'))).map(([named, valued]) => `${named}:${valued}`);
  return {
    object: joined('{', member, '}', 12),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('true', 'false', 'null'),
      number,
      string,
      joined('[', around(tie('value')), ']', 3),
      tie('object'),
    ),
  };
}) as { value: fc.Arbitrary<string>; object: fc.Arbitrary<string> };

/** Texts, most of them objects, with blanks everywhere, names twice and names with escapes. */
export function objects(seed: number, count: number): string[] {
  const text = fc.tuple(blanks, fc.oneof({ weight: 9, arbitrary: object }, value), blanks).map(parts => parts.join(''));
  return fc.sample(text, { seed, numRuns: count });
}

function wide(members: number, value: (i: number) => string): string {
  return `{${Array.from({ length: members }, (_, i) => `"m${i}":${value(i)}`).join(',')}}`;
}

/** Those at limits. */
export const LARGE: readonly string[] = [
  ...[MOST_MEMBERS - 1, MOST_MEMBERS, MOST_MEMBERS + 1, 5_000].map(members => wide(members, String)),
  wide(MOST_MEMBERS, i => `{"a":[${i},{"b":1}]}`),
  `{"a":${wide(3_000, String)},"b":1}`,
  `{"a":[${'1,'.repeat(200_000)}1],"b":2.5}`,
  `{"a":"${'é'.repeat(300_000)}","${'n'.repeat(300_000)}":"b"}`,
  `{"a":1${' '.repeat(500_000)},"b"${'\n'.repeat(100_000)}:${'\t'.repeat(100_000)}2}`,
  ...[998, 999, 1_000].flatMap(depth => [
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    `{"a":${'['.repeat(depth)}1${']'.repeat(depth)},"b":{}}`,
  ]),
];
