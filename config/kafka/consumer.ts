import { clientNames } from '../client-names.ts';
import type { ConnectorSection, WorkerSection } from '../schema/section.ts';
import type { KafkaConfig } from '../types.ts';
import { readAssignors } from './assignors.ts';
import { CONSUMER_DEFAULTS, CONSUMER_TOPIC_DEFAULTS, FETCH_BYTES } from './defaults.ts';
import type { ClientMapping } from './mapping.ts';

/** Sets what the user left open, and checks what librdkafka would refuse only when it connects. */
export function completeConsumer(
  name: string,
  worker: WorkerSection,
  connector: ConnectorSection,
  mapping: ClientMapping,
): Pick<KafkaConfig, 'autoOffsetReset' | 'offsetOutOfRange'> {
  const names = clientNames(name);
  mapping.preset('global', {
    'bootstrap.servers': worker.values.bootstrapServers?.join(',') ?? '',
    'client.id': names.consumer,
    'group.id': names.group,
    ...CONSUMER_DEFAULTS,
    'fetch.message.max.bytes': String(fetchBytes(connector)),
    'partition.assignment.strategy': assignors(mapping),
  });
  mapping.preset('topic', CONSUMER_TOPIC_DEFAULTS);
  if (connector.values.topicsRegex !== null && mapping.text('exclude.internal.topics')?.toLowerCase() !== 'false') {
    mapping.preset('global', { 'topic.blacklist': '^__consumer_offsets$,^__transaction_state$' });
  }
  checkTimeouts(mapping);
  checkFetchSize(mapping);
  return readOffsetReset(mapping);
}

/**
 * Kafka Connect's consumers reset to the earliest offset unless told otherwise. For a group without offsets so do ours; but a
 * position outside the log means that records are gone, and nobody is taken to want that in silence who has not written so.
 */
function readOffsetReset(mapping: ClientMapping): Pick<KafkaConfig, 'autoOffsetReset' | 'offsetOutOfRange'> {
  switch (mapping.text('auto.offset.reset')?.toLowerCase()) {
    case 'earliest':
      return { autoOffsetReset: 'earliest', offsetOutOfRange: 'earliest' };
    case 'latest':
      return { autoOffsetReset: 'latest', offsetOutOfRange: 'latest' };
    case 'none':
      return { autoOffsetReset: 'none', offsetOutOfRange: 'fail' };
    default:
      return { autoOffsetReset: 'earliest', offsetOutOfRange: 'fail' };
  }
}

/** What the buffer holds at least, for as many requests as there may be: it would be one partition's fetches otherwise. */
function fetchBytes({ values }: ConnectorSection): number {
  const share = Math.floor(values.bufferMaxBytes / (2 * values.maxInFlight));
  return Math.max(FETCH_BYTES.least, Math.min(FETCH_BYTES.most, share));
}

function assignors(mapping: ClientMapping): string {
  const fallback = CONSUMER_DEFAULTS['partition.assignment.strategy']!;
  const key = 'partition.assignment.strategy';
  const text = mapping.text(key);
  if (text === null) return fallback;
  const assignors = readAssignors(text);
  if (assignors === null) {
    const message =
      'must name RangeAssignor, RoundRobinAssignor or CooperativeStickyAssignor (org.apache.kafka.clients.consumer): the ' +
      'client knows no other, and could not share the group with members that have only those';
    mapping.fault('unsupported', key, message);
  } else if (assignors.leftOut !== null) {
    mapping.note('differs', key, `runs as ${assignors.strategy}: ${assignors.leftOut}`);
  }
  return assignors?.strategy ?? fallback;
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

/** librdkafka wants its largest message, a limit for producers, to fit into a fetch; it adjusts what isn't written. */
function checkFetchSize(mapping: ClientMapping): void {
  const written = mapping.target('fetch.max.bytes');
  if (written !== null && Number(written) < 1_000_000) {
    mapping.preset('global', { 'message.max.bytes': String(Math.max(1000, Number(written))) });
  }
  const message = Number(mapping.target('message.max.bytes') ?? '1000000');
  const queue = Number(mapping.target('queued.max.messages.kbytes')) * 1024;
  const fetch = written === null ? Math.max(Math.min(52_428_800, queue), message) : Number(written);
  if (fetch < message) {
    mapping.fault('conflict', 'fetch.max.bytes', 'must be 1000 at least, and not below message.max.bytes');
  }
  if (Number(mapping.target('receive.message.max.bytes') ?? '2147483647') < fetch + 512) {
    mapping.fault('conflict', 'receive.message.max.bytes', `must be at least fetch.max.bytes + 512, ${fetch + 512}`);
  }
}
