import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { adobe } from '../../../config/dialects/adobe.ts';
import { namesOf } from '../../../config/dialects/choose.ts';
import { explainFiles } from '../../../config/explain.ts';
import { Secret } from '../../../config/secret.ts';
import { NO_FILES } from '../../support/files.ts';
import { faultLines, type Keys, parse, type Written } from '../written.ts';
import { BATCH_ENDPOINT, CODE, ENDPOINT, JWT, KEY_FILE, OAUTH, PRIVATE_KEY, ROWS } from './adobe-rows.ts';

const CLASS = 'com.adobe.platform.streaming.sink.impl.AEPSinkConnector';
const ROOT = mkdtempSync(join(tmpdir(), 'tailrace-adobe-'));
after(() => rmSync(ROOT, { recursive: true }));

const files = { ...NO_FILES, read: (path: string) => (path === KEY_FILE ? PRIVATE_KEY : NO_FILES.read(path)) };

function written(keys: Keys, rest: Omit<Written, 'connector'> = {}): Written {
  const ours: Keys = { 'connector.class': CLASS, 'http.url': null, 'aep.endpoint': ENDPOINT };
  return { files, ...rest, connector: { ...ours, ...keys } };
}

const configOf = (keys: Keys, rest: Omit<Written, 'connector'> = {}) => parse(written(keys, rest)).connectors[0]!;
const faultsIn = (keys: Keys, rest: Omit<Written, 'connector'> = {}) => faultLines(written(keys, rest));

/** `http.url.href` of an object. */
function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) found = (found as Record<string, unknown> | null | undefined)?.[name];
  return found;
}

