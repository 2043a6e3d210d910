import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import kafka from '../../worker/kafka/library.ts';
import { promised } from '../kafka/promised.ts';
import type { LatencySample } from './latency-result.ts';
import { percentile } from './statistics.ts';

/** A record as it is sent. */
interface Stamped {
  /** What number it has; below 0: not measured. */
  readonly i: number;
  /** Epoch milliseconds. */
  readonly t: number;
}

/** Sends records at a steady rate, and takes the time until they are at the endpoint, which is this process too. */
export interface Stopwatch {
  readonly url: string;
  /**
   * @param ended resolves should the worker end
   * @param options.partitions sends to the first so many in turn; else the key decides
   * @param options.quietMs sends nothing for so long once a first record has arrived
   */
  measure(
    topic: string,
    rate: number,
    seconds: number,
    ended: Promise<string>,
    options?: { readonly partitions?: number; readonly quietMs?: number },
  ): Promise<Omit<LatencySample, 'idleCpuPercent'>>;
  stop(): Promise<void>;
}

const KEYS = 97;
const PAD = 'x'.repeat(150);
const FIRST_TIMEOUT_MS = 60_000;
const LAST_TIMEOUT_MS = 10_000;
/** Of the same traffic before what is measured: a broker that has just begun is slow. */
const WARM_SECONDS = 5;

function now(): number {
  return performance.timeOrigin + performance.now();
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** A body is a JSON array, a record a line, or what the limit sends: a comma behind each. */
export function recordsOf(body: string): Stamped[] {
  if (body.startsWith('[')) return JSON.parse(body) as Stamped[];
  if (body.endsWith(',')) return JSON.parse(`[${body.slice(0, -1)}]`) as Stamped[];
  return body
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Stamped);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export async function startStopwatch(bootstrap: string): Promise<Stopwatch> {
  /** Milliseconds by number, and the requests that brought them. */
  let took = new Map<number, number>();
  let requests = 0;
  let woken = 0;
  const server = createServer({ noDelay: true }, async (request, response) => {
    const at = now();
    const records = recordsOf(await bodyOf(request));
    response.setHeader('content-type', 'application/json').end('{}');
    const measured = records.filter(({ i }) => i >= 0);
    if (measured.length > 0) requests++;
    else woken++;
    for (const { i, t } of measured) if (!took.has(i)) took.set(i, at - t);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const producer = new kafka.Producer({ 'bootstrap.servers': bootstrap, 'queue.buffering.max.ms': 0 });
  await promised(done => producer.connect({}, done));
  producer.setPollInterval(100);
  const send = (topic: string, i: number, partitions = 0): void => {
    const record: Stamped & { v: string } = { i, t: now(), v: PAD };
    const partition = partitions === 0 ? null : Math.abs(i) % partitions;
    producer.produce(topic, partition, Buffer.from(JSON.stringify(record)), `k${Math.abs(i) % KEYS}`);
  };

  async function untilFirst(topic: string, hasEnded: () => string | null, partitions?: number): Promise<void> {
    const before = woken;
    const deadline = now() + FIRST_TIMEOUT_MS;
    while (woken === before) {
      const how = hasEnded();
      if (how !== null) throw new Error(`it ended (${how}) before a record arrived`);
      if (now() > deadline) throw new Error(`no record arrived within ${FIRST_TIMEOUT_MS / 1000} s`);
      send(topic, -1, partitions);
      await pause(500);
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    async measure(topic, rate, seconds, ended, { partitions, quietMs = 0 } = {}) {
      let how: string | null = null;
      void ended.then(result => {
        how = result;
      });
      await untilFirst(topic, () => how, partitions);
      await pause(quietMs);
      took = new Map();
      requests = 0;
      const total = rate * seconds;
      const begun = now();
      for (let next = -rate * WARM_SECONDS; next < total; ) {
        const due = Math.min(total, Math.floor(((now() - begun) / 1000) * rate) + 1 - rate * WARM_SECONDS);
        while (next < due) send(topic, next++, partitions);
        await pause(1);
      }
      const deadline = now() + LAST_TIMEOUT_MS;
      while (took.size < total && now() < deadline) await pause(20);
      if (took.size < total) throw new Error(`${took.size} of ${total} records arrived`);
      const all = [...took.values()];
      const [p50, p90, p99] = [0.5, 0.9, 0.99].map(part => percentile(all, part)) as [number, number, number];
      return { records: total, requests, p50, p90, p99, max: percentile(all, 1) };
    },
    async stop() {
      await promised(done => producer.disconnect(done));
      server.closeAllConnections();
      server.close();
    },
  };
}
