import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../config/findings.ts';
import { CLIENT_KEYS } from '../../config/kafka/keys.ts';
import { REFUSED_CLIENT_KEYS } from '../../config/kafka/refused.ts';
import { parseConfig } from '../../config/load.ts';
import { FAMILIES, IGNORED_KEYS, REFUSED_KEYS } from '../../config/schema/connect-keys.ts';
import { schemas } from '../../config/schema/schema.ts';
import type { Config } from '../../config/types.ts';
import { printProperties } from './source/print-properties.ts';
import { textsOf } from './written.ts';

type Constructor = new (global: Record<string, string>, topic: Record<string, string>) => object;
const rdkafka = createRequire(import.meta.url)('node-rdkafka') as Record<'KafkaConsumer' | 'Producer', Constructor>;

const CLIENT_NAMES = [...CLIENT_KEYS.map(({ key }) => key), ...REFUSED_CLIENT_KEYS.map(({ pattern }) => pattern)];
const PREFIXES = [...FAMILIES.worker, ...FAMILIES.connector].map(({ prefix }) => prefix);

const clientKey = fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...CLIENT_NAMES)).map(parts => parts.join(''));
const knownKey = fc.constantFrom(
  ...Object.values(schemas).flatMap(table => Object.values<{ key: string }>(table).map(({ key }) => key)),
  ...Object.values(REFUSED_KEYS).flatMap(keys => keys.map(({ key }) => key)),
  ...Object.values(IGNORED_KEYS).flatMap(keys => keys.map(({ key }) => key)),
);
const key = fc.oneof(
  { weight: 6, arbitrary: clientKey },
  { weight: 6, arbitrary: knownKey },
  { weight: 1, arbitrary: fc.string() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'http.headers.__proto__',
      'consumer.hasOwnProperty',
    ),
  },
);
const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'true',
    'false',
    'all',
    'none',
    '-1',
    '0',
    '1',
    '5',
    '1000',
    '60000',
    '2147483647',
    '99999999999',
  ),
  fc.constantFrom(
    'a',
    'a,b',
    'a:1',
    'http://a/',
    'https://u:p@a/',
    'SASL_SSL',
    'SSL',
    'PLAIN',
    'OAUTHBEARER',
    'PEM',
    'PKCS12',
  ),
  fc.constantFrom('oauth2', 'basic', 'envelope', 'single', 'JsonConverter', 'String', '.*', '[', 'a.B required x="1";'),
  fc.string(),
);
const entries = fc.array(fc.tuple(key, value), { maxLength: 2 });
const overrides = fc.array(
  fc.oneof(
    fc.tuple(key, value).map(pair => pair.join('=')),
    fc.string(),
  ),
  { maxLength: 1 },
);
const env = fc.dictionary(
  fc.oneof(
    fc
      .tuple(fc.constantFrom('WORKER_', 'CONNECTOR_', 'CONNECTOR_C_', ''), key)
      .map(([place, name]) => `TAILRACE_${place}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`),
    fc.string(),
  ),
  value,
  { maxKeys: 1 },
);

const ALLOWED = new Set([
  ...CLIENT_KEYS.map(({ target }) => target),
  // Set by us, and by the keys that are combined with their like.
  ...['enable.auto.commit', 'enable.auto.offset.store', 'enable.partition.eof', 'auto.offset.reset', 'topic.blacklist'],
  ...['partition.assignment.strategy', 'partitioner', 'max.in.flight.requests.per.connection'],
  ...['sasl.mechanisms', 'sasl.username', 'sasl.password', 'sasl.oauthbearer.method', 'sasl.oauthbearer.scope'],
  ...['sasl.oauthbearer.token.endpoint.url', 'sasl.oauthbearer.client.id', 'sasl.oauthbearer.client.secret'],
  ...['sasl.oauthbearer.extensions', 'sasl.kerberos.service.name', 'sasl.kerberos.principal', 'sasl.kerberos.keytab'],
  ...['ssl.keystore.location', 'ssl.keystore.password', 'ssl.key.password', 'ssl.cipher.suites'],
  'ssl.endpoint.identification.algorithm',
]);

function checkClients(config: Config): void {
  for (const { kafka } of config.connectors) {
    for (const role of ['consumer', 'producer', 'admin'] as const) {
      const { global, topic } = kafka[role];
      for (const name of [...Object.keys(global), ...Object.keys(topic)]) assert(ALLOWED.has(name), `${role}: ${name}`);
      const revealed = Object.entries(global).map(([name, text]) => [
        name,
        typeof text === 'string' ? text : text.reveal(),
      ]);
      const Client = role === 'consumer' ? rdkafka.KafkaConsumer : rdkafka.Producer;
      new Client(Object.fromEntries(revealed), { ...topic });
    }
  }
}

test('load: any files give a configuration that librdkafka takes, or a ConfigError', () => {
  const sizes = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(entries, entries, env, overrides, (worker, connector, env, overrides) => {
      const texts = textsOf({ env, overrides });
      const sink = texts.connectors[0]!;
      const written = {
        ...texts,
        worker: { ...texts.worker!, text: texts.worker!.text + printProperties(worker) },
        connectors: [{ ...sink, text: sink.text + printProperties(connector) }],
      };
      try {
        checkClients(parseConfig(written));
        sizes.accepted++;
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
        assert(error.faults.length > 0 && error.faults.every(({ message }) => /^\S/.test(message)));
        sizes.refused++;
      }
    }),
    { numRuns: 1500 },
  );
  assert(sizes.accepted > 50 && sizes.refused > 50, JSON.stringify(sizes));
});

test('load: any worker keys alone give a configuration or a ConfigError too', () => {
  const one = fc.tuple(
    fc.constantFrom('consumer.', 'producer.', 'admin.', 'consumer.override.'),
    fc.constantFrom(...CLIENT_NAMES),
    value,
  );
  fc.assert(
    fc.property(one, ([prefix, name, text]) => {
      const dlq = { 'errors.deadletterqueue.topic.name': 'dlq' };
      const keys = { [prefix + name]: text };
      const isOverride = prefix === 'consumer.override.';
      const texts = textsOf({ worker: isOverride ? {} : keys, connector: isOverride ? { ...dlq, ...keys } : dlq });
      try {
        checkClients(parseConfig(texts));
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
      }
    }),
    { numRuns: 1500 },
  );
});
