import type { ConnectorConfig } from '../../config/types.ts';
import { askCluster, type Cluster, type KafkaLooking, ofKafka, reachAdvertised, reachBrokers } from './brokers.ts';
import { Chain } from './chain.ts';
import { bootstrapOf, placeOf } from './cluster.ts';
import { tellWritten } from './dead-letters.ts';
import { skipped } from './finding.ts';
import { tellGroup, tellLag } from './group.ts';
import { noneMatches, tellTopics, topicsOf } from './topics.ts';

/**
 * Brokers, topics, rights, group, lag, and the topics that are written to.
 * @returns the topics that there are of those that the connector reads; null: not known
 */
export async function checkKafka(config: ConnectorConfig, looking: KafkaLooking): Promise<readonly string[] | null> {
  const { consumer } = config.kafka;
  const chain = await reachBrokers(consumer, config.name, looking);
  const servers = bootstrapOf(consumer).map(placeOf).join(',');
  const cluster = await chain.step('brokers', servers, askCluster(config.kafka, 'consumer', looking));
  if (cluster === null) {
    for (const area of ['topics', 'group', 'lag'] as const) chain.tell(area, config.name, skipped(chain.broken ?? ''));
    return null;
  }
  try {
    await reachAdvertised(consumer, cluster.description, config.name, looking);
    return await lookInside(config, cluster, chain);
  } finally {
    await cluster.inquiry.close();
    await tellWritten(config, new Chain(looking, config.name), looking);
  }
}

async function lookInside(
  config: ConnectorConfig,
  { inquiry }: Cluster,
  chain: Chain,
): Promise<readonly string[] | null> {
  try {
    const names = await topicsOf(config, inquiry);
    if (names.length === 0) {
      await chain.step('topics', config.name, async () => noneMatches(config));
      return [];
    }
    const topics = tellTopics(config, await inquiry.topics(names), chain);
    const isReadable = await tellGroup(config, inquiry, chain);
    if (!isReadable)
      chain.tell('lag', config.kafka.groupId, skipped('not looked at, since this user may not read the group'));
    else if (topics.length > 0) await tellLag(config, topics, inquiry, chain);
    return topics.map(({ name }) => name);
  } catch (error) {
    chain.tell('topics', config.name, ofKafka(error));
    return null;
  }
}
