import type { BatchConfig, HttpConfig } from '../../config/types.ts';
import type { Batch, BodyFormat, DeliveryEnd, Places, Sink, SinkState, Verdict } from '../batch.ts';
import type { Announce, Clock, HttpTransport, Random, SmallFiles } from '../ports.ts';
import { Scope, type Signal } from '../scope.ts';
import { sleep } from '../sleep.ts';
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
import { Pace } from './pace.ts';
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
    const { http, batch, transport, files, clock, random, announce, mask = null } = parts;
    const encoder = createEncoder(batch);
    const ofTokens = {
      transport: parts.tokenTransport ?? transport,
      files,
      clock,
      announce,
      timeoutMs: http.timeoutMs,
    };
    const credentials = parts.shared?.credentials ?? createCredentials(http.auth, ofTokens);
    const build = createRequestBuilder(http, encoder.contentType);
    this.#parts = parts;
    const reader = createAnswerReader(http.answers, http.successStatuses);
    const compress = createCompress(http.coding);
    this.#attempt = { http, encoder, credentials, build, compress, transport, clock, reader, mask };
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

  /** Begins with a place, and ends without one. */
  async #run(delivery: Delivery, scope: Scope, places: Places): Promise<DeliveryEnd> {
    const turn = this.#parts.shared?.turn ?? null;
    let taken: Turn | null = null;
    let pass: Pass | null = null;
    let placed = true;
    try {
      while (delivery.next() !== null) {
        pass ??= await this.#gate.enter(scope);
        if (turn !== null && pass !== null) pass = await this.#inTurn(turn, pass, scope);
        if (pass === null) return ABORTED;
        taken = turn;
        const attempted = await attempt(this.#attempt, () => delivery.next(), scope);
        if (attempted === null && scope.aborted) return ABORTED;
        if (attempted === null) break;
        const next = this.#decider.decide(delivery, attempted, pass);
        taken = leave(taken);
        if (next === 'resend') continue;
        pass = null;
        if ('end' in next) return next.end;
        if (next.waitMs === 0) continue;
        placed = false;
        await this.#wait(next.waitMs, scope, places);
        const parts = next.apart ? delivery.apart() : null;
        if (parts !== null) return await this.#runApart(delivery, parts, scope, places);
        if (delivery.next() === null) break;
        placed = await places.enter(scope);
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
  async #inTurn(turn: Turn, given: Pass, scope: Scope): Promise<Pass | null> {
    for (let pass: Pass | null = given; pass !== null; pass = await this.#gate.enter(scope)) {
      const entered = await turn.enter(scope);
      if (entered && this.#gate.admits(pass)) return pass;
      this.#gate.release(pass, false);
      if (!entered) return null;
      turn.leave();
    }
    return null;
  }

  async #wait(ms: number, scope: Scope, places: Places): Promise<void> {
    const over = this.#pace.leave(places);
    await sleep(this.#parts.clock, ms, scope);
    over();
  }

  async #runApart(whole: Delivery, parts: readonly Delivery[], scope: Scope, places: Places): Promise<DeliveryEnd> {
    this.#decider.replace(whole, parts);
    const ends = await Promise.all(
      parts.map(async part => ((await places.enter(scope)) ? await this.#run(part, scope, places) : ABORTED)),
    );
    return ends.reduce((worst, end) => (ENDS.indexOf(end.kind) > ENDS.indexOf(worst.kind) ? end : worst));
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
