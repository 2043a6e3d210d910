import type { ConnectorConfig } from '../../config/types.ts';
import { createTopicTest } from '../../connector/route/topic-choice.ts';
import type { Inquiry } from './inquiry.ts';

/** What a connector reads. @throws KafkaError */
export async function topicsOf(connector: ConnectorConfig, inquiry: Inquiry): Promise<readonly string[]> {
  return connector.topics ?? (await inquiry.topicNames()).filter(createTopicTest(connector));
}
