import { clientNames } from '../client-names.ts';
import type { WorkerSection } from '../schema/section.ts';
import { PRODUCER_DEFAULTS, PRODUCER_TOPIC_DEFAULTS } from './defaults.ts';
import type { ClientMapping } from './mapping.ts';

const PARTITIONERS: Readonly<Record<string, string>> = {
  'org.apache.kafka.clients.producer.internals.DefaultPartitioner': 'murmur2_random',
  'org.apache.kafka.clients.producer.UniformStickyPartitioner': 'random',
  'org.apache.kafka.clients.producer.RoundRobinPartitioner': 'random',
};

/** Sets what the user left open, and checks what librdkafka would refuse only when it connects. */
export function completeProducer(name: string, worker: WorkerSection, mapping: ClientMapping): void {
  mapping.preset('global', {
    'bootstrap.servers': worker.values.bootstrapServers?.join(',') ?? '',
    'client.id': clientNames(name).producer,
    ...PRODUCER_DEFAULTS,
  });
  const partitioner = mapping.text('partitioner.class');
  const known = partitioner === null || Object.hasOwn(PARTITIONERS, partitioner);
  if (!known)
    mapping.fault('unsupported', 'partitioner.class', 'can not be loaded: take it out, keys choose the partition');
  if (partitioner !== null && known) mapping.preset('topic', { partitioner: PARTITIONERS[partitioner]! });
  mapping.preset('topic', PRODUCER_TOPIC_DEFAULTS);
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
