import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import bcrypt from 'bcryptjs';
import { Secret } from '../../config/secret.ts';
import type { RestConfig, ServerTlsConfig } from '../../config/types.ts';
import { createAuthority } from '../support/certificates.ts';
import { configuration, startScriptedWorker } from '../worker/admin/running-worker.ts';

const GENEROUS = { timeout: 60_000 };

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Asked extends RequestOptions {
  readonly body?: string;
}

/** Every header as it is given: what browsers and other clients do not let one say. */
function ask(url: string, path: string, { body, ...options }: Asked = {}): Promise<Reply> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = send(
      `${url}${path}`,
      { agent: false, ...options, headers: { ...length, ...options.headers } },
      response => {
        let text = '';
        response.setEncoding('utf8').on('data', chunk => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** A listener that other machines reach. */
const REMOTE: Partial<RestConfig> = { listeners: [{ protocol: 'http', host: '0.0.0.0', port: 0 }] };

/** Each operation once. Bodies are such that nothing lasting comes of them where they are let in. */
const OPERATIONS: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/'],
  ['GET', '/metrics'],
  ['GET', '/openapi.json'],
  ['GET', '/connectors'],
  ['POST', '/connectors'],
  ['GET', '/connectors/c'],
  ['DELETE', '/connectors/c'],
  ['GET', '/connectors/c/config'],
  ['PUT', '/connectors/c/config'],
  ['PATCH', '/connectors/c/config'],
  ['GET', '/connectors/c/status'],
  ['POST', '/connectors/c/restart'],
  ['PUT', '/connectors/c/pause'],
  ['PUT', '/connectors/c/resume'],
  ['PUT', '/connectors/c/stop'],
  ['GET', '/connectors/c/tasks'],
  ['GET', '/connectors/c/tasks/0/status'],
  ['POST', '/connectors/c/tasks/0/restart'],
  ['GET', '/connectors/c/topics'],
  ['PUT', '/connectors/c/topics/reset'],
  ['GET', '/connectors/c/offsets'],
  ['PATCH', '/connectors/c/offsets'],
  ['DELETE', '/connectors/c/offsets'],
  ['GET', '/connector-plugins'],
  ['GET', '/connector-plugins/c/config'],
  ['PUT', '/connector-plugins/c/config/validate'],
  ['GET', '/admin/loggers'],
  ['GET', '/admin/loggers/root'],
  ['PUT', '/admin/loggers/root'],
  ['GET', '/nowhere'],
  ['POST', '/nowhere'],
  ['TRACE', '/connectors'],
];

async function statuses(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [method, path] of OPERATIONS) {
    const body = method === 'GET' || method === 'TRACE' ? {} : { body: '{"offsets":[]}' };
    const reply = await ask(url, path, { method, headers: { ...JSON_TYPE, ...headers }, ...body });
    found.set(`${method} ${path}`, reply.status);
  }
  return found;
}

async function usersFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rest-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'users');
  await writeFile(path, `admin:${bcrypt.hashSync('right', 4)}\nviewer:${bcrypt.hashSync('look', 4)}\n`);
  return path;
}

const isRead = (operation: string) => operation.startsWith('GET ');

test(
  'S6: beyond this machine everybody may read, and nobody may write, until it is said who may',
  GENEROUS,
  async t => {
    const { url } = await startScriptedWorker(t, { rest: REMOTE });
    const local = url.replace('0.0.0.0', '127.0.0.1');
    for (const headers of [{}, basic('admin', 'right'), { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }]) {
      for (const [operation, status] of await statuses(local, headers)) {
        if (isRead(operation)) assert.ok(status === 200 || status === 404, `${operation}: ${status}`);
        else assert.equal(status, 403, operation);
      }
    }
    const { text } = await ask(local, '/connectors', { method: 'POST', headers: JSON_TYPE, body: '{}' });
    assert.match(text, /listeners\.basic\.auth\.file.*ssl\.client\.auth/);
    const meant = await startScriptedWorker(t, { rest: { ...REMOTE, allowInsecureWrites: true } });
    const open = await statuses(meant.url.replace('0.0.0.0', '127.0.0.1'));
    assert.ok([...open.values()].every(status => status !== 403 && status !== 401));
  },
);

