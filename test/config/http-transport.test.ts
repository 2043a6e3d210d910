import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionConfig } from '../../config/types.ts';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

const PROXY = { 'http.proxy.url': 'http://proxy.example:3128' };
const USER = { 'http.proxy.username': 'worker', 'http.proxy.password': 'canary' };

function connectionOf(connector: Keys, env: Readonly<Record<string, string>> = {}): ConnectionConfig {
  return connectorOf(connector, { env }).http.connection;
}

/** What a proxy is, with its secret told. */
function told(connection: ConnectionConfig, scheme: 'http' | 'https' = 'https') {
  const proxy = connection.proxies?.[scheme] ?? null;
  if (proxy === null) return null;
  const { url, credentials, source } = proxy;
  return [url.href, credentials?.username ?? null, credentials?.password.reveal() ?? null, source];
}

function notices(connector: Keys, env: Readonly<Record<string, string>> = {}): string {
  return parse({ connector, env }).notices.join('\n');
}

test('proxy: one for all requests, with its credentials and what is reached without it', () => {
  const bypass = { 'http.proxy.bypass': 'example.org, 10.0.0.0/8,,*.test:8080, <local>' };
  const connection = connectionOf({ ...PROXY, ...USER, ...bypass });
  for (const scheme of ['http', 'https'] as const) {
    assert.deepEqual(told(connection, scheme), ['http://proxy.example:3128/', 'worker', 'canary', 'http.proxy.url']);
  }
  assert.deepEqual(connection.proxies!.bypass, [
    { kind: 'name', name: 'example.org', itself: true, port: null },
    { kind: 'network', address: '10.0.0.0', prefix: 8, port: null },
    { kind: 'name', name: 'test', itself: false, port: 8080 },
    { kind: 'local' },
  ]);
  assert.deepEqual(told(connectionOf(PROXY)), ['http://proxy.example:3128/', null, null, 'http.proxy.url']);
  assert.equal(told(connectionOf({ ...PROXY, 'http.proxy.username': 'token' }))![2], '');
});

