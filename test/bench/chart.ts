import { count } from './report.ts';

/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Which colour it has. */
  readonly kind: string;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 860;
const LABEL_WIDTH = 290;
const FIGURE_WIDTH = 90;
const BAR_HEIGHT = 16;
const BAR_STEP = 21;
const TITLE_STEP = 34;
const MARGIN = 16;
const LINE_HEIGHT = 18;
/** Told apart by lightness too. */
const COLOURS: Readonly<Record<string, string>> = {
  limit: '#c3cad3',
  bento: '#e8a33d',
  native: '#1f6fd6',
  portable: '#86b7f0',
};
const OTHER = '#6c757d';
const TEXT = '#30363d';

function xml(text: string): string {
  return text.replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y}"${more}>${xml(content)}</text>`;
}

/** Groups of horizontal bars, each group on a scale of its own, as an SVG document. */
export function barChart(title: string, groups: readonly BarGroup[], footer: readonly string[]): string {
  const shapes: string[] = [text(MARGIN, MARGIN + 10, title, ' font-size="15" font-weight="600"')];
  let y = MARGIN + 20;
  for (const group of groups) {
    y += TITLE_STEP;
    shapes.push(text(MARGIN, y - 10, group.title, ' font-weight="600"'));
    const most = Math.max(1, ...group.bars.map(bar => bar.value));
    for (const { label, value, kind } of group.bars) {
      const length = Math.max(1, Math.round(((WIDTH - LABEL_WIDTH - FIGURE_WIDTH - 2 * MARGIN) * value) / most));
      const x = MARGIN + LABEL_WIDTH;
      const middle = y + BAR_HEIGHT - 4;
      shapes.push(
        text(x - 8, middle, label, ' text-anchor="end"'),
        `<rect x="${x}" y="${y}" width="${length}" height="${BAR_HEIGHT}" rx="2" fill="${COLOURS[kind] ?? OTHER}"/>`,
        text(x + length + 6, middle, count(value)),
      );
      y += BAR_STEP;
    }
  }
  y += MARGIN;
  for (const line of footer) {
    y += LINE_HEIGHT;
    shapes.push(text(MARGIN, y - 8, line, ' font-size="11"'));
  }
  const height = y + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${xml(title)}" font-family="system-ui, sans-serif" font-size="12.5" fill="${TEXT}">
<rect width="100%" height="100%" fill="#fff"/>
${shapes.join('\n')}
</svg>
`;
}
