import type { Series, Step } from './growth-plan.ts';
import type { Machine } from './machine.ts';
import { count } from './report.ts';
import { medians, type Sample } from './sample.ts';
import type { Verdict } from './targets.ts';

export interface StepResult {
  readonly label: string;
  readonly records: number;
  readonly recordBytes: number;
  readonly partitions: number;
  readonly connectors: number;
  /** Of each connector. */
  readonly tasks: number;
  readonly median: Sample;
  readonly samples: readonly Sample[];
}

export interface SeriesResult extends Pick<Series, 'name' | 'title' | 'per' | 'each'> {
  readonly steps: readonly StepResult[];
}

/** growth.json. */
export interface GrowthResult {
  readonly machine: Machine;
  readonly runs: number;
  readonly series: SeriesResult[];
}

export function stepResult({ label, topic, connectors, tasks, samples }: Step): StepResult {
  const { recordBytes, partitions, records } = topic;
  return {
    label,
    records: records * connectors,
    recordBytes,
    partitions,
    connectors,
    tasks,
    median: medians(samples),
    samples,
  };
}

/** CPU microseconds per record, or nanoseconds per byte. */
function cost(per: Series['per'], { median, recordBytes }: StepResult): number {
  return per === 'record' ? median.cpuSecondsPerMillion : (median.cpuSecondsPerMillion * 1000) / recordBytes;
}

/** MB that each connector or task more than in the first step has taken. */
function megabytesEach(each: 'connector' | 'task', first: StepResult, step: StepResult): string {
  const countOf = ({ connectors, tasks }: StepResult): number => (each === 'connector' ? connectors : tasks);
  const more = countOf(step) - countOf(first);
  return more === 0 ? '' : ((step.median.peakMB - first.median.peakMB) / more).toFixed(1);
}

export function growthRows({ title, per, each, steps }: SeriesResult): string[][] {
  const rows = steps.map(step => {
    const { median, recordBytes } = step;
    return [
      step.label,
      count(median.recordsPerSecond),
      ((median.recordsPerSecond * recordBytes) / 1e6).toFixed(0),
      cost(per, step).toFixed(2),
      median.peakMB.toFixed(0),
      ...(each === undefined ? [] : [megabytesEach(each, steps[0]!, step)]),
      `${(cost(per, step) / cost(per, steps[0]!)).toFixed(2)} ×`,
    ];
  });
  return [
    [
      ...[title, 'records/s', 'MB/s', per === 'record' ? 'CPU µs a record' : 'CPU ns a byte', 'peak MB'],
      ...(each === undefined ? [] : [`MB for each ${each} more`]),
      'of the first',
    ],
    ...rows,
  ];
}

/** The cost at the far end, of that at the near one; and whether memory stays flat while records pass through. */
export function growthTargets({ series }: GrowthResult): Verdict[] {
  const atMost = (what: string, value: number): Verdict => ({ what, value, bound: 'at most', target: 1.1, unit: '×' });
  return series.flatMap(({ name, title, per, steps }) => {
    const [first, last] = [steps[0]!, steps.at(-1)!];
    const costs = atMost(
      `${title}: CPU per ${per} from ${first.label} to ${last.label}`,
      cost(per, last) / cost(per, first),
    );
    const full = steps[1];
    if (name !== 'backlog' || full === undefined) return [costs];
    const memory = `peak memory from ${full.label} to ${last.label} records of a backlog`;
    return [costs, atMost(memory, last.median.peakMB / full.median.peakMB)];
  });
}
