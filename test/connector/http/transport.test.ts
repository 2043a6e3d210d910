import assert from 'node:assert/strict';
import { createServer as createRawServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import type { TlsConfig } from '../../../config/types.ts';
import { TransportError } from '../../../connector/errors.ts';
import { createHttpTransport } from '../../../connector/http/transport.ts';
import type { HttpResponse, HttpTransport } from '../../../connector/ports.ts';
import { type Answer, Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { createCertificate } from './certificate.ts';

const NO_TLS: TlsConfig = { ca: null, certificate: null, key: null, keyPassword: null };
const FOREVER = new AbortController().signal;

function transportFor(t: TestContext, tls: Partial<TlsConfig> = {}, maxInFlight = 2): HttpTransport {
  const transport = createHttpTransport({ tls: { ...NO_TLS, ...tls }, connectTimeoutMs: 5_000, maxInFlight });
  t.after(() => transport.close());
  return transport;
}

async function endpointFor(t: TestContext, options: EndpointOptions = {}): Promise<Endpoint> {
  const endpoint = await new Endpoint(options).start();
  t.after(() => endpoint.close());
  return endpoint;
}

function post(transport: HttpTransport, url: URL, signal: AbortSignal = FOREVER): Promise<HttpResponse> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url, headers, body: Buffer.from('[1]') };
  return transport.send(request, { signal, maxResponseBytes: 1_000 });
}

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error));
    return error;
  }
  return assert.fail('it should fail');
}

/** A server that says the given bytes to the first request of each connection, and nothing else. */
async function rawServer(t: TestContext, onRequest: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createRawServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', () => onRequest(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return new URL(`http://127.0.0.1:${address.port}/`);
}

