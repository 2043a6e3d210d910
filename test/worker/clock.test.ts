import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureLoopDelay, systemClock, systemRandom } from '../../worker/clock.ts';

/** Whether a timer of 0 ms set after it fires first. */
function firesAfter(ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const cancel = systemClock.timer(ms, () => resolve(false));
    systemClock.timer(5, () => {
      cancel();
      resolve(true);
    });
  });
}

test('a wait longer than a timer can hold does not fire at once', async () => {
  for (const ms of [2 ** 31, 2 ** 53, Number.POSITIVE_INFINITY]) assert.equal(await firesAfter(ms), true, String(ms));
});

test('nothing, a negative wait and NaN fire at once', async () => {
  for (const ms of [0, -5, Number.NaN]) assert.equal(await firesAfter(ms), false, String(ms));
});

test('a cancelled timer does not fire', async () => {
  let fired = false;
  const cancel = systemClock.timer(0, () => {
    fired = true;
  });
  cancel();
  await new Promise<void>(resolve => systemClock.timer(5, resolve));
  assert.equal(fired, false);
});

test('now never goes back and wall is an epoch time', () => {
  const before = systemClock.now();
  assert.ok(systemClock.now() >= before);
  assert.ok(systemClock.wall() > Date.UTC(2024, 0));
});

test('random numbers are in [0, 1) and differ', () => {
  const numbers = Array.from({ length: 50 }, systemRandom);
  assert.ok(numbers.every(number => number >= 0 && number < 1));
  assert.ok(new Set(numbers).size > 1);
});

test('a loop that was held is seen, once', async () => {
  const delays = measureLoopDelay();
  const turn = () => new Promise(resolve => setTimeout(resolve, 30));
  await turn();
  const until = performance.now() + 200;
  while (performance.now() < until);
  await turn();
  const [median, longest] = delays([0.5, 1]) as [number, number];
  assert.ok(longest > 0.15 && longest >= median, `${median} ${longest}`);
  assert.deepEqual(delays([0.5, 1]), [0, 0], 'nothing since');
});
