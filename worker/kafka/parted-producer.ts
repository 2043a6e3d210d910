import type { KafkaProducer } from '../task/ports.ts';

/**
 * One producer of two clusters: what is written to these topics goes to the second one.
 * @param topics of the second cluster
 */
export function createPartedProducer(
  first: KafkaProducer | null,
  second: KafkaProducer,
  topics: ReadonlySet<string>,
): KafkaProducer {
  const all = first === null ? [second] : [first, second];
  const of = (topic: string): KafkaProducer => (first === null || topics.has(topic) ? second : first);
  return {
    connect: async signal => {
      await Promise.all(all.map(each => each.connect(signal)));
    },
    ensureTopic: (topic, partitions, replicationFactor) => of(topic).ensureTopic(topic, partitions, replicationFactor),
    publish: record => of(record.topic).publish(record),
    disconnect: async timeoutMs => {
      await Promise.all(all.map(each => each.disconnect(timeoutMs)));
    },
  };
}
