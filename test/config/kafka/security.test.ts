import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { connectorOf, faultLines, type Keys, parse } from '../written.ts';

const MODULE = 'org.apache.kafka.common.security';

function written(keys: Keys): Keys {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`consumer.override.${key}`, value]));
}

/** The consumer's librdkafka keys that have to do with security, secrets in brackets. */
function secured(keys: Keys): Readonly<Record<string, string>> {
  const { global } = connectorOf(written(keys)).kafka.consumer;
  const kept = Object.entries(global).filter(([key]) => /^(security|sasl|ssl|enable\.ssl)\./.test(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, value instanceof Secret ? `<${value.reveal()}>` : value]));
}

function refused(keys: Keys): string {
  return faultLines({ connector: written(keys) }).join('\n');
}

function notices(keys: Keys): string {
  return parse({ connector: written(keys) }).notices.join('\n');
}

const SASL: Keys = { 'security.protocol': 'SASL_SSL' };
const mapped = { 'security.protocol': 'sasl_ssl' };

test('sasl: PLAIN and SCRAM from a JAAS entry', () => {
  const plain = `${MODULE}.plain.PlainLoginModule required username="al\\\\"ice" password='p;w=d ';`;
  assert.deepEqual(secured({ ...SASL, 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': plain }), {
    ...mapped,
    'sasl.mechanisms': 'PLAIN',
    'sasl.username': 'al"ice',
    'sasl.password': '<p;w=d >',
  });
  const scram = `${MODULE}.scram.ScramLoginModule required \\\n   username=alice \\\n   password=secret;`;
  assert.deepEqual(secured({ ...SASL, 'sasl.mechanism': 'scram-sha-512', 'sasl.jaas.config': scram }), {
    ...mapped,
    'sasl.mechanisms': 'SCRAM-SHA-512',
    'sasl.username': 'alice',
    'sasl.password': '<secret>',
  });
});

test('sasl: OAUTHBEARER from a JAAS entry and from keys of its own', () => {
  const jaas = `${MODULE}.oauthbearer.OAuthBearerLoginModule required clientId="id" clientSecret="cs" scope="s" extension_logicalCluster="lkc";`;
  const url = 'https://login.example.org/token';
  const expected = {
    ...mapped,
    'sasl.mechanisms': 'OAUTHBEARER',
    'sasl.oauthbearer.token.endpoint.url': url,
    'sasl.oauthbearer.client.id': 'id',
    'sasl.oauthbearer.client.secret': '<cs>',
    'sasl.oauthbearer.scope': 's',
    'sasl.oauthbearer.extensions': 'logicalCluster=lkc',
    'sasl.oauthbearer.method': 'oidc',
  };
  const common = { ...SASL, 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.endpoint.url': url };
  const handler = `${MODULE}.oauthbearer.secured.OAuthBearerLoginCallbackHandler`;
  assert.deepEqual(
    secured({ ...common, 'sasl.jaas.config': jaas, 'sasl.login.callback.handler.class': handler }),
    expected,
  );
  const own = {
    'sasl.oauthbearer.client.credentials.client.id': 'id',
    'sasl.oauthbearer.client.credentials.client.secret': 'cs',
    'sasl.oauthbearer.scope': 's',
    'sasl.oauthbearer.extensions': 'logicalCluster=lkc',
  };
  assert.deepEqual(secured({ ...common, ...own }), expected);
  assert.match(refused({ ...common, 'sasl.login.callback.handler.class': 'x.Y', ...own }), /can not be loaded/);
  assert.match(refused({ ...common }), /needs sasl\.oauthbearer\.client\.id, sasl\.oauthbearer\.client\.secret/);
});

test('sasl: Kerberos, whose names reach a shell, takes plain names only', () => {
  const jaas =
    'com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab="/etc/a.keytab" principal="a/b@C.ORG";';
  const keys = { ...SASL, 'sasl.mechanism': 'GSSAPI', 'sasl.kerberos.service.name': 'kafka', 'sasl.jaas.config': jaas };
  assert.deepEqual(secured(keys), {
    ...mapped,
    'sasl.mechanisms': 'GSSAPI',
    'sasl.kerberos.service.name': 'kafka',
    'sasl.kerberos.keytab': '/etc/a.keytab',
    'sasl.kerberos.principal': 'a/b@C.ORG',
  });
  for (const principal of [
    'a;touch /tmp/x',
    'a$(x)',
    'a`x`',
    'a|b',
    'a&b',
    '%{config.ssl.key.password}',
    "a'b",
    'a b',
  ]) {
    assert.match(
      refused({ ...keys, 'sasl.jaas.config': null, 'sasl.kerberos.principal': principal }),
      /^invalid .*principal/,
    );
  }
  assert.match(
    refused({ ...keys, 'sasl.jaas.config': jaas.replace('a/b@C.ORG', 'a;x') }),
    /^invalid .*sasl\.jaas\.config/,
  );
});

test('sasl: username and password as librdkafka has them', () => {
  const keys = { ...SASL, 'sasl.mechanisms': 'PLAIN', 'sasl.username': 'u', 'sasl.password': 'p' };
  assert.deepEqual(secured(keys), {
    ...mapped,
    'sasl.mechanisms': 'PLAIN',
    'sasl.username': 'u',
    'sasl.password': '<p>',
  });
  assert.match(refused({ ...keys, 'sasl.password': null }), /needs sasl\.password \(or sasl\.jaas\.config\)/);
});

test('sasl: what can not be mapped is refused with its reason', () => {
  const jaas = (text: string, mechanism = 'PLAIN') =>
    refused({ ...SASL, 'sasl.mechanism': mechanism, 'sasl.jaas.config': text });
  assert.match(
    jaas('com.sun.security.auth.module.JndiLoginModule required user.provider.url="ldap://x";'),
    /can not be loaded/,
  );
  assert.match(jaas('constructor required;'), /can not be loaded/);
  assert.match(jaas(`${MODULE}.scram.ScramLoginModule required username="a" password="b";`), /does not serve/);
  assert.match(
    jaas(`${MODULE}.plain.PlainLoginModule required username="a" password="canary" x="y";`),
    /holds the option number 3, which has no counterpart/,
  );
  for (const broken of ['', ' required', ' required username="a" password="canary"', ' required username="canary;']) {
    const fault = jaas(`${MODULE}.plain.PlainLoginModule${broken}`);
    assert.match(fault, /it must have the form/);
    assert.doesNotMatch(fault, /canary/);
  }
  assert.match(refused({ ...SASL, 'sasl.mechanism': 'DIGEST-MD5' }), /no other mechanism/);
  assert.match(refused(SASL), /write sasl\.mechanism too/);
});

test('sasl: options that the JVM does not look at either are taken, others are refused', () => {
  const of = (module: string, options: string, mechanism = 'PLAIN') => ({
    ...SASL,
    'sasl.mechanism': mechanism,
    'sasl.jaas.config': `${MODULE}.${module} required ${options};`,
  });
  const login = 'username="u" password="p"';
  const plain = secured(of('plain.PlainLoginModule', `${login} serviceName="kafka" user_alice="a" user_bob="b"`));
  assert.deepEqual(plain, { ...mapped, 'sasl.mechanisms': 'PLAIN', 'sasl.username': 'u', 'sasl.password': '<p>' });
  const scram = 'SCRAM-SHA-256';
  assert.match(
    refused(of('scram.ScramLoginModule', `${login} tokenauth="true"`, scram)),
    /holds the option tokenauth, which has no counterpart/,
  );
  assert.match(refused(of('scram.ScramLoginModule', `${login} user_alice="a"`, scram)), /the option number 3/);
  assert.match(refused(of('plain.PlainLoginModule', 'username="u"')), /^missing .*jaas\.config gives no password$/);
  assert.match(refused(of('plain.PlainLoginModule', 'user_u="p"')), /gives no username and no password$/);
});

test('sasl: the service name of Kerberos may stand in the JAAS entry or beside it, and must be one', () => {
  const jaas = 'com.sun.security.auth.module.Krb5LoginModule required principal="a@B" serviceName="kafka";';
  const keys = { ...SASL, 'sasl.mechanism': 'GSSAPI', 'sasl.jaas.config': jaas };
  assert.equal(secured(keys)['sasl.kerberos.service.name'], 'kafka');
  assert.equal(secured({ ...keys, 'sasl.kerberos.service.name': 'kafka' })['sasl.kerberos.service.name'], 'kafka');
  assert.match(refused({ ...keys, 'sasl.kerberos.service.name': 'other' }), /^conflict .*sasl\.jaas\.config/);
});

const OIDC: Keys = {
  ...SASL,
  'sasl.mechanism': 'OAUTHBEARER',
  'sasl.oauthbearer.client.id': 'i',
  'sasl.oauthbearer.client.secret': 's',
};
const TOKEN_URL = 'sasl.oauthbearer.token.endpoint.url';

for (const [url, says] of [
  ['login.example.org/token', /must be an absolute http:\/\/ or https:\/\/ address$/],
  ['ftp://login.example.org/token', /must be an absolute/],
  ['file:///etc/token', /must be an absolute/],
  ['https://', /must be an absolute/],
  [
    'https://user:canary@login.example.org/token',
    /must not hold a user or password: write sasl\.oauthbearer\.client\.id/,
  ],
  ['https://canary@login.example.org/token', /must not hold a user or password/],
  ['https://login.example.org/token#canary', /must not end in a #fragment/],
  ['https://login.example.org/to ken', /must not hold blanks/],
  ['https://login.example.org:99999/token', /must be an absolute/],
] as const) {
  test(`sasl: ${url} is no token endpoint, with and without the mechanism that needs it`, () => {
    for (const keys of [{ ...OIDC, [TOKEN_URL]: url }, { [TOKEN_URL]: url }]) {
      const fault = refused(keys);
      assert.match(fault, says);
      assert.doesNotMatch(fault, /canary/);
    }
  });
}

test('sasl: a token endpoint without TLS is remarked beyond this machine', () => {
  const text = /token\.endpoint\.url is not https: the client secret and the tokens cross the network unencrypted/;
  assert.match(notices({ ...OIDC, [TOKEN_URL]: 'http://login.example.org/token' }), text);
  for (const url of ['https://login.example.org/token', 'http://127.0.0.1:1/', 'http://[::1]/', 'http://localhost/t']) {
    assert.equal(notices({ ...OIDC, [TOKEN_URL]: url }), '');
  }
});

test('sasl: without TLS is remarked beyond this machine', () => {
  const keys = written({
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'PLAIN',
    'sasl.username': 'u',
    'sasl.password': 'p',
  });
  const remarks = (servers: string) =>
    parse({ worker: { 'bootstrap.servers': servers }, connector: keys }).notices.join('\n');
  for (const here of ['localhost:9092', '127.0.0.1:1,[::1]:2']) assert.equal(remarks(here), '');
  for (const there of ['kafka:9092', 'localhost:1,kafka:9092', '10.0.0.1:1'])
    assert.match(remarks(there), /unencrypted/);
});

test('sasl: what has no effect, or none of its protection, is noticed', () => {
  const login = { 'sasl.mechanism': 'PLAIN', 'sasl.username': 'u', 'sasl.password': 'p' };
  assert.match(
    notices(login),
    /sasl\.mechanism, .* have no effect: security\.protocol of the same client is PLAINTEXT/,
  );
  assert.match(notices({ ...login, 'security.protocol': 'SASL_PLAINTEXT' }), /unencrypted, prefer SASL_SSL/);
  assert.equal(notices({ 'sasl.mechanism': 'OTHER', 'sasl.jaas.config': 'x' }).includes('have no effect'), true);
  assert.equal(notices({ ...login, ...SASL }), '');
  assert.match(notices({ 'ssl.ca.location': '/a' }), /ssl\.ca\.location has no effect/);
});

const TLS: Keys = { 'security.protocol': 'SSL' };

test('tls: verification can be relaxed for the host name only, and that is noticed', () => {
  const key = 'ssl.endpoint.identification.algorithm';
  assert.equal(secured({ ...TLS, [key]: '' })[key], 'none');
  assert.match(notices({ ...TLS, [key]: '' }), /is off/);
  assert.equal(secured({ ...TLS, [key]: 'HTTPS' })[key], 'https');
  assert.match(refused({ ...TLS, [key]: 'ldaps' }), /must be https/);
  assert.match(refused({ ...TLS, 'enable.ssl.certificate.verification': 'false' }), /anybody could pose as a broker/);
  assert.equal(secured({ ...TLS, 'enable.ssl.certificate.verification': 'true' })[key], undefined);
});

test('tls: versions and ciphers', () => {
  assert.match(notices({ ...TLS, 'ssl.enabled.protocols': 'TLSv1.2, TLSv1.3' }), /highest version/);
  assert.match(refused({ ...TLS, 'ssl.protocol': 'TLSv1' }), /older versions/);
  const key = 'ssl.cipher.suites';
  assert.match(refused({ ...TLS, [key]: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' }), /OpenSSL list/);
  assert.equal(secured({ ...TLS, [key]: 'ECDHE-RSA-AES256-GCM-SHA384' })[key], 'ECDHE-RSA-AES256-GCM-SHA384');
});

test('security: a megabyte in any of the keys is read at once', () => {
  const keys = [
    ['sasl.jaas.config', {}],
    ['sasl.kerberos.principal', { 'sasl.mechanism': 'GSSAPI' }],
    ['sasl.mechanism', {}],
    [TOKEN_URL, { 'sasl.mechanism': 'OAUTHBEARER' }],
    ['ssl.truststore.certificates', {}],
    ['ssl.keystore.key', {}],
    ['ssl.cipher.suites', {}],
    ['ssl.enabled.protocols', {}],
    ['bootstrap.servers', {}],
    ['partition.assignment.strategy', {}],
  ] as const;
  const login = { ...SASL, 'sasl.mechanism': 'PLAIN', 'sasl.username': 'u', 'sasl.password': 'p' };
  for (const piece of ['@ ', '-----BEGIN ']) {
    const megabyte = piece.repeat(Math.ceil(1_048_576 / piece.length));
    for (const [key, more] of keys) {
      const message = refused({ ...login, ...more, [key]: megabyte });
      assert(message.length < 2_000, `${key}: ${message.slice(0, 200)}`);
    }
  }
});
