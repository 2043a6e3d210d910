import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { Secret } from '../../../config/secret.ts';
import type { ServerTlsConfig } from '../../../config/types.ts';
import { ANSWER_TIMEOUT_MS, MAX_CONNECTIONS } from '../../../worker/admin/connections.ts';
import { LIMITS, listen } from '../../../worker/admin/listener.ts';
import { createAuthority } from '../../support/certificates.ts';
import { createManualClock } from '../manual-clock.ts';
import { applicationOf } from './applications.ts';

/** More than the buffers of two sockets take. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x');
const LARGE_REQUEST = 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n';
const SMALL_REQUEST = 'GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function setUp(context: TestContext, limits: Partial<typeof LIMITS> = {}) {
  const clock = createManualClock();
  let asked = 0;
  const application = applicationOf({
    '/large': () => {
      asked += 1;
      return { status: 200, body: LARGE };
    },
    '/small': () => ({ status: 200, body: 'small' }),
  });
  const listener = await listen({ host: '127.0.0.1', port: 0 }, application, clock, { ...LIMITS, ...limits });
  const sockets: Socket[] = [];
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await listener.close();
  });
  return {
    clock,
    asked: () => asked,
    /** A connection on which nothing is read unless somebody asks for it. */
    async open(): Promise<Socket> {
      const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    },
    /** Resolves when so many answers were begun. */
    async answering(count: number): Promise<void> {
      while (asked < count) await new Promise(resolve => setImmediate(resolve));
    },
  };
}

type Listening = Awaited<ReturnType<typeof setUp>>;

async function ask(socket: Socket): Promise<string> {
  socket.write(SMALL_REQUEST);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return String(answer);
}

async function stuckReaders(listening: Listening, count: number): Promise<Socket[]> {
  const readers: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = await listening.open();
    socket.write(LARGE_REQUEST);
    readers.push(socket);
  }
  await listening.answering(count);
  return readers;
}

/** Reads to the end: how much came before it. */
async function drain(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
  });
  if (!socket.destroyed) await new Promise(resolve => socket.once('close', resolve));
  return bytes;
}

test('an answer that is not taken in time costs the connection, and nobody else’s', {
  timeout: 30_000,
}, async context => {
  const listening = await setUp(context);
  const idle = await listening.open();
  assert.match(await ask(idle), /200 OK/);
  const [reader] = await stuckReaders(listening, 1);
  listening.clock.advance(ANSWER_TIMEOUT_MS);
  assert.ok((await drain(reader!)) < LARGE.byteLength);
  assert.match(await ask(idle), /200 OK/);
  assert.equal(listening.clock.timers, 0);
});

test('readers that never read keep nobody out: the one of no use for longest is dropped', {
  timeout: 60_000,
}, async context => {
  const listening = await setUp(context);
  const useful = await listening.open();
  const readers = await stuckReaders(listening, MAX_CONNECTIONS - 1);
  assert.match(await ask(useful), /200 OK/);
  const late = await listening.open();
  assert.match(await ask(late), /200 OK/);
  assert.ok((await drain(readers[0]!)) < LARGE.byteLength, 'the first reader made room');
  assert.match(await ask(useful), /200 OK/, 'who was answered lately stays');
});

test('connections that say nothing keep nobody out', { timeout: 30_000 }, async context => {
  const listening = await setUp(context);
  for (let i = 0; i < 3 * MAX_CONNECTIONS; i++) await listening.open();
  assert.match(await ask(await listening.open()), /200 OK/);
});

test('of pipelined requests the first is answered, however slowly it is read', { timeout: 30_000 }, async context => {
  const listening = await setUp(context);
  const socket = await listening.open();
  socket.write(LARGE_REQUEST.repeat(500));
  await listening.answering(1);
  const bytes = await drain(socket);
  assert.ok(bytes > LARGE.byteLength && bytes < LARGE.byteLength + 1024, String(bytes));
  assert.equal(listening.asked(), 1);
});

test('pipelined requests without end are not read, and end with the first answer', {
  timeout: 30_000,
}, async context => {
  const listening = await setUp(context);
  const socket = await listening.open();
  socket.write(LARGE_REQUEST.repeat(100_000));
  await listening.answering(1);
  assert.ok((await drain(socket)) < LARGE.byteLength + 1024);
  assert.equal(listening.asked(), 1);
});

