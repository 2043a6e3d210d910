import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared } from '../../../worker/admin/api/shared.ts';
import { createManualClock } from '../manual-clock.ts';

/** Texts that are made when the test says so. */
function slow() {
  const clock = createManualClock();
  const makings: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const ask = shared(1_000, clock, () => new Promise<string>((resolve, reject) => makings.push({ resolve, reject })));
  return { clock, makings, ask };
}

test('one is made at a time, for all who ask meanwhile, and again when it is too old', async () => {
  const { clock, makings, ask } = slow();
  const first = [ask(), ask()];
  clock.advance(10_000);
  first.push(ask());
  assert.equal(makings.length, 1, 'one at a time, however long it takes');
  makings[0]!.resolve('one');
  assert.deepEqual(await Promise.all(first), ['one', 'one', 'one']);
  clock.advance(999);
  assert.equal(await ask(), 'one');
  clock.advance(1);
  const second = ask();
  makings[1]!.resolve('two');
  assert.equal(await second, 'two');
  assert.equal(makings.length, 2);
});

test('what could not be made is tried again', async () => {
  const { clock, makings, ask } = slow();
  const failed = ask();
  makings[0]!.reject(new Error('never'));
  await assert.rejects(failed);
  clock.advance(1_000);
  const again = ask();
  makings[1]!.resolve('fine');
  assert.equal(await again, 'fine');
});
