import { TransportError } from '../../connector/errors.ts';
import type { HttpTransport } from '../../connector/ports.ts';

/** What all of a measurement may use. */
export interface Limits {
  readonly requests: number;
  /** Of bodies, as they are sent. */
  readonly bytes: number;
  readonly ms: number;
}

export function partOf({ requests, bytes, ms }: Limits, part: number): Limits {
  return { requests: requests * part, bytes: bytes * part, ms: ms * part };
}

export function without(all: Limits, kept: Limits): Limits {
  return { requests: all.requests - kept.requests, bytes: all.bytes - kept.bytes, ms: Math.max(0, all.ms - kept.ms) };
}

/** Counts what was sent, and lets nothing be sent beyond a limit. */
export class Bounds {
  readonly limits: Limits;
  readonly #began: number;
  #requests = 0;
  #bytes = 0;
  #reached: keyof Limits | null = null;

  /** @param now monotonic milliseconds */
  constructor(limits: Limits, now: number) {
    this.limits = limits;
    this.#began = now;
  }

  /** What was used of them by now. */
  used(now: number): Limits {
    return { requests: this.#requests, bytes: this.#bytes, ms: now - this.#began };
  }

  left(now: number): Limits {
    const used = this.used(now);
    const { requests, bytes, ms } = this.limits;
    return { requests: requests - used.requests, bytes: bytes - used.bytes, ms: Math.max(0, ms - used.ms) };
  }

  /** The first of them that something was not sent for; null while none was. */
  get reached(): keyof Limits | null {
    return this.#reached;
  }

  /** Takes a request of so many bytes, or leaves it. */
  take(bytes: number, now: number): boolean {
    const left = this.left(now);
    if (left.ms <= 0) this.#reached ??= 'ms';
    else if (left.requests < 1) this.#reached ??= 'requests';
    else if (left.bytes < bytes) this.#reached ??= 'bytes';
    else {
      this.#requests += 1;
      this.#bytes += bytes;
      return true;
    }
    return false;
  }
}

export interface BoundedParts {
  readonly bounds: Bounds;
  readonly now: () => number;
  /** Called before a request fails that is beyond them: whatever waits for it is to end. */
  readonly stop: () => void;
}

/** A transport that sends no request beyond the bounds, repetitions included. */
export function createBoundedTransport(inner: HttpTransport, { bounds, now, stop }: BoundedParts): HttpTransport {
  return {
    send(request, options) {
      if (bounds.take(request.body.length, now())) return inner.send(request, options);
      stop();
      return Promise.reject(new TransportError('a bound of the measurement is reached', 'BOUND', true, false));
    },
    close: () => inner.close(),
  };
}
