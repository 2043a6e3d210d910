import type { ConnectorConfig } from '../../../config/types.ts';
import type { Header, SinkRecord } from '../../../connector/block.ts';
import type { RecordError } from '../../../connector/record-error.ts';
import type { ResponseExcerpt } from '../../../connector/response-excerpt.ts';
import type { Signal } from '../../../connector/scope.ts';
import type { TaskFact } from '../facts.ts';
import type { Publisher } from './publisher.ts';

export const CONTEXT_PREFIX = '__connect.errors.';
export const RESPONSE_PREFIX = '__tailrace.response.';
export const HTTP_STATUS_HEADER = 'tailrace.http.status';

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
   * @param response what is kept of the answer that refused it
   * @returns false when the signal ended it.
   * @throws KafkaError when Kafka refuses it for good.
   */
  async publish(record: SinkRecord, error: RecordError, signal: Signal, response?: ResponseExcerpt): Promise<boolean> {
    const { topic, partition, offset } = record;
    const letter = {
      topic: this.#config.errors.deadLetterTopic!,
      key: record.key,
      value: record.value,
      headers: this.#headers(record, error, response),
      timestamp: record.timestamp,
    };
    const failed = (reason: string, retryInMs: number | null): void =>
      this.#announce({ kind: 'dead-letter-failed', topic, partition, offset, reason, retryInMs });
    const acknowledged = await this.#publisher.publish(letter, failed, signal);
    if (acknowledged) this.#announce({ kind: 'dead-letter-acknowledged', topic, partition, offset });
    return acknowledged;
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
    const headers: Header[] = texts.map(([name, text]) => [CONTEXT_PREFIX + name, Buffer.from(text)]);
    if (error.httpStatus !== undefined) headers.push([HTTP_STATUS_HEADER, Buffer.from(String(error.httpStatus))]);
    return headers;
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
