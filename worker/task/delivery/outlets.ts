import { Batcher } from '../../../connector/batcher.ts';
import type { Roster } from '../order/roster.ts';
import type { TaskEndpoint } from '../task.ts';
import type { Flights } from './flights.ts';

/** From ready lanes to requests, endpoint by endpoint: none waits for what another one lacks. */
export class Outlets {
  readonly #batchers: readonly Batcher[];
  readonly #roster: Roster;
  readonly #flights: Flights;

  constructor(
    endpoints: readonly Pick<TaskEndpoint, 'format' | 'lingerMs'>[],
    { roster, flights }: { readonly roster: Roster; readonly flights: Flights },
  ) {
    this.#batchers = endpoints.map(({ format, lingerMs }) => new Batcher(format, lingerMs));
    this.#roster = roster;
    this.#flights = flights;
  }

  /** Hands over all batches that are due and that there is room for. */
  submit(now: number): void {
    for (let endpoint = 0; endpoint < this.#batchers.length; endpoint++) {
      while (this.#flights.hasRoom(endpoint)) {
        const batch = this.#batchers[endpoint]!.take(this.#roster.ready(endpoint), now);
        if (batch === null) break;
        this.#flights.submit(batch, endpoint);
      }
    }
  }

  /** When `submit` has something to do next without an event; Infinity never. */
  get nextAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (let endpoint = 0; endpoint < this.#batchers.length; endpoint++) {
      if (!this.#flights.hasRoom(endpoint)) continue;
      at = Math.min(at, this.#batchers[endpoint]!.dueAt(this.#roster.ready(endpoint)));
    }
    return at;
  }
}
