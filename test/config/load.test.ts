import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../config/findings.ts';
import { loadConfig, parseConfig } from '../../config/load.ts';
import { assertFault, connectorOf, faultsOf, parse, textsOf } from './written.ts';

test('load: defaults < file < environment < command line', () => {
  const key = 'batch.linger.ms';
  const env = { TAILRACE_CONNECTOR_BATCH_LINGER_MS: '3' };
  const linger = (written: Parameters<typeof parse>[0]) => parse(written).connectors[0]!.batch.lingerMs;
  assert.equal(linger({}), 20);
  assert.equal(linger({ connector: { [key]: '2' } }), 2);
  assert.equal(linger({ connector: { [key]: '2' }, env }), 3);
  assert.equal(linger({ connector: { [key]: '2' }, env, overrides: [`${key}=4`] }), 4);
});

test('load: the worker file has the same order', () => {
  const written = { worker: { 'log.level': 'warn' }, env: { TAILRACE_WORKER_LOG_LEVEL: 'debug' } };
  assert.equal(parse().worker.logLevel, 'info');
  assert.equal(parse({ worker: written.worker }).worker.logLevel, 'warn');
  assert.equal(parse(written).worker.logLevel, 'debug');
  assert.equal(parse({ ...written, overrides: ['log.level=error'] }).worker.logLevel, 'error');
});

test('load: families have the same order, and take their secrets from the environment', () => {
  const { http, kafka } = connectorOf(
    { 'http.headers.X-Key': 'file', 'http.headers.X-Other': 'file', 'consumer.override.fetch.min.bytes': '2' },
    {
      worker: { 'consumer.client.rack': 'file' },
      env: {
        TAILRACE_CONNECTOR_HTTP_HEADERS_X_KEY: 'env',
        TAILRACE_WORKER_CONSUMER_CLIENT_RACK: 'env',
        TAILRACE_CONNECTOR_CONSUMER_OVERRIDE_FETCH_MIN_BYTES: '3',
      },
      overrides: ['consumer.override.fetch.min.bytes=4'],
    },
  );
  assert.deepEqual(Object.keys(http.headers), ['x-key', 'x-other']);
  assert.equal(http.headers['x-key']!.reveal(), 'env');
  assert.equal(http.headers['x-other']!.reveal(), 'file');
  assert.equal(kafka.consumer.global['client.rack'], 'env');
  assert.equal(kafka.consumer.global['fetch.min.bytes'], '4');
});

test('load: an empty variable is an empty value', () => {
  assert.deepEqual(parse({ env: { TAILRACE_WORKER_LISTENERS: '' } }).worker.rest.listeners, []);
});

test('load: blanks around a value do not count, but those of an envelope do', () => {
  const { name, batch } = connectorOf({
    name: ' c \\t',
    'batch.format': 'envelope',
    'batch.envelope.prefix': '\\ [ ',
    'batch.envelope.suffix': ' ] ',
  });
  assert.equal(name, 'c');
  assert.deepEqual([batch.envelopePrefix, batch.envelopeSuffix], [' [ ', '] ']);
});

test('load: of a repeated key the last one counts, and a notice says so', () => {
  const texts = textsOf({});
  const text = `${texts.connectors[0]!.text}batch.linger.ms=1\nbatch.linger.ms=2\n`;
  const config = parseConfig({ ...texts, connectors: [{ name: 'sink.properties', text }] });
  assert.equal(config.connectors[0]!.batch.lingerMs, 2);
  assert.deepEqual(config.notices, [
    'sink.properties: batch.linger.ms is written twice, lines 5 and 6: the last one counts',
  ]);
});

test('load: all faults of all files come at once, each with its place', () => {
  const faults = faultsOf({
    ...textsOf({
      env: { TAILRACE_WORKER_LOG_LEVEL: 'loud' },
      overrides: ['batch.linger.ms=-1', 'nonsense', 'batch.lingre.ms=1'],
    }),
    worker: { name: 'w.properties', text: '\nlisteners=http://x\nplugin.paht=/opt\n' },
    connectors: [
      {
        name: 'a.properties',
        text: 'name=a\nconnector.class=X\ntopics=t\nhttp.url=https://e/\nbatch.max.records=5x\n',
      },
      { name: 'b.properties', text: '# b\nname=b\n\nconnector.class=HttpSink\ntopics=t\\u00zz\n' },
    ],
  });
  const places = faults.map(({ code, file, line, key }) => [code, file, line, key]);
  assert.deepEqual(places, [
    ['invalid', 'w.properties', 2, 'listeners'],
    ['unknown', 'w.properties', 3, 'plugin.paht'],
    ['missing', 'w.properties', null, 'bootstrap.servers'],
    ['unsupported', 'a.properties', 2, 'connector.class'],
    ['invalid', 'a.properties', 5, 'batch.max.records'],
    ['syntax', 'b.properties', 5, null],
    ['missing', 'b.properties', null, 'http.url'],
    ['missing', 'b.properties', null, 'topics'],
    ['invalid', 'environment', null, 'TAILRACE_WORKER_LOG_LEVEL'],
    ['syntax', 'command line', null, null],
    ['unknown', 'command line', null, 'batch.lingre.ms'],
    ['invalid', 'command line', null, 'batch.linger.ms'],
  ]);
});

test('load: the error reads well', () => {
  const worker = { 'log.level': 'loud' };
  assert.throws(() => parse({ worker, connector: { 'batch.max.records': '0' } }), {
    name: 'ConfigError',
    code: 'CONFIG_INVALID',
    message:
      'The configuration has 2 faults:\n' +
      '  worker.properties:2: log.level must be trace, debug, info, warn, error or fatal, not "loud"\n' +
      '  sink.properties:5: batch.max.records must be a whole number from 1 to 1000000, not "0"',
  });
});

