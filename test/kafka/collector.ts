import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { idOf } from './audit.ts';
import type { NewRecord } from './producing.ts';
import { programLogs } from './program.ts';

/** What one request brought. */
export interface Delivery {
  /** Counted from 1 over the collector's life. */
  readonly number: number;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** The `id` of each record of the JSON array, in order; empty when the body is something else. */
  readonly ids: readonly string[];
}

/** `drop` cuts the connection without an answer. */
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'drop';

export type Script = (delivery: Delivery) => Answer | Promise<Answer>;

/** An HTTP endpoint that keeps a journal of which records it has confirmed. */
export interface Collector {
  readonly url: string;
  /** The ids it has confirmed, one by one, in the order of its answers. */
  readonly journal: readonly string[];
  /** How many distinct ids are in the journal. */
  readonly distinct: number;
  readonly requests: number;
  /** The ids of the requests that it has not yet answered. */
  readonly waiting: readonly string[];
  /** How many requests it has refused or cut. */
  readonly refusals: number;
  /** Answers by this from now on; without it everything is confirmed with 200. */
  script(answer?: Script): void;
  /** Resolves once the condition holds, looked at whenever a request has come and whenever it is answered. */
  when(what: string, condition: (collector: Collector) => boolean, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

const CONFIRM: Script = () => ({ status: 200 });

export async function startCollector(): Promise<Collector> {
  const journal: string[] = [];
  const seen = new Set<string>();
  const waiting = new Set<() => void>();
  let script = CONFIRM;
  let requests = 0;
  let refusals = 0;
  const open = new Set<readonly string[]>();
  const look = (): void => {
    for (const each of [...waiting]) each();
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    requests += 1;
    const ids = idsOf(body);
    open.add(ids);
    look();
    const { method = '', url: path = '', headers } = request;
    const answer = await script({ number: requests, method, path, headers, body, ids });
    open.delete(ids);
    if (answer !== 'drop' && answer.status < 300) {
      for (const id of ids) {
        journal.push(id);
        seen.add(id);
      }
    } else refusals += 1;
    if (answer === 'drop') response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    look();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    journal,
    get distinct() {
      return seen.size;
    },
    get requests() {
      return requests;
    },
    get waiting() {
      return [...open].flat();
    },
    get refusals() {
      return refusals;
    },
    script(answer = CONFIRM) {
      script = answer;
    },
    when(what, condition, timeoutMs = 60_000) {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          clearTimeout(timer);
          waiting.delete(check);
          settle();
        };
        const check = (): void => {
          if (condition(collector)) end(resolve);
        };
        const late = (): Error => {
          const counts = `${seen.size} distinct records, ${requests} requests`;
          return new Error(`${what}: not within ${timeoutMs} ms (${counts})\n${programLogs()}`);
        };
        const timer = setTimeout(() => end(() => reject(late())), timeoutMs);
        waiting.add(check);
        check();
      });
    },
    close() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  return collector;
}

/** Resolves once each of the records is confirmed. */
export function arrived(
  collector: Collector,
  what: string,
  records: readonly NewRecord[],
  timeoutMs?: number,
): Promise<void> {
  const missing = new Set(records.map(idOf));
  let at = 0;
  const condition = ({ journal }: Collector): boolean => {
    for (; at < journal.length; at++) missing.delete(journal[at]!);
    return missing.size === 0;
  };
  return collector.when(what, condition, timeoutMs);
}

/**
 * Answers no request from now on, or not the one of this number.
 * @returns what answers them all with 200, and everything after them.
 */
export function hold(collector: Collector, only: number | null = null): () => void {
  let release = (): void => {};
  const released = new Promise<void>(resolve => {
    release = resolve;
  });
  collector.script(async ({ number }) => {
    if (only === null || number === only) await released;
    return { status: 200 };
  });
  return release;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function idsOf(body: Buffer): string[] {
  try {
    const records: unknown = JSON.parse(body.toString());
    if (!Array.isArray(records)) return [];
    return records.map((record: { id?: unknown }) => String(record.id));
  } catch {
    return [];
  }
}
