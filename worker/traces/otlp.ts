import type { Attributes, Span } from '../../connector/spans.ts';

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
 * in hexadecimal digits, enums as numbers, 64-bit integers as texts. It is written as a text, since objects of each link and attribute cost five
 * times as much, on the thread that delivers.
 */
export function encodeSpans(spans: readonly OwnedSpan[], resource: Attributes, version: string): Buffer {
  const written = new Map<Attributes, string>();
  const once = (attributes: Attributes): string => {
    const text = written.get(attributes) ?? keyValues(attributes);
    written.set(attributes, text);
    return text;
  };
  const scope = `{"name":"tailrace","version":${JSON.stringify(version)}}`;
  const all = spans.map(owned => spanText(owned, once)).join(',');
  return Buffer.from(
    `{"resourceSpans":[{"resource":{"attributes":[${keyValues(resource)}]},"scopeSpans":[{"scope":${scope},"spans":[${all}]}]}]}`,
  );
}

/** @param once writes what many spans have once */
function spanText({ span, common }: OwnedSpan, once: (attributes: Attributes) => string): string {
  const { traceId, spanId, parentSpanId, traceState, links, droppedLinks, error } = span;
  const endMs = span.startMs + Math.max(0, span.durationMs);
  const attributes = [keyValues(span.attributes), once(span.fixed), once(common)].filter(Boolean).join(',');
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}"` +
    (traceState === null ? '' : `,"traceState":${JSON.stringify(traceState)}`) +
    (parentSpanId === null ? '' : `,"parentSpanId":"${parentSpanId}"`) +
    `,"flags":${span.flags | IS_REMOTE},"name":${JSON.stringify(span.method)},"kind":${KIND_CLIENT}` +
    `,"startTimeUnixNano":"${nanoseconds(span.startMs)}","endTimeUnixNano":"${nanoseconds(endMs)}"` +
    `,"attributes":[${attributes}]` +
    (links.length === 0 ? '' : `,"links":[${links.map(linkText).join(',')}]`) +
    (droppedLinks === 0 ? '' : `,"droppedLinksCount":${droppedLinks}`) +
    `,"status":${error === null ? '{}' : `{"code":${STATUS_ERROR},"message":${JSON.stringify(error)}}`}}`
  );
}

/** @param traceparent a valid one of W3C Trace Context: every part has its place */
function linkText(traceparent: string): string {
  const flags = Number.parseInt(traceparent.slice(53, 55), 16) | IS_REMOTE;
  return `{"traceId":"${traceparent.slice(3, 35)}","spanId":"${traceparent.slice(36, 52)}","flags":${flags}}`;
}

function keyValues(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => {
      const text = typeof value === 'string' ? `"stringValue":${JSON.stringify(value)}` : `"intValue":"${value}"`;
      return `{"key":${JSON.stringify(key)},"value":{${text}}}`;
    })
    .join(',');
}

/** Microseconds are as exact as the clocks are. */
function nanoseconds(epochMs: number): string {
  return `${Math.round(epochMs * 1000)}000`;
}