for (const [typo, meant] of [
  ['batch.max.record', 'batch.max.records'],
  ['http.tiemout.ms', 'http.timeout.ms'],
  ['Topics', 'topics'],
  ['topic.regex', 'topics.regex'],
  ['oauth2.client.secert', 'oauth2.client.secret'],
  ['http.header.X-Source', 'http.headers.X-Source'],
  ['consumers.override.group.id', 'consumer.override.group.id'],
] as const) {
  test(`load: ${typo} is answered with ${meant}`, () => {
    assertFault({ connector: { [typo]: 'x' } }, 'unknown', typo, new RegExp(`did you mean ${meant}\\?`));
  });
}

test('load: an unknown key without a near one is refused too', () => {
  assertFault({ connector: { 'totally.different.thing': '1' } }, 'unknown', 'totally.different.thing', /take it out/);
  assertFault({ worker: { 'totally.different.thing': '1' } }, 'unknown', 'totally.different.thing', /worker file/);
});

test('load: parts of keys that could reach a prototype are refused', () => {
  for (const key of [
    '__proto__',
    'http.headers.__proto__',
    'consumer.override.constructor',
    'a.prototype.b',
    'constructor',
  ]) {
    assertFault({ connector: { [key]: 'x' } }, 'forbidden', key, /take it out/);
  }
});

test('load: a misspelt variable is noticed, what others put there is not', () => {
  const env = { TAILRACE_BOOTSTRAP_SERVER: 'x', TAILRACE_SERVICE_PORT_HTTP: 'x', TAILRACE_SIM: 'x', OTHER: 'x' };
  assert.deepEqual(parse({ env }).notices, [
    'environment: TAILRACE_BOOTSTRAP_SERVER has no effect: it is not a key, did you mean TAILRACE_WORKER_BOOTSTRAP_SERVERS?',
  ]);
});

test('load: secrets are refused on the command line', () => {
  for (const key of [
    'oauth2.client.secret',
    'http.auth.password',
    'http.auth.bearer.token',
    'http.ssl.key.password',
    'http.headers.X-Key',
    'consumer.sasl.jaas.config',
    'consumer.override.sasl.password',
    'producer.ssl.keystore.password',
  ]) {
    assertFault({ overrides: [`${key}=canary`] }, 'forbidden', key, /^is secret: command lines are visible/);
  }
});

test('load: a command line key reaches every file that knows it', () => {
  const overrides = ['value.converter=StringConverter', 'batch.max.records=7', 'http.url=http://127.0.0.1/a=b'];
  const config = parse({ overrides });
  assert.deepEqual(config.connectors[0]!.valueConverter, { kind: 'string', encoding: 'UTF-8' });
  assert.equal(config.connectors[0]!.batch.maxRecords, 7);
  assert.equal(config.connectors[0]!.http.url.href, 'http://127.0.0.1/a=b');
});

test('load: names and consumer groups are unique', () => {
  const { connectors, ...rest } = textsOf({});
  const first = connectors[0]!;
  const second = { name: 'b.properties', text: first.text.replace('name=c', 'name=d') };
  assert.equal(parseConfig({ ...rest, connectors: [first, second] }).connectors.length, 2);
  const sameName = faultsOf({ ...rest, connectors: [first, { ...first, name: 'b.properties' }] });
  assert.deepEqual(
    sameName.map(({ code, file, key }) => [code, file, key]),
    [['conflict', 'b.properties', 'name']],
  );
  const text = `${second.text}consumer.override.group.id=connect-c\n`;
  const sameGroup = faultsOf({ ...rest, connectors: [first, { ...second, text }] });
  assert.deepEqual(
    sameGroup.map(({ code, key }) => [code, key]),
    [['conflict', 'consumer.override.group.id']],
  );
});

test('load: the configuration is frozen throughout', () => {
  const config = connectorOf({ 'http.headers.X': 'y', 'topics.regex': 'a.*', topics: null });
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    assert(Object.isFrozen(value), path);
    for (const [key, member] of Object.entries(value)) walk(member, `${path}.${key}`);
  };
  walk(config, 'connector');
  walk(parse(), 'config');
});

test('load: files are read, and what can not be read is one fault each', t => {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-config-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const workerFile = path('w.properties', '\ufeffbootstrap.servers=a:1\n');
  const good = path('a.properties', 'name=größe\nconnector.class=HttpSink\ntopics=t\nhttp.url=http://127.0.0.1/\n');
  const latin1 = path('b.properties', Buffer.from('# größe\nname=größe\n', 'latin1'));
  const files = { workerFile, env: {}, overrides: [] };
  assert.equal(loadConfig({ ...files, connectorFiles: [good] }).connectors[0]!.name, 'größe');
  assert.throws(
    () => loadConfig({ ...files, connectorFiles: [latin1, join(directory, 'none'), directory] }),
    (error: unknown) => {
      assert(error instanceof ConfigError);
      const reasons = error.faults
        .filter(({ code }) => code === 'unreadable')
        .map(({ code, message }) => `${code} ${message}`);
      assert.deepEqual(reasons, [
        "unreadable can't be read: there is no such file",
        "unreadable can't be read: it is a directory, not a regular file",
      ]);
      return true;
    },
  );
});

test('load: the connector files are checked even when the worker file can not be read', () => {
  assert.throws(
    () => loadConfig({ workerFile: '/nowhere/w', connectorFiles: ['/nowhere/c'], env: {}, overrides: [] }),
    (error: unknown) => error instanceof ConfigError && error.faults.length === 2,
  );
});
