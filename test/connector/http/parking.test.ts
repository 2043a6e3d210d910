import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransportError } from '../../../connector/errors.ts';
import { answer, Bench, batchOf, blockOf, itemOf, numbered, numbersOf, recordsOf } from './fixtures.ts';

const refusals: [name: string, reaction: ReturnType<typeof answer> | Error][] = [
  ['403', answer(403)],
  ['401 without credentials that could be renewed', answer(401)],
  ['404', answer(404)],
  ['a redirect', answer(302, '', { location: 'http://elsewhere.test/' })],
  ['a web page with status 200', answer(200, '<!doctype html><title>Log in</title>')],
  ['a TLS failure', new TransportError('self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', false, false)],
];

describe('a parked endpoint', () => {
  for (const [name, reaction] of refusals) {
    it(`parks on ${name}, rejects nothing, and goes on when it is mended`, async () => {
      let mended = false;
      const bench = new Bench(() => (mended ? answer(200) : reaction));
      const running = bench.start(numbered(3));
      await bench.clock.advance(600_000);
      assert.equal(bench.sink.state.state, 'parked');
      assert.deepEqual(running.verdicts, []);
      assert.equal(bench.factsOf('endpoint-parked').length, 1);
      mended = true;
      assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
      assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1, 2]);
      assert.deepEqual(bench.sink.state, { state: 'ok' });
      assert.equal(bench.factsOf('endpoint-recovered').length, 1);
    });
  }

  it('sends what was answered by nothing readable not again before a minute has passed, then ever more seldom', async () => {
    for (const nothing of [
      new TransportError('unreadable', 'INVALID_ANSWER', false, true),
      answer(200, 'x', { 'content-encoding': 'compress' }),
      answer(207, '[]'),
    ]) {
      const bench = new Bench(() => nothing);
      bench.start(numbered(3));
      await bench.clock.advance(59_000);
      assert.equal(bench.transport.requests.length, 1);
      assert.equal(bench.sink.state.state, 'parked', 'health tells at once');
      await bench.clock.advance(15_000);
      assert.equal(bench.transport.requests.length, 2);
      await bench.clock.advance(3_600_000);
      const later = bench.transport.requests.length - 2;
      assert.ok(later >= 11 && later <= 13, `${later} in an hour`);
      await bench.sink.close();
    }
  });

  it('counts patience by itself, whatever else it was refused for', async () => {
    const bench = new Bench((_, count) => (count === 12 ? answer(207, '[]') : answer(count < 12 ? 403 : 200)));
    const running = bench.start(numbered(1));
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
    const [last] = bench.factsOf('request-failed').filter(({ reason }) => reason.includes('207'));
    assert.ok(last!.retryInMs! >= 60_000 && last!.retryInMs! <= 75_000, `${last!.retryInMs} ms`);
  });

  it('lets one probe at a time through, with back-off, whoever waits', async () => {
    let inFlight = 0;
    let most = 0;
    let mended = false;
    const bench = new Bench(() => {
      most = Math.max(most, ++inFlight);
      return Promise.resolve().then(() => {
        inFlight--;
        return mended ? answer(200) : answer(403);
      });
    });
    const all = Array.from({ length: 8 }, () => bench.start(numbered(1)));
    await bench.clock.settle();
    assert.equal(bench.transport.requests.length, 8, 'those that were on their way');
    assert.equal(most, 8);
    most = 0;
    await bench.clock.advance(60_000);
    assert.equal(most, 1);
    const probes = bench.transport.requests.length - 8;
    assert.ok(probes >= 10 && probes <= 20, `${probes} probes in a minute, with at most 5 s in between`);
    mended = true;
    for (const running of all) assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
    assert.equal(bench.factsOf('endpoint-parked').length, 1);
    assert.equal(bench.factsOf('endpoint-recovered').length, 1);
    assert.equal(bench.clock.pending, 0);
  });

  it('stays parked while a probe finds the endpoint out of order', async () => {
    const answers = [answer(403), answer(503), answer(503)];
    const bench = new Bench((_, count) => answers[count - 1] ?? answer(200));
    const running = bench.start(numbered(1));
    await bench.clock.advance(100);
    assert.equal(bench.transport.requests.length, 2);
    assert.equal(bench.sink.state.state, 'parked');
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
  });

  it('counts a rejected record as a sign of life', async () => {
    const answers = [answer(403), answer(422)];
    const bench = new Bench((_, count) => answers[count - 1]!);
    const { verdicts } = await bench.deliver(numbered(1));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0]);
    assert.deepEqual(bench.sink.state, { state: 'ok' });
  });

  it('backs off from a request that alone is refused, while the others go on', async () => {
    const bench = new Bench(request => (numbersOf(request).includes(0) ? answer(403) : answer(200)));
    const stuck = bench.start(numbered(1));
    const other = batchOf([itemOf(blockOf(['1']))]);
    for (let i = 0; i < 100; i++) assert.deepEqual(await bench.clock.run(bench.start(other).end), { kind: 'done' });
    await bench.clock.advance(60_000);
    for (let i = 0; i < 100; i++) assert.deepEqual(await bench.clock.run(bench.start(other).end), { kind: 'done' });
    const refused = bench.transport.requests.filter(request => numbersOf(request).includes(0));
    assert.ok(refused.length < 30, `${refused.length} attempts`);
    assert.deepEqual(stuck.verdicts, []);
    await bench.sink.close();
    assert.deepEqual(await stuck.end, { kind: 'aborted' });
  });

  it('gives the probe to the next one when its holder leaves', async () => {
    let probes = 0;
    const bench = new Bench((_, count) => {
      if (count <= 2) return answer(403);
      return ++probes === 1 ? 'silence' : answer(200);
    });
    const controllers = [new AbortController(), new AbortController()];
    const running = controllers.map(({ signal }) => bench.start(numbered(1), signal));
    await bench.clock.advance(60);
    assert.equal(probes, 1);
    controllers[0]!.abort();
    assert.deepEqual(await running[0]!.end, { kind: 'aborted' });
    assert.deepEqual(await bench.clock.run(running[1]!.end), { kind: 'done' });
  });

  it('lets its waiters leave at once', async () => {
    const bench = new Bench(() => answer(403));
    const controller = new AbortController();
    const all = Array.from({ length: 3 }, () => bench.start(numbered(1), controller.signal));
    await bench.clock.settle();
    controller.abort();
    for (const { end } of all) assert.deepEqual(await end, { kind: 'aborted' });
    const late = bench.start(numbered(1));
    await bench.clock.settle();
    await bench.sink.close();
    assert.deepEqual(await late.end, { kind: 'aborted' });
    assert.equal(bench.clock.pending, 0, 'no timer is left behind');
  });

  it('ignores the late success of a request from before', async () => {
    let answerLate: (reaction: ReturnType<typeof answer>) => void = () => {};
    const late = new Promise<ReturnType<typeof answer>>(resolve => {
      answerLate = resolve;
    });
    const bench = new Bench((_, count) => (count === 1 ? late : answer(403)));
    const first = bench.start(numbered(1));
    bench.start(numbered(1));
    await bench.clock.settle();
    answerLate(answer(200));
    assert.deepEqual(await first.end, { kind: 'done' });
    assert.equal(bench.sink.state.state, 'parked');
    await bench.sink.close();
  });
});
