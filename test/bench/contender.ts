import { startBento } from './bento.ts';
import type { Target } from './endpoint.ts';
import type { Job } from './job.ts';
import { type LimitMode, sendsRequests, startLimit } from './limit.ts';
import { measure } from './measure.ts';
import { quotedBytes } from './records.ts';
import type { Sample } from './sample.ts';
import type { ConverterName, ReaderName, RequestKind } from './settings.ts';
import { startTailrace } from './tailrace.ts';

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
    };

/** A batch that does not fill waits so long, milliseconds: with a backlog that is its end only. */
const BENTO_PERIOD_MS = 50;

/** @param bento its program */
export async function runContender(
  contender: Contender,
  job: Job,
  target: Target,
  bento: string,
  say: (line: string) => void,
): Promise<Sample> {
  const { name, directory, bootstrap, topic, url, records, warmUp } = job;
  const recordBytes = bytesOnTheWire(contender, job.recordBytes);
  // Compressed bodies do not tell how many they hold: with a backlog each is full.
  const recordsEach = contender.kind === 'tailrace' && contender.requests === 'gzip' ? contender.batch : null;
  const arrived = (signal: AbortSignal) => target.arrivals({ records, recordBytes, recordsEach, warmUp }, signal);
  switch (contender.kind) {
    case 'limit': {
      const { mode, batch, inFlight } = contender;
      const running = startLimit(job, mode, batch, inFlight);
      return measure(running, sendsRequests(mode) ? arrived : signal => orAbort(running.read, signal), say);
    }
    case 'bento': {
      const settings = { batchRecords: contender.batch, inFlight: contender.inFlight, periodMs: BENTO_PERIOD_MS };
      return measure(await startBento(bento, job, settings), arrived, say);
    }
    case 'tailrace': {
      const { batch: batchRecords, converter, requests } = contender;
      const sink = { name, topic, url, batchRecords, converter, ...(requests !== undefined && { requests }) };
      return measure(
        await startTailrace(name, directory, { bootstrap, reader: contender.reader }, [sink]),
        arrived,
        say,
      );
    }
  }
}

function bytesOnTheWire(contender: Contender, recordBytes: number): number {
  const quoted = contender.kind === 'tailrace' && contender.converter === 'string' && contender.requests === undefined;
  return quoted ? quotedBytes(recordBytes) : recordBytes;
}

function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
