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
