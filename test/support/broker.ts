import type { TestContext } from 'node:test';
import type { KafkaConfig, WorkerConfig } from '../../config/types.ts';
import type { Block, ReadAhead } from '../../connector/block.ts';
import { valueAt } from '../../connector/block.ts';
import { createKafkaConsumer, type RdKafkaConsumer } from '../../worker/kafka/consumer.ts';
import { type MockBroker, startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { createReader } from '../../worker/kafka/reader/choose.ts';
import type {
  ConsumerEvent,
  KafkaFault,
  Reader,
  TopicPartition,
  TopicPartitionOffset,
} from '../../worker/task/ports.ts';
import { OFFSET_BEGINNING, OFFSET_NONE } from '../../worker/task/ports.ts';
import { Conditions } from './conditions.ts';
import { READER } from './reader.ts';

export { type MockBroker, startMockBroker };

/** The assignors of Kafka Connect's two eras, and so the two rebalance protocols. */
export const ASSIGNOR = { cooperative: 'cooperative-sticky', eager: 'range,roundrobin' } as const;

/** Settings for a client of the mock cluster; short fetches and heartbeats, since a test waits for both. */
export function kafkaConfig(
  bootstrapServers: string,
  groupId: string,
  consumer: Record<string, string> = {},
): KafkaConfig {
  const global = { 'bootstrap.servers': bootstrapServers };
  const patience = { 'session.timeout.ms': '6000', 'heartbeat.interval.ms': '300', 'fetch.wait.max.ms': '50' };
  return {
    groupId,
    autoOffsetReset: 'earliest',
    offsetOutOfRange: 'fail',
    consumer: { global: { ...global, ...patience, ...consumer }, topic: {} },
    producer: { global, topic: {} },
    admin: { global, topic: {} },
  };
}

/** What the group has committed, asked by a client that is no member. */
export async function committedOffsets(
  broker: MockBroker,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<number[]> {
  const consumer = createKafkaConsumer({
    kafka: kafkaConfig(broker.bootstrapServers, groupId),
    topics: [],
    topicsRegex: null,
  });
  await consumer.connect(new AbortController().signal);
  const offsets = await consumer.committed(partitions, 10_000);
  await consumer.disconnect();
  return offsets.map(({ offset }) => offset);
}

export function partitionsOf(topic: string, count = 4): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

const LINE_END = Buffer.from('\n');

export interface MemberOptions {
  readonly config: KafkaConfig;
  readonly topics?: readonly string[];
  readonly topicsRegex?: string;
  /** Where an assigned partition starts; by default where the group has committed, else at the beginning. */
  readonly startAt?: (partition: TopicPartition) => number;
  /** By default the one that the tests run with. */
  readonly reader?: WorkerConfig['reader'];
  /** Behind each value; by default a line format's, for which the reader looks for raw newlines too. */
  readonly separator?: Buffer;
  /** By default the reader checks JSON and does no more. */
  readonly ahead?: Partial<ReadAhead>;
  /** Leaves revocations to the test, until its first `release`: the mock may begin one more round by itself. */
  readonly holdRevokes?: boolean;
  /** Leaves assignments unanswered. */
  readonly holdAssigns?: boolean;
}

export interface ReadRecord extends TopicPartitionOffset {
  readonly timestamp: number;
  readonly value: string | null;
}

/** A member that has joined; it leaves when the test ends, however it ends. */
export async function startMember(t: TestContext, options: MemberOptions): Promise<Member> {
  const member = new Member(options);
  t.after(() => member.leave());
  return member.join();
}

/** A group member that reads, and answers rebalances, as a task would. */
export class Member {
  readonly consumer: RdKafkaConsumer;
  readonly events: ConsumerEvent[] = [];
  readonly blocks: Block[] = [];
  readonly records: ReadRecord[] = [];
  readonly readFaults: KafkaFault[] = [];
  readonly owned = new Set<string>();
  reads = 0;
  readonly #options: MemberOptions;
  readonly #reader: Reader;
  readonly #inbox: ConsumerEvent[] = [];
  readonly #conditions = new Conditions();
  readonly #actions: (() => Promise<void>)[] = [];
  #holdsRevokes: boolean;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: MemberOptions) {
    const { config, topics = null, topicsRegex = null } = options;
    this.#options = options;
    this.#holdsRevokes = options.holdRevokes === true;
    this.consumer = createKafkaConsumer({ kafka: config, topics, topicsRegex });
    this.#reader = createReader(options.reader ?? READER, this.consumer, {
      separator: options.separator ?? LINE_END,
      keys: true,
      headers: true,
      json: true,
      members: null,
      quotedUpTo: null,
      ...options.ahead,
    });
    this.consumer.listen(event => {
      this.#inbox.push(event);
      this.#reader.interrupt();
    });
  }

  /** Joins the group and reads from now on. */
  async join(): Promise<this> {
    await this.consumer.connect(new AbortController().signal);
    this.consumer.subscribe();
    this.#running = this.#run();
    // A failure shows where the member is stopped or waited for.
    this.#running.catch(() => {});
    return this;
  }

  /** Resolves after the read or event that makes `condition` true. */
  when(condition: () => boolean): Promise<void> {
    const met = this.#conditions.met(condition);
    return Promise.race([met, this.#running.then(() => Promise.reject(new Error('the member ended first')))]);
  }

  /** Runs something while no read is in flight. */
  between<T>(action: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#actions.push(async () => {
        try {
          resolve(await action());
        } catch (error) {
          reject(error);
        }
      });
      this.#reader.interrupt();
    });
  }

  /** Stops reading, without a word to the group. */
  async halt(): Promise<void> {
    this.#stopped = true;
    this.#reader.interrupt();
    await this.#running;
  }

  async leave(): Promise<void> {
    await this.halt();
    await this.consumer.disconnect();
  }

  eventsOf<K extends ConsumerEvent['kind']>(kind: K): Extract<ConsumerEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<ConsumerEvent, { kind: K }> => event.kind === kind);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const block = await this.#reader.read(500);
        if (block !== null) this.#take(block);
      } catch (error) {
        this.readFaults.push(error as KafkaFault);
      }
      this.reads++;
      for (let event = this.#inbox.shift(); event !== undefined; event = this.#inbox.shift()) await this.#handle(event);
      for (const action of this.#actions.splice(0)) await action();
      this.#conditions.changed();
    }
  }

  #take(block: Block): void {
    this.blocks.push(block);
    for (const { topic, partition, start, end } of block.runs) {
      for (let i = start; i < end; i++) {
        const value = valueAt(block, i)?.toString() ?? null;
        this.records.push({ topic, partition, offset: block.offset[i]!, timestamp: block.timestamp[i]!, value });
      }
    }
  }

  async #handle(event: ConsumerEvent): Promise<void> {
    this.events.push(event);
    // The native reader reads on behind an error.
    if (event.kind === 'fault') this.readFaults.push(event.fault);
    if (event.kind === 'assign' && this.#options.holdAssigns !== true) {
      this.consumer.assign(await this.#starts(event.partitions));
      for (const { topic, partition } of event.partitions) this.owned.add(`${topic}-${partition}`);
    } else if (event.kind === 'revoke' && !this.#holdsRevokes) this.release(event.partitions);
  }

  /** Answers a revocation; only between reads. */
  release(partitions: readonly TopicPartition[]): void {
    this.#holdsRevokes = false;
    this.consumer.unassign(partitions);
    for (const { topic, partition } of partitions) this.owned.delete(`${topic}-${partition}`);
  }

  async #starts(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    const { startAt } = this.#options;
    if (startAt !== undefined) return partitions.map(partition => ({ ...partition, offset: startAt(partition) }));
    const committed = await this.consumer.committed(partitions, 10_000);
    return committed.map(at => (at.offset === OFFSET_NONE ? { ...at, offset: OFFSET_BEGINNING } : at));
  }
}
