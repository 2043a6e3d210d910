import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../../connector/ports.ts';
import type { ConnectorStatus } from '../status.ts';
import type { TaskFact } from '../task/facts.ts';
import { ANNOUNCEMENTS, type Announcement, type Meters } from './announcements.ts';
import { createFactLog } from './fact-log.ts';
import type { Log } from './log.ts';
import { METRICS, type Metric, type MetricId } from './metrics.ts';
import { measureStatus, type StatusMeters } from './status-metrics.ts';
import { createWindow } from './window.ts';

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Asked at each scrape. */
  readonly status: () => readonly ConnectorStatus[];
  /** Log lines that nobody received. */
  readonly droppedLines: () => number;
  /** How late the event loop was since this was last asked, seconds, by quantiles of 0 to 1. */
  readonly loopDelay: (quantiles: readonly number[]) => readonly number[];
}

export interface Telemetry {
  /** One for each task, from when it is built. */
  announcer(task: TaskIdentity): Announcer;
  /** The metrics in Prometheus' text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** Where one task announces its facts. */
export interface Announcer {
  announce(fact: TaskFact): void;
  /**
   * The task is gone: its series leave the metrics, nothing waits to be logged, and what it may still announce is
   * dropped. One of the same name begins at zero. Call it before that one's announcer is made. Idempotent.
   */
  forget(): void;
}

export interface TaskIdentity {
  readonly connector: string;
  readonly task: number;
  /** `errors.log.enable`: every record error gets a line. */
  readonly logEveryRecordError: boolean;
}

type AnyMetric = Counter | Gauge | Histogram;

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, log } = options;
  const registry = new Registry();
  const metrics = new Map<MetricId, AnyMetric>();
  for (const [id, metric] of Object.entries(METRICS) as [MetricId, Metric][]) metrics.set(id, create(metric, registry));
  collectDefaultMetrics({ register: registry });
  gaugeOf('appInfo').set({ version: options.version }, 1);
  gaugeOf('startTime').set(clock.wall());
  const tasks = new Set<TaskMeters>();
  const longestDelay = createWindow(clock);

  function gaugeOf(id: MetricId): Gauge {
    return metrics.get(id) as Gauge;
  }

  const statusMeters: StatusMeters = {
    reset(id) {
      metrics.get(id)!.reset();
    },
    put(id, value, labels) {
      const metric = metrics.get(id);
      if (metric instanceof Counter) metric.inc(labels, value);
      else (metric as Gauge).set(labels, value);
    },
  };

  return {
    contentType: registry.contentType,
    announcer(task) {
      const meters = createTaskMeters(task, metrics, clock);
      tasks.add(meters);
      const lines = createFactLog(task, log.with({ connector: task.connector, task: task.task }), clock, meters);
      return {
        announce(fact) {
          if (!tasks.has(meters)) return;
          const announcement = ANNOUNCEMENTS[fact.kind] as Announcement<TaskFact['kind']>;
          announcement.measure?.(fact as never, meters);
          lines.write(fact, announcement);
        },
        forget() {
          if (!tasks.delete(meters)) return;
          lines.end();
          meters.remove();
        },
      };
    },
    render() {
      for (const meters of tasks) meters.publish();
      measureStatus(options.status(), statusMeters);
      statusMeters.reset('logDropped');
      statusMeters.put('logDropped', options.droppedLines(), {});
      const [median, high, longest] = options.loopDelay([0.5, 0.99, 1]) as [number, number, number];
      statusMeters.put('loopDelay', median, { quantile: '0.5' });
      statusMeters.put('loopDelay', high, { quantile: '0.99' });
      longestDelay.add(longest);
      statusMeters.put('loopDelayMax', longestDelay.max(), {});
      return registry.metrics();
    },
  };
}

function create(metric: Metric, registry: Registry): AnyMetric {
  const common = { name: metric.name, help: metric.help, labelNames: [...metric.labels], registers: [registry] };
  if (metric.type === 'counter') return new Counter(common);
  if (metric.type === 'gauge') return new Gauge(common);
  return new Histogram({ ...common, buckets: [...(metric.buckets ?? [])] });
}

/** What was counted since the last scrape: prom-client sorts and joins the labels at each call, a request has eight. */
interface Tally {
  pending: number;
  readonly counter: Counter.Internal;
}

interface TaskMeters extends Meters {
  /** Puts what is kept outside prom-client into its gauges. */
  publish(): void;
  /** Takes the task's series out of prom-client. */
  remove(): void;
}

const WINDOWS = [
  ['put', 'putMax', 'putAvg'],
  ['batch', 'batchMax', 'batchAvg'],
  ['commit', 'commitMax', 'commitAvg'],
] as const;

function createTaskMeters(task: TaskIdentity, metrics: Map<MetricId, AnyMetric>, clock: Clock): TaskMeters {
  const labels = { connector: task.connector, task: String(task.task) };
  const windows = { put: createWindow(clock), batch: createWindow(clock), commit: createWindow(clock) };
  const tallies = new Map<MetricId, Map<string, Tally>>();
  const histograms = new Map<MetricId, Histogram.Internal<string>>();
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
    const counter = (metrics.get(id) as Counter).labels(labelsOf(id, label));
    const made: Tally = { pending: 0, counter };
    byLabel.set(label, made);
    return made;
  }

  function histogram(id: MetricId): Histogram.Internal<string> {
    const known = histograms.get(id);
    if (known !== undefined) return known;
    const bound = (metrics.get(id) as Histogram).labels(labels);
    histograms.set(id, bound);
    return bound;
  }

  function setGauge(id: MetricId, value: number): void {
    (metrics.get(id) as Gauge).set(labels, value);
  }

  // Counters are there from the start, so that a rate over them sees the first increment.
  for (const [id, metric] of Object.entries(METRICS) as [MetricId, Metric][]) {
    if (metric.type === 'counter' && metric.labels.length === 2) tally(id, '').counter.inc(0);
  }

  return {
    add(id, amount = 1, label = '') {
      tally(id, label).pending += amount;
    },
    set: setGauge,
    observe: (id, value) => histogram(id).observe(value),
    sample: (series, value) => windows[series].add(value),
    stamp: id => setGauge(id, clock.wall()),
    committed(success) {
      if (success) acknowledged += 1;
      else failed += 1;
      tally(success ? 'commits' : 'commitsFailed', '').pending += 1;
    },
    publish() {
      for (const byLabel of tallies.values()) {
        for (const one of byLabel.values()) {
          one.counter.inc(one.pending);
          one.pending = 0;
        }
      }
      for (const [series, max, avg] of WINDOWS) {
        setGauge(max, windows[series].max());
        setGauge(avg, windows[series].average());
      }
      const all = Math.max(acknowledged + failed, 1);
      setGauge('commitSuccess', acknowledged / all);
      setGauge('commitFailure', failed / all);
    },
    remove() {
      for (const [id, metric] of metrics) {
        const [, second, own] = METRICS[id].labels;
        if (second === 'task' && own === undefined) metric.remove(labels);
        else for (const label of tallies.get(id)?.keys() ?? []) metric.remove(labelsOf(id, label));
      }
    },
  };
}
