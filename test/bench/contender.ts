import type { Awaited } from './access-log.ts';
import { startBento } from './bento.ts';
import { deliveredBytes } from './chain-bytes.ts';
import { startConnect } from './connect.ts';
import type { Target } from './endpoint.ts';
import type { Job } from './job.ts';
import { type LimitMode, sendsRequests, startLimit } from './limit.ts';
import { measure } from './measure.ts';
import type { Sample } from './sample.ts';
import type { ConverterName, ReaderName, RequestKind, SinkSettings } from './settings.ts';
import { startTailrace } from './tailrace.ts';
import type { Topic } from './topics.ts';
import { type Chain, connectChain, tailraceChain } from './transform-chains.ts';

/** Who reads the topic, and with what settings. */
export type Contender =
  | { readonly kind: 'limit'; readonly mode: LimitMode; readonly batch: number; readonly inFlight: number }
  | { readonly kind: 'bento'; readonly batch: number; readonly inFlight: number }
  | {
      readonly kind: 'tailrace';
      readonly reader: ReaderName;
      readonly converter: ConverterName;
      readonly batch: number;
      /** Other requests than JSON arrays over HTTP/1.1. */
      readonly requests?: RequestKind;
      /** What becomes of the values, in place of the converter. */
      readonly chain?: Chain;
    }
  /** Kafka Connect on the JVM. */
  | { readonly kind: 'connect'; readonly chain: Chain; readonly batch: number };

/** The programs of others. */
export interface Peers {
  /** Bento itself; null where it is missing. */
  readonly bento: string | null;
  /** Kafka Connect's class path; null where it is not wanted. */
  readonly connect: string | null;
}

/** A batch that does not fill waits so long, milliseconds: with a backlog that is its end only. */
const BENTO_PERIOD_MS = 50;

export async function runContender(
  contender: Contender,
  job: Job,
  target: Target,
  peers: Peers,
  say: (line: string) => void,
): Promise<Sample> {
  const { name, directory, bootstrap, records, recordBytes, warmUp } = job;
  const expected = { records, recordBytes, warmUp, ...countedBy(contender) };
  const arrived = (signal: AbortSignal) => target.arrivals(expected, signal);
  switch (contender.kind) {
    case 'limit': {
      const { mode, batch, inFlight } = contender;
      const running = startLimit(job, mode, batch, inFlight);
      return measure(running, sendsRequests(mode) ? arrived : signal => orAbort(running.read, signal), say);
    }
    case 'bento': {
      const settings = { batchRecords: contender.batch, inFlight: contender.inFlight, periodMs: BENTO_PERIOD_MS };
      return measure(await startBento(peers.bento!, job, settings), arrived, say);
    }
    case 'tailrace': {
      const worker = { bootstrap, reader: contender.reader };
      return measure(await startTailrace(name, directory, worker, [tailraceSink(contender, job)]), arrived, say);
    }
    case 'connect': {
      const sink = { ...sinkOf(contender.batch, job), ...connectChain(contender.chain) };
      return measure(await startConnect(peers.connect!, directory, bootstrap, sink), arrived, say);
    }
  }
}

/** How requests tell how many records they hold, besides by their bytes. */
function countedBy(contender: Contender): Pick<Awaited, 'recordsEach' | 'fullest'> {
  // Compressed bodies do not tell how many they hold: with a backlog each is full.
  if (contender.kind === 'tailrace' && contender.requests === 'gzip') return { recordsEach: contender.batch };
  const hasChain = contender.kind === 'connect' || (contender.kind === 'tailrace' && contender.chain !== undefined);
  return hasChain ? { fullest: contender.batch } : {};
}

type SinkJob = Pick<Job, 'name' | 'topic' | 'url'>;

function sinkOf(batchRecords: number, { name, topic, url }: SinkJob) {
  return { name, topic, url, batchRecords };
}

function tailraceSink(
  { batch, converter, requests, chain }: Contender & { kind: 'tailrace' },
  job: SinkJob,
): SinkSettings {
  return {
    ...sinkOf(batch, job),
    converter,
    ...(requests !== undefined && { requests }),
    ...(chain !== undefined && tailraceChain(chain)),
  };
}

/**
 * Bytes of each record of a topic where it arrives: what Tailrace's own converters and transforms make of it, also where
 * others do the same to it.
 */
export function arrivingBytes(contender: Contender, topic: Topic): number {
  if (contender.kind === 'limit' || contender.kind === 'bento') return topic.recordBytes;
  const job = { name: contender.kind, topic: topic.name, url: 'http://127.0.0.1/' };
  const { batch } = contender;
  const sink =
    contender.kind === 'tailrace'
      ? tailraceSink(contender, job)
      : { ...sinkOf(batch, job), ...tailraceChain(contender.chain) };
  return deliveredBytes(sink, topic);
}

function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
