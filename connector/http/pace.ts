import type { Places } from '../batch.ts';
import type { Delivery } from './delivery.ts';

/**
 * Tells one partition's trouble from an outage, by the deliveries that the endpoint has refused since it last took a
 * request. One alone: its place is for others while it waits. Several: the endpoint is out of order, and everybody knocking
 * in turn would only add to its load. So places are kept through the waits, and whoever fails waits as long as those who
 * have failed for longest: as many requests go out as if nobody gave a place up.
 */
export class Pace {
  readonly #refused = new Set<Delivery>();
  readonly #kept = new Set<() => void>();
  #refusals = 0;
  /** How many deliveries were given up. */
  #givenUp = 0;
  /** Attempts of the one that has failed for longest; each place that is kept makes one more a round. */
  #longest = 0;

  /** @returns which attempt of how many the back-off of this delivery is to be counted by. */
  refuse(delivery: Delivery): number {
    this.#refused.add(delivery);
    const rounds = Math.floor(++this.#refusals / (this.#kept.size + 1));
    this.#longest = Math.max(this.#longest, delivery.attempt, rounds);
    return this.isOutage ? this.#longest : delivery.attempt;
  }

  /** The endpoint took a request: kept places are for others again. */
  accept(): void {
    this.#refused.clear();
    this.#refusals = 0;
    this.#givenUp = 0;
    this.#longest = 0;
    for (const leave of this.#kept) leave();
    this.#kept.clear();
  }

  /** What it asked for last is not asked again, which makes the endpoint no better. */
  giveUp(delivery: Delivery): void {
    if (this.#refused.delete(delivery)) this.#givenUp++;
  }

  /** The delivery has ended, or goes on in parts. */
  forget(delivery: Delivery): void {
    this.#refused.delete(delivery);
  }

  /**
   * Gives a place up for a wait that begins.
   * @returns what to call when the wait is over
   */
  leave(places: Places): () => void {
    if (!this.isOutage) {
      places.leave();
      return () => {};
    }
    const leave = (): void => places.leave();
    this.#kept.add(leave);
    return () => {
      if (this.#kept.delete(leave)) leave();
    };
  }

  /** More than one delivery was refused since the endpoint last took a request. */
  get isOutage(): boolean {
    return this.#refused.size + this.#givenUp > 1;
  }
}
