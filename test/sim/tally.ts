import { runSeed, type SeedResult } from './run.ts';

/** Some seeds that one process runs. */
export interface Share {
  readonly from: number;
  readonly count: number;
  /** Every so many seeds one is run twice, and the hashes of its traces are compared. */
  readonly twiceEvery: number;
}

/** What a share came to, and the first of its seeds that went wrong: the share ends there. */
export interface Tally {
  seeds: number;
  events: number;
  virtualMs: number;
  records: number;
  duplicates: number;
  twice: number;
  readonly marks: Record<string, number>;
  wrong: { readonly seed: number; readonly kind: 'violation' | 'not deterministic' } | null;
}

export function newTally(): Tally {
  return { seeds: 0, events: 0, virtualMs: 0, records: 0, duplicates: 0, twice: 0, marks: {}, wrong: null };
}

/** Adds a share's sums to the whole's; `wrong` keeps the lowest seed. */
export function addTally(sum: Tally, share: Tally): void {
  sum.seeds += share.seeds;
  sum.events += share.events;
  sum.virtualMs += share.virtualMs;
  sum.records += share.records;
  sum.duplicates += share.duplicates;
  sum.twice += share.twice;
  for (const [mark, hits] of Object.entries(share.marks)) hit(sum, mark, hits);
  if (share.wrong !== null && (sum.wrong === null || share.wrong.seed < sum.wrong.seed)) sum.wrong = share.wrong;
}

export async function runShare({ from, count, twiceEvery }: Share): Promise<Tally> {
  const tally = newTally();
  for (let seed = from; seed < from + count; seed++) {
    const result = await runSeed(seed);
    if (result.violation !== null) {
      tally.wrong = { seed, kind: 'violation' };
      return tally;
    }
    if (seed % twiceEvery === 0) {
      tally.twice++;
      const again = await runSeed(seed);
      if (again.hash !== result.hash || again.events !== result.events) {
        tally.wrong = { seed, kind: 'not deterministic' };
        return tally;
      }
    }
    include(tally, result);
  }
  return tally;
}

function include(tally: Tally, { events, virtualMs, records, duplicates, marks, plan }: SeedResult): void {
  tally.seeds++;
  tally.events += events;
  tally.virtualMs += virtualMs;
  tally.records += records;
  tally.duplicates += duplicates;
  for (const [mark, hits] of marks) hit(tally, mark, hits);
  for (const family of plan.families) hit(tally, `family ${family}`, 1);
  if (plan.routing !== null) hit(tally, 'routes', 1);
  if (plan.endpoint.stuckTo >= 0) hit(tally, 'a destination is stuck', 1);
}

function hit({ marks }: Tally, mark: string, hits: number): void {
  marks[mark] = (marks[mark] ?? 0) + hits;
}
