import type { ConnectorConfig } from '../../config/types.ts';
import { createTopicChoice } from '../../connector/route/topic-choice.ts';
import type { Letter } from './letter.ts';

/**
 * Why a letter can't be replayed by a connector; null: it can. Its headers are whatever its writer liked: they never lead a record to a topic
 * that the connector does not read.
 */
export type Belonging = (letter: Letter) => string | null;

type Topics = Pick<ConnectorConfig, 'topics' | 'topicsRegex'>;

/** Whether the connector reads a topic. */
export function reads({ topics, topicsRegex }: Topics, topic: string): boolean {
  return createTopicChoice([{ topics: topics ?? [], topicsRegex }]).of(topic) !== null;
}

/** @param originTopic where letters belong that do not say where they came from; null: nowhere */
export function createBelonging({ topics, topicsRegex }: Topics, originTopic: string | null): Belonging {
  const choice = createTopicChoice([{ topics: topics ?? [], topicsRegex }]);
  return letter => {
    const topic = topicOf(letter, originTopic);
    if (topic === null) return letter.faults.join('; ');
    return choice.of(topic) === null ? `the connector does not read its origin topic ${topic}` : null;
  };
}

/** Null where it can't be told. A letter that says something of its origin is taken at its word, or not at all. */
export function topicOf({ origin, isSilent }: Letter, originTopic: string | null): string | null {
  return origin?.topic ?? (isSilent ? originTopic : null);
}
