import { converterKeys } from './converter-keys.ts';
import { brokerList, integer, oneOf, text } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { listenerKeys, listenerTlsKeys } from './listener-keys.ts';
import { tracesKeys } from './traces-keys.ts';
import { DAY_MS } from './units.ts';

const worker = keyGroup('Worker');
const converters = keyGroup('Converters for all connectors');

/** Every key of the worker file that has a meaning of its own; families and Kafka client keys stand beside. */
export const workerKeys = {
  bootstrapServers: worker.required('bootstrap.servers', brokerList, 'Kafka brokers to start from, `host:port` each.'),
  offsetFlushIntervalMs: worker.withDefault(
    'offset.flush.interval.ms',
    integer(1, DAY_MS),
    '5000',
    'Milliseconds between two commits of confirmed offsets. Kafka Connect waits a minute, so a crash repeats more there.',
  ),
  offsetFlushTimeoutMs: worker.withDefault(
    'offset.flush.timeout.ms',
    integer(1, DAY_MS),
    '5000',
    'Milliseconds after which a commit without an answer counts as failed; its offsets are committed again.',
  ),
  taskShutdownGracefulTimeoutMs: worker.withDefault(
    'task.shutdown.graceful.timeout.ms',
    integer(1, DAY_MS),
    '5000',
    'Milliseconds that all tasks together have to finish what is in flight when the worker stops.',
  ),
  logLevel: worker.withDefault(
    'log.level',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
    'info',
    'Least severe level that is logged.',
  ),
  configProviders: worker.optional(
    'config.providers',
    text,
    'Names of config providers, separated by commas. `${name:path:key}` in a value of any file, of the environment or of ' +
      'the command line is what the provider gives. Known are `FileConfigProvider`, `DirectoryConfigProvider` and ' +
      '`EnvVarConfigProvider` of Kafka, with `param.allowed.paths` and `param.allowlist.pattern`.',
  ),
  reader: worker.withDefault(
    'reader',
    oneOf('auto', 'native', 'portable'),
    'auto',
    'How records are taken from the Kafka client, and dead letters given to it: `native` (compiled by `make setup`, ' +
      'several times as fast), `portable`, or `auto`, the native one where it can be loaded.',
  ),
  overridePolicy: worker.withDefault(
    'connector.client.config.override.policy',
    text,
    'All',
    'Which client keys a connector may override: `All`, `None`, `Principal` (`security.protocol`, `sasl.mechanism` and ' +
      '`sasl.jaas.config`) or `Allowlist`; by full or short name.',
  ),
  overrideAllowlist: worker.optional(
    'connector.client.config.override.allowlist',
    text,
    'Client keys that the policy `Allowlist` lets a connector override, separated by commas.',
  ),
  stateFile: worker.optional(
    'config.storage.file',
    text,
    'File in which connectors and states that REST changed are kept over a restart, secrets included: only this user may read it. Without ' +
      'it they last as long as the worker runs.',
  ),
  metricNames: worker.withDefault(
    'metrics.names',
    oneOf('exporter', 'jmx'),
    'exporter',
    "How Kafka Connect's metrics are called: `exporter`, as the rules of the JMX exporter's examples make it " +
      '(`kafka_connect_sink_task_put_batch_avg_time_ms`); `jmx`, as its default rule does.',
  ),
  taskIsolation: worker.withDefault(
    'task.isolation',
    oneOf('inline', 'process'),
    'inline',
    'Where tasks run whose connector does not say it: `inline`, in the worker; `process`, each in a process of its own.',
  ),
  restExtensions: worker.optional(
    'rest.extension.classes',
    text,
    'JVM extensions can not be loaded. `BasicAuthSecurityRestExtension` is accepted with a warning: it does not protect anything here, `listeners.basic.auth.file` does.',
  ),
  ...converterKeys(converters),
  ...listenerKeys,
  ...listenerTlsKeys,
  ...tracesKeys,
};
