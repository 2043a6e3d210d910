import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { trustedBySystem } from './http-authorities.ts';
import { isHeaderName, isHeaderValue, trim } from './schema/formats.ts';
import { RESERVED_WITH_CONTENT } from './schema/reserved-headers.ts';
import { noteIdle, type WorkerSection } from './schema/section.ts';
import { tracesKeys } from './schema/traces-keys.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import { tracesOfEnvironment } from './traces-environment.ts';
import type { TlsConfig, TracesConfig } from './types.ts';

const FAMILY = 'telemetry.traces.headers.';
const MODE = 'telemetry.traces';
const KEYS = Object.values(tracesKeys)
  .map(({ key }) => key)
  .filter(key => key !== MODE);

/** Where spans go; null: there are none. */
export function readTraces(section: WorkerSection, outside: Outside, findings: Findings): TracesConfig | null {
  const { values } = section;
  const mode = values.traces ?? (values.tracesEndpoint === null ? 'off' : 'otlp');
  const headers = readHeaders(section, findings);
  if (mode !== 'otlp') {
    const why = values.traces === null ? 'there is no telemetry.traces.endpoint' : `telemetry.traces is ${mode}`;
    const members = [...section.meant.keys()].filter(key => key.startsWith(FAMILY));
    noteIdle(section, [...KEYS, ...members], why, findings);
    return mode === 'env' ? tracesOfEnvironment(outside, tlsOf, findings) : null;
  }
  const { tracesEndpoint: endpoint, tracesRatio, tracesServiceName, tracesCompression, tracesTimeoutMs } = values;
  if (endpoint === null) {
    const message = 'is otlp, which needs telemetry.traces.endpoint: the address of an OTLP/HTTP receiver';
    findings.fault('missing', section.origin(MODE), message);
    return null;
  }
  if (endpoint.protocol === 'http:' && Object.keys(headers).length > 0) noteClearText(section, endpoint, findings);
  return {
    endpoint: endpoint.pathname === '/' ? new URL('/v1/traces', endpoint) : endpoint,
    headers,
    sampling: { ratio: tracesRatio, byParent: true },
    resource: { 'service.name': tracesServiceName },
    timeoutMs: tracesTimeoutMs,
    compression: tracesCompression,
    tls: tlsOf(endpoint, outside, findings),
  };
}

function readHeaders(section: WorkerSection, findings: Findings): Record<string, Secret> {
  const headers: Record<string, Secret> = {};
  for (const [name, { text, origin }] of section.family(FAMILY)) {
    if (!isHeaderName(name)) findings.fault('invalid', origin, 'is not a name that an HTTP header can have');
    else if (RESERVED_WITH_CONTENT.has(name))
      findings.fault('forbidden', origin, 'is set by the exporter itself: take it out');
    else if (!isHeaderValue(text)) {
      findings.fault(
        'invalid',
        origin,
        'has a value that an HTTP header can not have: no line ends, no characters beyond Latin-1',
      );
    } else headers[name] = new Secret(trim(text));
  }
  return headers;
}

/** The system's authorities, and no client certificate. */
function tlsOf(endpoint: URL, outside: Outside, findings: Findings): TlsConfig {
  return {
    ca: endpoint.protocol === 'https:' ? trustedBySystem(outside, findings) : null,
    certificate: null,
    key: null,
    keyPassword: null,
    minVersion: 'TLSv1.2',
    verification: 'full',
  };
}

function noteClearText(section: WorkerSection, { hostname }: URL, findings: Findings): void {
  if (isLoopback(hostname)) return;
  const text = 'is http, so that telemetry.traces.headers go over the network in clear';
  findings.note('remark', section.origin('telemetry.traces.endpoint'), text);
}
