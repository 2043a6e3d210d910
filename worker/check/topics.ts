import type { ConnectorConfig } from '../../config/types.ts';
import type { TopicDescription } from '../kafka/inquiry.ts';
import type { Chain } from './chain.ts';
import { count, type Found, failed, ok, warning } from './finding.ts';
import { CODE_TOPIC_REFUSED, judgeRight, missingRight } from './rights.ts';

const CODE_UNKNOWN_TOPIC = 3;
const CODE_NO_SUCH_TOPIC = -188;
/** Topics of an expression that are told one by one. */
const MOST_TOLD = 20;

export function noneMatches(): Found {
  return failed(
    'it matches no topic that this user may see',
    'create one, correct the expression, or have DESCRIBE on the topics granted',
  );
}

/** Tells of each topic, or of a long list what is wrong in it; what this user may do with them. @returns those that there are */
export function tellTopics(
  config: ConnectorConfig,
  topics: readonly TopicDescription[],
  chain: Chain,
): readonly TopicDescription[] {
  const { consumer } = config.kafka;
  const found = topics.map(topic => ({ topic, found: describe(topic) }));
  for (const { topic, found: one } of found) {
    if (topics.length <= MOST_TOLD || one.outcome !== 'ok') chain.tell('topics', topic.name, one);
  }
  const fine = found.filter(({ found: one }) => one.outcome === 'ok');
  if (topics.length > MOST_TOLD)
    chain.tell('topics', `${fine.length} of ${topics.length}`, summary(fine.map(({ topic }) => topic)));
  const rights = topics.flatMap(topic => {
    const resource = ['--topic', topic.name] as const;
    if (topic.fault === null) return [{ topic, right: judgeRight(consumer, 'Read', resource, topic.operations) }];
    const isRefused = topic.fault.code === CODE_TOPIC_REFUSED;
    return isRefused ? [{ topic, right: missingRight(consumer, 'Read', resource) }] : [];
  });
  for (const { topic, right } of rights) {
    if (topics.length <= MOST_TOLD || right.outcome === 'failed') chain.tell('acl', `topic ${topic.name}`, right);
  }
  if (topics.length > MOST_TOLD) {
    const readable = rights.filter(({ right }) => right.outcome === 'ok').length;
    if (readable > 0) chain.tell('acl', `${readable} topics`, ok('this user may READ them'));
  }
  return topics.filter(({ fault }) => fault === null);
}

function describe({ fault, partitions }: TopicDescription): Found {
  if (fault !== null) return ofFault(fault);
  const leaderless = partitions.filter(({ leader }) => leader === null).map(({ partition }) => partition);
  const behind = partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length;
  const facts = { partitions: partitions.length, leaderless, underReplicated: behind };
  const text = count(partitions.length, 'partition');
  if (leaderless.length > 0) {
    const which = `${text}; without a leader: ${leaderless.slice(0, MOST_TOLD).join(', ')}`;
    return warning(which, 'bring the brokers back that have them: nothing of them can be read until then', facts);
  }
  return ok(behind === 0 ? text : `${text}; ${behind} of them with fewer replicas in sync than there are`, facts);
}

/** A topic that is not told of. */
export function ofFault({ code, message }: { readonly code: number; readonly message: string }): Found {
  if (code === CODE_UNKNOWN_TOPIC || code === CODE_NO_SUCH_TOPIC) {
    return failed('the topic does not exist', 'create it, or correct its name', { code });
  }
  if (code === CODE_TOPIC_REFUSED) return failed('this user may not see the topic', 'see acl', { code });
  return failed(message, null, { code });
}

export function isMissing(topic: TopicDescription): boolean {
  return topic.fault?.code === CODE_UNKNOWN_TOPIC || topic.fault?.code === CODE_NO_SUCH_TOPIC;
}

function summary(topics: readonly TopicDescription[]): Found {
  const partitions = topics.reduce((sum, topic) => sum + topic.partitions.length, 0);
  return ok(`${partitions} partitions`, { topics: topics.length, partitions });
}
