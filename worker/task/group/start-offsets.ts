import type { KafkaConfig } from '../../../config/types.ts';
import { KafkaError } from '../kafka-error.ts';
import { keyOf } from '../order/assignment.ts';
import {
  type KafkaFault,
  OFFSET_BEGINNING,
  OFFSET_END,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../ports.ts';
import type { Questions } from './questions.ts';

/** Where an assigned partition is read from. */
export interface StartOffset extends TopicPartitionOffset {
  /** The start itself must be committed, so that the group has an offset from now on. */
  readonly commitStart: boolean;
}

/** `auto.offset.reset=none`, and the group has no offset for a partition. Message: what to do. */
export class NoStartOffsetError extends Error {
  override readonly name = 'NoStartOffsetError';

  constructor({ topic, partition }: TopicPartition) {
    super(
      `the group has no committed offset for ${topic}-${partition} and auto.offset.reset=none: ` +
        'commit one for the group, or set consumer.override.auto.offset.reset to earliest or latest',
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
  readonly #met = new Set<string>();

  constructor(questions: Questions, reset: KafkaConfig['autoOffsetReset']) {
    this.#questions = questions;
    this.#reset = reset;
  }

  /** @throws NoStartOffsetError; KafkaError when the brokers do not answer (the caller repeats it). */
  async find(partitions: readonly TopicPartition[]): Promise<readonly StartOffset[]> {
    const committed = await this.#committed(partitions);
    const without = committed.filter(({ offset }) => offset < 0);
    if (without.length > 0 && this.#reset !== 'earliest') await this.#findEnds(without);
    return committed.map(({ topic, partition, offset }) => {
      if (offset >= 0) return { topic, partition, offset, commitStart: false };
      const old = this.#old.get(keyOf({ topic, partition }));
      if (old === undefined) return { topic, partition, offset: OFFSET_BEGINNING, commitStart: false };
      return { topic, partition, offset: endOf(old), commitStart: true };
    });
  }

  #committed(partitions: readonly TopicPartition[]): Promise<readonly TopicPartitionOffset[]> {
    return this.#questions.ask((consumer, timeoutMs) => consumer.committed(partitions, timeoutMs));
  }

  async #findEnds(without: readonly TopicPartition[]): Promise<void> {
    const met = await this.#meet(without);
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
  async #meet(without: readonly TopicPartition[]): Promise<readonly OldPartition[]> {
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
    for (const topic of topics) this.#met.add(topic);
    return met;
  }
}

function endOf({ topic, partition, end }: OldPartition): number {
  if (typeof end === 'number') return end;
  const { code, message } = end ?? { code: 0, message: 'the end of the log is not known' };
  throw new KafkaError({ code, message: `${topic}-${partition}: ${message}`, fatal: false });
}
