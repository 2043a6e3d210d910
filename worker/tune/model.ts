import { minimize } from './nelder-mead.ts';
import { isMeasured, type Point } from './point.ts';

/** What requests cost at an endpoint, milliseconds. */
export interface CostModel {
  /** A request by itself, and each record in it: what passes beside others. */
  readonly requestMs: number;
  readonly recordMs: number;
  /** What the endpoint has for one request at a time, or for so many that this is each one's part. */
  readonly serialRequestMs: number;
  readonly serialRecordMs: number;
  /** How suddenly the one gives way to the other; at the knee throughput is 2^(-1/sharpness) of either. */
  readonly sharpness: number;
}

/** A measured throughput: requests of `records` records, `inFlight` at a time. */
export type Observation = Pick<Point, 'records' | 'inFlight' | 'requestsPerSecond' | 'relativeError'>;

export interface Fitted {
  readonly model: CostModel;
  /** Root mean square of the logarithms of measured over modelled throughput: about the relative error of a point. */
  readonly error: number;
}

const MS = 1_000;

/** Requests a second: the smooth minimum of what so many can do side by side and of what the endpoint does one after another. */
export function requestsPerSecond(model: CostModel, records: number, inFlight: number): number {
  const { sharpness } = model;
  const beside = inFlight / ownMs(model, records);
  const serial = 1 / serialMs(model, records);
  const [less, more] = beside < serial ? [beside, serial] : [serial, beside];
  return (MS * less) / (1 + (less / more) ** sharpness) ** (1 / sharpness);
}

/** How many requests of so many records keep the endpoint busy; more of them only wait. */
export function knee(model: CostModel, records: number): number {
  return ownMs(model, records) / serialMs(model, records);
}

function ownMs({ requestMs, recordMs }: CostModel, records: number): number {
  return requestMs + recordMs * records;
}

function serialMs({ serialRequestMs, serialRecordMs }: CostModel, records: number): number {
  return serialRequestMs + serialRecordMs * records;
}

const SHARPNESS = { least: 1, most: 12 };
/** Nothing measured tells a smaller cost from none. */
const LEAST_MS = 1e-6;
const ROUNDS = 2_000;
/** A point that was measured exactly counts no more than one that was measured this well. */
const LEAST_ERROR = 0.02;
/** And one of which nothing is known as one measured like this. */
const MOST_ERROR = 0.2;
/** Keeps costs that the points say nothing of where they are, in place of anywhere. */
const PULL = 1e-6;

/** The costs that explain the points best, by least squares of logarithms. Null with no point. */
export function fitModel(points: readonly Observation[]): Fitted | null {
  if (points.length === 0) return null;
  const weights = points.map(({ relativeError }) => Math.min(Math.max(relativeError, LEAST_ERROR), MOST_ERROR) ** -2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const squares = (model: CostModel): number =>
    points.reduce((sum, point, i) => sum + (weights[i]! * residual(model, point) ** 2) / total, 0);
  const starts = startsOf(points).map(toVector);
  const found = starts.map(start => {
    const loss = (at: readonly number[]): number =>
      squares(toModel(at)) + PULL * at.reduce((sum, x, i) => sum + (x - start[i]!) ** 2, 0);
    const rough = minimize(loss, start, 1, ROUNDS);
    // Another simplex from there leaves the narrow valleys in which one may get stuck.
    return minimize(loss, rough.at, 0.3, ROUNDS);
  });
  const { at } = found.reduce((best, each) => (each.value < best.value ? each : best));
  const model = toModel(at);
  return { model, error: Math.sqrt(squares(model)) };
}

/** The same from all points that may be learned from. */
export function fitPoints(points: readonly Point[]): Fitted | null {
  return fitModel(points.filter(isMeasured));
}

/** The logarithm of measured over modelled throughput. */
export function residual(model: CostModel, { records, inFlight, requestsPerSecond: measured }: Observation): number {
  return Math.log(measured / requestsPerSecond(model, records, inFlight));
}

/** What the points say at their ends: what a request takes alone, and the most that there was of requests and of records. */
function startsOf(points: readonly Observation[]): readonly CostModel[] {
  const own = (point: Observation): number => (MS * point.inFlight) / point.requestsPerSecond;
  const least = Math.min(...points.map(own));
  const mostRequests = Math.max(...points.map(point => point.requestsPerSecond));
  const mostRecords = Math.max(...points.map(point => point.records * point.requestsPerSecond));
  const perRecord = Math.min(...points.map(point => own(point) / point.records));
  const base = {
    requestMs: least,
    recordMs: perRecord / 2,
    serialRequestMs: MS / mostRequests / 2,
    serialRecordMs: MS / mostRecords / 2,
    sharpness: 4,
  };
  return [
    base,
    { ...base, recordMs: perRecord / 100 },
    { ...base, serialRequestMs: base.serialRequestMs / 100 },
    { ...base, serialRecordMs: base.serialRecordMs / 100 },
    { ...base, recordMs: perRecord / 100, serialRequestMs: base.serialRequestMs / 100, sharpness: 2 },
  ];
}

function toVector({ requestMs, recordMs, serialRequestMs, serialRecordMs, sharpness }: CostModel): readonly number[] {
  return [requestMs, recordMs, serialRequestMs, serialRecordMs, sharpness].map(cost =>
    Math.log(Math.max(cost, LEAST_MS)),
  );
}

function toModel(at: readonly number[]): CostModel {
  const [requestMs, recordMs, serialRequestMs, serialRecordMs] = at
    .slice(0, 4)
    .map(x => Math.max(Math.exp(x), LEAST_MS));
  return {
    requestMs: requestMs!,
    recordMs: recordMs!,
    serialRequestMs: serialRequestMs!,
    serialRecordMs: serialRecordMs!,
    sharpness: Math.min(Math.max(Math.exp(at[4]!), SHARPNESS.least), SHARPNESS.most),
  };
}
