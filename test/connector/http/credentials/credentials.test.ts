import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../../../config/secret.ts';
import type { AuthConfig } from '../../../../config/types.ts';
import { CredentialsError, TransportError } from '../../../../connector/errors.ts';
import { createCredentials } from '../../../../connector/http/credentials/create.ts';
import type { Authorization } from '../../../../connector/http/credentials/credentials.ts';
import type { HttpRequest } from '../../../../connector/ports.ts';
import { VirtualClock } from '../../../support/clock.ts';
import { MemoryFiles } from '../../../support/small-files.ts';
import { answer, type Reaction, ScriptedTransport } from '../fixtures.ts';
import { FOREVER, nextHeader, OAUTH2, REQUEST, refusalOf, setup, setupWith, token } from './authorization.ts';

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
      assert.equal(await nextHeader(credentials), header);
      assert.equal(credentials.invalidate(await credentials.authorize(FOREVER), null), false);
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
  it('asks once for all who wait, and keeps the token', async () => {
    const { credentials, requests, facts, clock } = setup((_, count) => token(`t${count}`));
    const all = await Promise.all(Array.from({ length: 20 }, () => nextHeader(credentials)));
    assert.deepEqual(new Set(all), new Set(['Bearer t1']));
    await clock.advance(3_000_000);
    assert.equal(await nextHeader(credentials), 'Bearer t1');
    assert.equal(requests.length, 1);
    assert.deepEqual(facts, [{ kind: 'token-refreshed', expiresInMs: 3_600_000, ms: 0 }]);
  });

  it('renews in the background before the token expires, and waits for it only afterwards', async () => {
    const { credentials, requests, clock } = setup((_, count) => token(`t${count}`, { expires_in: 100 }));
    assert.equal(await nextHeader(credentials), 'Bearer t1');
    await clock.advance(79_999);
    assert.equal(await nextHeader(credentials), 'Bearer t1');
    assert.equal(requests.length, 1);
    await clock.advance(1);
    assert.equal(await nextHeader(credentials), 'Bearer t1', 'the old one is still good');
    await clock.settle();
    assert.equal(requests.length, 2);
    assert.equal(await nextHeader(credentials), 'Bearer t2');
    await clock.advance(100_000);
    assert.equal(await nextHeader(credentials), 'Bearer t3');
  });

  it('lives on the old token while the authorization server is away, without hammering it', async () => {
    const { credentials, requests, facts, clock } = setup((_, count) => (count === 1 ? token('t1') : answer(503)));
    await credentials.authorize(FOREVER);
    await clock.advance(3_540_000);
    for (let ms = 0; ms < 59_000; ms += 100) {
      assert.equal(await nextHeader(credentials), 'Bearer t1');
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
      files: new MemoryFiles(),
      clock: { now: () => clock.now(), wall: () => clock.wall() + jump, timer: (ms, call) => clock.timer(ms, call) },
      announce: () => {},
      timeoutMs: 10_000,
    });
    await credentials.authorize(FOREVER);
    for (jump of [86_400_000, -86_400_000]) assert.equal(await nextHeader(credentials), 'Bearer t1');
    assert.equal(transport.requests.length, 1);
  });

  it('drops exactly the token that was refused', async () => {
    const { credentials, requests } = setup((_, count) => token(`t${count}`));
    const first = await credentials.authorize(FOREVER);
    assert.equal(credentials.invalidate(first, null), true);
    assert.equal(await nextHeader(credentials), 'Bearer t2');
    assert.equal(credentials.invalidate(first, null), true, 'a late 401 of the same burst');
    assert.equal(await nextHeader(credentials), 'Bearer t2');
    assert.equal(requests.length, 2);
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
    const second = nextHeader(credentials);
    await clock.settle();
    late[1]!(token('new') as Awaited<Reaction>);
    assert.equal(await second, 'Bearer new');
    late[0]!(token('old') as Awaited<Reaction>);
    await clock.settle();
    assert.equal(await nextHeader(credentials), 'Bearer new');
  });

  it('lets one waiter leave without the others', async () => {
    const { credentials, clock } = setup(
      () => new Promise(resolve => clock.timer(500, () => resolve(token('t') as never))),
    );
    const controller = new AbortController();
    const leaving = refusalOf(credentials.authorize(controller.signal));
    const staying = nextHeader(credentials);
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
        const refused = new Set<Authorization>();
        let last: Authorization | null = null;
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
        const use = (authorization: Authorization): void => {
          const { headers } = authorization.apply(REQUEST) as HttpRequest;
          assert.ok(clock.now() < issued.get(headers['authorization']!)! + 60_000, 'not expired');
          assert.ok(!refused.has(authorization), 'not refused');
          last = authorization;
        };
        const failed = (error: unknown): void => assert.ok(error instanceof CredentialsError);
        const waiting: Promise<void>[] = [];
        for (const what of events) {
          if (what === 'authorize') waiting.push(credentials.authorize(FOREVER).then(use, failed));
          else if (typeof what === 'number') await clock.advance(what);
          else if (what === 'refuse' && last !== null) {
            credentials.invalidate(last, null);
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
