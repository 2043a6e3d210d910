import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import type { ConfigTexts } from '../../../config/build.ts';
import { parseConfig } from '../../../config/load.ts';
import { systemFiles } from '../../../config/source/files.ts';
import type { Config } from '../../../config/types.ts';
import { secretsOf } from '../../../worker/telemetry/secrets.ts';
import { faultsOf, type Keys, textsOf } from '../written.ts';

const PACKAGE = 'org.apache.kafka.common.config.provider.';
const FILE = { 'config.providers': 'p', 'config.providers.p.class': `${PACKAGE}FileConfigProvider` };
const DIRECTORY = { 'config.providers': 'p', 'config.providers.p.class': `${PACKAGE}DirectoryConfigProvider` };
const VARIABLE = { 'config.providers': 'p', 'config.providers.p.class': `${PACKAGE}EnvVarConfigProvider` };

const placeholder = (inside: string) => `\${${inside}}`;

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tailrace-providers-'));
  t.after(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'secrets.properties'), 'token = t0ken-value\nhalf=ha\na\\:b=colon\nlinger=7\nbad=x1y2z3\n', {
    mode: 0o600,
  });
  writeFileSync(join(path, 'whole'), 'l1\nl2\n');
  mkdirSync(join(path, 'inner'));
  writeFileSync(join(path, 'inner/key'), 'inner');
  return path;
}

function texts(worker: Keys, connector: Keys, env: Readonly<Record<string, string>> = {}): ConfigTexts {
  return textsOf({ worker, connector, env, files: systemFiles });
}

/** The bearer token that a value stands for, and what was noticed. */
function token(worker: Keys, value: string, env = {}): [string, readonly string[]] {
  const bearer = { 'http.auth.type': 'bearer', 'http.auth.bearer.token': value };
  const config = parseConfig(texts(worker, bearer, env));
  const { auth } = config.connectors[0]!.http;
  return [auth.type === 'bearer' ? auth.token.reveal() : '', config.notices];
}

test('providers: a file gives its keys, text around a placeholder stays, several are filled in', t => {
  const path = join(directory(t), 'secrets.properties');
  assert.deepEqual(token(FILE, placeholder(`p:${path}:token`)), ['t0ken-value', []]);
  const two = `x${placeholder(`p:${path}:half`)}-${placeholder(`p:${path}:half`)}y`;
  assert.deepEqual(token(FILE, two), ['xha-hay', []]);
  assert.deepEqual(token(FILE, placeholder(`p:${path}:a:b`)), ['colon', []], 'a key may hold colons');
});

test('providers: aliases of the classes are known, other classes are refused', t => {
  const path = join(directory(t), 'secrets.properties');
  for (const name of ['FileConfigProvider', 'File']) {
    const worker = { ...FILE, 'config.providers.p.class': name };
    assert.equal(token(worker, placeholder(`p:${path}:token`))[0], 't0ken-value');
  }
  const refused = faultsOf(texts({ ...FILE, 'config.providers.p.class': 'com.example.Vault' }, {}));
  assert.deepEqual(
    refused.map(({ code, key }) => [code, key]),
    [['unsupported', 'config.providers.p.class']],
  );
  const missing = faultsOf(texts({ 'config.providers': 'p' }, {}));
  assert.deepEqual(
    missing.map(({ code, key }) => [code, key]),
    [['missing', 'config.providers.p.class']],
  );
});

/** What a plain key keeps as it is written, and what is said of it. */
function kept(worker: Keys, inside: string, env = {}): readonly string[] {
  const written = placeholder(inside);
  const config = parseConfig(texts(worker, { 'consumer.override.client.id': written }, env));
  assert.equal(config.connectors[0]!.kafka.consumer.global['client.id'], written);
  return config.notices;
}

/** The one fault of a secret key that would be sent as it is written. */
function refusal(worker: Keys, inside: string, env = {}): string {
  const bearer = { 'http.auth.type': 'bearer', 'http.auth.bearer.token': placeholder(inside) };
  const faults = faultsOf(texts(worker, bearer, env));
  assert.deepEqual(
    faults.map(({ code, key }) => [code, key]),
    [['unreadable', 'http.auth.bearer.token']],
    JSON.stringify(faults),
  );
  return faults[0]!.message;
}

