import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { Secret } from '../../../../config/secret.ts';
import type {
  AssertionConfig,
  ClientAuthConfig,
  GrantConfig,
  OAuth2Config,
  TlsConfig,
} from '../../../../config/types.ts';
import type { Fact } from '../../../../connector/facts.ts';
import { createCredentials } from '../../../../connector/http/credentials/create.ts';
import type { Credentials } from '../../../../connector/http/credentials/credentials.ts';
import { systemClock } from '../../../../worker/clock.ts';
import { smallFiles } from '../../../../worker/small-files.ts';
import { createAuthority } from '../../../support/certificates.ts';
import { generateKeys } from '../../../support/keys.ts';
import { oauth2Config } from '../../../support/oauth2.ts';
import { type ProviderOfForms, RESOURCE, startProviderOfForms } from '../../../support/oidc-clients.ts';
import { transportFor } from '../wire.ts';
import { FOREVER, headerOf, nextHeader, refusalOf } from './authorization.ts';

const GENEROUS = { timeout: 60_000 };
const SECRET = 'of at least thirty-two bytes, +/%: and blanks';
const REDIRECT = 'https://app.example.org/callback';
const KEY = generateKeys('ec');
const KEY_PEM = KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const OWN = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], client_secret: SECRET };
const USERS = {
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT],
  response_types: ['code'],
};
const CLIENTS = [
  { ...OWN, client_id: 'basic', token_endpoint_auth_method: 'client_secret_basic' },
  { ...OWN, client_id: 'post', token_endpoint_auth_method: 'client_secret_post' },
  { ...OWN, client_id: 'by-secret', token_endpoint_auth_method: 'client_secret_jwt' },
  {
    ...OWN,
    client_id: 'by-key',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...KEY.publicKey.export({ format: 'jwk' }), kid: 'k1' }] },
  },
  {
    ...OWN,
    client_id: 'by-tls',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=by-tls',
  },
  { ...USERS, client_id: 'public', token_endpoint_auth_method: 'none', application_type: 'web' },
  { ...USERS, client_id: 'for-users', client_secret: SECRET },
];

const directory = mkdtempSync(join(tmpdir(), 'tailrace-oidc-'));
after(() => rmSync(directory, { recursive: true }));

interface Form {
  readonly clientId: string;
  readonly clientAuth: ClientAuthConfig;
  readonly changes?: Partial<OAuth2Config>;
  readonly tls?: Partial<TlsConfig>;
}

async function serverFor(t: TestContext): Promise<ProviderOfForms> {
  const server = await startProviderOfForms(CLIENTS);
  t.after(() => server.close());
  return server;
}

function credentialsFor(t: TestContext, { tokenUrl }: ProviderOfForms, form: Form): Credentials & { facts: Fact[] } {
  const { clientId, clientAuth, changes = {}, tls = {} } = form;
  const facts: Fact[] = [];
  const auth = { ...oauth2Config({ tokenUrl, id: clientId, secret: SECRET }), clientAuth, ...changes };
  const parts = {
    files: smallFiles,
    clock: systemClock,
    timeoutMs: 20_000,
    announce: (fact: Fact) => facts.push(fact),
  };
  const credentials = createCredentials(auth, { ...parts, transport: transportFor(t, tls) });
  t.after(() => credentials.close());
  return Object.assign(credentials, { facts });
}

function assertionOf(
  clientId: string,
  { tokenUrl }: ProviderOfForms,
  signing: Partial<AssertionConfig>,
): AssertionConfig {
  return {
    key: new Secret(SECRET),
    algorithm: 'HS256',
    header: {},
    issuer: clientId,
    subject: clientId,
    audience: tokenUrl.href,
    lifetimeMs: 60_000,
    claims: null,
    ...signing,
  };
}

const MODES: Readonly<Record<string, (server: ProviderOfForms) => Form>> = {
  client_secret_basic: () => ({
    clientId: 'basic',
    clientAuth: { mode: 'header', secret: new Secret(SECRET) },
  }),
  client_secret_post: () => ({ clientId: 'post', clientAuth: { mode: 'body', secret: new Secret(SECRET) } }),
  client_secret_jwt: server => ({
    clientId: 'by-secret',
    clientAuth: { mode: 'client_secret_jwt', assertion: assertionOf('by-secret', server, {}) },
  }),
  private_key_jwt: server => ({
    clientId: 'by-key',
    clientAuth: {
      mode: 'private_key_jwt',
      assertion: assertionOf('by-key', server, { key: new Secret(KEY_PEM), algorithm: 'ES256', header: { kid: 'k1' } }),
    },
  }),
};

