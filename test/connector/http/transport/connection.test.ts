import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type LookupFunction, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionConfig } from '../../../../config/types.ts';
import { createCertificate } from '../certificate.ts';
import { endpointFor, failureOf, post, transportFor } from '../wire.ts';

const PLAIN: ConnectionConfig = { proxies: null, unixSocket: null, keepAliveIdleMs: null, maxAgeMs: 0 };
const authority = createCertificate({ subject: 'Test authority', authority: true, names: [] });

/** Names resolve to these, the first look-up to the first, and so on; the last stays. */
function resolver(...answers: readonly (readonly string[])[]): LookupFunction & { count: number } {
  const lookup: LookupFunction & { count: number } = Object.assign(
    ((_name, options, done) => {
      const addresses = answers[Math.min(lookup.count++, answers.length - 1)]!;
      const found = addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }));
      if (options.all === true) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    }) as LookupFunction,
    { count: 0 },
  );
  return lookup;
}

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-socket-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function named(url: URL): URL {
  const other = new URL(url);
  other.hostname = 'name.test';
  return other;
}

describe('a unix socket', () => {
  async function serve(t: TestContext, server: Server): Promise<string> {
    const path = join(await temporaryDirectory(t), 'endpoint.sock');
    await new Promise<void>(resolve => server.listen(path, resolve));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return path;
  }

  it('takes the place of the network, and the URL says the rest', async t => {
    const seen: (string | undefined)[] = [];
    const path = await serve(
      t,
      createHttpServer((request, response) => {
        seen.push(request.headers.host, request.url);
        request.resume().on('end', () => response.end('ok'));
      }),
    );
    const other = await endpointFor(t);
    const connection = { ...PLAIN, unixSocket: { path, origin: 'http://name.invalid:8080' } };
    const transport = transportFor(t, {}, 1, { connection });
    assert.equal((await post(transport, new URL('http://name.invalid:8080/in?x=1'))).body.toString(), 'ok');
    assert.equal((await post(transport, other.url)).status, 200);
    assert.deepEqual([seen, other.count], [['name.invalid:8080', '/in?x=1'], 1]);
  });

  it('carries TLS for the name in the URL', async t => {
    const { cert, key } = createCertificate({ issuer: authority, names: ['name.test'] });
    const path = await serve(
      t,
      createHttpsServer({ cert, key }, (_, response) => response.end()),
    );
    for (const [host, code] of [
      ['name.test', null],
      ['other.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ] as const) {
      const connection = { ...PLAIN, unixSocket: { path, origin: `https://${host}` } };
      const sent = post(transportFor(t, { ca: authority.cert }, 1, { connection }), new URL(`https://${host}/`));
      if (code === null) assert.equal((await sent).status, 200);
      else assert.equal((await failureOf(sent)).code, code);
    }
  });

  it('that is not there is told as such', async t => {
    const directory = await temporaryDirectory(t);
    await writeFile(join(directory, 'file'), '');
    for (const [name, words] of [
      ['none', /^there is no unix socket at the path of http\.unix\.socket/],
      ['file', /^nothing listens at the unix socket that http\.unix\.socket names/],
    ] as const) {
      const connection = { ...PLAIN, unixSocket: { path: join(directory, name), origin: 'http://name.test' } };
      const error = await failureOf(post(transportFor(t, {}, 1, { connection }), new URL('http://name.test/')));
      assert.deepEqual([error.retriable, error.ambiguous], [true, false]);
      assert.match(error.message, words);
    }
  });
});

describe('a kept connection', () => {
  it('is closed behind its answer when nothing is to be kept', async t => {
    const endpoint = await endpointFor(t);
    const transport = transportFor(t, {}, 1, { connection: { ...PLAIN, keepAliveIdleMs: 0 } });
    for (let i = 0; i < 3; i++) assert.equal((await post(transport, endpoint.url)).status, 200);
    assert.equal(endpoint.connections, 3);
    assert.deepEqual(
      endpoint.requests.map(({ headers }) => headers.connection),
      Array(3).fill('close'),
    );
  });

  it('is closed after the idle time, whatever longer one the endpoint names', async t => {
    let closed: () => void = () => {};
    const gone = new Promise<void>(resolve => (closed = resolve));
    const server = createHttpServer((request, response) => {
      request.socket.once('close', closed);
      request.resume().on('end', () => response.setHeader('keep-alive', 'timeout=600').end());
    });
    server.keepAliveTimeout = 0;
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await post(transportFor(t, {}, 1, { connection: { ...PLAIN, keepAliveIdleMs: 20 } }), url);
    await gone;
  });

  it('is made anew when it is too old, between two requests, and looks the name up again', async t => {
    const endpoint = await endpointFor(t);
    const lookup = resolver(['127.0.0.1']);
    const young = transportFor(t, {}, 1, { connection: { ...PLAIN, maxAgeMs: 1 }, lookup });
    for (let i = 0; i < 5; i++) {
      assert.equal((await post(young, named(endpoint.url))).status, 200);
      await sleep(5);
    }
    assert.deepEqual([endpoint.connections, lookup.count], [5, 5]);
    const old = transportFor(t, {}, 1, { connection: { ...PLAIN, maxAgeMs: 30 * 86_400_000 } });
    for (let i = 0; i < 5; i++) assert.equal((await post(old, endpoint.url)).status, 200);
    assert.equal(endpoint.connections, 6);
  });

  it('is never cut for its age in the middle of an answer', async t => {
    const endpoint = await endpointFor(t);
    const transport = transportFor(t, {}, 2, { connection: { ...PLAIN, maxAgeMs: 1 } });
    endpoint.answers.push({ after: sleep(50), body: 'slow' });
    const slow = post(transport, endpoint.url);
    await endpoint.arrived(1);
    await Promise.all(Array.from({ length: 10 }, () => post(transport, endpoint.url)));
    assert.equal((await slow).body.toString(), 'slow');
    assert.equal(endpoint.count, 11);
  });
});

describe('a name with several addresses', () => {
  it('is reached at the one that listens', async t => {
    const endpoint = await endpointFor(t);
    for (const addresses of [
      ['127.0.0.2', '127.0.0.1'],
      ['127.0.0.2', '::1', '127.0.0.1'],
      ['127.0.0.1', '127.0.0.2'],
    ]) {
      const transport = transportFor(t, {}, 1, { lookup: resolver(addresses) });
      assert.equal((await post(transport, named(endpoint.url))).status, 200, addresses.join());
    }
    const dead = transportFor(t, {}, 1, { lookup: resolver(['127.0.0.2', '127.0.0.3']) });
    assert.equal((await failureOf(post(dead, named(endpoint.url)))).code, 'ECONNREFUSED');
  });

  it('is looked up for each new connection', async t => {
    const [first, second] = [await endpointFor(t), createServer()];
    const { port } = first.url;
    await new Promise<void>(resolve => second.listen(Number(port), '127.0.0.2', resolve));
    t.after(() => second.close());
    const lookup = resolver(['127.0.0.3'], ['127.0.0.1']);
    const transport = transportFor(t, {}, 1, { lookup });
    assert.equal((await failureOf(post(transport, named(first.url)))).code, 'ECONNREFUSED');
    assert.equal((await post(transport, named(first.url))).status, 200);
    assert.equal(lookup.count, 2);
  });

  it('is reached behind an address that swallows everything', { skip: process.platform !== 'linux' }, async t => {
    const endpoint = await endpointFor(t);
    const port = Number(endpoint.url.port);
    await blackHole(t, '127.0.0.2', port);
    const alone = transportFor(t, {}, 1, { lookup: resolver(['127.0.0.2']), connectTimeoutMs: 200 });
    assert.equal((await failureOf(post(alone, named(endpoint.url)))).code, 'CONNECT_TIMEOUT');
    const transport = transportFor(t, {}, 1, {
      lookup: resolver(['127.0.0.2', '127.0.0.1']),
      connectTimeoutMs: 20_000,
    });
    assert.equal((await post(transport, named(endpoint.url))).status, 200);
  });
});

/** A process that listens and was stopped: once its queue is full, Linux drops what comes. */
async function blackHole(t: TestContext, host: string, port: number): Promise<void> {
  const program = `require('net').createServer().listen({ port: ${port}, host: '${host}', backlog: 1 }, () => console.log('on'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  for (let waiting = false; !waiting; ) {
    const socket = connect({ host, port });
    sockets.push(socket.on('error', () => {}));
    waiting = await Promise.race([once(socket, 'connect').then(() => false), sleep(500).then(() => true)]);
  }
}

describe('a TLS session', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`of ${version} is resumed, but never one of a server that has another name`, async t => {
      const good = createCertificate({ issuer: authority });
      const bad = createCertificate({ issuer: authority, names: ['elsewhere.test'] });
      for (const [{ cert, key }, isGood] of [
        [good, true],
        [bad, false],
      ] as const) {
        const reused: boolean[] = [];
        const server = createHttpsServer({ cert, key, maxVersion: version }, (request, response) => {
          reused.push((request.socket as unknown as { isSessionReused(): boolean }).isSessionReused());
          request.resume().on('end', () => response.end('ok'));
        });
        await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
        t.after(() => server.close());
        const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
        const transport = transportFor(t, { ca: authority.cert }, 1, { connection: { ...PLAIN, keepAliveIdleMs: 0 } });
        for (let i = 0; i < 3; i++) {
          if (isGood) assert.equal((await post(transport, url)).status, 200);
          else assert.equal((await failureOf(post(transport, url))).code, 'ERR_TLS_CERT_ALTNAME_INVALID');
        }
        assert.deepEqual(reused, isGood ? [false, true, true] : []);
      }
    });
  }
});
