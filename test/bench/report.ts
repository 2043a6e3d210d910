import { medians, type Sample } from './measured.ts';

export interface Case {
  readonly name: string;
  /** Bytes of a record. */
  readonly size: number;
  /** batch.max.records; null: the bare loop. */
  readonly batch: number | null;
  readonly records: number;
  readonly samples: Sample[];
}

const COLUMNS = ['records/s', 'of bare', 'CPU s/M', 'peak MB', 'requests', 'start s'];
const WIDTH = 11;

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(12) + cells.map(cell => cell.padStart(WIDTH)).join('');
}

/** The worker's speed as a part of the bare loop's in the same run of the benchmark; null where there is none. */
export function ratio(each: Case, cases: readonly Case[]): number | null {
  const bare = cases.find(other => other.size === each.size && other.batch === null);
  if (bare === undefined || bare.samples.length === 0) return null;
  return medians(each.samples).recordsPerSecond / medians(bare.samples).recordsPerSecond;
}

export function table(size: number, cases: readonly Case[]): string {
  const rows = cases.filter(each => each.size === size && each.samples.length > 0);
  const lines = rows.map(each => {
    const { recordsPerSecond, cpuSecondsPerMillion, peakMB, requests, startSeconds } = medians(each.samples);
    const part = ratio(each, cases);
    return row(each.name, [
      Math.round(recordsPerSecond).toLocaleString('en'),
      part === null ? '' : `${Math.round(part * 100)} %`,
      cpuSecondsPerMillion.toFixed(2),
      peakMB.toFixed(0),
      String(requests),
      startSeconds.toFixed(1),
    ]);
  });
  return [row(`${size} B`, COLUMNS), ...lines].join('\n');
}

export function json(cases: readonly Case[], outageMB: number | null, circumstances: object): string {
  const measured = cases.map(each => ({ ...each, median: medians(each.samples), ofBareLoop: ratio(each, cases) }));
  return `${JSON.stringify({ ...circumstances, cases: measured, outagePeakMB: outageMB }, null, 2)}\n`;
}
