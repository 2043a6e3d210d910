import kafka, { type LibrdKafkaError } from '../../worker/kafka/library.ts';
import { promised, TIMEOUT_MS } from './promised.ts';

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** A record to write; without a partition the client chooses one. */
export interface NewRecord {
  readonly partition?: number;
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: string | Buffer])[];
  readonly timestamp?: number;
}

export interface ProduceOptions {
  readonly compression?: Codec;
  /** librdkafka keys. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** Where a record went. */
export interface Written {
  readonly partition: number;
  readonly offset: number;
}

/** One step of a transaction: records to write, and whether they come to count. `open`, of the last one: it stays undecided for a minute. */
export interface Transaction {
  readonly records: readonly NewRecord[];
  readonly end: 'commit' | 'abort' | 'open';
}

const QUEUE_FULL = -184;

interface Batch {
  readonly written: (Written | undefined)[];
  left: number;
  done: (error?: Error) => void;
}

/** A producer that tells of each record where it went. */
class Writer {
  readonly #producer: kafka.Producer;

  constructor(bootstrap: string, { compression = 'none', properties = {} }: ProduceOptions) {
    this.#producer = new kafka.Producer({
      'bootstrap.servers': bootstrap,
      'compression.codec': compression,
      'linger.ms': 5,
      // Keeps the order also when a first attempt fails, as on a topic that was only just created.
      'enable.idempotence': true,
      'queue.buffering.max.messages': 1_000_000,
      dr_cb: true,
      ...properties,
    } as kafka.ProducerGlobalConfig);
    this.#producer.setPollInterval(5);
    this.#producer.on('delivery-report', (error, report) => {
      const slot = report.opaque as { batch: Batch; index: number };
      slot.batch.written[slot.index] = { partition: report.partition, offset: report.offset };
      slot.batch.left -= 1;
      if (error) slot.batch.done(new Error(error.message));
      else if (slot.batch.left === 0) slot.batch.done();
    });
  }

  get client(): kafka.Producer {
    return this.#producer;
  }

  connect(): Promise<unknown> {
    return promised(callback => this.#producer.connect({ timeout: TIMEOUT_MS }, callback));
  }

  close(): Promise<unknown> {
    // The native half does not look whether it is being closed: a poll meanwhile would end the process.
    this.#producer.setPollInterval(0);
    return promised(callback => this.#producer.disconnect(callback));
  }

  async write(topic: string, records: readonly NewRecord[]): Promise<Written[]> {
    if (records.length === 0) return [];
    const batch: Batch = { written: new Array(records.length), left: records.length, done: () => {} };
    const acknowledged = new Promise<void>((resolve, reject) => {
      batch.done = error => (error ? reject(error) : resolve());
    });
    acknowledged.catch(() => {});
    for (const [index, record] of records.entries()) {
      while (!this.#enqueue(topic, record, { batch, index })) await new Promise(ready => setTimeout(ready, 5));
    }
    await acknowledged;
    return batch.written as Written[];
  }

  #enqueue(topic: string, record: NewRecord, opaque: unknown): boolean {
    const headers = (record.headers ?? []).map(([name, value]) => ({ [name]: value }));
    const value = typeof record.value === 'string' ? Buffer.from(record.value) : record.value;
    try {
      this.#producer.produce(
        topic,
        record.partition ?? null,
        value,
        record.key ?? null,
        record.timestamp ?? null,
        opaque,
        headers,
      );
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === QUEUE_FULL) return false;
      throw error;
    }
  }
}

/** Writes all records and waits until the broker has them. */
export async function produce(
  bootstrap: string,
  topic: string,
  records: readonly NewRecord[],
  options: ProduceOptions = {},
): Promise<Written[]> {
  const writer = new Writer(bootstrap, options);
  await writer.connect();
  try {
    return await writer.write(topic, records);
  } finally {
    await writer.close();
  }
}

/** Writes transactions one after another; aborted ones stay in the log as records that nobody may see. */
export async function produceTransactions(
  bootstrap: string,
  topic: string,
  transactions: readonly Transaction[],
): Promise<Written[][]> {
  const id = `transactions-${process.pid}-${Date.now()}`;
  const writer = new Writer(bootstrap, { properties: { 'transactional.id': id } });
  await writer.connect();
  try {
    await promised(callback => writer.client.initTransactions(TIMEOUT_MS, error => callback(error, undefined)));
    const written: Written[][] = [];
    for (const { records, end } of transactions) {
      await promised(callback => writer.client.beginTransaction(error => callback(error, undefined)));
      written.push(await writer.write(topic, records));
      if (end === 'open') break;
      await promised(callback => {
        const ended = (error: LibrdKafkaError): void => callback(error, undefined);
        if (end === 'commit') writer.client.commitTransaction(TIMEOUT_MS, ended);
        else writer.client.abortTransaction(TIMEOUT_MS, ended);
      });
    }
    return written;
  } finally {
    await writer.close();
  }
}
