import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLIENT_KEYS } from '../../config/kafka/keys.ts';
import type { ClientProperties, Config } from '../../config/types.ts';
import { type Keys, textsOf } from '../config/written.ts';
import { faultsOrConfig, folder, program, SINK, WORKER } from './program.ts';

const DEAD_LETTERS: Keys = { 'errors.deadletterqueue.topic.name': 'dlq' };
const ROLES = ['consumer', 'producer', 'admin'] as const;

/** Keys that run code, load libraries, replace brokers or take offsets out of our hands: Java's names and librdkafka's. */
const DENIED: readonly string[] = [
  ...['plugin.library.paths', 'sasl.kerberos.kinit.cmd', 'ssl.engine.location', 'ssl.engine.id', 'ssl.providers'],
  ...['security.providers', 'ssl.provider', 'ssl.engine.factory.class', 'interceptors', 'interceptor.classes'],
  ...['sasl.login.class', 'sasl.client.callback.handler.class', 'test.mock.num.brokers', 'test.mock.broker.rtt'],
  ...['open_cb', 'socket_cb', 'closesocket_cb', 'log_cb', 'rebalance_cb', 'dr_msg_cb', 'oauthbearer_token_refresh_cb'],
  ...['default_topic_conf', 'opaque', 'offset.store.path', 'offset.store.method', 'enable.auto.offset.store'],
  ...['ssl_engine_callback_data', 'ssl_key', 'ssl_certificate', 'ssl_ca', 'resolve_cb', 'background_event_cb'],
  ...['sasl.oauthbearer.config', 'sasl.oauthbearer.jwks.endpoint.url', 'sasl.oauthbearer.assertion.file', 'log_level'],
];

/** How a key could be spelled to pass by a list: as a properties file has it. */
const SPELLINGS: readonly ((key: string) => string)[] = [
  key => key,
  key => key.toUpperCase(),
  key => key[0]!.toUpperCase() + key.slice(1),
  key => `${key}\\ `,
  key => `\\ ${key}`,
  key => `${key}\\t`,
  key => `.${key}`,
  key => key.replace('.', '..'),
  key => key.replaceAll('.', '_'),
  key => key.replaceAll('_', '.'),
  key => `${key}\\u200b`,
  key => key.replace('s', '\\u017f'),
  key => `override.${key}`,
];

function clientsOf(config: Config): readonly ClientProperties[] {
  return config.connectors.flatMap(({ kafka }) => [kafka.consumer, kafka.producer, kafka.admin]);
}

/** Refused, or at least not handed to a client under any spelling. */
function assertKeptOut(written: Parameters<typeof textsOf>[0], key: string, what: string): void {
  const { config } = faultsOrConfig(textsOf(written));
  if (config === null) return;
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
  const given = clientsOf(config).flatMap(({ global, topic }) => Object.entries({ ...global, ...topic }));
  assert(!given.some(([name, value]) => plain(name) === plain(key) && value === 'planted'), what);
}

test('S1: a key that runs code is refused in every spelling, for every client, from file, environment and command line', () => {
  for (const key of DENIED) {
    for (const role of ROLES) {
      for (const spell of SPELLINGS) {
        const inWorker = `${role}.${spell(key)}`;
        const inConnector = `${role}.override.${spell(key)}`;
        const refused = faultsOrConfig(textsOf({ connector: { ...DEAD_LETTERS, [inConnector]: 'planted' } }));
        assert.equal(refused.config, null, inConnector);
        const ofWorker = { worker: { [inWorker]: 'planted' }, connector: DEAD_LETTERS };
        assert.equal(faultsOrConfig(textsOf(ofWorker)).config, null, inWorker);
      }
      const part = key.toUpperCase().replaceAll(/[._]/g, '_');
      const variables = {
        [`TAILRACE_WORKER_${role.toUpperCase()}_${part}`]: 'planted',
        [`TAILRACE_CONNECTOR_C_${role.toUpperCase()}_OVERRIDE_${part}`]: 'planted',
        [`TAILRACE_CONNECTOR_${role.toUpperCase()}_OVERRIDE_${part}`]: 'planted',
      };
      for (const [variable, value] of Object.entries(variables)) {
        const { faults } = faultsOrConfig(textsOf({ connector: DEAD_LETTERS, env: { [variable]: value } }));
        assert(
          faults.some(fault => fault.key === variable || fault.key === key),
          variable,
        );
      }
      for (const override of [`${role}.${key}=planted`, `${role}.override.${key}=planted`, `${key}=planted`]) {
        const { config } = faultsOrConfig(textsOf({ connector: DEAD_LETTERS, overrides: [override] }));
        assert.equal(config, null, override);
      }
    }
    for (const spell of SPELLINGS) {
      assertKeptOut({ worker: { [spell(key)]: 'planted' }, connector: DEAD_LETTERS }, key, `worker: ${spell(key)}`);
      const bare = { connector: { ...DEAD_LETTERS, [spell(key)]: 'planted' } };
      assert.equal(faultsOrConfig(textsOf(bare)).config, null, `connector: ${spell(key)}`);
    }
  }
});

