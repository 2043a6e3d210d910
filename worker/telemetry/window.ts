import type { Clock } from '../../connector/ports.ts';

/** Maximum and average of what came in during about the last minute, and how much of it a second; 0 when nothing did. */
export interface Window {
  add(value: number): void;
  max(): number;
  average(): number;
  rate(): number;
}

const SAMPLE_MS = 30_000;

interface Sample {
  from: number;
  count: number;
  sum: number;
  max: number;
}

/** Two samples of thirty seconds, the older one thrown away whole: what Kafka's own metrics do (metrics.num.samples). */
export function createWindow(clock: Clock): Window {
  const beginning = clock.now();
  let current = emptySample(beginning);
  let previous = emptySample(beginning - SAMPLE_MS);

  function turn(): void {
    const now = clock.now();
    if (now - current.from < SAMPLE_MS) return;
    previous = now - current.from < 2 * SAMPLE_MS ? current : emptySample(now);
    current = emptySample(now);
  }

  return {
    add(value) {
      turn();
      current.count += 1;
      current.sum += value;
      current.max = Math.max(current.max, value);
    },
    max() {
      turn();
      return Math.max(current.max, previous.max);
    },
    rate() {
      turn();
      // A beginning counts as one whole sample, as in Kafka's own: nothing that just came in is a flood.
      const ms = Math.max(clock.now() - Math.max(previous.from, beginning), SAMPLE_MS);
      return ((current.sum + previous.sum) * 1000) / ms;
    },
    average() {
      turn();
      const count = current.count + previous.count;
      return count === 0 ? 0 : (current.sum + previous.sum) / count;
    },
  };
}

function emptySample(from: number): Sample {
  return { from, count: 0, sum: 0, max: 0 };
}
