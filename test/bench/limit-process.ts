/** The limit, a process of its own: see limit.ts. Argument: a LimitOrder as JSON. */

import { Pool } from 'undici';
import kafka from '../../worker/kafka/library.ts';
import { Tally } from './access-log.ts';
import { openBlocks } from './blocks.ts';
import type { LimitEvent, LimitMode, LimitOrder } from './limit.ts';

const order = JSON.parse(process.argv[2]!) as LimitOrder;

function tell(event: LimitEvent): void {
  process.send?.(event);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** What was read so far; told when it is all. */
class Progress {
  readonly #tally = new Tally(order.warmUp);

  /** @returns whether more is wanted. */
  add(records: number): boolean {
    if (records === 0) return true;
    this.#tally.add(records, now());
    const { arrivals } = this.#tally;
    if (arrivals.records < order.records) return true;
    tell({ kind: 'read', arrivals });
    return false;
  }
}

/** Posts bodies, so many at a time. */
class Poster {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #flying = new Set<Promise<void>>();

  constructor() {
    const { origin, pathname } = new URL(order.url);
    this.#pool = new Pool(origin, { connections: order.inFlight, pipelining: 1 });
    this.#path = pathname;
  }

  /** Resolves when there is room for the next one. */
  async post(body: Buffer): Promise<void> {
    const flight = this.#send(body).finally(() => this.#flying.delete(flight));
    this.#flying.add(flight);
    if (this.#flying.size >= order.inFlight) await Promise.race(this.#flying);
  }

  async #send(body: Buffer): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer benchmark' };
    const { statusCode, body: answer } = await this.#pool.request({ path: this.#path, method: 'POST', headers, body });
    if (statusCode !== 200) throw new Error(`the endpoint answered ${statusCode}`);
    await answer.dump();
  }
}

function connect(): Promise<kafka.KafkaConsumer> {
  const consumer = new kafka.KafkaConsumer(
    { ...order.consumer, rebalance_cb: true },
    { 'auto.offset.reset': 'earliest' },
  );
  return new Promise((resolve, reject) => {
    const begun = now();
    consumer.on('rebalance', () => tell({ kind: 'joined', seconds: (now() - begun) / 1000 }));
    consumer.on('ready', () => {
      consumer.subscribe([order.topic]);
      resolve(consumer);
    });
    consumer.connect({}, error => error && reject(error));
  });
}

async function consume(): Promise<void> {
  const consumer = await connect();
  const progress = new Progress();
  consumer.setDefaultConsumeTimeout(20);
  const read = (): Promise<number> =>
    new Promise((resolve, reject) =>
      consumer.consume(order.batchRecords, (error, messages) => (error ? reject(error) : resolve(messages.length))),
    );
  while (progress.add(await read()));
}

async function blocks(): Promise<void> {
  const queue = openBlocks(await connect(), { maxRecords: order.batchRecords, json: false });
  const progress = new Progress();
  while (progress.add((await queue.next()).count));
}

async function checkedBlocks(): Promise<void> {
  const queue = openBlocks(await connect(), { maxRecords: order.batchRecords, json: true });
  const poster = new Poster();
  for (let sent = 0; sent < order.records; ) {
    const { count, values } = await queue.next();
    await poster.post(values);
    sent += count;
  }
}

async function requests(): Promise<void> {
  const poster = new Poster();
  const body = Buffer.alloc(order.batchRecords * (order.recordBytes + 1) + 1, 'x');
  for (let sent = 0; sent < order.records; sent += order.batchRecords) await poster.post(body);
}

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
// Stays until it is stopped: its memory and time are read from outside.
setInterval(() => {}, 60_000);
const loops: Readonly<Record<LimitMode, () => Promise<void>>> = {
  consume,
  block: blocks,
  'block-check': checkedBlocks,
  requests,
};
await loops[order.mode]();
