import type { KafkaProducer, ProducerRecord } from '../../worker/task/ports.ts';
import { kafkaFault, type SimBroker } from './broker.ts';
import { CODE } from './group.ts';
import type { Host } from './host.ts';
import type { SeededRandom } from './random.ts';

export interface ProducerHooks {
  /** @returns what to call when the dead letter is in the log, and when the producer is told so. */
  readonly starts: (record: ProducerRecord) => { readonly written: () => void; readonly acknowledged: () => void };
  readonly mark: (name: string) => void;
}

/** The producer of dead letters: slow, refused, or written with the acknowledgement lost. */
export class SimProducer implements KafkaProducer {
  readonly #host: Host;
  readonly #broker: SimBroker;
  readonly #hooks: ProducerHooks;
  readonly #random: SeededRandom;

  constructor(parts: { host: Host; broker: SimBroker; hooks: ProducerHooks; random: SeededRandom }) {
    this.#host = parts.host;
    this.#broker = parts.broker;
    this.#hooks = parts.hooks;
    this.#random = parts.random;
  }

  connect(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        if (signal.aborted) reject(kafkaFault(CODE.timedOut, 'connect was given up'));
        else if (this.#broker.away) this.#host.post('loop', 500, attempt);
        else resolve();
      };
      this.#host.post('loop', this.#random.between(1, 100), attempt);
    });
  }

  ensureTopic(): Promise<void> {
    return this.#attempt(() => {});
  }

  async publish(record: ProducerRecord): Promise<void> {
    const { written, acknowledged } = this.#hooks.starts(record);
    await this.#attempt(written);
    acknowledged();
  }

  disconnect(): Promise<void> {
    return new Promise(resolve => {
      this.#host.post('loop', this.#random.between(1, 100), resolve);
    });
  }

  #attempt(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = this.#broker.away || this.#random.chance(this.#broker.faults.produceError);
      const written = !failed || (!this.#broker.away && this.#random.chance(0.5));
      this.#broker.scheduler.after(this.#random.between(0.5, 20), () => {
        if (written) write();
        if (failed) this.#hooks.mark(written ? 'dead letter acknowledgement lost' : 'dead letter refused');
        const error = kafkaFault(CODE.requestTimedOut, 'the brokers did not acknowledge it in time');
        const delay = this.#random.between(0.5, 20) + (failed ? this.#random.between(0, 5_000) : 0);
        this.#host.post('loop', delay, () => (failed ? reject(error) : resolve()));
      });
    });
  }
}
