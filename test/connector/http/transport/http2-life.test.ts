import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TransportError } from '../../../../connector/errors.ts';
import { createHttp2Transport } from '../../../../connector/http/transport/http2-transport.ts';
import * as h2 from '../../../support/http2-frames.ts';
import { Http2Peer, type PeerLink, type Script } from '../../../support/http2-peer.ts';
import { failureOf, http2TransportFor, NO_TLS, post } from '../wire.ts';

const KEPT = { proxies: null, unixSocket: null, keepAliveIdleMs: null, maxAgeMs: 0 };

/** What the first connection does; all later ones confirm whatever comes. */
async function peerFor(t: TestContext, script: Script): Promise<Http2Peer> {
  const peer = await new Http2Peer(async (link, connection) => {
    if (connection === 1) return await script(link, connection);
    link.greet();
    await link.serve();
  }).start();
  t.after(() => peer.close());
  return peer;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
}

/** Broken in ways that nghttp2 answers with a goodbye, and with reading nothing more. */
const GOODBYES: Readonly<Record<string, (stream: number) => Buffer>> = {
  'DATA on a stream that nobody opened': () => h2.data(99, 'x'),
  'a frame that is too large': stream => h2.data(stream, Buffer.alloc(20_000)),
  'headers that can not be unpacked': stream =>
    h2.frame(h2.HEADERS, h2.END_HEADERS, stream, Buffer.of(0xff, 0xff, 0xff)),
  'more SETTINGS at once than anybody has': () =>
    h2.settings(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [0xf000 + i, i]))),
};

