import { attribute, CONNECTOR, counter, gauge, type Metric, TASK, WORKER } from './metric.ts';

const worker = (name: string) => attribute('connect-worker-metrics', name);
const rebalance = (name: string) => attribute('connect-worker-rebalance-metrics', name);
const connector = (name: string) => attribute('connector-metrics', name);
const task = (name: string) => attribute('connector-task-metrics', name);
const sink = (name: string) => attribute('sink-task-metrics', name);
const error = (name: string) => attribute('task-error-metrics', name);

/** A text, which stands in a label of the attribute's name; the value is always 1. */
function text(of: (name: string) => Metric['names'], labels: readonly string[], name: string, help: string): Metric {
  return gauge(of(name), [...labels, name.replaceAll('-', '_')], `Always 1: ${help}`);
}

/**
 * Kafka Connect's metrics (ConnectMetricsRegistry) as far as a sink of this worker has them: no source tasks, and no worker group, so that the
 * rebalances are those of the tasks' consumer groups.
 */
export const CONNECT_METRICS = {
  appInfo: gauge(attribute('app-info', ''), ['version'], 'Always 1; the label tells the version.'),
  startTime: gauge(attribute('app-info', '_start-time-ms'), WORKER, 'When the worker started, epoch milliseconds.'),

  connectorCount: gauge(worker('connector-count'), WORKER, 'Connectors run by this worker.'),
  taskCount: gauge(worker('task-count'), WORKER, 'Tasks run by this worker.'),
  connectorStartups: counter(worker('connector-startup-attempts-total'), WORKER, 'Connectors that were to be started.'),
  connectorStartupsGood: counter(worker('connector-startup-success-total'), WORKER, 'Connectors that were started.'),
  connectorStartupsBad: counter(
    worker('connector-startup-failure-total'),
    WORKER,
    'Connectors that could not be started.',
  ),
  connectorStartupSuccess: gauge(
    worker('connector-startup-success-percentage'),
    WORKER,
    'Share of connectors that were started, 0 to 1, since the start.',
  ),
  connectorStartupFailure: gauge(
    worker('connector-startup-failure-percentage'),
    WORKER,
    'Share of connectors that could not be started, 0 to 1, since the start.',
  ),
  taskStartups: counter(worker('task-startup-attempts-total'), WORKER, 'Tasks that were started or FAILED before.'),
  taskStartupsGood: counter(worker('task-startup-success-total'), WORKER, 'Tasks that were started.'),
  taskStartupsBad: counter(worker('task-startup-failure-total'), WORKER, 'Tasks that FAILED before they were started.'),
  taskStartupSuccess: gauge(
    worker('task-startup-success-percentage'),
    WORKER,
    'Share of tasks that were started, 0 to 1, since the start.',
  ),
  taskStartupFailure: gauge(
    worker('task-startup-failure-percentage'),
    WORKER,
    'Share of tasks that FAILED before they were started, 0 to 1, since the start.',
  ),
  connectorTasks: gauge(worker('connector-total-task-count'), CONNECTOR, 'Tasks of the connector.'),
  runningTasks: gauge(worker('connector-running-task-count'), CONNECTOR, 'Its tasks in state RUNNING.'),
  pausedTasks: gauge(worker('connector-paused-task-count'), CONNECTOR, 'Its tasks in state PAUSED.'),
  failedTasks: gauge(worker('connector-failed-task-count'), CONNECTOR, 'Its tasks in state FAILED.'),
  unassignedTasks: gauge(worker('connector-unassigned-task-count'), CONNECTOR, 'Its tasks in state UNASSIGNED.'),
  destroyedTasks: gauge(
    worker('connector-destroyed-task-count'),
    CONNECTOR,
    'Its tasks in state DESTROYED: always 0, a task that is gone leaves nothing behind.',
  ),
  restartingTasks: gauge(worker('connector-restarting-task-count'), CONNECTOR, 'Its tasks in state RESTARTING.'),

  groupRebalances: counter(
    rebalance('completed-rebalances-total'),
    WORKER,
    'Assignments that tasks got from their consumer groups.',
  ),
  rebalancing: gauge(
    rebalance('rebalancing'),
    WORKER,
    '1 while a task is UNASSIGNED: it has not joined its group yet.',
  ),
  rebalanceMax: gauge(
    rebalance('rebalance-max-time-ms'),
    WORKER,
    'Longest time of the last minute that a task took to give up partitions: requests under way, then the commit.',
  ),
  rebalanceAvg: gauge(
    rebalance('rebalance-avg-time-ms'),
    WORKER,
    'Average time of the last minute that tasks took to give up partitions.',
  ),
  rebalanceAge: gauge(
    rebalance('time-since-last-rebalance-ms'),
    WORKER,
    'Since a task was last given partitions or gave some up; +Inf before.',
  ),

  connectorStatus: gauge(connector('status'), [...CONNECTOR, 'status'], '1 for the state that the connector is in.'),
  connectorType: text(connector, CONNECTOR, 'connector-type', 'the label tells that it is a sink.'),
  connectorClass: text(connector, CONNECTOR, 'connector-class', "the label tells the connector's class."),
  connectorVersion: text(connector, CONNECTOR, 'connector-version', 'the label tells the version of its class.'),

  taskStatus: gauge(task('status'), [...TASK, 'status'], '1 for the state that the task is in.'),
  taskConnectorType: text(task, TASK, 'connector-type', 'the label tells that it is of a sink.'),
  taskConnectorClass: text(task, TASK, 'connector-class', "the label tells the connector's class."),
  taskConnectorVersion: text(task, TASK, 'connector-version', "the label tells the version of the connector's class."),
  runningRatio: gauge(task('running-ratio'), TASK, 'Share of its time that the task was RUNNING, 0 to 1.'),
  pauseRatio: gauge(task('pause-ratio'), TASK, 'Share of its time that the task was PAUSED, 0 to 1.'),
  commitMax: gauge(task('offset-commit-max-time-ms'), TASK, 'Longest offset commit of the last minute.'),
  commitAvg: gauge(task('offset-commit-avg-time-ms'), TASK, 'Average offset commit of the last minute.'),
  commitSuccess: gauge(
    task('offset-commit-success-percentage'),
    TASK,
    'Share of acknowledged offset commits, 0 to 1, since the start.',
  ),
  commitFailure: gauge(
    task('offset-commit-failure-percentage'),
    TASK,
    'Share of failed offset commits, 0 to 1, since the start.',
  ),
  batchMax: gauge(task('batch-size-max'), TASK, 'Most records in one request of the last minute.'),
  batchAvg: gauge(task('batch-size-avg'), TASK, 'Average records in a request of the last minute.'),

  read: counter(sink('sink-record-read-total'), TASK, 'Records read from Kafka.'),
  readRate: gauge(sink('sink-record-read-rate'), TASK, 'Records read from Kafka a second, over about the last minute.'),
  sent: counter(sink('sink-record-send-total'), TASK, 'Records that the endpoint confirmed.'),
  sentRate: gauge(
    sink('sink-record-send-rate'),
    TASK,
    'Records that the endpoint confirmed a second, over about the last minute.',
  ),
  active: gauge(sink('sink-record-active-count'), TASK, 'Offsets read and not yet covered by an acknowledged commit.'),
  activeMax: gauge(
    sink('sink-record-active-count-max'),
    TASK,
    'Most of them in the last minute; looked at every 5 s while records come, and at each scrape.',
  ),
  activeAvg: gauge(sink('sink-record-active-count-avg'), TASK, 'Average of them in the last minute, as looked at.'),
  partitions: gauge(sink('partition-count'), TASK, 'Partitions assigned to the task.'),
  commitSequence: gauge(sink('offset-commit-seq-no'), TASK, 'Number of the last offset commit.'),
  commits: counter(sink('offset-commit-completion-total'), TASK, 'Acknowledged offset commits.'),
  commitRate: gauge(
    sink('offset-commit-completion-rate'),
    TASK,
    'Acknowledged offset commits a second, over about the last minute.',
  ),
  commitsSkipped: counter(sink('offset-commit-skip-total'), TASK, 'Commit times with nothing new to commit.'),
  commitSkipRate: gauge(
    sink('offset-commit-skip-rate'),
    TASK,
    'Commit times a second with nothing new to commit, over about the last minute.',
  ),
  putMax: gauge(sink('put-batch-max-time-ms'), TASK, 'Longest confirmed request of the last minute.'),
  putAvg: gauge(sink('put-batch-avg-time-ms'), TASK, 'Average confirmed request of the last minute.'),

  recordFailures: counter(error('total-record-failures'), TASK, 'Records that could not be delivered.'),
  recordErrors: counter(error('total-record-errors'), TASK, 'Record errors: failures and failed requests.'),
  recordsSkipped: counter(error('total-records-skipped'), TASK, 'Undeliverable records that were passed over.'),
  retries: counter(error('total-retries'), TASK, 'Requests that were or will be repeated.'),
  errorsLogged: counter(error('total-errors-logged'), TASK, 'Record errors written to the log.'),
  deadLetters: counter(
    error('deadletterqueue-produce-requests'),
    TASK,
    'Attempts to write a record to the dead letter queue.',
  ),
  deadLetterFailures: counter(
    error('deadletterqueue-produce-failures'),
    TASK,
    'Attempts to write to the dead letter queue that failed; they are repeated.',
  ),
  lastError: gauge(error('last-error-timestamp'), TASK, 'When the last record error was, epoch milliseconds.'),
} satisfies Record<string, Metric>;
