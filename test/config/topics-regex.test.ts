import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { translateRegex } from '../../config/topics-regex.ts';

const CASES: readonly (readonly [java: string, matches: readonly string[], not: readonly string[]])[] = [
  ['events', ['events'], ['events2', 'my-events']],
  ['events-.*', ['events-', 'events-a.b'], ['events', 'xevents-']],
  ['^a$', ['a'], ['aa']],
  ['a|b', ['a', 'b'], ['ab', 'xb']],
  ['(?:a|b)-c', ['a-c', 'b-c'], ['a', 'b']],
  ['a\\.b', ['a.b'], ['axb']],
  ['v\\d+', ['v1', 'v42'], ['v', 'vx']],
  ['\\w+', ['a_9'], ['a-b', 'a.b']],
  ['[\\w.-]+', ['a_9.b-c'], ['a b']],
  ['[a\\-z]', ['a', '-', 'z'], ['b']],
  ['[^\\d]x', ['ax'], ['1x']],
  ['[\\.]', ['.'], ['\\', 'a']],
  ['a{2,3}', ['aa', 'aaa'], ['a', 'aaaa']],
  ['(team1|team2)\\.orders(\\.v[0-9])?', ['team1.orders', 'team2.orders.v1'], ['team3.orders', 'team1xorders']],
];

/** The C library's extended regular expressions, which the Kafka client uses. */
function posixMatches(pattern: string, topics: readonly string[]): string[] {
  const input = topics.map(topic => `${topic}\n`).join('');
  const { stdout } = spawnSync('grep', ['-E', `^(${pattern})$`], { input, encoding: 'utf8', env: { LC_ALL: 'C' } });
  return stdout.split('\n').filter(Boolean);
}

for (const [java, matches, not] of CASES) {
  test(`topics.regex: ${java} means the same to Java, POSIX and JavaScript`, () => {
    const translated = translateRegex(java);
    assert('pattern' in translated, JSON.stringify(translated));
    const regex = new RegExp(`^(${translated.pattern})$`);
    const topics = [...matches, ...not];
    assert.deepEqual(
      topics.filter(topic => regex.test(topic)),
      matches,
    );
    assert.deepEqual(posixMatches(translated.pattern, topics), matches);
    // Where JavaScript reads the original as Java does: without the translation.
    assert.deepEqual(
      topics.filter(topic => new RegExp(`^(?:${java})$`).test(topic)),
      matches,
    );
  });
}

for (const java of [
  '(?!a).*',
  '(?i)a',
  '(?<n>a)',
  'a*?',
  'a++',
  '\\bx',
  '\\p{L}',
  '(a)\\1',
  '\\Qa\\E',
  '[a[b]]',
  '[a&&b]',
  '\\D',
  '[a',
  '(a',
  '*',
  'a)',
]) {
  test(`topics.regex: ${java} is refused`, () => assert('problem' in translateRegex(java)));
}
