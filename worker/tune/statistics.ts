/**
 * The smallest value that at least this part of all does not exceed (nearest rank); 0 of none.
 * @param sorted ascending
 * @param part from 0 to 1
 */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

const GROUPS = 8;
/** In each group. */
const LEAST_EVENTS = 3;

/**
 * How well a rate is known, of 1: the standard error of its mean over groups of events that follow each other, since neighbours are
 * alike where they wait for each other.
 * @param times when each happened, ascending
 * @param from when the counting began
 * @returns Infinity for too few
 */
export function relativeError(times: readonly number[], from: number): number {
  const each = Math.floor(times.length / GROUPS);
  if (each < LEAST_EVENTS) return Number.POSITIVE_INFINITY;
  const borders = Array.from({ length: GROUPS + 1 }, (_, group) => (group === 0 ? from : times[group * each - 1]!));
  const spans = borders.slice(1).map((border, group) => border - borders[group]!);
  const mean = spans.reduce((sum, span) => sum + span, 0) / GROUPS;
  if (mean <= 0) return Number.POSITIVE_INFINITY;
  const variance = spans.reduce((sum, span) => sum + (span - mean) ** 2, 0) / (GROUPS - 1);
  return Math.sqrt(variance / GROUPS) / mean;
}

/** Of few events, those that come together at either edge decide what is counted. */
const COUNTED_ERROR = 0.05;

/**
 * Events a second in a loop in which each is followed by the next: as they were counted, or, where that says little, as many as are in flight in the time
 * that one takes (Little's law).
 * @param cycleMs that time on average; null: not known
 */
export function throughput(times: readonly number[], from: number, inFlight: number, cycleMs: number | null): number {
  const ms = (times.at(-1) ?? from) - from;
  const counted = ms > 0 ? (1_000 * times.length) / ms : 0;
  if (cycleMs === null || cycleMs <= 0 || relativeError(times, from) <= COUNTED_ERROR) return counted;
  return (1_000 * inFlight) / cycleMs;
}
