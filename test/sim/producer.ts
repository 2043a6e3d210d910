import type { KafkaProducer, ProducerRecord } from '../../worker/task/ports.ts';
import { kafkaFault, type SimBroker } from './broker.ts';
import { CODE } from './group.ts';
import type { Host } from './host.ts';
import type { SeededRandom } from './random.ts';

export interface ProducerHooks {
  /** @returns what to call when the dead letter is in the log, and when the producer is told so. */
  readonly starts: (record: ProducerRecord) => { readonly written: () => void; readonly acknowledged: () => void };
  /** The port's contract is broken. */
  readonly contract: (broken: string) => void;
  readonly mark: (name: string) => void;
}

const CODE_PURGED = -152;

/** The producer of dead letters: slow, refused, or written with the acknowledgement lost. */
export class SimProducer implements KafkaProducer {
  readonly #host: Host;
  readonly #broker: SimBroker;
  readonly #hooks: ProducerHooks;
  readonly #random: SeededRandom;
  /** Dead letters without an answer: what ends each. */
  readonly #pending = new Set<(error: Error | null) => void>();
  #flushed: (() => void) | null = null;
  #disconnected = false;

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
    if (this.#disconnected) this.#hooks.contract('a dead letter after the disconnect');
    const { written, acknowledged } = this.#hooks.starts(record);
    const held = this.#random.chance(this.#broker.faults.produceHeld) ? this.#random.logInt(1_000, 120_000) : 0;
    if (held > 0) this.#hooks.mark('dead letter held');
    await this.#attempt(written, held);
    acknowledged();
  }

  /** As the adapter does it: what has no answer is waited for, then it is refused. */
  disconnect(timeoutMs: number): Promise<void> {
    this.#disconnected = true;
    return new Promise(resolve => {
      const close = (): void => {
        this.#flushed = null;
        const error = kafkaFault(CODE_PURGED, 'the producer was disconnected before the brokers answered');
        for (const end of [...this.#pending]) end(error);
        this.#host.post('loop', this.#random.between(1, 100), resolve);
      };
      if (this.#pending.size === 0) return close();
      this.#flushed = close;
      this.#host.post('loop', timeoutMs, () => this.#flushed?.());
    });
  }

  #attempt(write: () => void, heldMs = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error: Error | null): void => {
        if (!this.#pending.delete(end)) return;
        if (error === null) resolve();
        else reject(error);
        if (this.#pending.size === 0) this.#flushed?.();
      };
      this.#pending.add(end);
      const failed = this.#broker.away || this.#random.chance(this.#broker.faults.produceError);
      const written = !failed || (!this.#broker.away && this.#random.chance(0.5));
      this.#broker.scheduler.after(this.#random.between(0.5, 20) + heldMs, () => {
        if (written) write();
        if (failed) this.#hooks.mark(written ? 'dead letter acknowledgement lost' : 'dead letter refused');
        const error = kafkaFault(CODE.requestTimedOut, 'the brokers did not acknowledge it in time');
        const delay = this.#random.between(0.5, 20) + (failed ? this.#random.between(0, 5_000) : 0);
        this.#host.post('loop', delay, () => end(failed ? error : null));
      });
    });
  }
}
