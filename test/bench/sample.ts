import type { Arrivals } from './access-log.ts';
import { median } from './statistics.ts';
import { cpuSecondsAt, peakMBAt, type UsagePoint } from './usage-trace.ts';

/** One run of one case. */
export interface Sample {
  /** Between the end of the warm-up and the last request (or read). */
  readonly recordsPerSecond: number;
  /** Between the first request and the end of the warm-up; null where there was none. */
  readonly coldRecordsPerSecond: number | null;
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

/** @throws RangeError when all came in the warm-up, or in one request: there is no time to measure then. */
export function toSample(
  begun: number,
  arrivals: Arrivals,
  points: readonly UsagePoint[],
  joinSeconds: number | null,
): Sample {
  const { first, warm, last, records, firstRecords, warmRecords, requests } = arrivals;
  const counted = records - warmRecords;
  if (counted === 0 || last <= warm) throw new RangeError('too few records to measure anything');
  const startCpuSeconds = cpuSecondsAt(points, first);
  return {
    recordsPerSecond: (counted / (last - warm)) * 1000,
    coldRecordsPerSecond: warm > first ? ((warmRecords - firstRecords) / (warm - first)) * 1000 : null,
    cpuSecondsPerMillion: ((cpuSecondsAt(points, last) - cpuSecondsAt(points, warm)) / counted) * 1e6,
    peakMB: peakMBAt(points, last),
    requests,
    startSeconds: (first - begun) / 1000,
    startCpuSeconds,
    joinSeconds,
  };
}

/** Each figure's own median. */
export function medians(samples: readonly Sample[]): Sample {
  type Optional = 'coldRecordsPerSecond' | 'joinSeconds';
  const of = (key: Exclude<keyof Sample, Optional>): number => median(samples.map(each => each[key]));
  const ofThose = (key: Optional): number | null => {
    const found = samples.map(each => each[key]).filter(each => each !== null);
    return found.length === 0 ? null : median(found);
  };
  return {
    recordsPerSecond: of('recordsPerSecond'),
    coldRecordsPerSecond: ofThose('coldRecordsPerSecond'),
    cpuSecondsPerMillion: of('cpuSecondsPerMillion'),
    peakMB: of('peakMB'),
    requests: of('requests'),
    startSeconds: of('startSeconds'),
    startCpuSeconds: of('startCpuSeconds'),
    joinSeconds: ofThose('joinSeconds'),
  };
}
