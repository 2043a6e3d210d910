import type { Machine } from './machine.ts';
import { count } from './report.ts';
import { finder, type SceneResult } from './results.ts';
import type { Sample } from './sample.ts';
import type { Verdict } from './targets.ts';
import { CHAINS, type ChainKind } from './transform-chains.ts';
import { SIZES, type Size } from './transforms-plan.ts';

/** transforms.json. */
export interface TransformsResult {
  readonly machine: Machine;
  readonly runs: number;
  /** One for each size and chain. */
  readonly scenes: readonly SceneResult[];
}

type Find = (id: string) => Sample | null;
type Figure = 'recordsPerSecond' | 'cpuSecondsPerMillion';

/** What is wanted beside the JVM: times its records/s, and of its CPU per record. */
const WANTED: Readonly<Record<Exclude<ChainKind, 'texts'>, { title: string; speed: number; cpu: number }>> = {
  served: { title: 'usual chains', speed: 2.5, cpu: 0.25 },
  general: { title: 'other chains and schemas', speed: 1.2, cpu: 0.5 },
};
const RAW_BESIDE_BENTO = 1.2;
const MOST_MB = 200;

const ALL_SIZES = Object.keys(SIZES) as Size[];
const RAW = CHAINS.find(({ raw }) => raw)!;

/** Of two cases' medians; null where one was not measured. */
function ratio(find: Find, figure: Figure, ours: string, other: string): number | null {
  const [a, b] = [find(ours), find(other)];
  return a === null || b === null ? null : a[figure] / b[figure];
}

function figures(sample: Sample | null): string[] {
  if (sample === null) return ['–', '–', '–'];
  return [count(sample.recordsPerSecond), sample.cpuSecondsPerMillion.toFixed(2), sample.peakMB.toFixed(0)];
}

function times(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(2)} ×`;
}

/** A row for each chain and each one beside whom it was measured. */
export function transformsRows({ scenes }: TransformsResult, size: Size): string[][] {
  const find = finder(scenes);
  const besides = [
    ['connect', 'Kafka Connect'],
    ['bento', 'Bento'],
  ] as const;
  const rows = CHAINS.flatMap(({ name, label }) => {
    const ours = `${size}/${name}/tailrace`;
    return besides.flatMap(([id, beside]) => {
      const other = `${size}/${name}/${id}`;
      if (find(other) === null && (id === 'bento' || find(ours) === null)) return [];
      const [speed, cpu] = (['recordsPerSecond', 'cpuSecondsPerMillion'] as const).map(figure =>
        times(ratio(find, figure, ours, other)),
      );
      return [[label, beside, ...figures(find(other)), ...figures(find(ours)), speed!, cpu!]];
    });
  });
  const each = ['CPU s per M', 'peak MB'];
  const head = [`${SIZES[size]} B`, 'beside', 'its records/s', ...each, "Tailrace's", ...each, 'records/s', 'CPU'];
  return [head, ...rows];
}

/** A table for each size of which something was measured. */
export function transformsTables(result: TransformsResult): string[][][] {
  return ALL_SIZES.map(size => transformsRows(result, size)).filter(rows => rows.length > 1);
}

/** Records/s and CPU of both workers at both sizes, a row a chain. */
export function transformsHeadlineRows({ scenes }: TransformsResult): string[][] {
  const find = finder(scenes);
  const cell = (id: string): string => {
    const found = find(id);
    return found === null ? '–' : `${count(found.recordsPerSecond)} (${found.cpuSecondsPerMillion.toFixed(1)})`;
  };
  const workers = ['connect', 'tailrace'] as const;
  const rows = CHAINS.map(({ name, label }) => [
    label,
    ...ALL_SIZES.flatMap(size => workers.map(worker => cell(`${size}/${name}/${worker}`))),
  ]);
  const heads = ALL_SIZES.flatMap(size => [`Kafka Connect, ${SIZES[size]} B`, `Tailrace, ${SIZES[size]} B`]);
  return [['records/s (CPU seconds per million)', ...heads], ...rows];
}

/** The chain of a kind that is worst off, by name; null when none was measured. */
function worstOf(find: Find, size: Size, kind: ChainKind, figure: Figure): { label: string; value: number } | null {
  const measured = CHAINS.filter(chain => chain.kind === kind).flatMap(({ name, label }) => {
    const value = ratio(find, figure, `${size}/${name}/tailrace`, `${size}/${name}/connect`);
    return value === null ? [] : [{ label, value }];
  });
  const sorted = measured.sort((a, b) => a.value - b.value);
  return (figure === 'recordsPerSecond' ? sorted[0] : sorted.at(-1)) ?? null;
}

/** Every chain must do what is wanted of its kind: the worst one is told. */
function besideConnect(find: Find, size: Size, kind: keyof typeof WANTED): Verdict[] {
  const { title, speed, cpu } = WANTED[kind];
  const verdict = (figure: Figure, what: string, bound: Verdict['bound'], target: number): Verdict => {
    const worst = worstOf(find, size, kind, figure);
    const named = worst === null ? '' : ` (${worst.label})`;
    return { what: `${size}, ${title}: ${what}${named}`, value: worst?.value ?? null, bound, target, unit: '×' };
  };
  return [
    verdict('recordsPerSecond', "least records/s, of Kafka Connect's", 'at least', speed),
    verdict('cpuSecondsPerMillion', "most CPU per record, of Kafka Connect's", 'at most', cpu),
  ];
}

export function transformsTargets({ scenes }: TransformsResult): Verdict[] {
  const find = finder(scenes);
  const kinds = Object.keys(WANTED) as (keyof typeof WANTED)[];
  const peaks = scenes.flatMap(({ cases }) => cases).filter(({ id }) => id.endsWith('/tailrace'));
  return [
    ...ALL_SIZES.flatMap(size => kinds.flatMap(kind => besideConnect(find, size, kind))),
    ...ALL_SIZES.map((size): Verdict => {
      const [ours, bento] = [`${size}/${RAW.name}/tailrace`, `${size}/${RAW.name}/bento`];
      const value = ratio(find, 'recordsPerSecond', ours, bento);
      const what = `${size}, ${RAW.label}: records/s, of Bento's`;
      return { what, value, bound: 'at least', target: RAW_BESIDE_BENTO, unit: '×' };
    }),
    {
      what: 'peak memory of Tailrace in all of these',
      value: peaks.length === 0 ? null : Math.max(...peaks.map(({ median }) => median.peakMB)),
      bound: 'at most',
      target: MOST_MB,
      unit: 'MB',
    },
  ];
}