test('S6: with users, every route needs one but health, and who may only read does no more', GENEROUS, async t => {
  const rest = { usersFile: await usersFile(t), readers: ['viewer'] };
  for (const where of [{}, REMOTE]) {
    const { url } = await startScriptedWorker(t, { rest: { ...rest, ...where } });
    const local = url.replace('0.0.0.0', '127.0.0.1');
    for (const [operation, status] of await statuses(local)) assert.equal(status, 401, operation);
    const { headers } = await ask(local, '/connectors');
    assert.match(String(headers['www-authenticate']), /^Basic realm="/);
    for (const path of ['/health', '/health/live', '/health/ready?x', '/health/progress']) {
      assert.notEqual((await ask(local, path)).status, 401, path);
    }
    assert.equal((await ask(local, '/healthy')).status, 401);
    assert.equal(
      'connectors' in JSON.parse((await ask(local, '/health')).text),
      false,
      'what a probe needs, and no more',
    );
    for (const [operation, status] of await statuses(local, basic('viewer', 'look'))) {
      if (isRead(operation)) assert.ok(status === 200 || status === 404, `${operation}: ${status}`);
      else assert.equal(status, 403, operation);
    }
    for (const [operation, status] of await statuses(local, basic('admin', 'right'))) {
      assert.ok(status !== 401 && status !== 403, `${operation}: ${status}`);
    }
  }
});

test('S6, S8: credentials in any other form open nothing', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t, { rest: { usersFile: await usersFile(t) } });
  const right = Buffer.from('admin:right').toString('base64');
  for (const authorization of [
    'Basic',
    'Basic ',
    `Basic ${right}x`,
    `Basic ${right}, Basic ${right}`,
    `Basic x ${right}`,
    `Bearer ${right}`,
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
    `Digest username="admin", response="${right}"`,
    `Basic ${Buffer.from('admin').toString('base64')}`,
    `Basic ${Buffer.from(':right').toString('base64')}`,
    `Basic ${Buffer.from('admin\u0000:right').toString('base64')}`,
  ]) {
    const { status } = await ask(url, '/connectors', { headers: { authorization, 'x-forwarded-for': authorization } });
    assert.ok(status === 401 || status === 429, `${authorization}: ${status}`);
  }
  const twice = await ask(url, '/connectors', {
    headers: { authorization: [`Basic ${right}`, `Basic ${right}`] as never },
  });
  assert.equal(twice.status, 401);
});

test('S10: who guesses has to wait, whatever else is right, and those who were let in do not', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t, { rest: { usersFile: await usersFile(t) } });
  assert.equal((await ask(url, '/', { headers: basic('admin', 'right') })).status, 200);
  const found: number[] = [];
  for (let i = 0; i < 6; i++) found.push((await ask(url, '/', { headers: basic('admin', `wrong${i}`) })).status);
  assert.deepEqual(found, [401, 401, 401, 429, 429, 429]);
  const viewer = await ask(url, '/', { headers: basic('viewer', 'look') });
  assert.equal(viewer.status, 429);
  assert.match(String(viewer.headers['retry-after']), /^\d+$/);
  assert.equal((await ask(url, '/', { headers: basic('admin', 'right') })).status, 200, 'who was let in lately');
});

