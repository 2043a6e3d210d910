import type { Clock } from '../../connector/ports.ts';
import type { ConnectorStatus } from '../status.ts';
import type { TaskStatus } from '../task/task.ts';
import type { Activity } from './activity.ts';
import { emptyTally, merge, quantile, type Tally } from './distribution.ts';
import { sumOfKnown } from './known.ts';
import type { MetricId } from './metrics.ts';
import { activeOf, lagOf } from './status-metrics.ts';
import type { Observed, Telemetry } from './telemetry.ts';
import { SERIES, type SeriesName, STEP_MS, STEPS, type Step, Track } from './track.ts';

/** Columns of equal length: what each was in the step that ended then. Null: not known, or nothing was. */
export interface HistoryView {
  readonly stepMs: number;
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly series: Readonly<Record<SeriesName, readonly (number | null)[]>>;
}

/** What every connector and task of the worker did in the last 15 minutes. */
export interface History {
  /**
   * @param task null: of all its tasks together
   * @param since only the steps that ended after it, epoch milliseconds
   * @returns null where nothing is kept: it is not there, or it is the task of a worker with many
   */
  read(connector: string, task: number | null, since?: number): HistoryView | null;
  /** The last steps of one series of it, all by default. */
  column(connector: string, task: number | null, name: SeriesName, most?: number): readonly (number | null)[] | null;
  close(): void;
}

/** Tasks of which each has a track of its own; of more than that, connectors alone have. */
const MOST_TASK_TRACKS = 200;

export interface HistoryParts {
  readonly clock: Clock;
  readonly status: () => readonly ConnectorStatus[];
  readonly telemetry: Pick<Telemetry, 'observed'>;
}

/** What is read off counters, whose growth in a step is what it is told by. */
const COUNTERS = {
  records: 'sent',
  bytes: 'requestBytes',
  requests: 'requests',
  retries: 'retries',
} as const satisfies Partial<Record<SeriesName, MetricId>>;

type CounterName = keyof typeof COUNTERS;

/** What one task did in a step, to be summed. */
interface TaskStep {
  readonly lag: number | null;
  readonly buffered: number;
  readonly uncommitted: number;
  readonly counts: Readonly<Record<CounterName | 'rejected', number>>;
  readonly tallies: readonly Tally[];
}

/** Begins to look, every five seconds. */
export function createHistory({ clock, status, telemetry }: HistoryParts): History {
  const tracks = new Map<string, Track>();
  const before = new WeakMap<Activity, Readonly<Record<CounterName | 'rejected', number>>>();
  const times = new Float64Array(STEPS);
  let steps = 0;
  let lookedAt = clock.now();
  let cancel = clock.timer(STEP_MS, look);

  function look(): void {
    cancel = clock.timer(STEP_MS, look);
    try {
      take();
    } catch {
      // A status that can't be had costs a step: nobody's view of a worker may end it.
    }
  }

  function take(): void {
    const now = clock.now();
    const seconds = Math.max(now - lookedAt, 1) / 1000;
    lookedAt = now;
    times[steps % STEPS] = clock.wall();
    const connectors = status();
    const isWide = connectors.reduce((sum, { tasks }) => sum + tasks.length, 0) > MOST_TASK_TRACKS;
    const seen = new Set<string>();
    for (const { config, tasks } of connectors) {
      const parts = tasks.map(({ id, status: task }) => {
        const part = stepOf(task, telemetry.observed(config.name, id));
        if (!isWide) keep(keyOf(config.name, id), [part]);
        return part;
      });
      keep(keyOf(config.name, null), parts);
    }
    for (const key of tracks.keys()) if (!seen.has(key)) tracks.delete(key);
    steps += 1;

    function keep(key: string, parts: readonly TaskStep[]): void {
      const track = tracks.get(key) ?? new Track();
      tracks.set(key, track);
      seen.add(key);
      track.put(steps, together(parts, seconds));
    }
  }

  function stepOf(task: TaskStatus, observed: Observed | null): TaskStep {
    const held = { lag: lagOfTask(task), buffered: task.bufferedBytes, uncommitted: activeOf(task) };
    if (observed === null) return { ...held, counts: NOTHING, tallies: [] };
    const { total, activity } = observed;
    const counted = { ...mapped(name => total(COUNTERS[name])), rejected: activity.rejected };
    const last = before.get(activity) ?? NOTHING;
    before.set(activity, counted);
    return {
      ...held,
      counts: { ...mapped(name => counted[name] - last[name]), rejected: counted.rejected - last.rejected },
      tallies: [activity.requestMs.step(), activity.recordMs.step(), activity.batch.step()],
    };
  }

  function range(since: number): readonly [from: number, to: number] {
    const to = steps - 1;
    let from = Math.max(steps - STEPS, 0);
    while (from <= to && times[from % STEPS]! <= since) from++;
    return [from, to];
  }

  return {
    read(connector, task, since = 0) {
      const track = tracks.get(keyOf(connector, task));
      if (track === undefined) return null;
      const [from, to] = range(since);
      return {
        stepMs: STEP_MS,
        times: Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => times[(from + index) % STEPS]!),
        series: Object.fromEntries(
          SERIES.map(name => [name, track.read(name, from, to)]),
        ) as unknown as HistoryView['series'],
      };
    },
    column: (connector, task, name, most = STEPS) =>
      tracks.get(keyOf(connector, task))?.read(name, Math.max(steps - most, 0), steps - 1) ?? null,
    close: () => cancel(),
  };
}

const NOTHING: Readonly<Record<CounterName | 'rejected', number>> = {
  records: 0,
  bytes: 0,
  requests: 0,
  retries: 0,
  rejected: 0,
};

function mapped(of: (name: CounterName) => number): Record<CounterName, number> {
  const names = Object.keys(COUNTERS) as CounterName[];
  return Object.fromEntries(names.map(name => [name, of(name)])) as Record<CounterName, number>;
}

function together(parts: readonly TaskStep[], seconds: number): Step {
  const sum = (of: (part: TaskStep) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const rate = (name: CounterName | 'rejected'): number => sum(part => part.counts[name]) / seconds;
  const [requestMs, recordMs, batch] = [0, 1, 2].map(which => allOf(parts.flatMap(part => part.tallies[which] ?? [])));
  const of = (tally: Tally | null | undefined, share: number) => (tally ? quantile(tally, share) : null);
  return {
    lag: sumOfKnown(parts.map(({ lag }) => lag)),
    records: rate('records'),
    bytes: rate('bytes'),
    requests: rate('requests'),
    retries: rate('retries'),
    rejected: rate('rejected'),
    batch: batch ? batch.sum / batch.count : null,
    requestP50: of(requestMs, 0.5),
    requestP99: of(requestMs, 0.99),
    recordP50: of(recordMs, 0.5),
    recordP99: of(recordMs, 0.99),
    buffered: sum(part => part.buffered),
    uncommitted: sum(part => part.uncommitted),
  };
}

/** Null where nothing is in any. */
export function allOf(tallies: readonly Tally[]): Tally | null {
  const full = tallies.filter(({ count }) => count > 0);
  const [first] = full;
  if (first === undefined) return null;
  const all = emptyTally(first.bounds);
  for (const tally of full) merge(all, tally);
  return all;
}

/** Null while it is known of no partition. */
export function lagOfTask({ partitions }: TaskStatus): number | null {
  return sumOfKnown(partitions.map(lagOf));
}

function keyOf(connector: string, task: number | null): string {
  return `${task ?? ''} ${connector}`;
}
