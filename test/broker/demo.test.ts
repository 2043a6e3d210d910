import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BIN = fileURLToPath(new URL('../../../worker/bin/tailrace.cjs', import.meta.url));

test('the demo delivers everything, parks what is broken, adds it up and ends with 0', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [BIN, 'demo', '--records', '2000']);
  assert.equal(stderr, '');
  const [first, second, ...more] = stdout.split('The same events once more');
  assert.deepEqual(more, []);
  for (const act of [first!, second!]) assertComplete(act);
  assert.match(first!, /Requests refused and taken apart: [1-9]/);
  assert.match(
    second!,
    /Records refused in answers of 207: 2; records that arrived twice: 0; access tokens fetched: 1$/m,
  );
});

function assertComplete(stdout: string): void {
  assert.match(stdout, /100 % {2}2,000 of 2,000 records/);
  assert.match(stdout, /^demo-orders +800 = +800 \+ +0 \+ +0 +800 +yes$/m);
  assert.match(stdout, /^demo-clicks +1,000 = +1,000 \+ +0 \+ +0 +1,000 +yes$/m);
  assert.match(stdout, /^demo-payments +200 = +195 \+ +5 \+ +0 +195 +yes$/m);
  assert.match(stdout, /requests saved by batching/);
}
