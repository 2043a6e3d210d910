import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../../config/secret.ts';
import type { AuthConfig, OAuth2Config } from '../../../config/types.ts';
import { CredentialsError, TransportError } from '../../../connector/errors.ts';
import type { Fact } from '../../../connector/facts.ts';
import { type Credentials, createCredentials } from '../../../connector/http/credentials.ts';
import type { HttpRequest, HttpTransport } from '../../../connector/ports.ts';
import { VirtualClock } from '../../support/clock.ts';
import { answer, type Reaction, ScriptedTransport } from './fixtures.ts';

const FOREVER = new AbortController().signal;
const OAUTH2: OAuth2Config = {
  type: 'oauth2',
  tokenUrl: new URL('https://login.test/token?tenant=1'),
  clientId: 'my id:ü',
  clientSecret: new Secret('s&cret/+'),
  scope: 'in out',
  clientAuthMode: 'header',
};

interface Setup {
  readonly credentials: Credentials;
  readonly clock: VirtualClock;
  readonly requests: HttpRequest[];
  readonly facts: Fact[];
}

function setup(react: (request: HttpRequest, count: number) => Reaction, auth: AuthConfig = OAUTH2): Setup {
  const transport = new ScriptedTransport(react);
  return { ...setupWith(transport, auth), requests: transport.requests };
}

function setupWith(transport: HttpTransport, auth: AuthConfig = OAUTH2): Omit<Setup, 'requests'> {
  const clock = new VirtualClock();
  const facts: Fact[] = [];
  const announce = (fact: Fact): number => facts.push(fact);
  return { credentials: createCredentials(auth, { transport, clock, announce, timeoutMs: 10_000 }), clock, facts };
}

function token(value: string, more: object = {}): Reaction {
  return answer(200, JSON.stringify({ access_token: value, token_type: 'Bearer', expires_in: 3600, ...more }));
}

function refusalOf(promise: Promise<unknown>): Promise<CredentialsError> {
  return promise.then(
    () => assert.fail('it should be refused'),
    (error: unknown) => {
      assert.ok(error instanceof CredentialsError);
      return error;
    },
  );
}

describe('static credentials', () => {
  const auths: [AuthConfig, string | null][] = [
    [{ type: 'none' }, null],
    [
      { type: 'basic', username: 'jö', password: new Secret('p:w') },
      `Basic ${Buffer.from('jö:p:w').toString('base64')}`,
    ],
    [{ type: 'bearer', token: new Secret('abc.def-ghi') }, 'Bearer abc.def-ghi'],
  ];
  for (const [auth, header] of auths) {
    it(`${auth.type} gives ${header}`, async () => {
      const { credentials, requests } = setup(() => 'silence', auth);
      assert.equal(await credentials.authorize(FOREVER), header);
      assert.equal(credentials.invalidate(header), false);
      assert.equal(requests.length, 0);
    });
  }

  it('refuses a bearer token that would break the header, without repeating it', async () => {
    for (const text of ['', 'canary\r\nx-evil: 1', 'canary ü', 'canary\n', 'canary canary']) {
      const { credentials } = setup(() => 'silence', { type: 'bearer', token: new Secret(text) });
      const error = await refusalOf(credentials.authorize(FOREVER));
      assert.equal(error.retriable, false);
      assert.ok(!error.message.includes('canary'));
    }
  });
});

