import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../../config/secret.ts';
import type { GrantConfig, OAuth2Config } from '../../../../config/types.ts';
import type { HttpRequest } from '../../../../connector/ports.ts';
import { MemoryFiles } from '../../../support/small-files.ts';
import { answer, type Reaction } from '../fixtures.ts';
import { FOREVER, nextHeader, OAUTH2, refusalOf, setup, token } from './authorization.ts';

const FILE = '/refresh';

function refreshing(refreshToken: string | null, file: string | null = null): OAuth2Config {
  const grant: GrantConfig = {
    type: 'refresh_token',
    refreshToken: refreshToken === null ? null : new Secret(refreshToken),
    file,
  };
  return { ...OAUTH2, grant };
}

function withCode(changes: Partial<Extract<GrantConfig, { type: 'authorization_code' }>> = {}): OAuth2Config {
  const code = new Secret('c0de');
  const grant = {
    type: 'authorization_code',
    code,
    permanent: false,
    redirectUri: null,
    codeVerifier: null,
    file: null,
  };
  return { ...OAUTH2, grant: { ...grant, ...changes } as GrantConfig };
}

function form(request: HttpRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request!.body.toString()));
}

const REFUSED = answer(400, '{"error":"invalid_grant"}');

/** Answers by the refresh token or code that is shown, each of which serves once. */
function rotating(first: string): (request: HttpRequest) => Reaction {
  let next = first;
  let count = 0;
  return request => {
    const { refresh_token: shown, code } = form(request);
    if ((shown ?? code) !== next) return REFUSED;
    next = `r${++count}`;
    return token(`t${count}`, { refresh_token: next });
  };
}

describe('refresh tokens', () => {
  it('are asked with as RFC 6749 §6 says, with the client beside', async () => {
    const { credentials, requests } = setup(() => token('t'), refreshing('r/0'));
    assert.equal(await nextHeader(credentials), 'Bearer t');
    assert.deepEqual(form(requests[0]), { grant_type: 'refresh_token', refresh_token: 'r/0', scope: 'in out' });
    assert.match(requests[0]!.headers['authorization']!, /^Basic /);
  });

  it('are replaced by newer ones, in memory and in their file', async () => {
    const { credentials, requests, clock, files } = setup(rotating('r0'), refreshing('r0', FILE));
    for (const expected of ['t1', 't2', 't3']) {
      assert.equal(await nextHeader(credentials), `Bearer ${expected}`);
      credentials.invalidate(await credentials.authorize(FOREVER), null);
    }
    await clock.settle();
    assert.deepEqual(
      requests.map(request => form(request)['refresh_token']),
      ['r0', 'r1', 'r2'],
    );
    assert.equal(files.textOf(FILE), 'r3\n');
  });

  it('of the file go before the one that is written: a restart goes on where the last one ended', async () => {
    const files = new MemoryFiles();
    files.put(FILE, 'r7\n');
    const { credentials, requests } = setup(() => token('t', { refresh_token: 'r7' }), refreshing('r0', FILE), files);
    await credentials.authorize(FOREVER);
    assert.equal(form(requests[0])['refresh_token'], 'r7');
    assert.equal(files.writes, 0, 'what stands there is not written again');
  });

  it('that are refused are followed by the one that is written, at once', async () => {
    const files = new MemoryFiles();
    files.put(FILE, 'old');
    const react = rotating('fresh');
    const { credentials, requests, clock } = setup(react, refreshing('fresh', FILE), files);
    assert.equal(await nextHeader(credentials), 'Bearer t1');
    assert.deepEqual(
      requests.map(request => form(request)['refresh_token']),
      ['old', 'fresh'],
    );
    await clock.settle();
    assert.equal(files.textOf(FILE), 'r1\n');
  });

  it('that somebody puts into the file while we run are taken', async () => {
    const files = new MemoryFiles();
    const { credentials, requests } = setup(rotating('login'), refreshing('r0', FILE), files);
    assert.match(
      (await refusalOf(credentials.authorize(FOREVER))).message,
      /400 \(invalid_grant\): check .*refresh\.token/,
    );
    files.put(FILE, 'login');
    assert.equal(await nextHeader(credentials), 'Bearer t1');
    assert.equal(requests.length, 2);
  });

  it('that are all refused are asked with again: the authorization server may see it otherwise later', async () => {
    let up = false;
    const { credentials, requests } = setup(() => (up ? token('t') : REFUSED), refreshing('r0'));
    for (let time = 0; time < 3; time++)
      assert.equal((await refusalOf(credentials.authorize(FOREVER))).retriable, false);
    assert.equal(requests.length, 3, 'one request each');
    up = true;
    assert.equal(await nextHeader(credentials), 'Bearer t');
  });

  it('that can not be written are told of, kept in memory, and written later', async () => {
    const files = new MemoryFiles();
    const { credentials, clock, facts, requests } = setup(rotating('r0'), refreshing('r0', FILE), files);
    files.replace = async () => Promise.reject(new Error('canary: the file system is full'));
    const first = await credentials.authorize(FOREVER);
    await clock.settle();
    assert.equal(facts.filter(({ kind }) => kind === 'refresh-token-not-kept').length, 1);
    assert.doesNotMatch(JSON.stringify(facts), /r1/);
    credentials.invalidate(first, null);
    assert.equal(await nextHeader(credentials), 'Bearer t2');
    assert.equal(form(requests[1])['refresh_token'], 'r1');
    files.replace = async (path, text) => files.put(path, text);
    await clock.advance(30_000);
    assert.equal(files.textOf(FILE), 'r2\n');
    await credentials.close();
    assert.equal(clock.pending, 0);
  });

  it('are written by the time that the credentials are closed', async () => {
    const files = new MemoryFiles();
    let refuse = true;
    files.replace = async (path, text) => {
      if (refuse) throw new Error('not now');
      files.put(path, text);
    };
    const { credentials, clock } = setup(rotating('r0'), refreshing('r0', FILE), files);
    await credentials.authorize(FOREVER);
    await clock.settle();
    refuse = false;
    await credentials.close();
    assert.equal(files.textOf(FILE), 'r1\n');
    assert.equal(clock.pending, 0);
  });

  it('that are none park, with the reason', async () => {
    for (const [text, reason] of [
      [null, /no such file/],
      ['', /it is empty/],
      ['a\nb', /holds no token/],
    ] as const) {
      const files = new MemoryFiles();
      if (text !== null) files.put(FILE, text);
      const { credentials, requests } = setup(() => token('t'), refreshing(null, FILE), files);
      const error = await refusalOf(credentials.authorize(FOREVER));
      assert.match(error.message, reason);
      assert.deepEqual([error.retriable, requests.length], [false, 0]);
    }
  });

  for (const odd of ['', '  ', 'a\nb', 'ü', 7, {}, 'x'.repeat(20_000)]) {
    it(`that are none in an answer change nothing: ${JSON.stringify(odd).slice(0, 20)}`, async () => {
      const { credentials, requests } = setup(() => token('t', { refresh_token: odd }), refreshing('r0'));
      credentials.invalidate(await credentials.authorize(FOREVER), null);
      await credentials.authorize(FOREVER);
      assert.deepEqual(
        requests.map(request => form(request)['refresh_token']),
        ['r0', 'r0'],
      );
    });
  }
});

