import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCertificate } from '../../connector/http/certificate.ts';
import { freePort } from '../../support/daemon.ts';
import { Endpoint } from '../../support/endpoint.ts';
import { ForwardProxy, type ForwardProxyOptions } from '../../support/forward-proxy.ts';
import { look, outline, the } from './looking.ts';

const LATER = new Date(Date.now() + 300 * 86_400_000);
const authority = createCertificate({ subject: 'Test authority', authority: true, names: [], notAfter: LATER });
const server = createCertificate({ issuer: authority, notAfter: LATER });
const TRUST = { 'http.ssl.truststore.certificates': authority.cert };

async function endpointFor(t: TestContext, secured = false): Promise<Endpoint> {
  const endpoint = await new Endpoint(secured ? { tls: { cert: server.cert, key: server.key } } : {}).start();
  t.after(() => endpoint.close());
  return endpoint;
}

async function proxyFor(t: TestContext, options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const proxy = await new ForwardProxy(options).start();
  t.after(() => proxy.close());
  return proxy;
}

/** A port that lets nobody in and turns nobody away: who listens is stopped, and the queue of those that wait is full. */
async function blackHole(t: TestContext): Promise<number> {
  const program =
    "const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const waiting: Socket[] = [];
  t.after(() => {
    child.kill('SIGKILL');
    for (const socket of waiting) socket.destroy();
  });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  for (let taken = true; taken; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    waiting.push(socket);
    // The kernel of this machine answers at once, or drops it.
    taken = await Promise.race([once(socket, 'connect').then(() => true), sleep(300, false)]);
  }
  return port;
}

