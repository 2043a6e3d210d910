import type { KafkaConfig, WorkerConfig } from '../../config/types.ts';
import { type Block, freeBlock, type Run } from '../../connector/block.ts';
import { onlyRuns } from '../../connector/portions.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault, TopicPartition } from '../task/ports.ts';
import { keyOf } from '../task/topic-partition.ts';
import { type OpenClient, openClient } from './asked-client.ts';
import type { ClientLogLine } from './client-log.ts';
import { CONNECTION_CODES, faultOf, toError } from './faults.ts';
import kafka from './library.ts';
import { Queries } from './queries.ts';
import type { ReadFault } from './reader/addon.ts';
import { chosenAddon, createReader } from './reader/choose.ts';
import type { NativeReaderOptions } from './reader/native.ts';
import type { ReadSource } from './reader/source.ts';
import { logReaderSettings, usesTokens } from './settings.ts';

const { ERR__PARTITION_EOF, ERR__TIMED_OUT, ERR_GROUP_AUTHORIZATION_FAILED, ERR_UNKNOWN_TOPIC_OR_PART } =
  kafka.CODES.ERRORS;
/** How long the brokers may take to say which topic does not exist, milliseconds. */
const NAMING_TIMEOUT_MS = 3_000;
/** Of one read. */
const MAX_RECORDS = 5_000;

type Client = kafka.KafkaConsumer;

/** What is to be read of a partition. */
export interface LogRange extends TopicPartition {
  readonly from: number;
  /** Behind the last one. */
  readonly to: number;
}

export interface LogReaderOptions {
  /** The client is configured as the connector's consumer. */
  readonly kafka: KafkaConfig;
  readonly reader: WorkerConfig['reader'];
  /** What the blocks are to have. */
  readonly blocks: NativeReaderOptions;
  /** The client's own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** For connecting, and for a time in which nothing comes, milliseconds. */
  readonly timeoutMs: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * The records of these ranges, each partition's in the order of its log, without joining the group or committing anything. A partition ends early where
 * nothing more can be read now, as behind an open transaction; what retention has deleted is not there. Whoever stops iterating closes the client.
 *
 * @param ranges each partition once
 * @throws KafkaError for a partition that may not be read, and when nothing comes in time; the signal's reason; ReaderError as `createReader`
 */
export async function* readLog(ranges: readonly LogRange[], options: LogReaderOptions): AsyncGenerator<Block, void> {
  const { log = () => undefined, timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const wanted = ranges.filter(({ from, to }) => from < to);
  if (wanted.length === 0) return;
  const open = await openClient<Client>({
    create: () => new kafka.KafkaConsumer(...logReaderSettings(options.kafka)),
    tokens: usesTokens(options.kafka.consumer),
    addon: chosenAddon(options.reader),
    timeoutMs,
    onceRefused: true,
    log,
  });
  const source = new Source(open, wanted);
  const reader = createReader(options.reader, source, options.blocks);
  const interrupt = (): void => reader.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    source.begin();
    for (let news = performance.now(); source.isOpen; ) {
      signal?.throwIfAborted();
      const before = source.left;
      const block = await reader.read(MAX_RECORDS).catch(error => source.passed(error));
      const found = block === null ? null : source.take(block);
      source.settle();
      // Whoever gets the block may take his time.
      if (found !== null) yield found;
      if (block !== null || source.left < before) news = performance.now();
      else if (performance.now() - news > timeoutMs) throw await source.silent();
    }
  } finally {
    signal?.removeEventListener('abort', interrupt);
    await source.close();
  }
}

/** Partitions that were assigned by hand, and how far each has been read. */
class Source implements ReadSource {
  readonly #open: OpenClient<Client>;
  readonly #ranges: ReadonlyMap<string, LogRange>;
  readonly #left: Map<string, LogRange>;
  readonly #justEnded: TopicPartition[] = [];
  #failure: KafkaError | null = null;
  #closing: () => void = () => {};
  /** What the client tries on at; its group, which it asks for although it joins none, does not matter. */
  fault: KafkaFault | null = null;

