import type { ConnectorConfig } from '../../config/types.ts';
import { createTopicTest } from '../../connector/route/topic-choice.ts';
import type { Inquiry, LogEnds, TopicDescription } from '../kafka/inquiry.ts';
import { topicsOf } from '../kafka/topics-of.ts';
import type { CommittedOffset, KafkaFault, TopicPartition } from '../task/ports.ts';
import { isOtherTopic, keyOf } from '../task/topic-partition.ts';

/** How far a group is in one partition. */
export interface Position extends TopicPartition {
  /** Null: nothing is committed. */
  readonly committed: number | null;
  /** What is committed is of a topic of this name that is no more: it counts for nothing. */
  readonly isOfOlderTopic: boolean;
  /** Of the topic as it is now; null: not told. */
  readonly topicId: string | null;
  /** Null where `fault` says why. */
  readonly ends: LogEnds | null;
  /** Records between what is committed and the end; null where that is not known. */
  readonly lag: number | null;
  readonly fault: KafkaFault | null;
}

export interface Wanted {
  /** Empty: all that the connector reads, and all that its group has committed. */
  readonly topics: readonly string[];
  /** Empty: all. */
  readonly partitions: readonly number[];
}

export interface Positions {
  /** By topic and partition. */
  readonly list: readonly Position[];
  /** Topics of which nothing can be told. */
  readonly faults: readonly (KafkaFault & { readonly topic: string })[];
}

/** @throws KafkaError where the brokers do not answer */
export async function positionsOf(inquiry: Inquiry, connector: ConnectorConfig, wanted: Wanted): Promise<Positions> {
  const reads = createTopicTest(connector);
  const own = await topicsOf(connector, inquiry);
  const asked = wanted.topics.length > 0 ? wanted.topics : own;
  const described = await inquiry.topics(asked);
  const committed = await inquiry.committed(described.flatMap(partitionsOf));
  const stored = new Map(committed.map(one => [keyOf('offset' in one ? one : one.at!), one]));
  const ofGroup = new Set(committed.flatMap(topicIn));
  const others = wanted.topics.length > 0 ? [] : [...ofGroup].filter(topic => !own.includes(topic));
  const known = (name: string): boolean => reads(name) || ofGroup.has(name);
  const all = [...described, ...(await inquiry.topics(others))].sort((a, b) => (a.name < b.name ? -1 : 1));
  const topics = all.map(topic => (topic.fault !== null || known(topic.name) ? topic : { ...topic, fault: FOREIGN }));
  const list = topics.flatMap(topic => partitionsWanted(topic, wanted.partitions));
  const ends = await inquiry.logEnds(list);
  const ids = new Map(topics.map(({ name, id }) => [name, id]));
  return {
    list: list.map((at, i) => positionOf(at, ids.get(at.topic) ?? null, stored.get(keyOf(at)), ends[i]!)),
    faults: topics.flatMap(({ name, fault }) => (fault === null ? [] : [{ ...fault, topic: name }])),
  };
}

const FOREIGN: KafkaFault = {
  code: 0,
  message: 'the connector does not read this topic, and its group has committed nothing of it',
  fatal: false,
};

function partitionsOf({ name, partitions }: TopicDescription): readonly TopicPartition[] {
  return partitions.map(({ partition }) => ({ topic: name, partition }));
}

/** Those that are asked for by number are told of whether they are there or not. */
function partitionsWanted(topic: TopicDescription, numbers: readonly number[]): readonly TopicPartition[] {
  if (topic.fault !== null) return [];
  if (numbers.length === 0) return partitionsOf(topic);
  return [...new Set(numbers)].sort((a, b) => a - b).map(partition => ({ topic: topic.name, partition }));
}

function topicIn(one: CommittedOffset | KafkaFault): readonly string[] {
  return 'offset' in one ? [one.topic] : one.at === undefined ? [] : [one.at.topic];
}

function positionOf(
  at: TopicPartition,
  topicId: string | null,
  stored: CommittedOffset | KafkaFault | undefined,
  ends: LogEnds | KafkaFault,
): Position {
  const known = stored !== undefined && 'offset' in stored ? stored : null;
  const committed = known?.offset ?? null;
  const isOfOlderTopic = isOtherTopic(known?.topicId ?? null, topicId);
  const log = 'high' in ends ? ends : null;
  const refused = stored !== undefined && !('offset' in stored) ? stored : null;
  return {
    topic: at.topic,
    partition: at.partition,
    committed,
    isOfOlderTopic,
    topicId,
    ends: log,
    lag: log === null || committed === null || isOfOlderTopic ? null : Math.max(0, log.high - committed),
    fault: log === null ? (ends as KafkaFault) : refused,
  };
}
