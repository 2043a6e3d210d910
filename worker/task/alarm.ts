import type { Clock } from '../../connector/ports.ts';

/** One timer, set for the next thing that is due. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at` or earlier (whoever is woken early sets it anew); Infinity silences it. */
  set(at: number, now: number): void {
    if (this.#cancel !== null && this.#at <= at && this.#at > now) return;
    this.cancel();
    if (at === Number.POSITIVE_INFINITY) return;
    this.#at = at;
    this.#cancel = this.#clock.timer(Math.max(1, at - now), () => {
      this.#cancel = null;
      this.#ring();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
