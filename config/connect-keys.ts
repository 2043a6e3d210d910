import type { FileKind } from './schema.ts';

/** A key, or with a star at its end every key that begins so. */
export interface NamedKey {
  readonly key: string;
  readonly text: string;
}

export function matchesKey(named: string, key: string): boolean {
  return named.endsWith('*') ? key.startsWith(named.slice(0, -1)) : key === named;
}

function all(text: string, ...keys: readonly string[]): readonly NamedKey[] {
  return keys.map(key => ({ key, text }));
}

const NOT_YET = 'is a key of Kafka Connect that is not supported yet: take it out';
const DISTRIBUTED =
  'belongs to a distributed Kafka Connect worker: this is a connect-standalone file, more machines run the same ' +
  'worker with the same connector name and share its consumer group';
const NO_PROVIDERS =
  'is not supported yet: write the value itself, or take secrets from TAILRACE_… environment variables';

/** Keys of Kafka Connect that change what is delivered, and that are refused since they are not honoured. */
export const REFUSED_KEYS: Readonly<Record<FileKind, readonly NamedKey[]>> = {
  worker: [
    ...all(NO_PROVIDERS, 'config.providers', 'config.providers.*'),
    ...all(
      'is not supported: JVM extensions can not be loaded, protect the listener by its address',
      'rest.extension.classes',
    ),
    ...all('is not supported: put a TLS proxy in front of the listener', 'listeners.https.*', 'ssl.client.auth'),
    ...all(
      DISTRIBUTED,
      'group.id',
      'config.storage.*',
      'offset.storage.topic',
      'offset.storage.partitions',
      'offset.storage.replication.factor',
      'status.storage.*',
      'connect.protocol',
      'rebalance.timeout.ms',
      'scheduled.rebalance.max.delay.ms',
      'worker.sync.timeout.ms',
      'worker.unsync.backoff.ms',
      'inter.worker.*',
      'exactly.once.source.support',
    ),
    ...all('belongs into the connector file', 'name', 'connector.class', 'topics', 'topics.regex', 'tasks.max'),
    ...all(NOT_YET, 'transforms', 'transforms.*', 'predicates', 'predicates.*'),
  ],
  connector: [
    ...all(NOT_YET, 'transforms', 'transforms.*', 'predicates', 'predicates.*'),
    ...all('belongs into the worker file', 'bootstrap.servers', 'listeners', 'offset.flush.interval.ms', 'plugin.path'),
    ...all(NO_PROVIDERS, 'config.providers', 'config.providers.*'),
    ...all('must be written `consumer.override.…` in a connector file', 'consumer.*'),
    ...all('must be written `producer.override.…` in a connector file', 'producer.*'),
    ...all('must be written `admin.override.…` in a connector file', 'admin.*'),
    ...all(
      "is only known to Confluent's converters, which are not supported",
      'key.converter.*',
      'value.converter.*',
      'header.converter.*',
    ),
  ],
};

/**
 * A worker's converter may be one that no connector uses. Where one does, the class itself is refused.
 */
const ANY_REGISTRY = ['key', 'value', 'header'].flatMap(role =>
  [
    'schema.registry.*',
    'basic.auth.*',
    'bearer.auth.*',
    'auto.register.schemas',
    'use.latest.version',
    'enhanced.avro.schema.support',
  ].map(name => `${role}.converter.${name}`),
);

/** Keys of Kafka Connect that are accepted and have no effect here; one notice a file names them. */
export const IGNORED_KEYS: Readonly<Record<FileKind, readonly string[]>> = {
  worker: [
    'plugin.path',
    'plugin.discovery',
    'offset.storage.file.filename',
    'metric.reporters',
    'metrics.*',
    'auto.include.jmx.reporter',
    'topic.creation.enable',
    'topic.tracking.enable',
    'topic.tracking.allow.reset',
    'internal.key.converter',
    'internal.key.converter.*',
    'internal.value.converter',
    'internal.value.converter.*',
    'rest.advertised.*',
    'rest.host.name',
    'rest.port',
    'admin.listeners',
    'admin.listeners.*',
    'access.control.allow.*',
    'response.http.headers.config',
    'key.converter.plugin.version',
    'value.converter.plugin.version',
    'header.converter.plugin.version',
    ...ANY_REGISTRY,
  ],
  connector: [
    'key.converter.plugin.version',
    'value.converter.plugin.version',
    'header.converter.plugin.version',
    'connector.plugin.version',
    'errors.retry.timeout',
    'errors.retry.delay.max.ms',
    'config.action.reload',
    'tasks.max.enforce',
  ],
};

/** Keys that hold a part that the user chooses. `join` is what an underscore of the environment stands for. */
export interface Family {
  readonly prefix: string;
  readonly join: '.' | '-';
  readonly doc: string;
}

export const FAMILIES: Readonly<Record<FileKind, readonly Family[]>> = {
  worker: [
    { prefix: 'consumer.', join: '.', doc: "Kafka client keys of every connector's consumer." },
    { prefix: 'producer.', join: '.', doc: "Kafka client keys of every connector's dead letter producer." },
    { prefix: 'admin.', join: '.', doc: 'Kafka client keys of the client that creates dead letter topics.' },
  ],
  connector: [
    { prefix: 'http.headers.', join: '-', doc: 'A header that every request carries. Its value is kept secret.' },
    { prefix: 'consumer.override.', join: '.', doc: "Kafka client keys of this connector's consumer." },
    { prefix: 'producer.override.', join: '.', doc: "Kafka client keys of this connector's dead letter producer." },
    { prefix: 'admin.override.', join: '.', doc: "Kafka client keys of this connector's admin client." },
  ],
};
