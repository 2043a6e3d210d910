import type { ConnectorStatus, TaskSlot } from '../../status.ts';
import { quantile, type Tally } from '../../telemetry/distribution.ts';
import { allOf, type History, lagOfTask } from '../../telemetry/history.ts';
import { sumOfKnown } from '../../telemetry/known.ts';
import { activeOf } from '../../telemetry/status-metrics.ts';
import type { Observed } from '../../telemetry/telemetry.ts';
import { STEP_MS } from '../../telemetry/track.ts';
import type { Figures, Quantiles, Totals } from './model.ts';

/** Steps over which a rate is told, and over which a trend. */
const RATE_STEPS = 2;
const TREND_STEPS = 24;
/** Every so many steps a point of a small trend. */
const STEPS_A_POINT = 6;

type Column = readonly (number | null)[];

/** A task, and what is known of it beside its status. */
export interface ObservedTask {
  readonly slot: TaskSlot;
  /** Null for one that was never started. */
  readonly observed: Observed | null;
}

/** @param task null: the tasks are all those of the connector */
export function figuresOf(
  connector: string,
  task: number | null,
  tasks: readonly ObservedTask[],
  history: History,
): Figures {
  const sum = (of: (one: ObservedTask) => number): number => tasks.reduce((all, one) => all + of(one), 0);
  const rate = (name: 'records' | 'bytes' | 'requests') => mean(history.column(connector, task, name, RATE_STEPS));
  const recent = (of: (one: Observed) => { recent(): Tally }) =>
    quantilesOf(allOf(tasks.flatMap(({ observed }) => (observed === null ? [] : of(observed).recent()))));
  return {
    lag: sumOfKnown(tasks.map(({ slot }) => lagOfTask(slot.status))),
    lagPerSecond: slopeOf(history.column(connector, task, 'lag', TREND_STEPS) ?? []),
    recordsPerSecond: rate('records'),
    bytesPerSecond: rate('bytes'),
    requestsPerSecond: rate('requests'),
    requestMs: recent(({ activity }) => activity.requestMs),
    recordMs: recent(({ activity }) => activity.recordMs),
    batch: recent(({ activity }) => activity.batch),
    requestsInFlight: sum(({ slot }) => slot.status.requestsInFlight),
    maxInFlight: sum(({ slot: { config } }) => config.delivery.maxInFlight * (config.endpoints?.length ?? 1)),
    bufferedBytes: sum(({ slot }) => slot.status.bufferedBytes),
    bufferMaxBytes: sum(({ slot }) => slot.config.delivery.bufferMaxBytes),
    unresolved: sum(({ slot }) => slot.status.partitions.reduce((all, at) => all + at.unresolved, 0)),
    uncommitted: sum(({ slot }) => activeOf(slot.status)),
    totals: totalsOf(tasks),
  };
}

export function trendOf(connector: string, task: number | null, history: History): Column {
  const column = history.column(connector, task, 'lag') ?? [];
  return column.filter((_, index) => (column.length - 1 - index) % STEPS_A_POINT === 0);
}

export function observedTasks(
  { config, tasks }: ConnectorStatus,
  observe: (connector: string, task: number) => Observed | null,
): readonly ObservedTask[] {
  return tasks.map(slot => ({ slot, observed: observe(config.name, slot.id) }));
}

function totalsOf(tasks: readonly ObservedTask[]): Totals {
  const counted = (id: 'read' | 'sent' | 'requests' | 'retries') =>
    tasks.reduce((all, { observed }) => all + (observed?.total(id) ?? 0), 0);
  const given = (verdict: 'deadLettered' | 'skipped') =>
    tasks.flatMap(({ slot }) => Object.values(slot.status.topics)).reduce((all, counts) => all + counts[verdict], 0);
  return {
    read: counted('read'),
    delivered: counted('sent'),
    deadLettered: given('deadLettered'),
    skipped: given('skipped'),
    requests: counted('requests'),
    retries: counted('retries'),
  };
}

function quantilesOf(tally: Tally | null): Quantiles | null {
  return tally === null ? null : { p50: quantile(tally, 0.5)!, p99: quantile(tally, 0.99)! };
}

function mean(column: Column | null): number | null {
  const known = (column ?? []).flatMap(value => value ?? []);
  return known.length === 0 ? null : average(known);
}

/** Of the straight line that fits the last points best, a second; null where there are too few. */
function slopeOf(column: Column): number | null {
  const points = column.flatMap((y, index) => (y === null ? [] : { x: (index * STEP_MS) / 1000, y }));
  if (points.length < TREND_STEPS / 4) return null;
  const middle = { x: average(points.map(({ x }) => x)), y: average(points.map(({ y }) => y)) };
  const spread = points.reduce((all, { x }) => all + (x - middle.x) ** 2, 0);
  return points.reduce((all, { x, y }) => all + (x - middle.x) * (y - middle.y), 0) / spread;
}

function average(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0) / values.length;
}
