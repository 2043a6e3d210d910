import type { BatchConfig, HttpConfig } from '../../../config/types.ts';
import type { Batch, BatchItem, DeliveryEnd, Verdict } from '../../../connector/batch.ts';
import { type Block, FLAG_RAW_NEWLINE, valueAt } from '../../../connector/block.ts';
import { TransportError } from '../../../connector/errors.ts';
import type { Fact } from '../../../connector/facts.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createHttpSink, type HttpSinkParts } from '../../../connector/http/sink.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from '../../../connector/ports.ts';
import { Scope, type Signal } from '../../../connector/scope.ts';
import { VirtualClock } from '../../support/clock.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { MemoryFiles } from '../../support/small-files.ts';

export function httpConfig(changes: Partial<HttpConfig> = {}): HttpConfig {
  return {
    url: new URL('http://endpoint.test/in'),
    method: 'POST',
    version: '1.1',
    headers: {},
    route: null,
    timeoutMs: 30_000,
    connectTimeoutMs: 10_000,
    responseMaxBytes: 65_536,
    successStatuses: [[200, 299]],
    answers: null,
    attempts: null,
    identity: { idempotencyKey: null, traceContext: false },
    auth: { type: 'none' },
    authFailFast: false,
    authRenewStatuses: [[401, 401]],
    tls: { ca: null, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' },
    coding: { requests: null, compressedAnswers: false },
    connection: { proxies: null, unixSocket: null, keepAliveIdleMs: null, maxAgeMs: 0 },
    retryBackoffMs: 100,
    retryBackoffMaxMs: 10_000,
    ...changes,
  };
}

export function batchConfig(changes: Partial<BatchConfig> = {}): BatchConfig {
  return {
    format: 'array',
    maxRecords: 500,
    maxBytes: 1_048_576,
    targetBytes: null,
    lingerMs: 0,
    envelopePrefix: '{"messages":[',
    envelopeSuffix: ']}',
    prefix: '',
    separator: '\n',
    suffix: '',
    content: 'json',
    ...changes,
  };
}

/** A block of one partition, its values as the reader lays them out. */
export function blockOf(values: readonly (string | Buffer)[], separator: Buffer = Buffer.from(',')): Block {
  const bytes = values.map(value => Buffer.from(value));
  const valueEnd = new Uint32Array(values.length);
  const flags = new Uint8Array(values.length);
  const pieces: Buffer[] = [];
  let at = 0;
  bytes.forEach((value, i) => {
    pieces.push(value, separator);
    at += value.length;
    valueEnd[i] = at;
    at += separator.length;
    if (value.includes(0x0a) || value.includes(0x0d)) flags[i] = FLAG_RAW_NEWLINE;
  });
  return {
    count: values.length,
    values: Buffer.concat(pieces),
    valueEnd,
    separator,
    offset: Float64Array.from(values, (_, i) => i),
    timestamp: new Float64Array(values.length).fill(-1),
    flags,
    keys: null,
    headers: null,
    runs: [{ topic: 'events', topicId: null, partition: 0, start: 0, end: values.length }],
  };
}

export function itemOf(block: Block, start = 0, end = block.count): BatchItem {
  return { slice: { block, topic: 'events', partition: 0, start, end, first: start }, lane: null, detached: false };
}

let batches = 0;

export function batchOf(items: readonly BatchItem[], config = batchConfig()): Batch {
  let records = 0;
  let bytes = 0;
  for (const { slice } of items) {
    records += slice.end - slice.start;
    for (let i = slice.start; i < slice.end; i++) bytes += valueAt(slice.block, i)!.length + 1;
    bytes -= 1;
  }
  return { id: ++batches, items, records, bytes: bodyFormat(config).bytesOf(bytes, items.length) };
}

/** A batch of numbered records in slices of the given sizes: `0`, `1`, `2` … as JSON values. */
export function numbered(...sizes: number[]): Batch {
  let next = 0;
  return batchOf(sizes.map(size => itemOf(blockOf(Array.from({ length: size }, () => String(next++))))));
}

/** What a request carried, when its body is a JSON array of numbers. */
export function numbersOf(request: HttpRequest): number[] {
  return JSON.parse(request.body.toString('utf8')) as number[];
}

export function answer(status: number, body = '', headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers, body: Buffer.from(body), complete: true, bodySent: true };
}

