import type { Inquiry } from '../kafka/inquiry.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { TopicPartitionOffset } from '../task/ports.ts';
import { isOtherTopic } from '../task/topic-partition.ts';
import type { Range } from './reading.ts';
import { ReplayError } from './target.ts';

/** How far a replay has come in each partition, kept as the offsets of a group that nobody joins. */
export class Places {
  readonly #inquiry: Inquiry;
  readonly #topic: string;
  readonly #topicId: string | null;
  readonly #kept = new Map<number, number>();

  /**
   * @param inquiry of the replay's group
   * @param topicId null: not known
   */
  constructor(inquiry: Inquiry, topic: string, topicId: string | null) {
    this.#inquiry = inquiry;
    this.#topic = topic;
    this.#topicId = topicId;
  }

  /** By partition: where the group is. */
  get kept(): ReadonlyMap<number, number> {
    return this.#kept;
  }

  /**
   * What is left of these ranges, and whether the group had a place in any of them. One in a topic that had the same name counts for nothing.
   * @throws KafkaError
   */
  async goOn(ranges: readonly Range[]): Promise<{ readonly ranges: readonly Range[]; readonly known: boolean }> {
    for (const [partition, offset] of await this.#stored(ranges.map(({ partition }) => partition))) {
      this.#kept.set(partition, offset);
    }
    const left = ranges.map(range => {
      const place = this.#kept.get(range.partition) ?? range.from;
      return { ...range, from: Math.min(Math.max(place, range.from), range.to) };
    });
    return { ranges: left, known: ranges.some(({ partition }) => this.#kept.has(partition)) };
  }

  /**
   * Resolves when the brokers have them. Two runs that share a group can't be kept apart, since it has no members; whoever comes second ends.
   * @throws KafkaError; ReplayError where the group is not where it was left
   */
  async keep(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    const stored = await this.#stored(offsets.map(({ partition }) => partition));
    if (offsets.some(({ partition }) => stored.get(partition) !== this.#kept.get(partition))) {
      throw new ReplayError('another run keeps its place in the same group: let it end first, or use another --group');
    }
    const faults = await this.#inquiry.alter(offsets.map(at => ({ ...at, topicId: this.#topicId })));
    const [fault] = faults ?? [];
    if (fault !== undefined) throw new KafkaError({ ...fault, message: `the place can't be kept: ${fault.message}` });
    for (const { partition, offset } of offsets) this.#kept.set(partition, offset);
  }

  async #stored(partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const stored = new Map<number, number>();
    const asked = partitions.map(partition => ({ topic: this.#topic, partition }));
    for (const answer of await this.#inquiry.committed(asked)) {
      if (!('offset' in answer)) throw new KafkaError(answer);
      const { topic, partition, offset, topicId } = answer;
      if (topic === this.#topic && !isOtherTopic(topicId, this.#topicId)) stored.set(partition, offset);
    }
    return stored;
  }
}
