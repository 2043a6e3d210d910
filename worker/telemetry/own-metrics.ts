import { counter, gauge, histogram, type Metric, PARTITION, TASK, WORKER } from './metric.ts';

/** What Kafka Connect has no metrics for. */
export const OWN_METRICS = {
  commitsFailed: counter(
    'tailrace_offset_commit_failures_total',
    TASK,
    'Offset commits that failed; they are repeated.',
  ),
  taskRestarts: counter(
    'tailrace_task_restarts_total',
    TASK,
    'Times that the task has started again by itself (errors.restart.max), or its process has.',
  ),
  taskCrashes: counter(
    'tailrace_task_crashes_total',
    TASK,
    'Times that the process of the task has ended by itself, or was killed (task.isolation=process).',
  ),
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
  recordSeconds: histogram(
    'tailrace_record_latency_seconds',
    TASK,
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400],
    "From a record's timestamp to its confirmation by the endpoint; of records confirmed together a few are looked at and stand for the others.",
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
  spans: counter(
    'tailrace_spans_total',
    [...TASK, 'result'],
    'Spans of requests (telemetry.traces): exported, or dropped since the collector did not take them.',
  ),
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
