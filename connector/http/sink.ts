import type { BatchConfig, HttpConfig } from '../../config/types.ts';
import type { Batch, BodyFormat, DeliveryEnd, Places, Sink, SinkState, Verdict } from '../batch.ts';
import type { Announce, Clock, HttpTransport, Random, SmallFiles } from '../ports.ts';
import { Scope, type Signal } from '../scope.ts';
import { sleep } from '../sleep.ts';
import type { Tracing } from '../spans.ts';
import { createAnswerReader } from './answers/reader.ts';
import { type AttemptParts, attempt } from './attempt.ts';
import { createRequestBuilder } from './build.ts';
import { createCompress } from './coding/coding.ts';
import { createCredentials } from './credentials/create.ts';
import type { Credentials } from './credentials/credentials.ts';
import { Decider } from './decide.ts';
import { Delivery } from './delivery.ts';
import { createEncoder } from './encode.ts';
import { Gate, type Pass } from './gate.ts';
import { repeatedStatuses } from './limits.ts';
import { Pace } from './pace.ts';
import { createRequestSpans } from './request-span.ts';
import type { Turn } from './turns.ts';

export interface HttpSinkParts {
  readonly http: HttpConfig;
  readonly batch: BatchConfig;
  /** With `none`, a delivery halts at its first rejected record. */
  readonly errorsTolerance: 'none' | 'all';
  /** Closed with the sink, as the next one is. */
  readonly transport: HttpTransport;
  /** For token requests, where they go by another one; closed with the sink, too. */
  readonly tokenTransport?: HttpTransport | null;
  readonly files: SmallFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: Announce;
  /** Hides secrets in what dead letters keep of answers; without it they keep nothing. */
  readonly mask?: ((text: string) => string) | null;
  /** What reports keep of answers; without it they keep nothing. */
  readonly bodies?: AttemptParts['bodies'];
  /** Where a span of each request goes; without it there are none. */
  readonly tracing?: Tracing | null;
  /** What several sinks have in common. */
  readonly shared?: Shared | null;
}

export interface Shared {
  /** Not closed with one of them. */
  readonly credentials: Credentials;
  /** Asked for before each attempt. */
  readonly turn: Turn;
}

/** The HTTP sink: records in, verdicts out. */
export function createHttpSink(parts: HttpSinkParts): Sink {
  return new HttpSink(parts);
}

const ABORTED: DeliveryEnd = { kind: 'aborted' };
/** Which end stands for all, when a delivery ended in parts: the last of these. */
const ENDS: readonly DeliveryEnd['kind'][] = ['done', 'halted', 'aborted', 'fatal'];

class HttpSink implements Sink {
  readonly #parts: HttpSinkParts;
  readonly #attempt: AttemptParts;
  readonly #gate: Gate;
  readonly #pace = new Pace();
  readonly #decider: Decider;
  readonly #closing = new Scope();

  constructor(parts: HttpSinkParts) {
    const {
      http,
      batch,
      transport,
      files,
      clock,
      random,
      announce,
      mask = null,
      bodies = null,
      tracing = null,
    } = parts;
    const encoder = createEncoder(batch);
    const ofTokens = {
      transport: parts.tokenTransport ?? transport,
      files,
      clock,
      announce,
      timeoutMs: http.timeoutMs,
    };
    const credentials = parts.shared?.credentials ?? createCredentials(http.auth, ofTokens);
    // The span's own context goes in the place of the record's.
    const built = tracing === null ? http : { ...http, identity: { ...http.identity, traceContext: false } };
    const build = createRequestBuilder(built, encoder.contentType);
    this.#parts = parts;
    const reader = createAnswerReader(http.answers, http.successStatuses);
    const compress = createCompress(http.coding);
    const startSpan = tracing === null ? null : createRequestSpans({ http, tracing, clock, random });
    this.#attempt = { http, encoder, credentials, build, compress, transport, clock, reader, mask, bodies, startSpan };
    const { retryBackoffMs, retryBackoffMaxMs } = http;
    this.#gate = new Gate({ clock, random, announce, retryBackoffMs, retryBackoffMaxMs });
    this.#decider = new Decider({ http, credentials, gate: this.#gate, pace: this.#pace, clock, random, announce });
  }

  get format(): BodyFormat {
    return this.#attempt.encoder.format;
  }

  /** `since` is the clock's monotonic time. */
  get state(): SinkState {
    const { state: credentials } = this.#attempt.credentials;
    return credentials === null ? this.#ofEndpoint : { ...this.#ofEndpoint, credentials };
  }

