import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf, parse } from './written.ts';

const PARKED = { 'errors.tolerance': 'all', 'errors.deadletterqueue.topic.name': 'dead' };

function told(config: Record<string, string>): { notices: readonly string[]; warnings: readonly string[] } {
  const { notices, warnings } = parse({ connector: config });
  return { notices, warnings };
}

test('attempts: without a key there is no limit, and nothing is looked at', () => {
  assert.equal(connectorOf({}).http.attempts, null);
  assert.equal(connectorOf({ 'delivery.max.attempts': '0' }).http.attempts, null);
});

test('attempts: what was written', () => {
  assert.deepEqual(connectorOf({ 'delivery.max.attempts': '5' }).http.attempts, {
    most: 5,
    onExhausted: 'fail',
    retryStatuses: [],
    mostRetried: 3,
  });
  const config = connectorOf({
    'delivery.max.attempts': '1',
    'delivery.on.exhausted': 'error',
    'http.response.retry.codes': '404,409-',
    'http.response.retry.max.attempts': '4',
  });
  assert.deepEqual(config.http.attempts, {
    most: 1,
    onExhausted: 'error',
    retryStatuses: [
      [404, 404],
      [409, 599],
    ],
    mostRetried: 4,
  });
  assert.deepEqual(connectorOf({ 'http.response.retry.codes': '422' }).http.attempts?.most, 0);
});

test('attempts: values that are none', () => {
  for (const [key, value] of [
    ['delivery.max.attempts', '-1'],
    ['delivery.max.attempts', 'always'],
    ['delivery.on.exhausted', 'skip'],
    ['http.response.retry.codes', '4'],
    ['http.response.retry.codes', '500-400'],
    ['http.response.retry.max.attempts', '0'],
  ] as const) {
    assertFault({ connector: { [key]: value } }, 'invalid', key, /must be/);
  }
});

test('attempts: keys without effect say why', () => {
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { 'delivery.on.exhausted': 'error' },
      /delivery\.on\.exhausted has no effect: delivery\.max\.attempts sets no limit/,
    ],
    [
      { 'http.response.retry.max.attempts': '5' },
      /http\.response\.retry\.max\.attempts has no effect: no http\.response\.retry\.codes are written/,
    ],
    [
      { 'http.response.retry.codes': '422', 'http.response.retry.max.attempts': '1' },
      /http\.response\.retry\.codes has no effect: .* is 1, and the first attempt counts/,
    ],
    [
      { 'http.response.retry.codes': '500-,413' },
      /http\.response\.retry\.codes has no effect: of the statuses .* none/,
    ],
    [
      { 'http.response.retry.codes': '409,503', 'http.response.success.codes': '200,409' },
      /http\.response\.retry\.codes has no effect: http\.response\.success\.codes lets/,
    ],
  ];
  for (const [config, note] of cases) {
    assert.match(told(config).notices.join('\n'), note);
    assert.equal(connectorOf(config).http.attempts, null);
  }
  assert.deepEqual(told({ 'http.response.retry.codes': '400-' }).notices, []);
});

test('attempts: that an outage may cost records is a warning, and says where they go', () => {
  const limit = { 'delivery.max.attempts': '3', 'delivery.on.exhausted': 'error' };
  assert.match(
    told({ ...limit, ...PARKED }).warnings.join('\n'),
    /delivery\.on\.exhausted lets an outage of the endpoint cost records: those that were sent 3 times in vain go to dead, and/,
  );
  assert.match(
    told({ ...limit, 'errors.tolerance': 'all' }).warnings.join('\n'),
    /are skipped, since there is no dead letter topic, and lost/,
  );
  assert.deepEqual(told(limit).warnings, [], 'the task fails');
  assert.deepEqual(told({ 'delivery.max.attempts': '3', ...PARKED }).warnings, []);
});