describe('authorization codes', () => {
  it('are shown once, with redirect URI and verifier, and refresh tokens serve from there on', async () => {
    const grant = { redirectUri: 'https://app.test/cb?x=1', codeVerifier: new Secret('v'.repeat(43)), file: FILE };
    const { credentials, requests, files, clock } = setup(rotating('c0de'), withCode(grant));
    for (const expected of ['t1', 't2']) {
      assert.equal(await nextHeader(credentials), `Bearer ${expected}`);
      credentials.invalidate(await credentials.authorize(FOREVER), null);
    }
    assert.deepEqual(form(requests[0]), {
      grant_type: 'authorization_code',
      code: 'c0de',
      redirect_uri: 'https://app.test/cb?x=1',
      code_verifier: 'v'.repeat(43),
      scope: 'in out',
    });
    assert.deepEqual(form(requests[1]), { grant_type: 'refresh_token', refresh_token: 'r1', scope: 'in out' });
    await clock.settle();
    assert.equal(files.textOf(FILE), 'r2\n');
  });

  it('are not shown again once a token came for them, and without a refresh token that is said', async () => {
    const { credentials, requests } = setup(() => token('t'), withCode());
    credentials.invalidate(await credentials.authorize(FOREVER), null);
    const error = await refusalOf(credentials.authorize(FOREVER));
    assert.match(error.message, /used up.*give another oauth2\.authorization\.code/);
    assert.deepEqual([error.retriable, requests.length], [false, 1]);
  });

  it('are shown again when no answer came for them', async () => {
    const { credentials, requests } = setup((_, count) => (count === 1 ? answer(503) : token('t')), withCode());
    assert.equal((await refusalOf(credentials.authorize(FOREVER))).retriable, true);
    assert.equal(await nextHeader(credentials), 'Bearer t');
    assert.equal(requests.length, 2);
  });

  it('follow a refresh token of the file that is refused: a new log-in was written', async () => {
    const files = new MemoryFiles();
    files.put(FILE, 'of last year');
    const { credentials, requests } = setup(rotating('c0de'), withCode({ file: FILE }), files);
    assert.equal(await nextHeader(credentials), 'Bearer t1');
    assert.deepEqual(
      requests.map(request => form(request)['grant_type']),
      ['refresh_token', 'authorization_code'],
    );
  });

  it('of IMS serve again and again', async () => {
    const { credentials, requests } = setup(() => token('t', { refresh_token: 'r' }), withCode({ permanent: true }));
    for (let time = 0; time < 3; time++) credentials.invalidate(await credentials.authorize(FOREVER), null);
    assert.deepEqual(new Set(requests.map(request => form(request)['code'])), new Set(['c0de']));
  });
});
