import { backoff } from '../backoff.ts';
import type { Announce, Clock, Random } from '../ports.ts';
import type { Signal } from '../scope.ts';
import type { Refusal } from './answers/classify.ts';

export interface GateParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: Announce;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

/** The first wait before what can't be read is sent again, milliseconds; it doubles each time. */
const PATIENCE_MS = 60_000;
const PATIENCE_MAX_MS = 300_000;

/** The leave to send one attempt; handed back exactly once: `accept`, `refuse` or `release`. */
export interface Pass {
  /** How often the gate had been parked when this was given out. */
  readonly era: number;
  readonly probe: boolean;
}

interface Parked {
  reason: string;
  readonly since: number;
  /** Refusals since it was parked, and those of them that are answered with patience. */
  refusals: number;
  patient: number;
  /** Monotonic time of the next probe, for the report; `ready` is set when its timer fires. */
  readyAt: number;
  ready: boolean;
  probing: boolean;
}

/**
 * The endpoint's gate, one for all deliveries. Open: everybody passes. Parked, because the endpoint refused us as a
 * whole: one probe at a time passes, with back-off in between, and its success opens the gate for all.
 */
export class Gate {
  readonly #parts: GateParts;
  readonly #waiting = new Set<() => void>();
  #parked: Parked | null = null;
  #era = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  get parked(): { readonly reason: string; readonly since: number } | null {
    return this.#parked;
  }

  /** Waits until an attempt may be sent; null when the signal fired first. */
  async enter(signal: Signal): Promise<Pass | null> {
    while (!signal.aborted) {
      const parked = this.#parked;
      if (parked === null) return { era: this.#era, probe: false };
      if (parked.ready && !parked.probing) {
        parked.probing = true;
        return { era: this.#era, probe: true };
      }
      await this.#change(signal);
    }
    return null;
  }

  /** Whether an attempt may still be sent with it: the gate was not closed since, or it is the probe. */
  admits(pass: Pass): boolean {
    return this.#parked === null || pass.era === this.#era;
  }

  /** The endpoint took the request (whatever it said about the records in it). */
  accept(pass: Pass): void {
    const parked = this.#parked;
    // An attempt that had begun before the gate was parked says nothing about the endpoint since.
    if (parked === null || pass.era !== this.#era) return;
    this.#parked = null;
    this.close();
    this.#parts.announce({ kind: 'endpoint-recovered', afterMs: this.#parts.clock.now() - parked.since });
    this.#wake();
  }

  /**
   * The endpoint refuses us as a whole.
   * @returns milliseconds until the next probe
   */
  refuse(pass: Pass, { reason, patient }: Pick<Refusal, 'reason' | 'patient'>): number {
    const now = this.#parts.clock.now();
    const before = this.#parked;
    // Requests that were in flight together are refused together; that is one refusal.
    if (before !== null && pass.era !== this.#era) return Math.max(0, before.readyAt - now);
    const parked = before ?? {
      reason,
      since: now,
      refusals: 0,
      patient: 0,
      readyAt: now,
      ready: false,
      probing: false,
    };
    if (before === null) this.#era++;
    this.#parked = parked;
    const delay = this.#postpone(parked, patient);
    if (before === null || before.reason !== reason) {
      this.#parts.announce({ kind: 'endpoint-parked', reason, retryInMs: delay });
    }
    parked.reason = reason;
    return delay;
  }

  /** The attempt said nothing about it: it was given up, or the endpoint is out of order. */
  release(pass: Pass, tried: boolean): void {
    if (this.#parked === null || !pass.probe || pass.era !== this.#era) return;
    if (tried) this.#postpone(this.#parked, false);
    else {
      this.#parked.probing = false;
      this.#wake();
    }
  }

  /** Stops the timer of the next probe. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #postpone(parked: Parked, patient: boolean): number {
    const { clock, random, retryBackoffMs, retryBackoffMaxMs } = this.#parts;
    parked.refusals++;
    parked.probing = false;
    if (patient) parked.patient++;
    const least = patient ? Math.min(PATIENCE_MAX_MS, PATIENCE_MS * 2 ** Math.min(parked.patient - 1, 10)) : null;
    const delay = backoff(parked.refusals, least, retryBackoffMs, retryBackoffMaxMs, random);
    parked.readyAt = clock.now() + delay;
    parked.ready = false;
    this.#cancelTimer?.();
    this.#cancelTimer = clock.timer(delay, () => {
      parked.ready = true;
      this.#wake();
    });
    return delay;
  }

  #wake(): void {
    for (const resume of [...this.#waiting]) resume();
  }

  #change(signal: Signal): Promise<void> {
    return new Promise(resolve => {
      const resume = (): void => {
        this.#waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      this.#waiting.add(resume);
      signal.addEventListener('abort', resume);
    });
  }
}
