import type { Clock } from '../../connector/ports.ts';
import type { TaskState } from '../task/facts.ts';
import type { Meters } from './meters.ts';
import type { Metric } from './metric.ts';
import { METRICS, type MetricId } from './metrics.ts';
import type { MetricRegistry } from './registry.ts';
import { createWindow, type Window } from './window.ts';
import type { WorkerMeters } from './worker-meters.ts';

/** What was counted since the last scrape: a request has eight. */
interface Tally {
  total: number;
  pending: number;
  readonly counter: { inc(value: number): void };
}

export interface TaskMeters extends Meters {
  /** What a counter is at, over all labels beside the task's. */
  total(id: MetricId): number;
  /** How many records it has read whose commit is not acknowledged. */
  active(count: number): void;
  /** Puts what is kept outside the registry into its gauges. */
  publish(): void;
  /** Takes the task's series out of the registry. */
  remove(): void;
}

/** Gauges of what came in during the last minute. */
const WINDOWS = {
  put: { max: 'putMax', average: 'putAvg' },
  batch: { max: 'batchMax', average: 'batchAvg' },
  commit: { max: 'commitMax', average: 'commitAvg' },
  active: { max: 'activeMax', average: 'activeAvg' },
  read: { rate: 'readRate' },
  send: { rate: 'sentRate' },
  completion: { rate: 'commitRate' },
  skip: { rate: 'commitSkipRate' },
} as const satisfies Record<string, Partial<Record<'max' | 'average' | 'rate', MetricId>>>;

type WindowName = keyof typeof WINDOWS;

export function createTaskMeters(
  task: { readonly connector: string; readonly task: number },
  registry: MetricRegistry,
  worker: WorkerMeters,
  clock: Clock,
): TaskMeters {
  const labels = { connector: task.connector, task: String(task.task) };
  const names = Object.keys(WINDOWS) as WindowName[];
  const windows = Object.fromEntries(names.map(name => [name, createWindow(clock)])) as Record<WindowName, Window>;
  const tallies = new Map<MetricId, Map<string, Tally>>();
  const histograms = new Map<MetricId, { observe(value: number, weight: number): void }>();
  const states = createStateTimes(clock, worker);
  let acknowledged = 0;
  let failed = 0;

  function labelsOf(id: MetricId, label: string): Record<string, string> {
    const own = METRICS[id].labels[2];
    return own === undefined ? labels : { ...labels, [own]: label };
  }

  function tally(id: MetricId, label: string): Tally {
    const byLabel = tallies.get(id) ?? new Map<string, Tally>();
    tallies.set(id, byLabel);
    const known = byLabel.get(label);
    if (known !== undefined) return known;
    const made: Tally = { total: 0, pending: 0, counter: registry.counter(id, labelsOf(id, label)) };
    byLabel.set(label, made);
    return made;
  }

  function histogram(id: MetricId): { observe(value: number, weight: number): void } {
    const known = histograms.get(id) ?? registry.histogram(id, labels);
    histograms.set(id, known);
    return known;
  }

  // Counters are there from the start, so that a rate over them sees the first increment.
  for (const [id, metric] of Object.entries(METRICS) as [MetricId, Metric][]) {
    if (metric.type === 'counter' && metric.labels.length === 2) tally(id, '').counter.inc(0);
  }

  return {
    add(id, amount = 1, label = '') {
      count(tally(id, label), amount);
    },
    total: id => [...(tallies.get(id)?.values() ?? [])].reduce((sum, { total }) => sum + total, 0),
    set: (id, value) => registry.set(id, value, labels),
    observe: (id, value, weight = 1) => histogram(id).observe(value, weight),
    sample: (series, value) => windows[series].add(value),
    active: count => windows.active.add(count),
    stamp: id => registry.set(id, clock.wall(), labels),
    state: state => states.entered(state),
    rebalanced: ms => worker.rebalanced(ms),
    committed(success) {
      if (success) {
        acknowledged += 1;
        windows.completion.add(1);
      } else failed += 1;
      count(tally(success ? 'commits' : 'commitsFailed', ''), 1);
    },
    publish() {
      for (const byLabel of tallies.values()) {
        for (const one of byLabel.values()) {
          one.counter.inc(one.pending);
          one.pending = 0;
        }
      }
      for (const name of names) {
        for (const [figure, id] of Object.entries(WINDOWS[name]) as ['max' | 'average' | 'rate', MetricId][]) {
          registry.set(id, windows[name][figure](), labels);
        }
      }
      const all = Math.max(acknowledged + failed, 1);
      registry.set('commitSuccess', acknowledged / all, labels);
      registry.set('commitFailure', failed / all, labels);
      registry.set('runningRatio', states.ratio('RUNNING'), labels);
      registry.set('pauseRatio', states.ratio('PAUSED'), labels);
    },
    remove() {
      for (const [id, metric] of Object.entries(METRICS) as [MetricId, Metric][]) {
        const [, second, own] = metric.labels;
        if (second === 'task' && own === undefined) registry.remove(id, labels);
        else for (const label of tallies.get(id)?.keys() ?? []) registry.remove(id, labelsOf(id, label));
      }
    },
  };
}

function count(tally: Tally, amount: number): void {
  tally.total += amount;
  tally.pending += amount;
}

/** How long a task was in which state, from the first of its lives on; and which of them got as far as to run. */
function createStateTimes(clock: Clock, worker: WorkerMeters) {
  const beginning = clock.now();
  const times = new Map<TaskState, number>();
  let state: TaskState = 'UNASSIGNED';
  let since = beginning;

  const isUp = (of: TaskState): boolean => of === 'RUNNING' || of === 'PAUSED';

  return {
    entered(next: TaskState): void {
      const now = clock.now();
      times.set(state, (times.get(state) ?? 0) + now - since);
      since = now;
      if (!isUp(state) && isUp(next)) worker.started('task', true);
      if (state === 'UNASSIGNED' && next === 'FAILED') worker.started('task', false);
      state = next;
    },
    ratio(of: TaskState): number {
      const now = clock.now();
      const time = (times.get(of) ?? 0) + (state === of ? now - since : 0);
      return now === beginning ? 0 : time / (now - beginning);
    },
  };
}
