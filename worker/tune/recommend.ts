import { fastest, isAllowed, type Load, type Point } from './point.ts';
import type { Predict, Prediction } from './predict.ts';

export interface Wishes {
  /** The longest that 99 of 100 requests may take, milliseconds; null: any. */
  readonly latencyP99Ms: number | null;
  /** Most requests at a time that there can be: of each partition one. Null: not known. */
  readonly mostInFlight: number | null;
  /** How many requests of so many records there is room for at a time. With it, what was measured up to its room says nothing of smaller batches. */
  readonly roomFor?: (batch: number) => number;
}

/** What is nearly as good as the best that can be had is good enough. */
const GOOD = 0.97;
const FLIGHTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];
const DIGITS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/**
 * The fewest requests at a time, and of these the smallest batch, that are predicted to reach nearly the best throughput. Within what was
 * measured: neither beyond the largest load, nor beyond one that the endpoint objected to. Null where no load is allowed.
 */
export function recommend(points: readonly Point[], predict: Predict, wishes: Wishes): Prediction | null {
  const candidates = candidatesOf(points, wishes)
    .map(predict)
    .filter(({ p99Ms }) => p99Ms <= (wishes.latencyP99Ms ?? p99Ms));
  const known = fastest(points.filter(({ inFlight }) => inFlight <= (wishes.mostInFlight ?? inFlight)));
  if (known === null) return null;
  if (candidates.length === 0) return predict(known);
  const best = Math.max(...candidates.map(({ recordsPerSecond }) => recordsPerSecond));
  const good = candidates.filter(({ recordsPerSecond }) => recordsPerSecond >= GOOD * best);
  return good.reduce((least, each) => (isLess(each, least) ? each : least));
}

function isLess(a: Load, b: Load): boolean {
  return a.inFlight < b.inFlight || (a.inFlight === b.inFlight && a.batch < b.batch);
}

function candidatesOf(points: readonly Point[], { mostInFlight, roomFor }: Wishes): readonly Load[] {
  const allowed = points.filter(isAllowed);
  const batches = [
    ...new Set([
      ...roundUpTo(Math.max(...allowed.map(({ records }) => records), 0)),
      ...allowed.map(({ batch }) => batch),
    ]),
  ];
  return batches.flatMap(batch => {
    const most = Math.min(mostInFlightOf(batch, points, roomFor), mostInFlight ?? Number.POSITIVE_INFINITY);
    const flights = new Set([...FLIGHTS, ...allowed.map(({ inFlight }) => inFlight)].filter(flight => flight <= most));
    return [...flights].map(inFlight => ({ batch, inFlight }));
  });
}

/** Round numbers, and the most itself. */
function roundUpTo(most: number): readonly number[] {
  const sizes: number[] = [];
  for (let ten = 1; ten <= most; ten *= 10) {
    for (const digit of DIGITS) if (Number.isInteger(digit * ten) && digit * ten <= most) sizes.push(digit * ten);
  }
  return sizes;
}

/** The most that was allowed with both of the sizes measured that it stands between: nobody knows of more. */
function mostInFlightOf(batch: number, points: readonly Point[], roomFor?: Wishes['roomFor']): number {
  const sizes = [...new Set(points.map(point => point.batch))].sort((a, b) => a - b);
  const below = sizes.filter(size => size <= batch).at(-1);
  const above = sizes.find(size => size >= batch);
  const mostOf = (size: number): number => {
    const column = points.filter(point => point.batch === size);
    const objected = Math.min(...column.filter(point => !isAllowed(point)).map(({ inFlight }) => inFlight));
    return Math.max(
      0,
      ...column
        .filter(isAllowed)
        .map(({ inFlight }) => inFlight)
        .filter(flight => flight < objected),
    );
  };
  const most = Math.min(
    ...[below, above].flatMap(size => {
      if (size === undefined) return [];
      const known = mostOf(size);
      return size > batch && known >= (roomFor?.(size) ?? Number.POSITIVE_INFINITY) ? [] : [known];
    }),
  );
  return Math.min(most, roomFor?.(batch) ?? most);
}
