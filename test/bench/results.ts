import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ROOT } from '../kafka/jars.ts';
import type { Machine } from './machine.ts';
import { medians, type Sample } from './sample.ts';
import type { Verdict } from './targets.ts';

/** Where the figures stand that the documents quote; and where those of a partial run go. */
export const QUOTED = join(ROOT, 'test', 'bench', 'results');
const UNQUOTED = join(ROOT, '.cache', 'bench');

export interface CaseResult {
  readonly id: string;
  readonly label: string;
  /** limit, bento, or Tailrace's reader: native or portable. */
  readonly kind: string;
  readonly records: number;
  readonly median: Sample;
  readonly samples: readonly Sample[];
}

export interface SceneResult {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly CaseResult[];
}

export interface OutageResult {
  readonly seconds: number;
  /** Records that waited. */
  readonly backlog: number;
  readonly recordBytes: number;
  readonly peakMB: number;
}

/** bench.json. */
export interface BenchResult {
  readonly machine: Machine;
  readonly runs: number;
  readonly scenes: readonly SceneResult[];
  readonly outage: OutageResult | null;
  readonly targets: readonly Verdict[];
}

/** The medians of a case, or null. */
export function finder(scenes: readonly SceneResult[]): (id: string) => Sample | null {
  const found = new Map(scenes.flatMap(scene => scene.cases.map(each => [each.id, each.median] as const)));
  return id => found.get(id) ?? null;
}

export function caseResult(
  id: string,
  label: string,
  kind: string,
  records: number,
  samples: readonly Sample[],
): CaseResult {
  return { id, label, kind, records, median: medians(samples), samples };
}

/** Four digits of every number: more would be noise. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

export function toJson(result: object): string {
  return `${JSON.stringify(result, rounded, 1)}\n`;
}

/**
 * Writes result files.
 * @param whole whether the run was the whole benchmark: only then the quoted figures are replaced
 * @returns where they are, below the project's root
 */
export async function save(files: Readonly<Record<string, string>>, whole: boolean): Promise<string> {
  const directory = whole ? QUOTED : UNQUOTED;
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return relative(ROOT, directory);
}
