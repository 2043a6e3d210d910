import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConnectorConfig } from '../../config/types.ts';
import type { Batch, DeliveryEnd, Places, Sink, Verdict } from '../../connector/batch.ts';
import type { Converter } from '../../connector/converters/choose.ts';
import type { Fact } from '../../connector/facts.ts';
import { createTransports } from '../../connector/http/transport/create.ts';
import type { Clock, HttpTransport, Random } from '../../connector/ports.ts';
import type { Signal } from '../../connector/scope.ts';
import { createDelivery, transportOptionsOf } from '../endpoints.ts';
import { smallFiles } from '../small-files.ts';
import { type Bounds, createBoundedTransport } from './bounds.ts';
import { RECORDS_HEADER } from './endpoint-process.ts';

export interface TargetParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly bounds: Bounds;
  /** Of a made-up endpoint, which is sent all requests in the place of the configured one; null: the configured one is. */
  readonly origin: string | null;
  readonly mostInFlight: number;
}

/** What is measured: the connector's real sink, and what its records go through before it. */
export interface Target {
  readonly sink: Sink;
  readonly converter: Converter;
  deliver(batch: Batch, report: (verdict: Verdict) => void, signal: Signal, places: Places): Promise<DeliveryEnd>;
  /** Who is told what happens from now on, and that a bound is reached; one at a time. */
  listen(listener: { fact(fact: Fact): void; bound(): void } | null): void;
  close(): Promise<void>;
}

/** @param config with one endpoint (see `subjectOf`, `madeUp`) */
export function createTarget(config: ConnectorConfig, parts: TargetParts): Target {
  const { clock, random, bounds, origin, mostInFlight } = parts;
  let listener: Parameters<Target['listen']>[0] = null;
  const options = { ...transportOptionsOf(config), maxInFlight: mostInFlight };
  const { transport, tokenTransport } = createTransports(config.http, options);
  const carried = new AsyncLocalStorage<number>();
  const sending = origin === null ? transport : redirected(transport, new URL(origin), () => carried.getStore() ?? 1);
  const { sink, converter } = createDelivery(config, {
    // Each record that is refused is counted, and none ends it.
    errorsTolerance: 'all',
    transport: createBoundedTransport(sending, { bounds, now: () => clock.now(), stop: () => listener?.bound() }),
    // What is asked for tokens is none of the requests that are counted.
    tokenTransport: tokenTransport ?? transport,
    files: smallFiles,
    clock,
    random,
    announce: fact => listener?.fact(fact),
  });
  const deliver: Target['deliver'] = (batch, report, signal, places) => sink.deliver(batch, report, signal, places);
  return {
    sink,
    converter,
    // A made-up endpoint alone is told how many records a request carries: the context costs each request some time.
    deliver:
      origin === null
        ? deliver
        : (batch, report, signal, places) => carried.run(batch.records, deliver, batch, report, signal, places),
    listen: next => {
      listener = next;
    },
    close: () => sink.close(),
  };
}

/** Sends to another origin, and says how many records a request carries. */
function redirected(inner: HttpTransport, origin: URL, records: () => number): HttpTransport {
  return {
    send(request, options) {
      const url = new URL(request.url.pathname + request.url.search, origin);
      const headers = { ...request.headers, [RECORDS_HEADER]: String(records()) };
      return inner.send({ ...request, url, headers }, options);
    },
    close: () => inner.close(),
  };
}
