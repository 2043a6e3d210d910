/** What Kafka Connect calls the consumer group and the clients of a connector; the consumer and the producer are those of its task. */
export function clientNames(connector: string): Readonly<Record<'group' | 'consumer' | 'producer' | 'admin', string>> {
  return {
    group: `connect-${connector}`,
    consumer: `connector-consumer-${connector}-0`,
    producer: `connector-dlq-producer-${connector}-0`,
    admin: `connector-dlq-adminclient-${connector}`,
  };
}
