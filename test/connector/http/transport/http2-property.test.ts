import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TransportError } from '../../../../connector/errors.ts';
import { createHttp2Transport } from '../../../../connector/http/transport/http2-transport.ts';
import type { HttpResponse } from '../../../../connector/ports.ts';
import * as h2 from '../../../support/http2-frames.ts';
import { Http2Peer, type PeerLink } from '../../../support/http2-peer.ts';
import { NO_TLS } from '../wire.ts';

/** A send that nothing ends is ended by its caller, as attempts are. */
const DEADLINE_MS = 1_000;

/** One thing that a peer does about stream 1, and what it thereby has said of it. */
type Act =
  | { readonly kind: 'head'; readonly status: number; readonly last: boolean }
  | { readonly kind: 'data'; readonly bytes: number; readonly last: boolean }
  | { readonly kind: 'trailers' }
  | { readonly kind: 'reset'; readonly code: number }
  | { readonly kind: 'goaway'; readonly lastId: number; readonly code: number }
  | { readonly kind: 'settings'; readonly streams: number; readonly window: number }
  | { readonly kind: 'windows' }
  | { readonly kind: 'body' }
  | { readonly kind: 'junk'; readonly bytes: Uint8Array }
  | { readonly kind: 'turn' }
  | { readonly kind: 'end' };

const last = fc.boolean();
const code = fc.oneof(fc.constantFrom(0, 7, 8, 11, 13), fc.nat(15));
const ACT: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('head' as const),
      status: fc.constantFrom(100, 103, 200, 200, 204, 207, 403, 413, 503),
      last,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('data' as const), bytes: fc.nat(3_000), last }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'trailers' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reset' as const), code }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('goaway' as const), lastId: fc.constantFrom(0, 1, 2 ** 31 - 1), code }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('settings' as const),
      streams: fc.nat(3),
      window: fc.constantFrom(0, 1, 65_535, 1_000_000),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'windows' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'body' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('junk' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'end' as const }) },
);

async function act(link: PeerLink, each: Act, whole: number): Promise<void> {
  switch (each.kind) {
    case 'head':
      return link.write(h2.head(1, each.status, each.last ? h2.END_STREAM : 0));
    case 'data':
      return link.write(h2.data(1, Buffer.alloc(each.bytes, 'x'), each.last ? h2.END_STREAM : 0));
    case 'trailers':
      return link.write(h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1, h2.block([['x-end', '1']])));
    case 'reset':
      return link.write(h2.reset(1, each.code));
    case 'goaway':
      return link.write(h2.goaway(each.lastId, each.code));
    case 'settings':
      return link.greet({ [h2.MAX_CONCURRENT_STREAMS]: each.streams, [h2.INITIAL_WINDOW_SIZE]: each.window });
    case 'windows':
      return link.write(h2.windowUpdate(0, 100_000), h2.windowUpdate(1, 100_000));
    case 'body':
      // Waits only where it can come.
      for (let turns = 0; turns < 20 && link.bodyOf(1).length < whole; turns++) await turn();
      return;
    case 'junk':
      return link.write(Buffer.from(each.bytes));
    case 'turn':
      return await turn();
    case 'end':
      link.socket.end();
  }
}

function turn(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1));
}

/** What a send was told, and what the peer can know of it. */
async function run(acts: readonly Act[], bytes: number) {
  let done: (link: PeerLink) => void = () => {};
  const over = new Promise<PeerLink>(resolve => (done = resolve));
  const peer = await new Http2Peer(async (link, connection) => {
    link.generous = false;
    link.greet();
    if (connection > 1) return;
    await link.begun();
    for (const each of acts) await act(link, each, bytes);
    await turn();
    // It takes what is still under way before it is gone.
    link.socket.end();
    done(link);
  }).start();
  const transport = createHttp2Transport({ tls: NO_TLS, connectTimeoutMs: 60_000, maxInFlight: 1 });
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), DEADLINE_MS);
  const request = { method: 'POST', url: peer.url, headers: {}, body: Buffer.alloc(bytes, 'b') };
  const outcome: HttpResponse | TransportError = await transport
    .send(request, { signal: controller.signal, maxResponseBytes: 1_000 })
    .catch((error: TransportError) => error);
  clearTimeout(timer);
  const arrived = async (): Promise<number> => {
    const link = await over;
    for (let turns = 0; turns < 200 && link.bodyOf(1).length < bytes; turns++) await turn();
    return link.bodyOf(1).length;
  };
  const close = async (): Promise<void> => {
    await transport.close();
    await peer.close();
  };
  return { outcome, arrived, close };
}

/** Whether some success of these acts came whole: head, end, and no reset before. */
function succeeds(acts: readonly Act[]): boolean {
  let head = 0;
  for (const each of acts) {
    if (each.kind === 'head' && each.status >= 200 && head === 0) head = each.status;
    if (head !== 0 && each.kind === 'data') return head <= 299;
    if (head !== 0 && (each.kind === 'trailers' || (each.kind === 'head' && each.last))) return head <= 299;
  }
  return false;
}

describe('whatever a peer does', () => {
  it('a send ends, and is a success only where the whole body left and a whole success came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ACT, { maxLength: 8 }), fc.constantFrom(0, 3, 40_000, 90_000), async (acts, bytes) => {
        const { outcome, arrived, close } = await run(acts, bytes);
        try {
          if (outcome instanceof TransportError) return;
          assert.ok(!(outcome instanceof Error), String(outcome));
          if (outcome.status > 299) return;
          assert.ok(succeeds(acts), `${outcome.status} is no answer`);
          assert.equal(await arrived(), bytes);
        } finally {
          await close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
