import type { Findings } from './findings.ts';
import { RESERVED } from './schema/reserved-headers.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { RequestIdentityConfig } from './types.ts';

/** Headers of a request that say something else. */
const TAKEN = new Set(['accept-encoding', 'authorization', 'content-type', 'traceparent', 'tracestate', 'user-agent']);

const KEY_PARTS = ['http.idempotency.key.header', 'http.idempotency.key.prefix', 'http.idempotency.key.quoted'];

export function readIdentity(section: ConnectorSection, findings: Findings): RequestIdentityConfig {
  const { values } = section;
  const header = values.idempotencyKeyHeader.toLowerCase();
  if (!values.idempotencyKeyEnabled) {
    noteIdle(section, KEY_PARTS, 'http.idempotency.key.enabled is false', findings);
  } else if (RESERVED.has(header) || TAKEN.has(header)) {
    const text = 'is a header that the connector sets itself: name another one';
    findings.fault('conflict', section.origin('http.idempotency.key.header'), text);
  } else refuseFixed(section, [header], 'http.idempotency.key.enabled=true', findings);
  if (values.traceContextForward) {
    refuseFixed(section, ['traceparent', 'tracestate'], 'http.trace.context.forward=true', findings);
    noteBatches(section, findings);
  }
  const { idempotencyKeyPrefix: prefix, idempotencyKeyQuoted: quoted } = values;
  return {
    idempotencyKey: values.idempotencyKeyEnabled ? { header, prefix: prefix ?? '', quoted } : null,
    traceContext: values.traceContextForward,
  };
}

/** What a request says of itself can not be the same for all of them. */
function refuseFixed(section: ConnectorSection, names: readonly string[], key: string, findings: Findings): void {
  for (const [written, { origin }] of section.family('http.headers.')) {
    if (!names.includes(written.toLowerCase())) continue;
    findings.fault('conflict', origin, `contradicts ${key}: take one of them out`);
  }
}

function noteBatches({ values, origin }: ConnectorSection, findings: Findings): void {
  if (values.batchFormat === 'single' || values.batchMaxRecords === 1) return;
  const text =
    `a request of several records carries no trace context: batch.format is ${values.batchFormat} with ` +
    `batch.max.records=${values.batchMaxRecords}`;
  findings.note('remark', origin('http.trace.context.forward'), text);
}
