import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkerBase } from '../../config/build.ts';
import { createDefinitions, InvalidConnectorError, type SentProperties } from '../../config/define.ts';
import { revealed, withHidden } from '../../config/properties.ts';
import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig } from '../../config/types.ts';
import { SINK, workerBase } from './base.ts';
import { parse } from './written.ts';

const PROVIDERS = {
  'config.providers': 'env,open',
  'config.providers.env.class': 'EnvVarConfigProvider',
  'config.providers.env.param.allowlist.pattern': 'TOKEN|PASSWORD',
  'config.providers.open.class': 'EnvVarConfigProvider',
};

function define(properties: SentProperties, base: WorkerBase = workerBase(), others: readonly ConnectorConfig[] = []) {
  return createDefinitions({ base, version: '1' }).define(properties, others);
}

function refusal(...input: Parameters<typeof define>): string {
  try {
    define(...input);
  } catch (error) {
    assert(error instanceof InvalidConnectorError);
    return error.message;
  }
  return 'accepted';
}

test('define: what was sent is what is shown, beside the environment that counts', () => {
  const base = workerBase({}, { TAILRACE_CONNECTOR_C_BATCH_MAX_RECORDS: '7', TAILRACE_CONNECTOR_HTTP_TIMEOUT_MS: '8' });
  const { config, notices } = define({ ...SINK, 'batch.max.records': ' 3' }, base);
  assert.equal(config.batch.maxRecords, 7);
  assert.equal(config.http.timeoutMs, 8);
  assert.deepEqual(config.properties, { ...SINK, 'batch.max.records': ' 3' });
  assert.deepEqual(notices, [
    'connector c: batch.max.records has no effect: TAILRACE_CONNECTOR_C_BATCH_MAX_RECORDS of the environment says otherwise',
  ]);
});

test('define: a connector file is shown as file, environment and command line have it', () => {
  const env = { TAILRACE_CONNECTOR_C_BATCH_MAX_RECORDS: '7', TAILRACE_CONNECTOR_C_HTTP_AUTH_PASSWORD: 'hush' };
  const connector = { 'http.auth.type': 'basic', 'http.auth.username': 'u', 'batch.max.records': '3' };
  const [config] = parse({ connector, env, overrides: ['batch.linger.ms=4'] }).connectors;
  const { 'http.auth.password': password, ...shown } = config!.properties;
  assert(password instanceof Secret);
  assert.equal(shown['batch.max.records'], '7');
  assert.equal(shown['batch.linger.ms'], '4');
  assert.equal(shown['name'], 'c');
});

test('define: secrets are hidden where they stand, and placeholders are shown', () => {
  const base = workerBase(PROVIDERS, { TOKEN: 'tok-123456', PASSWORD: 'pass-123456' });
  const jaas =
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${env:PASSWORD}";';
  const { config, provided } = define(
    {
      ...SINK,
      'http.headers.X-Source': 'plain',
      'http.headers.X-Api-Key': 'inline-1',
      'http.headers.Authorization': 'Bearer ${env:TOKEN}',
      'consumer.override.security.protocol': 'SASL_PLAINTEXT',
      'consumer.override.sasl.mechanism': 'PLAIN',
      'consumer.override.sasl.jaas.config': jaas,
    },
    base,
  );
  const { properties } = config;
  assert.equal(properties['http.headers.X-Source'], 'plain');
  assert.equal(properties['http.headers.Authorization'], 'Bearer ${env:TOKEN}');
  assert.equal(properties['consumer.override.sasl.jaas.config'], jaas);
  assert(properties['http.headers.X-Api-Key'] instanceof Secret);
  assert.equal(JSON.parse(JSON.stringify(properties))['http.headers.X-Api-Key'], '[hidden]');
  assert.equal(config.http.headers['authorization']!.reveal(), 'Bearer tok-123456');
  assert.deepEqual(
    provided.map(secret => secret.reveal()).sort(),
    ['Bearer tok-123456', jaas.replace('${env:PASSWORD}', 'pass-123456'), 'pass-123456', 'tok-123456'].sort(),
  );
});

test('define: a secret beside a placeholder is hidden with it', () => {
  const base = workerBase(PROVIDERS, { TOKEN: 't', PASSWORD: 'p' });
  for (const text of ['abc${env:TOKEN}', 'Bearer abc ${env:TOKEN}', 'password=abc ${env:TOKEN}']) {
    const { properties } = define({ ...SINK, 'http.headers.Authorization': text }, base).config;
    assert(properties['http.headers.Authorization'] instanceof Secret, text);
  }
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u"';
  for (const options of [
    'password="a${env:TOKEN}"',
    'user_u="abc" password="${env:TOKEN}"',
    'password=abc user_u=${env:TOKEN}',
  ]) {
    const { properties } = define(
      {
        ...SINK,
        'consumer.override.security.protocol': 'SASL_PLAINTEXT',
        'consumer.override.sasl.mechanism': 'PLAIN',
        'consumer.override.sasl.jaas.config': `${module} ${options};`,
      },
      base,
    ).config;
    assert(properties['consumer.override.sasl.jaas.config'] instanceof Secret, options);
  }
});

