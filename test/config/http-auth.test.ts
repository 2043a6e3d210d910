import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuthConfig, OAuth2Config } from '../../config/types.ts';
import { createAuthority } from '../support/certificates.ts';
import {
  at,
  CODE,
  file,
  keyPem,
  OAUTH2,
  PRIVATE_KEY,
  RSA,
  RSA_FILE,
  SIGV4,
  WITH_FILES,
  WRITTEN_KEYS,
} from './auth-keys.ts';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

function authOf(keys: Keys, rest = {}): AuthConfig {
  return connectorOf(keys, { ...WITH_FILES, ...rest }).http.auth;
}

function oauth2Of(keys: Keys): OAuth2Config {
  const auth = authOf(keys);
  assert(auth.type === 'oauth2');
  return auth;
}

test('auth: an API key in a header or in the query', () => {
  const keys = { 'http.auth.type': 'apikey', 'http.auth.apikey.name': 'X-Key', 'http.auth.apikey.value': 'v v' };
  const header = authOf(keys);
  assert(header.type === 'apikey');
  assert.deepEqual([header.in, header.name, header.value.reveal()], ['header', 'x-key', 'v v']);
  const query = authOf({ ...keys, 'http.auth.apikey.in': 'query' });
  assert(query.type === 'apikey');
  assert.deepEqual([query.in, query.name], ['query', 'X-Key']);
});

test('auth: a bearer token from a file, which may come later', () => {
  const keys = { 'http.auth.type': 'bearer', 'http.auth.bearer.token.file': join(at, 'later') };
  assert.deepEqual(authOf(keys), { type: 'bearer-file', path: join(at, 'later') });
  const { notices } = parse({ connector: keys, ...WITH_FILES });
  assert.match(
    notices.join('\n'),
    /bearer\.token\.file .*can't be read yet: there is no such file; nothing is sent before/,
  );
});

test('auth: every way for a client to show who it is', () => {
  for (const mode of ['header', 'body', 'url', 'client_secret_jwt']) {
    assert.equal(oauth2Of({ ...OAUTH2, 'oauth2.client.auth.mode': mode }).clientAuth.mode, mode);
  }
  const none = oauth2Of({ ...OAUTH2, 'oauth2.client.auth.mode': 'none', 'oauth2.client.secret': null });
  assert.deepEqual(none.clientAuth, { mode: 'none' });
  const { clientAuth } = oauth2Of({ ...PRIVATE_KEY, 'oauth2.assertion.key.id': 'k' });
  assert(clientAuth.mode === 'private_key_jwt');
  const { key, ...rest } = clientAuth.assertion;
  assert.deepEqual(rest, {
    algorithm: 'RS256',
    header: { kid: 'k' },
    issuer: 'id',
    subject: 'id',
    audience: 'https://login.example.org/token',
    lifetimeMs: 300_000,
    claims: null,
  });
  assert.equal(createPublicKey(key.reveal()).asymmetricKeyType, 'rsa');
});

test('auth: what a token request carries besides', () => {
  const { scope, audience, resources, parameters, headers, names, answer } = oauth2Of({
    ...OAUTH2,
    'oauth2.scope': 'a,b c',
    'oauth2.audience': 'https://api',
    'oauth2.resource': 'https://a/, urn:b',
    'oauth2.parameters.TenantId': 'x',
    'oauth2.headers.X-Tenant': 'y',
    'oauth2.token.response.field': '/data/id_token',
    'oauth2.token.expires.field': 'ttl',
    'oauth2.token.header.prefix': 'Token',
    'oauth2.client.id.parameter': 'key',
  });
  assert.equal(oauth2Of({ ...OAUTH2, 'oauth2.token.header.prefix': '$' + '{token_type}' }).answer.prefix, null);
  assert.deepEqual([scope, audience, resources], ['a,b c', 'https://api', ['https://a/', 'urn:b']]);
  assert.deepEqual(
    Object.entries(parameters).map(([name, value]) => [name, value.reveal()]),
    [['TenantId', 'x']],
  );
  assert.deepEqual(
    Object.entries(headers).map(([name, value]) => [name, value.reveal()]),
    [['x-tenant', 'y']],
  );
  assert.deepEqual(names, { grantType: 'grant_type', clientId: 'key', clientSecret: 'client_secret' });
  assert.deepEqual(answer, {
    tokenField: '/data/id_token',
    expiresField: 'ttl',
    prefix: 'Token',
    mayBeMilliseconds: false,
  });
});

