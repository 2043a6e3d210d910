import type { ConnectorConfig, HttpConfig } from '../../config/types.ts';
import type { Batch, Places, Sink } from '../../connector/batch.ts';
import { Batcher } from '../../connector/batcher.ts';
import { type Block, FLAG_FILTERED } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import type { Needs } from '../../connector/converters/choose.ts';
import type { Fact } from '../../connector/facts.ts';
import { createTransports } from '../../connector/http/transport/create.ts';
import { portionsOf } from '../../connector/portions.ts';
import type { Clock, Random, SmallFiles } from '../../connector/ports.ts';
import { reasonOf } from '../../connector/record-error.ts';
import { Scope } from '../../connector/scope.ts';
import { createDelivery, endpointsOf, transportOptionsOf } from '../endpoints.ts';
import { faultOf, isIgnored } from '../task/delivery/record-fault.ts';
import { Lane } from '../task/order/lane.ts';
import type { TaskEndpoint } from '../task/task.ts';
import { count, type Facts, type Found, failed, failedBy, ok, warning } from './finding.ts';
import { round } from './network.ts';

export interface EndpointParts {
  readonly files: SmallFiles;
  readonly clock: Clock;
  readonly random: Random;
  /** For each request, milliseconds; the connector's own limit where that is less. */
  readonly timeoutMs: number;
}

/** Sends what a user wants to be sent, through all that a record goes through, each request once. */
export interface Sender {
  /** What the block of a sample must be made with. */
  readonly reading: Needs & { readonly separator: Buffer };
  /** The endpoints that have some of these topics, and which. */
  endpoints(
    topics: readonly string[],
  ): readonly { readonly topics: readonly string[]; readonly endpoint: HttpConfig }[];
  /** @param block records of one topic */
  send(block: Block): Promise<Found>;
  close(): Promise<void>;
}

export function createSender(config: ConnectorConfig, parts: EndpointParts): Sender {
  const { files, clock, random, timeoutMs } = parts;
  const bounded = withTimeout(config, timeoutMs);
  const heard = new Hearing();
  const { sink, endpoints, each, needs } = createDelivery(bounded, {
    errorsTolerance: bounded.errors.tolerance,
    ...createTransports(bounded.http, transportOptionsOf(bounded)),
    files,
    clock,
    random,
    announce: fact => heard.hear(fact),
    bodies: null,
    mask: null,
  });
  const endpointOf = (topic: string): number => endpoints?.of(topic) ?? 0;
  return {
    reading: { ...needs, separator: sink.format.separator },
    endpoints: topics =>
      endpointsOf(config)
        .map((endpoint, index) => ({ endpoint, topics: topics.filter(topic => endpointOf(topic) === index) }))
        .filter(target => target.topics.length > 0),
    async send(block) {
      const separatorOf = (endpoint: number): Buffer => each[endpoint]!.format.separator;
      const [portion] = portionsOf(block, { endpointOf, separatorOf });
      const target = each[portion!.endpoint]!;
      const found = await new Sending(target.converter.convert(portion!.block), target, sink, heard, clock).run();
      const isOurs =
        found.facts?.['code'] === 'DEADLINE_EXCEEDED' && timeoutMs < endpointsOf(config)[portion!.endpoint]!.timeoutMs;
      return isOurs ? { ...found, advice: LONGER } : found;
    },
    close: () => sink.close(),
  };
}

const LONGER = 'the connector itself waits longer (http.timeout.ms): so does a check with --timeout';

/** As a read would bring them, all of one partition. */
export function blockOf(
  topic: string,
  values: readonly Buffer[],
  { separator, keys, headers }: Sender['reading'],
  now: number,
): Block {
  const records = values.map((value, offset) => ({ topic, partition: 0, offset, timestamp: now, value }));
  return buildBlock(records, { separator, keys, headers });
}

function withTimeout(config: ConnectorConfig, timeoutMs: number): ConnectorConfig {
  const limited = (http: ConnectorConfig['http']) => ({ ...http, timeoutMs: Math.min(http.timeoutMs, timeoutMs) });
  const endpoints = config.endpoints?.map(one => ({ ...one, http: limited(one.http) })) ?? null;
  return { ...config, http: endpoints?.[0]?.http ?? limited(config.http), endpoints };
}

type Succeeded = Extract<Fact, { readonly kind: 'request-succeeded' }>;
type Failed = Extract<Fact, { readonly kind: 'request-failed' }>;

/** What the sink tells of the attempt under way: with the first word on it, it is to be the last. */
class Hearing {
  heard: Succeeded | Failed | null = null;
  #scope = new Scope();

  begin(): Scope {
    this.heard = null;
    this.#scope = new Scope();
    return this.#scope;
  }

  hear(fact: Fact): void {
    if (fact.kind !== 'request-succeeded' && fact.kind !== 'request-failed') return;
    this.heard ??= fact;
    this.#scope.abort();
  }
}

