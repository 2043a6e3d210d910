import type { BatchItem } from '../../connector/batch.ts';
import type { Fact } from '../../connector/facts.ts';
import type { Clock } from '../../connector/ports.ts';
import { Scope, type Signal } from '../../connector/scope.ts';
import { sleep } from '../../connector/sleep.ts';
import { Dispatcher } from '../task/delivery/dispatcher.ts';
import type { Bounds, Limits } from './bounds.ts';
import type { Load, Objection, Point } from './point.ts';
import type { Figures } from './recording.ts';
import type { Sample } from './sample.ts';
import { quantile, relativeError, throughput } from './statistics.ts';
import type { Target } from './target.ts';

export interface MeasureParts {
  readonly target: Target;
  readonly sample: Sample;
  readonly bounds: Bounds;
  readonly clock: Clock;
  /** Ends it at once. */
  readonly signal: Signal;
  /** The longest body. */
  readonly maxBytes: number;
  /** The longest that 99 of 100 requests may take, milliseconds; null: any. */
  readonly latencyP99Ms: number | null;
  /** How much of the time since it was last asked this process was busy, of 1. */
  readonly busy: () => number;
  /** Text of foreign origin as it may be shown. */
  readonly show: (text: string) => string;
  /** Told of each attempt. */
  readonly record: ((figures: Figures) => void) | null;
}

/** The endpoint refuses us as a whole: nothing can be measured. */
export class EndpointRefusedError extends Error {}

/** How well a throughput is to be known, of 1, and how long it is looked at for that at least, milliseconds. */
export interface Care {
  readonly error: number;
  readonly leastMs: number;
}

export const BRIEF: Care = { error: 0.03, leastMs: 250 };
export const LONG: Care = { error: 0.015, leastMs: 2_000 };

const LEAST_REQUESTS = 30;
/** What one point takes at least of the bounds: so many times as many requests as are in flight. */
const LEAST_ROUNDS = 4;
/** More than this part of failures is an objection, once it is more than chance makes of it. */
const MOST_FAILURES = 0.01;
/** How long requests may go on whose answers are not counted any more, milliseconds; then they are given up. */
const LEAST_GRACE_MS = 2_000;
/** How long an endpoint that objected is left alone, milliseconds, where it says nothing else. */
const REST_MS = 1_000;
const MOST_REST_MS = 10_000;
/** So many late requests are no objection by themselves. */
const CHANCE = 2;
const BUSY_STATUSES = [429, 503];

/** How many requests a point takes at least. */
export function leastOf({ inFlight }: Load): number {
  return LEAST_ROUNDS * inFlight + 2;
}

/**
 * Measures one load: so many deliveries at a time through the real sink, each followed by the next. What belongs to the first round is left
 * out. It ends when the throughput is known well, or its share of the bounds is used.
 * @throws EndpointRefusedError
 */
export async function measure(load: Load, share: Limits, parts: MeasureParts, care: Care = BRIEF): Promise<Point> {
  const run = new Run(load, share, parts, care);
  const point = await run.run();
  const { objection } = point;
  if (objection !== null && objection.kind !== 'latency' && objection.kind !== 'too-large') {
    await sleep(parts.clock, Math.min(run.restMs, MOST_REST_MS), parts.signal);
  }
  return point;
}

class Run {
  readonly #load: Load;
  readonly #share: Limits;
  readonly #parts: MeasureParts;
  readonly #care: Care;
  readonly #scope: Scope;
  readonly #began: number;
  readonly #usedBefore: Limits;
  /** Of confirmed requests behind the first round: when, and how long they took. */
  readonly #times: number[] = [];
  readonly #latencies: number[] = [];
  /** Of these, from when each was handed over until the next one could be, milliseconds. */
  #cyclesMs = 0;
  #cycles = 0;
  #windowAt = 0;
  #windowRecords = 0;
  #windowBytes = 0;
  #successes = 0;
  #failures = 0;
  #open = 0;
  #objection: Point['objection'] = null;
  #refused: string | null = null;
  #over = false;
  #busy = 0;
  restMs = REST_MS;
  #wake: () => void = () => undefined;

