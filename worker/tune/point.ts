/** What is measured at a time: so many records a request, so many requests in flight. */
export interface Load {
  readonly batch: number;
  readonly inFlight: number;
}

/**
 * Why a load is none to run with. `refused`: the endpoint answered 429 or 503. `errors`: more than one request in a hundred failed.
 * `latency`: the 99th percentile is beyond what the user allows. `too-large`: it takes no body of this size.
 */
export type Objection = 'refused' | 'errors' | 'latency' | 'too-large';

/** What was measured under one load. Latencies are those of attempts, milliseconds. */
export interface Point extends Load {
  /** Records that a request carried on average: fewer than `batch` where bytes or addresses ended it before. */
  readonly records: number;
  /** Of a request's body on average, as it was made and as it was sent. */
  readonly bodyBytes: number;
  readonly sentBytes: number;
  /** Confirmed within the window that was measured, and failed at any time. */
  readonly requests: number;
  readonly failures: number;
  readonly requestsPerSecond: number;
  readonly recordsPerSecond: number;
  /** Standard error of the throughput, of 1; Infinity where too little was measured to tell. */
  readonly relativeError: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much of the time this process had no time to spare, of 1: near 1 it is the limit, and not the endpoint. */
  readonly busy: number;
  readonly objection: { readonly kind: Objection; readonly text: string } | null;
}

/** Whether the model may learn from it: all was confirmed, however late. */
export function isMeasured({ objection, requests }: Point): boolean {
  return requests > 0 && (objection === null || objection.kind === 'latency');
}

/** Whether one may run with it. */
export function isAllowed(point: Point): boolean {
  return point.requests > 0 && point.objection === null;
}

/** Of the fastest; null where there is none. */
export function fastest(points: readonly Point[]): Point | null {
  const allowed = points.filter(isAllowed);
  return allowed.length === 0
    ? null
    : allowed.reduce((best, point) => (point.recordsPerSecond > best.recordsPerSecond ? point : best));
}
