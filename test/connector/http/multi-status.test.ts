import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OAUTH2 } from './credentials/authorization.ts';
import { answer, Bench, numbered, numbersOf, recordsOf } from './fixtures.ts';

describe('an answer record by record', () => {
  const multi = (...statuses: number[]): ReturnType<typeof answer> =>
    answer(207, JSON.stringify(statuses.map(status => ({ status }))));

  it('settles each record, and sends again only what was put off', async () => {
    const answers = [multi(200, 503, 422, 201, 429), multi(200, 503), multi(200)];
    const bench = new Bench((_, count) => answers[count - 1]!);
    const { verdicts, end } = await bench.deliver(numbered(2, 3));
    assert.equal(end.kind, 'done');
    assert.deepEqual(bench.transport.requests.map(numbersOf), [[0, 1, 2, 3, 4], [1, 4], [4]]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 3, 1, 4], 'as soon as known, ascending in each slice');
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [2]);
    assert.equal(bench.clock.now(), 50 + 100, 'with back-off in between');
  });

  it('tells each record the answer that was its own', async () => {
    const answers = [answer(503), multi(200, 202, 422, 429), multi(201)];
    const bench = new Bench((_, count) => answers[count - 1]!);
    const { verdicts } = await bench.deliver(numbered(4));
    const own = verdicts.map(verdict => (verdict.kind === 'delivered' ? verdict.answer : verdict.error.answer));
    assert.deepEqual(own, [
      { status: 200, ms: 0, attempt: 2 },
      { status: 202, ms: 0, attempt: 2 },
      { status: 422, ms: 0, attempt: 2 },
      { status: 201, ms: 0, attempt: 3 },
    ]);
  });

  it('reports ascending in each item, however the answers came', async () => {
    const answers = [multi(503, 200, 200, 503, 200), multi(503, 200), multi(200)];
    const bench = new Bench((_, count) => answers[count - 1]!);
    const { verdicts } = await bench.deliver(numbered(5));
    assert.deepEqual(
      verdicts.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
      [0, 1, 2, 3, 4],
    );
  });

  it('halts behind a rejected record, but finishes what stands before it', async () => {
    const answers = [multi(200, 503, 422, 503, 200), multi(200)];
    const bench = new Bench((_, count) => answers[count - 1]!, { tolerance: 'none' });
    const { verdicts, end } = await bench.deliver(numbered(5));
    assert.equal(end.kind, 'halted');
    assert.deepEqual(bench.transport.requests.map(numbersOf), [[0, 1, 2, 3, 4], [1]]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1]);
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [2]);
  });

  it('is no success when it does not name every record', async () => {
    for (const body of ['', 'ok', '[]', '{"responses":[{"status":200}]}', '<html>']) {
      const bench = new Bench(() => answer(207, body));
      const { verdicts } = bench.start(numbered(2));
      await bench.clock.advance(1000);
      assert.deepEqual(verdicts, []);
      assert.equal(bench.sink.state.state, 'parked');
      await bench.sink.close();
    }
  });

  it('parks on what would park a whole request, and skips nothing (an expired token, say)', async () => {
    for (const status of [302, 401, 403, 404, 407]) {
      const bench = new Bench((_, count) => (count < 4 ? multi(...Array(3).fill(status)) : multi(200, 200, 200)));
      const running = bench.start(numbered(2, 1));
      await bench.clock.advance(20);
      assert.deepEqual(running.verdicts, [], String(status));
      assert.equal(bench.sink.state.state, 'parked');
      assert.deepEqual((await bench.clock.run(running.end)).kind, 'done');
      assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1, 2]);
    }
  });

  it('renews the credentials once for the records that were refused without them', async () => {
    let tokens = 0;
    const bench = new Bench(
      ({ url, headers, body }) => {
        if (url.pathname === '/token') return answer(200, `{"access_token":"token-${++tokens}"}`);
        if (body.toString() === '[1]') return multi(headers['authorization'] === 'Bearer token-1' ? 401 : 200);
        return multi(200, 401);
      },
      { http: { auth: OAUTH2 } },
    );
    const { verdicts, end } = await bench.deliver(numbered(2));
    assert.deepEqual([end.kind, recordsOf(verdicts, 'delivered')], ['done', [0, 1]]);
    assert.equal(tokens, 2);
  });
});
