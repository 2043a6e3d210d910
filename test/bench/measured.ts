import { type Usage, usageOf } from './process-usage.ts';

/** One run of one case. */
export interface Sample {
  /** Between the first and the last request (or record). */
  readonly recordsPerSecond: number;
  /** Of the worker's whole process, between the same moments. */
  readonly cpuSecondsPerMillion: number;
  readonly peakMB: number;
  readonly requests: number;
  /** From the start of the process to its first request. */
  readonly startSeconds: number;
}

/** A moment of a run, and what the process had cost by then. */
export interface Mark {
  readonly at: number;
  readonly usage: Usage;
}

export function mark(at: number, pid: number): Mark {
  const usage = usageOf(pid);
  if (usage === null) throw new Error('the process ended too early');
  return { at, usage };
}

export function sample(begun: number, first: Mark, last: Mark, records: number, requests: number): Sample {
  return {
    recordsPerSecond: (records / (last.at - first.at)) * 1000,
    cpuSecondsPerMillion: ((last.usage.cpuSeconds - first.usage.cpuSeconds) / records) * 1e6,
    peakMB: last.usage.peakMB,
    requests,
    startSeconds: (first.at - begun) / 1000,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Each figure's own median. */
export function medians(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample): number => median(samples.map(each => each[key]));
  return {
    recordsPerSecond: of('recordsPerSecond'),
    cpuSecondsPerMillion: of('cpuSecondsPerMillion'),
    peakMB: of('peakMB'),
    requests: of('requests'),
    startSeconds: of('startSeconds'),
  };
}
