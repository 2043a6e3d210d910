import type { HttpConfig } from '../../config/types.ts';
import type { Clock, HttpRequest, HttpResponse, Random } from '../ports.ts';
import type { Attributes, Span, Tracing } from '../spans.ts';
import type { Classified } from './answers/classify.ts';
import { countRecords, type Part } from './parts.ts';
import { traceContextOf, traceparentsOf } from './trace-context.ts';
import { portOf } from './transport/way.ts';

export interface RequestSpanParts {
  readonly http: HttpConfig;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly random: Random;
}

/** What became of a request that was sent. */
export interface Ended {
  readonly result: Classified;
  /** Null without an answer; `code` then says why. */
  readonly status: number | null;
  readonly code: string | null;
}

/** One request, from when it is made. */
export interface RequestSpan {
  /** With the span's trace context in the place of any other. */
  carriedBy(request: HttpRequest): HttpRequest;
  /** Sends it: one that never is sent leaves no span. What is read of the records is read before others may have taken them. */
  over(request: HttpRequest, send: () => Promise<HttpResponse>): Promise<HttpResponse>;
  /** @param ended null: it was given up, since the task stops or the records are another owner's */
  end(ended: Ended | null): void;
}

/** @param attempt which one of these records it is, from 1 */
export type StartSpan = (parts: readonly Part[], attempt: number) => RequestSpan;

/** Links of a span by OpenTelemetry's own limit (OTEL_SPAN_LINK_COUNT_LIMIT). */
export const MOST_LINKS = 128;
const SAMPLED = 1;
/** Of the flags, what a child has of its parent: sampled is its own to say (W3C Trace Context level 2, §3.2.2.5). */
const INHERITED = 2;

/**
 * Makes the spans of requests: one for each that is sent, of kind CLIENT, by the semantic conventions of HTTP clients. That of a request with one
 * record is a child of the record's span; that of others begins a trace, with links to its records'.
 */
export function createRequestSpans({ http, tracing, clock, random }: RequestSpanParts): StartSpan {
  const fixed: Attributes = {
    'server.address': http.url.hostname.replace(/^\[|\]$/g, ''),
    'server.port': portOf(http.url),
    // Without its query, which may hold a secret, and without what depends on records.
    'url.full': http.url.origin + http.url.pathname,
    'network.protocol.version': http.version,
    'messaging.system': 'kafka',
  };

  return (parts, attempt) => {
    const records = countRecords(parts);
    const context = records === 1 ? contextOf(parts[0]!) : null;
    const traceId = context?.traceId ?? randomId(32, random);
    const spanId = randomId(16, random);
    const isSampled = context !== null && tracing.byParent ? (context.flags & SAMPLED) !== 0 : tracing.samples(traceId);
    const flags = (isSampled ? SAMPLED : 0) | ((context?.flags ?? 0) & INHERITED);
    const own: Record<string, string> = { traceparent: `00-${traceId}-${spanId}-${hex(flags)}` };
    if (context?.tracestate !== undefined) own['tracestate'] = context.tracestate;
    let begun: Begun | null = null;

    function spanOf(ended: Ended | null, { wall, at, request, attributes, links, droppedLinks }: Begun): Span {
      const error = ended === null ? 'given up: the task stops, or gave the records to another' : failureOf(ended);
      return {
        traceId,
        spanId,
        parentSpanId: context?.spanId ?? null,
        traceState: context?.tracestate ?? null,
        flags,
        startMs: wall,
        durationMs: clock.now() - at,
        method: request.method,
        attributes: {
          'http.request.method': request.method,
          'http.request.body.size': request.body.length,
          ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
          'messaging.batch.message_count': records,
          ...attributes,
          ...(ended === null ? { 'error.type': 'aborted' } : outcomeOf(ended, error)),
        },
        fixed,
        links,
        droppedLinks,
        error,
      };
    }

    return {
      carriedBy(request) {
        const headers = { ...request.headers, ...own };
        if (own['tracestate'] === undefined) delete headers['tracestate'];
        return { ...request, headers };
      },
      over(request, send) {
        if (!isSampled) return send();
        const [wall, at] = [clock.wall(), clock.now()];
        const answer = send();
        const linked = context === null ? traceparentsOf(parts, MOST_LINKS) : NO_LINKS;
        begun = { wall, at, request, attributes: sourceOf(parts, records), ...linked };
        return answer;
      },
      end(ended) {
        if (begun !== null) tracing.end(spanOf(ended, begun));
        begun = null;
      },
    };
  };
}

const NO_LINKS = { links: [], droppedLinks: 0 };

interface Begun extends Pick<Span, 'attributes' | 'links' | 'droppedLinks'> {
  readonly wall: number;
  readonly at: number;
  readonly request: HttpRequest;
}

interface Context {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly tracestate: string | undefined;
}

/** That of the one record; null where it has none. */
function contextOf({ item, start }: Part): Context | null {
  const { traceparent, tracestate } = traceContextOf(item.slice.block, start);
  if (traceparent === undefined) return null;
  const [, traceId, spanId, text] = traceparent.split('-') as [string, string, string, string];
  const flags = Number.parseInt(text, 16);
  return { traceId, spanId, flags, tracestate };
}

/** Where the records come from, as far as they have it in common. */
function sourceOf(parts: readonly Part[], records: number): Record<string, string | number> {
  const { slice } = parts[0]!.item;
  if (parts.some(({ item }) => item.slice.topic !== slice.topic)) return {};
  const ofTopic = { 'messaging.destination.name': slice.topic };
  if (parts.some(({ item }) => item.slice.partition !== slice.partition)) return ofTopic;
  return {
    ...ofTopic,
    'messaging.destination.partition.id': String(slice.partition),
    ...(records === 1 && { 'messaging.kafka.offset': slice.block.offset[parts[0]!.start]! }),
  };
}

function outcomeOf({ result, status, code }: Ended, error: string | null): Record<string, string | number> {
  const type = status !== null && status >= 400 ? String(status) : (code ?? result.class);
  return {
    'tailrace.outcome': result.class,
    ...(result.class === 'per-record' && { 'tailrace.records.confirmed': confirmedOf(result) }),
    ...(status !== null && { 'http.response.status_code': status }),
    ...(error !== null && { 'error.type': type }),
  };
}

function confirmedOf({ statuses, outcomeOf }: Extract<Classified, { class: 'per-record' }>): number {
  return statuses.filter(status => outcomeOf(status) === 'delivered').length;
}

function failureOf({ result }: Ended): string | null {
  if (result.class === 'delivered') return null;
  if (result.class !== 'per-record') return result.reason;
  if (result.refusal !== null) return result.refusal.reason;
  const open = result.statuses.length - confirmedOf(result);
  return open === 0 ? null : `the endpoint did not confirm ${open} of ${result.statuses.length} records`;
}

const DIGITS_AT_ONCE = 8;

/** Not all zeros, which is no id. */
function randomId(digits: number, random: Random): string {
  let id = '';
  while (id.length < digits) id += hex(Math.floor(random() * 2 ** 32), DIGITS_AT_ONCE);
  return /^0+$/.test(id) ? `${id.slice(1)}1` : id;
}

function hex(value: number, digits = 2): string {
  return value.toString(16).padStart(digits, '0');
}
