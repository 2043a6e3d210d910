import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpConfig } from '../../../../config/types.ts';
import type { HttpRequest } from '../../../../connector/ports.ts';
import { oauth2Config } from '../../../support/oauth2.ts';
import { answer, Bench, numbered, recordsOf } from '../fixtures.ts';

const OAUTH2 = oauth2Config({ tokenUrl: new URL('http://login.test/token'), id: 'id', secret: 'canary-secret' });

const RENEWING = [
  [400, 401],
  [403, 403],
] as const;

/** An authorization server that gives `token-1`, `token-2` … beside an endpoint that decides by the token. */
function oauthBench(
  endpoint: (token: string, count: number) => number,
  authFailFast = false,
  authRenewStatuses: HttpConfig['authRenewStatuses'] = [[401, 401]],
): Bench & { tokens: () => number } {
  let issued = 0;
  let posts = 0;
  const bench = new Bench(
    request => {
      if (request.url.pathname === '/token') {
        return answer(200, JSON.stringify({ access_token: `token-${++issued}`, token_type: 'bearer' }));
      }
      return answer(endpoint(request.headers['authorization']!.slice('Bearer '.length), ++posts));
    },
    { http: { auth: OAUTH2, authFailFast, authRenewStatuses } },
  );
  return Object.assign(bench, { tokens: () => issued });
}

function posts({ transport }: Bench): HttpRequest[] {
  return transport.requests.filter(request => request.url.pathname === '/in');
}

