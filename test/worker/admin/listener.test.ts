import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { type Listener, ListenerError, listen as listenBy } from '../../../worker/admin/listener.ts';
import { systemClock } from '../../../worker/clock.ts';
import { applicationOf } from './applications.ts';

const application = applicationOf({
  '/health': () => ({ status: 503, body: { status: 'starting' } }),
  '/metrics': async () => ({ status: 200, contentType: 'text/plain; version=0.0.4', body: 'a 1\n' }),
  '/broken': () => {
    throw new Error('a defect with a secret');
  },
});

const listen = (at: { host: string; port: number }) => listenBy(at, application, systemClock);
const listener = await listen({ host: '127.0.0.1', port: 0 });
after(() => listener.close());

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: Buffer } = {}) {
  return new Promise<Reply>((resolve, reject) => {
    const call = request(`${listener.url}${path}`, { method: 'GET', ...options }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    call.on('error', reject);
    call.end(options.body);
  });
}

/** Sends raw bytes and gives all that comes back until the end of the connection. */
function raw(text: string): Promise<string> {
  return rawAt('127.0.0.1', Number(new URL(listener.url).port), text);
}

function rawAt(host: string, port: number, text: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, host);
    let answer = '';
    socket.on('data', chunk => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}

test('port 0 gives a real port', () => {
  assert.match(listener.url, /^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
});

test('a route answers with its status, type and body, with or without a query', async () => {
  const health = await ask('/health?x=1');
  assert.equal(health.status, 503);
  assert.deepEqual(JSON.parse(health.text), { status: 'starting' });
  assert.equal(health.headers['content-type'], 'application/json');
  const metrics = await ask('/metrics');
  assert.deepEqual(
    [metrics.status, metrics.headers['content-type'], metrics.text],
    [200, 'text/plain; version=0.0.4', 'a 1\n'],
  );
});

test('HEAD is GET without the body', async () => {
  const head = await ask('/metrics', { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length'], head.text], [200, '4', '']);
});

test('everything else is 404 in Kafka Connect’s form, also names that objects inherit', async () => {
  for (const path of ['/', '/connectors', '/healthy', '/constructor', '/__proto__', '//metrics']) {
    const reply = await ask(path);
    assert.equal(reply.status, 404, path);
    assert.deepEqual(JSON.parse(reply.text), { error_code: 404, message: 'HTTP 404 Not Found' });
  }
});

test('another method is 405 and says which are allowed', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
    const reply = await ask('/health', { method });
    assert.deepEqual([reply.status, reply.headers['allow']], [405, 'GET, HEAD, OPTIONS'], method);
  }
});

test('a route that throws is 500 and tells nothing', async () => {
  const reply = await ask('/broken');
  assert.equal(reply.status, 500);
  assert.doesNotMatch(reply.text, /secret/);
});

test('a name that is not this machine’s is refused on loopback (DNS rebinding)', async () => {
  for (const host of ['evil.example', 'evil.example:8083', '127.0.0.1.evil.example', 'localhost.evil.example']) {
    assert.equal((await ask('/metrics', { headers: { host } })).status, 403, host);
  }
  assert.match(await raw('GET /metrics HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 403 /);
  for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:99', '[::1]:8083']) {
    assert.equal((await ask('/metrics', { headers: { host } })).status, 200, host);
  }
});

test('loopback is told by the address that is listened on, however it was written', async context => {
  for (const host of ['localhost', 'LOCALHOST', '127.1', '127.0.0.2', '::ffff:127.0.0.1', '::1']) {
    const own = await listen({ host, port: 0 }).catch((error: ListenerError) => error);
    if (own instanceof ListenerError) {
      context.diagnostic(own.message);
      continue;
    }
    const { port } = new URL(own.url);
    const answered = await rawAt(
      host,
      Number(port),
      'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    assert.match(answered, /^HTTP\/1\.1 403 /, host);
    await own.close();
  }
});

test('beyond loopback any name will do: it is one of a machine or a container', async () => {
  for (const host of ['0.0.0.0', '::']) {
    const open = await listen({ host, port: 0 });
    const { port } = new URL(open.url);
    for (const name of ['evil.example', 'worker-1:8083', '10.0.0.7']) {
      const text = `GET /metrics HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
      assert.match(await rawAt(host, Number(port), text), /^HTTP\/1\.1 200 /, name);
    }
    await open.close();
  }
});

test('a body above 64 KiB is refused, announced or not', async () => {
  const announced = await raw('GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n');
  assert.match(announced, /^HTTP\/1\.1 413 /);
  assert.match(announced, /connection: close/i);
  assert.equal(
    (await ask('/metrics', { body: Buffer.alloc(1000), headers: { 'content-length': '1000' } })).status,
    200,
  );
});

test('bytes that are no request get 400 and the end', async () => {
  assert.match(await raw('\u0000\u0001 nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

test('a taken port and a foreign address are refused in one line that says what to do', async () => {
  const port = Number(new URL(listener.url).port);
  await assert.rejects(listen({ host: '127.0.0.1', port }), (error: unknown) => {
    assert.ok(error instanceof ListenerError);
    assert.match(error.message, /the port is taken.*"listeners"/);
    return !error.message.includes('\n');
  });
  await assert.rejects(listen({ host: '203.0.113.1', port: 0 }), /no such address/);
});

test('close ends open connections too', async () => {
  const other: Listener = await listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
  await new Promise(resolve => socket.once('connect', resolve));
  const ended = new Promise(resolve => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await other.close();
  await ended;
});
