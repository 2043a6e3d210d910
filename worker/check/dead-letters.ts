import type { ConnectorConfig, KafkaConfig } from '../../config/types.ts';
import type { TopicDescription } from '../kafka/inquiry.ts';
import { askCluster, type Cluster, type KafkaLooking, ofKafka } from './brokers.ts';
import type { Chain } from './chain.ts';
import { grant } from './cluster.ts';
import { count, type Found, failed, ok, skipped, warning } from './finding.ts';
import { CODE_TOPIC_REFUSED, includes, judgeRight, missingRight } from './rights.ts';
import { isMissing, ofFault } from './topics.ts';

/** A topic that the connector writes to. */
interface Written {
  readonly topic: string;
  readonly kafka: Pick<KafkaConfig, 'producer' | 'admin'>;
  readonly replicationFactor: number;
  /** What that is written with, of a topic that has to be created. */
  readonly key: string;
}

function writtenBy({ errors, reporter, kafka }: ConnectorConfig): readonly Written[] {
  const { deadLetterTopic: topic, deadLetterReplicationFactor: replicationFactor } = errors;
  const key = 'errors.deadletterqueue.topic.replication.factor';
  const reports = [reporter?.success ?? null, reporter?.error ?? null].filter(report => report !== null);
  return [
    ...(topic === null ? [] : [{ topic, kafka, replicationFactor, key }]),
    ...reports.map(({ name, replicationFactor: factor }) => ({
      topic: name,
      kafka: kafka.reports ?? kafka,
      replicationFactor: factor,
      key: 'the replication factor of reports',
    })),
  ];
}

/** Topics for dead letters and reports: as the producer that writes them. */
export async function tellWritten(config: ConnectorConfig, chain: Chain, looking: KafkaLooking): Promise<void> {
  for (const written of writtenBy(config)) {
    const settings = { ...config.kafka, ...written.kafka };
    const cluster = await chain.step(
      'brokers',
      `producer of ${written.topic}`,
      askCluster(settings, 'producer', looking),
    );
    if (cluster === null) return;
    try {
      const [topic] = await cluster.inquiry.topics([written.topic]);
      await tellOne(written, topic!, { cluster, settings }, chain, looking);
    } catch (error) {
      chain.tell('dead letters', written.topic, ofKafka(error));
    } finally {
      await cluster.inquiry.close();
    }
  }
}

async function tellOne(
  written: Written,
  topic: TopicDescription,
  { cluster, settings }: { readonly cluster: Cluster; readonly settings: KafkaConfig },
  chain: Chain,
  looking: KafkaLooking,
): Promise<void> {
  const { producer } = written.kafka;
  const resource = ['--topic', written.topic] as const;
  if (topic.fault?.code === CODE_TOPIC_REFUSED) {
    return chain.tell('acl', `topic ${written.topic}`, missingRight(producer, 'Write', resource));
  }
  if (isMissing(topic)) {
    const brokers = cluster.description.brokers.length;
    return chain.tell('dead letters', written.topic, await creation(written, brokers, settings, looking));
  }
  if (topic.fault !== null) return chain.tell('dead letters', written.topic, ofFault(topic.fault));
  chain.tell('acl', `topic ${written.topic}`, judgeRight(producer, 'Write', resource, topic.operations));
  const { length } = topic.partitions;
  chain.tell('dead letters', written.topic, ok(count(length, 'partition'), { partitions: length }));
}

/** What comes of a topic that is not there yet. */
async function creation(
  { topic, replicationFactor, key, kafka: { admin } }: Written,
  brokers: number,
  settings: KafkaConfig,
  looking: KafkaLooking,
): Promise<Found> {
  const facts = { replicationFactor, brokers };
  const text = `the topic does not exist yet; it is created when the connector starts, with a replication factor of ${replicationFactor}`;
  if (replicationFactor > brokers) {
    return failed(
      `${text}, and the cluster has ${count(brokers, 'broker')}`,
      `create it by hand, or lower ${key}`,
      facts,
    );
  }
  const operations = await clusterRights(settings, looking);
  if (operations === null) return skipped(`${text}; whether this user may do that is not told`);
  if (includes(operations, 'Create')) return ok(text, facts);
  const advice = `unless it may create this very topic, create it by hand, or ${grant(admin, 'Create', '--topic', topic)}`;
  return warning(`${text}, and this user may not CREATE topics in the cluster`, advice, facts);
}

async function clusterRights(settings: KafkaConfig, looking: KafkaLooking): Promise<readonly string[] | null> {
  const { value } = await askCluster(settings, 'admin', looking)({ aborted: false });
  await value?.inquiry.close();
  return value?.description.operations ?? null;
}
