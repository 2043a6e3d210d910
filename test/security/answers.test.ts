import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Secret } from '../../config/secret.ts';
import type { HttpConfig, TlsConfig } from '../../config/types.ts';
import { createCertificate } from '../connector/http/certificate.ts';
import { numbered } from '../connector/http/fixtures.ts';
import { rigFor, SinkRig } from '../connector/http/rig.ts';
import { endpointFor, rawEndpointFor } from '../connector/http/wire.ts';
import type { EndpointOptions } from '../support/endpoint.ts';
import { oauth2Config } from '../support/oauth2.ts';

const GENEROUS = { timeout: 60_000 };
const MEGABYTE = 1_048_576;

/** A sink of its own before an address; what it says of the first failure. */
async function firstReason(t: TestContext, url: URL, http: Partial<HttpConfig> = {}): Promise<string> {
  const rig = new SinkRig(url, { http });
  t.after(() => rig.sink.close());
  rig.start(numbered(1));
  await Promise.race([rig.heard('endpoint-parked'), rig.heard('request-failed'), rig.heard('request-succeeded')]);
  const [fact] = rig.facts.filter(({ kind }) => kind === 'request-failed' || kind === 'endpoint-parked');
  assert(fact !== undefined && 'reason' in fact, JSON.stringify(rig.facts));
  return fact.reason;
}

const TOKEN = 'c4n4ry-token';
const BEARER = { type: 'bearer', token: new Secret(TOKEN) } as const;

test('S2: no redirect is followed, wherever it leads, and nothing of the request gets there', GENEROUS, async t => {
  const elsewhere = await endpointFor(t);
  const targets = [
    elsewhere.url.href,
    '//169.254.169.254/',
    'file:///etc/passwd',
    'gopher://a/',
    '/in',
    'http://[::1]/',
  ];
  for (const status of [300, 301, 302, 303, 307, 308]) {
    for (const location of targets) {
      const headers = { location, refresh: `0; url=${location}`, 'content-location': location, 'alt-svc': 'h2=":1"' };
      const endpoint = await endpointFor(t, { script: () => ({ status, headers }) });
      const reason = await firstReason(t, endpoint.url, { auth: BEARER });
      assert.match(reason, new RegExp(`^the endpoint answered ${status}: redirects are not followed`));
    }
  }
  assert.deepEqual([elsewhere.connections, elsewhere.count], [0, 0]);
});

test('S2: no token is asked for where a redirect leads, and no token is taken from there', GENEROUS, async t => {
  const elsewhere = await endpointFor(t, {
    script: () => ({ body: '{"access_token":"forged","token_type":"Bearer"}' }),
  });
  const endpoint = await endpointFor(t);
  for (const status of [301, 302, 303, 307, 308]) {
    const login = await endpointFor(t, { script: () => ({ status, headers: { location: elsewhere.url.href } }) });
    const auth = oauth2Config({ tokenUrl: login.url, id: 'client', secret: 'c4n4ry-secret', mode: 'header' });
    assert.match(await firstReason(t, endpoint.url, { auth }), new RegExp(`authorization server answered ${status}`));
  }
  assert.deepEqual([elsewhere.connections, endpoint.count], [0, 0]);
});

test('S3: what an answer says is in no sentence of ours', GENEROUS, async t => {
  const said = 'c4n4ry-said';
  const raws = [
    `HTTP/1.1 200 ${said}\r\n${said}: ${said}\r\nContent-Length: x${said}\r\n\r\n`,
    `${said} 200 OK\r\n\r\n`,
    `HTTP/1.1 ${said}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${said}\r\n`,
    `HTTP/1.1 207 OK\r\nContent-Length: 30\r\n\r\n[{"status":"${said}"}]        `,
    `HTTP/1.1 503 ${said}\r\nRetry-After: ${said}\r\nContent-Length: 0\r\n\r\n`,
    `HTTP/1.1 400 ${said}\r\nContent-Type: text/html;${said}\r\nContent-Length: 11\r\n\r\n${said}`,
    `HTTP/1.1 200 OK\r\nContent-Encoding: ${said}\r\nContent-Length: 2\r\n\r\n{}`,
  ];
  for (const bytes of raws) {
    const endpoint = await rawEndpointFor(t, () => ({ bytes, afterwards: 'close' }));
    const rig = new SinkRig(endpoint.url, {});
    t.after(() => rig.sink.close());
    rig.start(numbered(1));
    await Promise.race([rig.heard('endpoint-parked'), rig.heard('request-failed')]);
    assert.doesNotMatch(JSON.stringify(rig.facts), new RegExp(said), bytes);
  }
});