  constructor(open: OpenClient<Client>, ranges: readonly LogRange[]) {
    this.#open = open;
    this.#ranges = new Map(ranges.map(range => [keyOf(range), range]));
    this.#left = new Map(this.#ranges);
    open.client.on('partition.eof', at => this.#ended(at));
  }

  get isOpen(): boolean {
    return this.#left.size > 0;
  }

  get left(): number {
    return this.#left.size;
  }

  begin(): void {
    const list = [...this.#ranges.values()].map(({ topic, partition, from }) => ({ topic, partition, offset: from }));
    this.#open.client.assign(list);
  }

  /** Those of the records that are wanted; null: none is. */
  take(block: Block): Block | null {
    const runs = block.runs.map(run => this.#wanted(block, run));
    for (const run of block.runs) {
      const range = this.#left.get(keyOf(run));
      if (range !== undefined && block.offset[run.end - 1]! >= range.to - 1) this.#ended(run);
    }
    const kept = runs.filter(run => run.start < run.end);
    if (kept.length === 0) {
      freeBlock(block);
      return null;
    }
    return runs.every((run, i) => run === block.runs[i]) ? block : onlyRuns(block, kept);
  }

  /**
   * Between two reads: nothing changes under one. What stands behind an end is not fetched any more.
   * @throws KafkaError of a partition that can not be read, or of a client that can not go on
   */
  settle(): void {
    if (this.#failure !== null) throw this.#failure;
    const ended = this.#justEnded.splice(0);
    if (ended.length > 0 && this.isOpen) this.#open.client.pause(ended);
  }

  /** Why nothing comes. The client keeps it to itself for a while that a topic does not exist. */
  async silent(): Promise<KafkaError> {
    const failure = this.#open.recentFailure();
    if (failure !== null) return new KafkaError(failure);
    const topics = [...new Set([...this.#left.values()].map(({ topic }) => topic))];
    const missing = await new Queries(() => this.#open.client).missing(topics, NAMING_TIMEOUT_MS).catch(() => []);
    if (missing.length > 0) return new KafkaError(faultOf(ERR_UNKNOWN_TOPIC_OR_PART, missing.join(', ')));
    return new KafkaError(this.fault ?? faultOf(ERR__TIMED_OUT));
  }

  async reading<T>(read: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await read(this.#open.client);
    } catch (error) {
      throw toError(error);
    }
  }

  report({ code, text, topic, partition }: ReadFault): void {
    if (code === ERR__PARTITION_EOF) return this.#ended({ topic, partition });
    const error = toError({ code, message: text });
    if (topic === '' || partition < 0) return this.#note(error);
    const { message, fatal } = error;
    const at = { topic, partition };
    this.#failure ??= new KafkaError({ code, message: `${topic}-${partition}: ${message}`, fatal, at });
  }

  /** A read that failed with what the client tries on at. @throws KafkaError for what ends it */
  passed(error: unknown): null {
    this.#note(toError(error));
    this.settle();
    return null;
  }

  #note(error: KafkaError): void {
    if (!error.fatal && (CONNECTION_CODES.has(error.code) || error.code === ERR_GROUP_AUTHORIZATION_FAILED))
      this.fault = error;
    else this.#failure ??= error;
  }

  /** Nothing of it is committed: which topic it was does not matter. */
  identify(): void {}

  beforeDisconnect(run: () => void): void {
    this.#closing = run;
  }

  close(): Promise<void> {
    this.#closing();
    return this.#open.close();
  }

  #wanted(block: Block, run: Run): Run {
    const range = this.#ranges.get(keyOf(run));
    let { start, end } = run;
    if (range === undefined) return { ...run, end: start };
    while (start < end && block.offset[start]! < range.from) start++;
    while (end > start && block.offset[end - 1]! >= range.to) end--;
    return start === run.start && end === run.end ? run : { ...run, start, end };
  }

  #ended({ topic, partition }: TopicPartition): void {
    if (this.#left.delete(keyOf({ topic, partition }))) this.#justEnded.push({ topic, partition });
  }
}