test('proxy: its address holds host and port alone, and no secret is repeated', () => {
  const key = 'http.proxy.url';
  const refused = (value: string, message: RegExp) => {
    assertFault({ connector: { [key]: value } }, 'invalid', key, message);
    assert.doesNotMatch(faultLines({ connector: { [key]: value } }).join(), /canary/);
  };
  refused(
    'http://worker:canary@proxy.example',
    /user or password: write http\.proxy\.username and http\.proxy\.password/,
  );
  refused('http://proxy.example/canary', /host and port of a proxy alone/);
  refused('http://proxy.example/?canary', /host and port of a proxy alone/);
  refused('socks5://proxy.example:1080', /absolute http:\/\/ or https:\/\//);
  refused('proxy.example:3128', /absolute http:\/\/ or https:\/\//);
  assertFault({ connector: { ...PROXY, 'http.proxy.username': 'a:b' } }, 'invalid', 'http.proxy.username', /colon/);
  assertFault(
    { connector: { ...PROXY, 'http.proxy.password': 'x' } },
    'missing',
    'http.proxy.username',
    /required beside http\.proxy\.password/,
  );
  assertFault(
    { connector: { ...PROXY, 'http.proxy.bypass': 'a.test,10.*' } },
    'invalid',
    'http.proxy.bypass',
    /networks \(10\.0\.0\.0\/8\)/,
  );
});

test('proxy: keys that nothing asks for are noticed, credentials over the network as well', () => {
  assert.match(notices(USER), /username, http\.proxy\.password have no effect: no http\.proxy\.url is written/);
  assert.match(notices({ 'http.proxy.bypass': 'a.test' }), /http\.proxy\.bypass has no effect: no http\.proxy\.url/);
  assert.match(notices({ ...PROXY, ...USER }), /http\.proxy\.url is not https: the credentials of the proxy cross/);
  assert.equal(notices(PROXY), '');
  assert.equal(notices({ ...USER, 'http.proxy.url': 'https://proxy.example' }), '');
  assert.equal(notices({ ...USER, 'http.proxy.url': 'http://localhost:3128' }), '');
});

test('proxy: the environment counts only where it is asked for', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example:1', http_proxy: 'http://proxy.example:2', NO_PROXY: 'a.test' };
  assert.equal(connectionOf({}, env).proxies, null);
  const asked = { 'http.proxy.from.environment': 'true' };
  const connection = connectionOf({ ...asked, 'http.proxy.bypass': 'b.test' }, env);
  assert.deepEqual(told(connection), ['http://proxy.example:1/', null, null, 'HTTPS_PROXY']);
  assert.deepEqual(told(connection, 'http'), ['http://proxy.example:2/', null, null, 'http_proxy']);
  assert.deepEqual(
    connection.proxies!.bypass.map(rule => (rule.kind === 'name' ? rule.name : rule.kind)),
    ['b.test', 'a.test'],
  );
  assertFault({ connector: { ...PROXY, ...asked } }, 'conflict', 'http.proxy.from.environment', /take one of them out/);
  assert.match(notices(asked), /finds no variable that names a proxy .*: requests go straight/);
  assert.match(notices({ ...asked, ...USER }, env), /have no effect: the environment names user and password/);
});

test('proxy: what the environment may say', () => {
  const asked = { 'http.proxy.from.environment': 'true' };
  const of = (env: Readonly<Record<string, string>>, scheme: 'http' | 'https' = 'https') =>
    told(connectionOf(asked, env), scheme);
  assert.deepEqual(of({ ALL_PROXY: 'proxy.example:3128' }), ['http://proxy.example:3128/', null, null, 'ALL_PROXY']);
  assert.deepEqual(of({ ALL_PROXY: 'proxy.example:3128' }, 'http'), of({ ALL_PROXY: 'proxy.example:3128' }));
  assert.deepEqual(of({ https_proxy: 'http://a', HTTPS_PROXY: 'http://b' }), ['http://a/', null, null, 'https_proxy']);
  assert.deepEqual(of({ https_proxy: ' ', HTTPS_PROXY: 'http://b' }), ['http://b/', null, null, 'HTTPS_PROXY']);
  assert.deepEqual(of({ HTTPS_PROXY: 'http://b', ALL_PROXY: 'http://c' }, 'http'), [
    'http://c/',
    null,
    null,
    'ALL_PROXY',
  ]);
  assert.equal(of({ HTTPS_PROXY: 'http://b' }, 'http'), null);
  assert.deepEqual(of({ HTTPS_PROXY: 'https://us%40er:can%2Fary%3A@b:8/x?y' }), [
    'https://b:8/',
    'us@er',
    'can/ary:',
    'HTTPS_PROXY',
  ]);
  assert.deepEqual(of({ HTTPS_PROXY: 'worker:100%@b:8' }), ['http://b:8/', 'worker', '100%', 'HTTPS_PROXY']);
  const bypass = (text: string) =>
    connectionOf(asked, { HTTPS_PROXY: 'http://b', NO_PROXY: text }).proxies!.bypass.length;
  assert.deepEqual([bypass('a.test b.test,c.test ,'), bypass('*'), bypass('')], [3, 1, 0]);
  assert.match(
    notices(asked, { HTTPS_PROXY: 'http://b', NO_PROXY: 'a.test,10.*' }),
    /passes over what is no host, address or network in NO_PROXY/,
  );
});

test('proxy: a variable that is none is a fault of the key that asks for it, and is not repeated', () => {
  for (const [text, message] of [
    ['socks5://canary:canary@b', /finds a proxy in HTTPS_PROXY that is neither http/],
    ['http://canary canary', /that is no address/],
    ['http://can%3Aary:x@b', /whose user holds a colon/],
  ] as const) {
    const written = { connector: { 'http.proxy.from.environment': 'true' }, env: { HTTPS_PROXY: text } };
    assertFault(written, 'invalid', 'http.proxy.from.environment', message);
    assert.doesNotMatch(faultLines(written).join(), /canary/);
  }
});

test('proxy: over TLS it is trusted as the endpoint is, and shown no certificate', () => {
  const http = { 'http.url': 'http://a.test', 'http.ssl.key.password': 'x' };
  assert.match(notices({ ...http, ...PROXY }), /key\.password has no effect: no address is https/);
  assert.match(
    notices({ ...http, 'http.proxy.url': 'https://proxy.example' }),
    /key\.password has no effect: no address but the proxy’s is https/,
  );
  const { tls } = connectionOf({ 'http.proxy.url': 'https://proxy.example' }).proxies!.https!;
  assert.deepEqual([tls.certificate, tls.key], [null, null]);
});

test('unix socket: an absolute path, for the origin of http.url', () => {
  const key = 'http.unix.socket';
  const url = { 'http.url': 'http://localhost:8080/in?x=1' };
  assert.deepEqual(connectionOf({ [key]: '/run/sidecar.sock', ...url }).unixSocket, {
    path: '/run/sidecar.sock',
    origin: 'http://localhost:8080',
  });
  for (const path of ['sidecar.sock', `/${'x'.repeat(107)}`]) {
    assertFault({ connector: { [key]: path } }, 'invalid', key, /absolute path of a unix socket, of at most 107 bytes/);
  }
  const both = { [key]: '/run/x', ...url, ...PROXY };
  assert.match(notices(both), /http\.proxy\.url has no effect: all requests go over http\.unix\.socket/);
  const oauth2 = { 'http.auth.type': 'oauth2', 'oauth2.client.id': 'a', 'oauth2.client.secret': 'b' };
  assert.doesNotMatch(notices({ ...both, ...oauth2, 'oauth2.token.url': 'https://token.test' }), /no effect/);
  assert.match(notices({ ...both, ...oauth2, 'oauth2.token.url': 'http://localhost:8080/token' }), /no effect/);
});

test('connections: how long they are kept', () => {
  const { keepAliveIdleMs, maxAgeMs } = connectionOf({});
  assert.deepEqual([keepAliveIdleMs, maxAgeMs], [null, 0]);
  const month = connectionOf({ 'http.keepalive.idle.ms': '30000', 'http.connection.max.age.ms': '2592000000' });
  assert.deepEqual([month.keepAliveIdleMs, month.maxAgeMs], [30_000, 2_592_000_000]);
  const none = { 'http.keepalive.idle.ms': '0', 'http.connection.max.age.ms': '1' };
  assert.match(notices(none), /max\.age\.ms has no effect: with http\.keepalive\.idle\.ms=0/);
  assertFault({ connector: { 'http.keepalive.idle.ms': '-1' } }, 'invalid', 'http.keepalive.idle.ms', /from 0/);
});
