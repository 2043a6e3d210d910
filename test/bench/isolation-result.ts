import type { Machine } from './machine.ts';
import { count } from './report.ts';
import { median } from './statistics.ts';
import type { Verdict } from './targets.ts';

/** Milliseconds from send to arrival of one run. */
export interface Delays {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Where the busy partitions are, and what is quiet beside them; `bare`: the client without a product, our limit. */
export type Place = 'alone' | 'connectors' | 'partitions' | 'bare' | 'bare-partitions';

export interface PlaceResult {
  readonly place: Place;
  readonly label: string;
  /** Each figure's own median. */
  readonly median: Delays;
  readonly samples: readonly Delays[];
}

/** Records/s of the other partitions, with one whose records the endpoint refuses and without. */
export interface StuckResult {
  readonly free: readonly number[];
  readonly stuck: readonly number[];
}

/** isolation.json. */
export interface IsolationResult {
  readonly machine: Machine;
  readonly runs: number;
  /** Records a second, and for how many seconds. */
  readonly rate: number;
  readonly seconds: number;
  /** How long nothing had moved before each measurement, seconds. */
  readonly quietSeconds: number;
  readonly places: readonly PlaceResult[];
  readonly stuck: StuckResult;
}

/** Delays beside what is quiet, of those alone. */
const MOST_DELAY = 1.2;
/** Records/s beside what is stuck, of those without it. */
const LEAST_RATE = 0.9;

export function delayMedians(samples: readonly Delays[]): Delays {
  const of = (figure: (sample: Delays) => number): number => median(samples.map(figure));
  return { p50: of(each => each.p50), p90: of(each => each.p90), p99: of(each => each.p99), max: of(each => each.max) };
}

export function delayRows({ places, rate }: IsolationResult): string[][] {
  const rows = places.map(({ place, label, median: { p50, p90, p99, max } }) => {
    const alone = p99Of(places, place.startsWith('bare') ? 'bare' : 'alone');
    const ratio = alone === null ? '–' : `${(p99 / alone).toFixed(2)} ×`;
    return [label, ...[p50, p90, p99, max].map(value => value.toFixed(1)), ratio];
  });
  return [[`${rate} records/s to 8 partitions`, 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'p99, of that alone'], ...rows];
}

export function stuckRows({ stuck: { free, stuck } }: IsolationResult): string[][] {
  const row = (label: string, samples: readonly number[]): string[] => [
    label,
    samples.length === 0 ? '–' : count(median(samples)),
  ];
  return [
    ['a backlog in eight partitions', 'records/s of seven'],
    row('the endpoint takes all', free),
    row('the endpoint refuses the records of the eighth', stuck),
  ];
}

export function isolationTargets({ places, stuck: { free, stuck } }: IsolationResult): Verdict[] {
  const alone = p99Of(places, 'alone');
  const beside = (place: Place, what: string): Verdict => {
    const p99 = p99Of(places, place);
    const value = p99 === null || alone === null ? null : p99 / alone;
    return { what, value, bound: 'at most', target: MOST_DELAY, unit: '×' };
  };
  return [
    beside('connectors', 'p99 beside 20 quiet connectors, of that alone'),
    beside('partitions', 'p99 beside 504 quiet partitions, of that alone'),
    {
      what: 'records/s beside a stuck partition, of those without it',
      value: free.length === 0 || stuck.length === 0 ? null : median(stuck) / median(free),
      bound: 'at least',
      target: LEAST_RATE,
      unit: '×',
    },
  ];
}

function p99Of(places: readonly PlaceResult[], place: Place): number | null {
  return places.find(each => each.place === place)?.median.p99 ?? null;
}