test('auth: grants', () => {
  const path = join(at, 'refresh');
  const refresh = { ...OAUTH2, 'oauth2.grant.type': 'refresh_token', 'oauth2.refresh.token.file': path };
  assert.deepEqual(oauth2Of(refresh).grant, { type: 'refresh_token', refreshToken: null, file: path });
  const { grant } = oauth2Of({ ...CODE, 'oauth2.redirect.uri': 'https://a', 'oauth2.code.verifier': 'v' });
  assert(grant.type === 'authorization_code');
  assert.deepEqual([grant.permanent, grant.redirectUri, grant.codeVerifier?.reveal()], [false, 'https://a', 'v']);
  const google = JSON.stringify({
    type: 'service_account',
    private_key: RSA,
    private_key_id: 'kid',
    client_email: 'me@project.test',
  });
  const jwt = oauth2Of({
    'http.auth.type': 'oauth2',
    'oauth2.token.url': 'https://oauth2.example.org/token',
    'oauth2.grant.type': 'jwt_bearer',
    'oauth2.assertion.key.location': file('google.json', google),
    'oauth2.assertion.claims': '{"scope":"https://scope"}',
  });
  assert(jwt.grant.type === 'jwt_bearer');
  assert.deepEqual(jwt.clientAuth, { mode: 'none' });
  const { assertion } = jwt.grant;
  assert.deepEqual(
    [assertion.issuer, assertion.subject, assertion.header, assertion.claims?.reveal()],
    ['me@project.test', 'me@project.test', { kid: 'kid' }, '{"scope":"https://scope"}'],
  );
});

test('auth: what serves once is remarked on where several tasks would ask with it', () => {
  const remarked = (keys: Keys) =>
    parse({ connector: keys, ...WITH_FILES }).warnings.filter(line => line.includes('take it from each other')).length;
  const code = { ...CODE, 'oauth2.redirect.uri': 'https://a' };
  const refresh = { ...OAUTH2, 'oauth2.grant.type': 'refresh_token', 'oauth2.refresh.token': 'r' };
  assert.deepEqual(
    [code, refresh, OAUTH2].map(keys => remarked({ ...keys, 'tasks.max': '2' })),
    [1, 1, 0],
  );
  assert.deepEqual([code, refresh].map(remarked), [0, 0]);
});

test("auth: Adobe's IMS, and its retired exchange", () => {
  const ims = { ...OAUTH2, 'oauth2.dialect': 'ims' };
  const { clientAuth, answer } = oauth2Of(ims);
  assert.deepEqual([clientAuth.mode, answer.mayBeMilliseconds], ['body', true]);
  const renewing = [
    [401, 401],
    [403, 403],
  ];
  assert.deepEqual(connectorOf(ims).http.authRenewStatuses, renewing);
  const code = oauth2Of({ ...CODE, 'oauth2.dialect': 'ims' }).grant;
  assert(code.type === 'authorization_code' && code.permanent);
  const { grant } = oauth2Of({
    ...OAUTH2,
    'oauth2.dialect': 'ims-jwt',
    'oauth2.token.url': 'https://ims-na1.example.org/ims/exchange/jwt',
    'oauth2.assertion.key.location': RSA_FILE,
    'oauth2.assertion.issuer': 'org@AdobeOrg',
    'oauth2.assertion.subject': 'tech@techacct',
    'oauth2.assertion.claims': '{"https://ims-na1.example.org/s/ent_dataservices_sdk":true}',
  });
  assert(grant.type === 'ims_exchange');
  assert.equal(grant.parameter, 'jwt_token');
  assert.deepEqual(
    [grant.assertion.issuer, grant.assertion.subject, grant.assertion.audience, grant.assertion.lifetimeMs],
    ['org@AdobeOrg', 'tech@techacct', 'https://ims-na1.example.org/c/id', 86_400_000],
  );
});

