import type { NamedKey } from './named-key.ts';
import type { FileKind } from './schema.ts';

function all(text: string, ...keys: readonly string[]): readonly NamedKey[] {
  return keys.map(key => ({ key, text }));
}

/** Keys of Kafka Connect that change what is delivered, and that are refused since they are not honoured. */
export const REFUSED_KEYS: Readonly<Record<FileKind, readonly NamedKey[]>> = {
  worker: [
    ...all(
      'belongs into the connector file',
      'name',
      'connector.class',
      'topics',
      'topics.regex',
      'tasks.max',
      'transforms',
      'transforms.*',
      'predicates',
      'predicates.*',
    ),
  ],
  connector: [
    ...all('belongs into the worker file', 'bootstrap.servers', 'listeners', 'offset.flush.interval.ms', 'plugin.path'),
    ...all('belongs into the worker file', 'config.providers', 'config.providers.*'),
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

const JVM = 'it is of the JVM';
const OWN_METRICS = 'metrics are served at /metrics';
const SOURCE_ONLY = 'it is of source connectors';
const ONE_VERSION = 'there is one version of every converter, transform and connector';
const OLD = 'Kafka Connect ignores it too, since 3.0';
const DISTRIBUTED =
  'connectors come from files and through REST (config.storage.file keeps these), and workers with the same connector share its records through its consumer group';
const OPENSSL = 'OpenSSL has no choice of these';
const NO_REGISTRY = 'no converter that is known here has a schema registry';

const VERSIONS = ['key.converter.plugin.version', 'value.converter.plugin.version', 'header.converter.plugin.version'];

/** Keys of Kafka Connect that are accepted and have no effect here; `text` says why. */
export const IGNORED_KEYS: Readonly<Record<FileKind, readonly NamedKey[]>> = {
  worker: [
    ...all(JVM, 'plugin.path', 'plugin.discovery'),
    ...all('a sink has no offsets but those of its group', 'offset.storage.file.filename'),
    ...all(OWN_METRICS, 'metric.reporters', 'metrics.*', 'auto.include.jmx.reporter'),
    ...all(SOURCE_ONLY, 'topic.creation.enable', 'exactly.once.source.support'),
    ...all(OLD, 'internal.key.converter', 'internal.key.converter.*'),
    ...all(OLD, 'internal.value.converter', 'internal.value.converter.*'),
    ...all(ONE_VERSION, ...VERSIONS),
    ...all(NO_REGISTRY, ...ANY_REGISTRY),
    ...all(OLD, 'rest.host.name', 'rest.port'),
    ...['listeners.https.', 'admin.listeners.https.'].flatMap(prefix =>
      all(
        OPENSSL,
        ...['provider', 'keymanager.algorithm', 'trustmanager.algorithm', 'secure.random.implementation'].map(
          name => `${prefix}ssl.${name}`,
        ),
      ),
    ),
    ...all(
      'it is about what a client asks of a server',
      'listeners.https.ssl.endpoint.identification.algorithm',
      'admin.listeners.https.ssl.endpoint.identification.algorithm',
    ),
    ...all(DISTRIBUTED, 'group.id', 'config.storage.*', 'offset.storage.*', 'status.storage.*', 'connect.protocol'),
    ...all(DISTRIBUTED, 'rebalance.timeout.ms', 'scheduled.rebalance.max.delay.ms', 'worker.sync.timeout.ms'),
    ...all(DISTRIBUTED, 'worker.unsync.backoff.ms', 'inter.worker.*'),
  ],
  connector: [
    ...all(ONE_VERSION, 'connector.plugin.version', ...VERSIONS),
    ...all(
      'converting is not repeated; requests are, see retry.backoff.ms',
      'errors.retry.timeout',
      'errors.retry.delay.max.ms',
    ),
    ...all('the providers that are known here never ask for it', 'config.action.reload'),
    ...all('there are never more tasks than tasks.max', 'tasks.max.enforce'),
  ],
};

/** Keys that hold a part that the user chooses. `join` is what an underscore of the environment stands for. */
export interface Family {
  readonly prefix: string;
  readonly join: '.' | '-' | '_';
  readonly doc: string;
}

export const FAMILIES: Readonly<Record<FileKind, readonly Family[]>> = {
  worker: [
    {
      prefix: 'config.providers.',
      join: '.',
      doc: 'Class and parameters of a provider, `config.providers.<name>.class`.',
    },
    { prefix: 'consumer.', join: '.', doc: "Kafka client keys of every connector's consumer." },
    {
      prefix: 'producer.',
      join: '.',
      doc: "Kafka client keys of every connector's producer of dead letters and reports.",
    },
    {
      prefix: 'admin.',
      join: '.',
      doc: 'Kafka client keys of the client that creates topics of dead letters and reports.',
    },
    {
      prefix: 'telemetry.traces.headers.',
      join: '-',
      doc: 'A header that every export of spans carries. Its value is kept secret.',
    },
  ],
  connector: [
    { prefix: 'http.headers.', join: '-', doc: 'A header that every request carries. Its value is kept secret.' },
    {
      prefix: 'http.response.failure.when.',
      join: '.',
      doc: 'A rule (see Rules about answers): an answer that it holds for counts as the status behind this prefix, 400 to 599.',
    },
    {
      prefix: 'http.response.records.failure.when.',
      join: '.',
      doc: 'A rule about an item of `custom`: where it holds, the item counts as the status behind this prefix.',
    },
    {
      prefix: 'oauth2.headers.',
      join: '-',
      doc: 'A further header of token requests. Its value is kept secret.',
    },
    {
      prefix: 'oauth2.parameters.',
      join: '_',
      doc: 'A further parameter of token requests, which wins over ours of its name. Its value is kept secret.',
    },
    { prefix: 'endpoints.', join: '.', doc: 'A key of one of `endpoints` (see Several endpoints).' },
    { prefix: 'transforms.', join: '.', doc: 'What an alias of `transforms` is: its class and the keys of that.' },
    { prefix: 'predicates.', join: '.', doc: 'What an alias of `predicates` is: its class and the keys of that.' },
    { prefix: 'consumer.override.', join: '.', doc: "Kafka client keys of this connector's consumer." },
    {
      prefix: 'producer.override.',
      join: '.',
      doc: "Kafka client keys of this connector's producer of dead letters and reports.",
    },
    { prefix: 'admin.override.', join: '.', doc: "Kafka client keys of this connector's admin client." },
    {
      prefix: 'reporter.producer.',
      join: '.',
      doc: 'Kafka client keys of the producer of reports to another cluster, `reporter.bootstrap.servers`.',
    },
    {
      prefix: 'reporter.admin.',
      join: '.',
      doc: 'Kafka client keys of the client that creates topics of reports there.',
    },
  ],
};