test('S1: keys of clients that there will not be are refused all the same', () => {
  for (const key of [...DENIED, 'no.such.key']) {
    for (const role of ['producer', 'admin']) {
      const { config } = faultsOrConfig(textsOf({ connector: { [`${role}.override.${key}`]: 'planted' } }));
      assert.equal(config, null, `${role} ${key}`);
      assert.equal(faultsOrConfig(textsOf({ worker: { [`${role}.${key}`]: 'planted' } })).config, null, key);
    }
  }
});

test('S1: JSON files, placeholders and a policy that allows all open no way around', () => {
  const base = { name: 'c', 'connector.class': 'HttpSink', topics: 't', 'http.url': 'https://a/', ...DEAD_LETTERS };
  for (const key of DENIED) {
    const config = { ...base, [`consumer.override.${key}`]: 'planted' };
    for (const text of [JSON.stringify(config), JSON.stringify({ name: 'c', config })]) {
      const texts = textsOf({ worker: { 'connector.client.config.override.policy': 'All' } });
      const refused = faultsOrConfig({ ...texts, connectors: [{ name: 'sink.json', text }] });
      assert.equal(refused.config, null, key);
    }
  }
  const provider = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVarConfigProvider' };
  const fromProvider = textsOf({
    worker: provider,
    connector: { 'consumer.override.plugin.library.paths': '\u0024{env:PLANTED}' },
    env: { PLANTED: 'planted' },
  });
  assert.equal(faultsOrConfig(fromProvider).config, null);
});

test('S1: of all that the client knows, these keys alone name something that it opens', () => {
  const types = readFileSync(new URL('../../../node_modules/node-rdkafka/config.d.ts', import.meta.url), 'utf8');
  const known = new Set([...types.matchAll(/^\s*"([\w.]+)"\?:/gm)].map(([, name]) => name!));
  assert(known.size > 150, `${known.size}`);
  const opens = /location|path|cmd|_cb$|dir|lib|plugin|engine|interceptor|mock|store|keytab|file|class|provider/;
  const allowed = [...known].filter(name => opens.test(name) && CLIENT_KEYS.some(({ key }) => key === name));
  assert.deepEqual(allowed.sort(), [
    'https.ca.location',
    'sasl.kerberos.keytab',
    'ssl.ca.location',
    'ssl.certificate.location',
    'ssl.crl.location',
    'ssl.key.location',
    'ssl.keystore.location',
    'ssl.keystore.password',
  ]);
});

test('S1: run ends before a client exists that would run the command', async t => {
  const at = folder(t);
  const proof = join(at, 'planted');
  const kerberos = [
    'consumer.override.security.protocol=SASL_PLAINTEXT',
    'consumer.override.sasl.mechanism=GSSAPI',
    'consumer.override.sasl.kerberos.service.name=kafka',
    'consumer.override.sasl.kerberos.principal=p;touch\u0024{IFS}planted',
    `consumer.override.sasl.kerberos.kinit.cmd=touch ${proof}`,
    `consumer.override.plugin.library.paths=${proof}.so`,
  ];
  writeFileSync(join(at, 'w.properties'), WORKER);
  writeFileSync(join(at, 's.properties'), `${SINK}${kerberos.join('\n')}\n`);
  const { code, err } = await program(at, ['run', 'w.properties', 's.properties']);
  assert.equal(code, 3, err);
  for (const key of ['sasl.kerberos.kinit.cmd', 'plugin.library.paths', 'sasl.kerberos.principal']) {
    assert.match(err, new RegExp(`consumer\\.override\\.${key.replaceAll('.', '\\.')} `));
  }
  assert(!existsSync(proof) && !existsSync(join(at, 'planted')));
});

