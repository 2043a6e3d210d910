import { open } from 'node:fs/promises';

/** What arrived at the endpoint under one path. */
export interface Arrivals {
  /** When the first and the last request were answered, epoch milliseconds; NaN when there was none. */
  readonly first: number;
  readonly last: number;
  readonly requests: number;
  readonly records: number;
  /** Of the first request, which is before the time that is measured. */
  readonly firstRecords: number;
}

/** Counts the requests of one path from lines `<epoch seconds> <bytes of the body> <status> <path>`. */
export class ArrivalCount {
  readonly #path: string;
  readonly #recordBytes: number;
  #rest = '';
  #first = Number.NaN;
  #last = Number.NaN;
  #requests = 0;
  #records = 0;
  #firstRecords = 0;

  /** @param recordBytes of each record: a body holds them with one byte between each two, brackets or not. */
  constructor(path: string, recordBytes: number) {
    this.#path = path;
    this.#recordBytes = recordBytes;
  }

  /** @throws Error for an answer other than 200. */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const [seconds, bytes, status, path] = line.split(' ');
      if (path !== this.#path) continue;
      if (status !== '200') throw new Error(`the endpoint answered ${status} to ${path}`);
      const records = Math.round(Number(bytes) / (this.#recordBytes + 1));
      if (!(records > 0)) throw new Error(`a request without a record: "${line}"`);
      this.#last = Number(seconds) * 1000;
      if (this.#requests++ === 0) {
        this.#first = this.#last;
        this.#firstRecords = records;
      }
      this.#records += records;
    }
  }

  get arrivals(): Arrivals {
    return {
      first: this.#first,
      last: this.#last,
      requests: this.#requests,
      records: this.#records,
      firstRecords: this.#firstRecords,
    };
  }
}

const POLL_MS = 50;

/** What is waited for, and where it is told. */
export interface Awaited {
  readonly logFile: string;
  /** Where in the log file to begin, bytes: what stands before belongs to earlier runs. */
  readonly from: number;
  readonly path: string;
  readonly records: number;
  readonly recordBytes: number;
}

/**
 * Waits until the endpoint holds the records.
 * @throws Error when `signal` aborts, or an answer was not 200.
 */
export async function awaitArrivals(
  { logFile, from, path, records, recordBytes }: Awaited,
  signal: AbortSignal,
): Promise<Arrivals> {
  const count = new ArrivalCount(path, recordBytes);
  const chunk = Buffer.allocUnsafe(1 << 20);
  const file = await open(logFile, 'r');
  try {
    for (let at = from; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      at += bytesRead;
      count.add(chunk.toString('latin1', 0, bytesRead));
      if (count.arrivals.records >= records) return count.arrivals;
      if (signal.aborted) {
        const arrived = count.arrivals.records;
        throw new Error(`${arrived} of ${records} records arrived at ${path}`, { cause: signal.reason });
      }
      if (bytesRead === 0) await new Promise(resolve => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await file.close();
  }
}
