import { boolean, brokerList, integer, listOf, oneOf, text } from '../schema/formats.ts';
import { ALL, type ClientKey, type ClientRole, CONSUMER, INT, key, keys, PRODUCER, without } from './client-key.ts';
import { SECURITY_KEYS } from './security-keys.ts';

const lower = (value: string) => value.toLowerCase();
const minusOneIsZero = (value: string) => (value === '-1' ? '0' : value);
const kibibytes = (value: string) => String(Math.max(1, Math.floor(Number(value) / 1024)));

const DEBUG_CONTEXTS = listOf(
  'generic',
  'broker',
  'topic',
  'metadata',
  'feature',
  'queue',
  'msg',
  'protocol',
  'cgrp',
  'security',
  'fetch',
  'interceptor',
  'plugin',
  'consumer',
  'admin',
  'eos',
  'assignor',
  'conf',
  'telemetry',
  'all',
);

const METRICS = 'metrics are served at /metrics';
const RENEWAL = 'the client renews its login by itself';

const COMMON_KEYS: readonly ClientKey[] = [
  key(ALL, 'bootstrap.servers', brokerList),
  ...keys(ALL, text, 'client.id', 'client.rack'),
  key(ALL, 'debug', DEBUG_CONTEXTS),
  key(ALL, 'client.dns.lookup', oneOf('use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only')),
  key(
    ALL,
    'security.protocol',
    oneOf('plaintext', 'ssl', 'sasl_plaintext', 'sasl_ssl'),
    'security.protocol',
    'global',
    lower,
  ),
  key(ALL, 'metadata.max.age.ms', integer(1, 3_600_000), 'topic.metadata.refresh.interval.ms'),
  key(ALL, 'metadata.recovery.strategy', oneOf('none', 'rebootstrap')),
  ...keys(ALL, integer(0, INT), 'metadata.recovery.rebootstrap.trigger.ms'),
  ...keys(ALL, integer(0, 3_600_000), 'reconnect.backoff.ms', 'reconnect.backoff.max.ms'),
  ...keys(ALL, integer(1, 300_000), 'retry.backoff.ms', 'retry.backoff.max.ms', 'api.version.request.timeout.ms'),
  key(ALL, 'connections.max.idle.ms', integer(-1, INT), 'connections.max.idle.ms', 'global', minusOneIsZero),
  key(ALL, 'send.buffer.bytes', integer(-1, 100_000_000), 'socket.send.buffer.bytes', 'global', minusOneIsZero),
  key(ALL, 'receive.buffer.bytes', integer(-1, 100_000_000), 'socket.receive.buffer.bytes', 'global', minusOneIsZero),
  ...keys(ALL, integer(1000, INT), 'socket.connection.setup.timeout.ms'),
  ...keys(ALL, integer(0, 100_000_000), 'socket.send.buffer.bytes', 'socket.receive.buffer.bytes'),
  ...keys(ALL, integer(10, 300_000), 'socket.timeout.ms'),
  ...keys(ALL, integer(0, 1_000_000), 'socket.max.fails'),
  ...keys(
    ALL,
    boolean,
    'socket.keepalive.enable',
    'socket.nagle.disable',
    'log.connection.close',
    'enable.metrics.push',
  ),
  ...keys(ALL, integer(0, 86_400_000), 'broker.address.ttl', 'statistics.interval.ms'),
  key(ALL, 'broker.address.family', oneOf('any', 'v4', 'v6')),
  ...keys(ALL, integer(-1, 3_600_000), 'topic.metadata.refresh.interval.ms'),
  ...keys(ALL, boolean, 'topic.metadata.refresh.sparse', 'allow.auto.create.topics'),
  ...keys(ALL, integer(1000, 1_000_000_000), 'message.max.bytes'),
  ...keys(ALL, integer(1000, INT), 'receive.message.max.bytes'),
  ...without(ALL, METRICS, 'metric.reporters', 'metrics.num.samples', 'metrics.recording.level'),
  ...without(ALL, METRICS, 'metrics.sample.window.ms', 'auto.include.jmx.reporter'),
  ...without(ALL, 'each call has a limit of its own', 'default.api.timeout.ms'),
  ...without(ALL, 'the timeout does not grow', 'socket.connection.setup.timeout.max.ms'),
  ...without(ALL, RENEWAL, 'sasl.login.refresh.window.factor', 'sasl.login.refresh.window.jitter'),
  ...without(ALL, RENEWAL, 'sasl.login.refresh.min.period.seconds', 'sasl.login.refresh.buffer.seconds'),
  ...without(ALL, 'OpenSSL has no choice of these', 'ssl.keymanager.algorithm', 'ssl.trustmanager.algorithm'),
  ...without(ALL, 'OpenSSL has no choice of these', 'ssl.secure.random.implementation'),
];

