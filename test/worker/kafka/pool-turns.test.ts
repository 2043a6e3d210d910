import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../../worker/kafka/pool-turns.ts';

test('turns come in order, and one who does not wait any more takes none', async () => {
  const turns = new Turns();
  const order: string[] = [];
  await turns.take();
  const limit = new AbortController();
  const take = async (name: string, signal?: AbortSignal) => {
    await turns.take(signal);
    order.push(name);
  };
  const [first, gone, last] = [take('first'), take('gone', limit.signal), take('last', new AbortController().signal)];
  const refused = assert.rejects(gone, /enough/);
  limit.abort(new Error('enough'));
  await refused;
  turns.give();
  await first;
  assert.deepEqual(order, ['first']);
  turns.give();
  await last;
  turns.give();
  await take('again', new AbortController().signal);
  assert.deepEqual(order, ['first', 'last', 'again']);
  await assert.rejects(turns.take(limit.signal), /enough/);
});
