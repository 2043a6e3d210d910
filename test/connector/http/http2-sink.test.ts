import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { TlsConfig } from '../../../config/types.ts';
import { createAuthority } from '../../support/certificates.ts';
import { Endpoint, recordsOf as recordsIn } from '../../support/endpoint.ts';
import { ForwardProxy } from '../../support/forward-proxy.ts';
import * as h2 from '../../support/http2-frames.ts';
import { Http2Peer } from '../../support/http2-peer.ts';
import { skipWithoutNginx, startNginx } from '../../support/nginx.ts';
import { oauth2Config } from '../../support/oauth2.ts';
import { batchOf, blockOf, itemOf, numbered, recordsOf } from './fixtures.ts';
import { through } from './proxies.ts';
import { CLIENT, SinkRig } from './rig.ts';
import { NO_TLS } from './wire.ts';

interface Answer {
  readonly status?: number;
  readonly body?: string;
}

interface Posted {
  readonly authorization: string | undefined;
  readonly records: readonly unknown[];
}

interface Server {
  readonly url: URL;
  readonly tls: TlsConfig;
  readonly posted: Posted[];
  readonly sessions: number;
}

/** A server of HTTP/2 alone, over TLS. */
async function serverFor(t: TestContext, script: (posted: Posted, count: number) => Answer): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-h2-'));
  const authority = await createAuthority(directory);
  const { key, certificate } = await authority.issue('endpoint', ['127.0.0.1', 'localhost']);
  const server: Http2SecureServer = createSecureServer({ key, cert: certificate });
  const open = new Set<{ destroy(): void }>();
  let sessions = 0;
  const posted: Posted[] = [];
  server.on('session', session => {
    sessions++;
    open.add(session);
  });
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const each = {
        authorization: headers.authorization,
        records: recordsIn({ headers: { ...headers }, body: Buffer.concat(chunks) }),
      };
      posted.push(each);
      const { status = 200, body = '' } = script(each, posted.length);
      stream.respond({ ':status': status, 'content-type': 'application/json' });
      stream.end(body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    for (const session of open) session.destroy();
    await new Promise(resolve => server.close(resolve));
    await rm(directory, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`https://localhost:${port}/in`),
    tls: { ...NO_TLS, ca: authority.certificate },
    posted,
    get sessions() {
      return sessions;
    },
  };
}

function rigOf(t: TestContext, url: URL, http: ConstructorParameters<typeof SinkRig>[1]['http'] = {}): SinkRig {
  const rig = new SinkRig(url, { http: { version: '2', ...http } });
  t.after(() => rig.sink.close());
  return rig;
}

describe('the sink over HTTP/2', () => {
  it('delivers over one connection', async t => {
    const server = await serverFor(t, () => ({}));
    const rig = rigOf(t, server.url, { tls: server.tls });
    const verdicts = await Promise.all(Array.from({ length: 30 }, () => rig.deliver(numbered(2, 1))));
    for (const each of verdicts) assert.deepEqual(recordsOf(each, 'delivered'), [0, 1, 2]);
    assert.equal(server.posted.length, 30);
    assert.equal(server.sessions, 1);
    assert.deepEqual(rig.sink.state, { state: 'ok' });
  });

  it('tells records apart by a 207', async t => {
    const statuses = JSON.stringify([{ status: 201 }, { status: 422 }, { status: 503 }]);
    const { url, tls, posted } = await serverFor(t, (_, count) => (count === 1 ? { status: 207, body: statuses } : {}));
    const verdicts = await rigOf(t, url, { tls }).deliver(numbered(2, 1));
    assert.deepEqual([recordsOf(verdicts, 'delivered'), recordsOf(verdicts, 'rejected')], [[0, 2], [1]]);
    assert.deepEqual(
      posted.map(({ records }) => records),
      [[0, 1, 2], [2]],
    );
  });

  it('renews its token on a 401, over HTTP/1.1', async t => {
    const issuer = await new Endpoint({ oauth2: CLIENT }).start();
    t.after(() => issuer.close());
    const server = await serverFor(t, ({ authorization }) => ({
      status: authorization === 'Bearer token-2' ? 200 : 401,
    }));
    const auth = oauth2Config({ tokenUrl: issuer.tokenUrl, id: CLIENT.clientId, secret: CLIENT.clientSecret });
    const rig = rigOf(t, server.url, { tls: server.tls, auth });
    await rig.deliver(numbered(3));
    assert.deepEqual(
      server.posted.map(({ authorization }) => authorization),
      ['Bearer token-1', 'Bearer token-2'],
    );
    assert.equal(issuer.tokens!.issued, 2);
    assert.equal(server.sessions, 1);
  });

  it('parks before an endpoint that speaks HTTP/1.1 only, and recovers when it speaks HTTP/2', async t => {
    const peer = await new Http2Peer(async (link, connection) => {
      if (connection <= 2) return link.write('HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-length: 0\r\n\r\n');
      link.greet();
      await link.serve();
    }).start();
    t.after(() => peer.close());
    const rig = rigOf(t, peer.url);
    const running = rig.start(numbered(3));
    await rig.heard('endpoint-parked');
    assert.match(rig.sink.state.state === 'parked' ? rig.sink.state.reason : '', /take http\.version=2 out/);
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1, 2]);
    await rig.heard('endpoint-recovered');
  });

  it('ends an attempt at its deadline, and delivers over another connection', async t => {
    const peer = await new Http2Peer(async (link, connection) => {
      link.polite = connection > 1;
      link.greet();
      if (connection > 1) await link.serve();
    }).start();
    t.after(() => peer.close());
    const rig = rigOf(t, peer.url, { timeoutMs: 700, connectTimeoutMs: 500 });
    const verdicts = await rig.deliver(numbered(3));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 2]);
    const failed = rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact] : []));
    assert.deepEqual([failed[0]!.code, failed[0]!.ambiguous], ['DEADLINE_EXCEEDED', true]);
  });

  it('goes through a proxy by CONNECT, with http targets as well', async t => {
    const proxy = await new ForwardProxy().start();
    t.after(() => proxy.close());
    const peer = await new Http2Peer(async link => {
      link.greet();
      await link.serve();
    }).start();
    t.after(() => peer.close());
    const { url, tls } = await serverFor(t, () => ({}));
    const connection = through(proxy.url);
    for (const target of [url, peer.url]) await rigOf(t, target, { tls, connection }).deliver(numbered(3));
    assert.deepEqual(
      proxy.requests.map(({ method, target }) => [method, target]),
      [url, peer.url].map(({ host }) => ['CONNECT', host]),
    );
  });

  it('says it of the proxy where it is the proxy', async t => {
    const proxy = await new ForwardProxy({ user: () => 'known:canary' }).start();
    t.after(() => proxy.close());
    const connection = through(proxy.url);
    const rig = rigOf(t, new URL('http://endpoint.invalid/in'), { connection });
    rig.start(numbered(3));
    await rig.heard('endpoint-parked');
    assert.match(rig.sink.state.state === 'parked' ? rig.sink.state.reason : '', /the proxy .*credentials/);
  });
});