describe('the transport', () => {
  it('sends a request and gives the whole answer', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ status: 201, headers: { 'X-Id': '7', 'set-cookie': ['a=1', 'b=2'] }, body: 'done' });
    const answer = await post(transportFor(t), new URL('?a=1', endpoint.url));
    assert.deepEqual([answer.status, answer.body.toString()], [201, 'done']);
    assert.equal(answer.headers['x-id'], '7');
    assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
    const [arrived] = endpoint.requests;
    assert.deepEqual([arrived!.method, arrived!.path, arrived!.body.toString()], ['POST', '/in?a=1', '[1]']);
    assert.equal(arrived!.headers['content-length'], '3');
    assert.equal(arrived!.headers['transfer-encoding'], undefined);
  });

  it('uses a connection again, and never more of them than may be in flight', async t => {
    const endpoint = await endpointFor(t);
    const transport = transportFor(t, {}, 3);
    await Promise.all(Array.from({ length: 20 }, () => post(transport, endpoint.url)));
    await post(transport, endpoint.url);
    assert.equal(endpoint.count, 21);
    assert.ok(endpoint.connections <= 3);
  });

  it('does not follow a redirect', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ status: 307, headers: { location: '/elsewhere' } });
    assert.equal((await post(transportFor(t), endpoint.url)).status, 307);
    assert.equal(endpoint.count, 1);
  });

  const broken: [name: string, answer: Answer, code: RegExp][] = [
    ['a connection cut before the answer', { cut: 'before' }, /^(UND_ERR_SOCKET|ECONNRESET)$/],
    [
      'a connection cut within the answer',
      { cut: 'within', body: '{"status"', headers: { 'content-length': '100' } },
      /^(UND_ERR_SOCKET|ECONNRESET)$/,
    ],
    [
      'half a chunk',
      { raw: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab\r\n0\r\n\r\n' },
      /^INVALID_ANSWER$/,
    ],
    ['two lengths', { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab' }, /^UND_ERR_RES_/],
    [
      'a length and chunks',
      { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n' },
      /^(INVALID_ANSWER|UND_ERR_.*)$/,
    ],
    ['garbage', { raw: '\u0000\u0001\u0002 no http at all\r\n\r\n' }, /^INVALID_ANSWER$/],
    ['another protocol', { raw: 'SSH-2.0-OpenSSH_9.6\r\n' }, /^INVALID_ANSWER$/],
    ['a status that is none', { raw: 'HTTP/1.1 20x OK\r\n\r\n' }, /^INVALID_ANSWER$/],
    ['huge headers', { raw: `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n` }, /^UND_ERR_HEADERS_OVERFLOW$/],
    [
      'interim answers without end',
      { raw: 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100) },
      /^TOO_MANY_INTERIM_ANSWERS$/,
    ],
    [
      'an upgrade nobody asked for',
      { raw: 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n' },
      /^UND_/,
    ],
    ['a body without end', { endless: true, body: 'x'.repeat(1000) }, /^RESPONSE_TOO_LARGE$/],
    ['a body that is too large', { body: 'x'.repeat(1001) }, /^RESPONSE_TOO_LARGE$/],
  ];
  for (const [name, answer, code] of broken) {
    it(`fails on ${name}, may have been received, and the next request is unharmed`, async t => {
      const endpoint = await endpointFor(t);
      endpoint.answers.push(answer);
      const transport = transportFor(t, {}, 1);
      const error = await failureOf(post(transport, endpoint.url));
      assert.match(error.code, code);
      assert.deepEqual([error.ambiguous, error.retriable], [true, true]);
      assert.equal((await post(transport, endpoint.url)).status, 200);
      assert.equal(endpoint.connections, 2, 'on a connection of its own');
    });
  }

  it('takes an answer of the largest size that is allowed', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ body: 'x'.repeat(1000) });
    assert.equal((await post(transportFor(t), endpoint.url)).body.length, 1000);
  });

  it('takes interim answers before the real one', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ raw: 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok' });
    const answer = await post(transportFor(t), endpoint.url);
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'ok']);
  });

  const stuck: [name: string, answer: Answer][] = [
    ['never answers', { after: new Promise(() => {}) }],
    ['begins an answer and falls silent', { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc' }],
    ['falls silent within the headers', { raw: 'HTTP/1.1 200 OK\r\nx-one: 1\r\n' }],
    ['drips', { endless: 5, body: 'x' }],
  ];
  for (const [name, answer] of stuck) {
    it(`gives a server up that ${name}, when the signal fires`, async t => {
      const endpoint = await endpointFor(t);
      endpoint.answers.push(answer);
      const transport = transportFor(t, {}, 1);
      const controller = new AbortController();
      const failed = failureOf(post(transport, endpoint.url, controller.signal));
      await endpoint.arrived(1);
      controller.abort();
      const error = await failed;
      assert.deepEqual([error.code, error.ambiguous], ['ABORTED', true]);
      assert.equal((await post(transport, endpoint.url)).status, 200, 'its connection is free again');
    });
  }

  it('gives up a request that still waits for a connection, and never sends it', async t => {
    const endpoint = await endpointFor(t);
    let release: () => void = () => {};
    endpoint.answers.push({ after: new Promise<void>(resolve => (release = resolve)) });
    const transport = transportFor(t, {}, 1);
    const first = post(transport, endpoint.url);
    await endpoint.arrived(1);
    const controller = new AbortController();
    const waiting = failureOf(post(transport, endpoint.url, controller.signal));
    controller.abort();
    const error = await waiting;
    assert.deepEqual([error.code, error.ambiguous], ['ABORTED', false]);
    release();
    assert.equal((await first).status, 200);
    assert.equal((await post(transport, endpoint.url)).status, 200);
    assert.equal(endpoint.count, 2);
    assert.equal((await failureOf(post(transport, endpoint.url, AbortSignal.abort()))).ambiguous, false);
  });

  it('does not take an answer that nobody asked for as the next one (CVE-2026-6733)', async t => {
    const endpoint = await endpointFor(t);
    let speak: () => void = () => {};
    const spoken = new Promise<void>(resolve => (speak = resolve));
    const forged = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged';
    endpoint.answers.push(
      { body: 'first', unsolicited: forged, unsolicitedAfter: spoken },
      { status: 500, body: 'real' },
    );
    const transport = transportFor(t, {}, 1);
    assert.equal((await post(transport, endpoint.url)).body.toString(), 'first');
    speak();
    await spoken;
    const next = await post(transport, endpoint.url).catch((error: unknown) => error);
    if (!(next instanceof TransportError)) assert.equal((next as HttpResponse).body.toString(), 'real');
  });

  it('does not take the second of two answers as the next one', async t => {
    const double = 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged';
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ raw: double }, { status: 500, body: 'real' });
    const transport = transportFor(t, {}, 1);
    const first = await post(transport, endpoint.url).catch((error: unknown) => error);
    if (!(first instanceof TransportError)) assert.equal((first as HttpResponse).body.toString(), '1');
    const next = await post(transport, endpoint.url);
    assert.equal(next.body.toString(), 'real');
  });

  it('says when nothing listens, or a name does not exist', async t => {
    const endpoint = await new Endpoint().start();
    const { url } = endpoint;
    await endpoint.close();
    const refused = await failureOf(post(transportFor(t), url));
    assert.deepEqual([refused.code, refused.retriable, refused.ambiguous], ['ECONNREFUSED', true, false]);
    const unknown = await failureOf(post(transportFor(t), new URL('http://name.invalid/')));
    assert.match(unknown.code, /^(ENOTFOUND|EAI_AGAIN)$/);
    assert.deepEqual([unknown.retriable, unknown.ambiguous], [true, false]);
  });

  it('goes on when the endpoint comes back', async t => {
    const first = await new Endpoint().start();
    const transport = transportFor(t);
    assert.equal((await post(transport, first.url)).status, 200);
    const { url } = first;
    await first.close();
    await failureOf(post(transport, url));
    const second = await new Endpoint().start(Number(url.port));
    t.after(() => second.close());
    assert.equal((await post(transport, url)).status, 200);
  });

  it('meets a connection that the server has closed meanwhile with an error, not with a wait', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ cut: 'after' });
    const transport = transportFor(t, {}, 1);
    await post(transport, endpoint.url);
    const outcome = await post(transport, endpoint.url).catch((error: unknown) => error);
    assert.ok(outcome instanceof TransportError || (outcome as HttpResponse).status === 200);
  });

  it('refuses a header that would break the request, before anything is sent', async t => {
    const endpoint = await endpointFor(t);
    const headers = { 'x-one': 'a\r\nx-evil: 1' };
    const request = { method: 'POST', url: endpoint.url, headers, body: Buffer.from('1') };
    const error = await failureOf(transportFor(t).send(request, { signal: FOREVER, maxResponseBytes: 1 }));
    assert.deepEqual([error.code, error.retriable, error.ambiguous], ['UND_ERR_INVALID_ARG', false, false]);
    assert.equal(endpoint.count, 0);
  });

  it('fails what is under way, and everything later, once it is closed', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ after: new Promise(() => {}) });
    const transport = transportFor(t);
    const failed = failureOf(post(transport, endpoint.url));
    await endpoint.arrived(1);
    await transport.close();
    assert.equal((await failed).ambiguous, true);
    await failureOf(post(transport, endpoint.url));
    assert.equal(endpoint.count, 1);
  });

  it('does not hang on a peer that takes the request and says nothing more', async t => {
    const url = await rawServer(t, socket => socket.pause());
    const controller = new AbortController();
    const failed = failureOf(post(transportFor(t), url, controller.signal));
    setImmediate(() => controller.abort());
    assert.equal((await failed).code, 'ABORTED');
  });
});

