/**
 * What Kafka Connect calls the consumer group and the clients of a connector; the consumer and the producer are those of a task.
 * @param task its id
 */
export function clientNames(
  connector: string,
  task = 0,
): Readonly<Record<'group' | 'consumer' | 'producer' | 'admin', string>> {
  return {
    group: `connect-${connector}`,
    consumer: `connector-consumer-${connector}-${task}`,
    producer: `connector-dlq-producer-${connector}-${task}`,
    admin: `connector-dlq-adminclient-${connector}`,
  };
}
