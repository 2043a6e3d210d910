import { open } from 'node:fs/promises';

/** What arrived at the endpoint under one path. */
export interface Arrivals {
  /** When the first and the last request were answered, epoch milliseconds; NaN when there was none. */
  readonly first: number;
  readonly last: number;
  /** When the request was answered that ended the warm-up: what is measured begins there. The first one at the earliest. */
  readonly warm: number;
  readonly requests: number;
  readonly records: number;
  /** Of the first request. */
  readonly firstRecords: number;
  /** Until the end of the warm-up. */
  readonly warmRecords: number;
}

/** Adds up requests, or reads. */
export class Tally {
  readonly #warmUp: number;
  #first = Number.NaN;
  #warm = Number.NaN;
  #last = Number.NaN;
  #requests = 0;
  #records = 0;
  #firstRecords = 0;
  #warmRecords = 0;

  /** @param warmUp so many records are not measured */
  constructor(warmUp: number) {
    this.#warmUp = warmUp;
  }

  /** @param at epoch milliseconds */
  add(records: number, at: number): void {
    const warming = this.#requests === 0 || this.#records < this.#warmUp;
    if (this.#requests++ === 0) {
      this.#first = at;
      this.#firstRecords = records;
    }
    this.#records += records;
    this.#last = at;
    if (!warming) return;
    this.#warm = at;
    this.#warmRecords = this.#records;
  }

  get arrivals(): Arrivals {
    return {
      first: this.#first,
      warm: this.#warm,
      last: this.#last,
      requests: this.#requests,
      records: this.#records,
      firstRecords: this.#firstRecords,
      warmRecords: this.#warmRecords,
    };
  }
}

/** Counts the requests of one path from lines `<epoch seconds> <bytes of the body> <status> <path>`. */
export class ArrivalCount {
  readonly #path: string;
  readonly #recordBytes: number;
  readonly #recordsEach: number | null;
  readonly #fullest: number | null;
  readonly #tally: Tally;
  #most = 0;
  #rest = '';

  /** @param recordBytes of each record: a body holds them with one byte between each two, brackets or not. */
  constructor(
    path: string,
    { recordBytes, recordsEach, fullest, warmUp }: Omit<Awaited, 'logFile' | 'from' | 'path' | 'records'>,
  ) {
    this.#path = path;
    this.#recordsEach = recordsEach ?? null;
    this.#fullest = fullest ?? null;
    this.#recordBytes = recordBytes;
    this.#tally = new Tally(warmUp);
  }

  /** @throws Error for an answer other than 200, and for a body that can not hold records of this size. */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const [seconds, bytes, status, path] = line.split(' ');
      if (path !== this.#path && path?.startsWith(`${this.#path}/`) !== true) continue;
      if (status !== '200') throw new Error(`the endpoint answered ${status} to ${path}`);
      const records = this.#recordsEach ?? this.#recordsOf(Number(bytes));
      if (!(records > 0)) throw new Error(`a request without a record: "${line}"`);
      this.#most = Math.max(this.#most, records);
      this.#tally.add(records, Number(seconds) * 1000);
    }
  }

  #recordsOf(bytes: number): number {
    const each = this.#recordBytes + 1;
    const records = Math.round(bytes / each);
    // Nothing or a line end behind the last, or two brackets.
    const fits = Math.abs(bytes - records * each) <= 1;
    if (this.#fullest !== null && !(fits && records <= this.#fullest)) {
      throw new Error(`no body of up to ${this.#fullest} records of ${this.#recordBytes} B has ${bytes} B`);
    }
    return records;
  }

  /** @throws Error when no request was as full as the fullest must be: then records are of another size. */
  check(): void {
    if (this.#fullest === null || this.#most === this.#fullest) return;
    const told = `the fullest request holds ${this.#most} records of ${this.#recordBytes} B, not ${this.#fullest}`;
    throw new Error(`${told}: they are of another size`);
  }

  get arrivals(): Arrivals {
    return this.#tally.arrivals;
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
  /** Records of each request, where its bytes do not tell. */
  readonly recordsEach?: number | null;
  /** Records of the fullest request, where bytes must tell records exactly. */
  readonly fullest?: number | null;
  /** So many of the records are not measured: with the first ones a just-in-time compiler is at work. */
  readonly warmUp: number;
}

/**
 * Waits until the endpoint holds the records.
 * @throws Error when `signal` aborts, an answer was not 200, or the bytes of bodies are not those of such records.
 */
export async function awaitArrivals(
  { logFile, from, path, records, ...rest }: Awaited,
  signal: AbortSignal,
): Promise<Arrivals> {
  const count = new ArrivalCount(path, rest);
  const chunk = Buffer.allocUnsafe(1 << 20);
  const file = await open(logFile, 'r');
  try {
    for (let at = from; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      at += bytesRead;
      count.add(chunk.toString('latin1', 0, bytesRead));
      if (count.arrivals.records >= records) {
        count.check();
        return count.arrivals;
      }
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