test('a body that never ends costs the connection in time', { timeout: 30_000 }, async context => {
  const listening = await setUp(context);
  const socket = await listening.open();
  socket.write('POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc');
  while (listening.clock.timers === 0) await new Promise(resolve => setImmediate(resolve));
  listening.clock.advance(ANSWER_TIMEOUT_MS);
  assert.equal(await drain(socket), 0);
});

test('who waits for brokers has longer, and no longer than that', { timeout: 30_000 }, async context => {
  const clock = createManualClock();
  let asked = 0;
  const never = () => {
    asked += 1;
    return new Promise<never>(() => undefined);
  };
  const application = applicationOf({ '/slow': never }, 30_000);
  const listener = await listen({ host: '127.0.0.1', port: 0 }, application, clock);
  context.after(() => listener.close());
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
  });
  socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (asked === 0) await new Promise(resolve => setImmediate(resolve));
  clock.advance(29_999);
  for (let i = 0; i < 100; i++) await new Promise(resolve => setImmediate(resolve));
  assert.equal(isClosed, false);
  clock.advance(1);
  assert.equal(await drain(socket), 0);
});

test('connections that never begin TLS keep nobody out', { timeout: 60_000 }, async context => {
  const directory = await mkdtemp(join(tmpdir(), 'tls-'));
  context.after(() => rm(directory, { recursive: true }));
  const authority = await createAuthority(directory);
  const { certificate, key } = await authority.issue('server', ['127.0.0.1']);
  const tls: ServerTlsConfig = {
    certificate,
    key: new Secret(key),
    ca: null,
    clientAuth: 'none',
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: null,
  };
  const application = applicationOf({ '/small': () => ({ status: 200, body: 'small' }) });
  const listener = await listen({ host: '127.0.0.1', port: 0 }, application, createManualClock(), LIMITS, tls);
  const port = Number(new URL(listener.url).port);
  const sockets: Socket[] = [];
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await listener.close();
  });
  const secure = () => {
    const socket = connectSecurely({ port, host: '127.0.0.1', ca: authority.certificate });
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const useful = secure();
  assert.match(await ask(useful), /200 OK/);
  for (let i = 0; i < 2 * MAX_CONNECTIONS; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    if (i % 3 === 0) socket.write('GET /small HTTP/1.1\r\n\r\n');
    if (i % 40 === 0) assert.match(await ask(useful), /200 OK/, 'who was answered lately stays');
  }
  assert.match(await ask(secure()), /200 OK/);
});

test('a connection that is cut in the middle of anything leaves nothing behind', { timeout: 30_000 }, async context => {
  const listening = await setUp(context);
  for (const bytes of [
    LARGE_REQUEST,
    LARGE_REQUEST.repeat(3),
    SMALL_REQUEST.slice(0, 20),
    'POST /small HTTP/1.1\r\n',
  ]) {
    const socket = await listening.open();
    socket.write(bytes);
    await new Promise(resolve => setImmediate(resolve));
    socket.resetAndDestroy();
  }
  assert.match(await ask(await listening.open()), /200 OK/);
  while (listening.clock.timers > 0) await new Promise(resolve => setImmediate(resolve));
});

/** As the real ones, and sooner over. */
const SHORT = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10, keepAliveTimeout: 50 };

test('a request that comes letter by letter is given up, and told so', { timeout: 30_000 }, async context => {
  const listening = await setUp(context, SHORT);
  for (const beginning of ['GET /sm', 'GET /small HTTP/1.1\r\nHost: localhost\r\nX: a']) {
    const socket = await listening.open();
    let answer = '';
    socket.on('data', chunk => {
      answer += String(chunk);
    });
    socket.write(beginning);
    const letters = setInterval(() => socket.write('a'), 5);
    await new Promise(resolve => socket.once('close', resolve));
    clearInterval(letters);
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n.*"error_code":408/s);
  }
});

test('a connection that says nothing more after an answer is ended', { timeout: 30_000 }, async context => {
  const listening = await setUp(context, SHORT);
  const socket = await listening.open();
  assert.match(await ask(socket), /200 OK/);
  assert.equal(await drain(socket), 0);
});
