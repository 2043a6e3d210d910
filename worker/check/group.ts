import type { ConnectorConfig } from '../../config/types.ts';
import type { GroupDescription, Inquiry, LogEnds, TopicDescription } from '../kafka/inquiry.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { CommittedOffset, KafkaFault, TopicPartition } from '../task/ports.ts';
import { isOtherTopic, keyOf } from '../task/topic-partition.ts';
import { ofKafka } from './brokers.ts';
import type { Chain } from './chain.ts';
import { readsCommitted } from './cluster.ts';
import { count, type Found, failed, ok, skipped, warning } from './finding.ts';
import { CODE_GROUP_REFUSED, judgeRight, missingRight } from './rights.ts';

/** Kafka's word for a group that is not there. */
const NO_GROUP = 'Dead';
const MOST_MEMBERS = 5;
const MOST_PARTITIONS = 5;

/** @returns whether its offsets may be asked for */
export async function tellGroup(config: ConnectorConfig, inquiry: Inquiry, chain: Chain): Promise<boolean> {
  const { groupId, consumer } = config.kafka;
  const resource = ['--group', groupId] as const;
  let group: GroupDescription | null;
  try {
    group = await inquiry.group();
  } catch (error) {
    const isRefused = error instanceof KafkaError && error.code === CODE_GROUP_REFUSED;
    chain.tell(
      isRefused ? 'acl' : 'group',
      groupId,
      isRefused ? missingRight(consumer, 'Read', resource) : ofKafka(error),
    );
    return false;
  }
  if (group === null) {
    chain.tell('group', groupId, skipped('the portable reader’s client can not ask for it'));
    return true;
  }
  const right = judgeRight(consumer, 'Read', resource, group.operations);
  chain.tell('acl', `group ${groupId}`, right);
  chain.tell('group', groupId, describe(config, group));
  return right.outcome !== 'failed';
}

function describe({ kafka: { consumer, autoOffsetReset } }: ConnectorConfig, group: GroupDescription): Found {
  const { state, type, assignor, members } = group;
  const facts = { state, type, assignor, members: members.map(({ clientId, host }) => ({ clientId, host })) };
  if (state === NO_GROUP) return ok(`there is no such group yet: it begins at the ${autoOffsetReset} records`, facts);
  if (members.length === 0) return ok(`${state}, without members`, facts);
  const named = members.slice(0, MOST_MEMBERS).map(({ clientId, host }) => `${clientId} at ${host.replace(/^\//, '')}`);
  const more = members.length - named.length;
  const text = `${state}, ${count(members.length, 'member')}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  if (type === 'Consumer') {
    const advice =
      'stop them, or give the connector another consumer.override.group.id: it speaks the classic protocol';
    return warning(`${text}; they speak the new protocol (group.protocol=consumer)`, advice, facts);
  }
  const own = consumer.global['partition.assignment.strategy'];
  const ours = typeof own === 'string' ? own.split(',') : ['range'];
  if (assignor !== null && !ours.includes(assignor)) {
    const advice = 'give all the same partition.assignment.strategy, or stop the others';
    return failed(
      `${text}; they share partitions by ${assignor}, and this connector by ${ours.join(', ')}`,
      advice,
      facts,
    );
  }
  return ok(text, facts);
}

/** Where reading goes on, and how much waits there. */
export async function tellLag(
  config: ConnectorConfig,
  topics: readonly TopicDescription[],
  inquiry: Inquiry,
  chain: Chain,
): Promise<void> {
  const partitions = topics.flatMap(({ name, partitions: all }) =>
    all.filter(({ leader }) => leader !== null).map(({ partition }) => ({ topic: name, partition })),
  );
  const ends = await inquiry.logEnds(partitions, readsCommitted(config.kafka.consumer));
  const committed = await inquiry.committed(partitions);
  const stored = new Map(committed.flatMap(one => ('offset' in one ? [[keyOf(one), one] as const] : [])));
  for (const topic of topics) {
    const list = partitions.flatMap((at, i) => {
      if (at.topic !== topic.name) return [];
      return [{ at, ends: ends[i]!, stored: stored.get(keyOf(at)) ?? null }];
    });
    if (list.length > 0) chain.tell('lag', topic.name, lagOf(config, topic, list));
  }
}

interface Place {
  readonly at: TopicPartition;
  readonly ends: LogEnds | KafkaFault;
  /** Null: the group has no offset for it. */
  readonly stored: CommittedOffset | null;
}

function lagOf({ kafka }: ConnectorConfig, topic: TopicDescription, places: readonly Place[]): Found {
  let lag = 0;
  let uncommitted = 0;
  const outside: string[] = [];
  const foreign: number[] = [];
  const unknown: string[] = [];
  for (const { at, ends, stored } of places) {
    if ('code' in ends) {
      unknown.push(`${at.partition} (${ends.message})`);
      continue;
    }
    const { low, high } = ends;
    const isForeign = isOtherTopic(stored?.topicId ?? null, topic.id);
    if (isForeign) foreign.push(at.partition);
    if (stored === null || isForeign) {
      uncommitted++;
      lag += kafka.autoOffsetReset === 'latest' && !isForeign ? 0 : high - low;
    } else if (stored.offset < low) {
      outside.push(
        `${at.partition} has committed ${stored.offset}, and its log begins at ${low}: ${low - stored.offset} records are gone`,
      );
      lag += high - low;
    } else if (stored.offset > high) {
      outside.push(`${at.partition} has committed ${stored.offset}, and its log ends at ${high}`);
    } else lag += high - stored.offset;
  }
  const facts = { lag, partitions: places.length, uncommitted, outside, otherTopic: foreign };
  const text = `${count(lag, 'record')} ${lag === 1 ? 'waits' : 'wait'} in ${count(places.length, 'partition')}`;
  if (outside.length > 0) {
    const told = `${text}; partition ${listed(outside)}`;
    return kafka.offsetOutOfRange === 'fail'
      ? failed(told, OUTSIDE, facts)
      : warning(told, wouldReset(kafka.offsetOutOfRange), facts);
  }
  if (foreign.length > 0) {
    return warning(
      `${text}; what is committed for partition ${foreign.slice(0, MOST_PARTITIONS).join(', ')} is of another topic of this name, that was deleted`,
      null,
      facts,
    );
  }
  if (unknown.length > 0) return warning(`${text}; not known of partition ${listed(unknown)}`, null, facts);
  if (uncommitted === 0) return ok(text, facts);
  const begins =
    uncommitted === places.length ? 'nothing is committed' : `nothing is committed for ${uncommitted} of them`;
  if (kafka.autoOffsetReset === 'none') return failed(`${text}; ${begins}, and auto.offset.reset=none`, BEGIN, facts);
  return ok(`${text}; ${begins}: reading begins at the ${kafka.autoOffsetReset} ones`, facts);
}

const OUTSIDE =
  'the task would fail there: set offsets with tailrace offsets reset, or write consumer.override.auto.offset.reset=earliest (or latest) to go on behind the gap';
const BEGIN =
  'set offsets with tailrace offsets reset, or write consumer.override.auto.offset.reset=earliest (or latest)';

function wouldReset(place: string): string {
  return `reading goes on at the ${place} record there, since auto.offset.reset says so`;
}

function listed(all: readonly string[]): string {
  const more = all.length - MOST_PARTITIONS;
  return all.slice(0, MOST_PARTITIONS).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
