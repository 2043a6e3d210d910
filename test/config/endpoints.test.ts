import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAMILIES } from '../../config/schema/connect-keys.ts';
import { sharedBy } from '../../config/schema/endpoint-keys.ts';
import { schemas } from '../../config/schema/schema.ts';
import { secretsOf } from '../../worker/telemetry/secrets.ts';
import { assertFault, connectorOf, faultLines, faultsOf, type Keys, parse, textsOf } from './written.ts';

const ORDERS = 'https://orders.example.org/events';
const USERS = 'https://users.example.org/v2';
const BOTH: Keys = {
  topics: 'orders,refunds,users',
  'http.url': null,
  endpoints: 'orders,users',
  'endpoints.orders.topics': 'orders,refunds',
  'endpoints.orders.http.url': ORDERS,
  'endpoints.users.topics': 'users',
  'endpoints.users.http.url': USERS,
};

const both = (keys: Keys = {}) => connectorOf({ ...BOTH, ...keys });
const endpointsOf = (keys: Keys = {}) => {
  const { endpoints } = both(keys);
  assert(endpoints !== null);
  return endpoints;
};
const notices = (keys: Keys): string => parse({ connector: { ...BOTH, ...keys } }).notices.join('\n');
const refused = (keys: Keys, code: string, key: string, message: RegExp) =>
  assertFault({ connector: { ...BOTH, ...keys } }, code, key, message);

test('endpoints: a connector has one without them', () => {
  assert.equal(connectorOf({}).endpoints, null);
  assert.equal(connectorOf({ endpoints: ' ' }).endpoints, null);
});

test('endpoints: each has its topics and its own keys; those of all are the default', () => {
  const [orders, users] = endpointsOf({
    'batch.max.records': '100',
    'http.timeout.ms': '7000',
    'endpoints.users.batch.max.records': '7',
    'endpoints.users.batch.format': 'ndjson',
    'endpoints.users.http.method': 'PUT',
    'endpoints.users.behavior.on.null.values': 'ignore',
    'endpoints.orders.retry.backoff.ms': '9',
    'endpoints.orders.http.request.compression': 'gzip',
  });
  assert.deepEqual([orders?.alias, orders?.topics, orders?.http.url.href], ['orders', ['orders', 'refunds'], ORDERS]);
  assert.deepEqual([users?.alias, users?.topics, users?.http.url.href], ['users', ['users'], USERS]);
  assert.deepEqual([orders?.batch.maxRecords, users?.batch.maxRecords], [100, 7]);
  assert.deepEqual([orders?.batch.format, users?.batch.format], ['array', 'ndjson']);
  assert.deepEqual([orders?.http.method, users?.http.method], ['POST', 'PUT']);
  assert.deepEqual([orders?.http.timeoutMs, users?.http.timeoutMs], [7_000, 7_000]);
  assert.deepEqual([orders?.values.onNull, users?.values.onNull], ['fail', 'ignore']);
  assert.deepEqual([orders?.http.retryBackoffMs, users?.http.retryBackoffMs], [9, 500]);
  assert.deepEqual([orders?.http.coding.requests?.codec, users?.http.coding.requests], ['gzip', null]);
});

test('endpoints: what a single endpoint has is what it would have without them', () => {
  const keys: Keys = {
    'http.method': 'PUT',
    'http.headers.X-A': 'a',
    'http.url': 'http://h:1/${topic}',
    'batch.format': 'joined',
    'batch.separator': ';',
    'behavior.on.null.values': 'send',
    'http.response.failure.when.503': '/busy == true',
  };
  const alone = connectorOf(keys);
  const own = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`endpoints.e.${key}`, value]));
  const one = connectorOf({ 'http.url': null, endpoints: 'e', 'endpoints.e.topics': 'events', ...own });
  const asDefault = connectorOf({ ...keys, endpoints: 'e', 'endpoints.e.topics': 'events' });
  for (const { endpoints, ...rest } of [one, asDefault]) {
    assert.deepEqual({ ...rest, endpoints: null, properties: alone.properties }, alone);
    const { http, batch, values } = alone;
    assert.deepEqual(endpoints, [{ alias: 'e', topics: ['events'], topicsRegex: null, http, batch, values }]);
  }
});