describe('client credentials', () => {
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

    const body = setup(() => token('t'), { ...OAUTH2, clientAuthMode: 'body', scope: null });
    await body.credentials.authorize(FOREVER);
    assert.equal(body.requests[0]!.headers['authorization'], undefined);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body.requests[0]!.body.toString())), {
      grant_type: 'client_credentials',
      client_id: 'my id:ü',
      client_secret: 's&cret/+',
    });
  });

  it('asks once for all who wait, and keeps the token', async () => {
    const { credentials, requests, facts, clock } = setup((_, count) => token(`t${count}`));
    const all = await Promise.all(Array.from({ length: 20 }, () => credentials.authorize(FOREVER)));
    assert.deepEqual(new Set(all), new Set(['Bearer t1']));
    await clock.advance(3_000_000);
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t1');
    assert.equal(requests.length, 1);
    assert.deepEqual(facts, [{ kind: 'token-refreshed', expiresInMs: 3_600_000, ms: 0 }]);
  });

  it('renews in the background before the token expires, and waits for it only afterwards', async () => {
    const { credentials, requests, clock } = setup((_, count) => token(`t${count}`, { expires_in: 100 }));
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t1');
    await clock.advance(79_999);
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t1');
    assert.equal(requests.length, 1);
    await clock.advance(1);
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t1', 'the old one is still good');
    await clock.settle();
    assert.equal(requests.length, 2);
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t2');
    await clock.advance(100_000);
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t3');
  });

  it('lives on the old token while the authorization server is away, without hammering it', async () => {
    const { credentials, requests, facts, clock } = setup((_, count) => (count === 1 ? token('t1') : answer(503)));
    await credentials.authorize(FOREVER);
    await clock.advance(3_540_000);
    for (let ms = 0; ms < 59_000; ms += 100) {
      assert.equal(await credentials.authorize(FOREVER), 'Bearer t1');
      await clock.advance(100);
    }
    assert.ok(requests.length > 5 && requests.length < 15);
    assert.ok(facts.some(fact => fact.kind === 'token-failed'));
    await clock.advance(1_000);
    assert.equal((await refusalOf(credentials.authorize(FOREVER))).retriable, true);
  });

  it('counts monotonic time only: a jump of the wall clock changes nothing (I20)', async () => {
    const transport = new ScriptedTransport(() => token('t1'));
    const clock = new VirtualClock();
    let jump = 0;
    const credentials = createCredentials(OAUTH2, {
      transport,
      clock: { now: () => clock.now(), wall: () => clock.wall() + jump, timer: (ms, call) => clock.timer(ms, call) },
      announce: () => {},
      timeoutMs: 10_000,
    });
    await credentials.authorize(FOREVER);
    for (jump of [86_400_000, -86_400_000]) assert.equal(await credentials.authorize(FOREVER), 'Bearer t1');
    assert.equal(transport.requests.length, 1);
  });

  it('drops exactly the token that was refused', async () => {
    const { credentials, requests } = setup((_, count) => token(`t${count}`));
    const first = await credentials.authorize(FOREVER);
    assert.equal(credentials.invalidate(first), true);
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t2');
    assert.equal(credentials.invalidate(first), true, 'a late 401 of the same burst');
    assert.equal(await credentials.authorize(FOREVER), 'Bearer t2');
    assert.equal(requests.length, 2);
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

  it('has a deadline of its own, after which a late answer changes nothing (A27)', async () => {
    const late: ((reaction: Awaited<Reaction>) => void)[] = [];
    const { credentials, clock } = setupWith({
      send: () => new Promise(resolve => late.push(resolve as (reaction: Awaited<Reaction>) => void)),
      close: async () => {},
    });
    const first = refusalOf(credentials.authorize(FOREVER));
    await clock.advance(10_000);
    assert.equal((await first).code, 'DEADLINE_EXCEEDED');
    const second = credentials.authorize(FOREVER);
    late[1]!(token('new') as Awaited<Reaction>);
    assert.equal(await second, 'Bearer new');
    late[0]!(token('old') as Awaited<Reaction>);
    await clock.settle();
    assert.equal(await credentials.authorize(FOREVER), 'Bearer new');
  });

  it('lets one waiter leave without the others', async () => {
    const { credentials, clock } = setup(
      () => new Promise(resolve => clock.timer(500, () => resolve(token('t') as never))),
    );
    const controller = new AbortController();
    const leaving = refusalOf(credentials.authorize(controller.signal));
    const staying = credentials.authorize(FOREVER);
    controller.abort();
    assert.equal((await leaving).code, 'ABORTED');
    assert.equal(await clock.run(staying), 'Bearer t');
    assert.equal((await refusalOf(setup(() => 'silence').credentials.authorize(AbortSignal.abort()))).code, 'ABORTED');
  });

  it('ends its request when it is closed', async () => {
    const { credentials, clock } = setup(() => 'silence');
    const waiting = refusalOf(credentials.authorize(FOREVER));
    await clock.settle();
    credentials.close();
    assert.equal((await waiting).code, 'ABORTED');
    assert.equal(clock.pending, 0);
  });

  it('holds under any order of events: one request at a time, no token that is expired or was refused (A25, A26)', async () => {
    const event = fc.oneof(
      { weight: 4, arbitrary: fc.constant('authorize' as const) },
      { weight: 2, arbitrary: fc.constant('answer' as const) },
      { weight: 1, arbitrary: fc.constant('fail' as const) },
      { weight: 2, arbitrary: fc.constant('refuse' as const) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async events => {
        const open: { resolve: (reaction: never) => void; reject: (error: Error) => void }[] = [];
        const issued = new Map<string, number>();
        const refused = new Set<string>();
        let last: string | null = null;
        let most = 0;
        const { credentials, clock } = setupWith({
          send: (_, { signal }) =>
            new Promise((resolve, reject) => {
              const request = { resolve, reject };
              most = Math.max(most, open.push(request));
              signal.addEventListener('abort', () => open.splice(open.indexOf(request), 1));
            }),
          close: async () => {},
        });
        const use = (authorization: string | null): void => {
          assert.ok(clock.now() < issued.get(authorization!)! + 60_000, 'not expired');
          assert.ok(!refused.has(authorization!), 'not refused');
          last = authorization;
        };
        const failed = (error: unknown): void => assert.ok(error instanceof CredentialsError);
        const waiting: Promise<void>[] = [];
        for (const what of events) {
          if (what === 'authorize') waiting.push(credentials.authorize(FOREVER).then(use, failed));
          else if (typeof what === 'number') await clock.advance(what);
          else if (what === 'refuse' && last !== null) {
            credentials.invalidate(last);
            refused.add(last);
          } else if (what === 'answer' && open.length > 0) {
            const name = `t${issued.size}`;
            issued.set(`Bearer ${name}`, clock.now());
            open.pop()!.resolve(token(name, { expires_in: 60 }) as never);
          } else if (what === 'fail') open.pop()?.reject(new TransportError('cut', 'ECONNRESET', true, true));
          await clock.settle();
        }
        await clock.advance(20_000);
        await Promise.all(waiting);
        assert.ok(most <= 1, 'one token request at a time');
      }),
      { numRuns: 300 },
    );
  });
});
