import type { KafkaConfig } from '../../../config/types.ts';
import { KafkaError } from '../kafka-error.ts';
import {
  type CommittedOffset,
  type KafkaFault,
  OFFSET_BEGINNING,
  OFFSET_END,
  OFFSET_NONE,
  type TopicIds,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../ports.ts';
import { isOtherTopic, keyOf } from '../topic-partition.ts';
import type { Questions } from './questions.ts';

/** Where an assigned partition is read from. */
export interface StartOffset extends TopicPartitionOffset {
  /** The topic that it is a place in; null where topics have no identity, NO_TOPIC while there is none of this name. */
  readonly topicId: string | null;
  /** The start itself must be committed, so that the group has an offset from now on. */
  readonly commitStart: boolean;
}

/** No topic's id: whatever comes under the name is another one. */
export const NO_TOPIC = '';

/** `auto.offset.reset=none`, and the group has no offset for a partition. Message: what to do. */
export class NoStartOffsetError extends Error {
  override readonly name = 'NoStartOffsetError';

  constructor({ topic, partition }: TopicPartition, anew = false) {
    super(
      (anew ? `topic ${topic} was deleted and created anew, ` : '') +
        `the group has no committed offset for ${topic}-${partition} and auto.offset.reset=none: ` +
        'stop the connector and commit one for the group, or set consumer.override.auto.offset.reset to earliest or latest',
    );
  }
}

interface OldPartition extends TopicPartition {
  /** Where its log ended when the topic was met; a fault or null while that is not known. */
  end: number | KafkaFault | null;
}

/**
 * Decides where assigned partitions are read from. A committed offset always wins. `auto.offset.reset` applies to a
 * group that has no offset for any partition of the topic; a partition without one in a group that has some is new
 * (the topic grew), and is read from its beginning, else what was written to it before its discovery would be skipped
 * (KIP-1327). With `latest` the end found is committed at once, so that the group has an offset from then on.
 *
 * An offset that was committed for another topic of the same name, deleted since, is none: a commit may reach the group
 * after the topic was created anew. The group knew that name before, so the topic is read from its beginning. The ids
 * are asked for before the offsets, so that a topic is never taken for a younger one than its offset is of.
 *
 * What was found of a group without offsets is kept: which partitions the topic had, and where they ended. Another fresh
 * worker commits its own ends meanwhile; by them the group knows the topic, and a look-up that is repeated would take our
 * partitions for new ones. They still begin where they ended first, also after a rebalance: nothing is skipped between.
 * A worker that asks for the first time only after the other's commit reads from the beginning: twice rather than never.
 */
export class StartOffsets {
  readonly #questions: Questions;
  readonly #reset: KafkaConfig['autoOffsetReset'];
  /** The partitions of topics of which the group had no offset when this task met them. */
  readonly #old = new Map<string, OldPartition>();
  /** Topics by name that were met so, and their ids. */
  readonly #met = new Map<string, string | null>();

  constructor(questions: Questions, reset: KafkaConfig['autoOffsetReset']) {
    this.#questions = questions;
    this.#reset = reset;
  }

  /**
   * @param anew the topics were created anew while this task had them
   * @throws NoStartOffsetError; KafkaError when the brokers do not answer (the caller repeats it).
   */
  async find(partitions: readonly TopicPartition[], anew = false): Promise<readonly StartOffset[]> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const ids = await this.#questions.ask((consumer, timeoutMs) => consumer.topicIds(topics, timeoutMs, anew));
    const renewed = new Set(topics.filter(topic => anew || this.#isRenewed(topic, ids.get(topic))));
    const committed = (await this.#committed(partitions)).map(({ topicId: of, ...one }) => {
      const id = ids.get(one.topic);
      const topicId = id === undefined ? NO_TOPIC : id;
      const foreign = isOtherTopic(of, topicId);
      return foreign || (one.offset < 0 && renewed.has(one.topic))
        ? { ...one, topicId, offset: OFFSET_NONE, anew: true }
        : { ...one, topicId, anew: false };
    });
    const first = committed.find(one => one.anew);
    if (first !== undefined && this.#reset === 'none') throw new NoStartOffsetError(first, true);
    for (const topic of renewed) this.#forget(topic, ids.get(topic) ?? null);
    // One that does not exist now is another when it comes, and begins where that one does: it is not met before.
    const without = committed.filter(one => one.offset < 0 && !one.anew && one.topicId !== NO_TOPIC);
    if (without.length > 0 && this.#reset !== 'earliest') await this.#findEnds(without, ids);
    return committed.map(({ topic, partition, offset, topicId }) => {
      if (offset >= 0) return { topic, partition, offset, topicId, commitStart: false };
      const old = this.#old.get(keyOf({ topic, partition }));
      if (old === undefined || topicId === NO_TOPIC)
        return { topic, partition, offset: OFFSET_BEGINNING, topicId, commitStart: false };
      return { topic, partition, offset: endOf(old), topicId, commitStart: true };
    });
  }

  #isRenewed(topic: string, id: string | null | undefined): boolean {
    const met = this.#met.get(topic) ?? null;
    return met !== null && id !== undefined && id !== null && met !== id;
  }

  /** Where the partitions of a topic ended that is no more says nothing of those of the next one. */
  #forget(topic: string, id: string | null): void {
    this.#met.set(topic, id);
    for (const [key, old] of this.#old) if (old.topic === topic) this.#old.delete(key);
  }

  #committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    return this.#questions.ask((consumer, timeoutMs) => consumer.committed(partitions, timeoutMs));
  }

  async #findEnds(without: readonly TopicPartition[], ids: TopicIds): Promise<void> {
    const met = await this.#meet(without, ids);
    const old = without.flatMap(one => this.#old.get(keyOf(one)) ?? []);
    if (this.#reset === 'none' && old.length > 0) throw new NoStartOffsetError(old[0]!);
    const unknown = (met.length > 0 ? met : old).filter(({ end }) => typeof end !== 'number');
    if (unknown.length === 0) return;
    const ends = await this.#questions.ask((consumer, timeoutMs) => consumer.offsets(unknown, OFFSET_END, timeoutMs));
    unknown.forEach((one, i) => {
      one.end = ends[i]!;
    });
  }

  /** Notes the partitions of topics that are met for the first time, and of which the group has no offset. @returns them */
  async #meet(without: readonly TopicPartition[], ids: TopicIds): Promise<readonly OldPartition[]> {
    const topics = [...new Set(without.map(({ topic }) => topic))].filter(topic => !this.#met.has(topic));
    if (topics.length === 0) return [];
    const counts = await this.#questions.ask((consumer, timeoutMs) => consumer.partitionCounts(topics, timeoutMs));
    const all = topics.flatMap(topic => {
      const highest = without.reduce((most, one) => (one.topic === topic ? Math.max(most, one.partition) : most), 0);
      const length = Math.max(counts.get(topic) ?? 0, highest + 1);
      return Array.from({ length }, (_, partition) => ({ topic, partition }));
    });
    const known = new Set<string>();
    for (const { topic, offset } of await this.#committed(all)) if (offset >= 0) known.add(topic);
    const met = all.filter(({ topic }) => !known.has(topic)).map(one => ({ ...one, end: null }));
    for (const one of met) this.#old.set(keyOf(one), one);
    for (const topic of topics) this.#met.set(topic, ids.get(topic) ?? null);
    return met;
  }
}

function endOf({ topic, partition, end }: OldPartition): number {
  if (typeof end === 'number') return end;
  const { code, message } = end ?? { code: 0, message: 'the end of the log is not known' };
  throw new KafkaError({ code, message: `${topic}-${partition}: ${message}`, fatal: false });
}
