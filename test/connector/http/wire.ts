import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import type { TestContext } from 'node:test';
import type { TlsConfig } from '../../../config/types.ts';
import { TransportError } from '../../../connector/errors.ts';
import { createHttp2Transport } from '../../../connector/http/transport/http2-transport.ts';
import { createHttpTransport, type TransportOptions } from '../../../connector/http/transport/transport.ts';
import type { HttpResponse, HttpTransport } from '../../../connector/ports.ts';
import { Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { type RawAnswer, RawEndpoint } from '../../support/raw-endpoint.ts';

export const NO_TLS: TlsConfig = {
  ca: null,
  certificate: null,
  key: null,
  keyPassword: null,
  minVersion: 'TLSv1.2',
  verification: 'full',
};
export const FOREVER: AbortSignal = new AbortController().signal;
setMaxListeners(0, FOREVER);

export function transportFor(
  t: TestContext,
  tls: Partial<TlsConfig> = {},
  maxInFlight = 2,
  more: Partial<TransportOptions> = {},
): HttpTransport {
  const transport = createHttpTransport({ tls: { ...NO_TLS, ...tls }, connectTimeoutMs: 5_000, maxInFlight, ...more });
  t.after(() => transport.close());
  return transport;
}

/** The same over HTTP/2. */
export function http2TransportFor(t: TestContext, more: Partial<TransportOptions> = {}): HttpTransport {
  const transport = createHttp2Transport({ tls: NO_TLS, connectTimeoutMs: 10_000, maxInFlight: 4, ...more });
  t.after(() => transport.close());
  return transport;
}

export async function endpointFor(t: TestContext, options: EndpointOptions = {}): Promise<Endpoint> {
  const endpoint = await new Endpoint(options).start();
  t.after(() => endpoint.close());
  return endpoint;
}

export async function rawEndpointFor(t: TestContext, script: (count: number) => RawAnswer): Promise<RawEndpoint> {
  const endpoint = await new RawEndpoint(script).start();
  t.after(() => endpoint.close());
  return endpoint;
}

export function post(
  transport: HttpTransport,
  url: URL,
  signal: AbortSignal = FOREVER,
  body: Buffer = Buffer.from('[1]'),
): Promise<HttpResponse> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url, headers, body };
  return transport.send(request, { signal, maxResponseBytes: 1_000 });
}

export async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error));
    return error;
  }
  return assert.fail('it should fail');
}
