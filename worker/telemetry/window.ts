import type { Clock } from '../../connector/ports.ts';

/** Maximum and average of what came in during about the last minute; 0 when nothing did. */
export interface Window {
  add(value: number): void;
  max(): number;
  average(): number;
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
  let current = emptySample(clock.now());
  let previous = emptySample(current.from - SAMPLE_MS);

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
