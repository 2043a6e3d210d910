import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from './host.ts';
import { SeededRandom } from './random.ts';
import { Scheduler } from './scheduler.ts';

test('events happen in the order of their times, and of their making where those are equal', async () => {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  for (const [delay, name] of [
    [5, 'c'],
    [1, 'a'],
    [5, 'd'],
    [1, 'b'],
    [9, 'e'],
  ] as const) {
    scheduler.after(delay, () => seen.push(`${name}@${scheduler.now}`));
  }
  await scheduler.run(() => false);
  assert.deepEqual(seen, ['a@1', 'b@1', 'c@5', 'd@5', 'e@9']);
});

test('a heap of many events gives them back sorted', async () => {
  const scheduler = new Scheduler();
  const random = new SeededRandom('heap');
  const seen: number[] = [];
  for (let i = 0; i < 2_000; i++) scheduler.after(random.int(0, 300), () => seen.push(scheduler.now));
  await scheduler.run(() => false);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.length, 2_000);
});

test('all consequences of an event come before the next event', async () => {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  scheduler.after(1, async () => {
    for (let i = 0; i < 50; i++) await null;
    seen.push('consequence');
  });
  scheduler.after(1, () => seen.push('next'));
  await scheduler.run(() => false);
  assert.deepEqual(seen, ['consequence', 'next']);
});

test('what is cancelled does not happen, and a check that throws ends the run', async () => {
  const scheduler = new Scheduler();
  let happened = 0;
  const event = scheduler.after(1, () => happened++);
  scheduler.after(2, () => happened++);
  scheduler.cancel(event);
  const broken = new Error('broken');
  await assert.rejects(
    scheduler.run(() => {
      if (scheduler.now === 2) throw broken;
      return false;
    }),
    broken,
  );
  assert.equal(happened, 1);
});

test('a frozen process does later what it should have done, a killed one never', async () => {
  const scheduler = new Scheduler();
  const frozen = new Host('frozen', scheduler, 0);
  const killed = new Host('killed', scheduler, 0);
  const seen: string[] = [];
  frozen.post('loop', 1, () => seen.push(`loop@${scheduler.now}`));
  frozen.post('native', 1, () => seen.push(`native@${scheduler.now}`));
  killed.post('loop', 1, () => seen.push('killed'));
  frozen.freeze(['loop']);
  killed.kill();
  scheduler.after(10, () => frozen.thaw());
  await scheduler.run(() => false);
  assert.deepEqual(seen, ['native@1', 'loop@10']);
});
