import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type AuthorizationServer, startAuthorizationServer } from './oidc.ts';

let server: AuthorizationServer;
beforeEach(async () => {
  server = await startAuthorizationServer();
});
afterEach(() => server.close());

async function ask(
  secret: string,
  place: 'header' | 'body' = 'header',
): Promise<{ status: number; body: TokenAnswer }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', scope: server.scope });
  const headers: Record<string, string> = {};
  if (place === 'header') {
    const login = [server.clientId, secret].map(encodeURIComponent).join(':');
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  } else {
    form.set('client_id', server.clientId);
    form.set('client_secret', secret);
  }
  const response = await fetch(server.tokenUrl, { method: 'POST', headers, body: form });
  return { status: response.status, body: (await response.json()) as TokenAnswer };
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly token_type?: string;
  readonly expires_in?: number;
  readonly scope?: string;
  readonly error?: string;
}

test('gives a token for the secret, and knows its own tokens only', async () => {
  const { status, body } = await ask(server.clientSecret);
  assert.equal(status, 200);
  assert.equal(body.token_type, 'Bearer');
  assert.equal(body.expires_in, 600);
  assert.equal(body.scope, server.scope);
  assert.equal(await server.check(`Bearer ${body.access_token}`, server.scope), null);
  assert.equal(await server.check(`Bearer ${body.access_token}`, 'another'), 'insufficient_scope');
  assert.equal(await server.check('Bearer nonsense'), 'invalid_token');
  assert.equal(await server.check(undefined), 'invalid_request');
  assert.equal(server.tokensIssued, 1);
});

test('takes the secret in either place, refuses a wrong one, and the old one after a rotation', async () => {
  const old = server.clientSecret;
  assert.equal((await ask('wrong')).body.error, 'invalid_client');
  assert.equal(server.lastClientAuth, 'header');
  assert.equal((await ask(old, 'body')).status, 200);
  assert.equal(server.lastClientAuth, 'body');
  server.rotateSecret('the-new-secret');
  assert.equal((await ask(old)).status, 401);
  assert.equal((await ask('the-new-secret')).status, 200);
  assert.equal(server.tokensIssued, 2);
  assert.equal(server.tokenCalls, 4);
});

test('a revoked token is invalid, a later one is not', async () => {
  const first = (await ask(server.clientSecret)).body.access_token;
  await server.revokeAll();
  const second = (await ask(server.clientSecret)).body.access_token;
  assert.equal(await server.check(`Bearer ${first}`), 'invalid_token');
  assert.equal(await server.check(`Bearer ${second}`), null);
});

test('a token ends with its lifetime', async t => {
  server.setTokenLifetime(5);
  const { body } = await ask(server.clientSecret);
  assert.equal(body.expires_in, 5);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 6_000 });
  assert.equal(await server.check(`Bearer ${body.access_token}`), 'invalid_token');
});

test('an outage is a 503 and then over', async () => {
  server.setOutage(true);
  assert.equal((await fetch(server.tokenUrl, { method: 'POST' })).status, 503);
  server.setOutage(false);
  assert.equal((await ask(server.clientSecret)).status, 200);
});
