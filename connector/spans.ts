/**
 * A request as a span of OpenTelemetry, over. Plain data; nothing in it is a record's content, or a secret of the configuration but for what an
 * address may hold.
 */
export interface Span {
  /** 32 and 16 lower-case hexadecimal digits, as in a `traceparent`. */
  readonly traceId: string;
  readonly spanId: string;
  /** The span of the one record that the request carries; null for the first one of its trace. */
  readonly parentSpanId: string | null;
  readonly traceState: string | null;
  /** Of W3C Trace Context. */
  readonly flags: number;
  /** Wall-clock epoch milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly method: string;
  /** By the names of OpenTelemetry's semantic conventions, and `tailrace.…`. */
  readonly attributes: Attributes;
  /** Those of all spans to an endpoint: one object, so that they are written once. */
  readonly fixed: Attributes;
  /** Distinct `traceparent`s of the records in it. */
  readonly links: readonly string[];
  /** How many more there were. */
  readonly droppedLinks: number;
  /** Why the request failed, in one line; null for one that did not. */
  readonly error: string | null;
}

/** A name has one value, in one of the two. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Where the spans of requests go, and which there are. */
export interface Tracing {
  /** Whether a trace is recorded that begins with a request. */
  samples(traceId: string): boolean;
  /** Whether a record's own trace context decides for a request that carries it alone. */
  readonly byParent: boolean;
  /** Takes a span that is over, or drops it. Never waits, never throws. */
  end(span: Span): void;
}
