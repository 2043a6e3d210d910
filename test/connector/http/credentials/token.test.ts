import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../../config/secret.ts';
import { TransportError } from '../../../../connector/errors.ts';
import { answer, type Reaction } from '../fixtures.ts';
import { FOREVER, nextHeader, OAUTH2, refusalOf, setup, token } from './authorization.ts';

describe('a token request', () => {
  it('asks as RFC 6749 says, with the client in the header or in the body', async () => {
    const header = setup(() => token('t'));
    await header.credentials.authorize(FOREVER);
    const [asked] = header.requests;
    assert.deepEqual([asked!.method, asked!.url.href], ['POST', 'https://login.test/token?tenant=1']);
    assert.equal(asked!.body.toString(), 'grant_type=client_credentials&scope=in+out');
    assert.equal(asked!.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(
      Buffer.from(asked!.headers['authorization']!.slice('Basic '.length), 'base64').toString(),
      'my+id%3A%C3%BC:s%26cret%2F%2B',
    );

    const body = setup(() => token('t'), {
      ...OAUTH2,
      clientAuth: { mode: 'body', secret: new Secret('s&cret/+') },
      scope: null,
    });
    await body.credentials.authorize(FOREVER);
    assert.equal(body.requests[0]!.headers['authorization'], undefined);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body.requests[0]!.body.toString())), {
      grant_type: 'client_credentials',
      client_id: 'my id:ü',
      client_secret: 's&cret/+',
    });
  });

  const lifetimes: [said: unknown, ms: number][] = [
    [3600, 3_600_000],
    ['3600', 3_600_000],
    [undefined, 3_600_000],
    [null, 3_600_000],
    ['soon', 3_600_000],
    ['', 3_600_000],
    [{}, 3_600_000],
    [0, 30_000],
    [-5, 30_000],
    ['-5', 30_000],
    [29.5, 30_000],
    [1e12, 86_400_000],
    ['999999999999999999999', 3_600_000],
  ];
  for (const [said, ms] of lifetimes) {
    it(`takes expires_in ${JSON.stringify(said)} for ${ms / 1000} s`, async () => {
      const { credentials, facts } = setup(() => token('t', { expires_in: said }));
      await credentials.authorize(FOREVER);
      assert.deepEqual(facts, [{ kind: 'token-refreshed', expiresInMs: ms, ms: 0 }]);
    });
  }

  for (const type of ['Bearer', 'bearer', 'BEARER', 'BearerToken', 'bearer_token', 'Bearer Token', undefined]) {
    it(`takes ${type ?? 'no'} token_type`, async () => {
      const { credentials } = setup(() => token('t', { token_type: type }));
      assert.equal(await nextHeader(credentials), 'Bearer t');
    });
  }

  it('takes an answer with a byte order mark', async () => {
    const { credentials } = setup(() => answer(200, '\ufeff{"access_token":"t"}'));
    assert.equal(await nextHeader(credentials), 'Bearer t');
  });

  const failures: [name: string, reaction: Reaction, retriable: boolean, code: string][] = [
    ['400 invalid_scope', answer(400, '{"error":"invalid_scope"}'), false, 'TOKEN_REFUSED'],
    ['401 invalid_client', answer(401, '{"error":"invalid_client"}'), false, 'TOKEN_REFUSED'],
    ['403', answer(403), false, 'TOKEN_REFUSED'],
    ['404', answer(404, '<html>'), false, 'TOKEN_REFUSED'],
    ['a redirect', answer(302), false, 'TOKEN_REFUSED'],
    ['429', answer(429), true, 'TOKEN_UNAVAILABLE'],
    ['500', answer(500), true, 'TOKEN_UNAVAILABLE'],
    ['503', answer(503), true, 'TOKEN_UNAVAILABLE'],
    ['a cut connection', new TransportError('cut', 'ECONNRESET', true, true), true, 'ECONNRESET'],
    ['bad TLS', new TransportError('tls', 'CERT_HAS_EXPIRED', false, false), false, 'CERT_HAS_EXPIRED'],
    ['a broken transport', new Error('canary'), true, 'UNKNOWN'],
    ['a web page', answer(200, '<html>canary'), true, 'TOKEN_UNUSABLE'],
    ['nothing', answer(200), true, 'TOKEN_UNUSABLE'],
    ['half an answer', answer(200, '{"access_token":"canary'), true, 'TOKEN_UNUSABLE'],
    ['no token', answer(200, '{"token":"canary"}'), true, 'TOKEN_UNUSABLE'],
    ['a number', answer(200, '{"access_token":1}'), true, 'TOKEN_UNUSABLE'],
    ['a token with a line break', token('canary\r\nx-evil: 1'), true, 'TOKEN_UNUSABLE'],
    ['a token beyond ASCII', token('canarü'), true, 'TOKEN_UNUSABLE'],
    ['a huge token', token('c'.repeat(20_000)), true, 'TOKEN_UNUSABLE'],
    ['a refusal with 200', answer(200, '{"error":"invalid_client"}'), false, 'TOKEN_REFUSED'],
    ['a refusal of its own with 200', answer(200, '{"error":"canary","access_token":"t"}'), false, 'TOKEN_REFUSED'],
    ['a pause with 200', answer(200, '{"error":"temporarily_unavailable"}'), true, 'TOKEN_UNAVAILABLE'],
    ['a pause with 400', answer(400, '{"error":"slow_down"}'), true, 'TOKEN_UNAVAILABLE'],
    ['a tower of brackets', answer(200, '['.repeat(200_000)), true, 'TOKEN_UNUSABLE'],
    ['more than is read', { ...answer(200, '{"access_token":"canary"}'), complete: false }, true, 'TOKEN_UNUSABLE'],
    ['another kind of token', token('canary', { token_type: 'mac' }), false, 'TOKEN_UNUSABLE'],
  ];
  for (const [name, reaction, retriable, code] of failures) {
    it(`${name}: ${retriable ? 'tries again' : 'is a refusal'}`, async () => {
      const { credentials, facts } = setup(() => reaction);
      const error = await refusalOf(credentials.authorize(FOREVER));
      assert.deepEqual([error.retriable, error.code], [retriable, code]);
      assert.ok(!error.message.includes('canary') && !JSON.stringify(facts).includes('canary'));
      assert.deepEqual(facts, [{ kind: 'token-failed', reason: error.message }]);
    });
  }

  it('passes on how long the authorization server asks to wait, and which error of the standard it gave', async () => {
    const busy = setup(() => answer(429, '', { 'retry-after': '9' }));
    assert.equal((await refusalOf(busy.credentials.authorize(FOREVER))).hintMs, 9000);
    const said = setup(() => answer(400, '{"error":"invalid_client"}'));
    assert.match((await refusalOf(said.credentials.authorize(FOREVER))).message, /400 \(invalid_client\)/);
    const odd = setup(() => answer(400, '{"error":"canary"}'));
    assert.doesNotMatch((await refusalOf(odd.credentials.authorize(FOREVER))).message, /canary/);
  });
});
