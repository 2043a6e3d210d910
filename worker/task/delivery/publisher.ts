import { backoff } from '../../../connector/backoff.ts';
import type { Clock, Random } from '../../../connector/ports.ts';
import type { Signal } from '../../../connector/scope.ts';
import { sleep } from '../../../connector/sleep.ts';
import type { TaskFact } from '../facts.ts';
import { KafkaError, toFault } from '../kafka-error.ts';
import type { KafkaProducer, ProducerRecord } from '../ports.ts';

const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 30_000;

/**
 * Kafka answers that repeating the same produce can not change (rdkafka.h): invalid message, message too large, topic
 * or transactional id not authorized, invalid timestamp, policy violation, invalid topic, record list too large, invalid
 * record, a record or a compression that the topic's format does not hold; and what the client itself can not send.
 */
const PERMANENT = new Set([-190, -186, 2, 10, 17, 18, 29, 31, 32, 43, 44, 76, 87]);

/** A topic that the task writes. */
export interface OwnTopic {
  readonly name: string;
  /** What is written there, for the user: `dead letter topic`. */
  readonly what: string;
  /** Where it has to be created. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

export interface PublisherParts {
  readonly topics: readonly OwnTopic[];
  readonly producer: KafkaProducer;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: (fact: TaskFact) => void;
}

/** Writes the task's own topics. A record counts as written when all in-sync replicas have it. */
export class Publisher {
  readonly #parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** Connects and creates the topics that are missing. @throws KafkaError when they can't be had. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#parts.producer.connect(signal);
    for (const topic of this.#parts.topics) await this.#ensure(topic, signal);
  }

  /**
   * Publishes one record; repeats for as long as the brokers are out of order, since nothing may pass it meanwhile.
   * @param failed told of each failure, with the milliseconds until the next attempt; null when Kafka refuses it for good
   * @returns false when the signal ended it.
   * @throws KafkaError when Kafka refuses it for good.
   */
  async publish(
    record: ProducerRecord,
    failed: (reason: string, retryInMs: number | null) => void,
    signal: Signal,
  ): Promise<boolean> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#parts.producer.publish(record);
        return true;
      } catch (thrown: unknown) {
        const fault = toFault(thrown);
        const permanent = PERMANENT.has(fault.code) || fault.fatal;
        const retryInMs = permanent ? null : this.#delay(attempt);
        failed(fault.message, retryInMs);
        if (retryInMs === null) throw new KafkaError(fault, { cause: thrown });
        await sleep(this.#parts.clock, retryInMs, signal);
      }
    }
    return false;
  }

  async close(timeoutMs: number): Promise<void> {
    await this.#parts.producer.disconnect(timeoutMs);
  }

  async #ensure({ name, what, partitions, replicationFactor }: OwnTopic, signal: AbortSignal): Promise<void> {
    const { producer, clock, announce } = this.#parts;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await producer.ensureTopic(name, partitions, replicationFactor);
        return;
      } catch (error: unknown) {
        const fault = toFault(error);
        const told = { ...fault, message: `${what} ${name}: ${fault.message}` };
        if (PERMANENT.has(fault.code) || fault.fatal) throw new KafkaError(told, { cause: error });
        announce({ kind: 'client-fault', fault: told });
        await sleep(clock, this.#delay(attempt), signal);
      }
    }
  }

  #delay(attempt: number): number {
    return backoff(attempt + 1, null, FIRST_RETRY_MS, MAX_RETRY_MS, this.#parts.random);
  }
}
