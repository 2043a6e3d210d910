import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AttemptsConfig } from '../../../config/answer-types.ts';
import type { HttpConfig } from '../../../config/types.ts';
import type { Batch, Verdict } from '../../../connector/batch.ts';
import { TransportError } from '../../../connector/errors.ts';
import { Scope } from '../../../connector/scope.ts';
import { oauth2Config } from '../../support/oauth2.ts';
import { answer, Bench, batchOf, blockOf, itemOf, numbered, numbersOf, recordsOf } from './fixtures.ts';

function limited(changes: Partial<AttemptsConfig>): Partial<HttpConfig> {
  return { attempts: { most: 0, onExhausted: 'fail', retryStatuses: [], mostRetried: 3, ...changes } };
}

/** One record of each of so many lanes: the lane's number is the record's value. */
function lanes(count: number): Batch {
  return batchOf(Array.from({ length: count }, (_, lane) => ({ ...itemOf(blockOf([String(lane)])), lane })));
}

function bodies(bench: Bench): readonly string[] {
  return bench.transport.requests.map(({ body }) => body.toString());
}

function errorsOf(verdicts: readonly Verdict[]) {
  return verdicts.flatMap(verdict => (verdict.kind === 'rejected' ? [verdict.error] : []));
}

describe('delivery.max.attempts', () => {
  const outages = [
    ['503', answer(503), 503],
    ['429', answer(429), 429],
    ['a refused connection', new TransportError('nothing listens', 'ECONNREFUSED', true, false), undefined],
    ['a broken connection', new TransportError('it broke', 'ECONNRESET', true, true), undefined],
    ['no answer', 'silence', undefined],
  ] as const;
  for (const [name, reaction, status] of outages) {
    it(`ends with the last attempt on ${name}: the task fails, and is told what to do`, async () => {
      const bench = new Bench(() => reaction, { http: limited({ most: 3 }) });
      const { verdicts, end } = await bench.deliver(numbered(2, 1));
      assert.deepEqual(verdicts, []);
      assert.equal(bench.transport.requests.length, 3);
      assert.ok(end.kind === 'fatal');
      assert.match(
        end.error.message,
        /^a request with 3 records, events-0 offset 0 the first of them, was given up after 3 attempts \(delivery\.max\.attempts\): .+\. What it carried is not committed\. Restart /,
      );
      const [told] = bench.factsOf('request-given-up');
      assert.deepEqual([told!.records, told!.attempts, told!.outcome], [3, 3, 'fail']);
      assert.deepEqual(bench.sink.state, { state: 'ok' }, 'nothing is repeated any more');
    });

    it(`rejects each record of the request after the last attempt on ${name} with on.exhausted=error`, async () => {
      const bench = new Bench(() => reaction, { http: limited({ most: 3, onExhausted: 'error' }) });
      const { verdicts, end } = await bench.deliver(numbered(2, 1));
      assert.deepEqual(end, { kind: 'done' });
      assert.deepEqual(recordsOf(verdicts, 'rejected'), [0, 1, 2]);
      assert.equal(bench.transport.requests.length, 3);
      for (const error of errorsOf(verdicts)) {
        assert.match(error.message, /; given up after 3 attempts \(delivery\.max\.attempts\)$/);
        assert.equal(error.httpStatus, status);
        assert.equal(error.answer?.attempt, status === undefined ? undefined : 3);
        assert.equal(error.stage, 'TASK_PUT');
      }
      assert.equal(bench.factsOf('request-given-up').length, 1);
    });
  }

  it('is not looked at where the last attempt finds the endpoint in order', async () => {
    const bench = new Bench((_, count) => answer(count < 3 ? 503 : 200), { http: limited({ most: 3 }) });
    const { verdicts, end } = await bench.deliver(numbered(2));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1]);
  });

  it('1 repeats nothing', async () => {
    const bench = new Bench(() => answer(500), { http: limited({ most: 1, onExhausted: 'error' }) });
    const { verdicts } = await bench.deliver(numbered(1));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0]);
    assert.equal(bench.transport.requests.length, 1);
    assert.equal(
      errorsOf(verdicts)[0]!.message,
      'the endpoint answered 500; given up after 1 attempt (delivery.max.attempts)',
    );
  });

  it('does not count what parks, nor its probes, nor the renewal of credentials', async () => {
    const script = [403, 503, 404, 404, 503, 403, 503];
    const bench = new Bench((_, count) => answer(script[count - 1] ?? 200), {
      http: limited({ most: 4, onExhausted: 'error' }),
    });
    const { verdicts } = await bench.deliver(numbered(1));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0]);
    assert.equal(bench.transport.requests.length, script.length + 1);
  });

  it('counts nothing while no token can be had: nothing was sent', async () => {
    const tokenUrl = new URL('http://login.test/token');
    const auth = oauth2Config({ tokenUrl, id: 'id', secret: 'secret' });
    let tokens = 0;
    const bench = new Bench(
      request => {
        if (request.url.href !== tokenUrl.href) return answer(200);
        return ++tokens < 10 ? answer(503) : answer(200, '{"access_token":"t","token_type":"Bearer","expires_in":600}');
      },
      { http: { auth, ...limited({ most: 2 }) } },
    );
    const { verdicts, end } = await bench.deliver(numbered(1));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0]);
  });

  it('with errors.tolerance=none rejects the first record alone, and sends nothing behind it', async () => {
    const bench = new Bench(request => answer(numbersOf(request).includes(0) ? 503 : 200), {
      http: limited({ most: 2, onExhausted: 'error' }),
      tolerance: 'none',
    });
    const { verdicts, end } = await bench.deliver(numbered(3, 2));
    assert.deepEqual(end, { kind: 'halted' });
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), []);
  });

  it('counts each half anew, since the endpoint was in order when it refused the whole', async () => {
    // 0 and 1 do not go together; 1 alone finds an outage twice, 0 three times.
    const seen = new Map<string, number>();
    const bench = new Bench(
      request => {
        const body = request.body.toString();
        const times = (seen.get(body) ?? 0) + 1;
        seen.set(body, times);
        if (body === '[0,1]') return answer(times === 1 ? 503 : 413);
        return answer(body === '[1]' && times === 3 ? 200 : 503);
      },
      { http: limited({ most: 3, onExhausted: 'error' }) },
    );
    const { verdicts } = await bench.deliver(numbered(2));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [1]);
    assert.deepEqual(bodies(bench), ['[0,1]', '[0,1]', '[0]', '[0]', '[0]', '[1]', '[1]', '[1]']);
  });

  it('spares the other lanes where there are attempts enough, and counts on in the parts', async () => {
    const bench = new Bench(request => answer(numbersOf(request).includes(1) ? 503 : 200), {
      http: limited({ most: 3, onExhausted: 'error' }),
    });
    const { verdicts } = await bench.deliver(lanes(3));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1]);
    assert.deepEqual(recordsOf(verdicts, 'delivered').toSorted(), [0, 2]);
    assert.deepEqual(bodies(bench).toSorted(), ['[0,1,2]', '[0,1,2]', '[0]', '[1]', '[2]'].toSorted());
  });

  it('fails at once though other parts of the request wait for a parked endpoint', async () => {
    const places = { leave: () => {}, enter: async () => true };
    // Lane 1 hangs at a gate that is parked by lane 0; lane 2 was sent before that, and is out of attempts.
    let release: (reaction: ReturnType<typeof answer>) => void = () => {};
    const late = new Promise<ReturnType<typeof answer>>(resolve => {
      release = resolve;
    });
    const other = new Bench(
      request => {
        const carried = numbersOf(request);
        if (carried.length > 1) return answer(503);
        if (carried[0] === 2) return late;
        return answer(403);
      },
      { http: limited({ most: 3 }) },
    );
    const running = other.start(lanes(3), new Scope(), places);
    await other.clock.advance(20_000);
    assert.equal(other.sink.state.state, 'parked');
    release(answer(503));
    const end = await running.end;
    assert.ok(end.kind === 'fatal' && end.error.message.includes('given up after 3 attempts'), JSON.stringify(end));
    assert.equal(other.clock.pending, 1, 'the gate alone still waits');
    await other.sink.close();
    assert.equal(other.clock.pending, 0);
  });

  it('counts a record that is put off in its own place, and rejects it by its own status', async () => {
    const entry = (status: number) => ({ status });
    const script = [
      [entry(200), entry(503), entry(429)],
      [entry(503), entry(200)],
    ];
    const bench = new Bench((_, count) => answer(207, JSON.stringify(script[count - 1])), {
      http: limited({ most: 2, onExhausted: 'error' }),
    });
    const { verdicts, end } = await bench.deliver(numbered(3));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 2]);
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1]);
    const [error] = errorsOf(verdicts);
    assert.equal(error!.httpStatus, 503);
    assert.equal(error!.message, 'the endpoint answered 503 for it; given up after 2 attempts (delivery.max.attempts)');
    const [told] = bench.factsOf('request-given-up');
    assert.deepEqual([told!.records, told!.attempts, told!.outcome], [1, 2, 'error']);
  });

  it('fails on a record that is put off too often, with the verdicts of the others told', async () => {
    const bench = new Bench(
      (_, count) => answer(207, count === 1 ? '[{"status":200},{"status":503}]' : '[{"status":503}]'),
      {
        http: limited({ most: 2 }),
      },
    );
    const { verdicts, end } = await bench.deliver(numbered(2));
    assert.ok(end.kind === 'fatal');
    assert.match(
      end.error.message,
      /^a request with 1 record, events-0 offset 1 the first of them, was given up after 2 attempts/,
    );
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0]);
    assert.deepEqual(recordsOf(verdicts, 'rejected'), []);
  });

  it('slows down in an outage: what is given up waits longer and longer, with its place', async () => {
    const bench = new Bench(() => answer(503), {
      http: { ...limited({ most: 1, onExhausted: 'error' }), retryBackoffMs: 1_000, retryBackoffMaxMs: 60_000 },
    });
    let requests = 0;
    const drain = async (): Promise<void> => {
      while (requests < 1_000) {
        const { end } = bench.start(numbered(1));
        if ((await end).kind !== 'done') return;
        requests++;
      }
    };
    const drained = drain();
    await bench.clock.advance(600_000);
    assert.ok(requests >= 12 && requests <= 30, `${requests} requests were given up in ten minutes`);
    await bench.sink.close();
    await drained;
  });

  it('does not wait with one request that alone is refused', async () => {
    const bench = new Bench(request => answer(numbersOf(request).includes(0) ? 500 : 200), {
      http: { ...limited({ most: 1, onExhausted: 'error' }), retryBackoffMs: 10_000 },
    });
    for (let i = 0; i < 10; i++) {
      const { verdicts, end } = bench.start(i % 2 === 0 ? numbered(1) : batchOf([itemOf(blockOf(['1']))]));
      assert.deepEqual(await end, { kind: 'done' });
      assert.equal(verdicts.length, 1);
    }
    assert.equal(bench.clock.now(), 0);
  });

  it('gives nothing up that a stop finds waiting', async () => {
    const bench = new Bench(() => answer(503), {
      http: { ...limited({ most: 2, onExhausted: 'error' }), retryBackoffMs: 5_000, retryBackoffMaxMs: 5_000 },
    });
    const scopes = [new Scope(), new Scope()];
    const running = scopes.map(scope => bench.start(numbered(1), scope));
    while (bench.transport.requests.length < 4) await bench.clock.advance(100);
    for (const scope of scopes) scope.abort();
    const kinds = await Promise.all(running.map(async ({ end }) => (await end).kind));
    const rejected = running.map(({ verdicts }) => verdicts.length);
    assert.deepEqual(kinds, ['aborted', 'aborted']);
    assert.deepEqual(rejected, [0, 0]);
    assert.equal(bench.factsOf('request-given-up').length, 0);
    assert.equal(bench.clock.pending, 0);
  });

  it('gives nothing up, and fails nothing, that was taken away meanwhile', async () => {
    for (const onExhausted of ['fail', 'error'] as const) {
      for (const tolerance of ['none', 'all'] as const) {
        const batch = lanes(2);
        const bench = new Bench(
          (_, count) => {
            if (count === 2) batch.items[0]!.detached = true;
            return answer(count <= 2 ? 503 : 200);
          },
          { http: limited({ most: 2, onExhausted }), tolerance },
        );
        batch.items[1]!.detached = true;
        const { verdicts, end } = await bench.deliver(batch);
        assert.deepEqual(end, { kind: 'done' });
        assert.deepEqual(verdicts, []);
      }
    }
  });

  it('halts at the first record that is still there', async () => {
    const batch = lanes(2);
    const bench = new Bench(
      (_, count) => {
        if (count === 2) batch.items[0]!.detached = true;
        return answer(count % 2 === 0 ? 502 : 503);
      },
      { http: limited({ most: 2, onExhausted: 'error' }), tolerance: 'none' },
    );
    const { verdicts, end } = await bench.deliver(batch);
    assert.deepEqual(end, { kind: 'halted' });
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1]);
  });

  it('gives each record one verdict, whatever the endpoint does and however little of it is left', async () => {
    const reactions = fc.array(fc.constantFrom(200, 503, 429, 400, 413, 409, 207, 403), {
      minLength: 1,
      maxLength: 40,
    });
    const settings = fc.record({
      most: fc.integer({ min: 1, max: 5 }),
      mostRetried: fc.integer({ min: 1, max: 4 }),
      retryStatuses: fc.constantFrom([], [[409, 409]] as const, [[400, 599]] as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
        reactions,
        settings,
        fc.integer({ min: 0, max: 60 }),
        async (sizes, script, changes, lost) => {
          const batch = numbered(...sizes);
          const items = batch.items.map((item, lane) => ({ ...item, lane }));
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const bench = new Bench(
            (request, count) => {
              if (count === lost) items[lost % items.length]!.detached = true;
              const status = script[count - 1] ?? 200;
              if (status !== 207) return answer(status);
              const records = numbersOf(request);
              return answer(207, JSON.stringify(records.map(n => ({ status: [200, 503, 409][(n + count) % 3] }))));
            },
            { http: limited({ ...changes, onExhausted: 'error' }) },
          );
          const { verdicts, end } = await bench.deliver(batchOf(items));
          assert.deepEqual(end, { kind: 'done' });
          const seen = [...recordsOf(verdicts, 'delivered'), ...recordsOf(verdicts, 'rejected')].toSorted(
            (a, b) => a - b,
          );
          assert.equal(new Set(seen).size, seen.length);
          if (items.every(({ detached }) => !detached)) assert.equal(seen.length, total);
          for (const item of items) {
            const cursors = verdicts.filter(verdict => verdict.item === item).map(({ start }) => start);
            assert.deepEqual(
              cursors,
              cursors.toSorted((a, b) => a - b),
            );
          }
          await bench.sink.close();
          assert.equal(bench.clock.pending, 0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('http.response.retry.codes', () => {
  const codes = { retryStatuses: [[400, 499]], mostRetried: 3 } as const;

  it('repeats the same request first, then does what would have been done at once', async () => {
    const bench = new Bench(request => answer(numbersOf(request).includes(2) ? 422 : 200), { http: limited(codes) });
    const { verdicts } = await bench.deliver(numbered(4));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [2]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 3]);
    const whole = '[0,1,2,3]';
    assert.deepEqual(bodies(bench), [whole, whole, whole, '[0,1]', '[2,3]', '[2]', '[3]']);
    assert.equal(errorsOf(verdicts)[0]!.message, 'the endpoint answered 422');
    assert.deepEqual(bench.factsOf('request-given-up'), []);
    const waits = bench.factsOf('request-failed').map(({ retryInMs }) => retryInMs !== null);
    assert.deepEqual(waits, [true, true, false, false, false]);
  });

  it('takes what passes meanwhile, and the wait that the endpoint asks for', async () => {
    const bench = new Bench((_, count) => (count < 3 ? answer(409, '', { 'retry-after': '7' }) : answer(200)), {
      http: limited(codes),
    });
    const { verdicts } = await bench.deliver(numbered(2));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1]);
    assert.ok(bench.clock.now() >= 14_000);
  });

  it('repeats nothing that is too large, and not twice what is not in it', async () => {
    const bench = new Bench(request => answer(numbersOf(request).length > 1 ? 413 : 404), { http: limited(codes) });
    const running = bench.start(numbered(2));
    await bench.clock.advance(1_000);
    assert.deepEqual(bodies(bench).slice(0, 2), ['[0,1]', '[0]']);
    assert.equal(bench.sink.state.state, 'parked', 'a 404 of the one address parks as ever');
    await bench.sink.close();
    await running.end;

    const alone = new Bench(() => answer(413), { http: limited(codes) });
    assert.deepEqual(recordsOf((await alone.deliver(numbered(1))).verdicts, 'rejected'), [0]);
    assert.equal(alone.transport.requests.length, 1);

    const other = new Bench(() => answer(400), { http: limited({ retryStatuses: [[409, 409]], mostRetried: 3 }) });
    await other.deliver(numbered(1));
    assert.equal(other.transport.requests.length, 1);
  });

  it('repeats the halves of what was too large, which were not sent before, and not those of what was refused', async () => {
    const bench = new Bench(
      request => {
        const carried = numbersOf(request);
        if (carried.length > 2) return answer(413);
        return answer(carried.includes(0) || carried.includes(3) ? 422 : 200);
      },
      { http: limited({ ...codes, mostRetried: 2 }) },
    );
    const { verdicts } = await bench.deliver(numbered(4));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0, 3]);
    const [left, right] = ['[0,1]', '[2,3]'];
    assert.deepEqual(bodies(bench), ['[0,1,2,3]', left, left, '[0]', '[1]', right, right, '[2]', '[3]']);
  });

  it('says nothing against the endpoint: a parked one is open again, and the limit on attempts does not count it', async () => {
    const script = [403, 422, 503, 422, 503, 422];
    const bench = new Bench((_, count) => answer(script[count - 1] ?? 200), {
      http: limited({ ...codes, most: 3, onExhausted: 'fail' }),
    });
    const { verdicts, end } = await bench.deliver(numbered(1));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0]);
    assert.equal(bench.transport.requests.length, script.length);
    assert.equal(bench.factsOf('endpoint-recovered').length, 1);
    assert.deepEqual(bench.sink.state, { state: 'ok' });
  });

  it('repeats records by their own status, and those alone', async () => {
    const statuses = new Map([
      [0, [200]],
      [1, [422, 422, 422]],
      [2, [422, 200]],
      [3, [413]],
      [4, [503, 503, 503, 200]],
    ]);
    const bench = new Bench(
      request => answer(207, JSON.stringify(numbersOf(request).map(n => ({ status: statuses.get(n)!.shift() })))),
      { http: limited(codes) },
    );
    const { verdicts } = await bench.deliver(numbered(5));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1, 3]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 2, 4]);
    assert.deepEqual(bodies(bench), ['[0,1,2,3,4]', '[1,2,4]', '[1,4]', '[4]']);
  });

  it('counts what a body says as the status that it counts as', async () => {
    const rule = [
      [{ subject: { kind: 'body' }, test: { kind: 'equals', values: ['later'], negated: false } }],
    ] as const;
    const bench = new Bench((_, count) => answer(200, count < 3 ? 'later' : 'done'), {
      http: {
        ...limited(codes),
        answers: {
          judging: { success: null, failures: [{ status: 422, rule }], failureStatus: 422 },
          records: { kind: 'none' },
          recordStatuses: [],
        },
      },
    });
    const { verdicts } = await bench.deliver(numbered(1));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0]);
  });

  it('is taken apart at lane borders as an outage is, and counts on in the parts', async () => {
    const bench = new Bench(request => answer(numbersOf(request).includes(1) ? 422 : 200), { http: limited(codes) });
    const { verdicts } = await bench.deliver(lanes(3));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1]);
    assert.deepEqual(bodies(bench).toSorted(), ['[0,1,2]', '[0,1,2]', '[0]', '[1]', '[2]'].toSorted());
  });
});

describe('a record that was refused and taken away meanwhile', () => {
  it('halts nothing with errors.tolerance=none: what is in other lanes goes on', async () => {
    for (const isPerRecord of [false, true]) {
      const batch = lanes(2);
      const bench = new Bench(
        request => {
          const carried = numbersOf(request);
          if (!carried.includes(0)) return answer(200);
          if (isPerRecord) {
            batch.items[0]!.detached = true;
            return answer(207, '[{"status":400},{"status":503}]');
          }
          if (carried.length === 1) batch.items[0]!.detached = true;
          return answer(400);
        },
        { tolerance: 'none' },
      );
      const { verdicts, end } = await bench.deliver(batch);
      assert.deepEqual(end, { kind: 'done' });
      assert.deepEqual(recordsOf(verdicts, 'delivered'), [1]);
    }
  });
});
