import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { Arrived } from './endpoint.ts';

/**
 * OTLP/JSON as a receiver has to take it: the messages of opentelemetry-proto 1.x (trace.proto, common.proto, resource.proto,
 * trace_service.proto) with their fields and types, and the JSON form of the OTLP specification: lowerCamelCase, ids in hexadecimal digits, enums
 * as numbers, 64-bit numbers as texts. Stricter than receivers are: a field that no message has is refused.
 */
type Kind = 'string' | 'id16' | 'id8' | 'uint32' | 'int64' | 'fixed64' | 'bool' | 'double' | { readonly most: number };
type Field = Kind | `${string}!` | readonly [message: string];

const MESSAGES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  ExportTraceServiceRequest: { resourceSpans: ['ResourceSpans'] },
  ResourceSpans: { resource: 'Resource!', scopeSpans: ['ScopeSpans'], schemaUrl: 'string' },
  Resource: { attributes: ['KeyValue'], droppedAttributesCount: 'uint32' },
  ScopeSpans: { scope: 'InstrumentationScope!', spans: ['Span'], schemaUrl: 'string' },
  InstrumentationScope: {
    name: 'string',
    version: 'string',
    attributes: ['KeyValue'],
    droppedAttributesCount: 'uint32',
  },
  Span: {
    traceId: 'id16',
    spanId: 'id8',
    traceState: 'string',
    parentSpanId: 'id8',
    flags: 'uint32',
    name: 'string',
    kind: { most: 5 },
    startTimeUnixNano: 'fixed64',
    endTimeUnixNano: 'fixed64',
    attributes: ['KeyValue'],
    droppedAttributesCount: 'uint32',
    droppedEventsCount: 'uint32',
    links: ['Link'],
    droppedLinksCount: 'uint32',
    status: 'Status!',
  },
  Link: {
    traceId: 'id16',
    spanId: 'id8',
    traceState: 'string',
    attributes: ['KeyValue'],
    droppedAttributesCount: 'uint32',
    flags: 'uint32',
  },
  Status: { message: 'string', code: { most: 2 } },
  KeyValue: { key: 'string', value: 'AnyValue!' },
  AnyValue: { stringValue: 'string', boolValue: 'bool', intValue: 'int64', doubleValue: 'double' },
};

function check(message: string, value: unknown, where: string): void {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${where} is no ${message}`);
  const fields = MESSAGES[message]!;
  for (const [name, inner] of Object.entries(value)) {
    assert.ok(Object.hasOwn(fields, name), `${where}: ${message} has no field ${name}`);
    checkField(fields[name]!, inner, `${where}.${name}`);
  }
  if (message === 'AnyValue') assert.equal(Object.keys(value).length, 1, `${where} is one value`);
}

function checkField(field: Field, value: unknown, where: string): void {
  if (Array.isArray(field)) {
    assert.ok(Array.isArray(value), where);
    for (const [index, item] of value.entries()) check(field[0], item, `${where}[${index}]`);
  } else if (typeof field === 'string' && field.endsWith('!')) check(field.slice(0, -1), value, where);
  else assert.ok(isOf(field as Kind, value), `${where}: ${JSON.stringify(value)} is no ${JSON.stringify(field)}`);
}

function isOf(kind: Kind, value: unknown): boolean {
  if (typeof kind === 'object') return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= kind.most;
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'id16':
      return typeof value === 'string' && /^(?!0+$)[0-9a-f]{32}$/.test(value);
    case 'id8':
      return typeof value === 'string' && /^(?!0+$)[0-9a-f]{16}$/.test(value);
    case 'uint32':
      return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
    case 'int64':
      return typeof value === 'string' && /^-?\d{1,19}$/.test(value);
    case 'fixed64':
      return typeof value === 'string' && /^\d{1,20}$/.test(value) && BigInt(value) < 2n ** 64n;
    case 'bool':
      return typeof value === 'boolean';
    case 'double':
      return typeof value === 'number';
  }
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

/** A span as a receiver has it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string; readonly flags: number }[];
  readonly droppedLinksCount?: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly resource: Readonly<Record<string, string | number>>;
}

/** All spans of one export, which must be right to the last field. */
export function spansIn({ method, headers, body }: Arrived): readonly ReceivedSpan[] {
  assert.equal(method, 'POST');
  assert.equal(headers['content-type'], 'application/json');
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const request = JSON.parse(text.toString()) as Packed;
  check('ExportTraceServiceRequest', request, 'request');
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(span => {
        assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), 'it ends after it begins');
        return { ...span, attributes: valuesOf(span.attributes), resource: valuesOf(resource.attributes) };
      }),
    ),
  );
}

/** What was checked to be of these messages. */
interface Packed {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'resource'> & {
        readonly attributes: readonly KeyValue[];
      })[];
    }[];
  }[];
}

function valuesOf(pairs: readonly KeyValue[]): Record<string, string | number> {
  const values = Object.fromEntries(
    pairs.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)] as const),
  );
  assert.equal(Object.keys(values).length, pairs.length, 'names of attributes are unique');
  return values;
}
