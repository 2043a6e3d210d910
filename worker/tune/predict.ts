import { type CostModel, requestsPerSecond, residual } from './model.ts';
import { isMeasured, type Load, type Point } from './point.ts';

/** What a load would give. */
export interface Prediction extends Load {
  readonly requestsPerSecond: number;
  readonly recordsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type Predict = (load: Load) => Prediction;

/** How far a point is heard, as factors of batch size and of requests in flight. */
const HEARD = { batch: Math.log(3), inFlight: Math.log(1.6) };
/** What the model's own word weighs beside that of points. */
const OWN_WEIGHT = 0.1;

/**
 * The model, corrected by what was measured near by: exact costs are seldom as simple as it is. Latencies follow from throughput
 * (Little's law), their tails from the points near by.
 */
export function createPredictor(model: CostModel, points: readonly Point[]): Predict {
  const measured = points.filter(isMeasured);
  const errors = measured.map(point => residual(model, point));
  const tails = measured.map(({ p50Ms, p99Ms, meanMs }) => ({
    p50: Math.log(p50Ms / meanMs),
    p99: Math.log(p99Ms / meanMs),
  }));
  return ({ batch, inFlight }) => {
    const weights = measured.map(point => weight(point, { batch, inFlight }));
    const near = (values: readonly number[], own: number): number => {
      const total = weights.reduce((sum, each) => sum + each, own);
      return total === 0 ? 0 : values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / total;
    };
    const correction = Math.exp(near(errors, OWN_WEIGHT));
    const requests = requestsPerSecond(model, batch, inFlight) * correction;
    const meanMs = (1_000 * inFlight) / requests;
    const tail = (of: 'p50' | 'p99') =>
      meanMs *
      Math.exp(
        near(
          tails.map(each => each[of]),
          Number.MIN_VALUE,
        ),
      );
    return {
      batch,
      inFlight,
      requestsPerSecond: requests,
      recordsPerSecond: requests * batch,
      p50Ms: tail('p50'),
      p99Ms: tail('p99'),
    };
  };
}

/** A point that is known no better than this counts half; one of which that is not known, as if it were twice as bad. */
const HALF_ERROR = 0.1;

function weight({ records, inFlight: c, relativeError }: Point, { batch, inFlight }: Load): number {
  const error = Math.min(relativeError, 2 * HALF_ERROR) / HALF_ERROR;
  const far = (Math.log(records / batch) / HEARD.batch) ** 2 + (Math.log(c / inFlight) / HEARD.inFlight) ** 2;
  return Math.exp(-far / 2) / (1 + error ** 2);
}
