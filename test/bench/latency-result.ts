import type { Machine } from './machine.ts';
import { median } from './statistics.ts';
import type { Verdict } from './targets.ts';

/** One run at low traffic. */
export interface LatencySample {
  readonly records: number;
  readonly requests: number;
  /** Percentiles of the milliseconds from send to arrival. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Percent of one core without a record; null when it was not measured in this run. */
  readonly idleCpuPercent: number | null;
}

/** Each figure's own median. */
export interface LatencyMedian {
  readonly recordsPerRequest: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly idleCpuPercent: number | null;
}

/** latency.json. */
export interface LatencyResult {
  readonly machine: Machine;
  readonly runs: number;
  /** Records a second, and for how many seconds. */
  readonly rate: number;
  readonly seconds: number;
  /** How long a batch waits for more. */
  readonly lingerMs: number;
  readonly contenders: readonly {
    readonly name: string;
    readonly median: LatencyMedian;
    readonly samples: readonly LatencySample[];
  }[];
}

export function latencyMedians(samples: readonly LatencySample[]): LatencyMedian {
  const of = (figure: (sample: LatencySample) => number): number => median(samples.map(figure));
  const idle = samples.map(each => each.idleCpuPercent).filter(each => each !== null);
  return {
    recordsPerRequest: of(each => each.records / each.requests),
    p50: of(each => each.p50),
    p90: of(each => each.p90),
    p99: of(each => each.p99),
    max: of(each => each.max),
    idleCpuPercent: idle.length === 0 ? null : median(idle),
  };
}

export function latencyRows({ contenders, rate }: LatencyResult): string[][] {
  const head = [`${rate} records/s`, 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'records per request', 'idle CPU %'];
  const rows = contenders.map(({ name, median: each }) => [
    name,
    ...[each.p50, each.p90, each.p99, each.max, each.recordsPerRequest].map(value => value.toFixed(1)),
    each.idleCpuPercent?.toFixed(2) ?? '–',
  ]);
  return [head, ...rows];
}

export function latencyTargets({ contenders }: LatencyResult): Verdict[] {
  const ours = contenders.find(({ name }) => name === 'Tailrace')?.median ?? null;
  const p99 = ours?.p99 ?? null;
  const idle = ours?.idleCpuPercent ?? null;
  return [
    { what: 'p99 from send to arrival', value: p99, bound: 'at most', target: 15, unit: 'ms' },
    { what: 'records per request', value: ours?.recordsPerRequest ?? null, bound: 'at least', target: 8, unit: '' },
    { what: 'CPU of an idle worker, of one core', value: idle, bound: 'at most', target: 1, unit: '%' },
  ];
}
