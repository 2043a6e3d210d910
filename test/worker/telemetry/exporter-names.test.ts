import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../../worker/telemetry/metric.ts';
import { METRICS } from '../../../worker/telemetry/metrics.ts';

/**
 * What exporters make of Kafka Connect's attributes: a rule's pattern over `domain<bean><>attribute: value`, the name and the labels that it gives. The
 * first that matches counts. As Strimzi's packaging/examples/metrics/kafka-connect-metrics.yaml has them, and the JMX exporter's examples/kafka-connect.yml.
 */
type Rule = readonly [pattern: RegExp, name: string, labels: readonly string[]];

const OF_TASK =
  /^kafka\.connect<type=(.+)-metrics, connector=(.+), task=(.+)><>(.+-(?:total|count|ms|ratio|seq-no|rate|max|avg|failures|requests|timestamp|logged|errors|retries|skipped)): /;

const STRIMZI: readonly Rule[] = [
  [
    /^kafka\.connect<type=connector-metrics, connector=(.+)><>(connector-class|connector-type|connector-version|status): (.+)/,
    'kafka_connect_connector_$2',
    ['connector', '$2'],
  ],
  [
    /^kafka\.connect<type=connector-task-metrics, connector=(.+), task=(.+)><>status: ([a-z-]+)/,
    'kafka_connect_connector_task_status',
    ['connector', 'task', 'status'],
  ],
  [OF_TASK, 'kafka_connect_$1_$4', ['connector', 'task']],
  [
    /^kafka\.connect<type=connect-worker-metrics, connector=(.+)><>([a-z-]+): /,
    'kafka_connect_worker_$2',
    ['connector'],
  ],
  [/^kafka\.connect<type=connect-worker-metrics><>([a-z-]+): /, 'kafka_connect_worker_$1', []],
  [/^kafka\.connect<type=connect-worker-rebalance-metrics><>([a-z-]+): /, 'kafka_connect_worker_rebalance_$1', []],
];

const JMX_EXAMPLE: readonly Rule[] = [
  [
    /^kafka\.connect<type=connector-task-metrics, connector=(.+), task=(.+)><>status: ([a-z-]+)/,
    'kafka_connect_connector_status',
    ['connector', 'task', 'status'],
  ],
  [
    /^kafka\.connect<type=(.+)-metrics, connector=(.+), task=(.+)><>(.+-(?:total|count|ms|ratio|avg|failures|requests|timestamp|logged|errors|retries|skipped)): /,
    'kafka_connect_$1_$4',
    ['connector', 'task'],
  ],
  ...STRIMZI.slice(3),
];

/** The default rule: domain, type and attribute; the other keys of the bean are labels. Texts have no metric. */
const JMX_DEFAULT: readonly Rule[] = [
  [/^kafka\.connect<type=([^,]+), connector=(.+), task=(.+)><>(.+): \d/, 'kafka_connect_$1_$4', ['connector', 'task']],
  [/^kafka\.connect<type=([^,]+), connector=(.+)><>(.+): \d/, 'kafka_connect_$1_$3', ['connector']],
  [/^kafka\.connect<type=([^,]+)><>(.+): \d/, 'kafka_connect_$1_$2', []],
];

