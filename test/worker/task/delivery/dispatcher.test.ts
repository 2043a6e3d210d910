import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Places } from '../../../../connector/batch.ts';
import { Scope } from '../../../../connector/scope.ts';
import { Dispatcher } from '../../../../worker/task/delivery/dispatcher.ts';
import { answer, Bench, numbered } from '../../../connector/http/fixtures.ts';
import { ANY_ROOM } from '../../../support/places.ts';

/** A dispatcher with the turns that the task's loop takes, and deliveries that wait to begin. */
class Turns {
  readonly dispatcher: Dispatcher;
  readonly begun: number[] = [];
  readonly #run: (places: Places, index: number) => Promise<unknown>;
  #left: number;

  constructor(maxInFlight: number, deliveries: number, run: (places: Places, index: number) => Promise<unknown>) {
    this.dispatcher = new Dispatcher(maxInFlight, () => queueMicrotask(() => this.turn()));
    this.#run = run;
    this.#left = deliveries;
  }

  turn(): void {
    while (this.#left > 0 && this.dispatcher.hasRoom) {
      this.#left--;
      const index = this.begun.length;
      this.begun.push(index);
      void this.dispatcher.submit(places => this.#run(places, index));
    }
    this.dispatcher.readmit();
  }
}

test('those that come back and new ones take turns', async () => {
  const order: string[] = [];
  const turns = new Turns(1, 6, async (places, index) => {
    order.push(`${index}`);
    await null;
    // The first three come back for as long as they can.
    for (let again = 0; index < 3 && again < 6; again++) {
      places.leave();
      assert.ok(await places.enter(new Scope()));
      order.push(`${index} again`);
      await null;
    }
    places.leave();
  });
  turns.turn();
  for (let i = 0; i < 200; i++) await new Promise(setImmediate);
  assert.equal(order.length, 6 + 18);
  const last = order.indexOf('5');
  const between = order.slice(0, last).filter(entry => entry.endsWith('again')).length;
  assert.ok(between >= 3 && between <= 6, `${order.join(', ')}`);
});

test('there is room for so many at a time and no more, and an aborted one leaves the line', async () => {
  let most = 0;
  let inFlight = 0;
  const scope = new Scope();
  const turns = new Turns(2, 5, async (places, index) => {
    most = Math.max(most, ++inFlight);
    await new Promise(setImmediate);
    inFlight--;
    places.leave();
    if (index === 0) {
      scope.abort();
      assert.equal(await places.enter(scope), false);
    } else {
      assert.equal(await places.enter(new Scope()), true);
      most = Math.max(most, ++inFlight);
      inFlight--;
      places.leave();
    }
  });
  turns.turn();
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  assert.deepEqual([turns.begun.length, most], [5, 2]);
  assert.equal(turns.dispatcher.hasRoom, true);
});

test('an outage gets about as many requests from many lanes in turn as from those that would have kept their places', async () => {
  const minutes = 20;
  const settings = { http: { retryBackoffMs: 500, retryBackoffMaxMs: 30_000 } };
  const kept = new Bench(() => answer(503), settings);
  for (let i = 0; i < 4; i++) kept.start(numbered(1), new Scope(), ANY_ROOM);
  await kept.clock.advance(minutes * 60_000);

  const bench = new Bench(() => answer(503), settings);
  const turns = new Turns(4, 200, places => bench.start(numbered(1), new Scope(), places).end);
  turns.turn();
  await bench.clock.advance(minutes * 60_000);
  const [asBefore, now] = [kept.transport.requests.length, bench.transport.requests.length];
  assert.ok(now <= 1.2 * asBefore, `${now} requests, ${asBefore} before`);
  await bench.sink.close();
  await kept.sink.close();
});
