import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { decodeJwt, jwtVerify } from 'jose';
import { systemFiles } from '../../../../config/source/files.ts';
import type { HttpRequest } from '../../../../connector/ports.ts';
import { connectorOf, type Keys } from '../../../config/written.ts';
import { answer } from '../fixtures.ts';
import { FOREVER, headerOf, setup } from './authorization.ts';

const IMS = 'https://ims-na1.adobelogin.com';
const at = mkdtempSync(join(tmpdir(), 'tailrace-peers-'));
after(() => rmSync(at, { recursive: true }));

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const publicKey = createPublicKey(keys.publicKey);
const PEM_FILE = written('key.pem', keys.privateKey);
const DER_FILE = written(
  'key.der',
  execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', PEM_FILE, '-outform', 'DER']),
);

function written(name: string, content: string | Buffer): string {
  writeFileSync(join(at, name), content, { mode: 0o600 });
  return join(at, name);
}

/** The one token request of a connector with these keys, and how long its token is kept. */
async function asked(written: Keys, token: object) {
  const { http } = connectorOf({ 'http.auth.type': 'oauth2', ...written }, { files: systemFiles });
  const { credentials, requests, clock } = setup(() => answer(200, JSON.stringify(token)), http.auth);
  const authorization = await credentials.authorize(FOREVER);
  return {
    request: requests[0]!,
    form: formOf(requests[0]!),
    header: await headerOf(authorization),
    wall: clock.wall(),
    renewed: async (afterMs: number): Promise<boolean> => {
      await clock.advance(afterMs);
      await credentials.authorize(FOREVER);
      await clock.settle();
      return requests.length > 1;
    },
  };
}

function formOf({ body }: HttpRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString()));
}

const HOUR_MS = 3_600_000;

describe("the token types of Adobe's sink", () => {
  it('oauth2_access_token: client credentials with a fixed scope', async () => {
    const scope = 'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session';
    const { request, form, header } = await asked(
      {
        'oauth2.dialect': 'ims',
        'oauth2.token.url': `${IMS}/ims/token/v3`,
        'oauth2.client.id': 'id',
        'oauth2.client.secret': 'p8e-s+cret',
        'oauth2.scope': scope,
      },
      { access_token: 't', token_type: 'bearer', expires_in: 86_399 },
    );
    assert.equal(request.url.href, `${IMS}/ims/token/v3`);
    assert.deepEqual(form, {
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 'p8e-s+cret',
      scope,
    });
    assert.deepEqual([request.headers['authorization'], header], [undefined, 'Bearer t']);
  });

  it('access_token: a code that serves again and again, whose token lives for milliseconds', async () => {
    const { request, form, renewed } = await asked(
      {
        'oauth2.dialect': 'ims',
        'oauth2.grant.type': 'authorization_code',
        'oauth2.token.url': `${IMS}/ims/token/v1`,
        'oauth2.client.id': 'id',
        'oauth2.client.secret': 'secret',
        'oauth2.authorization.code': 'eyJ.code',
      },
      { access_token: 't', token_type: 'bearer', expires_in: 2 * HOUR_MS, refresh_token: 'not asked with' },
    );
    assert.equal(request.url.href, `${IMS}/ims/token/v1`);
    assert.deepEqual(form, {
      grant_type: 'authorization_code',
      code: 'eyJ.code',
      client_id: 'id',
      client_secret: 'secret',
    });
    assert.equal(await renewed(HOUR_MS), false);
    assert.equal(await renewed(HOUR_MS), true);
  });

  it('jwt_token: the exchange of a JWT, signed with a key as DER', async () => {
    const metascope = `${IMS}/s/ent_dataservices_sdk`;
    const { request, form, wall } = await asked(
      {
        'oauth2.dialect': 'ims-jwt',
        'oauth2.token.url': `${IMS}/ims/exchange/jwt/`,
        'oauth2.client.id': 'id',
        'oauth2.client.secret': 'secret',
        'oauth2.assertion.issuer': 'ORG@AdobeOrg',
        'oauth2.assertion.subject': 'ACCOUNT@techacct.adobe.com',
        'oauth2.assertion.key.location': DER_FILE,
        'oauth2.assertion.claims': JSON.stringify({ [metascope]: true, iat: null, jti: null }).replaceAll('\\', '\\\\'),
      },
      { access_token: 't', token_type: 'bearer', expires_in: 86_399_000 },
    );
    assert.equal(request.url.href, `${IMS}/ims/exchange/jwt/`);
    const { jwt_token: jwt, ...rest } = form;
    assert.deepEqual(rest, { client_id: 'id', client_secret: 'secret' });
    const { payload, protectedHeader } = await jwtVerify(jwt!, publicKey, { currentDate: new Date(wall) });
    assert.equal(protectedHeader.alg, 'RS256');
    assert.deepEqual(payload, {
      exp: Math.floor(wall / 1000) + 86_400,
      iss: 'ORG@AdobeOrg',
      sub: 'ACCOUNT@techacct.adobe.com',
      aud: `${IMS}/c/id`,
      [metascope]: true,
    });
  });
});