const CONSUMER_KEYS: readonly ClientKey[] = [
  ...keys(CONSUMER, text, 'group.id', 'group.instance.id'),
  key(CONSUMER, 'auto.offset.reset', oneOf('earliest', 'latest', 'none'), '', 'worker'),
  key(CONSUMER, 'partition.assignment.strategy', text, '', 'worker'),
  key(CONSUMER, 'exclude.internal.topics', boolean, '', 'worker'),
  key(CONSUMER, 'isolation.level', oneOf('read_uncommitted', 'read_committed'), 'isolation.level', 'global', lower),
  ...keys(
    CONSUMER,
    integer(1, 3_600_000),
    'session.timeout.ms',
    'heartbeat.interval.ms',
    'coordinator.query.interval.ms',
  ),
  ...keys(CONSUMER, integer(1, 86_400_000), 'max.poll.interval.ms'),
  ...keys(CONSUMER, integer(1, 100_000_000), 'fetch.min.bytes'),
  ...keys(CONSUMER, integer(0, 2_147_483_135), 'fetch.max.bytes'),
  key(CONSUMER, 'fetch.max.wait.ms', integer(0, 300_000), 'fetch.wait.max.ms'),
  ...keys(CONSUMER, integer(0, 300_000), 'fetch.wait.max.ms', 'fetch.queue.backoff.ms', 'fetch.error.backoff.ms'),
  key(CONSUMER, 'max.partition.fetch.bytes', integer(1, 1_000_000_000), 'fetch.message.max.bytes'),
  ...keys(CONSUMER, integer(1, 1_000_000_000), 'fetch.message.max.bytes'),
  ...keys(CONSUMER, integer(1, 2_097_151), 'queued.max.messages.kbytes'),
  ...keys(CONSUMER, integer(1, 10_000_000), 'queued.min.messages'),
  ...keys(CONSUMER, boolean, 'check.crcs'),
  key(CONSUMER, 'request.timeout.ms', integer(10, 300_000), 'socket.timeout.ms'),
  ...without(CONSUMER, 'records are read in blocks; batch.max.records limits a request', 'max.poll.records'),
  ...without(CONSUMER, 'offset.flush.interval.ms says when offsets are committed', 'auto.commit.interval.ms'),
];

const PARTITIONER = 'keys choose the partition';

const PRODUCER_KEYS: readonly ClientKey[] = [
  key(PRODUCER, 'acks', oneOf('all', '-1'), 'acks', 'topic', () => 'all'),
  ...keys(PRODUCER, boolean, 'enable.idempotence'),
  key(
    PRODUCER,
    'compression.type',
    oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd'),
    'compression.codec',
    'global',
    lower,
  ),
  key(
    PRODUCER,
    'compression.codec',
    oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd'),
    'compression.codec',
    'global',
    lower,
  ),
  key(PRODUCER, 'compression.level', integer(-1, 12), 'compression.level', 'topic'),
  key(PRODUCER, 'linger.ms', integer(0, 900_000), 'queue.buffering.max.ms'),
  ...keys(PRODUCER, integer(0, 900_000), 'queue.buffering.max.ms', 'sticky.partitioning.linger.ms'),
  ...keys(PRODUCER, integer(1, INT), 'batch.size', 'queue.buffering.max.kbytes'),
  ...keys(PRODUCER, integer(1, 1_000_000), 'batch.num.messages', 'max.in.flight.requests.per.connection'),
  ...keys(PRODUCER, integer(0, INT), 'queue.buffering.max.messages'),
  key(PRODUCER, 'buffer.memory', integer(1, INT * 1024), 'queue.buffering.max.kbytes', 'global', kibibytes),
  key(PRODUCER, 'max.request.size', integer(1000, 1_000_000_000), 'message.max.bytes'),
  key(PRODUCER, 'retries', integer(0, INT), 'message.send.max.retries'),
  key(PRODUCER, 'message.send.max.retries', integer(0, INT)),
  key(PRODUCER, 'delivery.timeout.ms', integer(0, INT), 'message.timeout.ms', 'topic'),
  key(PRODUCER, 'message.timeout.ms', integer(0, INT), 'message.timeout.ms', 'topic'),
  key(PRODUCER, 'request.timeout.ms', integer(1, 900_000), 'request.timeout.ms', 'topic'),
  key(PRODUCER, 'partitioner.class', text, '', 'worker'),
  ...without(PRODUCER, 'the task waits for room by itself', 'max.block.ms'),
  ...without(PRODUCER, PARTITIONER, 'partitioner.ignore.keys', 'partitioner.availability.timeout.ms'),
  ...without(PRODUCER, PARTITIONER, 'partitioner.adaptive.partitioning.enable'),
  ...without(PRODUCER, 'dead letters are written without transactions', 'transaction.timeout.ms'),
];

const ADMIN_KEYS: readonly ClientKey[] = [
  key(['admin'], 'request.timeout.ms', integer(10, 300_000), 'socket.timeout.ms'),
  ...without(['admin'], 'a failed request is repeated with the next dead letter', 'retries'),
];

/** The allowlist: what is not in it never reaches librdkafka. */
export const CLIENT_KEYS: readonly ClientKey[] = [
  ...COMMON_KEYS,
  ...SECURITY_KEYS,
  ...CONSUMER_KEYS,
  ...PRODUCER_KEYS,
  ...ADMIN_KEYS,
];

export const CLIENT_KEY_NAMES: ReadonlySet<string> = new Set(CLIENT_KEYS.map(({ key }) => key));

/** The clients that know the key, the consumer first; none where it is no client key. */
export function rolesOf(name: string): readonly ClientRole[] {
  return ALL.filter(role => CLIENT_KEYS.some(({ key, roles }) => key === name && roles.includes(role)));
}

const SECRET_KEYS: ReadonlySet<string> = new Set(
  CLIENT_KEYS.flatMap(({ key, format }) => (format.type === 'password' ? [key] : [])),
);

export function isSecretClientKey(name: string): boolean {
  return SECRET_KEYS.has(name);
}

/** It prints what records hold, and secrets: whoever writes a connector file may not ask for that. */
export function isForWorkers(key: string): boolean {
  return key === 'debug';
}
