import type { BatchConfig, HttpConfig } from '../../config/types.ts';
import type { Batch, BodyFormat, DeliveryEnd, Sink, SinkState, Verdict } from '../batch.ts';
import type { Announce, Clock, HttpTransport, Random } from '../ports.ts';
import { Scope, type Signal } from '../scope.ts';
import { sleep } from '../sleep.ts';
import { type AttemptParts, attempt } from './attempt.ts';
import { createRequestBuilder } from './build.ts';
import { createCredentials } from './credentials.ts';
import { Decider } from './decide.ts';
import { Delivery } from './delivery.ts';
import { createEncoder } from './encode.ts';
import { Gate, type Pass } from './gate.ts';

export interface HttpSinkParts {
  readonly http: HttpConfig;
  readonly batch: BatchConfig;
  /** With `none`, a delivery halts at its first rejected record. */
  readonly errorsTolerance: 'none' | 'all';
  /** Closed with the sink. */
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: Announce;
}

/** The HTTP sink: records in, verdicts out. */
export function createHttpSink(parts: HttpSinkParts): Sink {
  return new HttpSink(parts);
}

const ABORTED: DeliveryEnd = { kind: 'aborted' };

class HttpSink implements Sink {
  readonly #parts: HttpSinkParts;
  readonly #attempt: AttemptParts;
  readonly #gate: Gate;
  readonly #decider: Decider;
  readonly #closing = new Scope();

  constructor(parts: HttpSinkParts) {
    const { http, batch, transport, clock, random, announce } = parts;
    const encoder = createEncoder(batch);
    const credentials = createCredentials(http.auth, { transport, clock, announce, timeoutMs: http.timeoutMs });
    const build = createRequestBuilder(http, encoder.contentType);
    this.#parts = parts;
    this.#attempt = { http, encoder, credentials, build, transport, clock };
    const { retryBackoffMs, retryBackoffMaxMs } = http;
    this.#gate = new Gate({ clock, random, announce, retryBackoffMs, retryBackoffMaxMs });
    this.#decider = new Decider({ http, credentials, gate: this.#gate, clock, random, announce });
  }

  get format(): BodyFormat {
    return this.#attempt.encoder.format;
  }

  /** `since` is the clock's monotonic time. */
  get state(): SinkState {
    const { parked } = this.#gate;
    if (parked !== null) return { state: 'parked', reason: parked.reason, since: parked.since };
    const { failing } = this.#decider;
    return failing === null ? { state: 'ok' } : { state: 'retrying', reason: failing.reason, since: failing.since };
  }

  async deliver(batch: Batch, report: (verdict: Verdict) => void, signal: Signal): Promise<DeliveryEnd> {
    const delivery = new Delivery(batch, report, this.#parts.errorsTolerance === 'none');
    const scope = new Scope(signal, this.#closing);
    let pass: Pass | null = null;
    try {
      while (delivery.next() !== null) {
        pass ??= await this.#gate.enter(scope);
        if (pass === null) return ABORTED;
        const attempted = await attempt(this.#attempt, () => delivery.next(), scope);
        if (attempted === null && scope.aborted) return ABORTED;
        if (attempted === null) break;
        const next = this.#decider.decide(delivery, attempted, pass);
        if (next === 'resend') continue;
        pass = null;
        if ('end' in next) return next.end;
        await sleep(this.#parts.clock, next.waitMs, scope);
      }
      return delivery.end;
    } finally {
      if (pass !== null) this.#gate.release(pass, false);
      this.#decider.forget(delivery);
      scope.release();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#gate.close();
    this.#attempt.credentials.close();
    await this.#parts.transport.close();
  }
}
