import { type ConnectorStatus, TASK_STATES } from '../status.ts';
import type { TaskState, TopicCounts } from '../task/facts.ts';
import type { TaskStatus } from '../task/task.ts';
import type { MetricId } from './metrics.ts';

export interface StatusMeters {
  /** Forgets all values: of partitions that are gone, of states that were left. */
  reset(metric: MetricId): void;
  put(metric: MetricId, value: number, labels: Readonly<Record<string, string | number>>): void;
}

const FROM_STATUS: readonly MetricId[] = [
  ...(['connectorTasks', 'runningTasks', 'pausedTasks', 'failedTasks', 'unassignedTasks', 'restartingTasks'] as const),
  ...(['connectorStatus', 'taskStatus', 'active', 'partitions', 'records', 'lag', 'unresolved'] as const),
  ...(['oldestUnresolved', 'inFlight', 'buffered', 'parked', 'partitionFaults', 'tokenAge', 'tokenExpires'] as const),
];

const TASKS_IN: Readonly<Record<TaskState, MetricId>> = {
  RUNNING: 'runningTasks',
  PAUSED: 'pausedTasks',
  FAILED: 'failedTasks',
  UNASSIGNED: 'unassignedTasks',
  RESTARTING: 'restartingTasks',
};

const VERDICTS: readonly (readonly [label: string, field: keyof TopicCounts])[] = [
  ['consumed', 'consumed'],
  ['delivered', 'delivered'],
  ['dead_lettered', 'deadLettered'],
  ['skipped', 'skipped'],
];

/** What is read off the tasks at a scrape, and so costs nothing between scrapes. */
export function measureStatus(connectors: readonly ConnectorStatus[], meters: StatusMeters): void {
  for (const id of FROM_STATUS) meters.reset(id);
  meters.put('connectorCount', connectors.length, {});
  meters.put(
    'taskCount',
    connectors.reduce((sum, connector) => sum + connector.tasks.length, 0),
    {},
  );
  for (const { config, state, tasks } of connectors) {
    const connector = config.name;
    meters.put('connectorStatus', 1, { connector, status: state.toLowerCase() });
    meters.put('connectorTasks', tasks.length, { connector });
    for (const each of TASK_STATES) {
      meters.put(TASKS_IN[each], tasks.filter(task => task.status.state === each).length, { connector });
    }
    for (const task of tasks) measureTask(task.status, { connector, task: task.id }, meters);
  }
}

type TaskLabels = { readonly connector: string; readonly task: number };

function measureTask(status: TaskStatus, labels: TaskLabels, meters: StatusMeters): void {
  meters.put('taskStatus', 1, { ...labels, status: status.state.toLowerCase() });
  meters.put('inFlight', status.requestsInFlight, labels);
  meters.put('buffered', status.bufferedBytes, labels);
  meters.put('parked', status.sink.state === 'parked' ? 1 : 0, labels);
  meters.put('partitions', status.partitions.length, labels);
  const { ageMs = null, expiresInMs = null } = status.sink.credentials ?? {};
  if (ageMs !== null) meters.put('tokenAge', ageMs / 1000, labels);
  if (expiresInMs !== null) meters.put('tokenExpires', expiresInMs / 1000, labels);
  let active = 0;
  let faults = 0;
  let oldest = 0;
  for (const at of status.partitions) {
    const place = { ...labels, topic: at.topic, partition: at.partition };
    if (at.committed !== null && at.position !== null) active += Math.max(at.position - at.committed, 0);
    oldest = Math.max(oldest, at.oldestUnresolvedMs ?? 0);
    if (at.fault !== null) faults++;
    const lag = lagOf(at);
    if (lag !== null) meters.put('lag', lag, place);
    meters.put('unresolved', at.unresolved, place);
  }
  meters.put('active', active, labels);
  meters.put('partitionFaults', faults, labels);
  meters.put('oldestUnresolved', oldest / 1000, labels);
  for (const [topic, counts] of Object.entries(status.topics)) {
    for (const [verdict, field] of VERDICTS) meters.put('records', counts[field], { ...labels, topic, verdict });
  }
}

/** Offsets between the last acknowledged commit and the end of the log; null while either is unknown. */
export function lagOf(at: { readonly committed: number | null; readonly high: number | null }): number | null {
  return at.committed === null || at.high === null ? null : Math.max(at.high - at.committed, 0);
}