/** Bodies that are small on the wire and large behind it. */
const BOMBS: Readonly<Record<string, readonly [encoding: string, body: Buffer]>> = {
  gzip: ['gzip', gzipSync(Buffer.alloc(200 * MEGABYTE))],
  'gzip in gzip': ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(200 * MEGABYTE)))],
  brotli: ['br', brotliCompressSync(Buffer.alloc(64 * MEGABYTE))],
  'a chain of a hundred': [Array<string>(100).fill('gzip').join(', '), gzipSync('{}')],
  deflate: ['deflate', Buffer.from('789c030000000001', 'hex')],
};

for (const [name, [encoding, body]] of Object.entries(BOMBS)) {
  test(`S19: of an answer in ${name} no more is unpacked than is read of one that is not`, GENEROUS, async t => {
    const answer = { headers: { 'content-encoding': encoding, 'content-type': 'application/json' }, body };
    const endpoint = await endpointFor(t, { script: () => ({ ...answer, status: 207 }) });
    const before = process.memoryUsage().rss;
    assert.match(await firstReason(t, endpoint.url), /more than is read|encoding can not be read|without one status/);
    assert.equal(endpoint.requests[0]!.headers['accept-encoding'], 'identity');
    assert(process.memoryUsage().rss - before < 64 * MEGABYTE);
  });
}

test('S19: an answer without an end is left, by what is taken of it and by the deadline', GENEROUS, async t => {
  const settings = { timeoutMs: 700, responseMaxBytes: 65_536 };
  const before = process.memoryUsage();
  for (const endless of [true, 1] as const) {
    for (const status of [200, 207, 400, 500]) {
      const endpoint = await endpointFor(t, { script: () => ({ status, body: 'x'.repeat(4096), endless }) });
      const rig = new SinkRig(endpoint.url, { http: settings });
      rig.start(numbered(1));
      await Promise.race([rig.heard('request-failed'), rig.heard('request-succeeded'), rig.heard('endpoint-parked')]);
      await rig.sink.close();
    }
  }
  const now = process.memoryUsage();
  assert(now.rss - before.rss < 128 * MEGABYTE, `${(now.rss - before.rss) / MEGABYTE} MB`);
});

test('S19: nesting without end in an answer for each record, or in a token, is read as nothing', GENEROUS, async t => {
  for (const opening of ['[', '{"a":', '[{"status":200,"a":']) {
    const body = opening.repeat(60_000 / opening.length);
    const endpoint = await endpointFor(t, { script: () => ({ status: 207, body }) });
    assert.match(await firstReason(t, endpoint.url), /^the endpoint answered 207 without one status for each record/);
    const login = await endpointFor(t, { script: () => ({ body: `{"access_token":${body}` }) });
    const auth = oauth2Config({ tokenUrl: login.url, id: 'client', secret: 'secret', mode: 'body' });
    assert.match(await firstReason(t, endpoint.url, { auth }), /holds no usable token/);
  }
});

const authority = createCertificate({ subject: 'Test authority', authority: true });
const good = createCertificate({ issuer: authority });
const DAY_MS = 86_400_000;
const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };

/** Servers that must not be spoken to, and whether their authority is the configured one. */
const BAD_SERVERS: Readonly<Record<string, { readonly tls: object; readonly trusted?: true }>> = {
  'a self-signed certificate': { tls: pairOf(createCertificate()) },
  'an authority that is not known': { tls: pairOf(good) },
  'a certificate that has expired': {
    tls: pairOf(createCertificate({ issuer: authority, notAfter: new Date(Date.now() - DAY_MS / 2) })),
    trusted: true,
  },
  'a certificate that begins tomorrow': {
    tls: pairOf(createCertificate({ issuer: authority, notBefore: new Date(Date.now() + DAY_MS) })),
    trusted: true,
  },
  'a certificate for another host': {
    tls: pairOf(createCertificate({ issuer: authority, names: ['127.0.0.1.example.org', 'elsewhere.test'] })),
    trusted: true,
  },
  'a certificate that a server’s certificate signed': {
    tls: pairOf(createCertificate({ issuer: { ...good, subject: 'endpoint.test' }, subject: 'leaf' })),
    trusted: true,
  },
  'TLS 1.0 and 1.1 alone': { tls: { ...pairOf(good), ...OLD }, trusted: true },
};