test('providers: what is not known stays as it is written, and is noticed; as a secret it is a fault', t => {
  const path = join(directory(t), 'secrets.properties');
  const unknown = placeholder('q:…');
  assert.deepEqual(kept(FILE, 'q:a:b'), [
    `sink.properties: consumer.override.client.id keeps its placeholder ${unknown} as text, no provider is called so: did you mean p?`,
  ]);
  assert.equal(refusal(FILE, 'q:a:b'), `holds a placeholder ${unknown}, no provider is called so: did you mean p?`);
  const none = placeholder(`p:${path}:none`);
  assert.deepEqual(kept(FILE, `p:${path}:none`), [
    `sink.properties: consumer.override.client.id keeps ${none} as text: its file has no such key`,
  ]);
  assert.equal(refusal(FILE, `p:${path}:none`), `holds ${none}: its file has no such key`);
  assert.match(refusal(FILE, 'p::none'), /: it names no file$/);
  const header = faultsOf(texts({}, { 'http.headers.X-Any': placeholder('env:TOKEN') }));
  assert.match(header[0]!.message, /no provider is called so: name it in config\.providers of the worker file/);
});

test('providers: what looks like the variable of a shell is noticed where it would be sent as a secret', () => {
  for (const written of [placeholder('TOKEN'), '$TOKEN']) {
    const [value, notices] = token({}, written);
    assert.equal(value, written);
    assert.match(notices.join(), /http\.auth\.bearer\.token looks like a variable of a shell/);
    assert.doesNotMatch(notices.join(), /TOKEN/);
  }
});

test('providers: a secret in a file that all may read is noticed once a file, a plain value is not', t => {
  const path = join(directory(t), 'secrets.properties');
  const value = placeholder(`p:${path}:token`);
  chmodSync(path, 0o604);
  assert.deepEqual(token(FILE, value)[1], [
    `sink.properties: http.auth.bearer.token is a secret in ${path}, which every user of this machine may read`,
  ]);
  chmodSync(path, 0o640);
  assert.deepEqual(token(FILE, value)[1], [], 'a group may be there for this very service');
  chmodSync(path, 0o604);
  const plain = parseConfig(texts(FILE, { 'consumer.override.client.id': value }));
  assert.deepEqual(plain.notices, []);
});

test('providers: a file that can not be read is a fault', t => {
  const path = directory(t);
  for (const [file, reason] of [
    [join(path, 'nothing'), /no such file/],
    [join(path, 'inner'), /it is a directory, not a regular file/],
    ['/dev/zero', /it is a device, not a regular file/],
  ] as const) {
    const faults = faultsOf(texts(FILE, { 'http.auth.username': placeholder(`p:${file}:a`) }));
    const own = faults.filter(({ code }) => code === 'unreadable');
    assert.equal(own.length, 1);
    assert.match(own[0]!.message, reason);
  }
});

test('providers: allowed paths hold against traversal and links', t => {
  const root = directory(t);
  const outside = directory(t);
  symlinkSync(outside, join(root, 'link'));
  const worker = { ...FILE, 'config.providers.p.param.allowed.paths': `${root},${join(root, 'inner')}` };
  const value = (path: string) => token(worker, placeholder(`p:${path}:token`))[0];
  assert.equal(value(join(root, 'secrets.properties')), 't0ken-value');
  for (const path of [
    join(outside, 'secrets.properties'),
    `${root}/../${outside.split('/').at(-1)}/secrets.properties`,
    join(root, 'link/secrets.properties'),
  ]) {
    const lack = "its file lies outside of the provider's allowed.paths";
    assert.equal(refusal(worker, `p:${path}:token`), `holds ${placeholder(`p:${path}:token`)}: ${lack}`);
    assert.match(kept(worker, `p:${path}:token`).join(), new RegExp(`as text: ${lack}$`));
  }
  for (const wrong of ['relative', join(root, 'none')]) {
    const faults = faultsOf(texts({ ...worker, 'config.providers.p.param.allowed.paths': wrong }, {}));
    assert.match(faults.map(({ message }) => message).join(), /must name paths that are absolute and exist/);
  }
});

test('providers: a directory gives whole files, their line ends included, and nothing beside them', t => {
  const path = directory(t);
  const envelope = (key: string) => {
    const keys = { 'batch.format': 'envelope', 'batch.envelope.prefix': placeholder(`p:${path}:${key}`) };
    return parseConfig(texts(DIRECTORY, keys)).connectors[0]!.batch.envelopePrefix;
  };
  assert.equal(envelope('whole'), 'l1\nl2\n');
  for (const key of ['none', 'inner/key', '../x', '..']) assert.equal(envelope(key), placeholder(`p:${path}:${key}`));
});

