/**
 * The endpoint of the benchmark, a process of its own: it reads whole request bodies, answers 200 and counts bytes. It
 * knows of HTTP/1.1 what a client with `content-length` needs, so that it costs the machine as little as it can.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What the endpoint is told: count from nothing, up to this many records of this size. */
export interface Expectation {
  readonly records: number;
  /** Bytes of each record. */
  readonly size: number;
}

/** What the endpoint tells; `at` is in epoch milliseconds. */
export type EndpointEvent =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'first'; readonly at: number }
  | {
      readonly kind: 'reached';
      readonly at: number;
      readonly requests: number;
      readonly bytes: number;
      readonly records: number;
    };

const BODY_BEGINS = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

let expected: Expectation | null = null;
let requests = 0;
let bytes = 0;

function tell(event: EndpointEvent): void {
  process.send?.(event);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** A body is a JSON array: of n records it has n - 1 commas and two brackets. */
function countRequest(length: number): void {
  requests++;
  bytes += length;
  if (expected === null) return;
  if (requests === 1) tell({ kind: 'first', at: now() });
  const records = (bytes - requests) / (expected.size + 1);
  if (records < expected.records) return;
  expected = null;
  tell({ kind: 'reached', at: now(), requests, bytes, records });
}

function serve(socket: Socket): void {
  let head: Buffer = NOTHING;
  let length = 0;
  let left = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const rest = chunk.subarray(at);
        const seen = head.length === 0 ? rest : Buffer.concat([head, rest]);
        const end = seen.indexOf(BODY_BEGINS);
        if (end < 0) {
          head = seen;
          return;
        }
        length = Number(/\r\ncontent-length: *(\d+)/i.exec(seen.toString('latin1', 0, end))?.[1]);
        if (!(length > 0)) throw new Error('a request without a content-length');
        at += end + BODY_BEGINS.length - head.length;
        head = NOTHING;
        left = length;
      }
      const taken = Math.min(left, chunk.length - at);
      at += taken;
      left -= taken;
      if (left > 0) return;
      socket.write(ANSWER);
      countRequest(length);
    }
  });
}

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => tell({ kind: 'listening', port: (server.address() as AddressInfo).port }));
process.on('message', message => {
  expected = message as Expectation;
  requests = 0;
  bytes = 0;
});
process.on('disconnect', () => process.exit());
