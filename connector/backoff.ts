import type { Random } from './ports.ts';

/** Never less between two attempts, whatever is configured: a failing endpoint must not be hammered. */
export const BACKOFF_FLOOR_MS = 50;
/** Far below 2^31 - 1, where a timer would overflow and fire at once. */
export const BACKOFF_CEILING_MS = 3_600_000;

/**
 * How long to wait before the next attempt: exponential, with full jitter, so that many deliveries that failed
 * together do not come back together.
 *
 * @param attempt how many attempts failed, from 1
 * @param hintMs the least wait that the endpoint asked for; the jitter comes on top
 * @param baseMs upper bound of the first wait; each further one doubles it up to `maxMs`
 * @returns milliseconds within BACKOFF_FLOOR_MS … BACKOFF_CEILING_MS
 */
export function backoff(attempt: number, hintMs: number | null, baseMs: number, maxMs: number, random: Random): number {
  const bound = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 40));
  const jitter = Math.floor(random() * (bound + 1));
  return Math.min(Math.max((hintMs ?? 0) + jitter, BACKOFF_FLOOR_MS), BACKOFF_CEILING_MS);
}
