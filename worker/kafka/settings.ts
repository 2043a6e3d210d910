import { Secret } from '../../config/secret.ts';
import type { ClientProperties, KafkaConfig } from '../../config/types.ts';
import type {
  ConsumerGlobalConfig,
  ConsumerTopicConfig,
  ProducerGlobalConfig,
  ProducerTopicConfig,
} from './library.ts';

/** What a client is created with: global and topic settings. The one place where secrets become plain text. */
export interface ClientSettings {
  readonly global: Record<string, unknown>;
  readonly topic: Record<string, unknown>;
}

export function clientSettings(properties: ClientProperties): ClientSettings {
  const revealed = Object.entries(properties.global).map(([key, value]) => [
    key,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return { global: Object.fromEntries(revealed) as Record<string, unknown>, topic: { ...properties.topic } };
}

/** Whether the client gets tokens from an endpoint of its own. */
export function usesTokens(properties: ClientProperties): boolean {
  return properties.global['sasl.mechanisms'] === 'OAUTHBEARER';
}

/**
 * The user's settings with those that our guarantee rests on: what was delivered decides what is committed, never the
 * client (enable.auto.commit, enable.auto.offset.store); the task decides where a partition starts, so that the client
 * never jumps by itself (auto.offset.reset); ends of partitions are reported, so that a read ends behind a trickle.
 */
export function consumerSettings(
  config: KafkaConfig,
  callbacks: Readonly<Record<'rebalance_cb' | 'offset_commit_cb', unknown>>,
): readonly [ConsumerGlobalConfig, ConsumerTopicConfig] {
  const { global, topic } = clientSettings(config.consumer);
  delete global['auto.offset.reset'];
  return [
    {
      ...global,
      ...callbacks,
      'group.id': config.groupId,
      'enable.auto.commit': false,
      'enable.auto.offset.store': false,
      'enable.partition.eof': true,
    } as ConsumerGlobalConfig,
    { ...topic, 'auto.offset.reset': 'error' } as ConsumerTopicConfig,
  ];
}

/** As the connector's consumer, for a client that is no member: it asks, under a name of its own. */
export function groupSettings(config: KafkaConfig): [ConsumerGlobalConfig, ConsumerTopicConfig] {
  const { global, topic } = clientSettings(config.consumer);
  delete global['group.instance.id'];
  const name = clientSettings(config.admin).global['client.id'];
  return [
    {
      ...global,
      ...(name !== undefined && { 'client.id': name }),
      'group.id': config.groupId,
      'enable.auto.commit': false,
    } as ConsumerGlobalConfig,
    topic as ConsumerTopicConfig,
  ];
}

/** As `groupSettings`, to read with: nothing is stored or committed, and ends of partitions are reported. What is gone from the log is passed by. */
export function logReaderSettings(config: KafkaConfig): [ConsumerGlobalConfig, ConsumerTopicConfig] {
  const [global, topic] = groupSettings(config);
  delete (global as Record<string, unknown>)['auto.offset.reset'];
  return [
    { ...global, 'enable.auto.offset.store': false, 'enable.partition.eof': true } as ConsumerGlobalConfig,
    { ...topic, 'auto.offset.reset': 'earliest' },
  ];
}

/** The user's settings; a record counts as published when all in-sync replicas have it, and topics are made on purpose only. */
export function producerSettings(
  config: KafkaConfig,
  deliveryReport: unknown,
): readonly [ProducerGlobalConfig, ProducerTopicConfig] {
  const { global, topic } = clientSettings(config.producer);
  for (const settings of [global, topic]) for (const key of ['acks', 'request.required.acks']) delete settings[key];
  return [
    { ...global, dr_cb: deliveryReport, 'allow.auto.create.topics': false } as ProducerGlobalConfig,
    { ...topic, acks: 'all' } as unknown as ProducerTopicConfig,
  ];
}
