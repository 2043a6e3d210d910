import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { ClientKey, ClientRole } from '../../../config/kafka/client-key.ts';
import { CLIENT_KEYS } from '../../../config/kafka/keys.ts';
import { readValue } from '../../../config/schema/formats.ts';
import type { ClientProperties } from '../../../config/types.ts';
import { connectorOf, type Keys } from '../written.ts';

type Constructor = new (global: Record<string, string>, topic: Record<string, string>) => object;
const rdkafka = createRequire(import.meta.url)('node-rdkafka') as Record<'KafkaConsumer' | 'Producer', Constructor>;

/** librdkafka checks each key and value when a client is made; it connects to nothing yet. */
function create(role: ClientRole, { global, topic }: ClientProperties): void {
  const revealed = Object.entries(global).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : value.reveal(),
  ]);
  const Client = role === 'consumer' ? rdkafka.KafkaConsumer : rdkafka.Producer;
  new Client(Object.fromEntries(revealed), { ...topic });
}

/** Values of the kind that the format allows, its limits among them. */
function samples({ format }: ClientKey): readonly string[] {
  const range = /from (-?\d+) to (\d+)$/.exec(format.expects);
  const candidates = range === null ? ['true', ...format.expects.split(/, | or /), 'a:1', 'a'] : [range[1]!, range[2]!];
  return candidates.filter(text => {
    try {
      return readValue(format, text) !== undefined;
    } catch {
      return false;
    }
  });
}

for (const role of ['consumer', 'producer', 'admin'] as const) {
  test(`librdkafka takes what the defaults of the ${role} are`, () => {
    create(role, connectorOf({ 'errors.deadletterqueue.topic.name': 'dlq' }).kafka[role]);
  });

  for (const known of CLIENT_KEYS.filter(
    ({ roles, scope }) => roles.includes(role) && (scope === 'global' || scope === 'topic'),
  )) {
    test(`librdkafka takes ${known.key} of the ${role}, within its limits`, () => {
      const values = samples(known);
      assert(values.length > 0);
      for (const value of values) {
        const half = { [known.target]: known.map(value) };
        create(role, { global: known.scope === 'global' ? half : {}, topic: known.scope === 'topic' ? half : {} });
      }
    });
  }
}

test('librdkafka takes secured clients', () => {
  const jaas = (module: string) => `org.apache.kafka.common.security.${module} required username="u" password="p";`;
  const secured: readonly Keys[] = [
    { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': jaas('plain.PlainLoginModule') },
    {
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'SCRAM-SHA-256',
      'sasl.jaas.config': jaas('scram.ScramLoginModule'),
    },
    {
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.oauthbearer.token.endpoint.url': 'https://login.example.org/token',
      'sasl.oauthbearer.client.id': 'i',
      'sasl.oauthbearer.client.secret': 's',
    },
    {
      'security.protocol': 'SSL',
      'ssl.endpoint.identification.algorithm': '',
      'ssl.cipher.suites': 'ECDHE-RSA-AES256-GCM-SHA384',
    },
  ];
  for (const keys of secured) {
    const written = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`consumer.override.${key}`, value]));
    create('consumer', connectorOf(written).kafka.consumer);
  }
});
