import assert from 'node:assert/strict';
import { createSecureServer, createServer, type Http2Server, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { HttpResponse, HttpTransport } from '../../../../connector/ports.ts';
import * as h2 from '../../../support/http2-frames.ts';
import { Http2Peer, type Script } from '../../../support/http2-peer.ts';
import { createCertificate } from '../certificate.ts';
import { endpointFor, FOREVER, failureOf, http2TransportFor, NO_TLS, post, rawEndpointFor } from '../wire.ts';

async function peerFor(t: TestContext, script: Script): Promise<Http2Peer> {
  const peer = await new Http2Peer(script).start();
  t.after(() => peer.close());
  return peer;
}

/** Confirms everything, with these settings. */
function serving(settings: Readonly<Record<number, number>> = {}): Script {
  return async link => {
    link.greet(settings);
    await link.serve();
  };
}

interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Node's own server, which is nghttp2 as well. */
async function serverFor(t: TestContext, server: Http2Server, arrived: Arrived[] = []): Promise<URL> {
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', session => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => {});
    stream.on('end', () => {
      arrived.push({ headers, body: Buffer.concat(chunks).toString() });
      stream.respond({ ':status': 201, 'content-type': 'text/plain', 'retry-after': '7', 'x-id': '7' });
      stream.end('done');
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    for (const session of sessions) session.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return new URL(`${'setSecureContext' in server ? 'https' : 'http'}://127.0.0.1:${port}/in?a=1`);
}

function together(transport: HttpTransport, url: URL, count: number): Promise<HttpResponse[]> {
  return Promise.all(Array.from({ length: count }, () => post(transport, url)));
}

describe('the transport over HTTP/2', () => {
  it('sends a request and gives the whole answer, with prior knowledge', async t => {
    const arrived: Arrived[] = [];
    const url = await serverFor(t, createServer(), arrived);
    const answer = await post(http2TransportFor(t), url);
    assert.deepEqual(
      [answer.status, answer.body.toString(), answer.complete, answer.bodySent],
      [201, 'done', true, true],
    );
    assert.deepEqual([answer.headers['content-type'], answer.headers['retry-after']], ['text/plain', '7']);
    assert.equal(answer.headers['x-id'], undefined, 'nobody looks at it');
    const { headers, body } = arrived[0]!;
    assert.equal(body, '[1]');
    const expected = { ':method': 'POST', ':path': '/in?a=1', ':scheme': 'http', ':authority': url.host };
    assert.deepEqual(
      { ...expected, 'content-length': '3', 'content-type': 'application/json' },
      Object.fromEntries(Object.entries(headers)),
    );
  });

  it('is chosen in the TLS handshake', async t => {
    const authority = createCertificate({ authority: true, subject: 'authority.test' });
    const { cert, key } = createCertificate({ issuer: authority });
    const url = await serverFor(t, createSecureServer({ cert, key }));
    const transport = http2TransportFor(t, { tls: { ...NO_TLS, ca: authority.cert } });
    const answers = await together(transport, url, 20);
    assert.ok(answers.every(({ status }) => status === 201));
    const stranger = http2TransportFor(t);
    const error = await failureOf(post(stranger, url));
    assert.deepEqual([error.retriable, error.ambiguous], [false, false]);
    assert.match(error.message, /authority that is not known here/);
  });

  it('is never left for HTTP/1.1: an endpoint without it is told as that', async t => {
    const authority = createCertificate({ authority: true, subject: 'authority.test' });
    const { cert, key } = createCertificate({ issuer: authority });
    const tls = { ...NO_TLS, ca: authority.cert };
    const secure = await endpointFor(t, { tls: { cert, key } });
    const silent = await endpointFor(t, { tls: { cert, key, ALPNProtocols: [] } });
    const plain = await endpointFor(t);
    for (const { url } of [secure, silent, plain]) {
      const error = await failureOf(post(http2TransportFor(t, { tls }), url));
      assert.deepEqual([error.retriable, error.ambiguous], [false, false], error.code);
      assert.match(error.message, /does not speak HTTP\/2.*take http\.version=2 out/);
    }
    assert.equal(secure.count + silent.count + plain.count, 0);
  });

  it('says it when nobody answers the beginning', async t => {
    const mute = await rawEndpointFor(t, () => ({ read: 10_000, bytes: '' }));
    const error = await failureOf(post(http2TransportFor(t, { connectTimeoutMs: 200 }), mute.url));
    assert.deepEqual([error.code, error.retriable, error.ambiguous], ['HTTP2_SILENT', true, false]);
    const server = createTcpServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await new Promise(resolve => server.close(resolve));
    const refused = await failureOf(post(http2TransportFor(t), url));
    assert.deepEqual([refused.code, refused.retriable, refused.ambiguous], ['ECONNREFUSED', true, false]);
  });

  it('sends many requests over one connection', async t => {
    const peer = await peerFor(t, serving());
    const transport = http2TransportFor(t, { maxInFlight: 50 });
    await together(transport, peer.url, 50);
    await together(transport, peer.url, 50);
    assert.deepEqual([peer.links.length, peer.requests], [1, 100]);
    const [first] = peer.links;
    assert.deepEqual([first!.bodyOf(1), first!.bodyOf(199)], ['[1]', '[1]']);
  });

  it('opens as many connections as the endpoint’s limit makes necessary, and not more than it may', async t => {
    const peer = await peerFor(t, serving({ [h2.MAX_CONCURRENT_STREAMS]: 2 }));
    await together(http2TransportFor(t, { maxInFlight: 3 }), peer.url, 20);
    assert.ok(peer.links.length <= 3, String(peer.links.length));
    assert.equal(peer.requests, 20);
    for (const link of peer.links) assert.ok(mostAtOnce(link.frames) <= 2);
  });

  it('opens no other connection to an endpoint that wants no requests', async t => {
    const peer = await peerFor(t, link => link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 0 }));
    const transport = http2TransportFor(t);
    const controller = new AbortController();
    const failures = [1, 2, 3].map(() => failureOf(post(transport, peer.url, controller.signal)));
    while (peer.links.length === 0) await new Promise(resolve => setImmediate(resolve));
    await peer.links[0]!.seen(({ type, flags }) => type === h2.SETTINGS && flags === h2.ACK);
    controller.abort();
    for (const failure of failures)
      assert.deepEqual([(await failure).code, (await failure).ambiguous], ['ABORTED', false]);
    assert.deepEqual([peer.links.length, peer.requests], [1, 0]);
    await peer.links[0]!.seen(({ type }) => type === h2.PING);
  });

  it('keeps to a limit that is lowered while requests are under way', async t => {
    const peer = await peerFor(t, async link => {
      link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 3 });
      const streams = [await link.whole(), await link.whole(), await link.whole()];
      link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 1 });
      link.write(...streams.map(stream => h2.answer(stream, 200)));
      await link.serve();
    });
    await together(http2TransportFor(t, { maxInFlight: 1 }), peer.url, 10);
    assert.deepEqual([peer.links.length, peer.requests], [1, 10]);
    assert.equal(mostAtOnce(peer.links[0]!.frames.filter(({ stream }) => stream > 5)), 1);
  });

  it('writes as much as windows allow, and the rest when they open', async t => {
    const body = Buffer.alloc(300_000, 'x');
    const peer = await peerFor(t, async link => {
      link.generous = false;
      link.greet();
      await link.begun();
      while (link.bodyOf(1).length < 65_535) await link.change();
      assert.equal(link.bodyOf(1).length, 65_535);
      link.write(h2.windowUpdate(0, 1_000_000), h2.windowUpdate(1, 1_000_000));
      await link.seen(({ type, flags }) => type === h2.DATA && flags === h2.END_STREAM);
      link.write(h2.answer(1, 200));
    });
    const answer = await post(http2TransportFor(t), peer.url, FOREVER, body);
    assert.deepEqual([answer.status, answer.bodySent, peer.links[0]!.bodyOf(1).length], [200, true, 300_000]);
  });

  it('reads no more of an answer than is wanted, and ends its stream', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      const stream = await link.whole();
      link.write(h2.head(stream, 200), h2.data(stream, 'x'.repeat(1_000)), h2.data(stream, 'x'));
      await link.serve();
    });
    const transport = http2TransportFor(t);
    const answer = await post(transport, peer.url);
    assert.deepEqual([answer.body.length, answer.complete], [1_000, false]);
    const reset = await peer.links[0]!.seen(({ type }) => type === h2.RST_STREAM);
    assert.deepEqual([reset.stream, reset.payload.readUInt32BE()], [1, h2.CANCEL]);
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.links.length, 1);
  });

  it('resets the stream of a request that was given up, and no other', async t => {
    const peer = await peerFor(t, async link => {
      link.greet();
      await link.whole();
      const second = await link.whole();
      await link.seen(({ type }) => type === h2.RST_STREAM);
      link.write(h2.answer(second, 200));
      await link.serve();
    });
    const transport = http2TransportFor(t);
    const controller = new AbortController();
    const failed = failureOf(post(transport, peer.url, controller.signal));
    const other = post(transport, peer.url);
    while (peer.requests < 2) await new Promise(resolve => setImmediate(resolve));
    controller.abort();
    assert.deepEqual([(await failed).code, (await failed).ambiguous], ['ABORTED', true]);
    assert.equal((await other).status, 200);
    const reset = await peer.links[0]!.seen(({ type }) => type === h2.RST_STREAM);
    assert.deepEqual([reset.stream, reset.payload.readUInt32BE()], [1, h2.CANCEL]);
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.links.length, 1, 'it answered to a PING');
  });

  it('gives up in the middle of a body that nobody reads, and uses its memory no more', async t => {
    const peer = await peerFor(t, link => {
      link.generous = false;
      link.greet();
    });
    const controller = new AbortController();
    const failed = failureOf(post(http2TransportFor(t), peer.url, controller.signal, Buffer.alloc(1_000_000)));
    while (peer.requests === 0) await new Promise(resolve => setImmediate(resolve));
    controller.abort();
    assert.deepEqual([(await failed).code, (await failed).ambiguous], ['ABORTED', true]);
    await peer.links[0]!.seen(({ type }) => type === h2.RST_STREAM);
  });

  it('never sends what was given up before', async t => {
    const peer = await peerFor(t, serving());
    const transport = http2TransportFor(t);
    const controller = new AbortController();
    const failed = failureOf(post(transport, peer.url, controller.signal));
    controller.abort();
    assert.deepEqual([(await failed).code, (await failed).ambiguous], ['ABORTED', false]);
    assert.equal((await failureOf(post(transport, peer.url, AbortSignal.abort()))).ambiguous, false);
    assert.equal((await post(transport, peer.url)).status, 200);
    assert.equal(peer.requests, 1);
  });

  it('refuses a header that would break the request, and one that HTTP/2 does not have, before anything is sent', async t => {
    const peer = await peerFor(t, serving());
    const transport = http2TransportFor(t);
    const wrong = {
      'x-one': 'a\r\nx-evil: 1',
      'x-two': 'a\0x-evil\0',
      'x three': '1',
      connection: 'close',
      ':path': '/evil',
    };
    for (const [name, value] of Object.entries(wrong)) {
      const request = { method: 'POST', url: peer.url, headers: { [name]: value }, body: Buffer.from('1') };
      const error = await failureOf(transport.send(request, { signal: FOREVER, maxResponseBytes: 1 }));
      assert.deepEqual([error.code, error.retriable, error.ambiguous], ['UND_ERR_INVALID_ARG', false, false], name);
      assert.doesNotMatch(error.message, /evil/);
    }
    assert.equal(peer.requests, 0);
  });

  it('says that headers are too large for it, and goes on over another connection', async t => {
    const peer = await peerFor(t, serving());
    const transport = http2TransportFor(t);
    const headers = { 'x-large': 'y'.repeat(100_000) };
    const request = { method: 'POST', url: peer.url, headers, body: Buffer.from('1') };
    const error = await failureOf(transport.send(request, { signal: FOREVER, maxResponseBytes: 1 }));
    assert.deepEqual([error.code, error.retriable, error.ambiguous], ['HTTP2_UNSENDABLE', false, false]);
    assert.equal((await post(transport, peer.url)).status, 200);
  });

  it('never puts a header that may be a secret into the table that requests share', async t => {
    const peer = await peerFor(t, serving());
    const transport = http2TransportFor(t);
    const headers = { authorization: 'Bearer canary', 'x-api-key': 'canary', 'content-type': 'application/json' };
    const request = { method: 'POST', url: peer.url, headers, body: Buffer.from('1') };
    for (let i = 0; i < 2; i++) await transport.send(request, { signal: FOREVER, maxResponseBytes: 1 });
    const [first, second] = peer.links[0]!.frames.filter(({ type }) => type === h2.HEADERS);
    // 0001xxxx begins a literal that is never indexed (RFC 7541 §6.2.3), with 23 as the number of `authorization` or a new name.
    for (const { payload } of [first!, second!]) {
      assert.ok(payload.includes(Buffer.of(0x1f, 0x08)), 'authorization');
      assert.ok(payload.includes(Buffer.concat([Buffer.of(0x10)])), 'x-api-key');
    }
    assert.ok(second!.payload.length < first!.payload.length, 'the others are');
  });

  it('fails what is under way, and everything later, once it is closed', async t => {
    const peer = await peerFor(t, link => link.greet());
    const transport = http2TransportFor(t);
    const failed = failureOf(post(transport, peer.url));
    while (peer.requests === 0) await new Promise(resolve => setImmediate(resolve));
    const { closed } = { closed: transport.close() };
    assert.deepEqual([(await failed).code, (await failed).ambiguous], ['ABORTED', true]);
    await closed;
    await failureOf(post(transport, peer.url));
    assert.equal(peer.requests, 1);
  });

  it('closes while a connection is being opened', async t => {
    const peer = await peerFor(t, () => {});
    const transport = http2TransportFor(t);
    const failed = failureOf(post(transport, peer.url));
    while (peer.links.length === 0) await new Promise(resolve => setImmediate(resolve));
    await transport.close();
    assert.deepEqual([(await failed).code, (await failed).ambiguous], ['ABORTED', false]);
  });
});

/** Requests under way at the same time at the most, if each is answered as soon as it is there. */
function mostAtOnce(frames: readonly h2.Frame[]): number {
  let now = 0;
  let most = 0;
  for (const { type, flags } of frames) {
    if (type === h2.HEADERS) most = Math.max(most, ++now);
    if ((type === h2.HEADERS || type === h2.DATA) && (flags & h2.END_STREAM) !== 0) now--;
  }
  return most;
}
