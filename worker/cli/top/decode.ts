import type { ConnectorView, WorkerView } from '../../admin/page/model.ts';

// Who answers may be anything: what is looked at is what it should be, or nothing is.

type Fields = Readonly<Record<string, unknown>>;
type Is = (value: unknown) => boolean;

const isText: Is = value => typeof value === 'string';
const isNumber: Is = value => typeof value === 'number';
const orNull =
  (is: Is): Is =>
  value =>
    value === null || is(value);
const listOf =
  (is: Is): Is =>
  value =>
    Array.isArray(value) && value.every(is);
const has =
  (shape: Readonly<Record<string, Is>>): Is =>
  value =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([key, is]) => Object.hasOwn(value, key) && is((value as Fields)[key]));
const both =
  (...all: readonly Is[]): Is =>
  value =>
    all.every(is => is(value));

const isQuantiles = orNull(has({ p50: isNumber, p99: isNumber }));

const isFigures = has({
  lag: orNull(isNumber),
  recordsPerSecond: orNull(isNumber),
  bytesPerSecond: orNull(isNumber),
  requestsPerSecond: orNull(isNumber),
  requestMs: isQuantiles,
  recordMs: isQuantiles,
  batch: isQuantiles,
  requestsInFlight: isNumber,
  maxInFlight: isNumber,
  bufferedBytes: isNumber,
  bufferMaxBytes: isNumber,
  uncommitted: isNumber,
  totals: has({
    read: isNumber,
    delivered: isNumber,
    deadLettered: isNumber,
    skipped: isNumber,
    requests: isNumber,
    retries: isNumber,
  }),
});

const isProblems = listOf(has({ severity: isText, task: orNull(isNumber), text: isText }));
const isTrend = listOf(orNull(isNumber));

const isSummary = has({
  name: isText,
  state: isText,
  problems: isProblems,
  tasks: listOf(has({ id: isNumber, state: isText })),
  gate: isText,
  figures: isFigures,
  lagTrend: isTrend,
});

const isWorker = has({
  now: isNumber,
  version: isText,
  uptimeMs: isNumber,
  health: has({ status: isText, message: isText }),
  connectors: listOf(isSummary),
});

const isTask = has({
  id: isNumber,
  state: isText,
  trace: orNull(isText),
  figures: isFigures,
  gate: has({ state: isText, reason: orNull(isText), sinceMs: orNull(isNumber) }),
  token: orNull(has({ expiresInMs: orNull(isNumber) })),
  sending: has({
    lastSuccess: orNull(isNumber),
    lastSuccessCode: orNull(isNumber),
    lastFailure: orNull(isNumber),
    lastFailureCode: orNull(isNumber),
    lastFailureReason: orNull(isText),
  }),
  partitions: listOf(
    has({
      topic: isText,
      partition: isNumber,
      committed: orNull(isNumber),
      end: orNull(isNumber),
      lag: orNull(isNumber),
      unresolved: isNumber,
      fault: orNull(isText),
    }),
  ),
});

const isConnector = both(
  isSummary,
  has({
    now: isNumber,
    connectorClass: isText,
    target: isText,
    taskViews: listOf(isTask),
    rejections: listOf(has({ reason: isText, records: isNumber, lastAt: isNumber })),
    otherRejections: isNumber,
  }),
);

/** @returns null where it is none */
export function toWorkerView(value: unknown): WorkerView | null {
  return isWorker(value) ? (value as WorkerView) : null;
}

/** @returns null where it is none */
export function toConnectorView(value: unknown): ConnectorView | null {
  return isConnector(value) ? (value as ConnectorView) : null;
}
