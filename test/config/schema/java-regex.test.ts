import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileJavaRegex, JavaRegexError } from '../../../config/schema/java-regex.ts';
import { parseReplacement } from '../../../config/schema/java-replacement.ts';
import { pattern, replacement } from './java-patterns.ts';
import { answersOfJava } from './java-program.ts';

const CASES = 6000;

const topic = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'B', 'c1', '1', '-', '.', '_', 'A', '.*'), { maxLength: 5 })
  .map(p => p.join(''));
test('java regex: topics match and are replaced as java.util.regex does, or the pattern is refused', context => {
  const cases = fc.sample(fc.tuple(pattern, topic, replacement), CASES);
  const answers = answersOfJava('MatchTopics.java', cases);
  if (answers === null) return context.skip('no java on the PATH');
  let compared = 0;
  for (const [index, each] of cases.entries()) {
    const answer = ours(...each);
    if (answer === 'refused') continue;
    compared++;
    assert.equal(answer, answers[index], JSON.stringify(each));
  }
  assert.ok(compared > CASES * 0.6, `${CASES - compared} of ${CASES} were refused`);
});

function ours(pattern: string, text: string, replacement: string): string {
  let regex: ReturnType<typeof compileJavaRegex>;
  try {
    regex = compileJavaRegex(pattern);
  } catch (error) {
    assert.ok(error instanceof JavaRegexError, String(error));
    return 'refused';
  }
  if (!regex.matches(text)) return 'false';
  try {
    return `true ${regex.replaceFirst(text, parseReplacement(replacement, regex))}`;
  } catch (error) {
    assert.ok(error instanceof JavaRegexError, String(error));
    return 'true, and the replacement is refused';
  }
}

for (const [java, reason] of [
  ['(?=a)b', /can not be matched in linear time/],
  ['(?!a)b', /can not be matched in linear time/],
  ['(?<=a)b', /can not be matched in linear time/],
  ['(?<!a)b', /can not be matched in linear time/],
  ['(?>a)', /can not be matched in linear time/],
  ['(?x)a b', /leave it out/],
  ['(?U)a', /leave it out/],
  ['(a)\\1', /\\1 is not matched here/],
  ['(?<n>a)\\k<n>', /\\k is not matched here/],
  ['a*+', /possessive/],
  ['a{1,2}+', /possessive/],
  ['(a*)*', /repeats what can match nothing/],
  ['(?:a|(b?))+', /repeats what can match nothing/],
  ['(?<n>\\b[\\w.-]{0,})*', /repeats what can match nothing/],
  ['(\\b\\D?)+', /repeats what can match nothing/],
  ['(?:$|a)*', /repeats what can match nothing/],
  ['(?:a|(\\B))+', /repeats what can match nothing/],
  ['^*a', /repeats a place/],
  ['[a[b]]', /join two classes/],
  ['[a-z&&[^b]]', /intersect two classes|join two classes/],
  ['\\R', /\\R is not matched here/],
  ['\\h', /\\h is not matched here/],
  ['\\p{IsAlphabetic}', /write its characters/],
  ['\\p{javaLowerCase}', /write its characters/],
  ['{a}', /Illegal repetition/],
  ['[a', /Unclosed character class/],
  ['(a', /missing closing \)/],
  ['a)', /unexpected \)/],
  ['*', /missing argument to repetition operator/],
  ['a\\', /at the end/],
  ['a{2000}', /invalid repeat count/],
] as const) {
  test(`java regex: ${java} is refused with the reason`, () => {
    assert.throws(() => compileJavaRegex(java), reason);
  });
}

test('java regex: the time that a match takes grows with the text, not exponentially', () => {
  const { matches } = compileJavaRegex('(a|a)*(a|a)*(a|aa)+b');
  assert.equal(matches('a'.repeat(5000)), false);
});
