import { fileURLToPath } from 'node:url';
import type { Arrivals } from './access-log.ts';
import type { Job } from './job.ts';
import { type Running, startProgram } from './program.ts';
import { consumerProperties } from './settings.ts';

/**
 * What this machine can do without a product.
 * `consume`: node-rdkafka's own loop, and nothing else. `block`: the native reader's, and nothing else. `block-check`: the
 * same with every record's JSON checked, and each block posted. `requests`: one request after another, without Kafka.
 */
export type LimitMode = 'consume' | 'block' | 'block-check' | 'requests';

/** As worker/bin/tailrace.cjs sets them for the worker: the same garbage collector on both sides. */
const WORKER_FLAGS = ['--no-incremental-marking'];

/** What the process is told, as JSON in its one argument. */
export interface LimitOrder {
  readonly mode: LimitMode;
  readonly topic: string;
  readonly records: number;
  readonly recordBytes: number;
  /** So many of the records are not measured. */
  readonly warmUp: number;
  /** Records of a read and of a request. */
  readonly batchRecords: number;
  readonly url: string;
  /** Most requests at a time. */
  readonly inFlight: number;
  readonly consumer: Readonly<Record<string, unknown>>;
}

/** What it tells. */
export type LimitEvent =
  | { readonly kind: 'joined'; readonly seconds: number }
  | { readonly kind: 'read'; readonly arrivals: Arrivals };

export interface LimitRun extends Running {
  /** Of the modes that send nothing: what was read. */
  readonly read: Promise<Arrivals>;
}

export function sendsRequests(mode: LimitMode): boolean {
  return mode === 'requests' || mode === 'block-check';
}

export function startLimit(job: Job, mode: LimitMode, batchRecords: number, inFlight: number): LimitRun {
  const { name, bootstrap, topic, records, recordBytes, warmUp, url, directory } = job;
  const sink = { name, topic, url, batchRecords, converter: 'json' } as const;
  const consumer = consumerProperties(bootstrap, sink);
  const order: LimitOrder = { mode, topic, records, recordBytes, warmUp, batchRecords, url, inFlight, consumer };
  const script = fileURLToPath(new URL('limit-process.js', import.meta.url));
  const command = [...WORKER_FLAGS, script, JSON.stringify(order)];
  const program = startProgram(process.execPath, command, { name, directory, ipc: true });
  const told = <K extends LimitEvent['kind']>(kind: K): Promise<Extract<LimitEvent, { kind: K }>> =>
    new Promise(resolve =>
      program.child.on('message', (event: LimitEvent) => {
        if (event.kind === kind) resolve(event as Extract<LimitEvent, { kind: K }>);
      }),
    );
  const running = { ...program, read: told('read').then(({ arrivals }) => arrivals) };
  if (mode === 'requests') return running;
  return { ...running, joined: told('joined').then(({ seconds }) => seconds) };
}
