import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers 503 to a request that holds a record of one partition, and takes the time of all others. */
export interface RefusingEndpoint {
  readonly url: string;
  /** Records confirmed since `expect`. */
  readonly confirmed: number;
  /** The partition whose records are refused from now on; null: none. */
  refuse(partition: number | null): void;
  /**
   * Counts from 0 again.
   * @returns records/s of the second half, once that many are confirmed.
   */
  expect(records: number): Promise<number>;
  stop(): Promise<void>;
}

const RECORD_BYTES = 220;

/** A record whose partition can be found in a body without parsing it; all of them are of one size. */
export function markedRecord(partition: number, number: number): string {
  const head = `{"p":${partition},"i":${1_000_000_000 + number},"pad":"`;
  return `${head}${'x'.repeat(RECORD_BYTES - head.length - 2)}"}`;
}

export async function startRefusingEndpoint(): Promise<RefusingEndpoint> {
  let refused: Buffer | null = null;
  let confirmed = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let halfAt = 0;
  let done: (perSecond: number) => void = () => {};

  function count(records: number): void {
    const half = Math.ceil(wanted / 2);
    const before = confirmed;
    confirmed += records;
    const now = performance.now();
    if (before < half && confirmed >= half) halfAt = now;
    // What came with the record that made the half full stands on the first half's side.
    if (before < wanted && confirmed >= wanted) done((wanted - half) / ((now - halfAt) / 1000));
  }

  const server = createServer({ noDelay: true }, async (request, response) => {
    const body = await bodyOf(request);
    const stuck = refused !== null && body.includes(refused);
    response.writeHead(stuck ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
    // Brackets around, a comma between.
    if (!stuck) count((body.length - 1) / (RECORD_BYTES + 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    get confirmed() {
      return confirmed;
    },
    refuse(partition) {
      refused = partition === null ? null : Buffer.from(`{"p":${partition},`);
    },
    expect(records) {
      confirmed = 0;
      wanted = records;
      return new Promise(resolve => {
        done = resolve;
      });
    },
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
