import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTopicChoice } from '../../../connector/route/topic-choice.ts';

test('topic choice: names first, then the first pattern that the whole name matches', () => {
  const choice = createTopicChoice([
    { topics: [], topicsRegex: 'user-.*' },
    { topics: ['user-b', 'orders'], topicsRegex: null },
    { topics: [], topicsRegex: '.*' },
  ]);
  assert.equal(choice.of('user-a'), 0);
  assert.equal(choice.of('user-b'), 1);
  assert.equal(choice.of('orders'), 1);
  assert.equal(choice.of('xuser-a'), 2);
  assert.equal(choice.of('user-a'), 0);
});

test('topic choice: what none has goes nowhere', () => {
  const choice = createTopicChoice([
    { topics: ['a'], topicsRegex: null },
    { topics: [], topicsRegex: 'b+' },
  ]);
  assert.deepEqual(
    ['a', 'bb', 'c', 'abb'].map(topic => choice.of(topic)),
    [0, 1, null, null],
  );
});
