import { type ConnectorStatus, TASK_STATES } from '../status.ts';
import type { TaskState, TopicCounts } from '../task/facts.ts';
import type { TaskStatus } from '../task/task.ts';
import type { MetricId } from './metrics.ts';
import type { MetricRegistry } from './registry.ts';

const FROM_STATUS: readonly MetricId[] = [
  ...(['connectorTasks', 'runningTasks', 'pausedTasks', 'failedTasks', 'unassignedTasks', 'restartingTasks'] as const),
  ...(['destroyedTasks', 'connectorType', 'connectorClass', 'connectorVersion'] as const),
  ...(['taskConnectorType', 'taskConnectorClass', 'taskConnectorVersion', 'rebalancing'] as const),
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
export function measureStatus(connectors: readonly ConnectorStatus[], version: string, registry: MetricRegistry): void {
  for (const id of FROM_STATUS) registry.reset(id);
  registry.set('connectorCount', connectors.length, {});
  registry.set(
    'taskCount',
    connectors.reduce((sum, connector) => sum + connector.tasks.length, 0),
    {},
  );
  for (const { config, state, tasks } of connectors) {
    const connector = config.name;
    registry.set('connectorStatus', 1, { connector, status: state.toLowerCase() });
    registry.set('connectorType', 1, { connector, connector_type: 'sink' });
    registry.set('connectorClass', 1, {
      connector,
      connector_class: `${config.properties['connector.class'] ?? 'unknown'}`,
    });
    registry.set('connectorVersion', 1, { connector, connector_version: version });
    registry.set('destroyedTasks', 0, { connector });
    registry.set('connectorTasks', tasks.length, { connector });
    for (const each of TASK_STATES) {
      registry.set(TASKS_IN[each], tasks.filter(task => task.status.state === each).length, { connector });
    }
    for (const { id, status, config: its } of tasks) {
      const labels = { connector, task: id };
      registry.set('taskConnectorType', 1, { ...labels, connector_type: 'sink' });
      registry.set('taskConnectorClass', 1, { ...labels, connector_class: its.connectorClass });
      registry.set('taskConnectorVersion', 1, { ...labels, connector_version: version });
      measureTask(status, labels, registry);
    }
  }
  const isJoining = connectors.some(({ tasks }) => tasks.some(({ status }) => status.state === 'UNASSIGNED'));
  registry.set('rebalancing', isJoining ? 1 : 0, {});
}

type TaskLabels = { readonly connector: string; readonly task: number };

function measureTask(status: TaskStatus, labels: TaskLabels, registry: MetricRegistry): void {
  registry.set('taskStatus', 1, { ...labels, status: status.state.toLowerCase() });
  registry.set('inFlight', status.requestsInFlight, labels);
  registry.set('buffered', status.bufferedBytes, labels);
  registry.set('parked', status.sink.state === 'parked' ? 1 : 0, labels);
  registry.set('partitions', status.partitions.length, labels);
  const { ageMs = null, expiresInMs = null } = status.sink.credentials ?? {};
  if (ageMs !== null) registry.set('tokenAge', ageMs / 1000, labels);
  if (expiresInMs !== null) registry.set('tokenExpires', expiresInMs / 1000, labels);
  let faults = 0;
  let oldest = 0;
  for (const at of status.partitions) {
    const place = { ...labels, topic: at.topic, partition: at.partition };
    oldest = Math.max(oldest, at.oldestUnresolvedMs ?? 0);
    if (at.fault !== null) faults++;
    const lag = lagOf(at);
    if (lag !== null) registry.set('lag', lag, place);
    registry.set('unresolved', at.unresolved, place);
  }
  registry.set('active', activeOf(status), labels);
  registry.set('partitionFaults', faults, labels);
  registry.set('oldestUnresolved', oldest / 1000, labels);
  for (const [topic, counts] of Object.entries(status.topics)) {
    for (const [verdict, field] of VERDICTS) registry.add('records', counts[field], { ...labels, topic, verdict });
  }
}

/** Offsets that were read and that no acknowledged commit covers. */
export function activeOf({ partitions }: TaskStatus): number {
  return partitions.reduce(
    (sum, { committed, position }) =>
      committed === null || position === null ? sum : sum + Math.max(position - committed, 0),
    0,
  );
}

/** Offsets between the last acknowledged commit and the end of the log; null while either is unknown. */
export function lagOf(at: { readonly committed: number | null; readonly high: number | null }): number | null {
  return at.committed === null || at.high === null ? null : Math.max(at.high - at.committed, 0);
}