test('auth: which statuses renew, is 401 unless it is written', () => {
  assert.deepEqual(connectorOf(OAUTH2).http.authRenewStatuses, [[401, 401]]);
  const keys = { ...OAUTH2, 'http.auth.renew.on.status.codes': '401, 403-404' };
  assert.deepEqual(connectorOf(keys).http.authRenewStatuses, [
    [401, 401],
    [403, 404],
  ]);
  for (const value of ['200', '500', '403-401', '401;403', '4xx', '']) {
    const lines = faultLines({ connector: { ...OAUTH2, 'http.auth.renew.on.status.codes': value } });
    assert.equal(lines.length, value === '' ? 0 : 1, value);
  }
});

test('auth: AWS keys from the file, from a profile, or from the environment only when asked for', () => {
  const env = { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 'env-secret', AWS_SESSION_TOKEN: 'session' };
  const written = authOf({ ...SIGV4, ...WRITTEN_KEYS }, { env });
  assert(written.type === 'sigv4' && 'accessKeyId' in written.keys);
  assert.equal(written.keys.accessKeyId, 'AK');
  const profile = authOf(
    { ...SIGV4, 'http.auth.sigv4.credentials.file': '/x', 'http.auth.sigv4.profile': 'p' },
    { env },
  );
  assert.deepEqual(profile.type === 'sigv4' && profile.keys, { file: '/x', profile: 'p' });
  const asked = authOf({ ...SIGV4, 'http.auth.sigv4.from.environment': 'true' }, { env });
  assert(asked.type === 'sigv4' && 'accessKeyId' in asked.keys);
  assert.deepEqual([asked.keys.accessKeyId, asked.keys.sessionToken?.reveal()], ['AKENV', 'session']);
  assertFault(
    { connector: SIGV4, env },
    'missing',
    'http.auth.sigv4.access.key.id',
    /or http\.auth\.sigv4\.credentials\.file or/,
  );
});

test('auth: a key is read whatever form its file has', () => {
  const der = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', RSA_FILE, '-outform', 'DER']);
  const jwk = createPublicKeyJwk();
  const forms: Readonly<Record<string, Keys>> = {
    'PKCS #8 as DER': { 'oauth2.assertion.key.location': file('rsa.der', der) },
    'an encrypted PEM': {
      'oauth2.assertion.key.location': file('enc.pem', keyPem('rsa', { modulusLength: 2048 }, 'pass word')),
      'oauth2.assertion.key.password': 'pass word',
    },
    'a JWK': { 'oauth2.assertion.key.location': file('key.jwk', JSON.stringify(jwk)) },
    'a set with one JWK': { 'oauth2.assertion.key.location': file('keys.jwk', JSON.stringify({ keys: [jwk] })) },
  };
  for (const [name, keys] of Object.entries(forms)) {
    const { clientAuth } = oauth2Of({ ...PRIVATE_KEY, ...keys });
    assert(clientAuth.mode === 'private_key_jwt', name);
    assert.equal(clientAuth.assertion.header['kid'] ?? null, name.includes('JWK') ? 'of the file' : null, name);
  }
});

test('auth: a key may stand in the file itself', () => {
  const der = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', RSA_FILE, '-outform', 'DER']);
  const base64 = der.toString('base64');
  const inline = { ...PRIVATE_KEY, 'oauth2.assertion.key.location': null };
  const forms = [RSA.replaceAll('\n', '\\n'), JSON.stringify(createPublicKeyJwk()), base64];
  for (const text of [...forms, `data:text/plain;base64,${base64}`]) {
    const { clientAuth } = oauth2Of({ ...inline, 'oauth2.assertion.key': text });
    assert(clientAuth.mode === 'private_key_jwt', text);
    assert.match(clientAuth.assertion.key.reveal(), /^-----BEGIN PRIVATE KEY-----/);
  }
  const key = 'oauth2.assertion.key';
  const written = { connector: { ...PRIVATE_KEY, [key]: base64 }, ...WITH_FILES };
  assertFault(written, 'conflict', key, /and oauth2\.assertion\.key\.location exclude each other/);
  for (const none of [
    'canary!',
    'Y2FuYXJ5',
    '{"canary":1}',
    '{canary',
    keyPem('rsa', { modulusLength: 1024 }).replaceAll('\n', '\\n'),
  ]) {
    const broken = { connector: { ...inline, [key]: none }, ...WITH_FILES };
    assertFault(broken, 'invalid', key, /^(?:is|holds|begins|needs)/);
    assert.ok(!faultLines(broken).join().includes('canary'));
  }
});

