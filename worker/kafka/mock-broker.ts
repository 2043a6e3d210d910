import type { Header } from '../../connector/block.ts';
import { release } from './connect.ts';
import { toError } from './faults.ts';
import kafka from './library.ts';
import { sendable } from './produce.ts';

const TIMEOUT_MS = 10_000;

export interface MockRecord {
  readonly value: Buffer | string | null;
  readonly key?: Buffer | string | null;
  readonly headers?: readonly Header[];
  readonly timestamp?: number;
  /** The client's partitioner chooses when it is left out. */
  readonly partition?: number;
}

/**
 * An in-process Kafka cluster for the demo and the tests, and for nothing else: it lives in memory, keeps 5 MB or
 * 100,000 records a partition, and forgets the rest.
 */
export interface MockBroker {
  readonly bootstrapServers: string;
  /** Creates a topic of four partitions. */
  createTopic(topic: string): Promise<void>;
  /** Resolves when all of them are acknowledged; creates the topic. */
  produce(topic: string, records: Iterable<MockRecord>): Promise<void>;
  /** Ends the cluster: every other client of it should be gone. */
  close(): Promise<void>;
}

/** Starts librdkafka's mock cluster; it lives inside the client that asks for it, which is also the producer. */
export async function startMockBroker(brokers = 1): Promise<MockBroker> {
  let outstanding = 0;
  let failure: unknown = null;
  const holder = new kafka.Producer(
    {
      'test.mock.num.brokers': brokers,
      'linger.ms': 5,
      dr_cb: (error: unknown) => {
        outstanding--;
        failure ??= error;
      },
    } as kafka.ProducerGlobalConfig,
    { acks: 'all' } as unknown as kafka.ProducerTopicConfig,
  );
  const metadata = await new Promise<kafka.Metadata>((resolve, reject) =>
    holder.connect({ timeout: TIMEOUT_MS, allTopics: false }, (error, data) =>
      error ? reject(toError(error)) : resolve(data),
    ),
  );
  const bootstrapServers = metadata.brokers.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    bootstrapServers,
    createTopic: topic => createTopic(bootstrapServers, topic),
    async produce(topic, records) {
      for (const record of records) {
        while (outstanding >= 50_000) await flush(holder);
        outstanding++;
        const { value, key = null, partition = null, timestamp = null, headers = [] } = record;
        const wire = headers.map(([name, bytes]) => ({ [name]: bytes?.toString() ?? '' }));
        holder.produce(topic, partition, payload(value), payload(key), timestamp, undefined, wire);
      }
      while (outstanding > 0) await flush(holder);
      if (failure !== null && failure !== undefined) throw toError(failure);
    },
    close: () => release(holder),
  };
}

function payload(content: Buffer | string | null): Buffer | null {
  return sendable(typeof content === 'string' ? Buffer.from(content) : content);
}

function flush(holder: kafka.Producer): Promise<void> {
  return new Promise(resolve => holder.flush(TIMEOUT_MS, () => resolve()));
}

/** The mock knows no CreateTopics; it creates what the metadata request of a client that may do so names. */
async function createTopic(bootstrapServers: string, topic: string): Promise<void> {
  const client = new kafka.KafkaConsumer(
    {
      'metadata.broker.list': bootstrapServers,
      'group.id': 'none',
      'allow.auto.create.topics': true,
    } as kafka.ConsumerGlobalConfig,
    {},
  );
  try {
    await new Promise<void>((resolve, reject) =>
      client.connect({ topic, timeout: TIMEOUT_MS, allTopics: false }, error =>
        error ? reject(toError(error)) : resolve(),
      ),
    );
  } finally {
    await release(client);
  }
}
