import { fit, pad, type Style, widthOf } from './terminal.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand on the right; left when left out. */
  readonly align?: 'left' | 'right';
  /** Cut first where the line is too long. */
  readonly flexible?: boolean;
}

const GAP = '  ';
/** A flexible column is not cut below this. */
const LEAST = 8;

/**
 * Lines of a table: its titles, then its rows, whose cells are printable and unstyled.
 *
 * @param width columns of the terminal; null: as wide as it is, for a file or a pipe
 * @param heading how the titles look
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
  heading: Style = text => text,
): readonly string[] {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, at) => Math.max(...[titles, ...rows].map(row => widthOf(row[at]!))));
  if (width !== null) narrow(widths, columns, width);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => pad(fit(cell, widths[at]!), widths[at]!, columns[at]!.align))
      .join(GAP)
      .trimEnd();
  return [heading(line(titles)), ...rows.map(line)];
}

/** The widest of the flexible columns gives way first. */
function narrow(widths: number[], columns: readonly Column[], width: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
  for (let over = total() - width; over > 0; over--) {
    const flexible = widths.flatMap((each, at) => (columns[at]!.flexible === true && each > LEAST ? [at] : []));
    if (flexible.length === 0) return;
    const widest = flexible.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest]! -= 1;
  }
}