test('S10: passwords are checked beside the loop, a few at a time', GENEROUS, async t => {
  const directory = await mkdtemp(join(tmpdir(), 'rest-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'users');
  await writeFile(path, `admin:${bcrypt.hashSync('right', 12)}\n`);
  const { url } = await startScriptedWorker(t, { rest: { usersFile: path } });
  const tries = Array.from({ length: 60 }, (_, i) =>
    ask(url, '/', { headers: basic('admin', `x${i}`) }).catch(() => null),
  );
  // The loop turns: health is answered before the hashes are.
  assert.notEqual((await ask(url, '/health/live')).status, 401);
  const found = (await Promise.all(tries)).map(reply => reply?.status ?? 0);
  assert.ok(found.includes(503), found.join());
  assert.ok(!found.includes(200));
});

test('S20: a page of another site changes nothing, be it by a form, a script or a rebound name', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const body = JSON.stringify({ name: 'c', config: configuration() });
  const tries: readonly (readonly [method: string, path: string, headers: Readonly<Record<string, string>>])[] = [
    ['POST', '/connectors', { ...JSON_TYPE, origin: 'https://evil.example' }],
    ['POST', '/connectors', { ...JSON_TYPE, origin: 'null' }],
    ['POST', '/connectors', { ...JSON_TYPE, origin: 'http://localhost:1' }],
    ['POST', '/connectors', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }],
    ['POST', '/connectors', { ...JSON_TYPE, 'sec-fetch-site': 'same-site' }],
    ['POST', '/connectors', { 'content-type': 'text/plain', origin: 'https://evil.example' }],
    ['POST', '/connectors/c/restart', { origin: 'https://evil.example' }],
    ['PUT', '/connectors/c/pause', { 'sec-fetch-site': 'cross-site' }],
    ['DELETE', '/connectors/c', { origin: 'https://evil.example' }],
    ['PUT', '/admin/loggers/root', { ...JSON_TYPE, origin: 'https://evil.example' }],
    ['POST', '/connectors', { ...JSON_TYPE, host: 'evil.example', origin: 'http://evil.example' }],
  ];
  for (const [method, path, headers] of tries) {
    const { status, headers: got } = await ask(url, path, { method, headers, body });
    assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
    assert.ok(!Object.keys(got).some(name => name.startsWith('access-control-')));
  }
  // A form of another site sends no Origin in old browsers, and no JSON in any.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    assert.equal(
      (await ask(url, '/connectors', { method: 'POST', headers: { 'content-type': type }, body })).status,
      415,
    );
  }
  assert.equal((await ask(url, '/connectors')).text, '[]');
  const own = { ...JSON_TYPE, origin: url, 'sec-fetch-site': 'same-origin' };
  assert.equal((await ask(url, '/connectors', { method: 'POST', headers: own, body })).status, 201);
});

test(
  'S20: CORS as Kafka Connect is configured: origins that are named, their methods, nothing for others',
  GENEROUS,
  async t => {
    const cors = { origins: ['https://ui.example', 'http://*.corp.example:8080'], methods: ['GET', 'PUT'] };
    const { url } = await startScriptedWorker(t, { rest: { cors } });
    for (const origin of ['https://ui.example', 'http://a.corp.example:8080']) {
      const { headers } = await ask(url, '/connectors', { headers: { origin } });
      assert.equal(headers['access-control-allow-origin'], origin);
      assert.equal(headers['access-control-allow-credentials'], 'true');
      assert.equal(headers['vary'], 'Origin');
      const asked = {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      };
      const preflight = await ask(url, '/connectors/c/pause', { method: 'OPTIONS', headers: asked });
      assert.deepEqual(
        [
          preflight.status,
          preflight.headers['access-control-allow-methods'],
          preflight.headers['access-control-max-age'],
        ],
        [200, 'GET,PUT', '1800'],
      );
      assert.match(String(preflight.headers['access-control-allow-headers']), /Content-Type/);
      const written = { headers: { origin, 'sec-fetch-site': 'cross-site' } };
      assert.equal((await ask(url, '/connectors/c/pause', { ...written, method: 'PUT' })).status, 404);
      assert.equal(
        (await ask(url, '/connectors/c', { ...written, method: 'DELETE' })).status,
        403,
        'no method of theirs',
      );
    }
    for (const origin of [
      'https://ui.example.evil.example',
      'https://ui.exampleX',
      'http://corp.example:8080',
      'null',
    ]) {
      const { headers } = await ask(url, '/connectors', { headers: { origin } });
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
      assert.equal((await ask(url, '/connectors/c/pause', { method: 'PUT', headers: { origin } })).status, 403, origin);
    }
    const all = await startScriptedWorker(t, { rest: { cors: { origins: ['*'], methods: [] } } });
    const { headers } = await ask(all.url, '/connectors', { headers: { origin: 'https://any.example' } });
    assert.deepEqual(
      [headers['access-control-allow-origin'], headers['access-control-allow-credentials']],
      ['*', undefined],
    );
  },
);