test('define: what is hidden keeps its secret, and without one it is refused', () => {
  const sent = { ...SINK, 'http.headers.X-Api-Key': 'inline-1', 'http.headers.X-Source': '[hidden]' };
  const before = define(sent).config.properties;
  const shown = JSON.parse(JSON.stringify(before)) as Record<string, string>;
  assert.deepEqual(withHidden(shown, before), sent);
  assert.deepEqual(revealed(before), sent);
  assert.match(
    refusal({ ...SINK, 'http.headers.X-Api-Key': '[hidden]' }),
    /http\.headers\.X-Api-Key is \[hidden\], which stands for the secret that is there, and there is none/,
  );
});

test('define: errors are listed as Kafka Connect lists them', () => {
  assert.equal(
    refusal({ ...SINK, 'tasks.max': 'abc', 'batch.max.records': '0', 'http.urll': 'x', 'batch.linger.ms': null }),
    [
      'Connector configuration is invalid and contains the following 5 error(s):',
      'Invalid value abc for configuration tasks.max: Not a number of type INT',
      'Invalid value null for configuration tasks.max: Value must be non-null',
      'batch.max.records must be a whole number from 1 to 1000000, not "0"',
      'Null value can not be supplied as the configuration value.',
      'http.urll is not a key of a connector file: did you mean http.url?',
      'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
    ].join('\n'),
  );
});

test('define: only providers that are told what they may give serve a connector of REST', () => {
  const base = workerBase(PROVIDERS, { TOKEN: 'tok-123456', OTHER: 'other-1' });
  assert.match(
    refusal({ ...SINK, 'http.headers.X': '${open:TOKEN}' }, base),
    /config\.providers\.open\.param\.allowlist\.pattern is set in the worker file/,
  );
  assert.match(
    refusal({ ...SINK, 'http.headers.X': '${env:OTHER}' }, base),
    /allowlist\.pattern does not let it through/,
  );
  const file = parse({ worker: PROVIDERS, connector: { 'http.headers.X': '${open:TOKEN}' }, env: { TOKEN: 'tok' } });
  assert.equal(file.connectors[0]!.http.headers['x']!.reveal(), 'tok');
});

test('define: names and groups of others are taken', () => {
  const other = define({ ...SINK, name: 'other', 'consumer.override.group.id': 'g' }).config;
  assert.match(refusal({ ...SINK, name: 'other' }, workerBase(), [other]), /is the name of a connector of this worker/);
  assert.match(
    refusal({ ...SINK, 'consumer.override.group.id': 'g' }, workerBase(), [other]),
    /the consumer group of the connector other/,
  );
});

test('define: a variable that two connectors answer to is refused', () => {
  const base = workerBase({}, { TAILRACE_CONNECTOR_A_B_BATCH_LINGER_MS: '1' });
  const other = define({ ...SINK, name: 'a-b' }, base).config;
  assert.equal(other.batch.lingerMs, 1);
  assert.match(refusal({ ...SINK, name: 'a_b' }, base, [other]), /TAILRACE_CONNECTOR_A_B_BATCH_LINGER_MS stands for/);
  assert.equal(define({ ...SINK, name: 'c' }, base, [other]).config.batch.lingerMs, 20);
});

test('define: no variable gives another name', () => {
  const base = workerBase({}, { TAILRACE_CONNECTOR_C_NAME: 'd' });
  assert.equal(define(SINK, base).config.name, 'c');
});

test('define: of many errors the first are listed', () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`no.such.key.${i}`, 'x']));
  const lines = refusal({ ...SINK, ...many }).split('\n');
  assert.equal(lines[0], 'Connector configuration is invalid and contains the following 250 error(s):');
  assert.deepEqual([lines.length, lines[201]], [203, '… and 50 more']);
});

test('explain: what becomes of each key, secrets hidden and placeholders as they are; a provider that tells anything serves what is in use alone', () => {
  const base = workerBase(PROVIDERS, { TOKEN: 'tok-123456' });
  const properties = {
    ...SINK,
    'http.auth.type': 'basic',
    'http.auth.username': '${open:TOKEN}',
    'http.auth.password': 'hush-123456',
    'consumer.override.fetch.max.wait.ms': '250',
    'no.such.key': 'hush-654321',
  };
  const { explain } = createDefinitions({ base, version: '1' });
  const inUse = explain(properties, [], true);
  const of = (key: string) => inUse.keys.find(each => each.key === key)!;
  assert.deepEqual([of('topics').value, of('topics').outcome], ['events', 'honoured']);
  assert.deepEqual([of('http.auth.password').value, of('http.auth.password').outcome], [null, 'honoured']);
  assert.deepEqual([of('http.auth.username').value, of('http.auth.username').outcome], ['${open:TOKEN}', 'honoured']);
  assert.deepEqual(of('consumer.override.fetch.max.wait.ms').became, ['fetch.wait.max.ms=250']);
  assert.deepEqual([of('no.such.key').value, of('no.such.key').outcome], [null, 'refused']);
  assert.deepEqual(inUse.faults, []);
  const sent = explain(properties, [], false);
  assert.equal(sent.keys.find(({ key }) => key === 'http.auth.username')!.outcome, 'refused');
  assert.doesNotMatch(JSON.stringify([inUse, sent]), /hush-|tok-123456/);
});
