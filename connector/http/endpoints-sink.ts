import type { EndpointConfig } from '../../config/types.ts';
import type { Batch, BodyFormat, DeliveryEnd, Places, Sink, SinkState, Verdict } from '../batch.ts';
import { AuthorizationRefusedError } from '../errors.ts';
import type { Fact } from '../facts.ts';
import type { HttpTransport } from '../ports.ts';
import type { Signal } from '../scope.ts';
import type { Tracing } from '../spans.ts';
import { createCredentials } from './credentials/create.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createHttpSink, type HttpSinkParts } from './sink.ts';
import { Turns } from './turns.ts';

export interface EndpointsSinkParts extends Omit<HttpSinkParts, 'http' | 'batch' | 'shared'> {
  readonly endpoints: readonly EndpointConfig[];
  /** Which of them has the topic. */
  readonly endpointOf: (topic: string) => number;
  /** Most requests at a time, of all. */
  readonly maxInFlight: number;
}

interface Endpoint {
  readonly alias: string;
  readonly sink: Sink;
}

/** From best to worst. */
const STATES: readonly SinkState['state'][] = ['ok', 'retrying', 'parked'];

/** Several endpoints, each with its own bodies, requests, answers and waits, over one transport, with the same credentials. */
export function createEndpointsSink(parts: EndpointsSinkParts): Sink & { readonly formats: readonly BodyFormat[] } {
  return new EndpointsSink(parts);
}

class EndpointsSink implements Sink {
  readonly #parts: EndpointsSinkParts;
  readonly #credentials: Credentials;
  readonly #endpoints: readonly Endpoint[];
  /** Of each endpoint's bodies. */
  readonly formats: readonly BodyFormat[];

  constructor(parts: EndpointsSinkParts) {
    const { endpoints, transport, files, clock, announce, tokenTransport } = parts;
    this.#parts = parts;
    // What is asked of the authorization server is no endpoint's: the most patient one says how long it may take.
    const timeoutMs = Math.max(...endpoints.map(({ http }) => http.timeoutMs));
    const ofTokens = { transport: tokenTransport ?? transport, files, clock, announce, timeoutMs };
    this.#credentials = createCredentials(endpoints[0]!.http.auth, ofTokens);
    const turns = new Turns(parts.maxInFlight);
    this.#endpoints = endpoints.map(one => this.#create(one, turns));
    this.formats = this.#endpoints.map(({ sink }) => sink.format);
  }

  #create({ alias, http, batch }: EndpointConfig, turns: Turns): Endpoint {
    const { announce, tracing = null } = this.#parts;
    const turn = turns.join(() => sink.state.state !== 'ok');
    const sink: Sink = createHttpSink({
      ...this.#parts,
      http,
      batch,
      announce: (fact: Fact) => announce({ ...fact, endpoint: alias }),
      transport: kept(this.#parts.transport),
      tokenTransport: null,
      tracing: tracing === null ? null : named(tracing, alias),
      shared: { credentials: this.#credentials, turn },
    });
    return { alias, sink };
  }

  /** What the reader separates values by. */
  get format(): BodyFormat {
    return this.formats[0]!;
  }

  /** The worst of all, of several the one that has lasted longest, with its name. */
  get state(): SinkState {
    let worst: SinkState = { state: 'ok' };
    for (const { alias, sink } of this.#endpoints) {
      const { state } = sink;
      if (state.state !== 'ok' && isWorse(state, worst)) worst = { ...state, reason: `${alias}: ${state.reason}` };
    }
    const { state: credentials } = this.#credentials;
    return credentials === null ? worst : { ...worst, credentials };
  }

  async deliver(
    batch: Batch,
    report: (verdict: Verdict) => void,
    signal: Signal,
    places: Places,
  ): Promise<DeliveryEnd> {
    const { alias, sink } = this.#endpointOf(batch);
    const end = await sink.deliver(batch, report, signal, places);
    if (end.kind !== 'fatal') return end;
    return { kind: 'fatal', error: new AuthorizationRefusedError(`${alias}: ${end.error.message}`, end.error) };
  }

  /** @throws TypeError for records of several */
  #endpointOf({ items }: Batch): Endpoint {
    const [first, ...others] = new Set(items.map(({ slice }) => this.#parts.endpointOf(slice.topic)));
    if (first === undefined || others.length > 0) throw new TypeError('these records do not go to the same endpoint');
    return this.#endpoints[first]!;
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map(({ sink }) => sink.close()));
    const { transport, tokenTransport } = this.#parts;
    await this.#credentials.close();
    await Promise.all([transport.close(), tokenTransport?.close()]);
  }
}

function isWorse(state: SinkState, than: SinkState): boolean {
  const [one, other] = [state, than].map(({ state: name }) => STATES.indexOf(name)) as [number, number];
  if (one !== other || state.state === 'ok' || than.state === 'ok') return one > other;
  return state.since < than.since;
}

/** Spans say of several endpoints which it is. */
function named(tracing: Tracing, alias: string): Tracing {
  return {
    byParent: tracing.byParent,
    samples: traceId => tracing.samples(traceId),
    end: span => tracing.end({ ...span, attributes: { ...span.attributes, 'tailrace.endpoint': alias } }),
  };
}

/** Others send by it, too: it is not closed with one of them. */
function kept(transport: HttpTransport): HttpTransport {
  return { send: (request, options) => transport.send(request, options), close: async () => {} };
}
