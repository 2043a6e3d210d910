import { parseArgs } from 'node:util';
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
  },
});

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describe(result: SeedResult): string {
  const { seed, plan, events, virtualMs, records, duplicates, hash } = result;
  const families = FAMILIES.filter(family => plan.families.has(family)).join(', ') || 'fault-free';
  return (
    `seed ${seed}: ${records} records, ${plan.partitions} partitions, ${plan.workers} workers, ${plan.protocol}, ` +
    `${Math.round(virtualMs / 1_000)} virtual s, ${events} events, ${duplicates} duplicates, ` +
    `trace ${hash.toString(16)} [${families}]`
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
  const marks = new Map<string, number>();
  const sums = { events: 0, virtualMs: 0, records: 0, duplicates: 0, twice: 0 };
  const every = Math.max(1, Math.round(1 / Number(values.twice)));
  let good = true;
  for (let seed = from; seed < from + count; seed++) {
    const result = await runSeed(seed);
    if (result.violation !== null) {
      good = false;
      await replay(seed);
      break;
    }
    if (seed % every === 0) {
      sums.twice++;
      const again = await runSeed(seed);
      if (again.hash !== result.hash || again.events !== result.events) {
        out(`seed ${seed} is not deterministic: ${describe(result)} / ${describe(again)}`);
        good = false;
        break;
      }
    }
    for (const [mark, hits] of result.marks) marks.set(mark, (marks.get(mark) ?? 0) + hits);
    for (const family of result.plan.families) marks.set(`family ${family}`, (marks.get(`family ${family}`) ?? 0) + 1);
    sums.events += result.events;
    sums.virtualMs += result.virtualMs;
    sums.records += result.records;
    sums.duplicates += result.duplicates;
    const done = seed - from + 1;
    if (done % 100 === 0) process.stderr.write(`${done} of ${count} seeds\n`);
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  out('reached:');
  for (const [mark, hits] of [...marks].sort()) out(`  ${mark}: ${hits}`);
  out(
    `${count} seeds from ${from} in ${seconds.toFixed(1)} s: ${sums.events} events, ` +
      `${(sums.virtualMs / 3_600_000).toFixed(1)} virtual hours, ${sums.records} records, ` +
      `${sums.duplicates} duplicates, ${sums.twice} seeds run twice${good ? ', no violation' : ''}`,
  );
  return good;
}

const good =
  values.seed === undefined
    ? await runMany(Number(values.from), Number(values.seeds))
    : await replay(Number(values.seed));
process.exitCode = good ? 0 : 1;