/** ConnectMetricsRegistry of Kafka 4.1, as far as it is about sinks and filled there; names apart by blanks. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'type=connect-worker-metrics': `connector-count task-count
    connector-startup-attempts-total connector-startup-success-total connector-startup-success-percentage
    connector-startup-failure-total connector-startup-failure-percentage
    task-startup-attempts-total task-startup-success-total task-startup-success-percentage
    task-startup-failure-total task-startup-failure-percentage`,
  'type=connect-worker-metrics, connector=c': `connector-total-task-count connector-running-task-count connector-paused-task-count
    connector-failed-task-count connector-unassigned-task-count connector-destroyed-task-count connector-restarting-task-count`,
  'type=connect-worker-rebalance-metrics': `completed-rebalances-total rebalancing rebalance-max-time-ms rebalance-avg-time-ms
    time-since-last-rebalance-ms`,
  'type=connector-metrics, connector=c': 'status connector-type connector-class connector-version',
  'type=connector-task-metrics, connector=c, task=0': `status running-ratio pause-ratio offset-commit-max-time-ms
    offset-commit-avg-time-ms offset-commit-success-percentage offset-commit-failure-percentage batch-size-max batch-size-avg`,
  'type=sink-task-metrics, connector=c, task=0': `sink-record-read-rate sink-record-read-total sink-record-send-rate
    sink-record-send-total sink-record-active-count sink-record-active-count-max sink-record-active-count-avg partition-count
    offset-commit-seq-no offset-commit-completion-rate offset-commit-completion-total offset-commit-skip-rate
    offset-commit-skip-total put-batch-max-time-ms put-batch-avg-time-ms`,
  'type=task-error-metrics, connector=c, task=0': `total-record-failures total-record-errors total-records-skipped total-retries
    total-errors-logged deadletterqueue-produce-requests deadletterqueue-produce-failures last-error-timestamp`,
};

const TEXTS = new Set(['status', 'connector-type', 'connector-class', 'connector-version']);

/** Every series that the rules give, as `name{labels}`. */
function exported(rules: readonly Rule[]): string[] {
  return Object.entries(ATTRIBUTES).flatMap(([bean, attributes]) =>
    attributes.split(/\s+/).flatMap(attribute => {
      const line = `kafka.connect<${bean}><>${attribute}: ${TEXTS.has(attribute) ? 'text' : 0}`;
      const rule = rules.find(([pattern]) => pattern.test(line));
      if (rule === undefined) return [];
      const [pattern, name, labels] = rule;
      const filled = [name, ...labels].map(each =>
        line.match(pattern)![0].replace(pattern, each).replaceAll(/[.-]/g, '_'),
      );
      return [`${filled[0]}{${filled.slice(1).join()}}`];
    }),
  );
}

function ours(names: 'exporter' | 'jmx'): Set<string> {
  return new Set(Object.values(METRICS).map((metric: Metric) => `${metric.names[names]}{${metric.labels.join()}}`));
}

test("all that Strimzi's rules export has the same name and labels", () => {
  const series = exported(STRIMZI);
  assert.ok(series.includes('kafka_connect_sink_task_sink_record_send_total{connector,task}') && series.length > 50);
  const has = ours('exporter');
  assert.deepEqual(
    series.filter(each => !has.has(each)),
    [],
  );
});

test("all that the JMX exporter's example exports has the same name and labels, but for the status of a task", () => {
  const has = ours('exporter');
  assert.deepEqual(
    exported(JMX_EXAMPLE).filter(each => !has.has(each)),
    // Strimzi's name for the connector's, which dashboards count by connector; a task's is kafka_connect_connector_task_status.
    ['kafka_connect_connector_status{connector,task,status}'],
  );
});

test('all that the default rule exports has the same name and labels with metrics.names=jmx', () => {
  const has = ours('jmx');
  const series = exported(JMX_DEFAULT);
  assert.ok(series.includes('kafka_connect_connect_worker_metrics_connector_count{}') && series.length > 50);
  assert.deepEqual(
    series.filter(each => !has.has(each)),
    [],
  );
});

/** Of Strimzi's dashboard for Kafka Connect and its alert rules: what they ask of Kafka Connect itself, and the labels they look at. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  kafka_connect_worker_connector_count: [],
  kafka_connect_worker_task_count: [],
  kafka_connect_worker_connector_running_task_count: ['connector'],
  kafka_connect_worker_connector_paused_task_count: ['connector'],
  kafka_connect_worker_connector_failed_task_count: ['connector'],
  kafka_connect_worker_connector_unassigned_task_count: ['connector'],
  kafka_connect_worker_connector_destroyed_task_count: ['connector'],
  kafka_connect_connector_status: ['connector', 'status'],
  kafka_connect_connector_task_status: ['connector', 'task', 'status'],
};

test("what Strimzi's dashboard and alerts ask for is there, with the labels that they look at", () => {
  const has = new Map(Object.values(METRICS).map((metric: Metric) => [metric.names.exporter, metric.labels]));
  for (const [name, labels] of Object.entries(ASKED)) assert.deepEqual([...(has.get(name) ?? [name])], [...labels]);
});