describe('check: the way to an endpoint', () => {
  it('tells all addresses of a name, and each that is open', async t => {
    const endpoint = await endpointFor(t);
    const url = endpoint.url.href.replace('127.0.0.1', 'collector.test');
    const findings = await look({ 'http.url': url }, { resolve: async () => ['127.0.0.1', '127.0.0.2'] });
    assert.deepEqual(outline(findings), ['dns ok', 'tcp ok', 'endpoint skipped']);
    assert.equal(the(findings, 'dns').text, '127.0.0.1, 127.0.0.2');
    assert.match(
      the(findings, 'tcp').text,
      /^open \([\d.]+ ms\); 127\.0\.0\.2 refuses the connection: nothing listens there$/,
    );
    assert.equal(endpoint.count, 0);
  });

  it('says that a name does not resolve, and looks at nothing behind it', async () => {
    const findings = await look({ 'http.url': 'https://no-such-host.invalid/in' }, { send: '{}' });
    assert.deepEqual(outline(findings), ['dns failed', 'tcp skipped', 'tls skipped', 'endpoint skipped']);
    const { text, advice } = the(findings, 'dns');
    assert.match(
      `${text}: ${advice}`,
      /^(?:the name does not resolve|the DNS server did not answer): .*this machine’s DNS/,
    );
    assert.equal(the(findings, 'tls').text, 'not looked at, since dns of no-such-host.invalid failed');
  });

  it('waits for DNS no longer than for anything else', async () => {
    const findings = await look(
      { 'http.url': 'http://slow.test/' },
      { resolve: () => new Promise(() => undefined), timeoutMs: 50 },
    );
    assert.deepEqual(outline(findings), ['dns failed', 'tcp skipped', 'endpoint skipped']);
    assert.match(the(findings, 'dns').text, /within 50 ms/);
  });

  it('says that nothing listens', async () => {
    const port = await freePort();
    const findings = await look({ 'http.url': `http://127.0.0.1:${port}/` });
    assert.deepEqual(outline(findings), ['tcp failed', 'endpoint skipped']);
    assert.equal(the(findings, 'tcp').subject, `127.0.0.1:${port}`);
    assert.equal(the(findings, 'tcp').text, '127.0.0.1 refuses the connection: nothing listens there');
  });

  it('says that nobody answers, and warns of an address of several that hangs', async t => {
    const port = await blackHole(t);
    const alone = await look({ 'http.url': `http://127.0.0.1:${port}/` }, { timeoutMs: 300 });
    assert.deepEqual(outline(alone), ['tcp failed', 'endpoint skipped']);
    assert.equal(the(alone, 'tcp').text, '127.0.0.1 does not answer');
    const second = createServer(socket => socket.destroy());
    await new Promise<void>(resolve => second.listen(port, '127.0.0.2', resolve));
    t.after(() => second.close());
    const options = { timeoutMs: 300, resolve: async () => ['127.0.0.1', '127.0.0.2'] };
    const one = await look({ 'http.url': `http://collector.test:${port}/` }, options);
    assert.deepEqual(outline(one), ['dns ok', 'tcp warning', 'endpoint skipped']);
    assert.match(the(one, 'tcp').text, /^open \([\d.]+ ms\); 127\.0\.0\.1 does not answer$/);
  });

  it('goes over a unix socket, or says that there is none', async t => {
    const directory = mkdtempSync(join(tmpdir(), 'tailrace-check-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'socket');
    const keys = { 'http.url': 'http://localhost/in', 'http.unix.socket': path };
    assert.match(the(await look(keys), 'tcp').text, /does not exist$/);
    const listener = createServer(socket => socket.destroy());
    await new Promise<void>(resolve => listener.listen(path, resolve));
    t.after(() => listener.close());
    assert.deepEqual(outline(await look(keys)), ['tcp ok', 'endpoint skipped']);
  });

  it('asks a proxy for a tunnel, and looks at TLS through it', async t => {
    const endpoint = await endpointFor(t, true);
    const proxy = await proxyFor(t, { user: () => 'somebody:canary-password' });
    const keys = {
      ...TRUST,
      'http.url': endpoint.url.href,
      'http.proxy.url': proxy.url.href,
      'http.proxy.username': 'somebody',
      'http.proxy.bypass': '',
    };
    const good = await look({ ...keys, 'http.proxy.password': 'canary-password' });
    assert.deepEqual(outline(good), ['tcp ok', 'proxy ok', 'tls ok', 'endpoint skipped'], JSON.stringify(good));
    assert.equal(the(good, 'tcp').subject, proxy.url.host);
    assert.ok(proxy.requests.every(({ method, target }) => method === 'CONNECT' && target === endpoint.url.host));
    const wrong = await look({ ...keys, 'http.proxy.password': 'canary-other' });
    assert.deepEqual(outline(wrong), ['tcp ok', 'proxy failed', 'tls skipped', 'endpoint skipped']);
    const { text, advice } = the(wrong, 'proxy');
    assert.equal(text, `the proxy ${proxy.url.host} wants credentials`);
    assert.equal(advice, 'check http.proxy.username and http.proxy.password');
    assert.doesNotMatch(JSON.stringify([good, wrong]), /canary/);
    assert.equal(endpoint.count, 0);
  });

  it('says of a proxy that answers half, or not at all, that it does', async t => {
    const endpoint = await endpointFor(t, true);
    const acts = [
      { bytes: 'HTTP/1.1 200 Conn', afterwards: 'end' },
      { bytes: 'HTTP/1.1 200 Conn', afterwards: 'stall' },
      { bytes: 'HTTP/1.1 403 Forbidden\r\n\r\n', afterwards: 'end' },
      { bytes: 'SSH-2.0-x\r\n\r\n', afterwards: 'stall' },
    ] as const;
    const told: string[] = [];
    for (const act of acts) {
      const proxy = await proxyFor(t, { script: () => act });
      const keys = { ...TRUST, 'http.url': endpoint.url.href, 'http.proxy.url': proxy.url.href };
      const findings = await look(keys, { timeoutMs: 400 });
      assert.deepEqual(outline(findings), ['tcp ok', 'proxy failed', 'tls skipped', 'endpoint skipped']);
      told.push(the(findings, 'proxy').text.replace(/127\.0\.0\.1:\d+/g, 'HOST'));
    }
    assert.match(told[0]!, /closed the connection before it answered$/);
    assert.match(told[1]!, /in time$|within 400 ms$/);
    assert.equal(told[2], 'the proxy HOST does not let a connection to HOST through (403)');
    assert.match(told[3]!, /can’t be read as HTTP/);
  });

  it('writes no request to a proxy of http targets', async t => {
    const endpoint = await endpointFor(t);
    const proxy = await proxyFor(t);
    const findings = await look({ 'http.url': endpoint.url.href, 'http.proxy.url': proxy.url.href });
    assert.deepEqual(outline(findings), ['tcp ok', 'proxy skipped', 'endpoint skipped']);
    assert.deepEqual([proxy.requests.length, endpoint.count], [0, 0]);
  });
});
