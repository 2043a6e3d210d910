import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIENT_KEYS } from '../../config/kafka/keys.ts';
import { type Keys, textsOf } from '../config/written.ts';
import { faultsOrConfig } from './program.ts';

const DEAD_LETTERS: Keys = { 'errors.deadletterqueue.topic.name': 'dlq' };
const ROLES = ['consumer', 'producer', 'admin'] as const;

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
    assert.match(noticesOf(written), /bootstrap\.servers .*dead letters and reports may leave their cluster/);
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
