import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confluentV2 } from '../../../config/dialects/confluent-v2.ts';
import { MOST_APIS } from '../../../config/dialects/confluent-v2-keys.ts';
import { connectorOf, faultLines, type Keys, parse } from '../written.ts';
import { ROWS as V1_ROWS } from './confluent-rows.ts';
import { apiRows } from './confluent-v2-api-rows.ts';
import { CONNECTOR_ROWS } from './confluent-v2-rows.ts';
import { explainTexts } from './explained.ts';
import type { Row } from './row.ts';
import { testTable } from './table.ts';

const BASE: Keys = {
  'http.url': null,
  'connector.class': 'io.confluent.connect.http.sink.GenericHttpSinkConnector',
  'http.api.base.url': 'https://h',
};

const OWN = new Set(CONNECTOR_ROWS.map(({ key }) => key));
const KEYS = new Set(Object.values(confluentV2.keys).map(({ key }) => key));

/** What the first sink has of it too, which means the same. */
const COMMON: readonly Row[] = V1_ROWS.filter(({ key }) => KEYS.has(key) && !OWN.has(key)).map(row =>
  row.beside?.['connector.class'] === 'HttpSink'
    ? { ...row, beside: { ...row.beside, 'connector.class': 'HttpSinkV2' } }
    : row,
);

const APIS = Array.from({ length: MOST_APIS }, (_, i) => apiRows(i + 1, [1, 2, MOST_APIS].includes(i + 1))).flat();

testTable(confluentV2, [...CONNECTOR_ROWS, ...COMMON, ...APIS], BASE);

const read = (keys: Keys) => connectorOf({ ...BASE, ...keys });

const TWO: Keys = {
  topics: 'a,b',
  'apis.num': '2',
  'api1.topics': 'a',
  'api2.topics': 'b',
  'api2.http.api.path': '/b',
};

test('confluent V2: each key that is written is explained', () => {
  const written = Object.fromEntries(Object.values(confluentV2.keys).map(({ key }) => [key, 'x']));
  const explained = explainTexts({ ...BASE, ...written });
  for (const { key } of Object.values(confluentV2.keys)) {
    assert.ok(explained.has(key), key);
    const { outcome, reasons } = explained.get(key)!;
    assert.ok(outcome === 'honoured' || reasons.length > 0, `${key} is ${outcome} and nothing is said`);
  }
});

test('confluent V2: what has no effect says so, and what can not be honoured is refused', () => {
  const idle = Object.fromEntries(confluentV2.ignored.map(({ key }) => [key.replace('*', 'x'), 'x']));
  const explained = explainTexts({ ...BASE, ...idle });
  for (const key of Object.keys(idle)) assert.equal(explained.get(key)?.outcome, 'ignored', key);
  for (const { key } of confluentV2.refused) {
    assert.match(faultLines({ connector: { ...BASE, [key]: 'x' } }).join('\n'), new RegExp(`unsupported .* ${key} `));
  }
});

test('confluent V2: full, simple and short names of the class', () => {
  const names = ['GenericHttpSinkConnector', 'GenericHttpSink', 'HttpSinkV2', ...confluentV2.classes];
  for (const name of names) assert.equal(read({ 'connector.class': name }).http.url.href, 'https://h/', name);
});

test('confluent V2: one API is the connector, several are endpoints', () => {
  assert.equal(read({ 'api1.topics': 'events' }).endpoints, null);
  const { endpoints } = read({ ...TWO, 'api1.forward.kafka.headers': 'false' });
  assert.deepEqual(
    endpoints?.map(({ alias, topics, http }) => [alias, topics, http.url.href]),
    [
      ['api1', ['a'], 'https://h/'],
      ['api2', ['b'], 'https://h/b'],
    ],
  );
  assert.equal(endpoints?.[0]?.http.route?.forward.length ?? 0, 0);
  assert.deepEqual(endpoints?.[1]?.http.headers, {}, 'what is passed on is no header');
});

test('confluent V2: fifteen APIs', () => {
  const numbers = Array.from({ length: MOST_APIS }, (_, i) => i + 1);
  const { endpoints } = read({
    topics: numbers.map(n => `t${n}`).join(','),
    'apis.num': String(MOST_APIS),
    ...Object.fromEntries(
      numbers.flatMap(n => [
        [`api${n}.topics`, `t${n}`],
        [`api${n}.max.retries`, String(n)],
      ]),
    ),
  });
  assert.deepEqual(
    endpoints?.map(({ http }) => http.attempts?.mostRetried),
    numbers.map(n => n + 1),
  );
});