const OAUTHBEARER: Keys = {
  'consumer.override.security.protocol': 'SASL_SSL',
  'consumer.override.sasl.mechanism': 'OAUTHBEARER',
  'consumer.override.sasl.oauthbearer.client.id': 'client',
  'consumer.override.sasl.oauthbearer.client.secret': 'secret',
};

/** What a configured address may not be. */
const NO_ADDRESSES: readonly string[] = [
  ...['file:///etc/passwd', 'file:/etc/passwd', 'data:,x', 'data:application/json,{"access_token":"a"}', 'gopher://a/'],
  ...['ftp://a/', 'javascript:1', 'jar:http://a!/', 'ldap://a/', 'unix:/var/run/docker.sock', 'http+unix://%2Fx/'],
  ...[
    'http://',
    'http:/a',
    '//a/',
    '/a',
    'a',
    'https//a',
    'ws://a/',
    'blob:http://a/',
    'about:blank',
    'http:\\\\\\\\a',
  ],
  ...['http://user@a/', 'http://user:pass@a/', 'http://:pass@a/', 'https://a@169.254.169.254/', 'http://a\\u0000.b/'],
  ...[
    'http://a:99999/',
    'http://[::1/',
    'http://a/#b',
    'http://a b/',
    'http://a/\\r\\nx',
    'http://1.2.3.4.5.6.7.8/x y',
  ],
];

test('S2: an address is http or https, without a user, for the endpoint and for tokens, Kafka’s too', () => {
  const auth = { 'http.auth.type': 'oauth2', 'oauth2.client.id': 'i', 'oauth2.client.secret': 's' };
  for (const address of NO_ADDRESSES) {
    for (const key of ['http.url', 'oauth2.token.url']) {
      const keys = { ...auth, 'oauth2.token.url': 'https://login.example.org/', [key]: address };
      const { faults } = faultsOrConfig(textsOf({ connector: keys }));
      assert(
        faults.some(fault => fault.key === key),
        `${key}=${address}`,
      );
    }
    const key = 'consumer.override.sasl.oauthbearer.token.endpoint.url';
    const kafka = { ...OAUTHBEARER, [key]: address };
    assert(
      faultsOrConfig(textsOf({ connector: kafka })).faults.some(fault => fault.key === key),
      `${key}=${address}`,
    );
  }
});

test('S2: which host is meant is the operator’s to say, and every spelling of an address is the same host', () => {
  for (const [written, host] of [
    ['http://169.254.169.254/latest', '169.254.169.254'],
    ['http://0xA9FEA9FE/', '169.254.169.254'],
    ['http://2852039166/', '169.254.169.254'],
    ['http://0251.0376.0251.0376/', '169.254.169.254'],
    ['http://[::ffff:169.254.169.254]/', '[::ffff:a9fe:a9fe]'],
    ['HTTP://LOCALHOST/', 'localhost'],
    ['http://127.1/', '127.0.0.1'],
  ] as const) {
    const { config } = faultsOrConfig(textsOf({ connector: { 'http.url': written } }));
    assert.equal(config!.connectors[0]!.http.url.hostname, host, written);
  }
});

test('S8: a token for Kafka that nobody signed is refused', () => {
  for (const value of ['true', 'TRUE', 'yes', '1']) {
    const connector = { ...DEAD_LETTERS, 'consumer.override.enable.sasl.oauthbearer.unsecure.jwt': value };
    assert.equal(faultsOrConfig(textsOf({ connector })).config, null, value);
  }
  const handler = {
    'consumer.override.security.protocol': 'SASL_SSL',
    'consumer.override.sasl.mechanism': 'OAUTHBEARER',
    'consumer.override.sasl.jaas.config':
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="a";',
  };
  assert.equal(faultsOrConfig(textsOf({ connector: handler })).config, null);
});

