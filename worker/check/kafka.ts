import type { ClientProperties, ConnectorConfig } from '../../config/types.ts';
import { clientSettings } from '../kafka/settings.ts';
import { topicsOf } from '../kafka/topics-of.ts';
import { askCluster, type Cluster, type KafkaLooking, ofKafka, reachAdvertised, reachBrokers } from './brokers.ts';
import { Chain } from './chain.ts';
import { bootstrapOf, placeOf } from './cluster.ts';
import { tellWritten } from './dead-letters.ts';
import { skipped } from './finding.ts';
import { tellGroup, tellLag } from './group.ts';
import { noneMatches, tellTopics } from './topics.ts';

/**
 * Brokers, topics, rights, group, lag, and the topics that are written to.
 * @returns the topics that there are of those that the connector reads; null: not known
 */
export async function checkKafka(config: ConnectorConfig, looking: KafkaLooking): Promise<readonly string[] | null> {
  const { consumer } = config.kafka;
  const servers = bootstrapOf(consumer).map(placeOf).join(',');
  const way = wayOf(consumer);
  const before = looking.unreached.get(way);
  if (before !== undefined) {
    new Chain(looking, config.name).tell(
      'brokers',
      servers,
      skipped(`not looked at again: see the connector ${before}`),
    );
    return null;
  }
  const chain = await reachBrokers(consumer, config.name, looking);
  const cluster = await chain.step('brokers', servers, askCluster(config.kafka, 'consumer', looking));
  if (cluster === null) {
    looking.unreached.set(way, config.name);
    const why = skipped(chain.broken ?? '');
    chain.tell('topics', named(config), why);
    for (const area of ['group', 'lag'] as const) chain.tell(area, config.kafka.groupId, why);
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

function named({ topics, topicsRegex }: ConnectorConfig): string {
  return topics?.join(', ') ?? `topics.regex=${topicsRegex}`;
}

/** Where a client connects, and as whom. It holds secrets. */
function wayOf(properties: ClientProperties): string {
  const { 'client.id': _, 'group.id': __, 'group.instance.id': ___, ...global } = clientSettings(properties).global;
  return JSON.stringify(global);
}

async function lookInside(
  config: ConnectorConfig,
  { inquiry }: Cluster,
  chain: Chain,
): Promise<readonly string[] | null> {
  try {
    const names = await topicsOf(config, inquiry);
    if (names.length === 0) {
      chain.tell('topics', named(config), noneMatches());
      return [];
    }
    const topics = tellTopics(config, await inquiry.topics(names), chain);
    const isReadable = await tellGroup(config, inquiry, chain);
    if (!isReadable)
      chain.tell('lag', config.kafka.groupId, skipped('not looked at, since this user may not read the group'));
    else if (topics.length > 0) await tellLag(config, topics, inquiry, chain);
    return topics.map(({ name }) => name);
  } catch (error) {
    chain.tell('topics', named(config), ofKafka(error));
    return null;
  }
}
