import type { Clock } from '../../../connector/ports.ts';
import type { ConnectorStatus } from '../../status.ts';
import type { PartitionStatus } from '../../task/facts.ts';
import type { TaskStatus } from '../../task/task.ts';
import { byPartition } from '../../task/topic-partition.ts';
import { NOTHING_SENT } from '../../telemetry/activity.ts';
import { allOf, type History } from '../../telemetry/history.ts';
import { OWN_METRICS } from '../../telemetry/own-metrics.ts';
import { lagOf } from '../../telemetry/status-metrics.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { figuresOf, type ObservedTask, observedTasks, trendOf } from './figures.ts';
import type { ConnectorSummary, ConnectorView, GateView, PartitionView, TaskView, WorkerView } from './model.ts';
import { type ProblemParts, problemsOf, problemsOfTask } from './problems.ts';

export interface ViewParts extends ProblemParts {
  readonly status: () => readonly ConnectorStatus[];
  readonly telemetry: Pick<Telemetry, 'observed'>;
  readonly history: History;
  readonly health: (connectors: readonly ConnectorStatus[]) => WorkerView['health'];
  readonly clock: Clock;
  readonly version: string;
  /** When the worker started, monotonic milliseconds. */
  readonly startedAt: number;
}

/** The worker as of now. */
export function workerView(parts: ViewParts): WorkerView {
  const { clock, version, startedAt } = parts;
  const all = parts.status();
  const connectors = all.map(one => summaryOf(one, parts).summary);
  return {
    now: clock.wall(),
    version,
    uptimeMs: clock.now() - startedAt,
    health: parts.health(all),
    connectors: connectors.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** @param since only steps of the history that ended after it, epoch milliseconds */
export function connectorView(connector: ConnectorStatus, parts: ViewParts, since = 0): ConnectorView {
  const { config } = connector;
  const { summary, tasks, problems } = summaryOf(connector, parts);
  const [first] = connector.tasks;
  return {
    ...summary,
    now: parts.clock.wall(),
    connectorClass: String(config.properties['connector.class'] ?? first?.config.connectorClass ?? ''),
    target: connector.target,
    batchMaxRecords: first?.config.batch.maxRecords ?? null,
    taskViews: tasks.map((task, at) => taskView(config.name, task, problems[at]!, mostPartitions(tasks.length), parts)),
    batches: batchesOf(tasks),
    ...rejectionsOf(tasks, parts),
    history: parts.history.read(config.name, null, since),
  };
}

function summaryOf(connector: ConnectorStatus, parts: ViewParts) {
  const { name } = connector.config;
  const tasks = observedTasks(connector, parts.telemetry.observed);
  const figures = figuresOf(name, null, tasks, parts.history);
  const ofTasks = connector.tasks.map(slot => problemsOfTask(slot, parts));
  const summary: ConnectorSummary = {
    name,
    state: connector.state,
    problems: problemsOf(connector, ofTasks, figures, parts),
    tasks: connector.tasks.map(({ id, status }) => ({ id, state: status.state })),
    gate: worstGate(connector),
    figures,
    lagTrend: trendOf(name, null, parts.history),
  };
  return { summary, tasks, problems: ofTasks };
}

function taskView(
  connector: string,
  task: ObservedTask,
  problems: TaskView['problems'],
  most: number,
  parts: ViewParts,
): TaskView {
  const { brief, history, clock } = parts;
  const { id, status } = task.slot;
  const { credentials } = status.sink;
  const sending = task.observed?.activity.sending ?? NOTHING_SENT;
  const { lastFailureReason: reason } = sending;
  return {
    id,
    state: status.state,
    trace: status.trace === null ? null : brief(status.trace),
    reader: status.reader,
    problems,
    figures: figuresOf(connector, id, [task], history),
    lagTrend: trendOf(connector, id, history),
    gate: gateOf(status, clock.now(), brief),
    token:
      credentials === undefined
        ? null
        : {
            ...credentials,
            lastFailure: credentials.lastFailure === null ? null : brief(credentials.lastFailure),
          },
    sending: { ...sending, lastFailureReason: reason === null ? null : brief(reason) },
    partitions: furthestBehind(status.partitions, most).map(at => partitionView(at, brief)),
    partitionCount: status.partitions.length,
  };
}

function gateOf({ sink }: TaskStatus, now: number, brief: (text: string) => string): GateView {
  if (sink.state === 'ok') return { state: 'ok', reason: null, sinceMs: null };
  return { state: sink.state, reason: brief(sink.reason), sinceMs: Math.max(now - sink.since, 0) };
}

function worstGate({ tasks }: ConnectorStatus): GateView['state'] {
  const states = tasks.map(({ status }) => status.sink.state);
  return (['parked', 'retrying'] as const).find(state => states.includes(state)) ?? 'ok';
}

/** Of all tasks together, and of each at least. */
const MOST_PARTITIONS = 200;
const LEAST_PARTITIONS = 4;

function mostPartitions(tasks: number): number {
  return Math.max(Math.floor(MOST_PARTITIONS / tasks), LEAST_PARTITIONS);
}

/** By topic and number, once it is known which they are. */
function furthestBehind(partitions: readonly PartitionStatus[], most: number): readonly PartitionStatus[] {
  const isIn = (at: PartitionStatus): number => (at.fault === null ? (lagOf(at) ?? 0) : Number.MAX_SAFE_INTEGER);
  const some =
    partitions.length <= most ? partitions : [...partitions].sort((a, b) => isIn(b) - isIn(a)).slice(0, most);
  return [...some].sort(byPartition);
}

function partitionView(at: PartitionStatus, brief: (text: string) => string): PartitionView {
  const { topic, partition, committed, high: end, unresolved, oldestUnresolvedMs, fault } = at;
  const shown = fault === null ? null : brief(fault);
  return { topic, partition, committed, end, lag: lagOf(at), unresolved, oldestUnresolvedMs, fault: shown };
}

/** By the bounds of the histogram in /metrics. */
function batchesOf(tasks: readonly ObservedTask[]): ConnectorView['batches'] {
  const tally = allOf(tasks.flatMap(({ observed }) => observed?.activity.batch.recent() ?? []));
  const bounds: readonly (number | null)[] = [...OWN_METRICS.requestRecords.buckets!, null];
  const rows = bounds.map(most => ({ most, requests: 0 }));
  for (const [at, requests] of tally?.counts.entries() ?? []) {
    const bound = tally!.bounds[at] ?? Number.POSITIVE_INFINITY;
    const row = rows.find(({ most }) => most === null || bound <= most)!;
    row.requests += requests;
  }
  return rows;
}

/** The same causes of several tasks are one. */
function rejectionsOf(
  tasks: readonly ObservedTask[],
  { brief }: ViewParts,
): Pick<ConnectorView, 'rejections' | 'otherRejections'> {
  const all = new Map<string, ConnectorView['rejections'][number]>();
  for (const { observed } of tasks) {
    for (const cause of observed?.activity.causes ?? []) {
      const key = JSON.stringify([cause.outcome, cause.stage, cause.exceptionClassName, cause.reason]);
      const known = all.get(key);
      all.set(key, {
        ...cause,
        reason: brief(cause.reason),
        records: cause.records + (known?.records ?? 0),
        firstAt: Math.min(cause.firstAt, known?.firstAt ?? Number.POSITIVE_INFINITY),
        lastAt: Math.max(cause.lastAt, known?.lastAt ?? 0),
      });
    }
  }
  return {
    rejections: [...all.values()].sort((a, b) => b.records - a.records),
    otherRejections: tasks.reduce((sum, { observed }) => sum + (observed?.activity.otherRejections ?? 0), 0),
  };
}
