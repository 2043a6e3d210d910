import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { aiven } from '../../../config/dialects/aiven.ts';
import { namesOf } from '../../../config/dialects/choose.ts';
import { type ExplainedKey, explainFiles } from '../../../config/explain.ts';
import { parseConfig } from '../../../config/load.ts';
import { PEERS } from '../../conformance/samples.ts';
import { NO_FILES } from '../../support/files.ts';
import { connectorOf, faultLines, type Keys, parse, textsOf } from '../written.ts';
import { OAUTH2, PLAIN, ROWS, STATIC } from './aiven-table.ts';

const TRUST = readFileSync(join(PEERS, 'secrets/trust.jks'));
const files = { ...NO_FILES, read: (path: string) => (path === '/stores/trust.jks' ? TRUST : NO_FILES.read(path)) };
const directory = mkdtempSync(join(tmpdir(), 'tailrace-aiven-'));
after(() => rmSync(directory, { recursive: true }));

const of = (keys: Keys) => connectorOf({ ...PLAIN, ...keys }, { files });
const faultsOf = (keys: Keys): string[] =>
  faultLines({ connector: { ...PLAIN, ...keys }, files }).map(line => line.replace(' sink.properties ', ' '));

test('there is a row for each key, and none for another', () => {
  const keys = Object.values(aiven.keys).map(({ key }) => key);
  assert.deepEqual(ROWS.map(({ key }) => key).sort(), keys.sort());
});

for (const { key, beside = {}, of: about, unwritten, written, faults } of ROWS) {
  test(`${key}: its default, what it means, and its faults`, () => {
    if (unwritten !== undefined) assert.deepEqual(about(of({ ...beside, [key]: null })), unwritten, 'by default');
    assert(written.length > 0 && faults.length > 0);
    for (const [text, meaning] of written) assert.deepEqual(about(of({ ...beside, [key]: text })), meaning, text);
    for (const [text, fault] of faults) {
      const lines = faultsOf({ ...beside, [key]: text });
      assert.equal(lines.length, 1, `${text}: ${lines.join('\n')}`);
      assert.match(lines[0]!, fault);
      assert.doesNotMatch(lines[0]!, /p4ss|geheim/);
    }
  });
}

test('what belongs together: none refuses a header of credentials', () => {
  assert.deepEqual(faultsOf({ 'http.headers.authorization': 'Bearer geheim' }), [
    'conflict http.headers.authorization must not be present when http.authorization.type != static',
  ]);
});

/** What is told of each written key, by its name. */
function explained(keys: Keys, more: { env?: Keys; overrides?: string[] } = {}): ReadonlyMap<string, ExplainedKey> {
  const file = join(directory, 'sink.properties');
  const all: Keys = { name: 'a', topics: 't', 'http.url': 'https://e.example.org/', ...PLAIN, ...keys };
  writeFileSync(
    file,
    Object.entries(all)
      .map(([key, value]) => (value === null ? '' : `${key}=${value}\n`))
      .join(''),
  );
  const env = { TAILRACE_WORKER_BOOTSTRAP_SERVERS: 'k:9092', ...more.env } as Record<string, string>;
  const { sources } = explainFiles({ files: [file], env, overrides: more.overrides ?? [] });
  return new Map(sources.flatMap(source => source.keys).map(each => [each.key, each]));
}

test('explain names every key, and says what became of it', () => {
  for (const { key, beside = {}, written } of ROWS) {
    const text = written[0]![0];
    if (text.startsWith('/stores/') || beside['http.ssl.truststore.location'] !== undefined) continue;
    const told = explained({ ...beside, [key]: text }).get(key);
    assert(told !== undefined, key);
    assert(told.became.length > 0 || told.reasons.length > 0 || text === 'none' || text === 'false', `${key}=${text}`);
  }
});

