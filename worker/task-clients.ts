import { clientNames } from '../config/client-names.ts';
import type { ClientProperties, ConnectorConfig, KafkaConfig } from '../config/types.ts';

/**
 * The configuration as one task has it: what tells members of a group apart must differ between the tasks of a connector. The client's name ends in
 * the task's id, as in Kafka Connect, unless the user gave another. A static member's id, which Kafka Connect gives to all alike, so that they fence
 * each other, has it behind it from the second task on.
 */
export function configOfTask(config: ConnectorConfig, id: number): ConnectorConfig {
  if (id === 0) return config;
  const { consumer, producer, reports } = config.kafka;
  const [first, own] = [clientNames(config.name), clientNames(config.name, id)];
  const ofProducer = (properties: ClientProperties) =>
    changed(properties, 'client.id', name => (name === first.producer ? own.producer : name));
  const kafka: KafkaConfig = {
    ...config.kafka,
    consumer: changed(
      changed(consumer, 'client.id', name => (name === first.consumer ? own.consumer : name)),
      'group.instance.id',
      member => `${member}-${id}`,
    ),
    producer: ofProducer(producer),
    ...(reports !== undefined && { reports: { ...reports, producer: ofProducer(reports.producer) } }),
  };
  return { ...config, kafka };
}

/** A property that is not there stays so. */
function changed(properties: ClientProperties, key: string, change: (text: string) => string): ClientProperties {
  const text = properties.global[key];
  if (typeof text !== 'string') return properties;
  return { ...properties, global: { ...properties.global, [key]: change(text) } };
}