test('endpoints: members of a family join those of all, in any case of a header', () => {
  const keys = {
    'http.headers.X-Source': 'all',
    'http.headers.X-Kept': 'kept',
    'endpoints.users.http.headers.x-source': 'users',
    'endpoints.users.http.headers.X-More': '${key}',
    'http.response.failure.when.503': '/busy == true',
    'endpoints.users.http.response.failure.when.429': 'status == 200',
  };
  const [orders, users] = endpointsOf(keys);
  const plain = (headers: typeof orders extends undefined ? never : NonNullable<typeof orders>['http']['headers']) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
  assert.deepEqual(plain(orders!.http.headers), { 'x-source': 'all', 'x-kept': 'kept' });
  assert.deepEqual(plain(users!.http.headers), { 'x-source': 'users', 'x-kept': 'kept' });
  assert.deepEqual(Object.keys(users!.http.route!.headers), ['x-more']);
  const statuses = [orders, users].map(one => one?.http.answers?.judging?.failures.map(({ status }) => status));
  assert.deepEqual(statuses, [[503], [429, 503]]);
  const twice = { 'endpoints.users.http.headers.a': '1', 'endpoints.users.http.headers.A': '2' };
  refused(twice, 'conflict', 'endpoints.users.http.headers.A', /same as endpoints\.users\.http\.headers\.a/);
});

test('headers that an endpoint passes on are none of its own', () => {
  const { endpoints } = connectorOf({
    topics: 'orders,users',
    endpoints: 'orders,users',
    'endpoints.orders.topics': 'orders',
    'endpoints.users.topics': 'users',
    'endpoints.users.http.headers.forward': 'X-*',
  });
  const users = endpoints![1]!.http;
  assert.deepEqual([users.headers, users.route?.headers], [{}, {}]);
  assert.deepEqual(users.route?.forward, [{ prefix: 'x-' }]);
});

test('endpoints: an empty value takes a default away', () => {
  const keys = { 'http.body.json': '{"all":"${value}"}', 'endpoints.users.http.body.json': '' };
  const bodies = endpointsOf(keys).map(({ http }) => http.route?.body?.kind ?? null);
  assert.deepEqual(bodies, ['json', null]);
});

test('endpoints: fifteen of them', () => {
  const aliases = Array.from({ length: 15 }, (_, index) => `api${index + 1}`);
  const keys: Record<string, string | null> = { 'http.url': null, endpoints: aliases.join(), topics: aliases.join() };
  for (const [index, alias] of aliases.entries()) {
    keys[`endpoints.${alias}.topics`] = alias;
    keys[`endpoints.${alias}.http.url`] = `https://h${index}.example.org/`;
    keys[`endpoints.${alias}.batch.max.records`] = String(index + 1);
  }
  const { endpoints } = connectorOf(keys);
  assert.deepEqual(
    endpoints?.map(({ alias }) => alias),
    aliases,
  );
  assert.deepEqual(
    endpoints?.map(({ batch }) => batch.maxRecords),
    aliases.map((_, index) => index + 1),
  );
  const many = Array.from({ length: 101 }, (_, index) => `e${index}`).join();
  assert.match(faultLines({ connector: { endpoints: many } }).join(), /endpoints holds 101 aliases, .* at most 100/);
});

test('endpoints: each topic that is read has exactly one', () => {
  refused(
    { topics: 'orders,refunds,users,clicks,views' },
    'conflict',
    'topics',
    /holds clicks, views, which no endpoint/,
  );
  const users = 'endpoints.users.topics';
  refused({ [users]: 'users,orders' }, 'conflict', users, /orders, which endpoints\.orders\.topics holds too/);
  refused({ [users]: 'users,order' }, 'conflict', users, /holds order, .* does not read: did you mean orders\?/);
  refused({ [users]: 'users,zebras' }, 'conflict', users, /holds zebras, .*add it to topics/);
  refused(
    { [users]: null, topics: 'orders,refunds' },
    'missing',
    users,
    /is required, or endpoints\.users\.topics\.regex/,
  );
  refused({ [users]: 'no topic' }, 'invalid', users, /topic names/);
});

test('endpoints: patterns have the topics that are named nowhere', () => {
  const regex = 'endpoints.users.topics.regex';
  const keys = { topics: 'orders,refunds,user-a', 'endpoints.users.topics': null, [regex]: 'user-.*' };
  const [, users] = endpointsOf(keys);
  assert.deepEqual([users?.topics, users?.topicsRegex], [[], 'user-.*']);
  refused({ ...keys, topics: 'orders,refunds,user-a,xuser-b' }, 'conflict', 'topics', /holds xuser-b, which no/);
  refused({ ...keys, [regex]: 'user-(.*' }, 'unsupported', regex, /is refused/);
  // Whether each topic has one shows when it is there.
  endpointsOf({ ...keys, topics: null, 'topics.regex': '.*' });
  endpointsOf({ topics: null, 'topics.regex': '.*' });
});

