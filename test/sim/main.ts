import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runSeeds } from './cores.ts';
import { FAMILIES } from './plan.ts';
import { runSeed, type SeedResult } from './run.ts';

const TRACE_LINES = 60;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    /** Run this share of the seeds twice and compare the hashes of their traces. */
    twice: { type: 'string', default: '0.01' },
    /** How many processes share the seeds. */
    jobs: { type: 'string', default: `${availableParallelism()}` },
  },
});

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describe(result: SeedResult): string {
  const { seed, plan, events, virtualMs, records, duplicates, hash } = result;
  const families = FAMILIES.filter(family => plan.families.has(family)).join(', ') || 'fault-free';
  const { routing } = plan;
  const several = plan.connector.endpoints === null ? '' : `, ${plan.connector.endpoints.length} endpoints`;
  const route = routing === null ? several : `, ${routing.method} ${routing.url ?? 'to one place'}`;
  return (
    `seed ${seed}: ${records} records, ${plan.partitions} partitions, ${plan.workers} workers, ${plan.protocol}, ` +
    `${Math.round(virtualMs / 1_000)} virtual s, ${events} events, ${duplicates} duplicates, ` +
    `trace ${hash.toString(16)} [${families}]${route}`
  );
}

async function replay(seed: number): Promise<boolean> {
  const result = await runSeed(seed, true);
  const lines = values.trace ? result.trace : result.trace.slice(-TRACE_LINES);
  for (const line of lines) out(line);
  out(describe(result));
  for (const [mark, count] of [...result.marks].sort()) out(`  ${mark}: ${count}`);
  if (result.violation === null) return true;
  out(`VIOLATION at ${(result.virtualMs / 1_000).toFixed(4)}s: ${result.violation.message}`);
  return false;
}

async function runMany(from: number, count: number): Promise<boolean> {
  const started = process.hrtime.bigint();
  const twiceEvery = Math.max(1, Math.round(1 / Number(values.twice)));
  let reported = 0;
  const sum = await runSeeds({ from, count, twiceEvery }, Number(values.jobs), done => {
    if (Math.floor(done / 100) === Math.floor(reported / 100)) return;
    reported = done;
    process.stderr.write(`${done} of ${count} seeds\n`);
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { wrong } = sum;
  if (wrong?.kind === 'violation') await replay(wrong.seed);
  else if (wrong !== null) out(`seed ${wrong.seed} is not deterministic: ${describe(await runSeed(wrong.seed))}`);
  out('reached:');
  for (const [mark, hits] of Object.entries(sum.marks).sort()) out(`  ${mark}: ${hits}`);
  out(
    `${sum.seeds} seeds from ${from} in ${seconds.toFixed(1)} s: ${sum.events} events, ` +
      `${(sum.virtualMs / 3_600_000).toFixed(1)} virtual hours, ${sum.records} records, ` +
      `${sum.duplicates} duplicates, ${sum.twice} seeds run twice${wrong === null ? ', no violation' : ''}`,
  );
  return wrong === null;
}

const good =
  values.seed === undefined
    ? await runMany(Number(values.from), Number(values.seeds))
    : await replay(Number(values.seed));
process.exitCode = good ? 0 : 1;
