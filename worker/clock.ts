import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Random } from '../connector/ports.ts';

/** Node's timers overflow above this and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real time. Timers keep the process alive, as the waits they stand for must end. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  timer(ms, callback) {
    // NaN and negative numbers mean "now"; a fraction is rounded up, so that nothing fires early.
    const delay = ms > 0 ? Math.min(Math.ceil(ms), LONGEST_TIMER_MS) : 0;
    const handle = setTimeout(callback, delay);
    return () => clearTimeout(handle);
  },
};

export const systemRandom: Random = () => Math.random();

/** How often the loop's lateness is looked at, milliseconds. */
const RESOLUTION_MS = 10;

/**
 * Measures from now on how late timers fire.
 *
 * @returns a function that gives quantiles (0 to 1) of the time since it was last called, in seconds; 1 is the longest
 */
export function measureLoopDelay(): (quantiles: readonly number[]) => readonly number[] {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return quantiles => {
    // Each sample is the time from one look to the next.
    const late = (ns: number) => Math.max(ns / 1e6 - RESOLUTION_MS, 0) / 1000;
    const found = quantiles.map(quantile => {
      if (histogram.count === 0) return 0;
      return late(quantile === 1 ? histogram.max : histogram.percentile(quantile * 100));
    });
    histogram.reset();
    return found;
  };
}

/** @returns a function that tells how much of the time since it was last called this thread had something to do, of 1 */
export function measureLoopUse(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