test('S20: response headers as configured come with every answer', GENEROUS, async t => {
  const responseHeaders = [
    { action: 'set', name: 'X-Frame-Options', value: 'DENY' },
    { action: 'add', name: 'Cache-Control', value: 'no-transform' },
    { action: 'set', name: 'Strict-Transport-Security', value: 'max-age=31536000' },
    { action: 'setDate', name: 'Expires', value: '0' },
  ] as const;
  const { url } = await startScriptedWorker(t, { rest: { responseHeaders } });
  for (const path of ['/', '/metrics', '/nowhere', '/health']) {
    const { headers } = await ask(url, path);
    assert.equal(headers['x-frame-options'], 'DENY', path);
    assert.match(String(headers['cache-control']), /no-store.*no-transform/);
    assert.match(String(headers['expires']), /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  }
});

/** TLS of a listener, and the authority that issued it. */
async function secured(t: TestContext, changes: Partial<ServerTlsConfig> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'rest-'));
  t.after(() => rm(directory, { recursive: true }));
  const authority = await createAuthority(directory);
  const server = await authority.issue('server', ['127.0.0.1']);
  const tls: ServerTlsConfig = {
    certificate: server.certificate,
    key: new Secret(server.key),
    ca: null,
    clientAuth: 'none',
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: null,
    ...changes,
  };
  return { authority, tls, ca: authority.certificate };
}

const HTTPS: Partial<RestConfig> = { listeners: [{ protocol: 'https', host: '0.0.0.0', port: 0 }] };
const local = (url: string) => url.replace('0.0.0.0', '127.0.0.1');

test('S16: TLS 1.2 and 1.3 are spoken, what is older or no TLS at all is refused', GENEROUS, async t => {
  const { tls, ca } = await secured(t);
  const { url } = await startScriptedWorker(t, { rest: { ...HTTPS, tls } });
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { status } = await ask(local(url), '/', { ca, minVersion: version, maxVersion: version });
    assert.equal(status, 200, version);
  }
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const old = { ca, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await assert.rejects(ask(local(url), '/', old), version);
  }
  await assert.rejects(ask(local(url).replace('https:', 'http:'), '/'));
  assert.equal((await ask(local(url), '/health/live', { ca })).status === 401, false);
});

test('S6, S16: a certificate of the trusted authority lets write, one of another does not', GENEROUS, async t => {
  const clients = await secured(t);
  const client = await clients.authority.issue('client');
  const strangers = await secured(t);
  const stranger = await strangers.authority.issue('client');
  const body = JSON.stringify({ name: 'c', config: configuration() });
  const write = { method: 'POST', headers: JSON_TYPE, body };
  const requested = await secured(t, { ca: clients.ca, clientAuth: 'requested' });
  const open = await startScriptedWorker(t, { rest: { ...HTTPS, tls: requested.tls } });
  const as = ({ key, certificate: cert }: typeof client) => ({ ca: requested.ca, key, cert });
  assert.equal((await ask(local(open.url), '/connectors', { ca: requested.ca, ...write })).status, 403);
  assert.equal((await ask(local(open.url), '/connectors', { ...as(stranger), ...write })).status, 403);
  assert.equal((await ask(local(open.url), '/connectors', { ...as(client), ...write })).status, 201);
  const required = { ...requested.tls, clientAuth: 'required' } as const;
  const closed = await startScriptedWorker(t, { rest: { ...HTTPS, tls: required } });
  await assert.rejects(ask(local(closed.url), '/', { ca: requested.ca }));
  await assert.rejects(ask(local(closed.url), '/', as(stranger)));
  assert.equal((await ask(local(closed.url), '/', as(client))).status, 200);
  // Any authority of the world signs certificates for anybody.
  const worldly = await startScriptedWorker(t, {
    rest: { ...HTTPS, tls: { ...required, ca: null, clientAuth: 'requested' } },
  });
  assert.equal((await ask(local(worldly.url), '/connectors', { ...as(client), ...write })).status, 403);
});

