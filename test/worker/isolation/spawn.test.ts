import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spawnTaskProcess } from '../../../worker/isolation/spawn.ts';

const run = promisify(execFile);
const FILE = fileURLToPath(import.meta.url);

if (process.argv[2] === 'starve') await starve();
else define();

async function starve(): Promise<never> {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // All are taken.
  }
  const started = spawnTaskProcess([]);
  const how = await new Promise<string>(resolve => started.listen({ message: () => undefined, exited: resolve }));
  started.send({ kind: 'pause' });
  started.kill();
  process.stdout.write(`${started.pid} ${how}\nstill here\n`);
  process.exit(0);
}

function define(): void {
  test('where the system has no descriptors left, a process that is not started says so, and nothing else ends', async () => {
    const { stdout } = await run('bash', ['-c', 'ulimit -n 60; exec "$0" "$1" starve', process.execPath, FILE]);
    assert.match(stdout, /^null spawn \S+ EMFILE\nstill here\n$/);
  });
}
