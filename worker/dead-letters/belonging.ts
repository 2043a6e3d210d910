import type { ConnectorConfig } from '../../config/types.ts';
import { createTopicTest } from '../../connector/route/topic-choice.ts';
import type { Letter } from './letter.ts';

/**
 * Why a letter can't be replayed by a connector; null: it can. Its headers are whatever its writer liked: they never lead a record to a topic
 * that the connector does not read.
 */
export type Belonging = (letter: Letter) => string | null;

type Topics = Pick<ConnectorConfig, 'topics' | 'topicsRegex'>;

/** @param originTopic where letters belong that do not say where they came from; null: nowhere */
export function createBelonging(connector: Topics, originTopic: string | null): Belonging {
  const reads = createTopicTest(connector);
  return letter => {
    const topic = topicOf(letter, originTopic);
    if (topic === null) return letter.faults.join('; ');
    return reads(topic) ? null : `the connector does not read its origin topic ${topic}`;
  };
}

/** Null where it can't be told. A letter that says something of its origin is taken at its word, or not at all. */
export function topicOf({ origin, isSilent }: Letter, originTopic: string | null): string | null {
  return origin?.topic ?? (isSilent ? originTopic : null);
}
