import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rule } from '../../../config/answer-types.ts';
import { answerRule, itemRule } from '../../../config/schema/answer-rule.ts';
import { FormatError, readValue } from '../../../config/schema/formats.ts';
import { jsonPointer, parsePointer } from '../../../config/schema/json-pointer.ts';

const at = (...tokens: string[]) => ({ kind: 'pointer', tokens }) as const;
const is = (...values: never[]) => ({ kind: 'equals', values, negated: false }) as const;
const of = (...values: unknown[]) => is(...(values as never[]));

const GOOD: readonly [text: string, rule: Rule][] = [
  ['/errors == false', [[{ subject: at('errors'), test: of(false) }]]],
  [' /a/b~1c/0\t!=  null ', [[{ subject: at('a', 'b/c', '0'), test: { ...of(null), negated: true } }]]],
  ['/code in 0,200 , "x"', [[{ subject: at('code'), test: of(0, 200, 'x') }]]],
  ['/items == []', [[{ subject: at('items'), test: of({ empty: 'array' }) }]]],
  ['/items in {}, []', [[{ subject: at('items'), test: of({ empty: 'object' }, { empty: 'array' }) }]]],
  ['/n == -1.5e3', [[{ subject: at('n'), test: of(-1500) }]]],
  ['"" exists', [[{ subject: at(), test: { kind: 'exists', negated: false } }]]],
  ['"/a b" absent', [[{ subject: at('a b'), test: { kind: 'exists', negated: true } }]]],
  ["/s == 'it''s \\n'", [[{ subject: at('s'), test: of("it's \\n") }]]],
  ['/s == "a\\"\\u0062"', [[{ subject: at('s'), test: of('a"b') }]]],
  ['/m ~ ^done', [[{ subject: at('m'), test: { kind: 'matches', pattern: '^done', negated: false } }]]],
  ["/m !~ '[a-z]+ \\d'", [[{ subject: at('m'), test: { kind: 'matches', pattern: '[a-z]+ \\d', negated: true } }]]],
  ['/m ~ a{1,2}', [[{ subject: at('m'), test: { kind: 'matches', pattern: 'a{1,2}', negated: false } }]]],
  ['/failed <= 0', [[{ subject: at('failed'), test: { kind: 'compares', operator: '<=', bound: 0 } }]]],
  ['body absent', [[{ subject: { kind: 'body' }, test: { kind: 'exists', negated: true } }]]],
  [
    'status == 204 or /ok == true and /id exists',
    [
      [{ subject: { kind: 'status' }, test: of(204) }],
      [
        { subject: at('ok'), test: of(true) },
        { subject: at('id'), test: { kind: 'exists', negated: false } },
      ],
    ],
  ],
];

/** Each with the column that is at fault, counted from 1. */
const BAD: readonly [text: string, column: number, why: RegExp][] = [
  ['', 1, /JSON pointer, which begins with \//],
  ['errors == false', 1, /begins with \//],
  ['/errors', 8, /expected ==, .*blanks around/],
  ['/errors==false', 15, /blanks around/],
  ['/errors = false', 9, /expected ==/],
  ['/errors ==', 11, /text in quotes, a number/],
  ['/status == ok', 12, /text in quotes/],
  ['/code == 007', 10, /text in quotes/],
  ['/code == 0x1', 10, /text in quotes/],
  ['/code in', 9, /text in quotes/],
  ['/code in 1,', 12, /text in quotes/],
  ['/code in 1 2', 12, /"and" or "or"/],
  ['/a exists /b exists', 11, /"and" or "or"/],
  ['/a exists and', 14, /JSON pointer/],
  ['/a exists && /b exists', 11, /"and" or "or"/],
  ['/a "exists"', 4, /expected ==/],
  ['/a~2 exists', 1, /~ as ~0/],
  ['"a" exists', 1, /must begin with \//],
  ['/s == "open', 7, /not closed/],
  ["/s == 'it''s", 7, /not closed/],
  ['/s == "\\x"', 7, /as JSON writes it/],
  ['/s == "a\\', 7, /not closed/],
  ['/m ~ (', 6, /no regular expression/],
  ['/m ~ (?=a)b', 6, /no regular expression/],
  ['/m ~', 5, /expected a regular expression/],
  ['/n < "1"', 6, /expected a number/],
  ['/n < true', 6, /expected a number/],
  ['status exists', 8, /every answer has a status/],
  [`${'/a'.repeat(65)} exists`, 1, /at most 64 parts/],
];

describe('a rule about answers', () => {
  for (const [text, rule] of GOOD) it(`is read: ${text}`, () => assert.deepEqual(readValue(answerRule, text), rule));

  for (const [text, column, why] of BAD) {
    it(`has a fault at column ${column}: ${text.slice(0, 40)}`, () => {
      assert.throws(
        () => answerRule.read(text),
        (error: unknown) => {
          assert.ok(error instanceof FormatError, String(error));
          assert.match(error.message, new RegExp(`^has a fault at column ${column}: `));
          assert.match(error.message, why);
          return true;
        },
      );
    });
  }

  it('of an item knows neither status nor body', () => {
    for (const text of ['status == 200', 'body exists']) assert.throws(() => itemRule.read(text), /column 1/);
    assert.deepEqual(itemRule.read('/error absent'), answerRule.read('/error absent'));
  });

  it('never says what was written where a value may be secret', () => {
    const canary = 'c4n4ry';
    for (const text of [`/m ~ (${canary}`, `/s == ${canary}`, `${canary} exists`, `/s == "${canary}`]) {
      assert.throws(
        () => answerRule.read(text),
        (error: unknown) => error instanceof FormatError && !error.discreet.includes(canary),
      );
    }
  });

  it('is either read or refused, whatever is written, and quickly', () => {
    const piece = fc.constantFrom(
      '/a',
      '~',
      '!~',
      '==',
      'in',
      ',',
      '"',
      "'",
      "''",
      '\\',
      ' ',
      'and',
      'or',
      '(',
      '1',
      '',
    );
    const text = fc.array(piece, { maxLength: 20 }).map(pieces => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), written => {
        try {
          assert.ok((answerRule.read(written) as Rule).length > 0);
        } catch (error) {
          assert.ok(error instanceof FormatError, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
    assert.throws(() => answerRule.read(`/a == "${'x'.repeat(20_000)}"`), /at most 10000 characters/);
  });
});

describe('a JSON pointer', () => {
  it('is taken apart as RFC 6901 says', () => {
    const read: readonly [text: string, tokens: readonly string[]][] = [
      ['', []],
      ['/', ['']],
      ['/foo/0', ['foo', '0']],
      ['/a~1b', ['a/b']],
      ['/m~0n', ['m~n']],
      ['/~01', ['~1']],
      ['//', ['', '']],
      ['/c%d', ['c%d']],
    ];
    for (const [text, tokens] of read) assert.deepEqual(parsePointer(text), tokens, text);
  });

  it('is refused where it is none', () => {
    for (const text of ['a', '#/a', '/~', '/~2', '/a~']) {
      assert.throws(() => readValue(jsonPointer, text), /must be a JSON pointer/, text);
    }
  });
});
