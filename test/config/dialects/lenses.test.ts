import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf } from '../../../config/dialects/choose.ts';
import { lenses } from '../../../config/dialects/lenses.ts';
import { connectorOf, faultLines, type Keys, parse } from '../written.ts';
import { explainTexts } from './explained.ts';
import { ROWS } from './lenses-rows.ts';
import { testTable } from './table.ts';

const BASE: Keys = {
  'http.url': null,
  'connector.class': 'io.lenses.streamreactor.connect.http.sink.HttpSinkConnector',
  'connect.http.endpoint': 'https://h/in',
  'connect.http.request.content': '{{value}}',
};
const LOOP: Keys = { ...BASE, 'connect.http.request.content': '[{{#message}}{{value}}, {{/message}}]' };
const PROVIDER: Keys = {
  'config.providers': 'env',
  'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
};

testTable(lenses, ROWS, BASE);

const read = (keys: Keys) => connectorOf({ ...BASE, ...keys });
const said = (keys: Keys, key: string): string => {
  const { outcome, reasons, became } = explainTexts(keys).get(key)!;
  return `${outcome}: ${[...reasons, ...became].join('; ')}`;
};

test('lenses: each key that is written is explained', () => {
  const written = Object.fromEntries(Object.values(lenses.keys).map(({ key }) => [key, 'x']));
  const explained = explainTexts({ ...BASE, ...written });
  for (const { key } of Object.values(lenses.keys)) {
    const { outcome, reasons } = explained.get(key)!;
    assert.ok(outcome === 'honoured' || reasons.length > 0, `${key} is ${outcome} and nothing is said`);
  }
});

