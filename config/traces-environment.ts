import type { FaultCode, Findings } from './findings.ts';
import { FormatError, isHeaderName, isHeaderValue, readAddress, splitList, trim } from './schema/formats.ts';
import { Secret } from './secret.ts';
import { type Outside, unreadable } from './source/files.ts';
import { readCertificates, renderCertificates } from './stores/pem.ts';
import type { SamplingConfig, TlsConfig, TracesConfig } from './types.ts';

const DEFAULT_ENDPOINT = 'http://localhost:4318/v1/traces';
const DEFAULT_TIMEOUT_MS = 10_000;
/** What is set there is the exporter's. */
const OWN = new Set(['content-type', 'content-encoding', 'content-length', 'host', 'connection', 'transfer-encoding']);

const SAMPLERS: Readonly<Record<string, (ratio: number) => SamplingConfig>> = {
  always_on: () => ({ ratio: 1, byParent: false }),
  always_off: () => ({ ratio: 0, byParent: false }),
  traceidratio: ratio => ({ ratio, byParent: false }),
  parentbased_always_on: () => ({ ratio: 1, byParent: true }),
  parentbased_always_off: () => ({ ratio: 0, byParent: true }),
  parentbased_traceidratio: ratio => ({ ratio, byParent: true }),
};

/** Reads OpenTelemetry's own variables, by its specification of environment variables and of the OTLP exporter. */
class OtelVariables {
  readonly #env: Outside['env'];
  readonly #findings: Findings;

  constructor(env: Outside['env'], findings: Findings) {
    this.#env = env;
    this.#findings = findings;
  }