  get #ofEndpoint(): SinkState {
    const { parked } = this.#gate;
    if (parked !== null) return { state: 'parked', reason: parked.reason, since: parked.since };
    const { failing } = this.#decider;
    return failing === null ? { state: 'ok' } : { state: 'retrying', reason: failing.reason, since: failing.since };
  }

  async deliver(
    batch: Batch,
    report: (verdict: Verdict) => void,
    signal: Signal,
    places: Places,
  ): Promise<DeliveryEnd> {
    const scope = new Scope(signal, this.#closing);
    try {
      return await this.#run(Delivery.of(batch, report, this.#parts.errorsTolerance === 'none'), scope, places);
    } finally {
      scope.release();
    }
  }

  /**
   * Begins with a place, and ends without one.
   * @param waits tells it to begin no attempt any more
   */
  async #run(delivery: Delivery, scope: Scope, places: Places, waits: Signal = scope): Promise<DeliveryEnd> {
    const { http } = this.#parts;
    const turn = this.#parts.shared?.turn ?? null;
    let taken: Turn | null = null;
    let pass: Pass | null = null;
    let placed = true;
    try {
      while (delivery.next() !== null) {
        pass ??= await this.#gate.enter(waits);
        if (turn !== null && pass !== null) pass = await this.#inTurn(turn, pass, waits);
        if (pass === null) return ABORTED;
        const repeated = repeatedStatuses(http.attempts, delivery);
        taken = turn;
        const attempted = await attempt(this.#attempt, () => delivery.next(), scope, delivery.attempt, repeated);
        if (attempted === null && scope.aborted) return ABORTED;
        if (attempted === null) break;
        const next = this.#decider.decide(delivery, attempted, pass);
        taken = leave(taken);
        if (next === 'resend') continue;
        pass = null;
        if ('end' in next) return next.end;
        if (next.waitMs === 0) {
          next.giveUp?.();
          continue;
        }
        placed = false;
        await this.#wait(next.waitMs, waits, places);
        // A stop or a rebalance ends the wait: what is not given up is tried again by whoever has the records next.
        if (!waits.aborted) next.giveUp?.();
        const parts = next.apart ? delivery.apart() : null;
        if (parts !== null) return await this.#runApart(delivery, parts, scope, places, waits);
        if (delivery.next() === null) break;
        placed = await places.enter(waits);
        if (!placed) return ABORTED;
      }
      return delivery.end;
    } finally {
      leave(taken);
      if (pass !== null) this.#gate.release(pass, false);
      this.#decider.forget(delivery);
      if (placed) places.leave();
    }
  }

  /** Waits for its turn: the gate may have closed by then. @returns what it is sent with; null when the signal fired */
  async #inTurn(turn: Turn, given: Pass, signal: Signal): Promise<Pass | null> {
    for (let pass: Pass | null = given; pass !== null; pass = await this.#gate.enter(signal)) {
      const entered = await turn.enter(signal);
      if (entered && this.#gate.admits(pass)) return pass;
      this.#gate.release(pass, false);
      if (!entered) return null;
      turn.leave();
    }
    return null;
  }

  async #wait(ms: number, signal: Signal, places: Places): Promise<void> {
    const over = this.#pace.leave(places);
    await sleep(this.#parts.clock, ms, signal);
    over();
  }

  /** Once one part's end is fatal, the others end with the attempts under way: the task fails, and waits for none of them. */
  async #runApart(
    whole: Delivery,
    parts: readonly Delivery[],
    scope: Scope,
    places: Places,
    waits: Signal,
  ): Promise<DeliveryEnd> {
    this.#decider.replace(whole, parts);
    const all = new Scope(waits);
    const run = async (part: Delivery): Promise<DeliveryEnd> => {
      if (!(await places.enter(all))) return ABORTED;
      const end = await this.#run(part, scope, places, all);
      if (end.kind === 'fatal') all.abort();
      return end;
    };
    try {
      const ends = await Promise.all(parts.map(run));
      return ends.reduce((worst, end) => (ENDS.indexOf(end.kind) > ENDS.indexOf(worst.kind) ? end : worst));
    } finally {
      all.release();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#gate.close();
    const { transport, tokenTransport, shared } = this.#parts;
    if (!shared) await this.#attempt.credentials.close();
    await Promise.all([transport.close(), tokenTransport?.close()]);
  }
}

/** Its turn is over, once it is known what follows. */
function leave(turn: Turn | null): null {
  turn?.leave();
  return null;
}
