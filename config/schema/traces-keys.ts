import { address, type Format, integer, oneOf, text } from './formats.ts';
import { keyGroup } from './key-spec.ts';

const traces = keyGroup('Traces');

/** A part of all, in decimals. */
const ratio: Format<number> = {
  type: 'double',
  expects: 'a number from 0 to 1',
  verbatim: false,
  quotable: true,
  read: value => {
    if (!/^\d{1,3}(\.\d{1,18})?$/.test(value)) return undefined;
    const number = Number(value);
    return number <= 1 ? number : undefined;
  },
};

/** Spans of requests, for OpenTelemetry. */
export const tracesKeys = {
  traces: traces.optional(
    'telemetry.traces',
    oneOf('off', 'otlp', 'env'),
    'Whether a span of each request goes to an OpenTelemetry collector: `otlp`, as the keys of this group say; `env`, as the standard ' +
      '`OTEL_…` variables of the environment say, and these keys do not count; `off`. Without it `otlp` where ' +
      '`telemetry.traces.endpoint` is written, else `off`. Each request then carries the `traceparent` of its span.',
  ),
  tracesEndpoint: traces.optional(
    'telemetry.traces.endpoint',
    address('telemetry.traces.headers.Authorization'),
    'Address of an OTLP/HTTP receiver, `http://collector:4318/v1/traces`; `/v1/traces` is the path where it has none. Spans go there as JSON, ' +
      'in the background: one that does not answer costs spans, and no delivery.',
  ),
  tracesRatio: traces.withDefault(
    'telemetry.traces.sample.ratio',
    ratio,
    '1',
    'The part of the traces beginning with a request that is recorded. Where a request carries one record with a `traceparent`, its flag decides.',
  ),
  tracesServiceName: traces.withDefault(
    'telemetry.traces.service.name',
    text,
    'tailrace',
    '`service.name` of the spans.',
  ),
  tracesCompression: traces.withDefault(
    'telemetry.traces.compression',
    oneOf('none', 'gzip'),
    'none',
    'How exports are compressed.',
  ),
  tracesTimeoutMs: traces.withDefault(
    'telemetry.traces.timeout.ms',
    integer(1, 600_000),
    '10000',
    'Milliseconds that one attempt to export may take.',
  ),
};
