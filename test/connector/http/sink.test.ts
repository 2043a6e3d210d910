import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { rangeBytes } from '../../../connector/block.ts';
import { TransportError } from '../../../connector/errors.ts';
import { Scope } from '../../../connector/scope.ts';
import { VERSION } from '../../../worker/cli/version.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { answer, Bench, numbered, numbersOf, type Running, recordsOf } from './fixtures.ts';

const refused = new TransportError('nothing listens', 'ECONNREFUSED', true, false);

async function endOf(bench: Bench, { end }: Running): Promise<string> {
  return (await bench.clock.run(end)).kind;
}

describe('the HTTP sink', () => {
  it('delivers a batch with one request, and says so', async () => {
    const bench = new Bench(() => answer(200));
    const batch = numbered(3, 2);
    const { verdicts, end } = await bench.deliver(batch);
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(
      verdicts.map(({ kind, item, start, end: behind }) => [kind, batch.items.indexOf(item), start, behind]),
      [
        ['delivered', 0, 0, 3],
        ['delivered', 1, 0, 2],
      ],
    );
    const answers = verdicts.map(verdict => verdict.kind === 'delivered' && verdict.answer);
    assert.deepEqual(answers, Array(2).fill({ status: 200, ms: 0, attempt: 1 }));
    assert.deepEqual(bench.transport.requests.map(numbersOf), [[0, 1, 2, 3, 4]]);
    assert.deepEqual(bench.facts, [
      { kind: 'request-succeeded', status: 200, records: 5, bytes: batch.bytes, ms: 0, attempt: 1 },
    ]);
    assert.deepEqual(bench.sink.state, { state: 'ok' });
    assert.equal(bench.clock.pending, 0, 'no timer is left behind');
  });

  it('builds its request from the configuration', async () => {
    const headers = {
      'x-source': new Secret('kafka'),
      'content-type': new Secret('application/vnd.in+json'),
      'accept-encoding': new Secret('br'),
    };
    const bench = new Bench(() => answer(200), { http: { method: 'PUT', headers } });
    await bench.deliver(numbered(1));
    const { method, url, headers: sent } = bench.transport.requests[0]!;
    assert.deepEqual([method, url.href], ['PUT', 'http://endpoint.test/in']);
    assert.deepEqual(sent, {
      'user-agent': `tailrace/${VERSION}`,
      'x-source': 'kafka',
      'content-type': 'application/vnd.in+json',
      'accept-encoding': 'identity',
    });
  });

  it('leaves a header of its own out where the configured one is empty', async () => {
    const headers = { 'content-type': new Secret(''), 'user-agent': new Secret(''), 'x-empty': new Secret('') };
    const bench = new Bench(() => answer(200), { http: { headers } });
    await bench.deliver(numbered(1));
    assert.deepEqual(bench.transport.requests[0]!.headers, { 'x-empty': '', 'accept-encoding': 'identity' });
  });

  it('waits an outage out and sends the very same bytes again', async () => {
    const outage = [answer(503), refused, answer(500), answer(429), new Error('a transport that breaks its word')];
    const bench = new Bench((_, count) => outage[count - 1] ?? answer(200));
    const { verdicts, end } = await bench.deliver(numbered(3));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 2]);
    assert.deepEqual(new Set(bench.transport.requests.map(({ body }) => body.toString())), new Set(['[0,1,2]']));
    const failed = bench.factsOf('request-failed');
    assert.deepEqual(
      failed.map(({ class: kind, status, code, attempt, retryInMs }) => [kind, status, code, attempt, retryInMs]),
      [
        ['retry', 503, null, 1, 50],
        ['retry', null, 'ECONNREFUSED', 2, 100],
        ['retry', 500, null, 3, 200],
        ['retry', 429, null, 4, 400],
        ['retry', null, 'UNKNOWN', 5, 800],
      ],
    );
    assert.equal(bench.factsOf('request-succeeded')[0]!.attempt, 6);
    assert.equal(bench.clock.now(), 50 + 100 + 200 + 400 + 800);
  });

  it('says that it is retrying, since when and why, for as long as it is', async () => {
    const bench = new Bench((_, count) => (count < 4 ? answer(503) : answer(200)));
    const running = bench.start(numbered(1));
    await bench.clock.advance(150);
    assert.deepEqual(bench.sink.state, { state: 'retrying', reason: 'the endpoint answered 503', since: 0 });
    await bench.clock.run(running.end);
    assert.deepEqual(bench.sink.state, { state: 'ok' });
  });

  it('no longer says so once a part of the batch has come through', async () => {
    const bench = new Bench((_, count) => (count === 1 ? answer(503) : count === 2 ? answer(400) : 'silence'));
    const running = bench.start(numbered(2));
    await bench.clock.advance(1000);
    assert.equal(bench.transport.requests.length, 3);
    assert.deepEqual(bench.sink.state, { state: 'ok' });
    await bench.sink.close();
    assert.deepEqual(await running.end, { kind: 'aborted' });
  });

  it('never gives up, and never rejects a record for an outage', async () => {
    const bench = new Bench(() => answer(503), { tolerance: 'none' });
    const running = bench.start(numbered(2));
    await bench.clock.advance(86_400_000);
    assert.ok(bench.transport.requests.length > 1000);
    assert.deepEqual(running.verdicts, []);
    await bench.sink.close();
    assert.deepEqual(await running.end, { kind: 'aborted' });
  });

  it('waits for as long as the endpoint asks', async () => {
    const bench = new Bench((_, count) => (count === 1 ? answer(429, '', { 'retry-after': '20' }) : answer(200)));
    await bench.deliver(numbered(1));
    assert.equal(bench.clock.now(), 20_000 + 50);
  });

  it('bounds an attempt by its deadline, whatever the endpoint does (A21)', async () => {
    const bench = new Bench((_, count) => (count === 1 ? 'silence' : answer(200)), { http: { timeoutMs: 5000 } });
    await bench.deliver(numbered(1));
    const [failed] = bench.factsOf('request-failed');
    assert.deepEqual([failed!.code, failed!.ms, failed!.ambiguous], ['DEADLINE_EXCEEDED', 5000, true]);
    assert.equal(bench.clock.now(), 5050);
  });

  it('ends at once when it is aborted: in a request, in a wait, and before it began', async () => {
    for (const reaction of ['silence', answer(503)] as const) {
      const bench = new Bench(() => reaction);
      const controller = new AbortController();
      const running = bench.start(numbered(1), controller.signal);
      await bench.clock.settle();
      controller.abort();
      assert.deepEqual(await running.end, { kind: 'aborted' });
      assert.deepEqual(running.verdicts, []);
      assert.equal(bench.facts.length, reaction === 'silence' ? 0 : 1, 'being aborted is no failure of the endpoint');
      assert.equal(bench.clock.pending, 0, 'no timer is left behind');
      assert.deepEqual(await bench.start(numbered(1), controller.signal).end, { kind: 'aborted' });
      assert.equal(bench.transport.requests.length, 1);
    }
  });

  it('stops any number of deliveries by one signal', async () => {
    const bench = new Bench(() => 'silence');
    const scope = new Scope();
    const all = Array.from({ length: 30 }, () => bench.start(numbered(1), scope));
    await bench.clock.settle();
    scope.abort();
    for (const { end } of all) assert.deepEqual(await end, { kind: 'aborted' });
    assert.equal(bench.clock.pending, 0, 'no timer is left behind');
  });

  it('is done, not aborted, once every record has its verdict', async () => {
    const controller = new AbortController();
    const bench = new Bench(() => answer(200));
    const end = await bench.sink.deliver(numbered(1), () => controller.abort(), controller.signal, ANY_ROOM);
    assert.deepEqual(end, { kind: 'done' });
  });

  it('goes on without what was detached meanwhile, and ends when nothing is left', async () => {
    const bench = new Bench((_, count) => (count < 3 ? answer(503) : answer(200)));
    const batch = numbered(2, 2, 1);
    const running = bench.start(batch);
    await bench.clock.settle();
    batch.items[1]!.detached = true;
    assert.equal(await endOf(bench, running), 'done');
    assert.deepEqual(bench.transport.requests.map(numbersOf), [
      [0, 1, 2, 3, 4],
      [0, 1, 4],
      [0, 1, 4],
    ]);
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1, 4]);

    const lost = new Bench(() => answer(503));
    const whole = numbered(2);
    const waiting = lost.start(whole);
    await lost.clock.settle();
    whole.items[0]!.detached = true;
    assert.equal(await endOf(lost, waiting), 'done');
    assert.equal(lost.transport.requests.length, 1);
    assert.deepEqual(waiting.verdicts, []);
  });

  it('splits what is too large, and rejects the record that is too large alone', async () => {
    const bench = new Bench(request => (request.body.length > 8 ? answer(413) : answer(200)), {
      http: { successStatuses: [[200, 200]] },
    });
    const batch = numbered(12);
    const { verdicts, end } = await bench.deliver(batch);
    assert.equal(end.kind, 'done');
    assert.deepEqual(
      recordsOf(verdicts, 'delivered'),
      Array.from({ length: 12 }, (_, i) => i),
    );
    assert.ok(bench.factsOf('batch-split').length > 0);
    assert.ok(rangeBytes(batch.items[0]!.slice.block, 0, 12) > 8);

    const tiny = new Bench(() => answer(413));
    const one = await tiny.deliver(numbered(1));
    assert.deepEqual(recordsOf(one.verdicts, 'rejected'), [0]);
  });

  it('gives a rejected record its reason, in Connect’s terms', async () => {
    const bench = new Bench(() => answer(422, '{"canary":"what the endpoint wrote"}'));
    const { verdicts } = await bench.deliver(numbered(1));
    const [verdict] = verdicts;
    assert.ok(verdict?.kind === 'rejected');
    assert.deepEqual(verdict.error, {
      stage: 'TASK_PUT',
      className: 'tailrace.HttpSink',
      exceptionClassName: 'org.apache.kafka.connect.errors.ConnectException',
      message: 'the endpoint answered 422',
      httpStatus: 422,
      answer: { status: 422, ms: 0, attempt: 1 },
    });
  });
});
