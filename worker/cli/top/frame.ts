import { printable } from '../../../config/printable.ts';
import type { ConnectorView, WorkerView } from '../../admin/page/model.ts';
import { duration } from '../../admin/page/numbers.ts';
import { fit, type Styles } from '../terminal.ts';
import { sorted } from './columns.ts';
import { renderDetails } from './details.ts';
import { renderList, renderProblems, renderWorker } from './list.ts';
import type { Change, TopState } from './state.ts';

/** What is known, and how it looks. */
export interface Picture {
  readonly state: TopState;
  readonly url: string;
  /** Null: nothing came yet. */
  readonly worker: WorkerView | null;
  /** Of the chosen connector, in its details; null: nothing came yet. */
  readonly details: ConnectorView | null;
  /** What went wrong last, one printable line; null where nothing did. */
  readonly trouble: string | null;
  /** How old `worker` is, milliseconds. */
  readonly ageMs: number;
  /** What was last done; null: nothing. */
  readonly done: string | null;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Of problems, below the list. */
const MOST_LINES = 4;
const LIST_KEYS = 'q quit  ↑↓ choose  Enter details  ←→ i sort  p pause  r resume  s stop  R restart';
const DETAIL_KEYS = 'Esc back  ↑↓ scroll  p pause  r resume  s stop  R restart  q quit';

/** Lines of the whole screen, at most as many as it has, none longer than it is wide. */
export function renderFrame(picture: Picture, { columns, rows }: Size, styles: Styles): readonly string[] {
  const { worker, url, state } = picture;
  const head = worker === null ? [`Asking ${url}`] : [...renderWorker(worker, url, styles), ''];
  const foot = [footOf(picture, styles)];
  const room = Math.max(0, rows - head.length - foot.length);
  const body =
    worker === null
      ? []
      : state.view === 'details'
        ? detailsOf(picture, columns, room, styles)
        : listOf(picture, worker, { columns, rows: room }, styles);
  const filled = [...head, ...body.slice(0, room)].slice(0, Math.max(0, rows - 1));
  const blank = Array.from({ length: Math.max(0, rows - 1 - filled.length) }, () => '');
  return [...filled, ...blank, ...foot].map(line => fit(line, columns));
}

function listOf({ state }: Picture, worker: WorkerView, { columns, rows }: Size, styles: Styles): readonly string[] {
  const { sortedBy, reversed } = state;
  const all = sorted(worker.connectors, sortedBy, reversed);
  const chosen = all.find(({ name }) => name === state.chosen) ?? all[0];
  const problems = renderProblems(chosen?.problems ?? [], columns, styles).slice(0, MOST_LINES);
  const below = problems.length === 0 || rows < 8 ? [] : ['', ...problems];
  const look = {
    chosen: chosen?.name ?? null,
    sortedBy,
    reversed,
    width: columns,
    rows: Math.max(1, rows - 1 - below.length),
    styles,
  };
  return [...renderList(worker, look), ...below];
}

function detailsOf({ details, state }: Picture, width: number, room: number, styles: Styles): readonly string[] {
  if (details === null) return [`Asking about ${printable(state.chosen ?? '')}`];
  const lines = renderDetails(details, width, styles);
  const first = Math.min(state.scrolled, Math.max(0, lines.length - room));
  return lines.slice(first, first + room);
}

function footOf({ state, trouble, ageMs, done, worker }: Picture, styles: Styles): string {
  if (state.asking !== null) return styles.inverse(`${questionOf(state.asking)} [y/N]`);
  if (trouble !== null) {
    return styles.red(worker === null ? trouble : `${trouble} (what is shown is ${duration(ageMs)} old)`);
  }
  if (done !== null) return done;
  return styles.dim(state.view === 'details' ? DETAIL_KEYS : LIST_KEYS);
}

function questionOf({ verb, connector }: Change): string {
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${printable(connector)}?`;
}
