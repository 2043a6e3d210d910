import type { Arrivals } from './access-log.ts';
import { median } from './statistics.ts';
import { cpuSecondsAt, peakMBAt, type UsagePoint } from './usage-trace.ts';

/** One run of one case. */
export interface Sample {
  /** Between the first and the last request (or read). */
  readonly recordsPerSecond: number;
  /** Of the whole process tree, between the same moments. */
  readonly cpuSecondsPerMillion: number;
  /** Peak of resident memory until the last request, MB of 10^6 bytes. */
  readonly peakMB: number;
  readonly requests: number;
  /** From the start of the process to its first request. */
  readonly startSeconds: number;
  /** CPU seconds until then. */
  readonly startCpuSeconds: number;
  /** From connecting to holding partitions, of a process that tells; else null. */
  readonly joinSeconds: number | null;
}

/** @throws RangeError when all came in one request: there is no time between the first and the last then. */
export function toSample(
  begun: number,
  arrivals: Arrivals,
  points: readonly UsagePoint[],
  joinSeconds: number | null,
): Sample {
  const { first, last, records, firstRecords, requests } = arrivals;
  const counted = records - firstRecords;
  if (counted === 0 || last <= first) throw new RangeError('too few records to measure anything');
  const startCpuSeconds = cpuSecondsAt(points, first);
  return {
    recordsPerSecond: (counted / (last - first)) * 1000,
    cpuSecondsPerMillion: ((cpuSecondsAt(points, last) - startCpuSeconds) / counted) * 1e6,
    peakMB: peakMBAt(points, last),
    requests,
    startSeconds: (first - begun) / 1000,
    startCpuSeconds,
    joinSeconds,
  };
}

/** Each figure's own median. */
export function medians(samples: readonly Sample[]): Sample {
  const of = (key: Exclude<keyof Sample, 'joinSeconds'>): number => median(samples.map(each => each[key]));
  const joins = samples.map(each => each.joinSeconds).filter(each => each !== null);
  return {
    recordsPerSecond: of('recordsPerSecond'),
    cpuSecondsPerMillion: of('cpuSecondsPerMillion'),
    peakMB: of('peakMB'),
    requests: of('requests'),
    startSeconds: of('startSeconds'),
    startCpuSeconds: of('startCpuSeconds'),
    joinSeconds: joins.length === 0 ? null : median(joins),
  };
}