function createPublicKeyJwk(): object {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'jwk' } as never,
    privateKeyEncoding: { type: 'pkcs8', format: 'jwk' } as never,
  });
  return { ...(privateKey as unknown as object), kid: 'of the file' };
}

test('auth: a key is read from the stores of Java', {
  skip: spawnSync('keytool', ['-help']).error !== undefined,
}, () => {
  for (const type of ['JKS', 'PKCS12']) {
    const store = join(at, `store.${type}`);
    const options = [
      '-keyalg',
      'RSA',
      '-keysize',
      '2048',
      '-storetype',
      type,
      '-keystore',
      store,
      '-storepass',
      'changeit',
    ];
    execFileSync('keytool', ['-genkeypair', '-alias', 'k', '-dname', 'CN=k', ...options], { stdio: 'ignore' });
    const keys = { 'oauth2.assertion.key.location': store, 'oauth2.assertion.key.password': 'changeit' };
    assert.equal(oauth2Of({ ...PRIVATE_KEY, ...keys }).clientAuth.mode, 'private_key_jwt', type);
    const wrong = { ...keys, 'oauth2.assertion.key.password': 'wrong-canary' };
    const lines = faultLines({ connector: { ...PRIVATE_KEY, ...wrong }, ...WITH_FILES });
    assert.match(lines.join('\n'), /names a file that has another password, or is damaged/);
    assert.doesNotMatch(lines.join('\n'), /canary/);
  }
});

test('auth: a certificate beside the key gives its thumbprints', async () => {
  const { keyPath, certificatePath } = await (await createAuthority(at)).issue('client');
  const keys = {
    'oauth2.assertion.key.location': keyPath,
    'oauth2.assertion.certificate.location': certificatePath,
  };
  const { clientAuth } = oauth2Of({ ...PRIVATE_KEY, ...keys });
  assert(clientAuth.mode === 'private_key_jwt');
  assert.match(clientAuth.assertion.header['x5t#S256']!, /^[\w-]{43}$/);
  assert.match(clientAuth.assertion.header['x5t']!, /^[\w-]{27}$/);
  const other = { ...keys, 'oauth2.assertion.key.location': RSA_FILE };
  assertFault(
    { connector: { ...PRIVATE_KEY, ...other }, ...WITH_FILES },
    'conflict',
    'oauth2.assertion.certificate.location',
    /holds no certificate of the key/,
  );
});

test('auth: TLS of the token endpoint alone', async () => {
  assert.equal(oauth2Of(OAUTH2).tls, null);
  const authority = await createAuthority(at);
  const { keyPath, certificatePath } = await authority.issue('client-of-tokens');
  const own = {
    ...OAUTH2,
    'oauth2.client.secret': null,
    'oauth2.client.auth.mode': 'tls',
    'oauth2.ssl.certificate.location': certificatePath,
    'oauth2.ssl.key.location': keyPath,
  };
  assert.match(oauth2Of(own).tls?.certificate ?? '', /BEGIN CERTIFICATE/);
  const { tls } = oauth2Of({ ...OAUTH2, 'oauth2.ssl.ca.location': authority.certificatePath });
  assert.match(tls?.ca ?? '', /BEGIN CERTIFICATE/);
  const plain = { ...OAUTH2, 'oauth2.token.url': 'http://localhost/t', 'oauth2.ssl.protocol.min': 'TLSv1.3' };
  assert.match(
    parse({ connector: plain }).notices.join('\n'),
    /oauth2\.ssl\.protocol\.min has no effect: oauth2\.token\.url is not https/,
  );
});
