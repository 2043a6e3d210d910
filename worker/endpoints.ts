import { isDeepStrictEqual } from 'node:util';
import type { ConnectorConfig, HttpConfig } from '../config/types.ts';
import type { Sink } from '../connector/batch.ts';
import type { Converter, Needs } from '../connector/converters/choose.ts';
import { createEndpointsSink } from '../connector/http/endpoints-sink.ts';
import { createHttpSink, type HttpSinkParts } from '../connector/http/sink.ts';
import type { TransportOptions } from '../connector/http/transport/transport.ts';
import { createEndpointPaths } from '../connector/route/endpoint-paths.ts';
import { createRecordPath } from '../connector/route/record-path.ts';
import { createTopicChoice } from '../connector/route/topic-choice.ts';
import { createTransforms } from '../connector/transforms/create.ts';
import type { TaskEndpoint, TaskEndpoints } from './task/task.ts';

/** What a task delivers by. */
export interface Delivering {
  readonly sink: Sink;
  /** Of the first endpoint. */
  readonly converter: Converter;
  /** Null: there is one. */
  readonly endpoints: TaskEndpoints | null;
  /** All of them, that one too. */
  readonly each: readonly TaskEndpoint[];
  /** What the reader is to bring, for any of them. */
  readonly needs: Needs;
}

/** Of each endpoint that a connector has. */
export function endpointsOf({ http, endpoints }: ConnectorConfig): readonly HttpConfig[] {
  return endpoints?.map(one => one.http) ?? [http];
}

/** How all of a connector's requests get to where they go. */
export function transportOptionsOf(config: ConnectorConfig): TransportOptions {
  const { tls, connection } = config.http;
  return {
    tls,
    // An attempt that was given up keeps its place in the pool until its connection is.
    connectTimeoutMs: Math.max(
      ...endpointsOf(config).map(({ connectTimeoutMs, timeoutMs }) => Math.min(connectTimeoutMs, timeoutMs)),
    ),
    maxInFlight: config.delivery.maxInFlight,
    connection,
  };
}

/** A connector's sink, and what its records go through before it, endpoint by endpoint. */
export function createDelivery(
  config: ConnectorConfig,
  sending: Omit<HttpSinkParts, 'http' | 'batch' | 'shared'>,
): Delivering {
  const { http, batch, delivery, endpoints, values } = config;
  const forwards = endpointsOf(config).some(({ identity }) => identity.traceContext);
  const now = () => sending.clock.now();
  const transforms = () => createTransforms(config.transforms, () => sending.clock.wall());
  if (endpoints === null) {
    const sink = createHttpSink({ ...sending, http, batch });
    const converter = createRecordPath(config, sink.format, transforms(), now);
    const each = [{ format: sink.format, converter, values, lingerMs: batch.lingerMs }];
    const { needs } = converter;
    return { sink, converter, endpoints, each, needs: { ...needs, headers: needs.headers || forwards } };
  }
  const choice = createTopicChoice(endpoints);
  const endpointOf = (topic: string): number => choice.of(topic) ?? 0;
  const sink = createEndpointsSink({ ...sending, endpoints, endpointOf, maxInFlight: delivery.maxInFlight });
  const each = createEndpointPaths(config, endpoints, sink.formats, transforms, now);
  const needs = each.map(({ converter }) => converter.needs);
  return {
    sink,
    converter: each[0]!.converter,
    endpoints: { each, of: topic => choice.of(topic) },
    each,
    needs: {
      keys: needs.some(({ keys }) => keys),
      headers: forwards || needs.some(({ headers }) => headers),
      json: needs.some(({ json }) => json),
      members: agreed(needs.map(({ members }) => members)),
      quotedUpTo: agreed(needs.map(({ quotedUpTo }) => quotedUpTo)),
    },
  };
}

/** What one of them needs, where no other needs something else. */
function agreed<T>(needs: readonly (T | null)[]): T | null {
  const [first = null, ...others] = needs.filter(need => need !== null);
  return others.every(other => isDeepStrictEqual(other, first)) ? first : null;
}
