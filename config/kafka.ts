import type { ClientRole } from './client-key.ts';
import { Findings } from './errors.ts';
import { readAssignors } from './kafka-assignors.ts';
import { type ClientLayers, mapClient } from './kafka-client.ts';
import { CLIENT_KEYS } from './kafka-keys.ts';
import type { ClientMapping } from './kafka-mapping.ts';
import type { ConnectorSection, WorkerSection } from './section.ts';
import type { KafkaConfig } from './types.ts';
import type { Written } from './written.ts';

/** What the three clients of a connector are created with: Kafka Connect's inheritance and defaults. */
export function buildKafka(
  name: string,
  worker: WorkerSection,
  connector: ConnectorSection,
  findings: Findings,
): KafkaConfig {
  // Kafka Connect, too, looks at the producer's and admin client's keys only where a dead letter topic needs them.
  const deadLetters = connector.values.deadLetterTopic === null ? new Findings() : findings;
  noticePlainKeys(worker, findings);
  const consumer = mapClient('consumer', layers('consumer', worker, connector), findings);
  const autoOffsetReset = consumerDefaults(name, worker, connector, consumer);
  const producer = mapClient('producer', layers('producer', worker, connector), deadLetters);
  producerDefaults(name, worker, producer);
  const admin = mapClient('admin', layers('admin', worker, connector), deadLetters);
  admin.preset('global', 'bootstrap.servers', bootstrap(worker));
  admin.preset('global', 'client.id', `connector-dlq-adminclient-${name}`);
  return {
    groupId: consumer.target('group.id')!,
    autoOffsetReset,
    consumer: consumer.properties(),
    producer: producer.properties(),
    admin: admin.properties(),
  };
}

/** Only the admin client has keys of the worker file without a prefix, as in Kafka Connect. */
function layers(role: ClientRole, worker: WorkerSection, connector: ConnectorSection): ClientLayers {
  const prefixed = worker.family(`${role}.`);
  const plain = role === 'admin' ? [...worker.plainClientKeys].filter(([key]) => isKeyOf('admin', key)) : [];
  return [new Map<string, Written>([...plain, ...prefixed]), connector.family(`${role}.override.`)];
}

function isKeyOf(role: ClientRole, name: string): boolean {
  return CLIENT_KEYS.some(({ key, roles }) => key === name && roles.includes(role));
}

/** A very common mistake: `security.protocol` and its like reach no consumer unless they are written with its prefix. */
function noticePlainKeys(worker: WorkerSection, findings: Findings): void {
  for (const [key, { origin }] of worker.plainClientKeys) {
    if (!isKeyOf('admin', key)) {
      findings.notice(`${origin.file}: ${key} has no effect without a prefix: write consumer.${key}`);
    } else if (/^(security|sasl|ssl)\./.test(key) && !worker.family('consumer.').has(key)) {
      const text = `does not reach the consumers, as in Kafka Connect: write consumer.${key} and producer.${key} too`;
      findings.notice(`${origin.file}: ${key} ${text}`);
    }
  }
}

function bootstrap(worker: WorkerSection): string {
  return worker.values.bootstrapServers?.join(',') ?? '';
}

function consumerDefaults(
  name: string,
  worker: WorkerSection,
  connector: ConnectorSection,
  mapping: ClientMapping,
): KafkaConfig['autoOffsetReset'] {
  const preset = (key: string, value: string) => mapping.preset('global', key, value);
  preset('bootstrap.servers', bootstrap(worker));
  preset('client.id', `connector-consumer-${name}-0`);
  preset('group.id', `connect-${name}`);
  preset('enable.auto.commit', 'false');
  preset('enable.auto.offset.store', 'false');
  preset('enable.partition.eof', 'true');
  preset('check.crcs', 'true');
  preset('isolation.level', 'read_uncommitted');
  preset('session.timeout.ms', '45000');
  preset('max.poll.interval.ms', '300000');
  preset('queued.max.messages.kbytes', '16384');
  preset('fetch.queue.backoff.ms', '10');
  preset('partition.assignment.strategy', assignors(mapping));
  if (connector.values.topicsRegex !== null && mapping.text('exclude.internal.topics')?.toLowerCase() !== 'false') {
    preset('topic.blacklist', '^__consumer_offsets$,^__transaction_state$');
  }
  // The worker itself decides where a partition without a committed offset begins.
  mapping.preset('topic', 'auto.offset.reset', 'error');
  checkTimeouts(mapping);
  checkFetchSize(mapping);
  const reset = mapping.text('auto.offset.reset')?.toLowerCase();
  return reset === 'latest' || reset === 'none' ? reset : 'earliest';
}

