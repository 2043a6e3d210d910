import type { Span } from '../../connector/spans.ts';

/** By OpenTelemetry's names. */
export type Attributes = Readonly<Record<string, string | number>>;

/** A span, and what all of its task have in common. */
export interface OwnedSpan {
  readonly span: Span;
  readonly common: Attributes;
}

/** `Span.SpanKind` and `Status.StatusCode` of opentelemetry-proto 1.x, trace.proto. */
const KIND_CLIENT = 3;
const STATUS_ERROR = 2;
/** `SpanFlags`: where a parent or a linked span is, is known, and that is elsewhere. */
const IS_REMOTE = 0x300;

/**
 * An ExportTraceServiceRequest in the JSON form of OTLP 1.x (opentelemetry.io, OTLP/HTTP, "JSON Protobuf Encoding"): names in lowerCamelCase, ids
 * in hexadecimal digits, enums as numbers, 64-bit integers as texts.
 */
export function encodeSpans(spans: readonly OwnedSpan[], resource: Attributes, version: string): Buffer {
  const request = {
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'tailrace', version }, spans: spans.map(spanOf) }],
      },
    ],
  };
  return Buffer.from(JSON.stringify(request));
}

function spanOf({ span, common }: OwnedSpan): object {
  const { parentSpanId, traceState, links, droppedLinks, error } = span;
  const endMs = span.startMs + Math.max(0, span.durationMs);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(traceState !== null && { traceState }),
    ...(parentSpanId !== null && { parentSpanId }),
    flags: span.flags | IS_REMOTE,
    name: span.method,
    kind: KIND_CLIENT,
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: keyValues({ ...span.attributes, ...common }),
    ...(links.length > 0 && { links: links.map(linkOf) }),
    ...(droppedLinks > 0 && { droppedLinksCount: droppedLinks }),
    status: error === null ? {} : { code: STATUS_ERROR, message: error },
  };
}

/** @param traceparent a valid one of W3C Trace Context */
function linkOf(traceparent: string): object {
  const [, traceId, spanId, flags] = traceparent.split('-') as [string, string, string, string];
  return { traceId, spanId, flags: Number.parseInt(flags, 16) | IS_REMOTE };
}

function keyValues(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));
}

/** Microseconds are as exact as the clocks are. */
function nanoseconds(epochMs: number): string {
  return String(BigInt(Math.round(epochMs * 1000)) * 1000n);
}
