import { printable } from '../../../config/printable.ts';
import type { ConnectorSummary, Quantiles } from '../../admin/page/model.ts';
import { bytes, duration, rate, short } from '../../admin/page/numbers.ts';

/** A column of the list of connectors. */
export interface ListColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Those of a small number are kept where there is little room. */
  readonly rank: number;
  readonly text: (connector: ConnectorSummary) => string;
  /** What is sorted by; null where it can not be. The bigger it is, the more there is to look at. */
  readonly weight: ((connector: ConnectorSummary) => number | string) | null;
}

const TREND = '▁▂▃▄▅▆▇█';
const TREND_POINTS = 12;
/** Nothing known comes behind all that is. */
const orLess = (value: number | null): number => value ?? -1;
const p99 = (quantiles: Quantiles | null): number | null => quantiles?.p99 ?? null;

export const COLUMNS: readonly ListColumn[] = [
  { title: '!', align: 'left', rank: 0, text: mark, weight: severity },
  { title: 'CONNECTOR', align: 'left', rank: 0, text: ({ name }) => printable(name), weight: ({ name }) => name },
  { title: 'STATE', align: 'left', rank: 1, text: stateOf, weight: ({ state }) => state },
  {
    title: 'TASKS',
    align: 'right',
    rank: 5,
    text: ({ tasks }) => `${tasks.filter(({ state }) => state === 'RUNNING').length}/${tasks.length}`,
    weight: ({ tasks }) => tasks.length,
  },
  figure('LAG', 2, ({ figures }) => figures.lag, short),
  { title: 'LAG 15 MIN', align: 'left', rank: 7, text: ({ lagTrend }) => sparkline(lagTrend), weight: null },
  figure('RECORDS/S', 3, ({ figures }) => figures.recordsPerSecond, rate),
  figure('BYTES/S', 9, ({ figures }) => figures.bytesPerSecond, bytes),
  figure('REQ/S', 6, ({ figures }) => figures.requestsPerSecond, rate),
  figure('REQ P99', 4, ({ figures }) => p99(figures.requestMs), duration),
  figure('RECORD P99', 8, ({ figures }) => p99(figures.recordMs), duration),
  figure('BATCH', 10, ({ figures }) => figures.batch?.p50 ?? null, short),
  {
    title: 'IN FLIGHT',
    align: 'right',
    rank: 11,
    text: ({ figures }) => `${figures.requestsInFlight}/${figures.maxInFlight}`,
    weight: ({ figures }) => figures.requestsInFlight,
  },
  figure('DEAD', 12, ({ figures }) => figures.totals.deadLettered, short),
  figure('RETRIES', 13, ({ figures }) => figures.totals.retries, short),
];

function figure(
  title: string,
  rank: number,
  value: (connector: ConnectorSummary) => number | null,
  write: (value: number | null) => string,
): ListColumn {
  const weight = (connector: ConnectorSummary) => orLess(value(connector));
  return { title, align: 'right', rank, text: connector => write(value(connector)), weight };
}

function mark(connector: ConnectorSummary): string {
  return [' ', '!', '✗'][severity(connector)]!;
}

/** 2: records do not get through; 1: something is to be said; 0: nothing. */
export function severity({ problems }: Pick<ConnectorSummary, 'problems'>): number {
  if (problems.length === 0) return 0;
  return problems.some(problem => problem.severity === 'error') ? 2 : 1;
}

/** A task that failed leaves its connector RUNNING, and so does an endpoint that takes nothing. */
function stateOf({ state, tasks, gate }: ConnectorSummary): string {
  const failed = tasks.filter(task => task.state === 'FAILED').length;
  const more = [...(failed === 0 || state === 'FAILED' ? [] : [`${failed} FAILED`]), ...(gate === 'ok' ? [] : [gate])];
  return [state, ...more].map(printable).join(', ');
}

/** The newest on the right; from nothing to the highest. */
export function sparkline(points: readonly (number | null)[]): string {
  const shown = points.slice(-TREND_POINTS);
  const highest = Math.max(0, ...shown.map(value => value ?? 0));
  const signs = shown.map(value => {
    if (value === null) return ' ';
    return highest === 0 ? TREND[0]! : TREND[Math.round((Math.max(value, 0) / highest) * (TREND.length - 1))]!;
  });
  return signs.join('').padStart(TREND_POINTS);
}

/** By a column, and by name where that says nothing. */
export function sorted(
  connectors: readonly ConnectorSummary[],
  column: number,
  reversed: boolean,
): readonly ConnectorSummary[] {
  const weight = COLUMNS[column]!.weight!;
  const direction = reversed ? -1 : 1;
  return [...connectors].sort((a, b) => {
    const [one, other] = [weight(a), weight(b)];
    const compared =
      typeof one === 'number' && typeof other === 'number' ? other - one : compareTexts(String(one), String(other));
    return compared === 0 ? compareTexts(a.name, b.name) : compared * direction;
  });
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
