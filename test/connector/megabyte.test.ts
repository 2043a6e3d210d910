import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { CASES } from './megabyte-cases.ts';

/** What is not linear takes hours: the table takes half a minute. */
const DEADLINE_MS = 300_000;

test('a megabyte of anything holds no converter, transform or pattern, and is told in few words', async t => {
  const worker = new Worker(new URL('./megabyte-worker.js', import.meta.url));
  const begun: string[] = [];
  worker.on('message', ({ name }: { name: string }) => begun.push(name));
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    void worker.terminate();
  }, DEADLINE_MS);
  try {
    await once(worker, 'exit');
  } catch (error) {
    throw new Error(`with ${begun.at(-1)}`, { cause: error });
  } finally {
    clearTimeout(deadline);
  }
  assert.equal(late, false, `${begun.at(-1)} does not end`);
  assert.equal(begun.length, CASES.length);
  t.diagnostic(`${begun.length} cases`);
});