test('explain: what has no effect, and what is done in another way', () => {
  const said = (keys: Keys, key: string): string => {
    const { outcome, reasons, became } = explained(keys).get(key)!;
    return `${outcome}: ${[...reasons, ...became].join('; ')}`;
  };
  for (const key of ['batch.max.size', 'batch.prefix', 'batch.suffix', 'batch.separator']) {
    assert.equal(said({ [key]: '5' }, key), 'ignored: batching.enabled is false');
  }
  for (const key of Object.keys(OAUTH2).filter(each => each.startsWith('oauth2.'))) {
    assert.equal(said({ [key]: OAUTH2[key]! }, key), 'ignored: http.authorization.type is none');
  }
  assert.match(
    said({ ...OAUTH2, 'http.headers.authorization': 'x' }, 'http.headers.authorization'),
    /^ignored: with .*oauth2/,
  );
  assert.match(
    said({ ...OAUTH2, 'oauth2.request.client.id.property': 'x' }, 'oauth2.request.client.id.property'),
    /^ignored: oauth2\.client\.authorization\.mode is HEADER/,
  );
  assert.match(said({ 'kafka.retry.backoff.ms': '5' }, 'kafka.retry.backoff.ms'), /^ignored: /);
  assert.match(
    said({ 'value.converter.decimal.format': 'NUMERIC' }, 'value.converter.decimal.format'),
    /^ignored: decimal\.format says/,
  );
  assert.match(said({ 'http.ssl.truststore.password': 'x' }, 'http.ssl.truststore.password'), /^ignored: there is no/);
  assert.match(said({}, 'connector.class'), /^differs: means that an outage of the endpoint is waited out/);
  assert.match(
    said({ 'max.retries': '2' }, 'max.retries'),
    /^differs: .*waited out.*http\.response\.retry\.max\.attempts=3/,
  );
  assert.match(
    said({ 'retry.backoff.ms': '9' }, 'retry.backoff.ms'),
    /^differs: is the first pause.*; retry\.backoff\.ms=9/,
  );
  assert.match(
    said({ 'http.timeout': '5' }, 'http.timeout'),
    /^honoured: http\.timeout\.ms=5000; http\.connect\.timeout\.ms=5000$/,
  );
  assert.match(said({ 'http.timeout': '90000' }, 'http.timeout'), /^differs: is a day here/);
  assert.match(
    said({ 'http.headers.additional': 'X-A:b:c' }, 'http.headers.additional'),
    /^differs: .*colons.*\(X-A\)/,
  );
  assert.match(
    said({ ...STATIC, 'http.headers.additional': 'authorization:x' }, 'http.headers.additional'),
    /^differs: names authorization too, which is sent once, as http\.headers\.authorization says/,
  );
  const batched = { 'batching.enabled': 'true', 'errors.tolerance': 'all' };
  assert.match(said(batched, 'batching.enabled'), /^differs: works with errors\.tolerance=all/);
  assert.match(said({ ...batched, 'batch.separator': '\\\\n' }, 'batch.separator'), /is sent with its backslash/);
  assert.match(
    said({ 'http.ssl.trust.all.certs': 'true' }, 'http.ssl.trust.all.certs'),
    /^honoured: is none: everybody/,
  );
});

test('a relative trust store is looked for here', () => {
  const { reasons } = explained({ 'http.ssl.truststore.location': 'trust.jks' }).get('http.ssl.truststore.location')!;
  assert.match(reasons.join(), /no such file/);
  writeFileSync(join(directory, 'trust.jks'), TRUST);
  const where = process.cwd();
  process.chdir(directory);
  try {
    const told = explained({ 'http.ssl.truststore.location': 'trust.jks' }).get('http.ssl.truststore.location')!;
    assert.equal(told.outcome, 'differs');
    assert.match(told.reasons.join(), /looked for in the working directory/);
  } finally {
    process.chdir(where);
  }
});

test('every name of the class is known, the short ones by a key that the vendor alone has', () => {
  for (const name of namesOf('io.aiven.kafka.connect.http.HttpSinkConnector')) {
    assert.equal(of({ 'connector.class': name }).batch.format, 'single', name);
  }
});

test('variables of the environment and the command line have the vendor’s names', () => {
  const env = {
    TAILRACE_CONNECTOR_C_HTTP_TIMEOUT: '7',
    TAILRACE_CONNECTOR_C_HTTP_HEADERS_CONTENT_TYPE: 'text/plain',
    TAILRACE_CONNECTOR_BATCHING_ENABLED: 'true',
    TAILRACE_CONNECTOR_C_BATCH_SEPARATOR: ' | ',
  };
  const { http, batch } = parse({ connector: PLAIN, env, overrides: ['batch.max.size=9'] }).connectors[0]!;
  assert.deepEqual(
    [http.timeoutMs, http.headers['content-type']?.reveal(), batch.format, batch.separator, batch.maxRecords],
    [7_000, 'text/plain', 'joined', ' | ', 9],
  );
  const refused = faultLines({ connector: PLAIN, overrides: ['http.headers.additional=X-Key:hush'] });
  assert.equal(refused.length, 1);
  assert.match(refused[0]!, /^forbidden command line http\.headers\.additional /);
});

