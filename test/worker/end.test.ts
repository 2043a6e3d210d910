import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BIN = fileURLToPath(new URL('../../../worker/bin/tailrace.cjs', import.meta.url));

test('the last thing that the bin does is to collect: a compiler thread that waits for it would hold up the end', async () => {
  const { stdout } = await run(process.execPath, ['--trace-gc', BIN, 'version']);
  const lines = stdout.trimEnd().split('\n');
  const version = lines.findIndex(line => line.startsWith('tailrace '));
  const collections = lines.slice(version + 1);
  assert.ok(collections.length > 0, stdout);
  assert.match(collections.at(-1)!, /Mark-Compact .*GC in old space requested/);
});