test('confluent V2: a topic of several APIs goes to the last; what is not read goes nowhere', () => {
  const keys = { ...TWO, 'api1.topics': 'a,b,z', 'api2.topics': 'b' };
  assert.deepEqual(
    read(keys).endpoints?.map(({ topics }) => topics),
    [['a'], ['b']],
  );
  const { reasons } = explainTexts({ ...BASE, ...keys }).get('api1.topics')!;
  assert.match(
    reasons.join('; '),
    /holds b, which api2\.topics holds too: the last one has it.*holds z, which topics does not/,
  );
  const left = read({ ...TWO, 'api1.topics': 'a', 'api2.topics': 'a,b' });
  assert.deepEqual(
    left.endpoints?.map(({ alias }) => alias),
    ['api2'],
  );
});

test('confluent V2: keys of an API beyond apis.num have no effect', () => {
  assert.equal(explainTexts({ ...BASE, 'api2.topics': 'x' }).get('api2.topics')?.outcome, 'ignored');
});

test('confluent V2: timeouts of connections are of all APIs: the longest counts', () => {
  const keys = { ...TWO, 'api1.http.connect.timeout.ms': '2000', 'api2.http.connect.timeout.ms': '9000' };
  const { endpoints } = read({ ...keys, 'api1.http.request.timeout.ms': '1000' });
  assert.deepEqual(
    endpoints?.map(({ http }) => [http.connectTimeoutMs, http.timeoutMs]),
    [
      [9_000, 10_000],
      [9_000, 39_000],
    ],
  );
  assert.equal(explainTexts({ ...BASE, ...keys }).get('api1.http.connect.timeout.ms')?.outcome, 'differs');
});

test('confluent V2: keys of ours beside theirs win, for all APIs or for one', () => {
  const one = read({ 'api1.max.batch.size': '5', 'batch.max.records': '7', 'api1.batch.json.as.array': 'true' });
  assert.equal(one.batch.maxRecords, 7);
  const keys = {
    ...TWO,
    'batch.linger.ms': '99',
    'retry.backoff.ms': '77',
    'endpoints.api2.http.timeout.ms': '1234',
    'endpoints.api2.http.connect.timeout.ms': null,
    'http.connect.timeout.ms': '1000',
    'api2.http.request.headers': 'X-A: 1',
    'endpoints.api2.http.headers.x-a': '2',
  };
  const { endpoints } = read(keys);
  assert.deepEqual(
    endpoints?.map(({ batch, http }) => [batch.lingerMs, http.retryBackoffMs, http.timeoutMs]),
    [
      [99, 77, 60_000],
      [99, 77, 1_234],
    ],
  );
  assert.equal(endpoints?.[1]?.http.headers['x-a']?.reveal(), '2');
});

test('confluent V2: variables of the environment and the command line', () => {
  const env = { TAILRACE_CONNECTOR_C_API1_MAX_RETRIES: '1', TAILRACE_CONNECTOR_HTTP_API_BASE_URL: 'https://env' };
  const config = connectorOf(
    { ...BASE, 'http.api.base.url': null },
    { env, overrides: ['api1.http.request.method=put'] },
  );
  assert.deepEqual(
    [config.http.url.href, config.http.attempts?.mostRetried, config.http.method],
    ['https://env/', 2, 'PUT'],
  );
  for (const key of ['bearer.token', 'api.key.value', 'gcp.credentials.json']) {
    assert.match(
      faultLines({ connector: BASE, overrides: [`${key}=geheim`] }).join('\n'),
      /forbidden command line .* is secret/,
    );
  }
});

test('confluent V2: a secret from a config provider is never shown', () => {
  const keys = { ...BASE, 'auth.type': 'BEARER', 'bearer.token': '${env:PASSWORD}' };
  const worker = {
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
  };
  const rest = { worker, env: { PASSWORD: 'geheim' } };
  assert.doesNotMatch(JSON.stringify([...explainTexts(keys, rest)]), /geheim/);
  const { auth } = parse({ connector: keys, ...rest }).connectors[0]!.http;
  assert.equal(auth.type === 'bearer' && auth.token?.reveal(), 'geheim');
});

test('confluent V2: Confluent Cloud with its defaults', () => {
  const cloud = { 'connector.class': 'HttpSinkV2', 'input.data.format': 'JSON' };
  const { errors, reporter, keyConverter } = read(cloud);
  assert.deepEqual([errors.tolerance, errors.deadLetterTopic], ['none', 'dlq-c']);
  assert.deepEqual(
    [reporter?.success?.name, reporter?.error?.name, keyConverter.kind],
    ['success-c', 'error-c', 'string'],
  );
  assert.equal(read({ ...cloud, 'behavior.on.error': 'IGNORE' }).errors.tolerance, 'all');
});

test('confluent V2: faults of our schema speak of their keys', () => {
  const lines = faultLines({ connector: { ...BASE, ...TWO, 'api2.http.api.path': '/{x}' } });
  assert.match(lines.join('\n'), /invalid sink\.properties api2\.http\.api\.path must not hold blanks, or braces/);
  const typo = faultLines({ connector: { ...BASE, 'api1.max.retrys': '5' } });
  assert.match(typo.join('\n'), /unknown .*api1\.max\.retrys .*did you mean api1\.max\.retries/);
});
