import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { type AuthorizationServer, startAuthorizationServer } from '../../support/oidc.ts';
import { type Keys, look, outline, the } from './looking.ts';

async function endpointFor(t: TestContext, options: EndpointOptions = {}): Promise<Endpoint> {
  const endpoint = await new Endpoint(options).start();
  t.after(() => endpoint.close());
  return endpoint;
}

async function serverFor(t: TestContext, tokenLifetime = 600): Promise<AuthorizationServer> {
  const server = await startAuthorizationServer({ tokenLifetime });
  t.after(() => server.close());
  return server;
}

const clientOf = (server: AuthorizationServer): Keys => ({
  'http.auth.type': 'oauth2',
  'oauth2.token.url': server.tokenUrl,
  'oauth2.client.id': server.clientId,
  'oauth2.client.secret': server.clientSecret,
});

/** A JWT with these claims, signed by nobody who is asked. */
function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.canary-signature`;
}

describe('check: the token of a real authorization server', () => {
  it('is asked for once, and told by its life and scope alone', async t => {
    const [endpoint, server] = [await endpointFor(t), await serverFor(t, 432)];
    const findings = await look({ ...clientOf(server), 'oauth2.scope': server.scope, 'http.url': endpoint.url.href });
    assert.deepEqual([...outline(findings)].sort(), ['endpoint skipped', 'tcp ok', 'tcp ok', 'token ok']);
    const { text, facts, subject } = the(findings, 'token');
    assert.match(text, /^given; good for 43[12] s; scope collector\.write$/);
    assert.deepEqual([facts['scope'], subject], [['collector.write'], new URL(server.tokenUrl).host]);
    assert.deepEqual([server.tokensIssued, endpoint.count], [1, 0]);
    assert.ok(!JSON.stringify(findings).includes(server.clientSecret));
  });

  it('is refused for a wrong secret', async t => {
    const [endpoint, server] = [await endpointFor(t), await serverFor(t)];
    const keys = { ...clientOf(server), 'oauth2.client.secret': 'canary-wrong', 'http.url': endpoint.url.href };
    const findings = await look(keys, { send: '{}' });
    const { outcome, text, advice } = the(findings, 'token');
    assert.deepEqual([outcome, text], ['failed', 'the authorization server answered 401 (invalid_client)']);
    assert.match(advice!, /^check oauth2\.token\.url, client id, secret and scope$/);
    assert.match(the(findings, 'endpoint').text, /since token of \S+ failed$/);
    assert.doesNotMatch(JSON.stringify(findings), /canary/);
    assert.equal(endpoint.count, 0);
  });

  it('is told not to name a scope', async t => {
    const [endpoint, server] = [await endpointFor(t), await serverFor(t)];
    const findings = await look({ ...clientOf(server), 'oauth2.scope': 'admin', 'http.url': endpoint.url.href });
    assert.match(
      the(findings, 'token').text,
      /^given; good for \d+ s; the answer names no scope, and admin was asked for$/,
    );
  });

  it('is not asked for where the way to its server is closed', async t => {
    const [endpoint, server] = [await endpointFor(t), await serverFor(t)];
    const keys = {
      ...clientOf(server),
      'oauth2.token.url': 'http://no-such-host.invalid/token',
      'http.url': endpoint.url.href,
    };
    const findings = await look(keys);
    assert.deepEqual([...outline(findings)].sort(), [
      'dns failed',
      'endpoint skipped',
      'tcp ok',
      'tcp skipped',
      'token skipped',
    ]);
    assert.equal(server.tokenCalls, 0);
  });

  it('may be out of order, or hang', async t => {
    const [endpoint, server] = [await endpointFor(t), await serverFor(t)];
    server.setOutage(true);
    const out = the(await look({ ...clientOf(server), 'http.url': endpoint.url.href }), 'token');
    assert.deepEqual([out.outcome, out.text], ['failed', 'the authorization server answered 503']);
    const hanging = await endpointFor(t, { script: () => ({ after: new Promise(() => undefined) }) });
    const keys = { ...clientOf(server), 'oauth2.token.url': hanging.url.href, 'http.url': endpoint.url.href };
    const late = the(await look(keys, { timeoutMs: 300 }), 'token');
    assert.equal(late.outcome, 'failed');
    assert.match(late.text, /within 300 ms$/);
  });
});

describe('check: other tokens', () => {
  const answering = (t: TestContext, body: object) =>
    endpointFor(t, { script: () => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
  const anybody = (url: URL): Keys => ({
    'http.auth.type': 'oauth2',
    'oauth2.token.url': url.href,
    'oauth2.client.id': 'c',
    'oauth2.client.secret': 'canary-secret',
  });

  it('a scope that was asked for and not granted is warned of; claims of a JWT are told, but not who it is of', async t => {
    const token = jwt({
      sub: 'canary-person',
      email: 'canary@example.org',
      aud: 'https://collector.test',
      exp: 4e9,
      scp: ['a'],
    });
    const server = await answering(t, { access_token: token, token_type: 'Bearer', expires_in: 120 });
    const findings = await look({ ...anybody(server.url), 'oauth2.scope': 'a b', 'http.url': server.url.href });
    const { outcome, text, facts } = the(findings, 'token');
    assert.equal(outcome, 'warning');
    assert.match(
      text,
      /^given; good for 1(?:19|20) s; scope a; audience https:\/\/collector\.test; it lacks b, which was asked for$/,
    );
    assert.deepEqual(facts['audience'], ['https://collector.test']);
    assert.doesNotMatch(JSON.stringify(findings), /canary|eyJ/);
  });

  it('an answer that is no token, or half of one, fails', async t => {
    for (const body of ['{"access_token":"canary', '<html>canary</html>', '[]', '{"access_token":7}']) {
      const server = await endpointFor(t, { script: () => ({ body }) });
      const findings = await look({ ...anybody(server.url), 'http.url': server.url.href });
      assert.equal(the(findings, 'token').outcome, 'failed');
      assert.match(the(findings, 'token').text, /no usable token/);
      assert.doesNotMatch(JSON.stringify(findings), /canary/);
    }
  });

  it('hostile claims do no harm', async t => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const bodies = [
      { aud: [1, null, { a: 1 }, 'x'.repeat(5000), 'fine'], exp: '1' },
      { aud: 7, exp: 1e300 },
      { scope: {}, exp: -1 },
    ];
    for (const claims of [...bodies.map(claims => JSON.stringify(claims)), deep, '\u0000', '']) {
      const token = `${Buffer.from('{}').toString('base64url')}.${Buffer.from(claims).toString('base64url')}.x`;
      const server = await answering(t, { access_token: token, expires_in: 60 });
      const found = the(await look({ ...anybody(server.url), 'http.url': server.url.href }), 'token');
      assert.match(found.text, /^given; good for \d+ s(?:; audience fine)?$/);
    }
  });

  it('a fixed bearer token that has expired fails before anything is sent', async t => {
    const endpoint = await endpointFor(t);
    const keys = { 'http.auth.type': 'bearer', 'http.url': endpoint.url.href };
    const expired = the(await look({ ...keys, 'http.auth.bearer.token': jwt({ exp: 1_700_000_000 }) }), 'token');
    assert.deepEqual([expired.outcome, expired.text], ['failed', 'the token expired on 2023-11-14T22:13:20.000Z']);
    const opaque = the(await look({ ...keys, 'http.auth.bearer.token': 'canary-opaque' }), 'token');
    assert.equal(opaque.outcome, 'skipped');
    const good = the(await look({ ...keys, 'http.auth.bearer.token': jwt({ exp: 4e9 }) }), 'token');
    assert.deepEqual([good.outcome, endpoint.count], ['ok', 0]);
    assert.doesNotMatch(JSON.stringify([expired, opaque, good]), /canary|eyJ/);
  });

  it('a refresh token is used by nobody who did not allow requests, and the one that came is kept', async t => {
    const directory = mkdtempSync(join(tmpdir(), 'tailrace-check-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'refresh-token');
    writeFileSync(file, 'canary-first\n');
    let asked = 0;
    const server = await endpointFor(t, {
      script: ({ path }) => {
        if (path !== '/in') return {};
        asked++;
        return { body: JSON.stringify({ access_token: 'canary-access', refresh_token: `canary-${asked}` }) };
      },
    });
    const endpoint = await endpointFor(t);
    const keys = {
      'http.auth.type': 'oauth2',
      'oauth2.grant.type': 'refresh_token',
      'oauth2.token.url': server.url.href,
      'oauth2.client.id': 'c',
      'oauth2.client.secret': 'canary-secret',
      'oauth2.refresh.token.file': file,
      'http.url': endpoint.url.href,
    };
    const quiet = await look(keys);
    assert.deepEqual(
      [the(quiet, 'token').outcome, asked, readFileSync(file, 'utf8')],
      ['skipped', 0, 'canary-first\n'],
    );
    const sent = await look(keys, { send: '{}' });
    assert.deepEqual([the(sent, 'token').outcome, the(sent, 'endpoint').outcome, endpoint.count], ['ok', 'ok', 1]);
    assert.equal(readFileSync(file, 'utf8'), `canary-${asked}\n`);
    assert.doesNotMatch(JSON.stringify([quiet, sent]), /canary/);
  });
});