test('endpoints: what is required is missing of each by itself', () => {
  refused({ 'endpoints.users.http.url': null }, 'missing', 'endpoints.users.http.url', /is required/);
  assert.equal(
    endpointsOf({ 'endpoints.users.http.url': null, 'http.url': 'http://all/' })[1]?.http.url.href,
    'http://all/',
  );
  const none = faultLines({
    connector: { ...BOTH, 'endpoints.users.http.url': null, 'endpoints.orders.http.url': null },
  });
  assert.deepEqual(
    none.map(line => line.split(' ', 3).join(' ')),
    ['missing sink.properties endpoints.orders.http.url', 'missing sink.properties endpoints.users.http.url'],
  );
});

test('endpoints: a fault names the key, and the line, that the user wrote', () => {
  const texts = textsOf({ connector: { ...BOTH, 'endpoints.users.http.timeout.ms': 'soon' } });
  const [fault, ...more] = faultsOf(texts);
  assert.deepEqual(more, []);
  assert.deepEqual([fault?.code, fault?.key], ['invalid', 'endpoints.users.http.timeout.ms']);
  const line = texts.connectors[0]!.text.split('\n').indexOf('endpoints.users.http.timeout.ms=soon') + 1;
  assert.equal(fault?.line, line);
});

test('endpoints: a fault of a default is told once, with the endpoints that it holds for', () => {
  const once = (keys: Keys) => faultLines({ connector: { ...BOTH, ...keys } });
  assert.deepEqual(once({ 'http.timeout.ms': 'soon' }).length, 1);
  const template = { 'http.body.template': 'a ${value}' };
  const [all, ...more] = once(template);
  assert.deepEqual(more, []);
  assert.match(all!, /^conflict sink\.properties http\.body\.template .*single or joined, or http\.body\.json$/);
  const [some] = once({ ...template, 'endpoints.users.batch.format': 'single' });
  assert.match(some!, /http\.body\.json \(for orders of endpoints\)$/);
  const [room, none] = once({ 'delivery.max.uncommitted.records': '50', 'endpoints.users.batch.max.records': '20' });
  assert.match(room!, /delivery\.max\.uncommitted\.records must not be below batch\.max\.records, 500.*for orders/);
  assert.equal(none, undefined);
});

test('endpoints: a default has no effect where it has none for any', () => {
  const separator = { 'batch.separator': ';' };
  assert.match(notices(separator), /batch\.separator has no effect: batch\.format is array/);
  assert.doesNotMatch(notices({ ...separator, 'endpoints.users.batch.format': 'joined' }), /no effect/);
  assert.match(notices({ 'endpoints.users.batch.separator': ';' }), /endpoints\.users\.batch\.separator has no effect/);
  const replaced = { 'batch.max.records': '1', 'endpoints.users.batch.max.records': '2' };
  assert.doesNotMatch(notices(replaced), /no effect/);
  const all = { ...replaced, 'endpoints.orders.batch.max.records': '3' };
  assert.match(notices(all), /batch\.max\.records has no effect: each of endpoints has its own/);
});

test('endpoints: what all share is refused behind the alias', () => {
  for (const [key, why] of [
    ['http.auth.type', /share their credentials: write http\.auth\.type$/],
    ['oauth2.token.url', /share their credentials/],
    ['oauth2.headers.X', /share their credentials: write it without this prefix/],
    ['http.ssl.protocol.min', /share their connections/],
    ['http.proxy.url', /share their connections/],
    ['http.version', /share their connections/],
    ['delivery.max.in.flight', /of the connector as a whole/],
    ['buffer.max.bytes', /of the connector as a whole/],
    ['errors.tolerance', /of the connector as a whole/],
    ['reporter.format', /of the connector as a whole/],
    ['transforms', /of the connector as a whole/],
    ['consumer.override.fetch.min.bytes', /of the connector as a whole/],
    ['endpoints', /of the connector as a whole/],
  ] as const) {
    const written = `endpoints.users.${key}`;
    refused({ [written]: '1' }, 'forbidden', written, why);
  }
});

test('endpoints: TLS is of the https ones, and credentials of all', () => {
  const ssl = { 'http.ssl.verification.mode': 'none', 'endpoints.orders.http.url': 'http://plain/' };
  const [orders, users] = endpointsOf({ ...ssl, 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'abc' });
  assert.equal(orders?.http.tls, users?.http.tls);
  assert.equal(orders?.http.auth, users?.http.auth);
  assert.equal(orders?.http.tls.verification, 'none');
  assert.doesNotMatch(notices(ssl), /no address is https/);
  refused(
    { 'http.unix.socket': '/run/x' },
    'conflict',
    'http.unix.socket',
    /leads to one host, and the endpoints are on 2/,
  );
});