const ALONE: Places = { leave: () => undefined, enter: async signal => !signal.aborted };

/** The records of one block on their way; ends with the first request that is not confirmed. */
class Sending {
  readonly #block: Block;
  readonly #target: TaskEndpoint;
  readonly #sink: Sink;
  readonly #heard: Hearing;
  readonly #clock: Clock;
  readonly #statuses = new Set<number>();
  readonly #refused: string[] = [];
  #requests = 0;
  #confirmed = 0;
  #dropped = 0;
  #ms = 0;

  constructor(block: Block, target: TaskEndpoint, sink: Sink, heard: Hearing, clock: Clock) {
    this.#block = block;
    this.#target = target;
    this.#sink = sink;
    this.#heard = heard;
    this.#clock = clock;
  }

  async run(): Promise<Found> {
    const lane = this.#lane();
    const batcher = new Batcher(this.#target.format, 0);
    while (lane.waiting > 0) {
      if (lane.fault !== null) {
        const fault = lane.takeFault();
        if (isIgnored(fault, this.#target.values)) this.#dropped++;
        else return this.#notSent(reasonOf(faultOf(fault, this.#target)));
        continue;
      }
      const batch = batcher.take([lane], this.#clock.now())!;
      const bad = await this.#deliver(batch);
      if (bad !== null) return bad;
      lane.land(batch.records);
    }
    return this.#done();
  }

  #lane(): Lane {
    const { runs, count, flags } = this.#block;
    const { topic, partition } = runs[0]!;
    const owner = { topic, partition, revoking: false, room: Number.POSITIVE_INFINITY, handOut: () => undefined };
    const lane = new Lane(owner, () => undefined);
    lane.push(this.#block, { start: 0, end: count, first: 0 }, this.#clock.now());
    for (const flag of flags) if ((flag & FLAG_FILTERED) !== 0) this.#dropped++;
    return lane;
  }

  /** @returns what there is to say when it was not confirmed as a whole */
  async #deliver(batch: Batch): Promise<Found | null> {
    const before = this.#confirmed;
    this.#requests++;
    await this.#sink.deliver(
      batch,
      verdict => {
        if (verdict.kind === 'delivered') this.#confirmed += verdict.end - verdict.start;
        else this.#refused.push(reasonOf(verdict.error));
      },
      this.#heard.begin(),
      ALONE,
    );
    const { heard } = this.#heard;
    if (heard === null) return failed('the request was not sent', null);
    this.#ms += heard.ms;
    if (heard.status !== null) this.#statuses.add(heard.status);
    if (heard.kind === 'request-failed') return this.#refusal(heard);
    const missing = batch.records - (this.#confirmed - before);
    if (missing === 0) return null;
    const [first = 'it puts them off'] = this.#refused;
    return failed(
      `${missing} of ${batch.records} records are not confirmed (${answered(heard)}): ${first}`,
      null,
      this.#facts(),
    );
  }

  #refusal(heard: Failed): Found {
    const found = failedBy(heard.reason, { ...this.#facts(), class: heard.class, code: heard.code });
    return { ...found, text: `${found.text} (${answered(heard)}; a worker ${THEN[heard.class] ?? 'tries again'})` };
  }

  #notSent(reason: string): Found {
    return failed(
      `a record can not be sent: ${reason}`,
      'mend the record, its converter or its transforms',
      this.#facts(),
    );
  }

  #done(): Found {
    const dropped = this.#dropped === 0 ? '' : `; ${count(this.#dropped, 'record')} dropped by a transform or as null`;
    if (this.#requests === 0) {
      return warning(`nothing was sent${dropped}`, 'take a record that is sent', this.#facts());
    }
    const statuses = [...this.#statuses].join(', ');
    const sent = `${count(this.#confirmed, 'record')} in ${count(this.#requests, 'request')}`;
    return ok(`${sent}: confirmed (${statuses}, ${round(this.#ms)} ms)${dropped}`, this.#facts());
  }

  #facts(): Facts {
    return {
      requests: this.#requests,
      confirmed: this.#confirmed,
      dropped: this.#dropped,
      refused: this.#refused.length,
      statuses: [...this.#statuses],
      ms: round(this.#ms),
    };
  }
}

/** What follows for a worker, by the class of the answer. */
const THEN: Readonly<Record<string, string>> = {
  retry: 'sends it again, later',
  repeat: 'sends it again, later',
  're-authenticate': 'asks for other credentials and sends it again',
  split: 'sends it in two halves',
  reject: 'rejects the record that is at fault',
  fatal: 'sends nothing but one probe at a time',
};

function answered({ status, ms }: Succeeded | Failed): string {
  return status === null ? `${round(ms)} ms` : `${status}, ${round(ms)} ms`;
}
