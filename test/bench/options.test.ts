import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Options } from './options.ts';

test('what is not set has its default', () => {
  const options = new Options({ COUNT: '' });
  assert.equal(options.number('COUNT', 7), 7);
  assert.equal(options.only, null);
  assert.equal(options.endpoint, 'nginx');
  assert.equal(options.isAnySet(['COUNT', 'ONLY']), false);
});

test('what is set is checked', () => {
  const options = new Options({ COUNT: '5', RUNS: '2.5', ENDPOINT: 'apache', ONLY: '^1KB' });
  assert.equal(options.number('COUNT', 7), 5);
  assert.throws(() => options.number('COUNT', 7, 6), /COUNT must be a whole number of at least 6, not "5"/);
  assert.throws(() => options.number('RUNS', 3), /RUNS/);
  assert.throws(() => options.endpoint, /ENDPOINT/);
  assert.throws(() => new Options({ ONLY: '(' }).only, /ONLY must be a regular expression/);
  assert.ok(options.only!.test('1KB/bento-50'));
  assert.equal(options.isAnySet(['BACKLOG', 'ONLY']), true);
});
