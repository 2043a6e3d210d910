import { printable } from '../../../config/printable.ts';
import type { ConnectorSummary, WorkerView } from '../../admin/page/model.ts';
import { count, duration, rate } from '../../admin/page/numbers.ts';
import { sumOfKnown } from '../../telemetry/known.ts';
import { wrap } from '../layout.ts';
import { fit, pad, type Styles, widthOf } from '../terminal.ts';
import { renderTime } from '../times.ts';
import { COLUMNS, type ListColumn, severity, sorted } from './columns.ts';

/** How the list is looked at. */
export interface ListLook {
  /** Name of a connector; null where none is marked. */
  readonly chosen: string | null;
  readonly sortedBy: number;
  readonly reversed: boolean;
  /** Columns of the terminal; null: as wide as it is. */
  readonly width: number | null;
  /** Rows of connectors that fit; null: all. */
  readonly rows: number | null;
  readonly styles: Styles;
}

const GAP = 2;
/** Of a problem, behind its sign. */
const INDENT = 2;
/** Of the name of a connector, where columns leave no more. */
const LEAST_NAME = 12;

/** The worker in a line or two. */
export function renderWorker(
  { version, uptimeMs, health, connectors, now }: WorkerView,
  url: string,
  styles: Styles,
): readonly string[] {
  const states = new Map<string, number>();
  for (const { state } of connectors) states.set(state, (states.get(state) ?? 0) + 1);
  const sum = (of: (connector: ConnectorSummary) => number | null) => sumOfKnown(connectors.map(of));
  const told = [...states].map(([state, amount]) => `${amount} ${printable(state)}`);
  const { status } = health;
  const healthy = status === 'healthy' ? styles.green : status === 'starting' ? styles.yellow : styles.red;
  const records = rate(sum(({ figures }) => figures.recordsPerSecond));
  const lag = count(sum(({ figures }) => figures.lag));
  const time = renderTime(now).slice(11, 19);
  return [
    `${healthy(printable(status))}  lag ${lag}  ${records} records/s  up ${duration(uptimeMs)}  ${time} UTC`,
    `${told.length === 0 ? 'no connectors' : told.join(', ')}  Tailrace ${printable(version)} at ${url}`,
  ];
}

/** Titles, then the connectors around the chosen one. */
export function renderList(view: WorkerView, look: ListLook): readonly string[] {
  const { width, styles, chosen } = look;
  const all = sorted(view.connectors, look.sortedBy, look.reversed);
  const [first, last] = windowOf(all, look);
  const shown = all.slice(first, last);
  const columns = chooseColumns(shown, look);
  const widths = columns.map(column => widthOfColumn(column, shown, look));
  const room = width === null ? Number.POSITIVE_INFINITY : width - total(widths);
  const nameAt = columns.findIndex(({ title }) => title === 'CONNECTOR');
  if (room < 0) widths[nameAt] = Math.max(LEAST_NAME, widths[nameAt]! + room);
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, at) => pad(fit(cell, widths[at]!), widths[at]!, columns[at]!.align));
    return fit(padded.join(' '.repeat(GAP)), width ?? Number.POSITIVE_INFINITY);
  };
  const rows = shown.map(connector => {
    const text = line(columns.map(column => column.text(connector)));
    if (connector.name === chosen) return styles.inverse(pad(text, width ?? 0));
    return [(plain: string) => plain, styles.yellow, styles.red][severity(connector)]!(text.trimEnd());
  });
  const more = all.length - shown.length;
  return [
    styles.bold(line(columns.map(column => titleOf(column, look))).trimEnd()),
    ...rows,
    ...(more === 0 ? [] : [styles.dim(`${more} more`)]),
  ];
}

/**
 * What is wrong with a connector, the worst first.
 *
 * @param width columns of the terminal; null: each is one line
 */
export function renderProblems(
  problems: ConnectorSummary['problems'],
  width: number | null,
  styles: Styles,
): readonly string[] {
  return problems.flatMap(({ severity: how, task, text }) => {
    const line = `${task === null ? '' : `task ${task}: `}${printable(text)}`;
    const [sign, style] = how === 'error' ? ['✗', styles.red] : ['!', styles.yellow];
    const lines = width === null ? [line] : wrap(line, width - INDENT);
    return lines.map((each, at) => style(`${at === 0 ? sign : ' '} ${each}`));
  });
}

function titleOf(column: ListColumn, { sortedBy, reversed }: ListLook): string {
  return COLUMNS[sortedBy] === column ? `${column.title}${reversed ? '▴' : '▾'}` : column.title;
}

function widthOfColumn(column: ListColumn, shown: readonly ConnectorSummary[], look: ListLook): number {
  return Math.max(widthOf(titleOf(column, look)), ...shown.map(connector => widthOf(column.text(connector))));
}

/** Those of the lowest ranks that have room, in their places. */
function chooseColumns(shown: readonly ConnectorSummary[], look: ListLook): readonly ListColumn[] {
  const { width } = look;
  if (width === null) return COLUMNS;
  const chosen = new Set<ListColumn>();
  let taken = -GAP;
  for (const column of [...COLUMNS].sort((a, b) => a.rank - b.rank)) {
    const wide = widthOfColumn(column, shown, look);
    // A long name gives way to figures.
    taken += GAP + (column.title === 'CONNECTOR' ? Math.min(wide, Math.max(LEAST_NAME, Math.floor(width / 3))) : wide);
    if (taken > width && column.rank > 0) break;
    chosen.add(column);
  }
  return COLUMNS.filter(column => chosen.has(column));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, wide) => sum + wide, GAP * (widths.length - 1));
}

/** Which rows are shown, so that the chosen one is among them. */
function windowOf(
  all: readonly ConnectorSummary[],
  { rows, chosen }: ListLook,
): readonly [first: number, last: number] {
  if (rows === null || all.length <= rows) return [0, all.length];
  // One line says how many more there are.
  const room = Math.max(1, rows - 1);
  const at = Math.max(
    0,
    all.findIndex(({ name }) => name === chosen),
  );
  const first = Math.min(Math.max(0, at - Math.floor(room / 2)), all.length - room);
  return [first, first + room];
}
