import { OFFSET_BEGINNING, OFFSET_END, OFFSET_NONE } from '../task/ports.ts';
import { answering, type OpenClient } from './asked-client.ts';
import { type Answers, joined, missing } from './inquiry-answers.ts';
import type { TopicDescription } from './inquiry-port.ts';
import type kafka from './library.ts';
import type { Metadata } from './library.ts';
import type { Queries } from './queries.ts';

/** What node-rdkafka alone can ask. */
export function portableAnswers(
  open: OpenClient<kafka.KafkaConsumer | kafka.Producer>,
  queries: Queries,
  timeoutMs: number,
): Answers {
  const metadata = (topic?: string): Promise<Metadata> =>
    open.ask<Metadata>(
      (client, timeout, done) =>
        client.getMetadata({ allTopics: false, timeout, ...(topic === undefined ? {} : { topic }) }, answering(done)),
      timeoutMs,
    );
  return {
    async cluster() {
      const { brokers } = await metadata();
      return {
        id: null,
        controller: null,
        brokers: brokers.map(({ id, host, port }) => ({ id, host, port, rack: null })),
        operations: null,
      };
    },
    async topics(names) {
      const told: TopicDescription[] = [];
      for (const name of names) told.push(topicIn(await metadata(name), name));
      return told;
    },
    group: async () => null,
    async logEnds(partitions) {
      const low = await queries.offsets(partitions, OFFSET_BEGINNING, timeoutMs);
      return joined(low, await queries.offsets(partitions, OFFSET_END, timeoutMs));
    },
    offsetsAt: async () => null,
    async committed(partitions) {
      const answers = await queries.stored(partitions, timeoutMs);
      return answers
        .map((answer, i) => ('offset' in answer ? answer : { ...answer, at: partitions[i]! }))
        .filter(answer => !('offset' in answer) || answer.offset !== OFFSET_NONE);
    },
    alter: async () => null,
  };
}

function topicIn({ topics }: Metadata, name: string): TopicDescription {
  const found = topics.find(topic => topic.name === name);
  // A topic that does not exist has no partitions.
  if (found === undefined || found.partitions.length === 0) return missing(name);
  const partitions = found.partitions.map(({ id, leader, replicas, isrs }) => ({
    partition: id,
    leader: leader < 0 ? null : leader,
    replicas,
    isr: isrs,
  }));
  return {
    name,
    fault: null,
    id: null,
    partitions: partitions.sort((a, b) => a.partition - b.partition),
    operations: null,
  };
}
