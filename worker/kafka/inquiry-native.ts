import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusedWhole, type KafkaError } from '../task/kafka-error.ts';
import { type KafkaFault, OFFSET_BEGINNING, OFFSET_END, type TopicPartition } from '../task/ports.ts';
import { keyOf } from '../task/topic-partition.ts';
import type { OpenClient } from './asked-client.ts';
import type { NativeCluster, NativeGroup, NativeTopic } from './describe-addon.ts';
import { faultOf, toError, toFault } from './faults.ts';
import type { Done, GroupPartition, NativeOffset } from './group-addon.ts';
import { marked, topicIdIn } from './identities.ts';
import { type Answers, joined, missing } from './inquiry-answers.ts';
import type { TopicDescription } from './inquiry-port.ts';
import kafka from './library.ts';
import type { NativeAddon } from './reader/addon.ts';

const {
  ERR__NOENT,
  ERR__UNKNOWN_PARTITION,
  ERR_UNKNOWN_TOPIC_OR_PART,
  ERR_LEADER_NOT_AVAILABLE,
  ERR_NOT_LEADER_FOR_PARTITION,
  ERR_FENCED_LEADER_EPOCH,
  ERR_UNKNOWN_LEADER_EPOCH,
} = kafka.CODES.ERRORS;

/** Another broker is about to lead the partition, or this one. */
const MOVING: ReadonlySet<number> = new Set([
  ERR_LEADER_NOT_AVAILABLE,
  ERR_NOT_LEADER_FOR_PARTITION,
  ERR_FENCED_LEADER_EPOCH,
  ERR_UNKNOWN_LEADER_EPOCH,
]);
const PAUSE_MS = 250;

