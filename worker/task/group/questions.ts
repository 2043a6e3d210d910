import { CODE_STATE, KafkaError } from '../kafka-error.ts';
import type { KafkaConsumer } from '../ports.ts';

/** How long one question may take, milliseconds. It holds a pool thread meanwhile, which readers and DNS want too. */
const TIMEOUT_MS = 5_000;

/**
 * The owner of all questions that a task has for the brokers: no other part of it calls `KafkaConsumer.committed`, `offsets`
 * or `partitionCounts`. One is under way at a time, the others wait in the order in which they were asked; a question is for
 * many partitions at once, never one each. Once the task leaves, none is begun.
 *
 *   questions.ask((consumer, timeoutMs) => consumer.committed(partitions, timeoutMs))
 *
 * A question that needs several answers asks several times, so that others come in between; it must not ask from within
 * one, which would wait for itself. Whoever asks remembers what was true when it asked: the answer is of then, not of now.
 */
export class Questions {
  readonly #consumer: KafkaConsumer;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(consumer: KafkaConsumer) {
    this.#consumer = consumer;
  }

  /**
   * Rejects with what the question rejects with, or with a KafkaError when it was not begun since the task leaves.
   * @param whileLeaving begun all the same: whoever asks sees to it that it ends before the client is closed
   */
  ask<T>(question: (consumer: KafkaConsumer, timeoutMs: number) => Promise<T>, whileLeaving = false): Promise<T> {
    const answer = this.#last.then(() => {
      if (this.#closed && !whileLeaving)
        throw new KafkaError({ code: CODE_STATE, message: 'the task is leaving', fatal: false });
      return question(this.#consumer, TIMEOUT_MS);
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** The task leaves. */
  close(): void {
    this.#closed = true;
  }
}
