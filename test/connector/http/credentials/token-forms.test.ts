import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jwtVerify } from 'jose';
import { Secret } from '../../../../config/secret.ts';
import type { AssertionConfig, OAuth2Config } from '../../../../config/types.ts';
import type { CredentialsState } from '../../../../connector/batch.ts';
import { isHeaderSafe } from '../../../../connector/http/credentials/header-safety.ts';
import type { HttpRequest } from '../../../../connector/ports.ts';
import { answer } from '../fixtures.ts';
import { FOREVER, nextHeader, OAUTH2, refusalOf, setup, token } from './authorization.ts';

const SECRET = new Secret('s&cret/+');
const ID = encodeURIComponent('my id:ü').replaceAll('%20', '+');

async function asked(changes: Partial<OAuth2Config>): Promise<HttpRequest> {
  const { credentials, requests } = setup(() => token('t'), { ...OAUTH2, scope: null, ...changes });
  await credentials.authorize(FOREVER);
  return requests[0]!;
}

/** As text, and the public half as a key. See `generateKeys` for why no generated key is exported. */
function pair(type: string, options: object): { readonly pem: string; readonly publicKey: KeyObject } {
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  const encodings = { ...options, publicKeyEncoding, privateKeyEncoding } as unknown as { modulusLength: number };
  const { privateKey } = generateKeyPairSync(type as 'rsa', encodings);
  const pem = String(privateKey);
  return { pem, publicKey: createPublicKey(pem) };
}

const { pem, publicKey } = pair('rsa', { modulusLength: 2048 });
const PEM = new Secret(pem);

function assertion(changes: Partial<AssertionConfig> = {}): AssertionConfig {
  return {
    key: PEM,
    algorithm: 'RS256',
    header: {},
    issuer: 'me',
    subject: 'me too',
    audience: 'https://login.test/token',
    lifetimeMs: 300_000,
    claims: null,
    ...changes,
  };
}

/** Its claims and its header, once the signature was checked. */
async function verified(jwt: string | null, key: Parameters<typeof jwtVerify>[1] = publicKey, at = 1_700_000_000_000) {
  return jwtVerify(jwt!, key as never, { currentDate: new Date(at) });
}

describe('a token request, byte for byte', () => {
  const forms: [name: string, changes: Partial<OAuth2Config>, body: string][] = [
    ['the client in a header', {}, 'grant_type=client_credentials'],
    [
      'the client in a header, as it is',
      { clientAuth: { mode: 'header_plain', secret: SECRET } },
      'grant_type=client_credentials',
    ],
    [
      'the client in the body',
      { clientAuth: { mode: 'body', secret: SECRET } },
      `grant_type=client_credentials&client_id=${ID}&client_secret=s%26cret%2F%2B`,
    ],
    ['the client in the URL', { clientAuth: { mode: 'url', secret: SECRET } }, 'grant_type=client_credentials'],
    ['a public client', { clientAuth: { mode: 'none' } }, `grant_type=client_credentials&client_id=${ID}`],
    ['a client with a certificate', { clientAuth: { mode: 'tls' } }, `grant_type=client_credentials&client_id=${ID}`],
    ['nobody', { clientAuth: { mode: 'none' }, clientId: null }, 'grant_type=client_credentials'],
    ['a scope', { scope: 'a b,c' }, 'grant_type=client_credentials&scope=a+b%2Cc'],
    ['an audience', { audience: 'https://api/' }, 'grant_type=client_credentials&audience=https%3A%2F%2Fapi%2F'],
    [
      'resources',
      { resources: ['https://a/', 'urn:b'] },
      'grant_type=client_credentials&resource=https%3A%2F%2Fa%2F&resource=urn%3Ab',
    ],
    [
      'parameters, which win',
      { scope: 'a', parameters: { scope: new Secret('b&c'), 'x y': new Secret('ü') } },
      'grant_type=client_credentials&scope=b%26c&x+y=%C3%BC',
    ],
    [
      'a grant of one’s own',
      { parameters: { grant_type: new Secret('password'), username: new Secret('u'), password: new Secret('p=w') } },
      'grant_type=password&username=u&password=p%3Dw',
    ],
    [
      'other names',
      {
        clientAuth: { mode: 'body', secret: SECRET },
        names: { grantType: 'type', clientId: 'key', clientSecret: 'pass' },
      },
      `type=client_credentials&key=${ID}&pass=s%26cret%2F%2B`,
    ],
  ];
  for (const [name, changes, body] of forms) {
    it(name, async () => {
      const request = await asked(changes);
      assert.equal(request.body.toString(), body);
      assert.equal(request.method, 'POST');
      assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
      const mode = changes.clientAuth?.mode ?? 'header';
      const pair = mode === 'header' ? `${ID}:s%26cret%2F%2B` : 'my id:ü:s&cret/+';
      const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
      assert.equal(request.headers['authorization'], mode.startsWith('header') ? basic : undefined);
      const query = mode === 'url' ? '&client_id=my%20id%3A%C3%BC&client_secret=s%26cret%2F%2B' : '';
      assert.equal(request.url.href, `https://login.test/token?tenant=1${query}`);
    });
  }

  it('has the headers of the user, and its own where they must be', async () => {
    const headers = { 'x-tenant': new Secret('a'), accept: new Secret('*/*') };
    const request = await asked({ headers });
    assert.equal(request.headers['x-tenant'], 'a');
    assert.equal(request.headers['accept'], '*/*');
    assert.equal(request.headers['accept-encoding'], 'identity');
  });
});

