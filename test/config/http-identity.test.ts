import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf, type Keys, parse } from './written.ts';

const KEY = { 'http.idempotency.key.enabled': 'true' };
const TRACE = { 'http.trace.context.forward': 'true' };

test('identity: an idempotency key as the user wants it', () => {
  assert.deepEqual(connectorOf(KEY).http.identity, {
    idempotencyKey: { header: 'idempotency-key', prefix: '', quoted: true },
    traceContext: false,
  });
  const all = {
    ...KEY,
    'http.idempotency.key.header': 'X-Request-Key',
    'http.idempotency.key.prefix': 'eu/',
    'http.idempotency.key.quoted': 'false',
  };
  assert.deepEqual(connectorOf(all).http.identity.idempotencyKey, {
    header: 'x-request-key',
    prefix: 'eu/',
    quoted: false,
  });
});

test('identity: a header that says something else is refused', () => {
  const key = 'http.idempotency.key.header';
  for (const header of ['Content-Length', 'authorization', 'Content-Type', 'traceparent']) {
    assertFault({ connector: { ...KEY, [key]: header } }, 'conflict', key, /sets itself: name another one/);
  }
  for (const header of ['a b', 'a:', 'ü', 'x\\u000d\\u000ay: z', 'x'.repeat(129)]) {
    assertFault({ connector: { ...KEY, [key]: header } }, 'invalid', key, /must be a name/);
  }
  for (const prefix of ['"', 'a b', 'a\\\\b', 'ü', 'x'.repeat(65)]) {
    assertFault(
      { connector: { ...KEY, 'http.idempotency.key.prefix': prefix } },
      'invalid',
      'http.idempotency.key.prefix',
      /visible/,
    );
  }
});

test('identity: what is the same for all requests can not stand beside', () => {
  const fixed = 'http.headers.Idempotency-Key';
  assertFault({ connector: { ...KEY, [fixed]: 'x' } }, 'conflict', fixed, /contradicts http\.idempotency/);
  assert.equal(connectorOf({ [fixed]: 'x' }).http.headers['idempotency-key']?.reveal(), 'x');
  const parent = 'http.headers.TraceParent';
  assertFault(
    { connector: { ...TRACE, 'batch.format': 'single', [parent]: 'x' } },
    'conflict',
    parent,
    /contradicts http\.trace/,
  );
});

test('identity: what has no effect is noticed', () => {
  const notices = (keys: Keys): string => parse({ connector: keys }).notices.join('\n');
  assert.match(notices({ 'http.idempotency.key.quoted': 'false' }), /key\.quoted has no effect: .*enabled is false/);
  assert.equal(notices(KEY), '');
  assert.match(notices(TRACE), /carries no trace context: batch\.format is array with batch\.max\.records=500/);
  assert.equal(notices({ ...TRACE, 'batch.format': 'single' }), '');
  assert.equal(notices({ ...TRACE, 'batch.max.records': '1' }), '');
});
