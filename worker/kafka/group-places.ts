import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaConfig, WorkerConfig } from '../../config/types.ts';
import { KafkaError, toFault } from '../task/kafka-error.ts';
import {
  type CommitOffset,
  type ConsumerEvent,
  type KafkaFault,
  OFFSET_NONE,
  type Reader,
  type TopicIds,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../task/ports.ts';
import type { ClientLogLine } from './client-log.ts';
import { createKafkaConsumer, type RdKafkaConsumer } from './consumer.ts';
import { faultOf } from './faults.ts';
import kafka from './library.ts';
import { createReader } from './reader/choose.ts';

const {
  ERR__TIMED_OUT,
  ERR__WAIT_COORD,
  ERR__TRANSPORT,
  ERR_COORDINATOR_LOAD_IN_PROGRESS,
  ERR_COORDINATOR_NOT_AVAILABLE,
  ERR_NOT_COORDINATOR,
} = kafka.CODES.ERRORS;

/** The brokers are about to know who coordinates the group, or to be there again. */
const SOON: ReadonlySet<number> = new Set([
  ERR__TIMED_OUT,
  ERR__WAIT_COORD,
  ERR__TRANSPORT,
  ERR_COORDINATOR_LOAD_IN_PROGRESS,
  ERR_COORDINATOR_NOT_AVAILABLE,
  ERR_NOT_COORDINATOR,
]);
const PAUSE_MS = 250;
const QUESTION_MS = 10_000;

export interface GroupPlacesOptions {
  /** As whose consumer the client logs in; the group is another. */
  readonly kafka: KafkaConfig;
  readonly group: string;
  readonly reader: WorkerConfig['reader'];
  readonly log: (line: ClientLogLine) => void;
  readonly onFault: (fault: KafkaFault) => void;
  /** For a question or a commit with all its repetitions, milliseconds; 60,000 by default. */
  readonly patienceMs?: number;
}

/**
 * The committed offsets of a group that nobody joins: who alone works through a log keeps its place there. Nothing tells two of them apart,
 * since a group without members takes everybody's commits. One call at a time.
 */
export interface GroupPlaces {
  /** Tries until a broker answers. @throws KafkaError for what waiting can't mend; the signal's reason */
  connect(signal: AbortSignal): Promise<void>;
  /** How many partitions the topic has; 0: there is none. @throws KafkaError */
  partitionCount(topic: string): Promise<number>;
  /**
   * Where the group is, by partition; those without a place, or with one in another topic of the same name, are left out.
   * @throws KafkaError
   */
  places(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<number, number>>;
  /** Resolves when the coordinator has them. @throws KafkaError */
  commit(offsets: readonly TopicPartitionOffset[]): Promise<void>;
  close(): Promise<void>;
}

type CommitAnswer = Extract<ConsumerEvent, { readonly kind: 'commit-answer' }>;

/** @throws ReaderError as `createReader` */
export function createGroupPlaces(options: GroupPlacesOptions): GroupPlaces {
  return new Places(options);
}

class Places implements GroupPlaces {
  readonly #consumer: RdKafkaConsumer;
  readonly #reader: Reader;
  readonly #patienceMs: number;
  #ids: TopicIds = new Map();
  /** Of the commit under way. */
  #answered: ((answer: CommitAnswer) => void) | null = null;

  constructor({ kafka: settings, group, reader, log, onFault, patienceMs = 60_000 }: GroupPlacesOptions) {
    const { 'group.instance.id': _, ...global } = settings.consumer.global;
    const consumer = { ...settings.consumer, global };
    this.#consumer = createKafkaConsumer({
      kafka: { ...settings, groupId: group, consumer },
      topics: [],
      topicsRegex: null,
      log,
    });
    this.#consumer.listen(event => this.#listen(event, onFault));
    this.#reader = createReader(reader, this.#consumer, {
      separator: Buffer.from(','),
      keys: false,
      headers: false,
      json: false,
      members: null,
      quotedUpTo: null,
    });
    this.#patienceMs = patienceMs;
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#consumer.connect(signal);
  }

  async partitionCount(topic: string): Promise<number> {
    const counts = await this.#patiently(() => this.#consumer.partitionCounts([topic], QUESTION_MS));
    return counts.get(topic) ?? 0;
  }

  async places(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<number, number>> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    this.#ids = await this.#patiently(() => this.#consumer.topicIds(topics, QUESTION_MS));
    const committed = await this.#patiently(() => this.#consumer.committed(partitions, QUESTION_MS));
    const own = committed.filter(({ topic, topicId, offset }) => {
      const id = this.#ids.get(topic) ?? null;
      return offset !== OFFSET_NONE && (topicId === null || id === null || topicId === id);
    });
    return new Map(own.map(({ partition, offset }) => [partition, offset]));
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    const marked = offsets.map((at): CommitOffset => ({ ...at, topicId: this.#ids.get(at.topic) ?? null }));
    await this.#patiently(() => this.#commitOnce(marked));
  }

  close(): Promise<void> {
    return this.#consumer.disconnect();
  }

  /** The answer comes through a read, as all that the client calls back with. A late one of an earlier commit is not taken for it. */
  async #commitOnce(offsets: readonly CommitOffset[]): Promise<void> {
    const answers: CommitAnswer[] = [];
    this.#answered = answer => {
      if (answer.fault !== null || isAbout(answer, offsets)) answers.push(answer);
    };
    const endsAt = performance.now() + QUESTION_MS;
    this.#consumer.commit(offsets);
    while (answers.length === 0 && performance.now() < endsAt) await this.#reader.read(1);
    this.#answered = null;
    const fault = answers.length === 0 ? faultOf(ERR__TIMED_OUT) : answers[0]!.fault;
    if (fault !== null) throw new KafkaError(fault);
  }

  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    const endsAt = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const fault = toFault(error);
        if (!SOON.has(fault.code) || fault.fatal || performance.now() > endsAt) throw new KafkaError(fault);
      }
      await sleep(PAUSE_MS);
    }
  }

  #listen(event: ConsumerEvent, onFault: (fault: KafkaFault) => void): void {
    if (event.kind === 'commit-answer') this.#answered?.(event);
    else if (event.kind === 'fault') onFault(event.fault);
  }
}

function isAbout({ offsets: told }: CommitAnswer, offsets: readonly TopicPartitionOffset[]): boolean {
  return offsets.every(({ partition, offset }) =>
    told.some(answer => answer.partition === partition && answer.offset === offset),
  );
}