describe('the sink over HTTP/2 before nginx', async () => {
  const skip = await skipWithoutNginx();

  it('delivers with prior knowledge, and through GOAWAY again and again without a duplicate', { skip }, async t => {
    const behind = await new Endpoint().start();
    const nginx = await startNginx(`keepalive_requests 7; location / { proxy_pass ${behind.url.origin}; }`, 'http2');
    t.after(async () => {
      await nginx.stop();
      await behind.close();
    });
    const rig = rigOf(t, new URL(`http://127.0.0.1:${nginx.port}/in`));
    for (let round = 0; round < 10; round++) {
      const batches = Array.from({ length: 8 }, (_, i) => batchOf([itemOf(blockOf([String(round * 8 + i)]))]));
      await Promise.all(batches.map(batch => rig.deliver(batch)));
    }
    assert.deepEqual(
      behind.records.map(Number).sort((a, b) => a - b),
      Array.from({ length: 80 }, (_, i) => i),
    );
  });

  it('is chosen over TLS, and learns early that a body is too large', { skip }, async t => {
    const directory = await mkdtemp(join(tmpdir(), 'tailrace-nginx-h2-'));
    const authority = await createAuthority(directory);
    const { certificatePath, keyPath } = await authority.issue('nginx', ['127.0.0.1']);
    const behind = await new Endpoint().start();
    const nginx = await startNginx(
      `ssl_certificate ${certificatePath}; ssl_certificate_key ${keyPath}; client_max_body_size 3m;
       location / { proxy_pass ${behind.url.origin}; }`,
      'ssl http2',
    );
    t.after(async () => {
      await nginx.stop();
      await behind.close();
      await rm(directory, { recursive: true });
    });
    const rig = rigOf(t, new URL(`https://127.0.0.1:${nginx.port}/in`), {
      tls: { ...NO_TLS, ca: authority.certificate },
    });
    const records = [0, 1].map(value => `${value}${' '.repeat(2_000_000)}`);
    const verdicts = await rig.deliver(batchOf([itemOf(blockOf(records))]));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1]);
    assert.deepEqual(behind.records, [0, 1]);
    assert.ok(rig.facts.some(fact => fact.kind === 'batch-split' && fact.status === 413));
  });

  it('is not, where nginx has it not turned on', { skip }, async t => {
    const nginx = await startNginx('return 200;');
    t.after(() => nginx.stop());
    const rig = rigOf(t, new URL(`http://127.0.0.1:${nginx.port}/in`));
    const running = rig.start(numbered(3));
    await rig.heard('endpoint-parked');
    assert.match(rig.sink.state.state === 'parked' ? rig.sink.state.reason : '', /does not speak HTTP\/2/);
    assert.deepEqual(running.verdicts, []);
  });
});

describe('frames of HTTP/2', () => {
  it('are read as they are written', () => {
    const reader = new h2.FrameReader();
    const whole = Buffer.concat([h2.PREFACE, h2.settings({ 3: 7 }), h2.data(5, 'abc', h2.END_STREAM)]);
    const frames = [...whole].flatMap(byte => reader.take(Buffer.of(byte)));
    assert.deepEqual(
      frames.map(({ type, flags, stream, payload }) => [type, flags, stream, payload.toString('hex')]),
      [
        [h2.SETTINGS, 0, 0, '000300000007'],
        [h2.DATA, h2.END_STREAM, 5, '616263'],
      ],
    );
  });
});