test('S9: credentials that cross the network unencrypted are told of, to Kafka and to the endpoint', () => {
  const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";';
  for (const protocol of ['SASL_PLAINTEXT', 'sasl_plaintext']) {
    const worker = {
      'consumer.security.protocol': protocol,
      'consumer.sasl.mechanism': 'PLAIN',
      'consumer.sasl.jaas.config': jaas,
    };
    assert.match(noticesOf({ worker }), /consumer\.security\.protocol .*SASL_PLAINTEXT.*unencrypted/);
  }
  const bearer = { 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'token' };
  const plain = { ...bearer, 'http.url': 'http://collector.example.org/in' };
  assert.match(noticesOf({ connector: plain }), /http\.url .*unencrypted/);
  assert.doesNotMatch(noticesOf({ connector: bearer }), /unencrypted/);
});

function noticesOf(written: Parameters<typeof textsOf>[0]): string {
  const { config, faults } = faultsOrConfig(textsOf(written));
  assert(config !== null, JSON.stringify(faults));
  return config.notices.join('\n');
}

test('S26: dead letters that go to other brokers are told of, wherever that was written', () => {
  const dead = { ...DEAD_LETTERS, 'errors.deadletterqueue.topic.replication.factor': '1' };
  const elsewhere = 'evil.example.org:9092';
  for (const written of [
    { connector: { ...dead, 'producer.override.bootstrap.servers': elsewhere } },
    { connector: { ...dead, 'admin.override.bootstrap.servers': elsewhere } },
    { connector: { ...dead, 'consumer.override.bootstrap.servers': elsewhere } },
    { worker: { 'producer.bootstrap.servers': elsewhere }, connector: dead },
  ]) {
    assert.match(noticesOf(written), /bootstrap\.servers .*dead letters may leave their cluster/);
  }
  assert.doesNotMatch(noticesOf({ connector: dead }), /leave their cluster/);
});

const POLLUTING = ['__proto__', '__proto__.planted', 'constructor.prototype.planted', 'constructor', 'prototype'];

test('S17: no key of a file, of JSON or of the environment reaches a prototype', () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const families = ['', 'consumer.override.', 'http.headers.', 'transforms.', 'transforms.a.', 'value.converter.'];
  for (const name of POLLUTING) {
    for (const family of families) {
      const { config } = faultsOrConfig(textsOf({ connector: { [family + name]: 'planted' } }));
      assert.equal(config, null, family + name);
    }
    faultsOrConfig(textsOf({ worker: { [name]: 'planted', [`consumer.${name}`]: 'planted' } }));
    for (const prefix of ['TAILRACE_WORKER_', 'TAILRACE_CONNECTOR_', 'TAILRACE_CONNECTOR_C_HTTP_HEADERS_']) {
      const variable = prefix + name.toUpperCase().replaceAll('.', '_');
      faultsOrConfig(textsOf({ env: { [variable]: 'planted', [prefix + name]: 'planted' } }));
    }
  }
  for (const text of [
    '{"__proto__": {"planted": "x"}, "name": "c"}',
    '{"name": "c", "config": {"__proto__": "x", "constructor": {"prototype": {"planted": 1}}}}',
    '{"name": "c", "config": {"name": "c", "__proto__": {"planted": "x"}}}',
  ]) {
    const texts = { ...textsOf({}), connectors: [{ name: 'sink.json', text }] };
    assert.equal(faultsOrConfig(texts).config, null, text);
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  assert.equal(({} as Record<string, unknown>)['planted'], undefined);
});

function secretKeys(): readonly string[] {
  const clients = CLIENT_KEYS.filter(({ format }) => format.type === 'password').map(({ key }) => key);
  const prefixed = clients.flatMap(key => ROLES.flatMap(role => [`${role}.${key}`, `${role}.override.${key}`]));
  return [...prefixed, ...clients, 'http.auth.password', 'http.auth.bearer.token', 'oauth2.client.secret'].concat([
    'http.ssl.key.password',
    'http.headers.authorization',
    'http.headers.X-Plain',
  ]);
}

test('S21: the command line takes no secret, and does not repeat one', () => {
  const keys = secretKeys();
  assert(keys.length > 50);
  for (const key of keys) {
    const { config, faults } = faultsOrConfig(textsOf({ overrides: [`${key}=c4n4ry-value`] }));
    assert.equal(config, null, key);
    assert.doesNotMatch(JSON.stringify(faults), /c4n4ry/);
  }
});
