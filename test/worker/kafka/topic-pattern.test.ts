import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { subscriptionPattern } from '../../../worker/kafka/topic-pattern.ts';

describe('topics.regex for librdkafka', () => {
  for (const [java, posix] of [
    ['events', '^(events)$'],
    ['a|b', '^(a|b)$'],
    ['^orders\\..*$', '^(^orders\\..*$)$'],
    ['shop\\.\\d+', '^(shop\\.[0-9]+)$'],
    ['\\w+\\D\\s', '^([A-Za-z0-9_]+[^0-9][[:space:]])$'],
    ['(?:eu|us)-.*?', '^((eu|us)-.*)$'],
    ['a{2,3}?b??', '^(a{2,3}b?)$'],
    ['\\Qa.b\\E.*', '^(a\\.b.*)$'],
    ['\\Qa+', '^(a\\+)$'],
    ['a\\-b\\_c', '^(a-b_c)$'],
    ['[a-z0-9]+', '^([a-z0-9]+)$'],
    ['[\\w.-]+', '^([A-Za-z0-9_.-]+)$'],
    ['[\\w-.]+', '^([A-Za-z0-9_.-]+)$'],
    ['[.\\-\\d]', '^([.0-9-])$'],
    ['[^\\-_]+', '^([^_-]+)$'],
    ['[\\^]x', '^(\\^x)$'],
    ['[\\^a]', '^([a^])$'],
    ['[\\]x]', '^([]x])$'],
  ] as const) {
    it(`spells ${java} as ${posix}`, () => assert.equal(subscriptionPattern(java), posix));
  }

  for (const [java, construct] of [
    ['(?!internal).*', '(?!'],
    ['(?i)events', '(?i'],
    ['(?<name>a)', '(?<'],
    ['a++', '++'],
    ['(a)\\1', '\\1'],
    ['\\p{Lower}+', '\\p'],
    ['\\bword', '\\b'],
    ['[a-z&&[^x]]', '&&'],
    ['[a[b]]', '[…['],
    ['[\\p{L}]', '\\p'],
    ['[abc', '['],
    ['end\\', '\\'],
  ] as const) {
    it(`refuses ${java}`, () =>
      assert.throws(
        () => subscriptionPattern(java),
        error => {
          assert.deepEqual([(error as { code: number }).code, (error as { fatal: boolean }).fatal], [-186, true]);
          assert.ok((error as Error).message.startsWith(`topics.regex: ${construct} in `), (error as Error).message);
          return true;
        },
      ));
  }
});