describe('a connection over HTTP/2', () => {
  it('that has fallen silent is found out by a PING, and replaced', async t => {
    const peer = await peerFor(t, link => {
      link.polite = false;
      link.greet();
    });
    const transport = http2TransportFor(t, { connectTimeoutMs: 1_000, connection: { ...KEPT, keepAliveIdleMs: 300 } });
    const dead = await failureOf(post(transport, peer.url));
    assert.deepEqual([dead.code, dead.ambiguous, dead.retriable], ['HTTP2_DEAD', true, true]);
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.links.length, 2);
  });

  it('on which a request was given up takes no other until it has proven alive', async t => {
    const peer = await peerFor(t, link => {
      link.polite = false;
      link.greet();
    });
    const transport = http2TransportFor(t, { connectTimeoutMs: 1_000 });
    const controller = new AbortController();
    const failed = failureOf(post(transport, peer.url, controller.signal));
    await until(() => peer.requests === 1);
    controller.abort();
    assert.equal((await failed).code, 'ABORTED');
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.deepEqual([peer.links.length, peer.links[0]!.requests], [2, 1]);
  });

  it('that answers to PINGs, and to no request, is replaced after three', async t => {
    const peer = await peerFor(t, link => link.greet());
    const transport = http2TransportFor(t);
    for (let i = 0; i < 3; i++) {
      const controller = new AbortController();
      const failed = failureOf(post(transport, peer.url, controller.signal));
      await until(() => peer.requests === i + 1);
      controller.abort();
      await failed;
    }
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.deepEqual([peer.links.length, peer.links[0]!.requests], [2, 3]);
  });

  it('of an endpoint that is only slow stays', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      const stream = await link.whole();
      await link.seen(({ type }) => type === h2.PING);
      link.write(h2.answer(stream, 200));
      await link.serve();
    });
    const transport = http2TransportFor(t, { connectTimeoutMs: 1_000, connection: { ...KEPT, keepAliveIdleMs: 300 } });
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.links.length, 1);
  });

  it('of a slow endpoint that goes away is not taken for dead', async t => {
    let answer = (): void => {};
    const peer = await peerFor(t, async link => {
      link.greet();
      const stream = await link.whole();
      link.write(h2.goaway(stream, h2.NO_ERROR));
      answer = () => link.write(h2.answer(stream, 200));
    });
    const transport = http2TransportFor(t, { connectTimeoutMs: 300, connection: { ...KEPT, keepAliveIdleMs: 100 } });
    const sent = post(transport, peer.url);
    await until(() => peer.requests === 1);
    await new Promise(resolve => setTimeout(resolve, 1_500));
    answer();
    assert.equal((await sent).status, 200);
  });

  for (const [name, bytes] of Object.entries(GOODBYES)) {
    it(`is replaced after ${name}`, async t => {
      const peer = await peerFor(t, async link => {
        link.greet();
        link.write(bytes(await link.whole()));
      });
      const transport = http2TransportFor(t, {
        connectTimeoutMs: 1_000,
        connection: { ...KEPT, keepAliveIdleMs: 100 },
      });
      const dead = await failureOf(post(transport, peer.url));
      assert.deepEqual([dead.code, dead.ambiguous, dead.retriable], ['HTTP2_DEAD', true, true]);
      assert.equal((await post(transport, peer.url)).status, 200);
    });
  }

  it('that goes away ends what it took; what it did not take goes elsewhere, once', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      link.write(h2.answer(await link.whole(), 200));
      const [taken] = [await link.whole(), await link.whole(), await link.whole()];
      link.write(h2.goaway(h2.NO_ERROR + 2 ** 31 - 1, h2.NO_ERROR), h2.goaway(taken, h2.NO_ERROR));
      await until(() => peer.requests === 6);
      link.write(h2.answer(taken, 202));
    });
    const transport = http2TransportFor(t, { maxInFlight: 3 });
    await post(transport, peer.url);
    const answers = await Promise.all([1, 2, 3].map(() => post(transport, peer.url)));
    assert.deepEqual(
      answers.map(({ status, bodySent }) => [status, bodySent]),
      [
        [202, true],
        [200, false],
        [200, false],
      ],
    );
    assert.deepEqual([peer.links.length, peer.requests], [2, 6]);
  });

  it('that goes away again and again makes no storm of connections', async t => {
    const peer = await new Http2Peer(async link => {
      link.greet();
      link.write(h2.goaway(0, h2.NO_ERROR));
    }).start();
    t.after(() => peer.close());
    const transport = http2TransportFor(t);
    const error = await failureOf(post(transport, peer.url));
    assert.deepEqual([error.code, error.ambiguous, error.retriable], ['HTTP2_NOT_TAKEN', false, true]);
    assert.ok(peer.links.length <= 2);
  });

  it('that is not used is closed, with a goodbye', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      await link.serve();
    });
    const transport = http2TransportFor(t, { connection: { ...KEPT, keepAliveIdleMs: 150 } });
    await post(transport, peer.url);
    await closed(peer.links[0]!);
    assert.ok(peer.links[0]!.frames.some(({ type }) => type === h2.GOAWAY));
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.links.length, 2);
  });

  it('is closed behind its last answer where none is to be kept', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      const streams = [await link.whole(), await link.whole()];
      link.write(...streams.map(stream => h2.answer(stream, 200)));
    });
    const transport = http2TransportFor(t, { connection: { ...KEPT, keepAliveIdleMs: 0 } });
    await Promise.all([post(transport, peer.url), post(transport, peer.url)]);
    await closed(peer.links[0]!);
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.links.length, 2);
  });

  it('that is too old ends what is under way, and takes nothing new', async t => {
    let answer = (): void => {};
    const peer = await peerFor(t, async link => {
      link.greet();
      const stream = await link.whole();
      answer = () => link.write(h2.answer(stream, 202));
    });
    const transport = http2TransportFor(t, { connection: { ...KEPT, maxAgeMs: 100 } });
    const first = post(transport, peer.url);
    await until(() => peer.requests === 1);
    await new Promise(resolve => setTimeout(resolve, 120));
    assert.equal((await post(transport, peer.url)).status, 200);
    answer();
    assert.equal((await first).status, 202);
    await closed(peer.links[0]!);
  });

  it('that the endpoint closes while it is idle is missed by nobody', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      link.write(h2.answer(await link.whole(), 200));
      link.socket.end();
    });
    const transport = http2TransportFor(t);
    await post(transport, peer.url);
    await closed(peer.links[0]!);
    assert.equal((await post(transport, peer.url)).status, 200);
  });

  it('of a peer that floods it with PINGs ends, or copes with them', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      const stream = await link.whole();
      link.write(...Array.from({ length: 20_000 }, () => h2.frame(h2.PING, 0, 0, Buffer.alloc(8))));
      link.write(h2.answer(stream, 200));
      await link.serve();
    });
    const transport = http2TransportFor(t);
    const outcome = await post(transport, peer.url).catch((error: TransportError) => error);
    if (outcome instanceof TransportError)
      assert.deepEqual([outcome.code, outcome.ambiguous], ['HTTP2_VIOLATED', true]);
    else assert.equal(outcome.status, 200);
    assert.equal((await post(transport, peer.url)).status, 200);
  });

  it('that ends by a broken header block does not end the process with it', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
    const send = async (count: number): Promise<void> => {
      const peer = await new Http2Peer(async link => {
        link.greet();
        const stream = await link.begun();
        link.write(h2.head(stream, 103, h2.END_STREAM), h2.head(stream, 403, h2.END_STREAM));
      }).start();
      const transport = createHttp2Transport({ tls: NO_TLS, connectTimeoutMs: 10_000, maxInFlight: 1 });
      const error = await failureOf(post(transport, peer.url));
      assert.match(error.code, /^HTTP2_/);
      await transport.close();
      await peer.close();
      if (count % 7 === 0) collect({ type: 'minor' });
    };
    let count = 0;
    const sender = async (): Promise<void> => {
      while (count < 60) await send(count++);
    };
    await Promise.all([sender(), sender(), sender(), sender()]);
  });
});

function closed(link: PeerLink): Promise<void> {
  return until(() => link.closed);
}
