import type { Clock, Random } from '../../connector/ports.ts';
import { Scope, type Signal } from '../../connector/scope.ts';
import { Publisher } from '../task/delivery/publisher.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaProducer, ProducerRecord } from '../task/ports.ts';
import { type Belonging, topicOf } from './belonging.ts';
import { type Letter, replayedHeaders } from './letter.ts';
import { type Outcome, ReplayError, type Target } from './target.ts';

/** rdkafka.h: invalid topic; topic, cluster or transactional id not authorized. It is the topic that is refused, and every letter of it. */
const OF_TOPIC: ReadonlySet<number> = new Set([17, 29, 31]);

export interface OriginParts {
  readonly belonging: Belonging;
  /** As `createBelonging` has it. */
  readonly originTopic: string | null;
  /** Into the partition that the record had; else its key decides, as with any producer. */
  readonly samePartition: boolean;
  /** Connected by who made it, and closed here. */
  readonly producer: KafkaProducer;
  /** How many partitions a topic has; 0: there is none. */
  readonly partitionCount: (topic: string) => Promise<number>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of each attempt that failed and is repeated. */
  readonly onFailure: (reason: string) => void;
}

const CLOSE_MS = 5_000;

/** Writes records to the topic that they came from: key, value, headers and timestamp as they were, and one header more (`REPLAYED`). */
export function createOriginTarget(parts: OriginParts): Target {
  const { belonging, originTopic, samePartition, producer, clock, random, onFailure } = parts;
  const publisher = new Publisher({ topics: [], producer, clock, random, announce: () => undefined });
  const counts = new Map<string, Promise<number>>();

  async function outcomeOf(letter: Letter, abort: Scope): Promise<Outcome | null> {
    const reason = belonging(letter);
    if (reason !== null) return { kind: 'misplaced', reason };
    const topic = topicOf(letter, originTopic)!;
    // librdkafka takes half a minute to say that there is no such topic.
    if (!counts.has(topic)) counts.set(topic, parts.partitionCount(topic));
    const partitions = await counts.get(topic)!;
    if (partitions === 0) return { kind: 'refused', reason: `its origin topic ${topic} does not exist` };
    const partition = samePartition ? (letter.origin?.partition ?? null) : null;
    if (partition !== null && partition >= partitions) {
      return { kind: 'refused', reason: `${topic} has ${partitions} partitions, and not ${topic}-${partition}` };
    }
    const failed = (why: string, retryInMs: number | null): void => {
      if (retryInMs !== null) onFailure(`${topic}: ${why}; it is tried again`);
    };
    try {
      const taken = await publisher.publish(recordOf(letter, topic, partition), failed, abort);
      return taken ? { kind: 'replayed' } : null;
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      if (error.fatal || OF_TOPIC.has(error.code)) throw new ReplayError(`${topic} can't be written: ${error.message}`);
      return { kind: 'refused', reason: error.message };
    }
  }

  return {
    async deliver(letters, settle, { abort }) {
      const scope = new Scope(abort);
      const each = letters.map(async (letter, index) => {
        const outcome = await outcomeOf(letter, scope);
        if (outcome !== null) settle(index, outcome);
      });
      try {
        await Promise.race([Promise.all(each), aborted(scope)]);
      } finally {
        // One that ends the replay takes the others along.
        scope.abort();
        scope.release();
      }
    },
    close: () => publisher.close(CLOSE_MS),
  };
}

/** What the brokers have not acknowledged by then, the client may go on trying for minutes. */
function aborted(signal: Signal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', resolve);
  });
}

function recordOf(letter: Letter, topic: string, partition: number | null): ProducerRecord {
  const { key, value, timestamp } = letter.record;
  const headers = replayedHeaders(letter);
  return { topic, key, value, headers, timestamp, ...(partition !== null && { partition }) };
}
