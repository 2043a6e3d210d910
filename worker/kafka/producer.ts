import type { KafkaConfig } from '../../config/types.ts';
import type { Header } from '../../connector/block.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault, KafkaProducer, ProducerRecord } from '../task/ports.ts';
import { type ClientLogLine, FailureLog, toldOnce } from './client-log.ts';
import { connectForEver, release } from './connect.ts';
import { faultOf, toError } from './faults.ts';
import kafka, { type LibrdKafkaError } from './library.ts';
import { clientSettings, producerSettings, usesTokens } from './settings.ts';

const { ERR__PURGE_QUEUE, ERR__STATE, ERR_TOPIC_ALREADY_EXISTS } = kafka.CODES.ERRORS;
/** Delivery reports are fetched by polling: so often while one is awaited, milliseconds. */
const POLL_MS = 10;
const ADMIN_TIMEOUT_MS = 30_000;

export interface KafkaProducerOptions {
  /** The client's own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** Told while connecting fails; everything later is told by `publish`. */
  readonly onFault?: (fault: KafkaFault) => void;
}

interface Pending {
  resolve(): void;
  reject(error: KafkaError): void;
}

/** Acknowledged production over node-rdkafka: each record's promise is its delivery report. */
export function createKafkaProducer(config: KafkaConfig, options: KafkaProducerOptions = {}): KafkaProducer {
  return new Producer(config, options);
}

class Producer implements KafkaProducer {
  readonly #config: KafkaConfig;
  readonly #options: KafkaProducerOptions;
  readonly #failures = new FailureLog();
  readonly #pending = new Set<Pending>();
  readonly #leaving = new AbortController();
  #connecting: Promise<unknown> = Promise.resolve();
  /** Questions under way; a client is not closed under one. */
  #asking: Promise<unknown> = Promise.resolve();
  #client: kafka.Producer | null = null;
  #poll: NodeJS.Timeout | undefined;

  constructor(config: KafkaConfig, options: KafkaProducerOptions) {
    this.#config = config;
    this.#options = options;
  }

  async connect(signal: AbortSignal): Promise<void> {
    const connecting = connectForEver({
      create: () => this.#create(),
      signal: AbortSignal.any([signal, this.#leaving.signal]),
      tokens: usesTokens(this.#config.producer),
      onFault: toldOnce(fault => this.#options.onFault?.(fault)),
      onLog: line => {
        this.#failures.note(line);
        this.#options.log?.(line);
      },
    });
    this.#connecting = connecting.catch(() => {});
    this.#client = await connecting;
  }

  async ensureTopic(topic: string, partitions: number, replicationFactor: number): Promise<void> {
    // Asked first: a user who may write to an existing topic often may not create one.
    if (await this.#exists(topic)) return;
    const admin = this.#admin();
    try {
      await new Promise<void>((resolve, reject) =>
        admin.createTopic(
          { topic, num_partitions: partitions, replication_factor: replicationFactor },
          ADMIN_TIMEOUT_MS,
          (error: LibrdKafkaError | undefined) =>
            error && error.code !== ERR_TOPIC_ALREADY_EXISTS ? reject(toError(error)) : resolve(),
        ),
      );
    } finally {
      admin.disconnect();
    }
  }

  publish({ topic, key, value, headers, timestamp }: ProducerRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { resolve, reject };
      try {
        const wire = headers.map(encodeHeader);
        const at = timestamp < 0 ? null : timestamp;
        this.#connected().produce(topic, null, sendable(value), sendable(key), at, pending, wire);
      } catch (error) {
        reject(toError(error));
        return;
      }
      this.#pending.add(pending);
      this.#poll ??= setInterval(() => this.#client?.poll(), POLL_MS);
    });
  }

  async disconnect(timeoutMs: number): Promise<void> {
    this.#leaving.abort(notConnected());
    await this.#connecting;
    const client = this.#client;
    if (client === null) return;
    await this.#asking;
    if (this.#pending.size > 0) await new Promise<void>(resolve => client.flush(timeoutMs, () => resolve()));
    this.#client = null;
    clearInterval(this.#poll);
    await release(client);
    for (const { reject } of this.#pending) {
      reject(new KafkaError(faultOf(ERR__PURGE_QUEUE, 'the producer was disconnected before the brokers answered')));
    }
    this.#pending.clear();
  }

  #create(): kafka.Producer {
    const [global, topic] = producerSettings(
      this.#config,
      (error: LibrdKafkaError | null, report: kafka.DeliveryReport) => this.#onReport(error, report),
    );
    return new kafka.Producer(global, topic);
  }

  #onReport(error: LibrdKafkaError | null, report: kafka.DeliveryReport): void {
    const pending = report.opaque as Pending;
    if (!this.#pending.delete(pending)) return;
    if (error) pending.reject(toError(error, this.#failures.recent()));
    else pending.resolve();
    if (this.#pending.size === 0) {
      clearInterval(this.#poll);
      this.#poll = undefined;
    }
  }

  #exists(topic: string): Promise<boolean> {
    const client = this.#connected();
    const answer = new Promise<boolean>((resolve, reject) =>
      client.getMetadata({ topic, allTopics: false, timeout: ADMIN_TIMEOUT_MS }, (error, metadata) => {
        if (error) reject(toError(error, this.#failures.recent()));
        else resolve(metadata.topics.some(({ name, partitions }) => name === topic && partitions.length > 0));
      }),
    );
    this.#asking = answer.catch(() => {});
    return answer;
  }

  #admin(): kafka.IAdminClient {
    try {
      return kafka.AdminClient.create(clientSettings(this.#config.admin).global as kafka.GlobalConfig);
    } catch (error) {
      throw toError(error);
    }
  }

  #connected(): kafka.Producer {
    if (this.#client === null) throw notConnected();
    return this.#client;
  }
}

function notConnected(): KafkaError {
  return new KafkaError(faultOf(ERR__STATE, 'the producer is not connected'));
}

const EMPTY = Buffer.alloc(1).subarray(0, 0);

/** Bytes as node-rdkafka sends them: it takes an empty buffer that points nowhere for null. */
export function sendable(bytes: Buffer | null): Buffer | null {
  return bytes !== null && bytes.length === 0 ? EMPTY : bytes;
}

/**
 * A header as node-rdkafka takes it. It turns every value into a string and sends that as UTF-8 up to the first NUL, so
 * other bytes would arrive changed: they travel as base64 under a name that says so. It knows no null: that becomes empty.
 */
function encodeHeader([name, value]: Header): kafka.MessageHeader {
  if (value === null) return { [name]: '' };
  const text = value.toString('utf8');
  if (!value.includes(0) && Buffer.from(text, 'utf8').equals(value)) return { [name]: text };
  return { [`${name}.base64`]: value.toString('base64') };
}