describe('TLS', () => {
  const authority = createCertificate({ subject: 'Test authority', authority: true, names: [] });
  const good = createCertificate({ issuer: authority });

  it('trusts the configured authority, and shows the configured certificate', async t => {
    const client = createCertificate({ subject: 'worker', issuer: authority, names: [] });
    const endpoint = await endpointFor(t, {
      tls: { cert: good.cert, key: good.key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    });
    const known = transportFor(t, { ca: authority.cert, certificate: client.cert, key: new Secret(client.key) });
    assert.equal((await post(known, endpoint.url)).status, 200);
    const unknown = await failureOf(post(transportFor(t, { ca: authority.cert }), endpoint.url));
    assert.ok(!unknown.retriable || unknown.ambiguous, unknown.code);
  });

  const DAY_MS = 86_400_000;
  const bad: [name: string, server: ReturnType<typeof createCertificate>, ca: string | null, code: string][] = [
    ['a self-signed certificate', createCertificate(), null, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['an authority that is not known', good, null, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    [
      'an expired certificate',
      createCertificate({ issuer: authority, notAfter: new Date(Date.now() - DAY_MS / 2) }),
      authority.cert,
      'CERT_HAS_EXPIRED',
    ],
    [
      'a certificate of tomorrow',
      createCertificate({ issuer: authority, notBefore: new Date(Date.now() + DAY_MS) }),
      authority.cert,
      'CERT_NOT_YET_VALID',
    ],
    [
      'a certificate for another name',
      createCertificate({ issuer: authority, names: ['elsewhere.test'] }),
      authority.cert,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
  ];
  for (const [name, { cert, key }, ca, code] of bad) {
    it(`refuses ${name}, and says so`, async t => {
      const endpoint = await endpointFor(t, { tls: { cert, key } });
      const error = await failureOf(post(transportFor(t, { ca }), endpoint.url));
      assert.deepEqual([error.code, error.retriable, error.ambiguous], [code, false, false]);
      assert.equal(endpoint.count, 0);
    });
  }

  it('refuses old versions of the protocol', async t => {
    const tls = {
      cert: good.cert,
      key: good.key,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    };
    const endpoint = await endpointFor(t, { tls: tls as EndpointOptions['tls'] & object });
    const error = await failureOf(post(transportFor(t, { ca: authority.cert }), endpoint.url));
    assert.deepEqual([error.retriable, error.ambiguous], [false, false], error.code);
  });

  it('says when the other side speaks no TLS at all', async t => {
    const endpoint = await endpointFor(t);
    const url = new URL(endpoint.url.href.replace('http:', 'https:'));
    const error = await failureOf(post(transportFor(t), url));
    assert.equal(error.retriable, false, error.code);
    assert.match(error.message, /TLS/);
  });

  it('says when the configured key is none', async t => {
    const endpoint = await endpointFor(t, { tls: { cert: good.cert, key: good.key } });
    const error = await failureOf(
      post(transportFor(t, { ca: 'no certificate', key: new Secret('canary') }), endpoint.url),
    );
    assert.doesNotMatch(error.message, /canary/);
    assert.equal(error.retriable, false, error.code);
  });
});
