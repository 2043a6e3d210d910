import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { translateRegex } from '../../../config/kafka/topics-regex.ts';

const CASES: readonly (readonly [java: string, matches: readonly string[], not: readonly string[]])[] = [
  ['events', ['events'], ['events2', 'my-events']],
  ['events-.*', ['events-', 'events-a.b'], ['events', 'xevents-']],
  ['^a$', ['a'], ['aa']],
  ['a|b', ['a', 'b'], ['ab', 'xb']],
  ['(?:a|b)-c', ['a-c', 'b-c'], ['a', 'b']],
  ['(?<team>a|b)-c', ['a-c', 'b-c'], ['a', 'b']],
  ['a\\.b', ['a.b'], ['axb']],
  ['v\\d+', ['v1', 'v42'], ['v', 'vx']],
  ['\\w+', ['a_9'], ['a-b', 'a.b']],
  ['\\D\\W\\S', ['a-b'], ['1-b', 'aab']],
  ['[\\w.-]+', ['a_9.b-c'], []],
  ['[a\\-z]', ['a', '-', 'z'], ['b']],
  ['[]a]', ['a'], ['b']],
  ['[^\\d]x', ['ax'], ['1x']],
  ['[^a-c]', ['d', '-', '.'], ['a', 'c']],
  ['[\\.]', ['.'], ['a']],
  ['a{2,3}', ['aa', 'aaa'], ['a', 'aaaa']],
  ['a*?b+?c??', ['b', 'aabb', 'bc'], ['a', 'c']],
  ['(?i)ab(c)', ['abc', 'ABC', 'aBc'], ['ab']],
  ['a(?i:b)c', ['abc', 'aBc'], ['Abc', 'abC']],
  ['(?i)a(?-i)b', ['ab', 'Ab'], ['aB']],
  ['((?i)a)b', ['ab', 'Ab'], ['aB']],
  ['\\Qa.b\\E.', ['a.bx'], ['axbx']],
  ['\\p{Lower}\\p{Digit}\\P{Upper}', ['a1-'], ['A1-', 'a1B']],
  ['\\p{L}\\p{IsLatin}', ['ab'], ['1b']],
  ['\\x41\\u0042', ['AB'], ['ab']],
  ['\\Aa\\z', ['a'], ['ab']],
  ['a/b', [], ['a', 'a.b']],
  ['(team1|team2)\\.orders(\\.v[0-9])?', ['team1.orders', 'team2.orders.v1'], ['team3.orders', 'team1xorders']],
];

/** The C library's extended regular expressions, which the Kafka client uses. */
function posixMatches(pattern: string, topics: readonly string[]): string[] {
  const input = topics.map(topic => `${topic}\n`).join('');
  const { stdout } = spawnSync('grep', ['-E', `^(${pattern})$`], { input, encoding: 'utf8', env: { LC_ALL: 'C' } });
  return stdout.split('\n').filter(Boolean);
}

for (const [java, matches, not] of CASES) {
  test(`topics.regex: ${java} means the same to the Kafka client as in Java`, () => {
    const translated = translateRegex(java);
    assert('pattern' in translated, JSON.stringify(translated));
    const topics = [...matches, ...not];
    assert.deepEqual(topics.filter(translated.matches), matches);
    assert.deepEqual(posixMatches(translated.pattern, topics), matches);
  });
}

test('topics.regex: the whole alphabet of topics, piece by piece, is what Java says', { skip: !hasJava() }, () => {
  const pieces = CASES.map(([java]) => java).filter(java => !java.includes('/'));
  const topics = [...new Set(CASES.flatMap(([, matches, not]) => [...matches, ...not]))].filter(topic =>
    /^[\w.-]+$/.test(topic),
  );
  const program = new URL('../../../../test/config/kafka/FilterTopics.java', import.meta.url).pathname;
  const { stdout, stderr } = spawnSync('java', [program, ...pieces], {
    input: `${topics.join('\n')}\n`,
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').slice(0, pieces.length);
  assert.equal(lines.length, pieces.length, stderr);
  for (const [index, java] of pieces.entries()) {
    const translated = translateRegex(java);
    assert('pattern' in translated);
    const inJava = lines[index]!.split(' ').filter(Boolean);
    assert.deepEqual(topics.filter(translated.matches), inJava, java);
    assert.deepEqual(posixMatches(translated.pattern, topics), inJava, java);
  }
});

function hasJava(): boolean {
  return spawnSync('java', ['-version']).status === 0;
}

for (const [java, reason] of [
  ['(?!a).*', /linear time/],
  ['a++', /possessive/],
  ['\\bx', /not known to the Kafka client/],
  ['(a)\\1', /write it another way/],
  ['[a[b]]', /join two classes/],
  ['[a&&b]', /intersect two classes/],
  ['[a', /Unclosed character class/],
  ['(a', /missing closing/],
  ['*', /missing argument/],
  ['a)', /unexpected \)/],
] as const) {
  test(`topics.regex: ${java} is refused, and why is told`, () => {
    const translated = translateRegex(java);
    assert('problem' in translated);
    assert.match(translated.problem, reason);
  });
}

test('topics.regex: what would take a backtracking engine ages is answered at once', () => {
  const translated = translateRegex('(a|aa)+(a|aa)+(a|aa)+b');
  assert('matches' in translated);
  assert.equal(translated.matches('a'.repeat(249)), false);
});

test('topics.regex: one as long as may be is answered at once, a megabyte is refused, and told in a line', () => {
  const pieces = ['a', '(', '[', '\\Q', '.*', '|', 'a|', '[a', '(?i)', '\\p{', '{1', '\\Qa\\E', '[\\Qa\\E'];
  for (const piece of pieces) {
    const longest = translateRegex(piece.repeat(Math.floor(32_768 / piece.length)));
    if ('problem' in longest) assert(longest.problem.length < 400, longest.problem.slice(0, 100));
    const megabyte = translateRegex(piece.repeat(1_048_576));
    assert('problem' in megabyte);
    assert.match(megabyte.problem, /^is longer than 32768 characters/);
  }
});
