import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import bcrypt from 'bcryptjs';
import { Secret } from '../../config/secret.ts';
import type { RestConfig, ServerTlsConfig } from '../../config/types.ts';
import { createAuthority } from '../support/certificates.ts';
import { configuration, startScriptedWorker } from '../worker/admin/running-worker.ts';
import { ask, JSON_TYPE } from './rest-client.ts';

const GENEROUS = { timeout: 60_000 };

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

test('S10: passwords are checked beside the loop, and many guesses at a time are many', GENEROUS, async t => {
  const directory = await mkdtemp(join(tmpdir(), 'rest-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'users');
  await writeFile(path, `admin:${bcrypt.hashSync('right', 10)}\n`);
  const { url } = await startScriptedWorker(t, { rest: { usersFile: path } });
  const tries = Array.from({ length: 60 }, (_, i) =>
    ask(url, '/', { headers: basic('admin', `x${i}`) }).catch(() => null),
  );
  // The loop turns: health is answered before the hashes are.
  assert.notEqual((await ask(url, '/health/live')).status, 401);
  const found = (await Promise.all(tries)).map(reply => reply?.status ?? 0);
  const tried = found.filter(status => status !== 429);
  assert.ok(tried.length <= 3, found.join());
  assert.ok(!found.includes(200));
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
