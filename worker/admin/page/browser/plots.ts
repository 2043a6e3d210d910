import type { HistoryView, SeriesName } from '../model.ts';

/** uPlot, as far as it is used here; it is loaded as a script of its own. */
interface Plot {
  readonly data: readonly (readonly (number | null)[])[];
  readonly cursor: { readonly idx: number | null };
  setData(data: readonly (readonly (number | null)[])[]): void;
  setSize(size: { readonly width: number; readonly height: number }): void;
  destroy(): void;
}
declare const uPlot: new (options: object, data: readonly (readonly (number | null)[])[], target: Element) => Plot;

const HEIGHT = 160;
const SPAN_S = 15 * 60;
/** Steps that are kept; the worker keeps no more. */
const MOST_STEPS = 180;

interface Drawn {
  readonly canvas: HTMLElement;
  readonly names: readonly SeriesName[];
  plot: Plot;
}

/** Draws the curves of a connector's page; elsewhere there are none. */
export function drawPlots(): { update(): void } {
  const canvases = [...document.querySelectorAll<HTMLElement>('.canvas')];
  const connector = document.querySelector<HTMLElement>('.title')?.dataset['name'];
  if (canvases.length === 0 || connector === undefined) return { update: () => undefined };
  const address = `/page/data/${encodeURIComponent(connector)}`;
  let history: HistoryView | null = null;
  let drawn: Drawn[] = [];
  let isUnderWay = false;

  async function fetchMore(): Promise<void> {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      const answer = await window.fetch(`${address}?since=${history?.times.at(-1) ?? 0}`);
      const more = answer.ok ? ((await answer.json()) as { history: HistoryView | null }).history : null;
      if (more !== null && more.times.length > 0) {
        history = joined(history, more);
        draw();
      }
    } catch {
      // The page itself tells that there is no answer.
    }
    isUnderWay = false;
  }

  function draw(): void {
    if (drawn.length === 0) drawn = canvases.map(canvas => begin(canvas));
    for (const { plot, names } of drawn) plot.setData(dataOf(names));
  }

  function dataOf(names: readonly SeriesName[]): readonly (readonly (number | null)[])[] {
    return [history!.times.map(ms => ms / 1000), ...names.map(name => history!.series[name])];
  }

  function begin(canvas: HTMLElement): Drawn {
    const names = (canvas.dataset['series'] ?? '').split(' ') as SeriesName[];
    canvas.replaceChildren();
    return { canvas, names, plot: new uPlot(optionsOf(canvas), dataOf(names), canvas) };
  }

  function drawAnew(): void {
    for (const { plot } of drawn) plot.destroy();
    drawn = [];
    if (history !== null) draw();
  }

  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAnew);
  const sizes = new ResizeObserver(() => {
    for (const { canvas, plot } of drawn) plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
  });
  for (const canvas of canvases) sizes.observe(canvas);
  void fetchMore();
  return { update: () => void fetchMore() };
}

function joined(before: HistoryView | null, more: HistoryView): HistoryView {
  if (before === null) return more;
  const names = Object.keys(more.series) as SeriesName[];
  const column = (name: SeriesName) => [...before.series[name], ...more.series[name]].slice(-MOST_STEPS);
  return {
    stepMs: more.stepMs,
    times: [...before.times, ...more.times].slice(-MOST_STEPS),
    series: Object.fromEntries(names.map(name => [name, column(name)])) as unknown as HistoryView['series'],
  };
}

function optionsOf(canvas: HTMLElement): object {
  const style = window.getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const names = (canvas.dataset['names'] ?? '').split('|');
  const unit = canvas.dataset['unit'] ?? '';
  const text = (value: number | null): string => (value === null ? '–' : short(value, unit));
  const axis = {
    stroke: color('--muted'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: canvas.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    hooks: { setCursor: [(plot: Plot) => tellAt(plot, canvas, names, text)] },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      // As wide from the start on: what is not known yet is empty, on the left.
      x: { time: true, range: (_: unknown, __: number, last: number) => [last - SPAN_S, last] },
      y: { range: (_: unknown, __: number, most: number | null) => [0, most === null || most <= 0 ? 1 : most * 1.1] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 70,
        values: (_: unknown, times: number[]) => times.map(seconds => MINUTES.format(seconds * 1000)),
      },
      {
        ...axis,
        size: 56,
        space: 28,
        ...(unit === 'ms' ? { incrs: TIME_STEPS } : {}),
        values: (_: unknown, values: number[]) => values.map(text),
      },
    ],
    series: [
      {},
      ...names.map((label, index) => ({
        label,
        stroke: color(index === 0 ? '--curve-1' : '--curve-2'),
        width: 1.75,
        dash: index === 0 ? [] : [5, 3],
        fill: names.length === 1 ? color('--curve-fill') : undefined,
        points: { show: false },
      })),
    ],
  };
}

/** Milliseconds from one line of the grid to the next. */
const TIME_STEPS = [
  ...[0.01, 0.1, 1, 10, 100].flatMap(ten => [ten, 2 * ten, 5 * ten]),
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 360, 720].map(minutes => minutes * 60_000),
  ...[1, 2, 5, 10, 50, 100, 1_000].map(days => days * 86_400_000),
];

/** Beside the title, what was where the pointer is. */
function tellAt(
  { data, cursor: { idx } }: Plot,
  canvas: HTMLElement,
  names: readonly string[],
  text: (value: number | null) => string,
): void {
  const place = canvas.closest('.plot')?.querySelector('.plot-at');
  if (place == null) return;
  const at = idx === null ? undefined : data[0]?.[idx];
  const values = names.map((name, index) => {
    const value = text(data[index + 1]?.[idx ?? 0] ?? null);
    return names.length > 1 ? `${name} ${value}` : value;
  });
  place.textContent = at == null ? '' : `${SECONDS.format(at * 1000)}  ${values.join('  ')}`;
}

const TO_MINUTES = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const MINUTES = new Intl.DateTimeFormat('en-GB', TO_MINUTES);
const SECONDS = new Intl.DateTimeFormat('en-GB', { ...TO_MINUTES, second: '2-digit' });

function short(value: number, unit: string): string {
  if (unit === 'ms') {
    if (value >= 86_400_000) return `${digits(value / 86_400_000)} d`;
    if (value >= 3_600_000) return `${digits(value / 3_600_000)} h`;
    if (value >= 60_000) return `${digits(value / 60_000)} min`;
    return value >= 1_000 ? `${digits(value / 1_000)} s` : `${digits(value)} ms`;
  }
  for (const [by, name] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= by) return `${digits(value / by)}${name}`;
  }
  return digits(value);
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
