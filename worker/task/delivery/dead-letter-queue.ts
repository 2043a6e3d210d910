import type { ConnectorConfig } from '../../../config/types.ts';
import { backoff } from '../../../connector/backoff.ts';
import type { Header, SinkRecord } from '../../../connector/block.ts';
import type { Clock, Random } from '../../../connector/ports.ts';
import type { RecordError } from '../../../connector/record-error.ts';
import type { ResponseExcerpt } from '../../../connector/response-excerpt.ts';
import type { Signal } from '../../../connector/scope.ts';
import { sleep } from '../../../connector/sleep.ts';
import type { TaskFact } from '../facts.ts';
import { KafkaError, toFault } from '../kafka-error.ts';
import type { KafkaProducer } from '../ports.ts';

const PREFIX = '__connect.errors.';
const RESPONSE_PREFIX = '__tailrace.response.';
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 30_000;

/**
 * Kafka answers that repeating the same produce can not change (rdkafka.h): invalid message, message too large, topic
 * or transactional id not authorized, invalid timestamp, policy violation, invalid topic, record list too large, invalid
 * record, a record or a compression that the topic's format does not hold; and what the client itself can not send.
 */
const PERMANENT = new Set([-190, -186, 2, 10, 17, 18, 29, 31, 32, 43, 44, 76, 87]);

/**
 * Parks records in a topic, in Kafka Connect's form (KIP-298, KIP-610): original key, value, headers and timestamp, the
 * context in `__connect.errors.*` headers behind them. A record counts as parked when all in-sync replicas have it.
 */
export class DeadLetterQueue {
  readonly #config: ConnectorConfig;
  readonly #taskId: number;
  readonly #producer: KafkaProducer;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #announce: (fact: TaskFact) => void;

  constructor(parts: {
    config: ConnectorConfig;
    taskId: number;
    producer: KafkaProducer;
    clock: Clock;
    random: Random;
    announce: (fact: TaskFact) => void;
  }) {
    this.#config = parts.config;
    this.#taskId = parts.taskId;
    this.#producer = parts.producer;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#announce = parts.announce;
  }

  /** Connects and creates the topic when it is missing. @throws KafkaError when it can't be had. */
  async open(signal: AbortSignal): Promise<void> {
    const topic = this.#config.errors.deadLetterTopic!;
    await this.#producer.connect(signal);
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#producer.ensureTopic(topic, 1, this.#config.errors.deadLetterReplicationFactor);
        return;
      } catch (error: unknown) {
        const fault = toFault(error);
        if (PERMANENT.has(fault.code) || fault.fatal) {
          throw new KafkaError({ ...fault, message: `dead letter topic ${topic}: ${fault.message}` }, { cause: error });
        }
        this.#announce({
          kind: 'client-fault',
          fault: { ...fault, message: `dead letter topic ${topic}: ${fault.message}` },
        });
        await sleep(this.#clock, this.#delay(attempt), signal);
      }
    }
  }

  /**
   * Publishes one record; repeats for as long as the brokers are out of order, since nothing may pass it meanwhile.
   * @param response what is kept of the answer that refused it
   * @returns false when the signal ended it.
   * @throws KafkaError when Kafka refuses it for good.
   */
  async publish(record: SinkRecord, error: RecordError, signal: Signal, response?: ResponseExcerpt): Promise<boolean> {
    const { topic, partition, offset } = record;
    const headers = this.#headers(record, error, response);
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#producer.publish({
          topic: this.#config.errors.deadLetterTopic!,
          key: record.key,
          value: record.value,
          headers,
          timestamp: record.timestamp,
        });
        this.#announce({ kind: 'dead-letter-acknowledged', topic, partition, offset });
        return true;
      } catch (thrown: unknown) {
        const fault = toFault(thrown);
        const permanent = PERMANENT.has(fault.code) || fault.fatal;
        const retryInMs = permanent ? null : this.#delay(attempt);
        this.#announce({ kind: 'dead-letter-failed', topic, partition, offset, reason: fault.message, retryInMs });
        if (retryInMs === null) throw new KafkaError(fault, { cause: thrown });
        await sleep(this.#clock, retryInMs, signal);
      }
    }
    return false;
  }

  async close(timeoutMs: number): Promise<void> {
    await this.#producer.disconnect(timeoutMs);
  }

  #headers(record: SinkRecord, error: RecordError, response: ResponseExcerpt | undefined): SinkRecord['headers'] {
    const { deadLetterContextHeaders, deadLetterResponseHeaders } = this.#config.errors;
    const ours = [
      ...(deadLetterContextHeaders ? this.#context(record, error) : []),
      ...(deadLetterResponseHeaders && response !== undefined ? responseHeaders(error, response) : []),
    ];
    return ours.length === 0 ? record.headers : [...record.headers, ...ours];
  }

  #context(record: SinkRecord, error: RecordError): Header[] {
    const texts: readonly (readonly [string, string])[] = [
      ['topic', record.topic],
      ['partition', String(record.partition)],
      ['offset', String(record.offset)],
      ['connector.name', this.#config.name],
      ['task.id', String(this.#taskId)],
      ['stage', error.stage],
      ['class.name', error.className],
      ['exception.class.name', error.exceptionClassName],
      ['exception.message', error.message],
      ['exception.stacktrace', traceOf(error)],
    ];
    const headers: Header[] = texts.map(([name, text]) => [PREFIX + name, Buffer.from(text)]);
    if (error.httpStatus !== undefined) headers.push(['tailrace.http.status', Buffer.from(String(error.httpStatus))]);
    return headers;
  }

  #delay(attempt: number): number {
    return backoff(attempt + 1, null, FIRST_RETRY_MS, MAX_RETRY_MS, this.#random);
  }
}

function responseHeaders({ message }: RecordError, { status, body, record }: ResponseExcerpt): Header[] {
  const texts: readonly (readonly [string, string])[] = [
    ['status', String(status)],
    ['reason', message],
    ['body', body],
    ...(record === null
      ? []
      : ([
          ['record.status', String(record.status)],
          ['record.body', record.body],
        ] as const)),
  ];
  return texts.map(([name, text]) => [RESPONSE_PREFIX + name, Buffer.from(text)]);
}

/** In the form of Java's `printStackTrace`, without frames: there are no Java ones. */
function traceOf({ exceptionClassName, message, causes = [] }: RecordError): string {
  return [`${exceptionClassName}: ${message}`, ...causes.map(cause => `Caused by: ${cause}`), ''].join('\n');
}