test('S6: /admin is served where it is said, and nothing else there', GENEROUS, async t => {
  const admin = { protocol: 'http', host: '127.0.0.1', port: 0 } as const;
  const apart = await startScriptedWorker(t, { rest: { adminListeners: [admin] } });
  const [main, own] = apart.worker.urls;
  assert.equal((await ask(main!, '/admin/loggers')).status, 404);
  assert.equal((await ask(own!, '/admin/loggers')).status, 200);
  assert.equal((await ask(own!, '/connectors')).status, 404);
  const none = await startScriptedWorker(t, { rest: { adminListeners: [] } });
  assert.equal((await ask(none.url, '/admin/loggers/root')).status, 404);
});

test('S19: bodies are bounded, by what a route takes, and depth is too', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const padded = (bytes: number) => `{"name":"c","config":{"a":"${'x'.repeat(bytes)}"}}`;
  const post = (path: string, body: string) => ask(url, path, { method: 'POST', headers: JSON_TYPE, body });
  assert.equal((await post('/connectors', padded(1_000_000))).status, 400);
  assert.equal((await post('/connectors', padded(1_100_000)).catch(() => ({ status: 413 }))).status, 413);
  assert.equal((await post('/connectors/c/restart', padded(66_000)).catch(() => ({ status: 413 }))).status, 413);
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`k${i}`, 1])));
  assert.equal((await ask(url, '/connectors/c/config', { method: 'PUT', headers: JSON_TYPE, body: many })).status, 400);
  assert.equal((await post('/connectors', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)).status, 500);
  assert.equal((await ask(url, '/connectors')).text, '[]');
});

test('S5, S24: no secret and no defect is in an answer, a line of the log or the document', GENEROUS, async t => {
  const canary = 'canary-0123456789abcdef';
  const { url, lines } = await startScriptedWorker(t, {
    groups: { reset: () => Promise.reject(new TypeError(`a defect that knows ${canary}`)) },
  });
  const replies: Reply[] = [];
  const send = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE };
    replies.push(await ask(url, path, { method, ...sent }));
  };
  const config = configuration({ 'http.auth.type': 'bearer', 'http.auth.bearer.token': canary });
  await send('POST', '/connectors', { name: 'bad', config: { ...config, 'tasks.max': 'x' } });
  await send('POST', '/connectors', { name: 'bad', config: { ...config, 'http.auth.bearer.token': [canary] } });
  await send('POST', '/connectors', { name: 'c', config });
  for (const path of ['', '/config', '/tasks', '/status', '/offsets']) await send('GET', `/connectors/c${path}`);
  await send('PATCH', '/connectors/c/config', { 'http.auth.bearer.token': `${canary}\u0000` });
  await send('PUT', '/connector-plugins/HttpSink/config/validate', { ...config, name: 'c', 'tasks.max': 'x' });
  await send('GET', '/connectors?expand=info&expand=status');
  await send('GET', '/metrics');
  await send('GET', '/health');
  await send('PUT', '/connectors/c/stop');
  await send('DELETE', '/connectors/c/offsets');
  assert.equal(replies.at(-1)!.status, 500);
  for (const { text } of replies) assert.doesNotMatch(text, /canary/, text);
  for (const { text } of replies) assert.doesNotMatch(text, /TypeError|\.js:\d|node:internal/, text);
  assert.doesNotMatch(lines.join(''), /canary/);
});

