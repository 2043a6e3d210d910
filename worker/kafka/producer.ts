import type { KafkaConfig } from '../../config/types.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault, KafkaProducer, ProducerRecord } from '../task/ports.ts';
import { type ClientLogLine, FailureLog, toldOnce } from './client-log.ts';
import { connectForEver, type ListenAddon, release } from './connect.ts';
import { faultOf, toError } from './faults.ts';
import kafka, { type LibrdKafkaError } from './library.ts';
import { createNativeProduce, type Produce, type ProducerAddon, producePortably } from './produce.ts';
import { clientSettings, producerSettings, usesTokens } from './settings.ts';

const { ERR__PURGE_QUEUE, ERR__STATE, ERR_MSG_SIZE_TOO_LARGE, ERR_TOPIC_ALREADY_EXISTS } = kafka.CODES.ERRORS;
/** Delivery reports are fetched by polling: so often while one is awaited, milliseconds. */
const POLL_MS = 10;
const ADMIN_TIMEOUT_MS = 30_000;

export interface KafkaProducerOptions {
  /** The client's own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** Told while connecting fails; everything later is told by `publish`. */
  readonly onFault?: (fault: KafkaFault) => void;
  /** The native half's part; without it records are published as far as node-rdkafka can (`producePortably`). */
  readonly addon?: (ProducerAddon & ListenAddon) | null;
}

interface Pending {
  readonly record: ProducerRecord;
  /** Nothing else is on its way with it. */
  alone: boolean;
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
  readonly #produce: Produce;
  readonly #failures = new FailureLog();
  readonly #pending = new Set<Pending>();
  /** Wait for their turn; null for as long as records go together. */
  #queue: Pending[] | null = null;
  readonly #leaving = new AbortController();
  #connecting: Promise<unknown> = Promise.resolve();
  /** Questions under way; a client is not closed under one. */
  #asking: Promise<unknown> = Promise.resolve();
  #client: kafka.Producer | null = null;
  #poll: NodeJS.Timeout | undefined;

  constructor(config: KafkaConfig, options: KafkaProducerOptions) {
    this.#config = config;
    this.#options = options;
    this.#produce = options.addon ? createNativeProduce(options.addon) : producePortably;
  }

  async connect(signal: AbortSignal): Promise<void> {
    const connecting = connectForEver({
      create: () => this.#create(),
      signal: AbortSignal.any([signal, this.#leaving.signal]),
      tokens: usesTokens(this.#config.producer),
      addon: this.#options.addon ?? null,
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

  publish(record: ProducerRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { record, alone: false, resolve, reject };
      if (this.#queue === null) this.#send(pending);
      else this.#queueUp(this.#queue, pending);
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
    for (const { reject } of [...this.#pending, ...(this.#queue ?? [])]) {
      reject(new KafkaError(faultOf(ERR__PURGE_QUEUE, 'the producer was disconnected before the brokers answered')));
    }
    this.#pending.clear();
    this.#queue = null;
  }

  #send(pending: Pending): void {
    try {
      this.#produce(this.#connected(), pending.record, pending);
    } catch (error) {
      pending.reject(toError(error));
      return;
    }
    this.#pending.add(pending);
    this.#poll ??= setInterval(() => this.#client?.poll(), POLL_MS);
  }

  #queueUp(queue: Pending[], pending: Pending): void {
    queue.push(pending);
    this.#sendNext(queue);
  }

  #sendNext(queue: Pending[]): void {
    while (this.#pending.size === 0 && queue.length > 0) {
      const next = queue.shift()!;
      next.alone = true;
      this.#send(next);
    }
  }

  #create(): kafka.Producer {
    const [global, topic] = producerSettings(
      this.#config,
      (error: LibrdKafkaError | null, report: kafka.DeliveryReport) => this.#onReport(error, report),
    );
    const client = new kafka.Producer(global, topic);
    this.#options.addon?.prepareProducer(client.getClient());
    return client;
  }

  #onReport(error: LibrdKafkaError | null, report: kafka.DeliveryReport): void {
    const pending = report.opaque as Pending;
    if (!this.#pending.delete(pending)) return;
    const fault = error ? toError(error, this.#failures.recent()) : null;
    if (fault === null) pending.resolve();
    else if (fault.code !== ERR_MSG_SIZE_TOO_LARGE || pending.alone) pending.reject(fault);
    else {
      // The brokers refuse a batch for its size, and librdkafka does not part it, as Java's client does. Who may be too
      // large goes alone from now on.
      this.#queue ??= [];
      this.#queue.push(pending);
    }
    if (this.#queue !== null) this.#sendNext(this.#queue);
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