test('providers: variables are given as the pattern allows, and have no path', () => {
  const env = { SECRET_A: 'a-value', OTHER: 'o-value' };
  assert.equal(token(VARIABLE, placeholder('p:SECRET_A'), env)[0], 'a-value');
  assert.equal(token(VARIABLE, placeholder('p:OTHER'), env)[0], 'o-value');
  const some = { ...VARIABLE, 'config.providers.p.param.allowlist.pattern': 'SECRET_\\\\w' };
  assert.equal(token(some, placeholder('p:SECRET_A'), env)[0], 'a-value');
  assert.match(refusal(some, 'p:OTHER', env), /: the provider's allowlist\.pattern does not let it through$/);
  assert.match(refusal(VARIABLE, 'p:NOWHERE', env), /: no such variable is set$/);
  const faults = faultsOf(texts(VARIABLE, { 'http.auth.username': placeholder('p:path:OTHER') }, env));
  assert(faults.some(({ message }) => message.includes('a variable has no path')));
  const wrong = { ...VARIABLE, 'config.providers.p.param.allowlist.pattern': '(' };
  assert.match(faultsOf(texts(wrong, {}))[0]!.message, /must be a regular expression of Java/);
});

test('providers: placeholders are filled in wherever they stand', t => {
  const path = join(directory(t), 'secrets.properties');
  const linger = placeholder(`p:${path}:linger`);
  const config = (connector: Keys, env = {}) => parseConfig(texts(FILE, connector, env)).connectors[0]!;
  assert.equal(config({ 'batch.linger.ms': linger }).batch.lingerMs, 7);
  assert.equal(config({}, { TAILRACE_CONNECTOR_BATCH_LINGER_MS: linger }).batch.lingerMs, 7);
  assert.equal(config({ 'consumer.override.fetch.min.bytes': linger }).kafka.consumer.global['fetch.min.bytes'], '7');
  const worker = parseConfig(texts({ ...FILE, 'offset.flush.interval.ms': linger }, {})).worker;
  assert.equal(worker.offsetFlushIntervalMs, 7);
});

test('providers: keys of a provider that do nothing are noticed', () => {
  const worker = {
    ...FILE,
    'config.providers.p.param.x': '1',
    'config.providers.p.y': '1',
    'config.providers.q.class': 'z',
  };
  assert.equal(parseConfig(texts(worker, {})).notices.length, 3);
});

test('providers: no fault, notice or rendering repeats a value', t => {
  const path = join(directory(t), 'secrets.properties');
  const bad = placeholder(`p:${path}:bad`);
  const keys = [
    ...['batch.linger.ms', 'http.method', 'errors.tolerance', 'topics.regex', 'http.url', 'value.converter'],
    ...['connector.class', 'consumer.override.fetch.min.bytes', 'consumer.override.security.protocol', 'initial_state'],
    ...['consumer.override.partition.assignment.strategy', 'name', 'errors.deadletterqueue.topic.name', bad],
  ];
  for (const key of keys) {
    for (const value of [bad, `${bad} `, `(${bad}[`]) {
      const written = texts(FILE, { [key]: value });
      for (const fault of faultsOf(written)) assert.doesNotMatch(JSON.stringify(fault), /x1y2z3/, key);
    }
  }
  const config: Config = parseConfig(texts(FILE, { 'http.headers.X': bad, 'tasks.max': '2' }));
  assert.doesNotMatch(inspect(config.notices), /x1y2z3/);
  const known = secretsOf(config).map(secret => secret.reveal());
  assert(known.includes('x1y2z3'), 'the log masks it');
});

test('providers: the log hides what may be a secret, and shows names, topics and numbers', () => {
  const env = {
    NAME: 'orders-to-http',
    TOPIC: 'orders-events',
    LINGER: '100000',
    WORD: 'word-in-header',
    LOGIN: 'login-in-jaas',
    PASSWORD: 'password-in-jaas',
    BOTH: 'topic-and-token',
    STATIC: 'written-by-transform',
    URL: 'https://host.example/in?key=abcdef',
  };
  const given = (name: string) => placeholder(`p:${name}`);
  const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const config = parseConfig(
    texts(
      { ...VARIABLE, 'client.id': given('NAME') },
      {
        name: given('NAME'),
        topics: `${given('TOPIC')},${given('BOTH')}`,
        'batch.linger.ms': given('LINGER'),
        'http.url': given('URL'),
        'http.headers.X-Word': `v1 ${given('WORD')}`,
        'http.auth.type': 'bearer',
        'http.auth.bearer.token': given('BOTH'),
        'consumer.override.security.protocol': 'SASL_SSL',
        'consumer.override.sasl.mechanism': 'PLAIN',
        'consumer.override.sasl.jaas.config': `${jaas} username="${given('LOGIN')}" password="${given('PASSWORD')}";`,
        transforms: 't',
        'transforms.t.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
        'transforms.t.static.field': 'f',
        'transforms.t.static.value': given('STATIC'),
      },
      env,
    ),
  );
  const hidden = secretsOf(config).map(secret => secret.reveal());
  const isHidden = (value: string) => hidden.some(text => text === value);
  for (const name of ['WORD', 'LOGIN', 'PASSWORD', 'BOTH', 'STATIC', 'URL'] as const) {
    assert(isHidden(env[name]), `${name} is hidden`);
  }
  for (const name of ['NAME', 'TOPIC', 'LINGER'] as const) assert(!isHidden(env[name]), `${name} is shown`);
});
