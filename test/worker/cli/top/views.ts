import type {
  ConnectorSummary,
  ConnectorView,
  Figures,
  TaskView,
  WorkerView,
} from '../../../../worker/admin/page/model.ts';

export function figures(changes: Partial<Figures> = {}): Figures {
  return {
    lag: 1_200,
    lagPerSecond: 0,
    recordsPerSecond: 250,
    bytesPerSecond: 20_000,
    requestsPerSecond: 5,
    requestMs: { p50: 12, p99: 40 },
    recordMs: { p50: 100, p99: 300 },
    batch: { p50: 50, p99: 100 },
    requestsInFlight: 2,
    maxInFlight: 8,
    bufferedBytes: 4_096,
    bufferMaxBytes: 16_777_216,
    unresolved: 3,
    uncommitted: 10,
    totals: { read: 1_000, delivered: 990, deadLettered: 7, skipped: 3, requests: 20, retries: 1 },
    ...changes,
  };
}

export function summary(name: string, changes: Partial<ConnectorSummary> = {}): ConnectorSummary {
  return {
    name,
    state: 'RUNNING',
    problems: [],
    tasks: [{ id: 0, state: 'RUNNING' }],
    gate: 'ok',
    figures: figures(),
    lagTrend: [null, 0, 10, 20],
    ...changes,
  };
}

export function worker(...connectors: readonly ConnectorSummary[]): WorkerView {
  const health = { status: 'healthy', message: '' } as const;
  return { now: 1_769_860_800_000, version: '1.2.3', uptimeMs: 61_000, health, connectors };
}

export function taskView(changes: Partial<TaskView> = {}): TaskView {
  return {
    id: 0,
    state: 'RUNNING',
    trace: null,
    reader: 'native',
    problems: [],
    figures: figures(),
    lagTrend: [],
    gate: { state: 'ok', reason: null, sinceMs: null },
    token: null,
    sending: {
      timesSent: 1,
      lastSuccess: 1_769_860_795_000,
      lastSuccessCode: 200,
      lastFailure: null,
      lastFailureCode: null,
      lastFailureReason: null,
      failsCounter: 0,
    },
    partitions: [],
    partitionCount: 0,
    ...changes,
  };
}

export function details(name: string, changes: Partial<ConnectorView> = {}): ConnectorView {
  return {
    ...summary(name),
    now: 1_769_860_800_000,
    connectorClass: 'tailrace.HttpSink',
    target: 'RUNNING',
    taskViews: [taskView()],
    batchMaxRecords: 100,
    batches: [],
    rejections: [],
    otherRejections: 0,
    history: null,
    ...changes,
  };
}
