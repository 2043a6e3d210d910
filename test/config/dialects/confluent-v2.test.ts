import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { confluentV2 } from '../../../config/dialects/confluent-v2.ts';
import { API_KEYS, MOST_APIS } from '../../../config/dialects/confluent-v2-keys.ts';
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

const APIS = Array.from({ length: MOST_APIS }, (_, i) => apiRows(i + 1, i < 2)).flat();

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

/** Two files that leave no key of an API with its default, between them. */
const SETS: readonly Keys[] = [
  {
    'http.api.path': '/${a}/x',
    'http.path.parameters': 'a:${id};',
    'http.path.parameters.separator': ';',
    'http.request.method': 'PUT',
    'http.request.parameters': 'a=1;b=${topic}',
    'http.request.parameters.separator': ';',
    'http.request.headers': 'A:1;B:2',
    'http.request.headers.separator': ';',
    'http.request.sensitive.headers': 'C:3',
    'forward.kafka.headers': 'false',
    'http.response.compression.enabled': 'false',
    'request.body.format': 'STRING',
    'max.batch.size': '9',
    'batch.key.pattern': '${key}',
    'batch.prefix': '<',
    'batch.suffix': '>',
    'batch.separator': ';',
    'regex.patterns': 'a;b',
    'regex.replacements': 'x;y',
    'regex.separator': ';',
    'behavior.on.null.values': 'FAIL',
    'max.retries': '7',
    'retry.backoff.ms': '11',
    'retry.backoff.policy': 'CONSTANT_VALUE',
    'retry.on.status.codes': '409',
    'http.connect.timeout.ms': '40000',
    'http.request.timeout.ms': '5000',
    'test.api': 'true',
    'upsert.method': 'none',
  },
  {
    'http.request.method': 'GET',
    'allow.get.request.body': 'true',
    'batch.json.as.array': 'true',
    'http.request.body': '{"k":"${key}"}',
    'behavior.on.null.values': 'DELETE',
  },
];

test('confluent V2: every API means the same by its keys', () => {
  const told = new Set(SETS.flatMap(keys => Object.keys(keys)));
  const others = ['topics', 'report.only.status.code.to.success.topic', 'upsert.api.path', 'upsert.on.field.value'];
  assert.deepEqual([...told, ...others].sort(), [...API_KEYS].sort());
  for (const keys of SETS) {
    const nth = (n: number) => {
      const own = Object.fromEntries(Object.entries(keys).map(([key, text]) => [`api${n}.${key}`, text]));
      const names = Array.from({ length: n }, (_, i) => `t${i + 1}`);
      const topics = Object.fromEntries(names.map((name, i) => [`api${i + 1}.topics`, name]));
      const { endpoints } = read({ topics: names.join(','), 'apis.num': String(n), ...topics, ...own });
      const { alias, topics: read_, ...rest } = endpoints![n - 1]!;
      assert.deepEqual([alias, read_], [`api${n}`, [`t${n}`]]);
      return rest;
    };
    const second = nth(2);
    for (let n = 3; n <= MOST_APIS; n++) assert.deepEqual(nth(n), second, `api${n}`);
  }
});

test('confluent V2: the grant of a code goes on with its refresh token', () => {
  const keys = {
    'auth.type': 'OAUTH2',
    'oauth2.flow.type': 'CODE_GRANT_FLOW',
    'oauth2.token.url': 'https://a/token',
    'oauth2.client.id': 'i',
    'oauth2.client.secret': 's',
    'oauth2.refresh.token': 'r',
  };
  const { auth } = read(keys).http;
  assert.equal(auth.type === 'oauth2' && auth.grant.type, 'refresh_token');
});

test('confluent V2: a Google service account signs for itself', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const account = {
    type: 'service_account',
    private_key_id: 'k1',
    private_key: key,
    client_email: 'a@b',
    token_uri: 'https://t/x',
  };
  const json = JSON.stringify(account).replaceAll('\\', '\\\\');
  const { auth } = read({ 'auth.type': 'OAUTH2', 'gcp.credentials.json': json }).http;
  assert.ok(auth.type === 'oauth2' && auth.grant.type === 'jwt_bearer');
  const { issuer, claims } = auth.grant.assertion;
  assert.deepEqual([auth.tokenUrl.href, issuer], ['https://t/x', 'a@b']);
  assert.equal(claims?.reveal(), '{"scope":"https://www.googleapis.com/auth/cloud-platform","sub":null}');
  assert.doesNotMatch(
    JSON.stringify([...explainTexts({ ...BASE, 'auth.type': 'OAUTH2', 'gcp.credentials.json': json })]),
    /PRIVATE KEY/,
  );
});

test('confluent V2: what is wrong with an address is told of its part', () => {
  const told = (keys: Keys) => faultLines({ connector: { ...BASE, ...keys } }).join('\n');
  for (const path of [null, '/a']) {
    const lines = told({ 'http.api.base.url': 'https://u:geheim@h', 'api1.http.api.path': path });
    assert.match(lines, /^invalid sink\.properties http\.api\.base\.url must not hold a user or password/);
    assert.doesNotMatch(lines, /geheim|api1/);
  }
  const lines = told({ ...TWO, 'http.api.base.url': 'https://${topic}' });
  assert.match(lines, /http\.api\.base\.url must not hold a macro before its path/);
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
  const lines = faultLines({ connector: { ...BASE, ...TWO, 'api2.http.api.path': '/x y' } });
  assert.match(lines.join('\n'), /invalid sink\.properties api2\.http\.api\.path must not hold blanks/);
  const typo = faultLines({ connector: { ...BASE, 'api1.max.retrys': '5' } });
  assert.match(typo.join('\n'), /unknown .*api1\.max\.retrys .*did you mean api1\.max\.retries/);
});
