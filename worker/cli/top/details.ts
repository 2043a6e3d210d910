import { printable } from '../../../config/printable.ts';
import type { ConnectorView, PartitionView, TaskView } from '../../admin/page/model.ts';
import { ago, bytes, count, duration, rate, short } from '../../admin/page/numbers.ts';
import { type Column, renderTable } from '../table.ts';
import type { Styles } from '../terminal.ts';
import { sparkline } from './columns.ts';
import { renderProblems } from './list.ts';

const TASKS: readonly Column[] = [
  { title: 'TASK', align: 'right' },
  { title: 'STATE' },
  { title: 'LAG', align: 'right' },
  { title: 'RECORDS/S', align: 'right' },
  { title: 'REQ P50', align: 'right' },
  { title: 'REQ P99', align: 'right' },
  { title: 'IN FLIGHT', align: 'right' },
  { title: 'MEMORY', align: 'right' },
  { title: 'TOKEN', align: 'right' },
  { title: 'REQUESTS', flexible: true },
];

const PARTITIONS: readonly Column[] = [
  { title: 'TOPIC', flexible: true },
  { title: 'PARTITION', align: 'right' },
  { title: 'COMMITTED', align: 'right' },
  { title: 'END', align: 'right' },
  { title: 'LAG', align: 'right' },
  { title: 'HELD', align: 'right' },
];

const CAUSES: readonly Column[] = [
  { title: 'RECORDS', align: 'right' },
  { title: 'LAST' },
  { title: 'CAUSE', flexible: true },
];

/**
 * Everything of one connector.
 *
 * @param width columns of the terminal
 */
export function renderDetails(view: ConnectorView, width: number, styles: Styles): readonly string[] {
  const { name, state, target, connectorClass, figures, lagTrend, problems, taskViews, rejections, now } = view;
  const asked = target === state ? '' : ` (asked for: ${printable(target)})`;
  const { totals } = figures;
  const causes = rejections.map(({ records, lastAt, reason }) => [count(records), ago(lastAt, now), printable(reason)]);
  const partitions = taskViews.flatMap(task => task.partitions);
  return [
    `${styles.bold(printable(name))}  ${printable(state)}${asked}  ${printable(connectorClass)}`,
    ...renderProblems(problems, width, styles),
    '',
    `lag ${count(figures.lag)}  ${sparkline(lagTrend)}  ${rate(figures.recordsPerSecond)} records/s  ${bytes(figures.bytesPerSecond)}/s  ${rate(figures.requestsPerSecond)} requests/s`,
    `read ${count(totals.read)}  delivered ${count(totals.delivered)}  dead-lettered ${count(totals.deadLettered)}  skipped ${count(totals.skipped)}  retries ${count(totals.retries)}  uncommitted ${count(figures.uncommitted)}`,
    '',
    ...renderTable(
      TASKS,
      taskViews.map(task => taskCells(task, now)),
      width,
      styles.bold,
    ),
    ...(causes.length === 0 ? [] : ['', ...renderTable(CAUSES, causes, width, styles.bold)]),
    ...(partitions.length === 0
      ? []
      : ['', ...renderTable(PARTITIONS, byLag(partitions).map(partitionCells), width, styles.bold)]),
  ];
}

function taskCells(task: TaskView, now: number): readonly string[] {
  const { id, state, figures, token } = task;
  return [
    String(id),
    printable(state),
    count(figures.lag),
    rate(figures.recordsPerSecond),
    duration(figures.requestMs?.p50 ?? null),
    duration(figures.requestMs?.p99 ?? null),
    `${figures.requestsInFlight}/${figures.maxInFlight}`,
    `${bytes(figures.bufferedBytes)} of ${bytes(figures.bufferMaxBytes)}`,
    token === null ? '' : duration(token.expiresInMs),
    requestsOf(task, now),
  ];
}

/** Whether requests go out, and how the last ones went. */
function requestsOf({ gate, sending }: TaskView, now: number): string {
  if (gate.state !== 'ok') {
    const since = gate.sinceMs === null ? '' : ` for ${duration(gate.sinceMs)}`;
    return printable(`${gate.state}${since}${gate.reason === null ? '' : `: ${gate.reason}`}`);
  }
  const { lastSuccess, lastSuccessCode, lastFailure, lastFailureCode, lastFailureReason } = sending;
  const good = lastSuccess === null ? '' : `${lastSuccessCode ?? ''} ${ago(lastSuccess, now)}`.trim();
  if (lastFailure === null) return good;
  const bad = `failed ${ago(lastFailure, now)}: ${lastFailureReason ?? lastFailureCode ?? 'no answer'}`;
  return printable(good === '' ? bad : `${good}; ${bad}`);
}

function byLag(partitions: readonly PartitionView[]): readonly PartitionView[] {
  return [...partitions].sort((a, b) => (b.lag ?? -1) - (a.lag ?? -1));
}

function partitionCells({
  topic,
  partition,
  committed,
  end,
  lag,
  unresolved,
  fault,
}: PartitionView): readonly string[] {
  return [
    printable(topic),
    String(partition),
    committed === null ? '–' : String(committed),
    end === null ? '–' : String(end),
    fault === null ? count(lag) : printable(fault),
    short(unresolved),
  ];
}
