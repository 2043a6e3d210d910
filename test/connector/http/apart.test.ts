import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Batch, Places } from '../../../connector/batch.ts';
import { TransportError } from '../../../connector/errors.ts';
import { Scope } from '../../../connector/scope.ts';
import { answer, Bench, batchOf, blockOf, itemOf, numbered, numbersOf, recordsOf } from './fixtures.ts';

/** One record of each of so many lanes, each a slice by itself: the lane's number is the record's value. */
function lanes(count: number, perLane = 1): Batch {
  const items = Array.from({ length: count * perLane }, (_, i) => {
    const lane = Math.floor(i / perLane);
    return { ...itemOf(blockOf([String(lane)])), lane };
  });
  return batchOf(items);
}

/** Counts the places held, beside those that other deliveries would have. */
class Counted implements Places {
  held = 1;
  most = 1;

  leave(): void {
    this.held--;
  }

  async enter(): Promise<boolean> {
    this.most = Math.max(this.most, ++this.held);
    return true;
  }
}

describe('a request that is refused again and again', () => {
  it('is taken apart at lane borders at the second equal refusal, and each lane comes through by itself', async () => {
    let mended = false;
    const bench = new Bench(request => (numbersOf(request).includes(1) && !mended ? answer(503) : answer(200)));
    const places = new Counted();
    const running = bench.start(lanes(3, 2), new Scope(), places);
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.transport.requests.slice(0, 5).map(numbersOf), [
      [0, 0, 1, 1, 2, 2],
      [0, 0, 1, 1, 2, 2],
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 0, 2, 2]);
    assert.equal(places.held, 0, 'it waits without a place');
    assert.deepEqual(bench.sink.state, { state: 'retrying', reason: 'the endpoint answered 503', since: 0 });
    mended = true;
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 0, 2, 2, 1, 1]);
    assert.equal(places.held, 0);
    assert.deepEqual(bench.sink.state, { state: 'ok' });
  });

  it('finds one of many lanes in few requests', async () => {
    const bench = new Bench(request => (numbersOf(request).includes(317) ? answer(503) : answer(200)));
    const running = bench.start(lanes(500));
    await bench.clock.advance(10_000);
    assert.equal(recordsOf(running.verdicts, 'delivered').length, 499);
    const carrying = bench.transport.requests.filter(request => !numbersOf(request).includes(317));
    assert.ok(carrying.length <= 3 * 7, `${carrying.length} requests for the others`);
  });

  it('stays whole where different answers come, or nothing in it can be the reason', async () => {
    const unreachable = new TransportError('nothing listens', 'ECONNREFUSED', true, false);
    const outages = [
      [answer(503), answer(502), answer(503), answer(500)],
      [unreachable, unreachable, unreachable],
      [answer(503), unreachable, answer(503)],
    ];
    for (const outage of outages) {
      const bench = new Bench((_, count) => outage[count - 1] ?? answer(200));
      await bench.deliver(lanes(3));
      assert.deepEqual(new Set(bench.transport.requests.map(({ body }) => body.toString())), new Set(['[0,1,2]']));
    }
  });

  it('is taken apart by no answer too, and by a refusal that parks', async () => {
    for (const reaction of ['silence', answer(403)] as const) {
      const bench = new Bench(request => (numbersOf(request).includes(0) ? reaction : answer(200)));
      const running = bench.start(lanes(3));
      await bench.clock.advance(300_000);
      assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [1, 2]);
    }
  });

  it('keeps the verdicts and the order of a lane that was in the middle of a bisection', async () => {
    // Record 3 is refused for good; then, while the left half of the rest is tried, lane 0 is in trouble for a while.
    let troubled = 4;
    const bench = new Bench(request => {
      const carried = numbersOf(request);
      if (carried.includes(3)) return answer(400);
      if (carried.includes(0) && troubled-- > 0) return answer(503);
      return answer(200);
    });
    const items = [itemOf(blockOf(['0', '1'])), itemOf(blockOf(['2', '3', '4']))].map((item, lane) => ({
      ...item,
      lane,
    }));
    const { verdicts, end } = await bench.deliver(batchOf(items));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [3]);
    assert.deepEqual(recordsOf(verdicts, 'delivered').toSorted(), [0, 1, 2, 4]);
    for (const item of items) {
      const cursors = verdicts.filter(verdict => verdict.item === item).map(({ start }) => start);
      assert.deepEqual(cursors, cursors.toSorted(), 'verdicts of an item come in order');
    }
  });

  it('holds a place for each of its attempts, and for none of its waits', async () => {
    const places = new Counted();
    const bench = new Bench((_, count) => {
      assert.ok(places.held >= 1, 'a request without a place');
      return count < 5 ? answer(503) : answer(200);
    });
    const running = bench.start(numbered(2), new Scope(), places);
    await bench.clock.settle();
    assert.equal(places.held, 0);
    await bench.clock.run(running.end);
    assert.deepEqual([places.held, places.most], [0, 1]);
  });

  it('keeps its place through the wait in an outage, until the endpoint takes something', async () => {
    let mended = false;
    const bench = new Bench(() => (mended ? answer(200) : answer(503)), { http: { retryBackoffMs: 5_000 } });
    const [first, second, third] = [new Counted(), new Counted(), new Counted()] as const;
    bench.start(numbered(1), new Scope(), first);
    bench.start(numbered(1), new Scope(), second);
    await bench.clock.settle();
    assert.deepEqual([first.held, second.held], [0, 1]);
    mended = true;
    bench.start(numbered(1), new Scope(), third);
    await bench.clock.settle();
    assert.deepEqual([first.held, second.held, third.held], [0, 0, 0]);
    await bench.sink.close();
  });
});
