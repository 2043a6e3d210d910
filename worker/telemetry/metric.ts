import type { WorkerConfig } from '../../config/types.ts';

/** What a metric is, and what makes one. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** `metrics.names`: as the rules of the JMX exporter's and Strimzi's examples make them, or as its default rule does. */
export type MetricNames = Readonly<Record<WorkerConfig['metricNames'], string>>;

export interface Metric {
  readonly names: MetricNames;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

export const WORKER: readonly string[] = [];
export const CONNECTOR = ['connector'] as const;
export const TASK = ['connector', 'task'] as const;
export const PARTITION = [...TASK, 'topic', 'partition'] as const;

/** Kafka Connect's groups of metrics: what their names begin with. */
const GROUPS = {
  'app-info': { exporter: 'kafka_connect_app_info', jmx: 'kafka_connect_app_info' },
  'connect-worker-metrics': { exporter: 'kafka_connect_worker_', jmx: 'kafka_connect_connect_worker_metrics_' },
  'connect-worker-rebalance-metrics': {
    exporter: 'kafka_connect_worker_rebalance_',
    jmx: 'kafka_connect_connect_worker_rebalance_metrics_',
  },
  'connector-metrics': { exporter: 'kafka_connect_connector_', jmx: 'kafka_connect_connector_metrics_' },
  'connector-task-metrics': { exporter: 'kafka_connect_connector_task_', jmx: 'kafka_connect_connector_task_metrics_' },
  'sink-task-metrics': { exporter: 'kafka_connect_sink_task_', jmx: 'kafka_connect_sink_task_metrics_' },
  'task-error-metrics': { exporter: 'kafka_connect_task_error_', jmx: 'kafka_connect_task_error_metrics_' },
} as const;

/** A metric of Kafka Connect's, by its group and the attribute. */
export function attribute(group: keyof typeof GROUPS, name: string): MetricNames {
  const { exporter, jmx } = GROUPS[group];
  const rest = name.replaceAll('-', '_');
  return { exporter: exporter + rest, jmx: jmx + rest };
}

/** @param names text for one of our own, which has one name */
export function counter(names: MetricNames | string, labels: readonly string[], help: string): Metric {
  return { names: both(names), type: 'counter', help, labels };
}

export function gauge(names: MetricNames | string, labels: readonly string[], help: string): Metric {
  return { names: both(names), type: 'gauge', help, labels };
}

export function histogram(name: string, labels: readonly string[], buckets: readonly number[], help: string): Metric {
  return { names: both(name), type: 'histogram', help, labels, buckets };
}

function both(names: MetricNames | string): MetricNames {
  return typeof names === 'string' ? { exporter: names, jmx: names } : names;
}