/** What the world does with a request: an answer, a failure to throw, or nothing for ever. */
export type Reaction = HttpResponse | Error | 'silence' | Promise<HttpResponse | Error>;

/** The network, as a function of the request. An abort is obeyed at once, as HttpTransport promises. */
export class ScriptedTransport implements HttpTransport {
  readonly requests: HttpRequest[] = [];
  readonly #react: (request: HttpRequest, count: number) => Reaction;

  constructor(react: (request: HttpRequest, count: number) => Reaction) {
    this.#react = react;
  }

  send(request: HttpRequest, { signal }: { signal: Signal }): Promise<HttpResponse> {
    // What is sent is a copy: the body's memory is used again.
    this.requests.push({ ...request, body: Buffer.from(request.body) });
    const reaction = this.#react(request, this.requests.length);
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(new TransportError('given up', 'ABORTED', true, true));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      if (reaction === 'silence') return;
      Promise.resolve(reaction).then(result => (result instanceof Error ? reject(result) : resolve(result)), reject);
    });
  }

  async close(): Promise<void> {}
}

/** A sink over a scripted network and a virtual clock, with everything it says and does kept. */
export class Bench {
  readonly clock = new VirtualClock();
  readonly facts: Fact[] = [];
  readonly transport: ScriptedTransport;
  readonly files = new MemoryFiles();
  readonly sink: ReturnType<typeof createHttpSink>;

  constructor(
    react: (request: HttpRequest, count: number) => Reaction,
    changes: {
      http?: Partial<HttpConfig>;
      batch?: Partial<BatchConfig>;
      tolerance?: 'none' | 'all';
      mask?: (text: string) => string;
      bodies?: HttpSinkParts['bodies'];
    } = {},
  ) {
    this.transport = new ScriptedTransport(react);
    this.sink = createHttpSink({
      http: httpConfig(changes.http),
      batch: batchConfig(changes.batch),
      errorsTolerance: changes.tolerance ?? 'all',
      mask: changes.mask ?? null,
      bodies: changes.bodies ?? null,
      transport: this.transport,
      files: this.files,
      clock: this.clock,
      random: () => 0.5,
      announce: fact => this.facts.push(fact),
    });
  }

  /** Starts a delivery. */
  start(batch: Batch, signal: Signal = new Scope(), places = ANY_ROOM): Running {
    const verdicts: Verdict[] = [];
    return { verdicts, end: this.sink.deliver(batch, verdict => verdicts.push(verdict), signal, places) };
  }

  /** Delivers a batch to its end, jumping over the waits. */
  async deliver(batch: Batch): Promise<{ verdicts: readonly Verdict[]; end: DeliveryEnd }> {
    const { verdicts, end } = this.start(batch);
    return { verdicts, end: await this.clock.run(end) };
  }

  factsOf<K extends Fact['kind']>(kind: K): Extract<Fact, { kind: K }>[] {
    return this.facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
  }
}

export interface Running {
  readonly verdicts: readonly Verdict[];
  readonly end: Promise<DeliveryEnd>;
}

/** The records of a batch that got a verdict of one kind, as the numbers of `numbered`. */
export function recordsOf(verdicts: readonly Verdict[], kind: Verdict['kind']): number[] {
  return verdicts
    .filter(verdict => verdict.kind === kind)
    .flatMap(({ item, start, end }) =>
      Array.from({ length: end - start }, (_, i) => Number(valueAt(item.slice.block, start + i)!.toString())),
    );
}
