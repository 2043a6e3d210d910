/** Every metric of the worker: what `/metrics` shows and what worker/METRICS.md is rendered from. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

const WORKER: readonly string[] = [];
const CONNECTOR = ['connector'] as const;
const TASK = ['connector', 'task'] as const;
const PARTITION = [...TASK, 'topic', 'partition'] as const;

function counter(name: string, labels: readonly string[], help: string): Metric {
  return { name, type: 'counter', help, labels };
}

function gauge(name: string, labels: readonly string[], help: string): Metric {
  return { name, type: 'gauge', help, labels };
}

function histogram(name: string, labels: readonly string[], buckets: readonly number[], help: string): Metric {
  return { name, type: 'histogram', help, labels, buckets };
}

const SINK_TASK = 'kafka_connect_sink_task_';
const CONNECTOR_TASK = 'kafka_connect_connector_task_';
const TASK_ERROR = 'kafka_connect_task_error_';
const PER_CONNECTOR = 'kafka_connect_worker_connector_';

/** Names of Kafka Connect's own metrics, as the usual JMX exporter rules give them, then Tailrace's own. */
export const METRICS = {
  appInfo: gauge('kafka_connect_app_info', ['version'], 'Always 1; the label tells the version.'),
  startTime: gauge('kafka_connect_app_info_start_time_ms', WORKER, 'When the worker started, epoch milliseconds.'),
  connectorCount: gauge('kafka_connect_worker_connector_count', WORKER, 'Connectors run by this worker.'),
  taskCount: gauge('kafka_connect_worker_task_count', WORKER, 'Tasks run by this worker.'),
  connectorTasks: gauge(`${PER_CONNECTOR}total_task_count`, CONNECTOR, 'Tasks of the connector.'),
  runningTasks: gauge(`${PER_CONNECTOR}running_task_count`, CONNECTOR, 'Its tasks in state RUNNING.'),
  pausedTasks: gauge(`${PER_CONNECTOR}paused_task_count`, CONNECTOR, 'Its tasks in state PAUSED.'),
  failedTasks: gauge(`${PER_CONNECTOR}failed_task_count`, CONNECTOR, 'Its tasks in state FAILED.'),
  unassignedTasks: gauge(`${PER_CONNECTOR}unassigned_task_count`, CONNECTOR, 'Its tasks in state UNASSIGNED.'),
  restartingTasks: gauge(`${PER_CONNECTOR}restarting_task_count`, CONNECTOR, 'Its tasks in state RESTARTING.'),
  connectorStatus: gauge(
    'kafka_connect_connector_status',
    ['connector', 'status'],
    '1 for the state that the connector is in.',
  ),
  taskStatus: gauge(`${CONNECTOR_TASK}status`, [...TASK, 'status'], '1 for the state that the task is in.'),
  commitMax: gauge(`${CONNECTOR_TASK}offset_commit_max_time_ms`, TASK, 'Longest offset commit of the last minute.'),
  commitAvg: gauge(`${CONNECTOR_TASK}offset_commit_avg_time_ms`, TASK, 'Average offset commit of the last minute.'),
  commitSuccess: gauge(
    `${CONNECTOR_TASK}offset_commit_success_percentage`,
    TASK,
    'Share of acknowledged offset commits, 0 to 1, since the start.',
  ),
  commitFailure: gauge(
    `${CONNECTOR_TASK}offset_commit_failure_percentage`,
    TASK,
    'Share of failed offset commits, 0 to 1, since the start.',
  ),
  batchMax: gauge(`${CONNECTOR_TASK}batch_size_max`, TASK, 'Most records in one request of the last minute.'),
  batchAvg: gauge(`${CONNECTOR_TASK}batch_size_avg`, TASK, 'Average records in a request of the last minute.'),
  read: counter(`${SINK_TASK}sink_record_read_total`, TASK, 'Records read from Kafka.'),
  sent: counter(`${SINK_TASK}sink_record_send_total`, TASK, 'Records that the endpoint confirmed.'),
  active: gauge(
    `${SINK_TASK}sink_record_active_count`,
    TASK,
    'Offsets read and not yet covered by an acknowledged commit.',
  ),
  partitions: gauge(`${SINK_TASK}partition_count`, TASK, 'Partitions assigned to the task.'),
  commitSequence: gauge(`${SINK_TASK}offset_commit_seq_no`, TASK, 'Number of the last offset commit.'),
  commits: counter(`${SINK_TASK}offset_commit_completion_total`, TASK, 'Acknowledged offset commits.'),
  commitsFailed: counter(
    'tailrace_offset_commit_failures_total',
    TASK,
    'Offset commits that failed; they are repeated.',
  ),
  commitsSkipped: counter(`${SINK_TASK}offset_commit_skip_total`, TASK, 'Commit times with nothing new to commit.'),
  putMax: gauge(`${SINK_TASK}put_batch_max_time_ms`, TASK, 'Longest confirmed request of the last minute.'),
  putAvg: gauge(`${SINK_TASK}put_batch_avg_time_ms`, TASK, 'Average confirmed request of the last minute.'),
  recordFailures: counter(`${TASK_ERROR}total_record_failures`, TASK, 'Records that could not be delivered.'),
  recordErrors: counter(`${TASK_ERROR}total_record_errors`, TASK, 'Record errors: failures and failed requests.'),
  recordsSkipped: counter(`${TASK_ERROR}total_records_skipped`, TASK, 'Undeliverable records that were passed over.'),
  retries: counter(`${TASK_ERROR}total_retries`, TASK, 'Requests that were or will be repeated.'),
  errorsLogged: counter(`${TASK_ERROR}total_errors_logged`, TASK, 'Record errors written to the log.'),
  deadLetters: counter(
    `${TASK_ERROR}deadletterqueue_produce_requests`,
    TASK,
    'Attempts to write a record to the dead letter queue.',
  ),
  deadLetterFailures: counter(
    `${TASK_ERROR}deadletterqueue_produce_failures`,
    TASK,
    'Attempts to write to the dead letter queue that failed; they are repeated.',
  ),
  lastError: gauge(`${TASK_ERROR}last_error_timestamp`, TASK, 'When the last record error was, epoch milliseconds.'),

  records: counter(
    'tailrace_records_total',
    [...TASK, 'topic', 'verdict'],
    'Records per verdict: consumed = delivered + dead_lettered + skipped + what is still open.',
  ),
  reports: counter(
    'tailrace_reports_total',
    [...TASK, 'result'],
    'Reports of outcomes: acknowledged, or attempts to write one that failed; they are repeated.',
  ),
  lag: gauge('tailrace_partition_lag', PARTITION, 'Records between the committed offset and the end of the log.'),
  unresolved: gauge('tailrace_partition_unresolved_records', PARTITION, 'Records received and without a verdict.'),
  oldestUnresolved: gauge(
    'tailrace_oldest_unresolved_seconds',
    TASK,
    'Age of the oldest record without a verdict; 0 when there is none.',
  ),
  inFlight: gauge('tailrace_requests_in_flight', TASK, 'Requests under way.'),
  buffered: gauge('tailrace_buffered_bytes', TASK, 'Bytes of records held in memory.'),
  requests: counter(
    'tailrace_requests_total',
    [...TASK, 'status'],
    'Requests by status class: 2xx, 3xx, 4xx, 5xx, or none when there was no answer.',
  ),
  requestBytes: counter(
    'tailrace_request_bytes_total',
    TASK,
    'Body bytes of confirmed requests, before they are compressed.',
  ),
  requestRecords: histogram(
    'tailrace_request_records',
    TASK,
    [1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10000],
    'Records per confirmed request.',
  ),
  requestSeconds: histogram(
    'tailrace_request_duration_seconds',
    TASK,
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    'Duration of requests, confirmed or not.',
  ),
  ambiguous: counter(
    'tailrace_ambiguous_requests_total',
    TASK,
    'Requests repeated although the endpoint may have taken them: the cause of duplicates.',
  ),
  givenUp: counter(
    'tailrace_requests_given_up_total',
    TASK,
    'Requests that were sent delivery.max.attempts times in vain: the task failed, or their records could not be delivered.',
  ),
  splits: counter('tailrace_batch_splits_total', TASK, 'Batches taken apart to find the records at fault.'),
  parked: gauge('tailrace_endpoint_parked', TASK, '1 while the endpoint refuses the connector as a whole.'),
  tokens: counter(
    'tailrace_token_refreshes_total',
    [...TASK, 'result'],
    'Access tokens asked for, and tokens and keys read from their file: ok or failed.',
  ),
  tokenAge: gauge(
    'tailrace_token_age_seconds',
    TASK,
    'How long ago the token or the keys in use were given or read; only with credentials that are renewed, and while there are any.',
  ),
  tokenExpires: gauge(
    'tailrace_token_expires_in_seconds',
    TASK,
    'How long the token in use is still good, by what the authorization server said; it is renewed a minute before.',
  ),
  clockSkews: counter(
    'tailrace_clock_skews_total',
    TASK,
    "Times that signatures were dated by the endpoint's clock since ours differed.",
  ),
  rebalances: counter('tailrace_rebalances_total', [...TASK, 'kind'], 'Partitions assigned, revoked drained or not.'),
  repeated: counter('tailrace_records_repeated_total', TASK, 'Records that Kafka handed out twice and were dropped.'),
  offsetResets: counter(
    'tailrace_offset_resets_total',
    [...TASK, 'cause'],
    'Times that a position was outside its log, which was deleted up to there or truncated, and auto.offset.reset moved it.',
  ),
  recordsLost: counter(
    'tailrace_records_lost_to_retention_total',
    TASK,
    'Offsets that the log lost before they were read, and that auto.offset.reset passed over; holes of compaction count too.',
  ),
  stalls: counter('tailrace_partition_stalls_total', TASK, 'Times that a partition had records which did not arrive.'),
  partitionFaults: gauge(
    'tailrace_partition_faults',
    TASK,
    'Partitions that bring nothing although they should: the Kafka client reports an error, or records do not arrive.',
  ),
  faults: counter('tailrace_client_faults_total', TASK, 'Errors reported by the Kafka client.'),
  loopDelay: gauge(
    'tailrace_event_loop_delay_seconds',
    ['quantile'],
    'How late the event loop was since the last scrape: the median and the 99th percentile.',
  ),
  loopDelayMax: gauge(
    'tailrace_event_loop_delay_max_seconds',
    WORKER,
    'Longest time that the event loop was held up since the last scrape, and in the last half minute at least.',
  ),
  logDropped: counter('tailrace_log_lines_dropped_total', WORKER, 'Log lines that nobody received.'),
} satisfies Record<string, Metric>;

export type MetricId = keyof typeof METRICS;
