import type { ConnectorConfig } from '../../../config/types.ts';
import type { Header, SinkRecord } from '../../../connector/block.ts';
import type { RecordError } from '../../../connector/record-error.ts';
import type { Signal } from '../../../connector/scope.ts';
import type { TaskFact } from '../facts.ts';
import type { Publisher } from './publisher.ts';

const PREFIX = '__connect.errors.';

/**
 * Parks records in a topic, in Kafka Connect's form (KIP-298, KIP-610): original key, value, headers and timestamp, the
 * context in `__connect.errors.*` headers behind them. A record counts as parked when all in-sync replicas have it.
 */
export class DeadLetterQueue {
  readonly #config: ConnectorConfig;
  readonly #taskId: number;
  readonly #publisher: Publisher;
  readonly #announce: (fact: TaskFact) => void;

  constructor(parts: {
    config: ConnectorConfig;
    taskId: number;
    publisher: Publisher;
    announce: (fact: TaskFact) => void;
  }) {
    this.#config = parts.config;
    this.#taskId = parts.taskId;
    this.#publisher = parts.publisher;
    this.#announce = parts.announce;
  }

  /**
   * Publishes one record, and repeats that as `Publisher.publish` does.
   * @returns false when the signal ended it.
   * @throws KafkaError when Kafka refuses it for good.
   */
  async publish(record: SinkRecord, error: RecordError, signal: Signal): Promise<boolean> {
    const { topic, partition, offset } = record;
    const { deadLetterTopic, deadLetterContextHeaders } = this.#config.errors;
    const letter = {
      topic: deadLetterTopic!,
      key: record.key,
      value: record.value,
      headers: deadLetterContextHeaders ? [...record.headers, ...this.#context(record, error)] : record.headers,
      timestamp: record.timestamp,
    };
    const failed = (reason: string, retryInMs: number | null): void =>
      this.#announce({ kind: 'dead-letter-failed', topic, partition, offset, reason, retryInMs });
    const acknowledged = await this.#publisher.publish(letter, failed, signal);
    if (acknowledged) this.#announce({ kind: 'dead-letter-acknowledged', topic, partition, offset });
    return acknowledged;
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
}

/** In the form of Java's `printStackTrace`, without frames: there are no Java ones. */
function traceOf({ exceptionClassName, message, causes = [] }: RecordError): string {
  return [`${exceptionClassName}: ${message}`, ...causes.map(cause => `Caused by: ${cause}`), ''].join('\n');
}
