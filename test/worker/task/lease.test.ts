import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lease } from '../../../worker/task/lease.ts';

const SESSION = 10_000;

function setUp() {
  let wall = 1_000_000;
  let now = 0;
  const clock = { now: () => now, wall: () => wall, timer: () => () => {} };
  const lease = new Lease(clock, SESSION);
  /** Lets time pass; a machine that sleeps sees it in its wall clock only. */
  const pass = (ms: number, asleep = false): void => {
    wall += ms;
    if (!asleep) now += ms;
  };
  const read = (ms: number, asleep = false): void => {
    lease.readBegins(now);
    pass(ms, asleep);
    lease.readEnded(now);
  };
  return { lease, pass, read, holds: () => lease.holds(now), at: () => now };
}

test('nothing holds before the first read has come back; then each holds for the session less a margin', () => {
  const { lease, pass, read, holds, at } = setUp();
  assert.equal(holds(), false);
  lease.readBegins(0);
  assert.equal(holds(), false);
  lease.readEnded(0);
  pass(7_999);
  assert.equal(holds(), true);
  pass(1);
  assert.equal(holds(), false);
  read(500);
  read(500);
  pass(1_000);
  read(10);
  assert.equal(holds(), true);
  assert.equal(lease.lastPollAt, at() - 10);
});

for (const asleep of [false, true]) {
  const what = asleep ? 'the machine slept' : 'the process was stopped';
  test(`a read that began before ${what} renews nothing, nor does one before the client has looked at its session`, () => {
    const { read, pass, holds } = setUp();
    read(100);
    read(30_000, asleep);
    assert.equal(holds(), false);
    read(10);
    assert.equal(holds(), false);
    pass(1_000);
    read(10);
    assert.equal(holds(), true);
  });
}

test('the same between two reads', () => {
  const { read, pass, holds } = setUp();
  read(100);
  pass(30_000);
  read(10);
  assert.equal(holds(), false);
  pass(1_000);
  read(10);
  assert.equal(holds(), true);
});

test('a wall clock that is set back changes nothing', () => {
  const { read, pass, holds } = setUp();
  read(100);
  pass(-86_400_000, true);
  assert.equal(holds(), true);
  read(100);
  assert.equal(holds(), true);
});