describe("what others' sinks ask for tokens with", () => {
  it('client credentials with a JWT beside them, signed with a key of a store (Confluent)', {
    skip: spawnSync('keytool', ['-help']).error !== undefined,
  }, async () => {
    for (const type of ['JKS', 'PKCS12']) {
      const store = join(at, `store.${type}`);
      const options = ['-genkeypair', '-alias', 'a', '-dname', 'CN=a', '-keyalg', 'RSA', '-keysize', '2048'];
      execFileSync('keytool', [...options, '-storetype', type, '-keystore', store, '-storepass', 'changeit'], {
        stdio: 'ignore',
      });
      const { form, request } = await asked(
        {
          'oauth2.token.url': 'https://login.test/token',
          'oauth2.client.id': 'id',
          'oauth2.client.secret': 's/+=',
          'oauth2.client.auth.mode': 'header_plain',
          'oauth2.scope': 'any',
          'oauth2.grant.type': 'jwt_bearer',
          'oauth2.parameters.grant_type': 'client_credentials',
          'oauth2.assertion.parameter': 'jwt_token',
          'oauth2.assertion.key.location': store,
          'oauth2.assertion.key.password': 'changeit',
          'oauth2.assertion.algorithm': 'RS256',
          'oauth2.assertion.claims': '{"iss":"org","sub":"tech","aud":"https://login.test/c/id","iat":null,"jti":null}',
        },
        { access_token: 't' },
      );
      const { jwt_token: jwt, ...rest } = form;
      assert.deepEqual(rest, { grant_type: 'client_credentials', scope: 'any' });
      assert.equal(request.headers['authorization'], `Basic ${Buffer.from('id:s/+=').toString('base64')}`);
      const { exp, ...claims } = decodeJwt(jwt!);
      assert.equal(typeof exp, 'number');
      assert.deepEqual(claims, { iss: 'org', sub: 'tech', aud: 'https://login.test/c/id' });
    }
  });

  it('the JSON of a Google service account in the file itself', async () => {
    const account = JSON.stringify({
      type: 'service_account',
      private_key_id: 'kid',
      private_key: keys.privateKey,
      client_email: 'me@project.iam.gserviceaccount.com',
      token_uri: 'https://oauth2.googleapis.com/token',
    });
    const common = {
      'oauth2.token.url': 'https://oauth2.googleapis.com/token',
      'oauth2.grant.type': 'jwt_bearer',
      'oauth2.assertion.claims': '{"scope":"https://www.googleapis.com/auth/cloud-platform","sub":null}',
    };
    // A properties file reads the escapes of JSON as its own: the line ends are real ones then.
    for (const text of [account.replaceAll('\\', '\\\\'), account]) {
      const { form, wall } = await asked({ ...common, 'oauth2.assertion.key': text }, { access_token: 't' });
      const { assertion, ...rest } = form;
      assert.deepEqual(rest, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' });
      const { payload, protectedHeader } = await jwtVerify(assertion!, publicKey, { currentDate: new Date(wall) });
      assert.equal(protectedHeader.kid, 'kid');
      const { iss, sub, aud, scope } = payload;
      assert.deepEqual(
        [iss, sub, aud, scope],
        [
          'me@project.iam.gserviceaccount.com',
          undefined,
          'https://oauth2.googleapis.com/token',
          'https://www.googleapis.com/auth/cloud-platform',
        ],
      );
    }
  });

  it('id and secret in the form, under names of their own (Aiven)', async () => {
    const { form, request, header } = await asked(
      {
        'oauth2.token.url': 'https://login.test/token',
        'oauth2.client.id': 'id',
        'oauth2.client.secret': 'secret',
        'oauth2.client.auth.mode': 'body',
        'oauth2.grant.type.parameter': 'type',
        'oauth2.client.id.parameter': 'key',
        'oauth2.client.secret.parameter': 'pass',
        'oauth2.parameters.type': 'api_key',
        'oauth2.token.response.field': 'session',
      },
      { session: 't' },
    );
    assert.deepEqual(form, { type: 'api_key', key: 'id', pass: 'secret' });
    assert.deepEqual([request.headers['authorization'], header], [undefined, 'Bearer t']);
  });

  it('id and secret in a header and in the form (Lenses)', async () => {
    const { form, request } = await asked(
      {
        'oauth2.token.url': 'https://login.test/token',
        'oauth2.client.id': 'id',
        'oauth2.client.secret': 'secret',
        'oauth2.client.auth.mode': 'header_plain',
        'oauth2.parameters.client_id': 'id',
        'oauth2.parameters.client_secret': 'secret',
        'oauth2.scope': 'any',
        'oauth2.headers.X-Tenant': 'a',
      },
      { access_token: 't' },
    );
    assert.deepEqual(form, {
      grant_type: 'client_credentials',
      scope: 'any',
      client_id: 'id',
      client_secret: 'secret',
    });
    assert.equal(request.headers['authorization'], `Basic ${Buffer.from('id:secret').toString('base64')}`);
    assert.equal(request.headers['x-tenant'], 'a');
  });
});