/** Secrets as what they hold: compared as such, they are all alike. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revealed(each)]));
}

function explained(lines: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const path = join(ROOT, 'sink.properties');
  writeFileSync(path, lines.join('\n'), { mode: 0o600 });
  const { sources } = explainFiles({ files: [path], env, overrides: [] });
  const keys = sources.flatMap(source => source.keys);
  return (key: string) => keys.find(each => each.key === key)!;
}

const AEP = ['name=aep', `connector.class=${CLASS}`, 'topics=t', `aep.endpoint=${ENDPOINT}`];

describe("each key of Adobe's sink", () => {
  it('has a row', () => {
    assert.deepEqual(
      ROWS.map(({ key }) => key).sort(),
      Object.values(adobe.keys)
        .map(({ key }) => key)
        .sort(),
    );
  });

  for (const { key, beside = {}, unwritten, written: rows, faults } of ROWS) {
    describe(key, () => {
      for (const [path, meaning] of Object.entries(unwritten)) {
        it(`is by default ${path}`, () => {
          const rest = Object.fromEntries(Object.entries(beside).filter(([, value]) => value !== null));
          assert.deepEqual(revealed(at(configOf(rest), path)), revealed(meaning));
        });
      }
      for (const [value, meanings] of rows) {
        it(`means, as ${JSON.stringify(value)}, what it should`, () => {
          const config = configOf({ ...beside, [key]: value });
          for (const [path, meaning] of Object.entries(meanings)) {
            assert.deepEqual(revealed(at(config, path)), revealed(meaning), path);
          }
        });
      }
      for (const [value, fault] of faults) {
        it(`is refused as ${JSON.stringify(value)}`, () => {
          const lines = faultsIn({ ...beside, [key]: value });
          assert.equal(lines.length, 1, lines.join('\n'));
          assert.match(lines[0]!, fault);
          assert.doesNotMatch(lines[0]!, /hidden/);
        });
      }
    });
  }

  it('is named by explain, with what it became', () => {
    const keyFile = join(ROOT, 'private.der');
    writeFileSync(keyFile, PRIVATE_KEY, { mode: 0o600 });
    const all: Keys = { ...CODE, ...JWT, 'aep.connection.proxy.host': 'p', 'aep.connection.auth.filePath': keyFile };
    const lines = Object.values(adobe.keys)
      .filter(({ key }) => key !== 'aep.endpoint')
      .map(({ key }) => `${key}=${String(all[key] ?? (key.endsWith('headers') ? '{"x":"hush"}' : '5'))}`);
    const of = explained([...AEP, ...lines]);
    for (const { key, sensitive } of Object.values(adobe.keys)) {
      const told = of(key);
      assert.ok(told.became.length > 0 || told.reasons.length > 0, key);
      assert.doesNotMatch([...told.became, ...told.reasons].join(' '), /hush/, key);
      if (sensitive) assert.equal(told.value, null, key);
    }
    assert.deepEqual(of('aep.connection.readTimeout').became, ['http.timeout.ms=10']);
    assert.deepEqual(of('aep.connection.auth.filePath').became, [`oauth2.assertion.key.location=${keyFile}`]);
    assert.deepEqual(of('aep.connection.auth.client.secret').became, ['oauth2.client.secret']);
    assert.deepEqual(of('aep.connection.endpoint.headers').became, ['http.headers.x']);
  });
});

describe("a file of Adobe's sink", () => {
  it('is known by each name of its class, without any other key too', () => {
    for (const name of namesOf(CLASS)) {
      assert.equal(configOf({ 'connector.class': name }).http.url.href, BATCH_ENDPOINT, name);
      assert.match(faultsIn({ 'connector.class': name, 'aep.endpoint': null })[0]!, /missing .* aep\.endpoint/);
    }
  });

  it('says where it is honoured otherwise, and warns of tokens that are retired', () => {
    const of = explained([...AEP, ...lines(JWT), 'aep.connection.maxRetries=7', 'aep.flush.bytes.kb=2000']);
    assert.equal(of('connector.class').outcome, 'differs');
    assert.match(of('connector.class').reasons.join(), /is waited out, or is an error of the records/);
    assert.match(of('aep.connection.maxRetries').reasons.join(), /unless delivery\.max\.attempts is a limit/);
    assert.match(of('aep.flush.bytes.kb').reasons.join(), /more than the API takes: a request has 1048576 bytes/);
    assert.match(of('aep.connection.auth.token.type').reasons.join(), /is honoured, but Adobe has retired these/);
    const silent = explained([...AEP, ...lines(JWT).filter(line => !line.includes('token.type'))]);
    assert.match(silent('aep.connection.auth.enabled').reasons.join(), /jwt_token: Adobe has retired these tokens/);
  });

  it('says of a key that nothing asks for why it is not', () => {
    const off = explained([...AEP, ...lines(OAUTH).filter(line => !line.includes('enabled'))]);
    for (const key of Object.keys(OAUTH).filter(each => !each.endsWith('enabled'))) {
      assert.deepEqual([off(key).outcome, ...off(key).reasons], ['ignored', 'aep.connection.auth.enabled is not true']);
    }
    const other = explained([
      ...AEP,
      ...lines(OAUTH),
      'aep.connection.auth.client.code=hush',
      'aep.batch.enabled=true',
    ]);
    assert.match(other('aep.connection.auth.client.code').reasons.join(), /token\.type is oauth2_access_token/);
    assert.match(other('aep.batch.enabled').reasons.join(), /batches are always sent/);
    const proxy = explained([...AEP, 'aep.connection.proxy.port=1', 'aep.connection.proxy.user=me']);
    assert.match(proxy('aep.connection.proxy.user').reasons.join(), /no aep\.connection\.proxy\.host is written/);
    const shouted = explained([...AEP, 'aep.connection.auth.enabled=TRUE']);
    assert.match(shouted('aep.connection.auth.enabled').reasons.join(), /is not true in small letters/);
  });

  it('has no unknown keys: a typo is a fault that names what may have been meant', () => {
    const [typo] = faultsIn({ 'aep.connection.maxRetry': '3' });
    assert.match(typo!, /^unknown sink\.properties aep\.connection\.maxRetry .*aep\.connection\.maxRetries/);
  });

  it('may have keys of ours beside its own, which win', () => {
    const { batch, http } = configOf({
      'aep.flush.bytes.kb': '20',
      'batch.target.bytes': '500000',
      'aep.flush.interval.seconds': '9',
      'batch.linger.ms': '20',
      'aep.connection.endpoint.headers': '{"X-Flow":"theirs"}',
      'http.headers.x-flow': 'ours',
      'http.request.compression': 'gzip',
    });
    assert.deepEqual([batch.targetBytes, batch.lingerMs], [500_000, 20]);
    assert.deepEqual(revealed(http.headers), { 'x-flow': { secret: 'ours' } });
    const of = explained([...AEP, 'aep.flush.bytes.kb=20', 'batch.target.bytes=500000']);
    assert.match(
      of('aep.flush.bytes.kb').reasons.join(),
      /is overruled by batch\.target\.bytes, which stands beside it/,
    );
  });

  it('is read from variables and the command line too, but for secrets there', () => {
    const env = {
      TAILRACE_CONNECTOR_C_AEP_FLUSH_BYTES_KB: '8',
      TAILRACE_CONNECTOR_AEP_CONNECTION_READTIMEOUT: '7000',
      TAILRACE_CONNECTOR_C_AEP_CONNECTION_AUTH_CLIENT_SECRET: 'hush',
    };
    const { 'aep.connection.auth.client.secret': _, ...rest } = OAUTH;
    const overrides = ['aep.flush.interval.seconds=3'];
    const { batch, http } = configOf(rest, { env, overrides });
    assert.deepEqual([batch.targetBytes, batch.lingerMs, http.timeoutMs], [8192, 3000, 12_000]);
    assert.deepEqual(revealed(at(http, 'auth.clientAuth.secret')), { secret: 'hush' });
    const onCommandLine = faultsIn(OAUTH, { overrides: ['aep.connection.auth.client.secret=hush'] });
    assert.match(onCommandLine.join(), /^forbidden command line aep\.connection\.auth\.client\.secret is secret/);
  });

  it('may be in variables alone', () => {
    const env = {
      TAILRACE_CONNECTOR_EVENTS_CONNECTOR_CLASS: 'AEPSink',
      TAILRACE_CONNECTOR_EVENTS_TOPICS: 't',
      TAILRACE_CONNECTOR_EVENTS_AEP_ENDPOINT: ENDPOINT,
    };
    const [connector] = parse({ env, connectors: [] } as Written).connectors;
    assert.equal(connector?.http.url.href, BATCH_ENDPOINT);
  });

  it('finds IMS by the variable AUTH_ENDPOINT where its own key is empty, as its token providers do', () => {
    const env = { AUTH_ENDPOINT: 'https://ims.example.org' };
    for (const endpoint of ['', null]) {
      const { http } = configOf({ ...OAUTH, 'aep.connection.auth.endpoint': endpoint }, { env });
      assert.equal(at(http, 'auth.tokenUrl.href'), 'https://ims.example.org/ims/token/v3');
    }
    assert.equal(at(configOf(OAUTH, { env }), 'http.auth.tokenUrl.host'), 'ims-na1.adobelogin.com');
    const of = explained([...AEP, ...lines(OAUTH).filter(line => !line.includes('auth.endpoint'))], env);
    assert.match(of('aep.connection.auth.enabled').reasons.join(), /where AUTH_ENDPOINT of the environment says/);
  });

  it('may have its secrets from a config provider, which nothing shows', () => {
    const provider = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVarConfigProvider' };
    const secret = '$' + '{env:IMS_SECRET}';
    const rest = { env: { IMS_SECRET: 'provided-hush' }, worker: provider };
    const keys = { ...OAUTH, 'aep.connection.auth.client.secret': secret, 'aep.connection.auth.client.id': '' };
    const config = parse(written({ ...keys, 'aep.connection.auth.client.id': 'me' }, rest));
    assert.deepEqual(revealed(at(config.connectors[0], 'http.auth.clientAuth.secret')), { secret: 'provided-hush' });
    assert.doesNotMatch(JSON.stringify([config.notices, config.warnings, config.connectors]), /hush/);
    assert.doesNotMatch(faultsIn(keys, rest).join(), /hush/);
    const header = { 'aep.connection.endpoint.headers': `{"x": ${secret}}` };
    assert.doesNotMatch(faultsIn(header, rest).join(), /hush/);
  });

  it('tells faults of what it became in its own words', () => {
    const [backoff] = faultsIn({ 'aep.connection.retryBackoff': '5000', 'retry.backoff.max.ms': '100' });
    assert.match(backoff!, /^conflict .* aep\.connection\.retryBackoff must not be above retry\.backoff\.max\.ms/);
    const [key] = faultsIn(JWT, { files: { ...files, read: () => Buffer.from('no key') } });
    assert.match(key!, /^invalid .* aep\.connection\.auth\.filePath names a file that/);
  });
});

function lines(keys: Keys): string[] {
  return Object.entries(keys).map(([key, value]) => `${key}=${value}`);
}
