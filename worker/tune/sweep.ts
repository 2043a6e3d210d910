import { fastest, isAllowed, type Load, type Point } from './point.ts';

/** Measures one load; null where the bounds leave no room for it. `left` is about how many points come, this one included. */
export type Measure = (load: Load, left: number) => Promise<Point | null>;

export interface SweepPlan {
  /** The largest batch, in records, that is tried. */
  readonly mostRecords: number;
  readonly mostInFlight: number;
  /** How many requests of so many records there is room for at a time where they are to run, at least one; more are not measured. */
  readonly roomFor: (batch: number) => number;
  /** What seems best from what was measured; null: nothing tells. */
  readonly suggest: (points: readonly Point[]) => Load | null;
}

export interface Sweep {
  readonly points: readonly Point[];
  /** All that was wanted was measured; false: a bound was reached before. */
  readonly complete: boolean;
}

/** A doubling that brings less brings nothing. */
const LEAST_GAIN = 0.05;
/** After so many doublings in a row that bring nothing: one alone may be noise. */
const VAIN_DOUBLINGS = 2;
/** Points around the best one, and how many of them are what the others suggest. */
const MOST_REFINED = 8;
const MOST_SUGGESTED = 3;
const BATCH_STEP = Math.sqrt(10);
/** Batch sizes that differ by less are one. */
const NEAR = 1.2;
const FLIGHT_STEP = 1.5;
/** How often the largest body that the endpoint takes is looked for between one that it takes and one that it does not. */
const MOST_HALVINGS = 3;

/**
 * Batch sizes one request at a time, from small to large; then more at a time with each size, until that brings nothing; then closer
 * around the best. No load is measured beyond one that the endpoint objected to.
 */
export async function sweep(measure: Measure, plan: SweepPlan): Promise<Sweep> {
  const { mostRecords, mostInFlight, roomFor } = plan;
  const points: Point[] = [];
  const sizes = sizesUpTo(mostRecords);
  const doublings = Math.ceil(Math.log2(mostInFlight));
  let expected = sizes.length * (1 + doublings) + MOST_REFINED;
  let complete = true;

  /** @returns null when it can't be measured */
  async function take(load: Load): Promise<Point | null> {
    const known = points.find(point => isSame(point, load));
    if (known !== undefined) return known;
    const point = await measure(load, Math.max(expected--, MOST_REFINED / 2));
    if (point === null) complete = false;
    else points.push(point);
    return point;
  }

  const taken: number[] = [];
  for (const batch of sizes) {
    const point = await take({ batch, inFlight: 1 });
    if (point === null || point.objection?.kind === 'refused') break;
    if (point.objection?.kind === 'too-large') {
      const largest = await largestBelow(take, taken.at(-1) ?? 0, batch);
      if (largest !== null) taken.push(largest);
      break;
    }
    if (isAllowed(point)) taken.push(batch);
    // A larger one takes longer still.
    if (point.objection?.kind === 'latency') break;
  }
  const mostOf = (batch: number): number => Math.min(mostInFlight, roomFor(batch));
  expected = taken.reduce((sum, batch) => sum + Math.ceil(Math.log2(mostOf(batch))), MOST_REFINED);

  // Large ones first: what the bounds cut off are small batches, of which many requests say little.
  for (const batch of [...taken].reverse()) await double(take, batch, mostOf(batch), () => (expected -= 1));
  expected = MOST_REFINED;
  await refine(take, points, { ...plan, mostRecords: taken.at(-1) ?? 1 });
  return { points, complete };
}

type Take = (load: Load) => Promise<Point | null>;

/** 1, 10, 100 … and the most, where that is not nearly the last of these. */
function sizesUpTo(most: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = 1; size <= most; size *= 10) sizes.push(size);
  const last = sizes.at(-1)!;
  if (most >= 2 * last) sizes.push(most);
  else sizes[sizes.length - 1] = most;
  return sizes;
}

/** Null where not even one record more than the one that it takes is taken. */
async function largestBelow(take: Take, takes: number, refuses: number): Promise<number | null> {
  let low = Math.max(takes, 1);
  let high = refuses;
  for (let halving = 0; halving < MOST_HALVINGS && high > low + 1; halving++) {
    const middle = Math.round(Math.sqrt(low * high));
    if (middle <= low || middle >= high) break;
    const point = await take({ batch: middle, inFlight: 1 });
    if (point === null) break;
    if (isAllowed(point)) low = middle;
    else high = middle;
  }
  return low > takes ? low : null;
}

async function double(take: Take, batch: number, most: number, skipped: () => void): Promise<void> {
  let best = (await take({ batch, inFlight: 1 }))?.recordsPerSecond ?? 0;
  let vain = 0;
  let inFlight = 1;
  while (inFlight < most) {
    inFlight = Math.min(inFlight * 2, most);
    const point = await take({ batch, inFlight });
    if (point === null || !isAllowed(point)) break;
    vain = point.recordsPerSecond < best * (1 + LEAST_GAIN) ? vain + 1 : 0;
    best = Math.max(best, point.recordsPerSecond);
    if (vain === VAIN_DOUBLINGS) break;
  }
  for (; inFlight < most; inFlight *= 2) skipped();
}

/** What all points together suggest; from the best point to its neighbours, and on from a better one. */
async function refine(take: Take, points: readonly Point[], plan: SweepPlan): Promise<void> {
  const before = points.length;
  for (let suggested = 0; suggested < MOST_SUGGESTED; suggested++) {
    const load = plan.suggest(points);
    if (load === null || isBeyond(load, points) || isKnown(load, points)) break;
    if ((await take(load)) === null) break;
  }
  for (let best = fastest(points); best !== null; ) {
    for (const { batch, inFlight } of around(best, plan)) {
      if (points.length - before >= MOST_REFINED) return;
      const load = { batch, inFlight: Math.min(inFlight, plan.roomFor(batch)) };
      if (!isBeyond(load, points)) await take(load);
    }
    const next = fastest(points);
    if (next === best) return;
    best = next;
  }
}

function around({ batch, inFlight }: Load, { mostRecords, mostInFlight }: SweepPlan): readonly Load[] {
  const flights = [Math.round(inFlight / FLIGHT_STEP), Math.round(inFlight * FLIGHT_STEP)];
  const batches = [rounded(batch / BATCH_STEP), rounded(batch * BATCH_STEP)];
  return [
    ...flights.map(flight => ({ batch, inFlight: flight })),
    ...batches.map(size => ({ batch: size, inFlight })),
  ].filter(load => load.batch >= 1 && load.inFlight >= 1 && load.batch <= mostRecords && load.inFlight <= mostInFlight);
}

function isSame(a: Load, b: Load): boolean {
  return a.inFlight === b.inFlight && a.batch / b.batch < NEAR && b.batch / a.batch < NEAR;
}

function isKnown(load: Load, points: readonly Point[]): boolean {
  return points.some(point => isSame(point, load));
}

/** To one digit. */
function rounded(size: number): number {
  const ten = 10 ** Math.max(0, Math.floor(Math.log10(size)));
  return Math.round(size / ten) * ten;
}

/** Whether the endpoint is known to object to it, or to nearly the same with less. */
function isBeyond({ batch, inFlight }: Load, points: readonly Point[]): boolean {
  return points.some(({ objection, ...point }) => {
    if (objection === null) return false;
    if (objection.kind === 'too-large') return point.batch <= batch;
    if (point.inFlight > inFlight) return false;
    const factor = batch / point.batch;
    return objection.kind === 'latency' ? factor >= 1 : factor <= 2 * BATCH_STEP && factor >= 0.5 / BATCH_STEP;
  });
}