test('endpoints: typos behind the prefix are told with what was meant', () => {
  const near = (key: string, meant: string) =>
    refused({ [key]: '1' }, 'unknown', key, new RegExp(`did you mean ${meant}\\?`));
  near('endpoints.users.http.timout.ms', 'users\\.http\\.timeout\\.ms');
  near('endpoints.users.topic', 'users\\.topics');
  near('endpoints.users.http.header.X-A', 'users\\.http\\.headers\\.X-A');
  near('endpoints.user.http.timeout.ms', 'endpoints\\.users');
  refused(
    { 'endpoints.zebra.http.url': 'http://a/' },
    'unknown',
    'endpoints.zebra.http.url',
    /no alias of endpoints: add/,
  );
  refused({ 'endpoints.users.florp.blimp': '1' }, 'unknown', 'endpoints.users.florp.blimp', /take it out/);
  refused({ endpoints: 'orders,users,users' }, 'invalid', 'endpoints', /twice/);
  refused({ endpoints: 'or.ders,users' }, 'invalid', 'endpoints', /aliases without dots/);
  assertFault({ connector: { 'endpoints.a.http.url': 'http://a/' } }, 'unknown', 'endpoints.a.http.url', /no alias/);
});

test('endpoints: variables of the environment', () => {
  const env = {
    TAILRACE_CONNECTOR_ENDPOINTS_USERS_BATCH_MAX_RECORDS: '3',
    TAILRACE_CONNECTOR_C_ENDPOINTS_USERS_HTTP_HEADERS_X_SOURCE: 'env',
    TAILRACE_CONNECTOR_C_ENDPOINTS_ORDERS_BATCH_FORMAT: 'ndjson',
  };
  const [orders, users] = parse({ connector: BOTH, env }).connectors[0]!.endpoints!;
  assert.deepEqual([orders?.batch.format, orders?.batch.maxRecords], ['ndjson', 500]);
  assert.equal(users?.batch.maxRecords, 3);
  assert.equal(users?.http.headers['x-source']?.reveal(), 'env');
  const all = { ENDPOINTS: 'a', ENDPOINTS_A_TOPICS: 'events', ENDPOINTS_A_HTTP_URL: 'http://a/' };
  const variables = Object.fromEntries(Object.entries(all).map(([key, value]) => [`TAILRACE_CONNECTOR_${key}`, value]));
  const [a] = parse({ connector: { 'http.url': null }, env: variables }).connectors[0]!.endpoints!;
  assert.equal(a?.http.url.href, 'http://a/');
  const faulty = faultLines({ connector: BOTH, env: { TAILRACE_CONNECTOR_C_ENDPOINTS_USERS_HTTP_TIMEOUT_MS: 'x' } });
  assert.match(faulty.join(), /^invalid environment TAILRACE_CONNECTOR_C_ENDPOINTS_USERS_HTTP_TIMEOUT_MS must be/);
});

test('endpoints: headers are secrets as everywhere', () => {
  const header = 'endpoints.users.http.headers.X-Api-Key';
  const config = parse({ connector: { ...BOTH, [header]: 'hush-hush' } });
  assert(secretsOf(config).some(secret => secret.reveal() === 'hush-hush'));
  assert.doesNotMatch(JSON.stringify(config), /hush-hush/);
  const [fault] = faultsOf(textsOf({ connector: BOTH, overrides: [`${header}=hush-hush`] }));
  assert.deepEqual([fault?.code, fault?.key], ['forbidden', header]);
  parse({ connector: BOTH, overrides: ['endpoints.users.batch.max.records=3'] });
});

test('endpoints: every key is said to be of each or of all', () => {
  const ofEach = Object.values<{ key: string }>(schemas.connector).flatMap(({ key }) =>
    sharedBy(key) === null ? [key] : [],
  );
  const expected =
    /^(http\.(url|method|timeout\.ms|request\.|response\.|body\.|headers\.|delete\.|compression|accept|idempotency|trace)|batch\.|retry\.backoff\.|behavior\.on\.|delivery\.(max\.attempts|on\.))/;
  assert.deepEqual(
    ofEach.filter(key => !expected.test(key)),
    [],
  );
  const families = FAMILIES.connector.flatMap(({ prefix }) => (sharedBy(prefix) === null ? [prefix] : []));
  assert.deepEqual(families, ['http.headers.', 'http.response.failure.when.', 'http.response.records.failure.when.']);
});
