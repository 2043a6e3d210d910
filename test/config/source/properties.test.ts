import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseProperties } from '../../../config/source/properties.ts';
import { printProperties } from './print-properties.ts';

type Case = readonly [name: string, text: string, expected: readonly (readonly [string, string, number])[]];

const CASES: readonly Case[] = [
  ['an empty file', '', []],
  [
    'equals, colon and blank separate',
    'a=1\nb:2\nc 3\nd\t4\ne\f5',
    [
      ['a', '1', 1],
      ['b', '2', 2],
      ['c', '3', 3],
      ['d', '4', 4],
      ['e', '5', 5],
    ],
  ],
  [
    'blanks around the separator',
    'a  =  1\nb \t: 2',
    [
      ['a', '1', 1],
      ['b', '2', 2],
    ],
  ],
  ['blanks at the end stay', 'a=1  ', [['a', '1  ', 1]]],
  [
    'only the first separator counts',
    'a==1\nb=:2\nc : = 3\nd = = 4',
    [
      ['a', '=1', 1],
      ['b', ':2', 2],
      ['c', '= 3', 3],
      ['d', '= 4', 4],
    ],
  ],
  [
    'a key alone',
    'a\nb=\nc ',
    [
      ['a', '', 1],
      ['b', '', 2],
      ['c', '', 3],
    ],
  ],
  [
    'an empty key',
    '=1\n:2',
    [
      ['', '1', 1],
      ['', '2', 2],
    ],
  ],
  [
    'comments',
    '# a=1\n  ! b=2\nc=3 # d\ne#f=4',
    [
      ['c', '3 # d', 3],
      ['e#f', '4', 4],
    ],
  ],
  ['a comment is never continued', '# a \\\nb=1', [['b', '1', 2]]],
  ['a comment at the end', 'a=1\n#', [['a', '1', 1]]],
  ['blank lines and leading blanks', '\n \t\n\f\n  a=1', [['a', '1', 4]]],
  [
    'LF, CR and CR LF',
    'a=1\nb=2\rc=3\r\nd=4',
    [
      ['a', '1', 1],
      ['b', '2', 2],
      ['c', '3', 3],
      ['d', '4', 4],
    ],
  ],
  [
    'continued lines lose their leading blanks',
    'a=1,\\\n   2,\\\r\n\t3,\\\r4\nb=5',
    [
      ['a', '1,2,3,4', 1],
      ['b', '5', 5],
    ],
  ],
  ['a continued key', 'a\\\n  b=1', [['ab', '1', 1]]],
  [
    'a blank line ends a continuation',
    'a=1\\\n\nb=2',
    [
      ['a', '1', 1],
      ['b', '2', 3],
    ],
  ],
  [
    'a line of blanks is continued through',
    'a=1\\\n   \nb=2',
    [
      ['a', '1', 1],
      ['b', '2', 3],
    ],
  ],
  ['a comment sign inside a continuation is text', 'a=1\\\n# 2', [['a', '1# 2', 1]]],
  [
    'an even number of backslashes ends the line',
    'a=1\\\\\nb=2',
    [
      ['a', '1\\', 1],
      ['b', '2', 2],
    ],
  ],
  ['an odd number continues it', 'a=1\\\\\\\nb=2', [['a', '1\\b=2', 1]]],
  ['a lone backslash at the very end', 'a=1\\', [['a', '1', 1]]],
  ['nothing but a backslash', '\\', [['', '', 1]]],
  ['a backslash and a line feed', '\\\n', [['', '', 1]]],
  ['a backslash, CR and LF', '\\\r\n', []],
  ['a comment behind an empty continuation', '\\\n# a\nb=1', [['b', '1', 3]]],
  ['escapes', 'a=\\t\\n\\r\\f\\\\\\x\\ \\=', [['a', '\t\n\r\f\\x =', 1]]],
  ['escaped separators in a key', 'a\\=b\\:c\\ d\\#=1', [['a=b:c d#', '1', 1]]],
  ['an escaped comment sign at the start', '\\#a=1', [['#a', '1', 1]]],
  ['an escaped blank starts a value', 'a=\\ 1', [['a', ' 1', 1]]],
  ['code units', 'a=\\u0041\\u00e9\\uD83D\\uDE00', [['a', 'Aé😀', 1]]],
  ['an escaped backslash before a u', 'a=\\\\u0041', [['a', '\\u0041', 1]]],
  ['text beyond ASCII', 'größe=schön', [['größe', 'schön', 1]]],
  ['other blanks are text', 'a=\u00a0\u20281', [['a', '\u00a0\u20281', 1]]],
  [
    'repeated keys are all reported',
    'a=1\na=2',
    [
      ['a', '1', 1],
      ['a', '2', 2],
    ],
  ],
  [
    'lines are counted through continuations and comments',
    '# x\n\na=1\\\n2\\\n3\n\nb=2',
    [
      ['a', '123', 3],
      ['b', '2', 7],
    ],
  ],
];

for (const [name, text, expected] of CASES) {
  test(`properties: ${name}`, () => {
    const { entries, malformedLines } = parseProperties(text);
    assert.deepEqual(
      entries.map(entry => [entry.key, entry.value, entry.line]),
      expected,
    );
    assert.deepEqual(malformedLines, []);
  });
}

for (const malformed of ['a=\\u12', 'a=\\u12g4', 'a\\u=1', 'a=\\u', 'a=\\u 0041', 'a=1\\\n \\u00']) {
  test(`properties: ${JSON.stringify(malformed)} is malformed, with its line`, () => {
    const { entries, malformedLines } = parseProperties(`x=1\n${malformed}\ny=2`);
    assert.deepEqual(malformedLines, [2]);
    assert.deepEqual(
      entries.map(entry => entry.key),
      ['x', 'y'],
    );
  });
}

test('properties: what is printed is read back', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom(...' \t\n\r\f\\=:#!u'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), written => {
      const { entries, malformedLines } = parseProperties(printProperties(written));
      assert.deepEqual(
        entries.map(entry => [entry.key, entry.value]),
        written,
      );
      assert.deepEqual(malformedLines, []);
    }),
    { numRuns: 1000 },
  );
});