function pairOf({ cert, key }: { readonly cert: string; readonly key: string }) {
  return { cert, key };
}

for (const [name, { tls, trusted }] of Object.entries(BAD_SERVERS)) {
  test(`S16: ${name} is refused, for records and for tokens, and nothing is sent`, GENEROUS, async t => {
    const config: TlsConfig = {
      ca: trusted === true ? authority.cert : null,
      certificate: null,
      key: null,
      keyPassword: null,
      minVersion: 'TLSv1.2',
      verification: 'full',
    };
    const server = await endpointFor(t, { tls: tls as EndpointOptions['tls'] & object });
    assert.match(await firstReason(t, server.url, { tls: config, auth: BEARER }), /certificate|TLS|handshake/i);
    const endpoint = await endpointFor(t);
    const auth = oauth2Config({ tokenUrl: server.url, id: 'client', secret: 'secret', mode: 'header' });
    assert.match(await firstReason(t, endpoint.url, { tls: config, auth }), /no token: .*(certificate|TLS|handshake)/i);
    assert.deepEqual([server.count, endpoint.count], [0, 0]);
  });
}

/** Runs the real transport in a process that its surroundings want to weaken. */
async function sendFrom(env: Readonly<Record<string, string>>, url: URL, ca: string | null): Promise<string> {
  const program = `
    import { createHttpTransport } from ${JSON.stringify(new URL('../../connector/http/transport/transport.js', import.meta.url))};
    const tls = { ca: ${JSON.stringify(ca)}, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' };
    const transport = createHttpTransport({ tls, connectTimeoutMs: 5000, maxInFlight: 1 });
    const request = { method: 'POST', url: new URL(${JSON.stringify(url)}), headers: { authorization: 'Bearer ${TOKEN}' }, body: Buffer.from('[]') };
    const sent = transport.send(request, { signal: new AbortController().signal, maxResponseBytes: 100 });
    console.log(await sent.then(({ status }) => status, ({ code }) => code));
    await transport.close();`;
  const options = { env: { PATH: process.env['PATH'], ...env } };
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options)).stdout.trim();
}

test('S16: no variable of the environment switches verification off', GENEROUS, async t => {
  const untrusted = await endpointFor(t, { tls: pairOf(createCertificate()) });
  const outdated = await endpointFor(t, { tls: { ...pairOf(good), ...OLD } as EndpointOptions['tls'] & object });
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_OPTIONS: '--tls-min-v1.0 --no-warnings' };
  assert.equal(await sendFrom(env, untrusted.url, null), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  assert.match(await sendFrom(env, outdated.url, authority.cert), /^E/);
  assert.deepEqual([untrusted.count, outdated.count], [0, 0]);
});

test('S25: a proxy of the environment is not used, so it gets neither records nor credentials', GENEROUS, async t => {
  const endpoint = await endpointFor(t);
  let asked = 0;
  const proxy = createServer(socket => {
    asked++;
    socket.destroy();
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  const at = `http://user:${TOKEN}@127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  const env = { ...Object.fromEntries(names.map(name => [name, at])), NO_PROXY: '', NODE_USE_ENV_PROXY: '1' };
  assert.equal(await sendFrom(env, endpoint.url, null), '200');
  assert.deepEqual([asked, endpoint.requests[0]!.headers['proxy-authorization']], [0, undefined]);
});

test('S7: what an answer’s headers say steers nothing', GENEROUS, async t => {
  const rig = await rigFor(t, {
    endpoint: {
      script: (_, count) => ({
        status: count === 1 ? 503 : 200,
        headers: {
          'retry-after': count === 1 ? '-1, 99999999999999999999999' : '0',
          'set-cookie': ['session=forged; Path=/', '__proto__=1'],
          connection: 'keep-alive, authorization',
          'keep-alive': 'timeout=999999999, max=0',
          'strict-transport-security': 'max-age=1',
          'www-authenticate': 'Basic realm="again"',
          'access-control-allow-origin': '*',
        },
      }),
    },
    http: { auth: BEARER },
  });
  const verdicts = await rig.deliver(numbered(1));
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['delivered'],
  );
  await rig.deliver(numbered(1));
  for (const { headers } of rig.endpoint.requests) {
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
    assert.equal(headers.cookie, undefined);
  }
});
