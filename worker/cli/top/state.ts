import type { Verb } from './client.ts';
import { COLUMNS } from './columns.ts';

/** What the person at the terminal looks at. */
export interface TopState {
  readonly view: 'list' | 'details';
  /** The name of the chosen connector; null: the first. */
  readonly chosen: string | null;
  /** Lines of the details that are above the screen. */
  readonly scrolled: number;
  /** Of COLUMNS. */
  readonly sortedBy: number;
  readonly reversed: boolean;
  /** What is waited for a yes to. */
  readonly asking: Change | null;
}

export interface Change {
  readonly verb: Verb;
  readonly connector: string;
}

export type Wish = { readonly kind: 'end' } | { readonly kind: 'look' } | ({ readonly kind: 'change' } & Change);

export interface Step {
  readonly state: TopState;
  /** What is to be done beside drawing. */
  readonly wish: Wish | null;
}

export const INITIAL: TopState = {
  view: 'list',
  chosen: null,
  scrolled: 0,
  sortedBy: 0,
  reversed: false,
  asking: null,
};

const PAGE = 10;
const VERBS: Readonly<Record<string, Verb>> = { p: 'pause', r: 'resume', s: 'stop', R: 'restart' };
const MOVES: Readonly<Record<string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: -PAGE,
  pagedown: PAGE,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
};

/**
 * What a key does.
 *
 * @param names of the connectors, in the order that they are shown in
 */
export function press(state: TopState, key: string, names: readonly string[]): Step {
  if (key === 'ctrl-c' || key === 'end-of-input') return { state, wish: { kind: 'end' } };
  if (state.asking !== null) {
    const wish = key === 'y' || key === 'Y' ? ({ kind: 'change', ...state.asking } as const) : null;
    return { state: { ...state, asking: null }, wish };
  }
  if (key === 'q') return { state, wish: { kind: 'end' } };
  const at = Math.max(0, names.indexOf(state.chosen ?? ''));
  const chosen = names[at] ?? null;
  const verb = Object.hasOwn(VERBS, key) ? VERBS[key]! : null;
  if (verb !== null) {
    return { state: { ...state, asking: chosen === null ? null : { verb, connector: chosen } }, wish: null };
  }
  const move = Object.hasOwn(MOVES, key) ? MOVES[key]! : null;
  if (state.view === 'details') return inDetails(state, key, move);
  if (move !== null) {
    const next = Math.min(Math.max(at + move, 0), names.length - 1);
    return { state: { ...state, chosen: names[next] ?? null }, wish: null };
  }
  if (key === 'return' || key === 'enter') {
    if (chosen === null) return { state, wish: null };
    return { state: { ...state, view: 'details', chosen, scrolled: 0 }, wish: { kind: 'look' } };
  }
  return { state: sortedAnew(state, key), wish: null };
}

function inDetails(state: TopState, key: string, move: number | null): Step {
  if (move !== null) return { state: { ...state, scrolled: Math.max(0, state.scrolled + move) }, wish: null };
  const isBack = key === 'escape' || key === 'backspace' || key === 'left';
  return { state: isBack ? { ...state, view: 'list' } : state, wish: null };
}

function sortedAnew(state: TopState, key: string): TopState {
  if (key === 'i') return { ...state, reversed: !state.reversed };
  const step = key === 'right' || key === '>' ? 1 : key === 'left' || key === '<' ? -1 : 0;
  if (step === 0) return state;
  let sortedBy = state.sortedBy;
  do sortedBy = (sortedBy + step + COLUMNS.length) % COLUMNS.length;
  while (COLUMNS[sortedBy]!.weight === null);
  return { ...state, sortedBy, reversed: false };
}
