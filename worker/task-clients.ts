import { clientNames } from '../config/client-names.ts';
import type { ClientProperties, ConnectorConfig } from '../config/types.ts';

/**
 * The configuration as one task has it: what tells members of a group apart must differ between tasks of a connector. The client's name ends in the
 * task's id, as in Kafka Connect; a static member's id, which Kafka Connect gives to all alike, so that they fence each other, does from the second on.
 */
export function configOfTask(config: ConnectorConfig, id: number): ConnectorConfig {
  if (id === 0) return config;
  const names = clientNames(config.name);
  const { consumer, producer } = config.kafka;
  return {
    ...config,
    kafka: {
      ...config.kafka,
      consumer: named(named(consumer, 'client.id', names.consumer, id), 'group.instance.id', null, id),
      producer: named(producer, 'client.id', names.producer, id),
    },
  };
}

/** @param preset the value for the first task by default, which ends in its id; null: what the user wrote gets an id behind it */
function named(properties: ClientProperties, key: string, preset: string | null, id: number): ClientProperties {
  const text = properties.global[key];
  if (typeof text !== 'string') return properties;
  if (preset !== null && text !== preset) return properties;
  const value = preset === null ? `${text}-${id}` : text.replace(/0$/, String(id));
  return { ...properties, global: { ...properties.global, [key]: value } };
}
