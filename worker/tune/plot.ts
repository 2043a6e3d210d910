import { escapeHtml } from '../telemetry/text.ts';

export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Shown where a pointer rests. */
  readonly text: string;
  /** A cross in place of a dot: none to run with. */
  readonly crossed: boolean;
}

export interface Series {
  /** Which colour, from 0. */
  readonly colour: number;
  readonly spots: readonly Spot[];
  /** Drawn as a line. */
  readonly curve: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  /** Distinct within the page. */
  readonly id: string;
  readonly title: string;
  /** What it shows, for who does not see it. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly tick: { readonly x: (value: number) => string; readonly y: (value: number) => string };
  readonly series: readonly Series[];
  /** Ringed. */
  readonly chosen: { readonly x: number; readonly y: number } | null;
}

/** Of the drawing, in units that are pixels at full width. */
interface Frame {
  readonly width: number;
  readonly height: number;
}

export const WIDE: Frame = { width: 760, height: 420 };
export const NARROW: Frame = { width: 360, height: 330 };
export const HALF: Frame = { width: 380, height: 300 };

const MARGIN = { top: 26, right: 12, bottom: 42, left: 58 };

/** Both axes are logarithmic. Empty where there is no point. */
export function renderPlot(plot: Plot, frame: Frame): string {
  const { series, chosen } = plot;
  const all = series.flatMap(({ spots, curve }) => [
    ...spots.map(({ x, y }): readonly [number, number] => [x, y]),
    ...curve,
  ]);
  const drawn = all.filter(([x, y]) => x > 0 && y > 0);
  if (drawn.length === 0) return '';
  const x = scale(
    drawn.map(([value]) => value),
    MARGIN.left,
    frame.width - MARGIN.right,
  );
  const y = scale(
    drawn.map(([, value]) => value),
    frame.height - MARGIN.bottom,
    MARGIN.top,
  );
  const id = `${plot.id}-${frame.width}`;
  const parts = [
    `<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-labelledby="${id}-t ${id}-d">`,
    `<title id="${id}-t">${escapeHtml(plot.title)}</title><desc id="${id}-d">${escapeHtml(plot.description)}</desc>`,
    grid(plot, frame, x, y),
    ...series.map(each => renderCurve(each, x, y)),
    ...series.flatMap(each => each.spots.filter(spot => spot.y > 0).map(spot => renderSpot(spot, each.colour, x, y))),
    chosen === null ? '' : `<circle class="chosen" cx="${x.of(chosen.x)}" cy="${y.of(chosen.y)}" r="9"/>`,
    '</svg>',
  ];
  return parts.join('');
}

interface Scale {
  readonly of: (value: number) => string;
  readonly ticks: readonly { readonly at: string; readonly value: number; readonly named: boolean }[];
}

/** Of fewer decades each 1, 2 and 5 has its name; of more, the decades alone. */
const FEW_DECADES = 2.2;

function scale(values: readonly number[], from: number, to: number): Scale {
  const least = Math.log10(Math.min(...values));
  const most = Math.log10(Math.max(...values));
  const room = Math.max((most - least) * 0.04, 0.05);
  const [low, high] = [least - room, most + room];
  const of = (value: number): string => (from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1);
  const ticks: { at: string; value: number; named: boolean }[] = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const digit of [1, 2, 5]) {
      const value = digit * 10 ** decade;
      if (Math.log10(value) < low || Math.log10(value) > high) continue;
      ticks.push({ at: of(value), value, named: digit === 1 || high - low <= FEW_DECADES });
    }
  }
  return { of, ticks };
}

function grid({ xLabel, yLabel, tick }: Plot, { width, height }: Frame, x: Scale, y: Scale): string {
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const columns = x.ticks.map(({ at, value, named }) => {
    const line = `<line class="${named ? 'major' : 'minor'}" x1="${at}" y1="${top}" x2="${at}" y2="${bottom}"/>`;
    return named
      ? `${line}<text x="${at}" y="${bottom + 16}" text-anchor="middle">${escapeHtml(tick.x(value))}</text>`
      : line;
  });
  const rows = y.ticks.map(({ at, value, named }) => {
    const line = `<line class="${named ? 'major' : 'minor'}" x1="${left}" y1="${at}" x2="${right}" y2="${at}"/>`;
    const text = `<text x="${left - 7}" y="${at}" dy="0.35em" text-anchor="end">${escapeHtml(tick.y(value))}</text>`;
    return named ? line + text : line;
  });
  return [
    '<g class="grid">',
    ...columns,
    ...rows,
    `<text class="axis" x="${right}" y="${height - 8}" text-anchor="end">${escapeHtml(xLabel)}</text>`,
    `<text class="axis" x="4" y="14">${escapeHtml(yLabel)}</text>`,
    '</g>',
  ].join('');
}

function renderCurve({ curve, colour }: Series, x: Scale, y: Scale): string {
  if (curve.length < 2) return '';
  const path = curve.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${x.of(px)} ${y.of(py)}`).join('');
  return `<path class="curve c${colour}" d="${path}"/>`;
}

function renderSpot({ x: px, y: py, text, crossed }: Spot, colour: number, x: Scale, y: Scale): string {
  const title = `<title>${escapeHtml(text)}</title>`;
  const [cx, cy] = [x.of(px), y.of(py)];
  if (!crossed) return `<circle class="spot c${colour}" cx="${cx}" cy="${cy}" r="4">${title}</circle>`;
  return `<path class="cross c${colour}" d="M${cx} ${cy}m-4 -4l8 8m0 -8l-8 8">${title}</path>`;
}
