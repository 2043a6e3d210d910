import type { Machine } from './machine.ts';
import { count } from './report.ts';
import { median } from './statistics.ts';
import type { Verdict } from './targets.ts';

/** A load, and what it gave each time, records a second. */
export interface Measured {
  readonly batch: number;
  readonly inFlight: number;
  readonly recordsPerSecond: readonly number[];
}

/** One made-up endpoint. */
export interface TunedEndpoint {
  /** As `--simulate` takes it. */
  readonly endpoint: string;
  readonly recommended: Measured;
  /** Before it was measured. */
  readonly predicted: number;
  /** Of a full grid, the fastest ones, measured again. */
  readonly best: readonly Measured[];
  /** What it took to find out. */
  readonly requests: number;
  readonly seconds: number;
}

/** tune.json. */
export interface TuneBenchResult {
  readonly machine: Machine;
  readonly runs: number;
  readonly endpoints: readonly TunedEndpoint[];
}

/** Of the best of the grid. */
const LEAST_REACHED = 0.95;
/** Of what was measured, either way. */
const MOST_OFF = 0.15;

export function bestOf({ best }: TunedEndpoint): Measured {
  return best.reduce((a, b) => (median(b.recordsPerSecond) > median(a.recordsPerSecond) ? b : a));
}

export function reached(endpoint: TunedEndpoint): number {
  return median(endpoint.recommended.recordsPerSecond) / median(bestOf(endpoint).recordsPerSecond);
}

export function off({ recommended, predicted }: TunedEndpoint): number {
  return predicted / median(recommended.recordsPerSecond) - 1;
}

export function tuneRows({ endpoints }: TuneBenchResult): string[][] {
  const cell = ({ batch, inFlight, recordsPerSecond }: Measured): string =>
    `${count(median(recordsPerSecond))} (${batch.toLocaleString('en')} × ${inFlight})`;
  const rows = endpoints.map(each => [
    `\`${each.endpoint}\``,
    cell(bestOf(each)),
    cell(each.recommended),
    `${reached(each).toFixed(2)} ×`,
    count(each.predicted),
    `${off(each) < 0 ? '−' : '+'}${Math.abs(off(each) * 100).toFixed(1)} %`,
    each.requests.toLocaleString('en'),
    each.seconds.toFixed(0),
  ]);
  const titles = ['best of a grid, records/s', 'recommended', 'of the best', 'predicted', 'off', 'requests', 'seconds'];
  return [['endpoint', ...titles], ...rows];
}

export function tuneTargets({ endpoints }: TuneBenchResult): Verdict[] {
  const none = endpoints.length === 0;
  const worst = none ? null : Math.min(...endpoints.map(reached));
  const furthest = none ? null : Math.max(...endpoints.map(each => Math.abs(off(each))));
  return [
    {
      what: 'recommended, of the best of a full grid',
      value: worst,
      bound: 'at least',
      target: LEAST_REACHED,
      unit: '×',
    },
    {
      what: 'predicted throughput, off by so much of the measured',
      value: furthest,
      bound: 'at most',
      target: MOST_OFF,
      unit: '×',
    },
  ];
}