describe('credentials that lose their validity', () => {
  it('renews once for a burst of 401s and sends once more (I14)', async () => {
    const bench = oauthBench(token => (token === 'token-1' ? 401 : 200));
    const all = Array.from({ length: 8 }, () => bench.start(numbered(2)));
    for (const running of all) assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
    assert.equal(bench.tokens(), 2);
    assert.equal(posts(bench).length, 16);
    assert.equal(bench.clock.now(), 0, 'without a wait');
    assert.equal(bench.sink.state.state, 'ok');
  });

  it('parks on a second 401 in a row, and renews once with each probe', async () => {
    let granted = false;
    const bench = oauthBench(() => (granted ? 200 : 401));
    const running = bench.start(numbered(1));
    await bench.clock.settle();
    assert.equal(posts(bench).length, 2);
    assert.equal(bench.tokens(), 2);
    assert.equal(bench.sink.state.state, 'parked');
    await bench.clock.advance(60_000);
    assert.ok(bench.tokens() <= posts(bench).length / 2 + 1, 'no more than one for two requests');
    assert.deepEqual(running.verdicts, []);
    granted = true;
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
  });

  it('does not loop when the new token is the old one', async () => {
    const bench = new Bench(
      ({ url }) => (url.pathname === '/token' ? answer(200, '{"access_token":"same"}') : answer(401)),
      { http: { auth: OAUTH2 } },
    );
    bench.start(numbered(1));
    await bench.clock.advance(1000);
    assert.ok(bench.transport.requests.length < 30);
    assert.equal(bench.sink.state.state, 'parked');
    await bench.sink.close();
  });

  it('renews with each probe after a 403, and sends nothing at once', async () => {
    let granted = false;
    const bench = oauthBench(() => (granted ? 200 : 403));
    const running = bench.start(numbered(1));
    await bench.clock.advance(600_000);
    assert.ok(posts(bench).length > 50);
    assert.equal(bench.tokens(), posts(bench).length, 'what was refused is not tried until its own end');
    granted = true;
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
  });

  it('renews once after any status that is listed, sends once more, and parks on the second one in a row', async () => {
    for (const status of [401, 403, 400]) {
      const once = oauthBench(token => (token === 'token-1' ? status : 200), false, RENEWING);
      assert.deepEqual((await once.deliver(numbered(2))).end, { kind: 'done' });
      assert.deepEqual([once.tokens(), posts(once).length, once.clock.now()], [2, 2, 0], String(status));
      const always = oauthBench(() => status, false, RENEWING);
      const running = always.start(numbered(2));
      await always.clock.settle();
      assert.equal(always.sink.state.state, 'parked');
      assert.deepEqual([posts(always).length, running.verdicts], [2, []], 'no record is rejected for it');
      await always.sink.close();
    }
  });

  it('parks at once on a 401 that is not listed, and probes with a new token', async () => {
    const bench = oauthBench(token => (token === 'token-1' ? 401 : 200), false, [[403, 403]]);
    const running = bench.start(numbered(1));
    await bench.clock.settle();
    assert.deepEqual([bench.sink.state.state, posts(bench).length], ['parked', 1]);
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
    assert.equal(bench.tokens(), 2);
  });

  it('renews for the entries of an answer that are listed', async () => {
    let asked = 0;
    const bench = new Bench(
      ({ url, headers }) => {
        if (url.pathname === '/token') return answer(200, `{"access_token":"token-${++asked}"}`);
        const entries = headers['authorization'] === 'Bearer token-1' ? [200, 403] : [200];
        return answer(207, JSON.stringify(entries.map(status => ({ status }))));
      },
      { http: { auth: OAUTH2, authRenewStatuses: RENEWING } },
    );
    const { verdicts, end } = await bench.deliver(numbered(2));
    assert.deepEqual([end.kind, recordsOf(verdicts, 'delivered'), asked], ['done', [0, 1], 2]);
    assert.equal(bench.clock.now(), 0);
  });

  it('ends the delivery where the user asked for it (http.auth.fail.fast)', async () => {
    for (const status of [401, 403]) {
      const bench = oauthBench(() => status, true);
      const { verdicts, end } = await bench.deliver(numbered(1));
      assert.equal(end.kind, 'fatal');
      assert.match(end.kind === 'fatal' ? end.error.message : '', new RegExp(String(status)));
      assert.deepEqual(verdicts, []);
      assert.equal(posts(bench).length, status === 401 ? 2 : 1);
    }
    const elsewhere = oauthBench(() => 404, true);
    elsewhere.start(numbered(1));
    await elsewhere.clock.advance(1000);
    assert.equal(elsewhere.sink.state.state, 'parked', 'a wrong URL is nothing about credentials');
    await elsewhere.sink.close();
  });

  it('parks, or fails, when the authorization server knows the client no more', async () => {
    for (const authFailFast of [false, true]) {
      const bench = new Bench(() => answer(401, '{"error":"invalid_client"}'), {
        http: { auth: OAUTH2, authFailFast },
      });
      const { end } = bench.start(numbered(1));
      await bench.clock.advance(1000);
      assert.equal(bench.sink.state.state, authFailFast ? 'ok' : 'parked');
      assert.equal(posts(bench).length, 0);
      await bench.sink.close();
      assert.equal((await end).kind, authFailFast ? 'fatal' : 'aborted');
    }
  });

  it('waits while the authorization server is away', async () => {
    const bench = new Bench(
      ({ url }, count) => {
        if (url.pathname === '/in') return answer(200);
        return count < 4 ? answer(503) : answer(200, '{"access_token":"t"}');
      },
      { http: { auth: OAUTH2 } },
    );
    assert.deepEqual((await bench.deliver(numbered(1))).end, { kind: 'done' });
    assert.equal(bench.factsOf('token-failed').length, 3);
  });

  it('never says a secret', async () => {
    const bench = oauthBench((_, count) => [401, 403, 500, 200][count - 1] ?? 200);
    await bench.deliver(numbered(1));
    const said = JSON.stringify([bench.facts, bench.sink.state]);
    for (const secret of ['canary-secret', 'token-1', 'token-2']) assert.ok(!said.includes(secret));
    assert.ok(!said.includes(Buffer.from('id:canary-secret').toString('base64')));
  });
});