test('a connector may live in the environment alone', () => {
  const env = {
    TAILRACE_CONNECTOR_E_CONNECTOR_CLASS: 'io.aiven.kafka.connect.http.HttpSinkConnector',
    TAILRACE_CONNECTOR_E_TOPICS: 't',
    TAILRACE_CONNECTOR_E_HTTP_URL: 'https://e.example.org/',
    TAILRACE_CONNECTOR_E_HTTP_AUTHORIZATION_TYPE: 'static',
    TAILRACE_CONNECTOR_E_HTTP_HEADERS_AUTHORIZATION: 'Bearer x',
  };
  const { http } = parseConfig({ ...textsOf({ env }), connectors: [] }).connectors[0]!;
  assert.equal(http.headers['authorization']?.reveal(), 'Bearer x');
});

test('what a provider gave for a secret is never shown', () => {
  writeFileSync(join(directory, 'secrets.properties'), 'token=provided-token\n');
  const provider = {
    TAILRACE_WORKER_CONFIG_PROVIDERS: 'file',
    TAILRACE_WORKER_CONFIG_PROVIDERS_FILE_CLASS: 'org.apache.kafka.common.config.provider.FileConfigProvider',
  };
  const placeholder = `$${'{file:'}${join(directory, 'secrets.properties')}:token}`;
  for (const [key, keys] of [
    ['http.headers.authorization', { ...STATIC, 'http.headers.authorization': placeholder }],
    ['http.headers.additional', { 'http.headers.additional': `X-Key:${placeholder}` }],
    ['oauth2.client.secret', { ...OAUTH2, 'oauth2.client.secret': placeholder }],
  ] as const) {
    const told = explained(keys, { env: provider });
    assert.equal(told.get(key)?.value ?? null, null);
    assert.equal(told.get(key)?.outcome, 'honoured', key);
    assert.doesNotMatch(JSON.stringify([...told]), /provided-token/);
  }
});

test('keys of ours beside the vendor’s win', () => {
  const ours = {
    'batch.max.bytes': '1000',
    'retry.backoff.max.ms': '5000',
    'behavior.on.other.values': 'send',
    'behavior.on.null.values': 'ignore',
    'http.headers.content-type': 'text/csv',
    'http.headers.X-More': 'y',
    'http.version': '2',
    'delivery.max.attempts': '4',
  };
  const { http, batch, values } = of({ ...ours, 'http.headers.content.type': 'text/plain' });
  assert.deepEqual(
    [batch.maxBytes, http.retryBackoffMaxMs, values.onOther, values.onNull, http.version, http.attempts?.most],
    [1_000, 5_000, 'send', 'ignore', '2', 4],
  );
  const headers = Object.entries(http.headers).map(([name, value]) => [name, value.reveal()]);
  assert.deepEqual(Object.fromEntries(headers), { 'content-type': 'text/csv', 'x-more': 'y' });
  assert.equal(of({ 'buffer.max.bytes': '1048576' }).batch.maxBytes, 1_048_576);
});

test('the worker’s converter stays, and decimals are as the sink says', () => {
  const worker = {
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.decimal.format': 'NUMERIC',
  };
  const decimals = (keys: Keys): unknown => {
    const { valueConverter } = connectorOf({ ...PLAIN, ...keys }, { worker });
    return valueConverter.kind === 'json' && [valueConverter.schemas, valueConverter.decimalFormat];
  };
  assert.deepEqual(decimals({}), [true, 'BASE64']);
  assert.deepEqual(decimals({ 'decimal.format': 'NUMERIC' }), [true, 'NUMERIC']);
});

test('a typo has the vendor’s key for a hint', () => {
  assert.match(faultsOf({ 'http.headers.aditional': 'X:1' }).join(), /^$/, 'that is a header of ours');
  assert.match(faultsOf({ 'batching.enable': 'true' }).join(), /^unknown batching\.enable .*batching\.enabled/);
  assert.match(
    faultsOf({ 'oauth2.acces.token.url': 'x' }).join(),
    /^unknown oauth2\.acces\.token\.url .*oauth2\.access\.token\.url/,
  );
});
