import type { NamedKey } from '../schema/named-key.ts';
import type { ConfluentKeys } from './confluent-keys.ts';
import { withConnector } from './confluent-shared.ts';
import { fault, ignored, type Peer, remark, type Statement, set } from './dialect.ts';

const CLASS = 'connector.class';
const CONVERTERS = 'org.apache.kafka.connect';
/** Keys that a file of Confluent Cloud has, and no other. */
const OWN = [
  ...['input.data.format', 'data.format', 'kafka.auth.mode', 'kafka.api.key', 'kafka.api.secret'],
  'kafka.service.account.id',
];

/** A file of Confluent Cloud: by its class, which is called so there alone, or by a key that is had there alone. */
export function isOfCloud({ text, wrote }: Pick<Peer, 'text' | 'wrote'>): boolean {
  return /^HttpSink(?:V2)?$/.test(text(CLASS)?.trim() ?? '') || OWN.some(wrote);
}

const FORMATS: Readonly<Record<string, string>> = {
  JSON: `${CONVERTERS}.json.JsonConverter`,
  BYTES: `${CONVERTERS}.converters.ByteArrayConverter`,
  STRING: `${CONVERTERS}.storage.StringConverter`,
};

/**
 * What Confluent Cloud adds to a file.
 * @param defaults that are others there, as they are told
 */
export function* cloud(peer: Peer<ConfluentKeys>, defaults: string): Iterable<Statement> {
  const { values, wrote } = peer;
  yield remark(
    CLASS,
    `is of Confluent Cloud here: its defaults count (${defaults}), with topics for dead letters and reports`,
  );
  yield* converters(peer);
  if (!wrote('errors.tolerance')) {
    // A task that ends at what is refused ends at what can not be read as well: there is one tolerance.
    const tolerance = values.onError === 'fail' && wrote('behavior.on.error') ? 'none' : 'all';
    yield set('errors.tolerance', tolerance, CLASS);
  }
  yield set('errors.deadletterqueue.context.headers.enable', true, CLASS);
  yield* kafka(peer);
}

function* converters({ values, wrote, text }: Peer<ConfluentKeys>): Iterable<Statement> {
  const from = wrote('data.format') ? 'data.format' : 'input.data.format';
  const format = values.dataFormatAlias ?? values.dataFormat ?? 'JSON';
  const converter = FORMATS[format];
  if (wrote('value.converter')) yield ignored(from, 'value.converter says how values are read');
  else if (converter === undefined) {
    yield fault(
      'unsupported',
      from,
      `is ${format}, which needs a schema registry: JSON, STRING and BYTES are supported`,
    );
  } else {
    yield set('value.converter', converter, from);
    if (format === 'JSON' && !wrote('value.converter.schemas.enable')) {
      yield set('value.converter.schemas.enable', false, from);
    }
  }
  // Macros are the only ones to look at keys, and see texts.
  if (text('key.converter') === null) yield set('key.converter', FORMATS['STRING']!, CLASS);
}

function* kafka({ values }: Peer<ConfluentKeys>): Iterable<Statement> {
  const { kafkaAuthMode: mode, kafkaApiKey: key, kafkaApiSecret: secret } = values;
  if (mode === 'SERVICE_ACCOUNT') {
    yield* ['kafka.api.key', 'kafka.api.secret'].map(each => ignored(each, 'kafka.auth.mode is SERVICE_ACCOUNT'));
    return;
  }
  if (key === null && secret === null) return;
  if (key === null || secret === null) {
    const missing = key === null ? 'kafka.api.key' : 'kafka.api.secret';
    yield fault('missing', missing, `is required beside ${key === null ? 'kafka.api.secret' : 'kafka.api.key'}`);
    return;
  }
  for (const client of ['consumer', 'producer', 'admin']) {
    yield set(`${client}.override.security.protocol`, 'SASL_SSL', 'kafka.api.key');
    yield set(`${client}.override.sasl.mechanism`, 'PLAIN', 'kafka.api.key');
    yield set(`${client}.override.sasl.jaas.config`, plainLogin(key, secret.reveal()), 'kafka.api.secret');
  }
}

function plainLogin(user: string, secret: string): string {
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  return `${module} required username=${quoted(user)} password=${quoted(secret)};`;
}

export function* deadLetters({ values, text, wrote }: Peer<ConfluentKeys>, isCloud: boolean): Iterable<Statement> {
  const key = 'errors.deadletterqueue.topic.name';
  const name = isCloud && !wrote(key) ? 'dlq-${connector}' : values.deadLetterTopic;
  if (name !== null) yield set(key, withConnector(name, text('name')), key);
}

function all(text: string, ...keys: readonly string[]): readonly NamedKey[] {
  return keys.map(key => ({ key, text }));
}

const valueConverter = (...names: readonly string[]): readonly string[] => names.map(name => `value.converter.${name}`);

/** Keys of Confluent Cloud that have no meaning here. */
export const CLOUD_IGNORED: readonly NamedKey[] = [
  ...all('Kafka is told of in the worker file', 'kafka.service.account.id', 'kafka.endpoint', 'kafka.region'),
  ...all('records are read in blocks: batch.max.size limits a request', 'max.poll.records'),
  ...all('there is no schema registry', 'schema.context.name', 'sr.service.account.id', 'csfle.onFailure'),
  ...all('a task that failed is restarted by hand, or by what watches the worker', 'auto.restart.on.user.error'),
  ...all(
    'it is of converters with a schema registry',
    ...valueConverter('ignore.default.for.nullables', 'scrub.invalid.names', 'enhanced.avro.schema.support'),
    ...valueConverter('connect.meta.data', 'enhanced.protobuf.schema.support', 'generate.index.for.unions'),
    ...valueConverter('int.for.enums', 'optional.for.nullables', 'generate.struct.for.nulls', 'wrapper.for.nullables'),
    ...valueConverter('wrapper.for.raw.primitives', 'object.additional.properties', 'use.optional.for.nonrequired'),
    ...valueConverter('auto.register.schemas', 'use.latest.version', 'latest.compatibility.strict'),
    ...valueConverter('value.subject.name.strategy', 'reference.subject.name.strategy', 'allow.optional.map.keys'),
    ...valueConverter('flatten.singleton.unions', 'optional.for.proto2', 'flatten.unions', 'use.apache.http.client'),
    'key.converter.key.subject.name.strategy',
    'key.converter.use.apache.http.client',
  ),
];