/** What is asked with the native reader's addon: of everything, partition by partition. */
export function nativeAnswers(
  addon: NativeAddon,
  open: OpenClient<kafka.KafkaConsumer | kafka.Producer>,
  groupId: string,
  timeoutMs: number,
): Answers {
  const ask = <T>(question: (client: unknown, ms: number, done: Done<T>) => void): Promise<T> =>
    open.ask((client, ms, done) => question(client.getClient(), ms, done), timeoutMs);

  async function describe(names: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const distinct = [...new Set(names)];
    if (distinct.length === 0) return new Map();
    const told = await ask<readonly NativeTopic[]>((client, ms, done) =>
      addon.describeTopics(client, distinct, ms, done),
    );
    return new Map(told.map(topic => [topic.name, topicOf(topic)]));
  }

  /** Why a partition is not asked for; null: it is. librdkafka waits for a leader: who has none is not asked for. */
  async function faultsOf(partitions: readonly TopicPartition[]): Promise<readonly (KafkaFault | null)[]> {
    const topics = await describe(partitions.map(({ topic }) => topic));
    return partitions.map(one => faultOfPartition(topics.get(one.topic), one));
  }

  /** One that is about to lead is asked again. */
  async function offsets(
    partitions: readonly TopicPartition[],
    faults: readonly (KafkaFault | null)[],
    at: number,
    stable: boolean,
  ): Promise<readonly (number | KafkaFault)[]> {
    const found = new Map<string, NativeOffset>();
    let open = new Map(partitions.filter((_, i) => faults[i] === null).map(one => [keyOf(one), one]));
    for (const endsAt = performance.now() + timeoutMs; open.size > 0; await sleep(PAUSE_MS)) {
      const list = [...open.values()].map(({ topic, partition }) => ({ topic, partition, offset: at }));
      for (const one of await logOffsets(list, stable)) found.set(keyOf(one), one);
      open = new Map([...open].filter(([key]) => MOVING.has(found.get(key)?.code ?? 0)));
      if (performance.now() + PAUSE_MS > endsAt) break;
    }
    return partitions.map((one, i) => faults[i] ?? offsetOf(found.get(keyOf(one)), one));
  }

  function logOffsets(list: readonly object[], stable: boolean): Promise<readonly NativeOffset[]> {
    return ask<readonly NativeOffset[]>((client, ms, done) => addon.logOffsets(client, list, stable, ms, done)).catch(
      (error: KafkaError) => {
        // They were there a moment ago.
        if (error.code !== ERR__NOENT) throw error;
        return [];
      },
    );
  }

  return {
    async cluster() {
      const told = await ask<NativeCluster>((client, ms, done) => addon.describeCluster(client, ms, done));
      const { id, controller, brokers, operations } = told;
      return {
        id: id === '' ? null : id,
        controller: controller < 0 ? null : controller,
        brokers: brokers.map(broker => ({ ...broker, rack: broker.rack === '' ? null : broker.rack })),
        operations,
      };
    },
    async topics(names) {
      const told = await describe(names);
      return names.map(name => told.get(name) ?? missing(name));
    },
    async group() {
      const told = await ask<NativeGroup>((client, ms, done) => addon.describeGroup(client, groupId, ms, done));
      const members = told.members.map(member => ({
        ...member,
        instanceId: member.instanceId === '' ? null : member.instanceId,
      }));
      return { ...told, assignor: told.assignor === '' ? null : told.assignor, members };
    },
    async logEnds(partitions, stable = false) {
      const faults = await faultsOf(partitions);
      const low = await offsets(partitions, faults, OFFSET_BEGINNING, false);
      return joined(low, await offsets(partitions, faults, OFFSET_END, stable));
    },
    async offsetsAt(partitions, epochMs) {
      const found = await offsets(partitions, await faultsOf(partitions), epochMs, false);
      return found.map(offset => (offset === OFFSET_END ? null : offset));
    },
    async committed() {
      const told = await ask<readonly GroupPartition[]>((client, ms, done) =>
        addon.groupOffsets(client, groupId, ms, done),
      );
      return told
        .filter(({ offset, code }) => offset >= 0 || code !== 0)
        .map(({ topic, partition, offset, code, metadata }) =>
          code === 0 ? { topic, partition, offset, topicId: topicIdIn(metadata) } : faultAt(code, { topic, partition }),
        );
    },
    async alter(list) {
      if (list.length === 0) return [];
      const told = await ask<readonly GroupPartition[]>((client, ms, done) =>
        addon.alterGroupOffsets(client, groupId, marked(list), ms, done),
      );
      const faults = told.filter(({ code }) => code !== 0).map(({ code, ...at }) => faultAt(code, at));
      const whole = faults.find(isRefusedWhole);
      if (whole !== undefined) throw toError(whole.code);
      return faults;
    },
  };
}

function topicOf({ name, code, id, partitions, operations }: NativeTopic): TopicDescription {
  return {
    name,
    fault: code === 0 ? null : toFault(code),
    id,
    partitions: partitions
      .map(one => ({ ...one, leader: one.leader < 0 ? null : one.leader }))
      .sort((a, b) => a.partition - b.partition),
    operations,
  };
}

function faultOfPartition(topic: TopicDescription | undefined, at: TopicPartition): KafkaFault | null {
  if (topic === undefined) return faultAt(ERR_UNKNOWN_TOPIC_OR_PART, at);
  if (topic.fault !== null) return { ...topic.fault, at };
  const found = topic.partitions.find(({ partition }) => partition === at.partition);
  if (found === undefined) return faultAt(ERR__UNKNOWN_PARTITION, at);
  return found.leader === null ? faultAt(ERR_LEADER_NOT_AVAILABLE, at) : null;
}

/** Where librdkafka got no answer of a leader it leaves an offset that is none, and no code. */
function offsetOf(found: NativeOffset | undefined, at: TopicPartition): number | KafkaFault {
  if (found === undefined) return faultAt(ERR_UNKNOWN_TOPIC_OR_PART, at);
  if (found.code !== 0) return faultAt(found.code, at);
  return found.offset < OFFSET_END ? faultAt(ERR_LEADER_NOT_AVAILABLE, at) : found.offset;
}

function faultAt(code: number, { topic, partition }: TopicPartition): KafkaFault {
  return { ...faultOf(code), at: { topic, partition } };
}
