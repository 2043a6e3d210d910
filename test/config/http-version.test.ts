import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf } from './written.ts';

test('connector: HTTP/1.1 as long as nobody asks for HTTP/2', () => {
  assert.equal(connectorOf({}).http.version, '1.1');
  assert.equal(connectorOf({ 'http.version': '1.1' }).http.version, '1.1');
  assert.equal(connectorOf({ 'http.version': '2' }).http.version, '2');
});

test('connector: no other version of HTTP', () => {
  for (const version of ['1.0', '2.0', '3', 'h2', 'HTTP/2', '1.1,2']) {
    assertFault({ connector: { 'http.version': version } }, 'invalid', 'http.version', /1\.1/);
  }
});

test('connector: headers that HTTP/2 does not have are refused with it', () => {
  for (const name of ['connection', 'Transfer-Encoding', 'te', 'upgrade', 'keep-alive', 'host', 'HTTP2-Settings']) {
    const key = `http.headers.${name}`;
    assertFault({ connector: { 'http.version': '2', [key]: 'x' } }, 'forbidden', key, /take it out/);
  }
  assert.ok('http2-settings' in connectorOf({ 'http.headers.HTTP2-Settings': 'x' }).http.headers);
});
