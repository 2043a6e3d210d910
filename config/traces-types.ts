import type { Secret } from './secret.ts';
import type { TlsConfig } from './tls-types.ts';

/** Where spans of requests go, and which of them. */
export interface TracesConfig {
  /** Of an OTLP/HTTP receiver, path included. */
  readonly endpoint: URL;
  /** Of each export, lower-case names. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly sampling: SamplingConfig;
  /** What the spans are of: `service.name` and what else the user says, by OpenTelemetry's names. */
  readonly resource: Readonly<Record<string, string>>;
  /** One attempt to export, milliseconds. */
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly tls: TlsConfig;
}

export interface SamplingConfig {
  /** Of the traces that begin with a request, 0 to 1. */
  readonly ratio: number;
  /** Where a request carries one record with a trace context, whether that one was sampled decides; else the ratio does there too. */
  readonly byParent: boolean;
}
