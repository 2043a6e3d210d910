import { type GrowthResult, growthRows, growthTargets } from './growth-result.ts';
import { delayRows, type IsolationResult, isolationTargets, stuckRows } from './isolation-result.ts';
import { type LatencyResult, latencyRows, latencyTargets } from './latency-result.ts';
import { machineLine } from './machine.ts';
import { count, markdown, sceneRows, targetRows } from './report.ts';
import { type BenchResult, finder } from './results.ts';
import {
  type TransformsResult,
  transformsHeadlineRows,
  transformsTables,
  transformsTargets,
} from './transforms-result.ts';
import { type TuneBenchResult, tuneRows, tuneTargets } from './tune-result.ts';

/** The result files that are there. */
export interface Results {
  readonly bench: BenchResult | null;
  readonly growth: GrowthResult | null;
  readonly isolation: IsolationResult | null;
  readonly latency: LatencyResult | null;
  readonly transforms: TransformsResult | null;
  readonly tune: TuneBenchResult | null;
}

function notYet(task: string): string {
  return `(No figures yet: \`make ${task}\` on a quiet machine writes them.)`;
}

/** What a reader of the README asks: how fast, beside whom, for how much. */
function headline(bench: BenchResult | null): string {
  if (bench === null) return notYet('bench');
  const find = finder(bench.scenes);
  const cell = (id: string): string => {
    const found = find(id);
    return found === null ? '–' : `${count(found.recordsPerSecond)} (${found.cpuSecondsPerMillion.toFixed(1)})`;
  };
  const row = (name: string, contender: string, slow: string): string[] => [
    name,
    cell(`220B/${contender}`),
    cell(`1KB/${contender}`),
    slow === '' ? '–' : cell(`slow/${slow}`),
  ];
  const rows = [
    ['records/s (CPU seconds per million)', '220 B', '1 KB', '1 KB, answers take 5 ms'],
    row('**Tailrace**, JSON checked, order kept', 'native-json-500', 'native-json-500'),
    row('Tailrace with the portable reader', 'portable-json-500', 'portable-json-500'),
    row('Bento, 16 requests in flight, order lost', 'bento-500', 'bento-500'),
    ['Bento, one in flight, order kept', '–', '–', cell('slow/bento-500-ordered')],
    row("the native reader's bare loop: check and post", 'limit-block-check', ''),
  ];
  return `${markdown(rows)}

Batches of 500, medians of ${bench.runs}, the first half of each run left out as warm-up. ${machineLine(bench.machine)}. All cases as a
[chart](test/bench/results/bench.svg), all figures in [test/bench/results](test/bench/results).`;
}

function benchTables(bench: BenchResult | null): string {
  if (bench === null) return notYet('bench');
  const { scenes, outage, targets, runs, machine } = bench;
  const down =
    outage === null
      ? []
      : [
          `Endpoint down for ${outage.seconds} s with ${count(outage.backlog)} records of ${outage.recordBytes} B waiting: peak ${outage.peakMB.toFixed(0)} MB.`,
        ];
  const head = `\`make bench\`, medians of ${runs}. ${machineLine(machine)}.`;
  return [head, ...scenes.map(scene => markdown(sceneRows(scene))), ...down, markdown(targetRows(targets))].join(
    '\n\n',
  );
}

function latencyTables(latency: LatencyResult | null): string {
  if (latency === null) return notYet('bench-latency');
  const head = `\`make bench-latency\`, medians of ${latency.runs}. ${machineLine(latency.machine)}.`;
  return [head, markdown(latencyRows(latency)), markdown(targetRows(latencyTargets(latency)))].join('\n\n');
}

function growthTables(growth: GrowthResult | null): string {
  if (growth === null) return notYet('bench-growth');
  const head = `\`make bench-growth\`, medians of ${growth.runs}. ${machineLine(growth.machine)}.`;
  const tables = growth.series.map(series => markdown(growthRows(series)));
  return [head, ...tables, markdown(targetRows(growthTargets(growth)))].join('\n\n');
}

function isolationTables(isolation: IsolationResult | null): string {
  if (isolation === null) return notYet('bench-isolation');
  const { runs, quietSeconds, machine } = isolation;
  const head = `\`make bench-isolation\`, medians of ${runs}, each after ${quietSeconds} s without a record. ${machineLine(machine)}.`;
  const tables = [delayRows(isolation), stuckRows(isolation), targetRows(isolationTargets(isolation))];
  return [head, ...tables.map(markdown)].join('\n\n');
}

/** What a user of Kafka Connect asks: what would the same files do here? */
function transformsHeadline(transforms: TransformsResult | null): string {
  if (transforms === null) return notYet('bench-transforms');
  const { runs, machine } = transforms;
  return `${markdown(transformsHeadlineRows(transforms))}

Batches of 500, medians of ${runs}, the first half of each run left out as warm-up. ${machineLine(machine)}.`;
}

function transformsSection(transforms: TransformsResult | null): string {
  if (transforms === null) return notYet('bench-transforms');
  const head = `\`make bench-transforms\`, medians of ${transforms.runs}. ${machineLine(transforms.machine)}.`;
  const tables = [...transformsTables(transforms), targetRows(transformsTargets(transforms))];
  return [head, ...tables.map(markdown)].join('\n\n');
}

function tuneTables(tune: TuneBenchResult | null): string {
  if (tune === null) return notYet('bench-tune');
  const head = `\`make bench-tune\`, medians of ${tune.runs}. ${machineLine(tune.machine)}.`;
  return [head, ...[tuneRows(tune), targetRows(tuneTargets(tune))].map(markdown)].join('\n\n');
}

/** What stands between the markers of a name. */
export function sections(results: Results): Readonly<Record<string, string>> {
  const { bench, growth, isolation, latency, transforms, tune } = results;
  return {
    tune: tuneTables(tune),
    headline: headline(bench),
    bench: benchTables(bench),
    latency: latencyTables(latency),
    growth: growthTables(growth),
    isolation: isolationTables(isolation),
    transforms: transformsSection(transforms),
    transformsHeadline: transformsHeadline(transforms),
  };
}

const MARKED = /(<!-- figures: (\w+) -->\n)[\s\S]*?(<!-- end of figures -->)/g;

/**
 * A document with its marked sections written anew.
 * @throws Error for a marker whose name is not known, and for a document without any.
 */
export function quote(document: string, known: Readonly<Record<string, string>>): string {
  let found = 0;
  const text = document.replaceAll(MARKED, (_, begin: string, name: string, end: string) => {
    if (!Object.hasOwn(known, name)) throw new Error(`no figures are called "${name}"`);
    found++;
    return `${begin}\n${known[name]}\n\n${end}`;
  });
  if (found === 0) throw new Error('the document quotes no figures');
  return text;
}