describe('assertions', () => {
  it('show who the client is, signed with its key, each with an id of its own (RFC 7523 §2.2)', async () => {
    const clientAuth = { mode: 'private_key_jwt', assertion: assertion({ header: { kid: 'k1' } }) } as const;
    const { credentials, requests, clock } = setup(() => token('t'), { ...OAUTH2, clientAuth });
    for (let time = 0; time < 2; time++) credentials.invalidate(await credentials.authorize(FOREVER), null);
    const forms = requests.map(({ body }) => new URLSearchParams(body.toString()));
    assert.equal(forms[0]!.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    assert.equal(forms[0]!.get('client_id'), 'my id:ü');
    const now = Math.floor(clock.wall() / 1000);
    const [one, two] = await Promise.all(
      forms.map(each => verified(each.get('client_assertion'), publicKey, clock.wall())),
    );
    assert.deepEqual(one!.protectedHeader, { typ: 'JWT', kid: 'k1', alg: 'RS256' });
    const { jti, ...claims } = one!.payload;
    assert.deepEqual(claims, { iss: 'me', sub: 'me too', aud: 'https://login.test/token', iat: now, exp: now + 300 });
    assert.ok(jti !== undefined && jti !== two!.payload.jti);
  });

  it('can be signed with the secret', async () => {
    const key = new Secret('a secret');
    const request = await asked({
      clientAuth: { mode: 'client_secret_jwt', assertion: assertion({ key, algorithm: 'HS256' }) },
    });
    const jwt = new URLSearchParams(request.body.toString()).get('client_assertion');
    assert.equal((await verified(jwt, Buffer.from('a secret'), 0)).payload.iss, 'me');
  });

  it('are a grant (RFC 7523 §2.1), under the name that the server has for them', async () => {
    const grant = { type: 'jwt_bearer', assertion: assertion(), parameter: 'assertion' } as const;
    const form = new URLSearchParams(
      (await asked({ grant, clientAuth: { mode: 'none' }, clientId: null })).body.toString(),
    );
    assert.deepEqual([...form.keys()], ['grant_type', 'assertion']);
    assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    assert.equal((await verified(form.get('assertion'), publicKey, 0)).payload.sub, 'me too');
  });

  it('are what IMS exchanged: no grant_type, no scope, metascopes as claims', async () => {
    const claims = new Secret('{"https://ims/s/ent_dataservices_sdk":true,"iat":null,"jti":null}');
    const grant = { type: 'ims_exchange', assertion: assertion({ claims }), parameter: 'jwt_token' } as const;
    const clientAuth = { mode: 'body', secret: SECRET } as const;
    const form = new URLSearchParams((await asked({ grant, clientAuth, scope: 'a' })).body.toString());
    assert.deepEqual([...form.keys()], ['jwt_token', 'client_id', 'client_secret']);
    const { payload } = await verified(form.get('jwt_token'), publicKey, 0);
    assert.deepEqual(Object.keys(payload).sort(), ['aud', 'exp', 'https://ims/s/ent_dataservices_sdk', 'iss', 'sub']);
  });

  for (const [algorithm, type, options] of [
    ['PS384', 'rsa', { modulusLength: 2048 }],
    ['RS512', 'rsa', { modulusLength: 2048 }],
    ['ES256', 'ec', { namedCurve: 'P-256' }],
    ['ES384', 'ec', { namedCurve: 'P-384' }],
    ['ES512', 'ec', { namedCurve: 'P-521' }],
    ['EdDSA', 'ed25519', {}],
  ] as const) {
    it(`are signed with ${algorithm}`, async () => {
      const made = pair(type, options);
      const key = new Secret(made.pem);
      const grant = { type: 'jwt_bearer', assertion: assertion({ key, algorithm }), parameter: 'assertion' } as const;
      const form = new URLSearchParams((await asked({ grant })).body.toString());
      const { protectedHeader } = await verified(form.get('assertion'), made.publicKey, 0);
      assert.equal(protectedHeader.alg, algorithm);
    });
  }

  it('park a key that signs nothing, and tell nothing of it', async () => {
    const grant = {
      type: 'jwt_bearer',
      assertion: assertion({ key: new Secret('canary') }),
      parameter: 'assertion',
    } as const;
    const { credentials, facts, requests } = setup(() => token('t'), { ...OAUTH2, grant });
    await assert.rejects(credentials.authorize(FOREVER), { name: 'CredentialsError', code: 'SIGNATURE_FAILED' });
    assert.doesNotMatch(JSON.stringify(facts), /canary/);
    assert.equal(requests.length, 0);
  });
});

describe('what is made of an answer', () => {
  const field = (changes: Partial<OAuth2Config['answer']>) => ({ ...OAUTH2, answer: { ...OAUTH2.answer, ...changes } });
  const fields: [tokenField: string, answer: object, header: string][] = [
    ['id_token', { access_token: 'no', id_token: 'yes' }, 'Bearer yes'],
    ['/data/0/token', { data: [{ token: 'yes' }] }, 'Bearer yes'],
    ['/a~1b/~0c', { 'a/b': { '~c': 'yes' } }, 'Bearer yes'],
    ['/', { '': 'yes' }, 'Bearer yes'],
    ['a.b', { 'a.b': 'yes' }, 'Bearer yes'],
  ];
  for (const [tokenField, said, header] of fields) {
    it(`finds the token at ${tokenField}`, async () => {
      const { credentials } = setup(() => token('no', said), field({ tokenField }));
      assert.equal(await nextHeader(credentials), header);
    });
  }

  for (const tokenField of ['constructor', '__proto__', '/data/length', '/data/-1', '/data/00', '/toString/name']) {
    it(`finds none at ${tokenField}`, async () => {
      const { credentials } = setup(() => token('t', { data: ['a'] }), field({ tokenField }));
      assert.equal((await refusalOf(credentials.authorize(FOREVER))).code, 'TOKEN_UNUSABLE');
    });
  }

  it('writes the scheme that the user has, and takes whatever kind the token is then', async () => {
    const mac = { token_type: 'mac' };
    assert.equal(await nextHeader(setup(() => token('t', mac), field({ prefix: 'Token' })).credentials), 'Token t');
    assert.equal(await nextHeader(setup(() => token('t', mac), field({ prefix: '' })).credentials), 't');
  });

  it('writes what the answer calls the token, where the user leaves it to that', async () => {
    const said = (type: unknown) => setup(() => token('t', { token_type: type }), field({ prefix: null })).credentials;
    assert.equal(await nextHeader(said('mac')), 'mac t');
    assert.equal(await nextHeader(said('bearer')), 'bearer t');
    assert.equal(await nextHeader(said(undefined)), 'Bearer t');
    assert.equal(await nextHeader(said('')), 't');
    for (const type of ['a b', 'a\r\nx: y', 5, ['mac'], 'é']) {
      const error = await refusalOf(said(type).authorize(FOREVER));
      assert.deepEqual([error.code, error.retriable], ['TOKEN_UNUSABLE', true], String(type));
      assert.doesNotMatch(error.message, /mac|x: y/);
    }
  });

  const lifetimes: [name: string, said: object, seconds: number][] = [
    ['IMS v3, seconds', { expires_in: 86_399 }, 86_399],
    ['a day', { expires_in: 86_400 }, 86_400],
    ['IMS v1, milliseconds', { expires_in: 86_399_956 }, 86_399.956],
    ['an hour in milliseconds', { expires_in: 3_600_000 }, 3_600],
    ['milliseconds as a text', { expires_in: '3600000' }, 3_600],
    ['what is less than half a minute', { expires_in: 20 }, 30],
    ['what never ends', { expires_in: 1e300 }, 86_400],
  ];
  for (const [name, said, seconds] of lifetimes) {
    it(`reads the life of a token as IMS tells it: ${name}`, async () => {
      const { credentials, facts } = setup(() => token('t', said), field({ mayBeMilliseconds: true }));
      await credentials.authorize(FOREVER);
      assert.deepEqual(facts, [{ kind: 'token-refreshed', expiresInMs: seconds * 1000, ms: 0 }]);
    });
  }

  it('finds it elsewhere', async () => {
    const { credentials, facts } = setup(
      () => token('t', { expires_in: 1, data: { ttl: 100 } }),
      field({ expiresField: '/data/ttl' }),
    );
    await credentials.authorize(FOREVER);
    assert.deepEqual(facts, [{ kind: 'token-refreshed', expiresInMs: 100_000, ms: 0 }]);
  });

  it('tells how old a token is, how long it is good, and how often getting one went well or wrong', async () => {
    const { credentials, clock } = setup((_, count) => (count === 2 ? answer(200, '{}') : token('t')));
    const none = { ageMs: null, expiresInMs: null, refreshes: 0, failures: 0, lastFailure: null };
    const state = (): CredentialsState | null => credentials.state;
    assert.deepEqual(state(), none);
    const first = await credentials.authorize(FOREVER);
    await clock.advance(60_000);
    assert.deepEqual(state(), { ...none, ageMs: 60_000, expiresInMs: 3_540_000, refreshes: 1 });
    credentials.invalidate(first, null);
    await refusalOf(credentials.authorize(FOREVER));
    const lastFailure = 'the authorization server’s answer holds no usable token';
    assert.deepEqual(state(), { ...none, refreshes: 1, failures: 1, lastFailure });
    await credentials.authorize(FOREVER);
    assert.equal(state()?.lastFailure, null);
  });

  it('is a header, or nothing is sent, whatever the token and its names are (property)', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('a\r\nb: c', ' ', 'a b', 'ü', '\0'),
    );
    await fc.assert(
      fc.asyncProperty(text, async value => {
        const { credentials, facts } = setup(() => token(value));
        if (isHeaderSafe(value)) assert.equal(await nextHeader(credentials), `Bearer ${value}`);
        else {
          const { message } = await refusalOf(credentials.authorize(FOREVER));
          assert.match(message, /holds no usable token/);
          if (value.length > 6) assert.ok(!JSON.stringify(facts).includes(value));
        }
      }),
      { numRuns: 300 },
    );
  });
});
