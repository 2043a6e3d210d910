import type { Clock } from '../../connector/ports.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves on and fires, in order, the timers that are due. */
  advance(ms: number): void;
  readonly timers: number;
}

export function createManualClock(start = 1000): ManualClock {
  let now = start;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    wall: () => 1_700_000_000_000 + now,
    timer(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter(other => other !== timer);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter(timer => timer !== due);
        now = Math.max(now, due.at);
        due.callback();
      }
      now = end;
    },
    get timers() {
      return timers.length;
    },
  };
}