function assignors(mapping: ClientMapping): string {
  const key = 'partition.assignment.strategy';
  const text = mapping.text(key);
  if (text === null) return 'range';
  const assignors = readAssignors(text);
  if (assignors === null) {
    const message =
      'must be of RangeAssignor, RoundRobinAssignor and CooperativeStickyAssignor (org.apache.kafka.clients.consumer): ' +
      'the client knows no other';
    mapping.fault('unsupported', key, message);
  } else if (assignors.eagerOnly) {
    mapping.notice(key, `runs as ${assignors.strategy}: cooperative rebalance needs CooperativeStickyAssignor alone`);
  }
  return assignors?.strategy ?? 'range';
}

function checkTimeouts(mapping: ClientMapping): void {
  const session = Number(mapping.target('session.timeout.ms'));
  const poll = Number(mapping.target('max.poll.interval.ms'));
  const heartbeat = Number(mapping.target('heartbeat.interval.ms') ?? '3000');
  if (poll < session) {
    const key = mapping.settings.has('max.poll.interval.ms') ? 'max.poll.interval.ms' : 'session.timeout.ms';
    mapping.fault(
      'conflict',
      key,
      `makes max.poll.interval.ms (${poll}) lower than session.timeout.ms (${session}), which it must not be`,
    );
  }
  if (heartbeat >= session) {
    const key = mapping.settings.has('heartbeat.interval.ms') ? 'heartbeat.interval.ms' : 'session.timeout.ms';
    mapping.fault(
      'conflict',
      key,
      `makes heartbeat.interval.ms (${heartbeat}) as long as session.timeout.ms (${session}): it must be lower`,
    );
  }
}

/** librdkafka wants its largest message, a limit for producers, to fit into a fetch. */
function checkFetchSize(mapping: ClientMapping): void {
  const fetch = Number(mapping.target('fetch.max.bytes') ?? '52428800');
  if (fetch < 1_000_000) mapping.preset('global', 'message.max.bytes', String(Math.max(1000, fetch)));
  if (fetch < Number(mapping.target('message.max.bytes') ?? '1000000')) {
    mapping.fault('conflict', 'fetch.max.bytes', 'must be 1000 at least, and not below message.max.bytes');
  }
  if (Number(mapping.target('receive.message.max.bytes') ?? '2147483647') < fetch + 512) {
    mapping.fault('conflict', 'receive.message.max.bytes', `must be at least fetch.max.bytes + 512, ${fetch + 512}`);
  }
}

const PARTITIONERS: Readonly<Record<string, string>> = {
  'org.apache.kafka.clients.producer.internals.DefaultPartitioner': 'murmur2_random',
  'org.apache.kafka.clients.producer.UniformStickyPartitioner': 'random',
  'org.apache.kafka.clients.producer.RoundRobinPartitioner': 'random',
};

function producerDefaults(name: string, worker: WorkerSection, mapping: ClientMapping): void {
  mapping.preset('global', 'bootstrap.servers', bootstrap(worker));
  mapping.preset('global', 'client.id', `connector-dlq-producer-${name}-0`);
  mapping.preset('global', 'enable.idempotence', 'false');
  mapping.preset('global', 'max.in.flight.requests.per.connection', '1');
  mapping.preset('topic', 'acks', 'all');
  const partitioner = mapping.text('partitioner.class');
  const known = partitioner === null || Object.hasOwn(PARTITIONERS, partitioner);
  if (!known)
    mapping.fault('unsupported', 'partitioner.class', 'can not be loaded: take it out, keys choose the partition');
  // Java's choice, so that a dead letter lands where the JVM would have put it.
  mapping.preset('topic', 'partitioner', PARTITIONERS[partitioner ?? ''] ?? 'murmur2_random');
  const timeout = Number(mapping.target('message.timeout.ms') ?? '300000');
  if (
    timeout !== 0 &&
    mapping.target('queue.buffering.max.ms') !== null &&
    timeout <= Number(mapping.target('queue.buffering.max.ms'))
  ) {
    mapping.fault('conflict', 'linger.ms', `must be below delivery.timeout.ms, ${timeout}`);
  }
  if (
    mapping.target('enable.idempotence') === 'true' &&
    Number(mapping.target('max.in.flight.requests.per.connection')) > 5
  ) {
    mapping.fault(
      'conflict',
      'max.in.flight.requests.per.connection',
      'must be at most 5 with enable.idempotence=true',
    );
  }
}