test('lenses: what is done in another way says so', () => {
  for (const [keys, key, expected] of [
    [BASE, 'connect.http.error.threshold', /^differs: lets nothing be lost/],
    [BASE, 'connect.http.retries.max.retries', /^differs: does not end a wait/],
    [
      BASE,
      'connect.http.batch.count',
      /^differs: has no effect, since .* no {{#message}} loop.*drops all but the first/,
    ],
    [BASE, 'connect.http.batch.size', /^ignored: .*no {{#message}} loop/],
    [BASE, 'connect.http.upload.sync.period', /^ignored: /],
    [LOOP, 'connect.http.batch.count', /^differs: fills a request for 60 seconds at most.*batch\.max\.records=7/],
    [LOOP, 'connect.http.batch.size', /^differs: is reached, or exceeded.*batch\.target\.bytes=7/],
    [LOOP, 'connect.http.time.interval', /^honoured: batch\.linger\.ms=7000$/],
  ] as const) {
    assert.match(said({ ...keys, [key]: '7' }, key), expected, key);
  }
  assert.match(
    said({ ...LOOP, 'connect.http.json.tidy': 'true' }, 'connect.http.json.tidy'),
    /^differs: takes the comma/,
  );
  assert.match(
    said({ ...BASE, 'ssl.key.password': 'x' }, 'ssl.key.password'),
    /^ignored: Lenses’ sink looks at stores/,
  );
  const topic = { ...BASE, 'connect.http.endpoint': 'https://h/{{topic}}' };
  assert.match(
    said(topic, 'connect.http.endpoint'),
    /^differs: takes what it is filled with for one part of the address/,
  );
});

test('lenses: the JSON of old releases is refused', () => {
  const lines = faultLines({ connector: { ...BASE, 'connect.http.config': '{}' } });
  assert.match(lines.join('\n'), /^unsupported \S+ connect\.http\.config is the JSON of releases before 8/);
});

test('lenses: full, simple and short names of the class', () => {
  for (const name of namesOf(lenses.classes[0]!)) {
    assert.equal(read({ 'connector.class': name }).http.url.href, 'https://h/in', name);
  }
});

test('lenses: keys of ours beside theirs win', () => {
  const keys = { 'connect.http.batch.count': '5', 'batch.max.records': '7', 'batch.linger.ms': '3' };
  const { batch } = connectorOf({ ...LOOP, ...keys });
  assert.deepEqual([batch.maxRecords, batch.lingerMs], [7, 3]);
  assert.match(said({ ...LOOP, ...keys }, 'connect.http.batch.count'), /is overruled by batch\.max\.records/);
});

test('lenses: a comma that tidy takes away keeps its blanks between two records', () => {
  const { batch } = connectorOf({ ...LOOP, 'connect.http.json.tidy': 'true', 'connect.http.batch.count': '5' });
  assert.equal(batch.separator, ', ');
});

test('lenses: variables of the environment, and the command line', () => {
  const env = {
    TAILRACE_CONNECTOR_C_CONNECT_HTTP_BATCH_COUNT: '6',
    TAILRACE_CONNECTOR_CONNECT_HTTP_METHOD: 'put',
    TAILRACE_CONNECTOR_C_CONNECT_REPORTING_ERROR_CONFIG_ENABLED: 'false',
  };
  const { batch, http } = connectorOf(LOOP, { env, overrides: ['connect.http.time.interval=2'] });
  assert.deepEqual([batch.maxRecords, http.method, batch.lingerMs], [6, 'PUT', 2_000]);
  for (const key of [
    'connect.http.authentication.basic.password',
    'connect.http.request.headers',
    'connect.reporting.error.config.sasl.jaas.config',
    'connect.reporting.error.config.ssl.keystore.password',
  ]) {
    const lines = faultLines({ connector: BASE, overrides: [`${key}=geheim`] });
    assert.match(lines.join('\n'), new RegExp(`^forbidden command line ${key.replaceAll('.', '\\.')} is secret`));
  }
});

test('lenses: a secret from a config provider is never shown', () => {
  const keys = {
    ...BASE,
    'connect.http.authentication.type': 'basic',
    'connect.http.authentication.basic.username': 'u',
    'connect.http.authentication.basic.password': '${env:PASSWORD}',
    'connect.http.request.headers': 'X-Key:${env:PASSWORD}',
  };
  const rest = { worker: PROVIDER, env: { PASSWORD: 'geheim' } };
  const explained = explainTexts(keys, rest);
  assert.equal(explained.get('connect.http.authentication.basic.password')?.outcome, 'honoured');
  assert.doesNotMatch(JSON.stringify([...explained]), /geheim/);
  const { auth, headers } = parse({ connector: keys, ...rest }).connectors[0]!.http;
  assert.deepEqual([auth.type === 'basic' && auth.password.reveal(), headers['x-key']?.reveal()], ['geheim', 'geheim']);
});

test('lenses: a typo is told with the key that it may stand for', () => {
  const lines = faultLines({ connector: { ...BASE, 'connect.http.batch.cuont': '5' } });
  assert.match(lines.join('\n'), /^unknown .*connect\.http\.batch\.cuont .*did you mean connect\.http\.batch\.count/);
});

test('lenses: reports of both kinds have one client', () => {
  const of = (kind: string, servers: string, more: Keys = {}): Keys => ({
    [`connect.reporting.${kind}.config.enabled`]: 'true',
    [`connect.reporting.${kind}.config.topic`]: `${kind}-reports`,
    [`connect.reporting.${kind}.config.bootstrap.servers`]: servers,
    ...more,
  });
  const both = read({ ...of('success', 'k:9092'), ...of('error', 'k:9092') });
  assert.deepEqual([both.reporter?.success?.name, both.reporter?.error?.name], ['success-reports', 'error-reports']);
  const apart = faultLines({ connector: { ...BASE, ...of('success', 'k:9092'), ...of('error', 'other:9092') } });
  assert.match(
    apart.join('\n'),
    /^unsupported \S+ connect\.reporting\.error\.config\.bootstrap\.servers must be as the keys of/,
  );
  const { kafka } = read(of('error', 'k:9092', { 'connect.reporting.error.config.compression.type': 'gzip' }));
  assert.equal(kafka.reports?.producer.global['compression.codec'], 'gzip');
  assert.match(
    said({ ...BASE, 'connect.reporting.error.config.linger.ms': '5' }, 'connect.reporting.error.config.linger.ms'),
    /^ignored: connect\.reporting\.error\.config\.enabled is false/,
  );
});