test('S7, S23: names that would forge headers, lines or pages are names', GENEROUS, async t => {
  const { url, lines } = await startScriptedWorker(t);
  const names = [
    'a\r\nSet-Cookie: x=y',
    '<script>alert(1)</script>',
    '\u001b[2J',
    '../../etc/passwd',
    '"}{',
    'ä€😀\u202e',
  ];
  for (const name of names) {
    const body = JSON.stringify({ name, config: configuration({ topics: `t${names.indexOf(name)}` }) });
    const { status, headers, text } = await ask(url, '/connectors', { method: 'POST', headers: JSON_TYPE, body });
    assert.ok(status === 201 || status === 400, `${JSON.stringify(name)}: ${status}`);
    assert.equal(headers['set-cookie'], undefined);
    assert.match(String(headers['content-type']), /^application\/json/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    if (status !== 201) continue;
    const made = JSON.parse(text).name;
    const { text: found } = await ask(url, `/connectors/${encodeURIComponent(made)}/config`);
    assert.equal(JSON.parse(found).name, made);
  }
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    assert.doesNotMatch(line.replace(/\n$/, ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

/** All that comes back until the connection ends. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', chunk => (text += String(chunk)));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}

const statusesOf = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

test('S15: a request that hides another in its body is one request', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const hidden = 'DELETE /connectors/c HTTP/1.1\r\nHost: localhost\r\n\r\n';
  await ask(url, '/connectors', {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ name: 'c', config: configuration() }),
  });
  const head = 'PUT /connectors/c/pause HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  for (const framing of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
    'Content-Length: 4\r\nContent-Length: 400\r\n',
    'Transfer-Encoding: xchunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    `Content-Length: ${hidden.length}\r\nConnection: close\r\n`,
  ]) {
    const answer = await raw(
      url,
      `${head}${framing}\r\n${framing.startsWith('Content-Length: 4\r') ? '0\r\n\r\n' : ''}${hidden}`,
    );
    assert.equal(statusesOf(answer).length, 1, `${framing}${answer}`);
    assert.equal((await ask(url, '/connectors')).text, '["c"]', framing);
  }
});

test('S14: a configuration that comes too slowly, or never ends, costs its connection alone', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const head =
    'POST /connectors HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
  const slow = Array.from({ length: 120 }, () => raw(url, `${head}{"name":`));
  assert.equal((await ask(url, '/connectors')).status, 200);
  const expecting = raw(url, head.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
  for (const answer of await Promise.all(slow)) assert.doesNotMatch(answer, / 20\d /);
  assert.match(await expecting, /^HTTP\/1\.1 100 Continue/);
  assert.equal((await ask(url, '/connectors')).text, '[]');
});

test('S17: members that lead into prototypes are refused wherever they stand', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const names = ['__proto__', 'constructor', 'prototype'];
  for (const [method, path, wrap] of [
    ['POST', '/connectors', (member: string) => `{"name":"c","config":{${member}}}`],
    ['PUT', '/connectors/c/config', (member: string) => `{${member}}`],
    ['PATCH', '/connectors/c/config', (member: string) => `{${member}}`],
    ['PATCH', '/connectors/c/offsets', (member: string) => `{"offsets":[{"partition":{${member}}}]}`],
    ['PUT', '/connector-plugins/HttpSink/config/validate', (member: string) => `{${member}}`],
    ['PUT', '/admin/loggers/root', (member: string) => `{${member}}`],
  ] as const) {
    for (const name of names) {
      const { status } = await ask(url, path, { method, headers: JSON_TYPE, body: wrap(`"${name}":{"a":"b"}`) });
      assert.equal(status, 400, `${method} ${path} ${name}`);
    }
  }
  for (const name of names) assert.equal((await ask(url, `/connectors/${name}`)).status, 404);
  assert.equal(({} as Record<string, unknown>)['a'], undefined);
});

test('S1: keys that run code are refused over REST in every spelling', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  for (const key of ['plugin.library.paths', 'ssl.engine.location', 'sasl.kerberos.kinit.cmd', 'interceptor.classes']) {
    for (const spelled of [key, key.toUpperCase(), ` ${key}`, `${key} `]) {
      const config = configuration({ [`consumer.override.${spelled}`]: '/tmp/x' });
      const body = JSON.stringify({ name: 'c', config });
      const { status, text } = await ask(url, '/connectors', { method: 'POST', headers: JSON_TYPE, body });
      assert.equal(status, 400, `${spelled}: ${text}`);
    }
  }
});

test('S4: a config provider that may read anything is not for those who come by REST', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  for (const value of ['${file:/etc/passwd:root}', '${directory:/etc:passwd}', '${env:PATH}']) {
    const body = JSON.stringify({ name: 'c', config: configuration({ 'http.headers.x': value }) });
    const { text } = await ask(url, '/connectors', { method: 'POST', headers: JSON_TYPE, body });
    assert.doesNotMatch(text, /root:|\/bin/, text);
  }
});
