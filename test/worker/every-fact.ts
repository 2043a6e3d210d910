import type { TaskFact } from '../../worker/task/facts.ts';

export type FactOf<K extends TaskFact['kind']> = Extract<TaskFact, { kind: K }>;

export const SUCCEEDED: FactOf<'request-succeeded'> = {
  kind: 'request-succeeded',
  status: 200,
  records: 500,
  bytes: 90_000,
  ms: 40,
  attempt: 1,
};
export const FAILED: FactOf<'request-failed'> = {
  kind: 'request-failed',
  class: 'retry',
  status: 503,
  code: null,
  reason: 'the endpoint answered 503',
  records: 500,
  ms: 20,
  attempt: 1,
  retryInMs: 100,
  ambiguous: true,
};
export const REJECTED: FactOf<'record-rejected'> = {
  kind: 'record-rejected',
  topic: 'orders',
  partition: 2,
  offset: 77,
  timestamp: 5,
  error: { stage: 'VALUE_CONVERTER', className: 'c', exceptionClassName: 'e', message: 'not JSON' },
  outcome: 'dead-lettered',
};
export const FAULT: FactOf<'client-fault'> = {
  kind: 'client-fault',
  fault: { code: -195, message: 'no broker', fatal: false },
};

/** One fact of every kind: a kind without an example does not compile. */
export const EVERY: { readonly [K in TaskFact['kind']]: FactOf<K> } = {
  'task-state': { kind: 'task-state', state: 'FAILED', reason: 'why' },
  'block-received': { kind: 'block-received', records: 10, bytes: 1000, topics: ['orders'] },
  'task-crashed': { kind: 'task-crashed', reason: 'exit code 1' },
  'task-restart': { kind: 'task-restart', attempt: 1, of: 10, inMs: 900, reason: 'why' },
  'records-repeated': { kind: 'records-repeated', topic: 'orders', partition: 1, records: 2 },
  'topic-created-anew': { kind: 'topic-created-anew', topic: 'orders', partitions: [] },
  'offset-reset': {
    kind: 'offset-reset',
    topic: 'orders',
    partition: 1,
    reset: 'earliest',
    from: 100,
    to: 180,
    low: 180,
    high: 300,
  },
  'topics-missing': { kind: 'topics-missing', topics: ['orders'] },
  'records-unowned': { kind: 'records-unowned', topic: 'orders', partition: 1, records: 2 },
  'records-delivered': { kind: 'records-delivered', topic: 'orders', partition: 1, records: 9, latenciesMs: [20, 10] },
  'request-succeeded': SUCCEEDED,
  'request-failed': FAILED,
  'request-given-up': {
    kind: 'request-given-up',
    reason: 'the endpoint answered 503',
    records: 10,
    attempts: 5,
    outcome: 'error',
  },
  'batch-split': { kind: 'batch-split', records: 10, status: 413 },
  'endpoint-parked': { kind: 'endpoint-parked', reason: 'it answered 403', retryInMs: 1000 },
  'endpoint-recovered': { kind: 'endpoint-recovered', afterMs: 61_000 },
  'token-refreshed': { kind: 'token-refreshed', expiresInMs: 3_600_000, ms: 12 },
  'token-failed': { kind: 'token-failed', reason: 'no answer' },
  'refresh-token-not-kept': { kind: 'refresh-token-not-kept', reason: 'there is no such folder' },
  'clock-skewed': { kind: 'clock-skewed', skewMs: -600_000 },
  'record-rejected': REJECTED,
  'partitions-assigned': { kind: 'partitions-assigned', partitions: [{ topic: 'orders', partition: 1, offset: 5 }] },
  'partitions-revoked': { kind: 'partitions-revoked', partitions: [], drained: false, ms: 5000 },
  'commit-sent': { kind: 'commit-sent', sequence: 3, offsets: [] },
  'commit-acknowledged': { kind: 'commit-acknowledged', sequence: 3, offsets: [], ms: 8 },
  'commit-failed': { kind: 'commit-failed', sequence: 4, reason: 'why', ms: 8 },
  'commit-skipped': { kind: 'commit-skipped' },
  'intake-paused': { kind: 'intake-paused', partitions: 1, bufferedBytes: 100 },
  'intake-resumed': { kind: 'intake-resumed', partitions: 1, bufferedBytes: 10 },
  'dead-letter-acknowledged': { kind: 'dead-letter-acknowledged', topic: 'orders', partition: 1, offset: 4 },
  'dead-letter-failed': {
    kind: 'dead-letter-failed',
    topic: 'orders',
    partition: 1,
    offset: 4,
    reason: 'why',
    retryInMs: 1,
  },
  'reports-acknowledged': { kind: 'reports-acknowledged', topic: 'orders', partition: 1, reports: 3 },
  'report-failed': { kind: 'report-failed', topic: 'orders', partition: 1, offset: 4, reason: 'why', retryInMs: 1 },
  'partition-stalled': { kind: 'partition-stalled', topic: 'orders', partition: 1, position: 9, reason: 'why' },
  'client-fault': FAULT,
  'internal-error': { kind: 'internal-error', reason: 'Error: why', stack: '    at here' },
};
