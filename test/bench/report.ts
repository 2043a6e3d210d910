import type { SceneResult } from './results.ts';
import { isMet, type Verdict } from './targets.ts';

/** A table as people read it: cells in columns, the first to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map(row => row[at]!.length)));
  return rows
    .map(row => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '))
    .map(line => line.trimEnd())
    .join('\n');
}

/** The same in Markdown, with columns as wide as their widest cell. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(3, ...rows.map(row => row[at]!.length)));
  const pad = (cell: string, at: number): string => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!));
  const line = (cells: readonly string[]): string => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(rows[0]!), line(rule), ...rows.slice(1).map(line)].join('\n');
}

/** Three digits that mean something. */
export function count(value: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return (Math.round(value / step) * step).toLocaleString('en');
}

/** The rows of a scene, the title in the first cell; `cold`: records/s of the half that warms up. */
export function sceneRows({ title, cases }: SceneResult): string[][] {
  const rows = cases.map(({ label, median }) => [
    label,
    count(median.recordsPerSecond),
    median.coldRecordsPerSecond === null ? '–' : count(median.coldRecordsPerSecond),
    median.cpuSecondsPerMillion.toFixed(2),
    median.peakMB.toFixed(0),
    median.startSeconds.toFixed(2),
  ]);
  return [[title, 'records/s', 'cold', 'CPU s per M', 'peak MB', 'start s'], ...rows];
}

function figure(value: number, unit: Verdict['unit']): string {
  return `${value.toFixed(unit === 'MB' ? 0 : unit === 'ms' ? 1 : 2)} ${unit}`.trim();
}

export function targetRows(verdicts: readonly Verdict[]): string[][] {
  const rows = verdicts.map(verdict => {
    const { what, value, bound, target, unit } = verdict;
    const met = isMet(verdict);
    return [
      what,
      value === null ? '–' : figure(value, unit),
      `${bound} ${figure(target, unit)}`,
      met === null ? 'not measured' : met ? 'met' : 'MISSED',
    ];
  });
  return [['Target', 'measured', 'wanted', ''], ...rows];
}
