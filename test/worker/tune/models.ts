import type { CostModel } from '../../../worker/tune/model.ts';
import { requestsPerSecond } from '../../../worker/tune/model.ts';
import type { Load, Point } from '../../../worker/tune/point.ts';

/** Uniform numbers that are the same each time. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a measurement of an endpoint with these costs would bring. */
export function pointOf(model: CostModel, { batch, inFlight }: Load, factor = 1): Point {
  const rate = requestsPerSecond(model, batch, inFlight) * factor;
  const meanMs = (1_000 * inFlight) / rate;
  return {
    batch,
    inFlight,
    records: batch,
    bodyBytes: batch * 200,
    sentBytes: batch * 200,
    requests: 100,
    failures: 0,
    requestsPerSecond: rate,
    recordsPerSecond: rate * batch,
    relativeError: 0.02,
    meanMs,
    p50Ms: meanMs * 0.95,
    p99Ms: meanMs * 1.5,
    busy: 0.1,
    objection: null,
  };
}

/** Of all loads of a grid. */
export const GRID: readonly Load[] = [1, 10, 100, 1_000, 10_000].flatMap(batch =>
  [1, 2, 4, 8, 16, 32, 64].map(inFlight => ({ batch, inFlight })),
);

export const WORKERS: CostModel = {
  requestMs: 20,
  recordMs: 0.05,
  serialRequestMs: 2.5,
  serialRecordMs: 0.00625,
  sharpness: 6,
};
export const PURE: CostModel = { ...WORKERS, recordMs: 1e-5, serialRequestMs: 1e-5, serialRecordMs: 1e-5 };
export const SERIAL: CostModel = {
  requestMs: 5,
  recordMs: 0.02,
  serialRequestMs: 0.01,
  serialRecordMs: 0.02,
  sharpness: 6,
};
export const RATE: CostModel = {
  requestMs: 10,
  recordMs: 1e-4,
  serialRequestMs: 5,
  serialRecordMs: 1e-5,
  sharpness: 6,
};