for (const [name, formOf] of Object.entries(MODES)) {
  test(`a real authorization server knows the client by ${name}, again and again`, GENEROUS, async t => {
    const server = await serverFor(t);
    const credentials = credentialsFor(t, server, formOf(server));
    for (let time = 0; time < 2; time++) {
      const authorization = await credentials.authorize(FOREVER);
      const found = await server.find(await headerOf(authorization));
      assert.equal(found?.clientId, formOf(server).clientId);
      credentials.invalidate(authorization, null);
    }
  });
}

test('a real authorization server refuses another secret and another key, and that parks', GENEROUS, async t => {
  const server = await serverFor(t);
  const other = generateKeys('ec').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const wrong: readonly Form[] = [
    { clientId: 'basic', clientAuth: { mode: 'header', secret: new Secret('another') } },
    {
      clientId: 'by-key',
      clientAuth: {
        mode: 'private_key_jwt',
        assertion: assertionOf('by-key', server, { key: new Secret(other), algorithm: 'ES256', header: { kid: 'k1' } }),
      },
    },
    {
      clientId: 'by-secret',
      clientAuth: {
        mode: 'client_secret_jwt',
        assertion: assertionOf('by-secret', server, { audience: 'https://elsewhere.example.org/' }),
      },
    },
  ];
  for (const form of wrong) {
    const error = await refusalOf(credentialsFor(t, server, form).authorize(FOREVER));
    assert.deepEqual([error.code, error.retriable], ['TOKEN_REFUSED', false]);
    assert.match(error.message, /invalid_client/);
  }
});

test('a real authorization server gives a token for a resource (RFC 8707)', GENEROUS, async t => {
  const server = await serverFor(t);
  const changes = { resources: [RESOURCE], scope: 'collector.write' };
  const credentials = credentialsFor(t, server, { ...MODES['client_secret_basic']!(server), changes });
  const found = await server.find(await nextHeader(credentials));
  assert.deepEqual([found?.aud, found?.scope], [RESOURCE, 'collector.write']);
});

for (const [clientId, clientAuth] of [
  ['public', { mode: 'none' }],
  ['for-users', { mode: 'header', secret: new Secret(SECRET) }],
] as const) {
  test(
    `a real authorization server takes a code of ${clientId} with PKCE, then the refresh tokens in turn`,
    GENEROUS,
    async t => {
      const server = await serverFor(t);
      const file = join(directory, `${clientId}.token`);
      const { code, verifier } = await server.issueCode(clientId, REDIRECT);
      const grant: GrantConfig = {
        type: 'authorization_code',
        code: new Secret(code),
        permanent: false,
        redirectUri: REDIRECT,
        codeVerifier: new Secret(verifier),
        file,
      };
      const form = { clientId, clientAuth, changes: { grant } };
      const first = credentialsFor(t, server, form);
      const kept: string[] = [];
      for (let time = 0; time < 3; time++) {
        const authorization = await first.authorize(FOREVER);
        assert.equal((await server.find(await headerOf(authorization)))?.clientId, clientId);
        first.invalidate(authorization, null);
        // What is asked with next is looked for in the file, which waits until it is written.
        if (time === 2) await first.close();
      }
      kept.push(readFileSync(file, 'utf8'));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const restarted = credentialsFor(t, server, form);
      assert.equal((await server.find(await nextHeader(restarted)))?.clientId, clientId);
      await restarted.close();
      assert.notEqual(readFileSync(file, 'utf8'), kept[0], 'rotated once more');
      assert.doesNotMatch(JSON.stringify([first.facts, restarted.facts]), new RegExp(code));
      const stolen = { ...grant, file: null, codeVerifier: new Secret('v'.repeat(43)) };
      const error = await refusalOf(
        credentialsFor(t, server, { ...form, changes: { grant: stolen } }).authorize(FOREVER),
      );
      assert.match(error.message, /invalid_grant/);
    },
  );
}

test('a real authorization server knows the client by its certificate (RFC 8705)', GENEROUS, async t => {
  const authority = await createAuthority(directory);
  const own = await authority.issue('login', ['127.0.0.1']);
  const tls = {
    key: own.key,
    cert: own.certificate,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = await startProviderOfForms(CLIENTS, tls);
  t.after(() => server.close());
  const ask = async (name: string | null) => {
    const identity = name === null ? null : await authority.issue(name);
    const shown = {
      certificate: identity?.certificate ?? null,
      key: identity === null ? null : new Secret(identity.key),
    };
    const form: Form = {
      clientId: 'by-tls',
      clientAuth: { mode: 'tls' },
      tls: { ca: authority.certificate, ...shown },
    };
    return credentialsFor(t, server, form);
  };
  assert.equal((await server.find(await nextHeader(await ask('by-tls'))))?.clientId, 'by-tls');
  for (const name of ['another', null]) {
    const error = await refusalOf((await ask(name)).authorize(FOREVER));
    assert.match(error.message, /invalid_client/, String(name));
  }
});
