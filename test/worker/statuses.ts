import type { ConnectorConfig } from '../../config/types.ts';
import type { ConnectorStatus } from '../../worker/status.ts';
import type { PartitionStatus } from '../../worker/task/facts.ts';
import type { TaskStatus } from '../../worker/task/task.ts';

export function connectorConfig(name: string, clientKeys: Record<string, string> = {}): ConnectorConfig {
  const partial = {
    name,
    properties: { name, 'connector.class': 'com.example.HttpSink' },
    tasksMax: 1,
    initialState: 'RUNNING',
    isolation: 'inline',
    restart: { max: 0, backoffMs: 1_000, backoffMaxMs: 60_000 },
    errors: { logEnable: false },
    connectorClass: 'com.example.HttpSink',
    http: { timeoutMs: 10_000, tls: { verification: 'full' } },
    kafka: { consumer: { global: clientKeys, topic: {} } },
  };
  // Only what the code under test reads; a whole configuration comes from config/.
  return partial as unknown as ConnectorConfig;
}

export function partition(changes: Partial<PartitionStatus> = {}): PartitionStatus {
  return {
    topic: 'orders',
    partition: 0,
    committed: 10,
    position: 30,
    high: 50,
    unresolved: 5,
    uncommitted: 8,
    oldestUnresolvedMs: 1500,
    fault: null,
    ...changes,
  };
}

export function taskStatus(changes: Partial<TaskStatus> = {}): TaskStatus {
  return {
    state: 'RUNNING',
    trace: null,
    reader: 'portable',
    sink: { state: 'ok' },
    clientFault: null,
    commitFault: null,
    partitions: [partition()],
    topics: { orders: { consumed: 20, delivered: 12, deadLettered: 2, skipped: 1 } },
    missingTopics: [],
    requestsInFlight: 3,
    bufferedBytes: 4096,
    lastPollAt: 1000,
    lastVerdictAt: 1000,
    idle: false,
    ...changes,
  };
}

export function connector(changes: Partial<TaskStatus> = {}, config = connectorConfig('events')): ConnectorStatus {
  const tasks = [{ id: 0, config, status: taskStatus(changes) }];
  return { config, target: 'RUNNING', state: 'RUNNING', trace: null, tasks };
}
