/** Values by buckets: of the step that is going on, and of about the last minute. Bounded, and nothing is kept a value. */
export class Distribution {
  readonly #bounds: Float64Array;
  /** Of the step, and two halves: as long as `STEPS_A_HALF` steps, the older one thrown away whole. */
  #step: Tally;
  #current: Tally;
  #previous: Tally;
  #steps = 0;

  /** @param bounds upper ones of the buckets, ascending; one more bucket is for what is above */
  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
    this.#step = emptyTally(bounds);
    this.#current = emptyTally(bounds);
    this.#previous = emptyTally(bounds);
  }

  /** @param weight how many equal ones */
  add(value: number, weight = 1): void {
    const tally = this.#step;
    tally.counts[bucketOf(this.#bounds, value)]! += weight;
    tally.count += weight;
    tally.sum += value * weight;
    tally.min = Math.min(tally.min, value);
    tally.max = Math.max(tally.max, value);
  }

  /** What came in since the last time; another step begins. */
  step(): Tally {
    const ended = this.#step;
    if (this.#steps >= STEPS_A_HALF) {
      this.#previous = this.#current;
      this.#current = emptyTally(this.#bounds);
      this.#steps = 0;
    }
    this.#steps += 1;
    merge(this.#current, ended);
    this.#step = emptyTally(this.#bounds);
    return ended;
  }

  /** Of the last 30 to 65 seconds. */
  recent(): Tally {
    const all = emptyTally(this.#bounds);
    for (const tally of [this.#previous, this.#current, this.#step]) merge(all, tally);
    return all;
  }
}

/** Steps of five seconds in half a minute. */
const STEPS_A_HALF = 6;

export interface Tally {
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  count: number;
  sum: number;
  min: number;
  max: number;
}

export function emptyTally(bounds: Float64Array): Tally {
  const counts = new Float64Array(bounds.length + 1);
  return { bounds, counts, count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
}

/** Adds one of the same bounds. */
export function merge(into: Tally, from: Tally): void {
  if (from.count === 0) return;
  for (let at = 0; at < from.counts.length; at++) into.counts[at]! += from.counts[at]!;
  into.count += from.count;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
}

/** Exact to the width of a bucket, and never outside of what there was. Null where there was nothing. */
export function quantile({ bounds, counts, count, min, max }: Tally, share: number): number | null {
  if (count === 0) return null;
  const rank = share * count;
  let below = 0;
  for (let at = 0; at < counts.length; at++) {
    const inside = counts[at]!;
    if (inside > 0 && below + inside >= rank) {
      const low = at === 0 ? 0 : bounds[at - 1]!;
      const high = at < bounds.length ? bounds[at]! : max;
      return Math.min(Math.max(low + ((high - low) * (rank - below)) / inside, min), max);
    }
    below += inside;
  }
  return max;
}

function bucketOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= bounds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Milliseconds from 0.1 to some eight days, eight bounds a doubling: a quantile is exact to nine percent. */
export const MILLISECONDS = Float64Array.from({ length: 8 * 33 }, (_, index) => 0.1 * 2 ** (index / 8));

/** Records of a request: each number up to 20, then twelve a decade, 50, 100, 500 and so on among them. */
export const RECORDS = Float64Array.from(recordBounds());

function recordBounds(): readonly number[] {
  const mantissas = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7.5];
  const decades = [10, 100, 1_000, 10_000, 100_000].flatMap(ten => mantissas.map(mantissa => mantissa * ten));
  const small = Array.from({ length: 20 }, (_, index) => index + 1);
  return [...small, ...decades.filter(bound => bound > 20)];
}