  constructor(load: Load, share: Limits, parts: MeasureParts, care: Care) {
    this.#load = load;
    this.#care = care;
    this.#share = share;
    this.#parts = parts;
    this.#scope = new Scope(parts.signal);
    this.#began = parts.clock.now();
    this.#usedBefore = parts.bounds.used(this.#began);
  }

  async run(): Promise<Point> {
    const { target, clock, bounds, signal } = this.#parts;
    this.#windowAt = this.#began;
    this.#parts.busy();
    target.listen({ fact: fact => this.#fact(fact), bound: () => this.#abort() });
    const cancelShare = clock.timer(this.#share.ms, () => this.#endIfMeasured());
    const cancelBound = clock.timer(bounds.left(this.#began).ms, () => this.#abort());
    const aborted = (): void => this.#abort();
    signal.addEventListener('abort', aborted);
    try {
      if (signal.aborted) this.#abort();
      await this.#loop();
    } finally {
      cancelShare();
      cancelBound();
      signal.removeEventListener('abort', aborted);
      target.listen(null);
      this.#scope.release();
    }
    if (this.#refused !== null) throw new EndpointRefusedError(this.#parts.show(this.#refused));
    return this.#point();
  }

  async #loop(): Promise<void> {
    const { target, sample, maxBytes, clock } = this.#parts;
    const { batch: records, inFlight } = this.#load;
    const next = sample.batches(target.sink.format, records, maxBytes);
    const dispatcher = new Dispatcher(inFlight, () => this.#wake());
    const rejected = ({ kind, start, end }: { kind: string; item: BatchItem; start: number; end: number }): void => {
      if (kind === 'rejected') this.#failed(end - start, 'the endpoint rejects records');
    };
    const submit = async (): Promise<void> => {
      this.#open += 1;
      const began = clock.now();
      try {
        const batch = next();
        await dispatcher.submit(places => target.deliver(batch, rejected, this.#scope, places));
        if (!this.#over && this.#times.length > 0) {
          this.#cyclesMs += clock.now() - began;
          this.#cycles += 1;
        }
      } catch (error) {
        this.#refused ??= error instanceof Error ? error.message : String(error);
        this.#end();
      } finally {
        this.#open -= 1;
        this.#wake();
      }
    };
    let cancelGrace: (() => void) | null = null;
    while (!this.#over || this.#open > 0) {
      if (!this.#over) dispatcher.readmit();
      while (!this.#over && dispatcher.hasRoom) void submit();
      if (this.#over && cancelGrace === null) {
        const longest = this.#latencies.reduce((most, ms) => Math.max(most, ms), 0);
        cancelGrace = clock.timer(Math.max(LEAST_GRACE_MS, 2 * longest), () => this.#scope.abort());
      }
      if (this.#over && this.#open === 0) break;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    cancelGrace?.();
  }

  #fact(fact: Fact): void {
    const { record } = this.#parts;
    const { inFlight } = this.#load;
    if (fact.kind === 'request-succeeded') {
      const { records, bytes, ms, status } = fact;
      record?.({ inFlight, records, bytes, ms, status });
      this.#succeeded(records, bytes, ms);
    } else if (fact.kind === 'request-failed') {
      const { records, ms, status, retryInMs } = fact;
      record?.({ inFlight, records, bytes: 0, ms, status });
      if (fact.class === 're-authenticate') return;
      if (retryInMs !== null) this.restMs = Math.max(this.restMs, retryInMs);
      if (fact.class === 'split') this.#object('too-large', fact.reason);
      else if (status !== null && BUSY_STATUSES.includes(status)) this.#object('refused', fact.reason);
      else this.#failed(1, fact.reason);
    } else if (fact.kind === 'endpoint-parked') {
      this.#refused ??= fact.reason;
      this.#abort();
    }
  }

  #succeeded(records: number, bytes: number, ms: number): void {
    if (this.#over) return;
    const now = this.#parts.clock.now();
    this.#successes += 1;
    if (this.#successes <= this.#load.inFlight) {
      this.#windowAt = now;
      return;
    }
    this.#times.push(now);
    this.#latencies.push(ms);
    this.#windowRecords += records;
    this.#windowBytes += bytes;
    if (this.#isEnough(now)) this.#end();
  }

  #isEnough(now: number): boolean {
    const { requests, bytes } = this.#parts.bounds.used(now);
    const share = this.#share;
    const isShareUsed =
      requests - this.#usedBefore.requests >= share.requests ||
      bytes - this.#usedBefore.bytes >= share.bytes ||
      now - this.#began >= share.ms;
    if (isShareUsed) return this.#times.length >= Math.min(this.#load.inFlight, share.requests);
    if (this.#times.length < Math.max(LEAST_REQUESTS, 3 * this.#load.inFlight)) return false;
    if (now - this.#windowAt < this.#care.leastMs) return false;
    return relativeError(this.#times, this.#windowAt) <= this.#care.error;
  }

  /** More than one in a hundred, and more than what chance makes of one in a hundred; or nothing else at all. */
  #failed(failures: number, reason: string): void {
    if (this.#over) return;
    this.#failures += failures;
    const expected = MOST_FAILURES * (this.#successes + this.#failures);
    const beyond = this.#failures > 1 + expected + 2 * Math.sqrt(expected);
    if (beyond || (this.#successes === 0 && this.#failures > 1)) this.#object('errors', reason);
  }

  #object(kind: Objection, text: string): void {
    if (this.#over) return;
    this.#objection = { kind, text: this.#parts.show(text) };
    this.#abort();
  }

  /** The time of this point is over: one that has not been measured at all goes on until it is. */
  #endIfMeasured(): void {
    if (this.#times.length >= this.#load.inFlight) this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#busy = this.#parts.busy();
    this.#wake();
  }

  #abort(): void {
    this.#end();
    this.#scope.abort();
    this.#wake();
  }

  #point(): Point {
    const { bounds, clock, latencyP99Ms } = this.#parts;
    const requests = this.#times.length;
    const records = requests === 0 ? this.#load.batch : this.#windowRecords / requests;
    const cycleMs = this.#cycles === 0 ? null : this.#cyclesMs / this.#cycles;
    const requestsPerSecond = throughput(this.#times, this.#windowAt, this.#load.inFlight, cycleMs);
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    const p99Ms = quantile(sorted, 0.99);
    const used = bounds.used(clock.now());
    const sent = used.requests - this.#usedBefore.requests;
    // Of few requests one that is late may be chance.
    const surelyMs = quantile(sorted, Math.min(0.99, 1 - CHANCE / requests));
    const isLate = this.#objection === null && latencyP99Ms !== null && surelyMs > latencyP99Ms;
    return {
      ...this.#load,
      records,
      bodyBytes: requests === 0 ? 0 : this.#windowBytes / requests,
      sentBytes: sent === 0 ? 0 : (used.bytes - this.#usedBefore.bytes) / sent,
      requests,
      failures: this.#failures,
      requestsPerSecond,
      recordsPerSecond: records * requestsPerSecond,
      relativeError: relativeError(this.#times, this.#windowAt),
      meanMs: requests === 0 ? 0 : sorted.reduce((sum, ms) => sum + ms, 0) / requests,
      p50Ms: quantile(sorted, 0.5),
      p99Ms,
      busy: this.#busy,
      objection: isLate
        ? { kind: 'latency', text: `99 of 100 requests take up to ${Math.round(surelyMs)} ms` }
        : this.#objection,
    };
  }
}