  /** An empty value counts as none. */
  text(name: string): string | null {
    const text = trim(this.#env[name] ?? '');
    return text === '' ? null : text;
  }

  /** The variable of traces, or that of all signals: `OTEL_EXPORTER_OTLP_(TRACES_)<name>`. */
  exporter(name: string): readonly [variable: string, text: string] | null {
    for (const variable of [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
      const text = this.text(variable);
      if (text !== null) return [variable, text];
    }
    return null;
  }

  fault(code: FaultCode, variable: string, message: string): void {
    this.#findings.fault(code, { file: 'environment', line: null, key: variable }, message);
  }

  remark(variable: string, text: string): void {
    this.#findings.note('remark', { file: 'environment', line: null, key: variable }, text);
  }

  /** `name=value` pairs between commas, values percent-encoded. */
  pairs(variable: string, text: string): readonly (readonly [name: string, value: string])[] {
    return splitList(text).flatMap(pair => {
      const at = pair.indexOf('=');
      const value = at > 0 ? decoded(trim(pair.slice(at + 1))) : null;
      if (value !== null) return [[trim(pair.slice(0, at)), value] as const];
      this.fault('invalid', variable, 'must be name=value pairs between commas, values percent-encoded');
      return [];
    });
  }
}

/** @returns null for spans that nobody wants, and for a fault */
export function tracesOfEnvironment(
  outside: Outside,
  tlsOf: (endpoint: URL, outside: Outside, findings: Findings) => TlsConfig,
  findings: Findings,
): TracesConfig | null {
  const variables = new OtelVariables(outside.env, findings);
  if (isOff(variables)) return null;
  checkProtocol(variables);
  const endpoint = readEndpoint(variables);
  if (endpoint === null) return null;
  const ca = readAuthority(variables, outside);
  const tls = tlsOf(endpoint, outside, findings);
  return {
    endpoint,
    headers: readHeaders(variables),
    sampling: readSampling(variables),
    resource: readResource(variables),
    timeoutMs: readTimeout(variables),
    compression: readCompression(variables),
    tls: ca === null ? tls : { ...tls, ca },
  };
}

function isOff(variables: OtelVariables): boolean {
  const disabled = variables.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
  if (disabled) variables.remark('OTEL_SDK_DISABLED', 'is true: there are no traces');
  const exporter = variables.text('OTEL_TRACES_EXPORTER')?.toLowerCase() ?? 'otlp';
  if (exporter === 'none') variables.remark('OTEL_TRACES_EXPORTER', 'is none: there are no traces');
  else if (exporter !== 'otlp') variables.fault('unsupported', 'OTEL_TRACES_EXPORTER', 'must be otlp or none');
  return disabled || exporter !== 'otlp';
}

function checkProtocol(variables: OtelVariables): void {
  const [variable, protocol] = variables.exporter('PROTOCOL') ?? ['', 'http/json'];
  if (protocol === 'http/protobuf') {
    variables.remark(variable, 'is http/protobuf: spans go as JSON to the same address, where collectors take both');
  } else if (protocol !== 'http/json') variables.fault('unsupported', variable, 'must be http/json or http/protobuf');
}

/** The variable of traces has the whole address, that of all signals what `/v1/traces` stands below. */
function readEndpoint(variables: OtelVariables): URL | null {
  const [variable, written] = variables.exporter('ENDPOINT') ?? [
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    DEFAULT_ENDPOINT,
  ];
  const text = variable === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? `${written.replace(/\/+$/, '')}/v1/traces` : written;
  try {
    const url = readAddress(text, 'OTEL_EXPORTER_OTLP_HEADERS');
    if (url === null) variables.fault('invalid', variable, 'must be an absolute http:// or https:// address');
    return url;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    variables.fault('invalid', variable, error.discreet);
    return null;
  }
}

function readHeaders(variables: OtelVariables): Record<string, Secret> {
  const headers: Record<string, Secret> = {};
  for (const variable of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']) {
    for (const [written, value] of variables.pairs(variable, variables.text(variable) ?? '')) {
      const name = written.toLowerCase();
      if (isHeaderName(name) && isHeaderValue(value) && !OWN.has(name)) headers[name] = new Secret(value);
      else variables.fault('invalid', variable, 'has a pair that can not be a header of an export');
    }
  }
  return headers;
}

function readSampling(variables: OtelVariables): SamplingConfig {
  const name = variables.text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const argument = variables.text('OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = /^\d*\.?\d+$/.test(argument) ? Number(argument) : Number.NaN;
  const sampler = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name]! : null;
  const known = Object.keys(SAMPLERS).join(', ');
  if (sampler === null) variables.fault('unsupported', 'OTEL_TRACES_SAMPLER', `must be one of ${known}`);
  if (name.endsWith('traceidratio') && !(ratio >= 0 && ratio <= 1)) {
    variables.fault('invalid', 'OTEL_TRACES_SAMPLER_ARG', 'must be a number from 0 to 1');
  }
  return (sampler ?? SAMPLERS['always_on']!)(ratio);
}

function readResource(variables: OtelVariables): Record<string, string> {
  const variable = 'OTEL_RESOURCE_ATTRIBUTES';
  const resource = Object.fromEntries(variables.pairs(variable, variables.text(variable) ?? ''));
  const name = variables.text('OTEL_SERVICE_NAME') ?? resource['service.name'] ?? 'tailrace';
  return { ...resource, 'service.name': name };
}

function readTimeout(variables: OtelVariables): number {
  const [variable, text] = variables.exporter('TIMEOUT') ?? ['', String(DEFAULT_TIMEOUT_MS)];
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  variables.fault('invalid', variable, 'must be milliseconds, 1 to 999999');
  return DEFAULT_TIMEOUT_MS;
}

function readCompression(variables: OtelVariables): TracesConfig['compression'] {
  const [variable, text] = variables.exporter('COMPRESSION') ?? ['', 'none'];
  if (text === 'gzip' || text === 'none') return text;
  variables.fault('unsupported', variable, 'must be gzip or none');
  return 'none';
}

/** Null: the system's. */
function readAuthority(variables: OtelVariables, outside: Outside): string | null {
  for (const name of ['CLIENT_CERTIFICATE', 'CLIENT_KEY']) {
    const client = variables.exporter(name);
    if (client !== null) variables.fault('unsupported', client[0], 'is not supported: no client certificate is shown');
  }
  const [variable, path] = variables.exporter('CERTIFICATE') ?? ['', null];
  if (path === null) return null;
  try {
    return renderCertificates(readCertificates(outside.read(path).toString('latin1')));
  } catch (error) {
    variables.fault('invalid', variable, `names a file of no use: ${unreadable(error)}`);
    return null;
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
