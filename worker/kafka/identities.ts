import type { CommitOffset, CommittedOffset, KafkaFault, TopicIds, TopicPartition } from '../task/ports.ts';
import { OFFSET_NONE } from '../task/ports.ts';
import { toError, toFault } from './faults.ts';

/** An id; null where the brokers give none, undefined for a topic that they do not know. */
type NativeId = string | null | undefined;
type Done<T> = (code: number | null, answer: T) => void;

/** What worker/kafka/reader/topics.cc exports. `client` is the native half of node-rdkafka's. Codes are librdkafka's. */
export interface TopicAddon {
  /** Asks the brokers for these topics and for all else that the client knows, or for all that there are. */
  topicIds(
    client: unknown,
    topics: readonly string[],
    all: boolean,
    timeoutMs: number,
    done: Done<readonly NativeId[]>,
  ): void;
  /** As the client knows them. @throws Error for a client that is not connected */
  knownTopicIds(client: unknown, topics: readonly string[]): readonly NativeId[];
  committed(
    client: unknown,
    partitions: readonly TopicPartition[],
    timeoutMs: number,
    done: Done<readonly { readonly code: number; readonly offset: number; readonly metadata: string }[]>,
  ): void;
  /** @returns a code: 0 when it is on its way. */
  commit(client: unknown, offsets: readonly object[]): number;
}

/** Stands in a commit's metadata before the topic's id; Kafka Connect leaves the metadata empty. */
const MARK = 'topic-id=';

/** Offsets as the addon takes them: each says in its metadata for which topic it is, where that is known. */
export function marked(offsets: readonly CommitOffset[]): readonly object[] {
  return offsets.map(({ topic, partition, offset, topicId }) => ({
    topic,
    partition,
    offset,
    metadata: topicId ? `${MARK}${topicId}` : null,
  }));
}

/** The topic that a commit says it was made for; null where it does not say so. */
export function topicIdIn(metadata: string): string | null {
  return metadata.startsWith(MARK) ? metadata.slice(MARK.length) : null;
}

/** What a consumer with the addon knows of topics, and its commits that say for which topic they are. */
export class Identities {
  readonly #addon: TopicAddon;

  constructor(addon: TopicAddon) {
    this.#addon = addon;
  }

  async topicIds(client: unknown, topics: readonly string[], timeoutMs: number, all: boolean): Promise<TopicIds> {
    const ids = await ask<readonly NativeId[]>(done => this.#addon.topicIds(client, topics, all, timeoutMs, done));
    return toMap(topics, ids);
  }

  knownTopicIds(client: unknown, topics: readonly string[]): TopicIds {
    return toMap(topics, this.#addon.knownTopicIds(client, topics));
  }

  async stored(
    client: unknown,
    partitions: readonly TopicPartition[],
    timeoutMs: number,
  ): Promise<readonly (CommittedOffset | KafkaFault)[]> {
    const answers = await ask<readonly { code: number; offset: number; metadata: string }[]>(done =>
      this.#addon.committed(client, partitions, timeoutMs, done),
    );
    return partitions.map(({ topic, partition }, i) => {
      const { code, offset, metadata } = answers[i]!;
      if (code !== 0) return toFault(code);
      return { topic, partition, offset: offset < 0 ? OFFSET_NONE : offset, topicId: topicIdIn(metadata) };
    });
  }

  commit(client: unknown, offsets: readonly CommitOffset[]): void {
    const code = this.#addon.commit(client, marked(offsets));
    if (code !== 0) throw toError(code);
  }
}

function ask<T>(question: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    question((code, answer) => (code === null ? resolve(answer) : reject(toError(code)))),
  );
}

function toMap(topics: readonly string[], ids: readonly NativeId[]): TopicIds {
  const known = new Map<string, string | null>();
  topics.forEach((topic, i) => {
    const id = ids[i];
    if (id !== undefined) known.set(topic, id);
  });
  return known;
}
