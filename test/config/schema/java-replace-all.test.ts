import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileJavaRegex, JavaRegexError } from '../../../config/schema/java-regex.ts';
import { parseReplacement } from '../../../config/schema/java-replacement.ts';
import { pattern, replacement } from './java-patterns.ts';
import { answersOfJava } from './java-program.ts';

const CASES = 6000;

/** Line ends of every kind, blanks, signs of two code units: no letters beyond ASCII, whose case and borders RE2 does not know. */
const sign = fc.constantFrom(
  ...['a', 'b', 'ab', 'B', 'c1', '1', '-', '.', '_', 'A', '"', '{', '}'],
  ...[' ', '\t', '\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029', '€', '😀'],
);
const text = fc.array(sign, { maxLength: 12 }).map(signs => signs.join(''));
const blanks = fc.constantFrom(
  '\\s',
  '\\S',
  '[\\s.]',
  '[^\\s]',
  '[\\S]+',
  '[^\\S]',
  '.',
  '.+',
  '(.)',
  '(?s:.)',
  '(?s).(?-s).',
  '((?s).).',
);
const whole = fc.constantFrom('<$0>', 'x', '', '$0$0', '\\$', '😀');
const by = fc.oneof(whole, whole, whole, replacement);
const anyPattern = fc.oneof(
  pattern,
  fc.tuple(pattern, blanks).map(parts => parts.join('')),
  blanks,
);

/** In Java `$` is found before a last line end too, and a match at a place may begin within a sign of two code units. */
function isKnownToDiffer(java: string, subject: string): boolean {
  if (java.includes('$') && /[\n\r\u0085\u2028\u2029]$/.test(subject)) return true;
  return subject.includes('😀') && (/\\[bB]/.test(java) || compileJavaRegex(java).matches(''));
}

test('java regex: all matches are replaced as String.replaceAll does, or the pattern is refused', context => {
  const cases = fc.sample(fc.tuple(anyPattern, text, by), CASES);
  const answers = answersOfJava('ReplaceAll.java', cases);
  if (answers === null) return context.skip('no java on the PATH');
  let compared = 0;
  for (const [index, each] of cases.entries()) {
    const ours = replaceAll(...each);
    if (ours === null) continue;
    compared++;
    assert.equal(ours, Buffer.from(answers[index]!, 'base64').toString(), JSON.stringify(each));
  }
  assert.ok(compared > CASES * 0.4, `${CASES - compared} of ${CASES} were refused`);
});

/** Null where a part is refused: Java looks at a replacement only where there is a match. */
function replaceAll(java: string, subject: string, by: string): string | null {
  try {
    const regex = compileJavaRegex(java);
    const parts = parseReplacement(by, regex);
    return isKnownToDiffer(java, subject) ? null : regex.replaceAll(subject, parts, () => true);
  } catch (error) {
    assert.ok(error instanceof JavaRegexError, String(error));
    return null;
  }
}

test('java regex: replacing stops where it is told to', () => {
  const { replaceAll: replace } = compileJavaRegex('a');
  const lengths: number[] = [];
  const goOn = (length: number): boolean => lengths.push(length) < 3;
  assert.equal(replace('aaaa', ['xy'], goOn), null);
  assert.deepEqual(lengths, [0, 2, 4]);
  assert.equal(
    replace('bbb', ['xy'], () => false),
    'bbb',
  );
});
