import { setTimeout as sleep } from 'node:timers/promises';
import type { Block, BytesColumn, ReadAhead } from '../../../connector/block.ts';
import type { BlockOptions } from '../../../connector/block-builder.ts';
import { KafkaError } from '../../task/kafka-error.ts';
import type { Reader } from '../../task/ports.ts';
import type { NativeAddon, NativeBlockReader, NativeResult } from './addon.ts';
import type { RdKafkaClient, ReadSource } from './source.ts';

export interface NativeReaderOptions extends BlockOptions, ReadAhead {
  /** How long a read waits for news at most, milliseconds; 1,000 by default. */
  readonly heartbeatMs?: number;
}

/** A read without news keeps the membership (max.poll.interval.ms) and is the poll that a lease needs, milliseconds. */
const HEARTBEAT_MS = 1_000;
/** A block ends with the record that reaches this size, whatever the size of those that follow. */
const MAX_BLOCK_BYTES = 1_048_576;
const NO_NAME = Buffer.of(0xff);

/**
 * The reader that fills blocks in a pool thread (worker/kafka/reader/reader.cc). A read of the queue never waits there: reads
 * follow each other while they bring records, else the queue's call is waited for here.
 */
export function createNativeReader(addon: NativeAddon, consumer: ReadSource, options: NativeReaderOptions): Reader {
  return new NativeReader(addon, consumer, options);
}

class NativeReader implements Reader {
  readonly name = 'native';
  readonly #addon: NativeAddon;
  readonly #consumer: ReadSource;
  readonly #options: NativeReaderOptions;
  #native: NativeBlockReader | null = null;
  /** The queue may hold something: the last read brought records, or the queue has called since that read began. */
  #news = true;
  #waiting: AbortController | null = null;

  constructor(addon: NativeAddon, consumer: ReadSource, options: NativeReaderOptions) {
    this.#addon = addon;
    this.#consumer = consumer;
    this.#options = options;
    consumer.identify(addon);
    consumer.beforeDisconnect(() => this.#native?.close());
  }

  async read(maxRecords: number): Promise<Block | null> {
    if (!this.#news) await this.#wait();
    this.#news = false;
    const result = await this.#consumer.reading(client => this.#readNow(client, maxRecords));
    for (const fault of result.faults) this.#consumer.report(fault);
    if (result.runs.length === 0) return null;
    this.#news = true;
    return toBlock(result, this.#options.separator, this.#addon);
  }

  interrupt(): void {
    this.#waiting?.abort();
  }

  async #wait(): Promise<void> {
    this.#waiting = new AbortController();
    await sleep(this.#options.heartbeatMs ?? HEARTBEAT_MS, undefined, { signal: this.#waiting.signal }).catch(() => {});
    this.#waiting = null;
  }

  #open(client: RdKafkaClient): NativeBlockReader {
    const { json, members } = this.#options;
    const onNews = (): void => {
      this.#news = true;
      this.#waiting?.abort();
    };
    return new this.#addon.BlockReader(
      client.getClient(),
      onNews,
      json && members !== null ? members.map(toBytes) : null,
    );
  }

  #readNow(client: RdKafkaClient, maxRecords: number): Promise<NativeResult> {
    this.#native ??= this.#open(client);
    const native = this.#native;
    const options = { ...this.#options, maxRecords, maxBytes: MAX_BLOCK_BYTES };
    return new Promise((resolve, reject) =>
      native.read(options, (error, result) => (error === null ? resolve(result!) : reject(lost(error)))),
    );
  }
}

/**
 * The client hands out a record once: when no block can be made of the records that it gave, reading on would skip
 * them, and a commit would pass over them. So that ends the task.
 */
function lost(error: Error): Error {
  if (!error.message.includes('can not be held')) return error;
  return new KafkaError({ code: 0, message: error.message, fatal: true }, { cause: error });
}

/** As a name stands in JSON that is UTF-8, where one with half a character can not stand: it becomes what can't either. */
function toBytes(name: string): Buffer {
  const bytes = Buffer.from(name);
  return bytes.toString() === name ? bytes : NO_NAME;
}

function toBlock(result: NativeResult, separator: Buffer, { free, splice }: NativeAddon): Block {
  const { runs, values, valueEnd, offset, timestamp, flags, keys, headers, members, quoted } = result;
  return {
    count: valueEnd.length,
    values: toBuffer(values),
    valueEnd,
    separator,
    offset,
    timestamp,
    flags,
    keys: toColumn(keys),
    headers: toColumn(headers),
    runs,
    ...(members !== undefined && { members }),
    ...(quoted !== undefined && { quoted: { ...quoted, values: toBuffer(quoted.values), separator } }),
    free,
    splice,
  };
}

function toColumn(column: NativeResult['keys']): BytesColumn | null {
  return column === undefined ? null : { ...column, bytes: toBuffer(column.bytes) };
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
