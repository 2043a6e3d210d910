import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { ConfigTexts } from '../../config/build.ts';
import { ConfigError } from '../../config/findings.ts';
import { parseConfig } from '../../config/load.ts';
import { type Keys, textsOf } from './written.ts';

const CANARY = 'c4n4ry';
let planted = 0;
/** A secret of its own for each place, so that a failure names the place. */
const canary = (): string => `${CANARY}${++planted}x`;

const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

function secretConnector(): Keys {
  return {
    'http.headers.X-Key': canary(),
    'http.auth.type': 'oauth2',
    'oauth2.token.url': 'https://login.example.org/token',
    'oauth2.client.id': 'id',
    'oauth2.client.secret': canary(),
    'http.ssl.key.password': canary(),
    'errors.deadletterqueue.topic.name': 'dlq',
    'consumer.override.security.protocol': 'SASL_SSL',
    'consumer.override.sasl.mechanism': 'PLAIN',
    'consumer.override.sasl.jaas.config': `${JAAS} username="u" password="${canary()}";`,
    'consumer.override.ssl.key.password': canary(),
    'producer.override.security.protocol': 'SASL_SSL',
    'producer.override.sasl.mechanism': 'OAUTHBEARER',
    'producer.override.sasl.oauthbearer.token.endpoint.url': 'https://login.example.org/token',
    'producer.override.sasl.oauthbearer.client.id': 'id',
    'producer.override.sasl.oauthbearer.client.secret': canary(),
    'admin.override.security.protocol': 'SASL_SSL',
    'admin.override.sasl.mechanism': 'SCRAM-SHA-512',
    'admin.override.sasl.username': 'u',
    'admin.override.sasl.password': canary(),
    'admin.override.ssl.key.password': canary(),
    'admin.override.ssl.keystore.password': canary(),
  };
}

/** Everything that a log, a status or a crash could make of a value. */
function renderings(value: unknown): string {
  const deep = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;
  const parts = [
    JSON.stringify(value),
    String(value),
    inspect(value),
    inspect(value, deep),
    inspect({ value }, { ...deep, getters: true }),
  ];
  if (value instanceof Error)
    parts.push(value.message, String(value.stack), JSON.stringify(value, Object.getOwnPropertyNames(value)));
  return parts.join('\n');
}

function assertHidden(rendered: string): void {
  for (const form of [rendered, decodeURIComponent(rendered.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))]) {
    assert.doesNotMatch(form, new RegExp(`${CANARY}[^\\s"']*`));
    assert(!form.includes(Buffer.from(CANARY).toString('base64').slice(0, 7)), 'also as base64');
  }
}

test('redaction: no rendering of a configuration holds a secret', () => {
  const env = { TAILRACE_CONNECTOR_HTTP_HEADERS_X_ENV: canary(), TAILRACE_CONNECTOR_OAUTH2_CLIENT_SECRET: canary() };
  const config = parseConfig(textsOf({ connector: secretConnector(), env }));
  assertHidden(renderings(config));
  assertHidden(config.notices.join('\n'));
  const { http, kafka } = config.connectors[0]!;
  const revealed = [
    http.headers['x-env'],
    http.auth.type === 'oauth2' && http.auth.clientAuth.mode === 'header' && http.auth.clientAuth.secret,
    kafka.admin.global['sasl.password'],
  ];
  for (const secret of revealed)
    assert(typeof secret === 'object' && secret.reveal().startsWith(CANARY), 'but their owner gets them');
});

function failure(texts: ConfigTexts): ConfigError {
  try {
    parseConfig(texts);
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error;
  }
  throw new Error('the configuration was accepted');
}

const FAULTY: Readonly<Record<string, Keys>> = {
  'an address with credentials': { 'http.url': `https://user:${CANARY}@a/` },
  'a token address with credentials': { 'oauth2.token.url': `https://${CANARY}@a/` },
  'a broken address': { 'http.url': `https//a?token=${CANARY}` },
  'a header that breaks': { 'http.headers.X-Key': `${CANARY}\\r\\nx` },
  'a header twice': { 'http.headers.x-key': CANARY },
  'an authorization header too many': { 'http.headers.Authorization': CANARY },
  'a bearer token with a blank': { 'http.auth.type': 'bearer', 'http.auth.bearer.token': `${CANARY} ${CANARY}` },
  'a password for nothing': { 'http.auth.password': CANARY },
  'a broken JAAS entry': { 'consumer.override.sasl.jaas.config': `${JAAS} username="u" password="${CANARY}` },
  'a JAAS entry with a stray quote': {
    'consumer.override.sasl.jaas.config': `${JAAS} username="u" password="a"${CANARY}=b";`,
  },
  'a JAAS entry with a stray quote before a name': {
    'consumer.override.sasl.jaas.config': `${JAAS} username="u" password="a"${CANARY}="b";`,
  },
  'a token endpoint with credentials': {
    'consumer.override.sasl.oauthbearer.token.endpoint.url': `https://u:${CANARY}@a/`,
  },
  'brokers with credentials': { 'consumer.override.bootstrap.servers': `SASL_SSL://u:${CANARY}@a:1` },
  'a key that is none': { 'consumer.override.ssl.key.pem': CANARY, 'consumer.override.ssl.certificate.pem': CANARY },
  'a certificate that is none': {
    'consumer.override.ssl.ca.pem': `-----BEGIN ${CANARY.toUpperCase()}-----${CANARY}-----END CERTIFICATE-----`,
  },
  'a JAAS entry for another mechanism': { 'consumer.override.sasl.mechanism': 'OAUTHBEARER' },
  'a typo in a secret key': { 'oauth2.client.secrt': CANARY, 'http.auth.pasword': CANARY },
  'a typo in a client key': { 'consumer.override.sasl.pasword': CANARY, 'consumer.override.ssl.key.pasword': CANARY },
  'a refused key': { 'consumer.override.ssl.engine.location': CANARY, 'bootstrap.servers': CANARY },
  'a secret pasted as a switch': { 'http.auth.fail.fast': 'x' },
};

for (const [name, keys] of Object.entries(FAULTY)) {
  test(`redaction: the faults of ${name} hold no secret`, () => {
    const error = failure(textsOf({ connector: { ...secretConnector(), ...keys } }));
    assertHidden(renderings(error));
  });
}

test('redaction: lines of a secret that lost their backslashes are not shown as keys', () => {
  const texts = textsOf({});
  const lines = [
    `oauth2.client.secret=-----BEGIN PRIVATE KEY-----`,
    `MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ${CANARY}`,
    `${CANARY}+/Q==`,
    `sasl.jaas.config=${JAAS}`,
    `  username="u" password="${CANARY}";`,
    `http.headers.X: Bearer ${CANARY}`,
    `http.headers.X: Bearer ${CANARY}2`,
    `  ${CANARY.toUpperCase()}`,
    `  ${CANARY.toUpperCase()}`,
  ];
  const text = `${texts.connectors[0]!.text}${lines.join('\n')}\n`;
  const error = failure({ ...texts, connectors: [{ name: 'sink.properties', text }] });
  assertHidden(renderings(error).toLowerCase());
});

test('redaction: the command line repeats neither a secret nor what is no key', () => {
  const overrides = [
    `oauth2.client.secret=${CANARY}`,
    `consumer.override.sasl.jaas.config=${CANARY}`,
    `http.headers.A=${CANARY}`,
    CANARY,
  ];
  assertHidden(renderings(failure(textsOf({ overrides }))));
});
