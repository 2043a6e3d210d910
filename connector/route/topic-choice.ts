import { compileJavaRegex } from '../../config/schema/java-regex.ts';
import type { EndpointConfig } from '../../config/types.ts';

/** Which of several endpoints the records of a topic go to. */
export interface TopicChoice {
  /** By its place among them; null: none has it. */
  of(topic: string): number | null;
}

/** Whether a connector reads a topic of this name. */
export function createTopicTest({
  topics,
  topicsRegex,
}: {
  readonly topics: readonly string[] | null;
  readonly topicsRegex: string | null;
}): (topic: string) => boolean {
  const choice = createTopicChoice([{ topics: topics ?? [], topicsRegex }]);
  return topic => choice.of(topic) !== null;
}

/** Names come first, then patterns in the order of the endpoints. */
export function createTopicChoice(endpoints: readonly Pick<EndpointConfig, 'topics' | 'topicsRegex'>[]): TopicChoice {
  const known = new Map<string, number | null>();
  for (const [index, { topics }] of endpoints.entries()) for (const topic of topics) known.set(topic, index);
  const patterns = endpoints.map(({ topicsRegex }) => (topicsRegex === null ? null : compileJavaRegex(topicsRegex)));
  return {
    of(topic) {
      const before = known.get(topic);
      if (before !== undefined) return before;
      const index = patterns.findIndex(pattern => pattern?.matches(topic) === true);
      const found = index < 0 ? null : index;
      known.set(topic, found);
      return found;
    },
  };
}
