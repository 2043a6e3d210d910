import { Counter, collectDefaultMetrics, Gauge, type Metric as PrometheusMetric, Registry } from 'prom-client';
import type { WorkerConfig } from '../../config/types.ts';
import type { Metric } from './metric.ts';
import { METRICS, type MetricId } from './metrics.ts';
import { WeightedHistogram } from './weighted-histogram.ts';

export type Labels = Readonly<Record<string, string | number>>;

/** Every metric of the table, and those of Node's own. */
export interface MetricRegistry {
  readonly contentType: string;
  set(id: MetricId, value: number, labels: Labels): void;
  add(id: MetricId, value: number, labels: Labels): void;
  /** One series of a counter or histogram, for what is called often: prom-client sorts and joins the labels at each call. */
  counter(id: MetricId, labels: Labels): { inc(value: number): void };
  histogram(id: MetricId, labels: Labels): { observe(value: number, weight: number): void };
  /** Forgets all values. */
  reset(id: MetricId): void;
  /** Forgets one series. */
  remove(id: MetricId, labels: Labels): void;
  /** Prometheus' text format. */
  render(): Promise<string>;
}

export function createRegistry(names: WorkerConfig['metricNames']): MetricRegistry {
  const registry = new Registry();
  const entries = Object.entries(METRICS) as [MetricId, Metric][];
  const metrics = new Map(entries.map(([id, metric]) => [id, create(metric, metric.names[names], registry)]));
  collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    set: (id, value, labels) => (metrics.get(id) as Gauge).set(labels, value),
    add: (id, value, labels) => (metrics.get(id) as Counter).inc(labels, value),
    counter: (id, labels) => (metrics.get(id) as Counter).labels(labels),
    histogram: (id, labels) => (metrics.get(id) as WeightedHistogram).labels(labels),
    reset: id => metrics.get(id)!.reset(),
    remove: (id, labels) => metrics.get(id)!.remove(labels),
    render: () => registry.metrics(),
  };
}

function create(metric: Metric, name: string, registry: Registry): Counter | Gauge | WeightedHistogram {
  const common = { name, help: metric.help, labelNames: [...metric.labels], registers: [registry] };
  if (metric.type === 'counter') return new Counter(common);
  if (metric.type === 'gauge') return new Gauge(common);
  const made = new WeightedHistogram({ name, help: metric.help, buckets: metric.buckets ?? [] });
  registry.registerMetric(made as unknown as PrometheusMetric);
  return made;
}
