import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BIN = fileURLToPath(new URL('../../../worker/bin/tailrace.cjs', import.meta.url));
const MEMORY = fileURLToPath(new URL('../../../worker/bin/memory.cjs', import.meta.url));
const LINUX = process.platform === 'linux';

/** A program that gives libuv's pool more jobs than it has threads, then counts what of the process is busy. */
const PROBE = `
import { pbkdf2 } from 'node:crypto';
import { readdirSync } from 'node:fs';
const threads = () => readdirSync('/proc/self/task').length;
for (let i = 0; i < 64; i++) pbkdf2('a', 'b', 1, 32, 'sha256', () => {});
console.log(threads());
`;

const folder = await mkdtemp(join(tmpdir(), 'tailrace-pool-'));
after(() => rm(folder, { recursive: true }));

/** The bin itself, but with the probe in place of the program. */
async function binWithProbe(): Promise<string> {
  const source = await readFile(BIN, 'utf8');
  const replaced = source.replaceAll('../../dist/worker/main.js', './probe.mjs');
  assert.notEqual(replaced, source);
  await writeFile(join(folder, 'probe.mjs'), PROBE);
  await copyFile(MEMORY, join(folder, 'memory.cjs'));
  await writeFile(join(folder, 'bin.cjs'), replaced);
  return join(folder, 'bin.cjs');
}

async function threadsOf(file: string, poolSize?: string): Promise<number> {
  const { UV_THREADPOOL_SIZE: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, [file], {
    env: poolSize === undefined ? env : { ...env, UV_THREADPOOL_SIZE: poolSize },
  });
  return Number(stdout);
}

test('the bin gives libuv a pool of 16 threads, and what the user set wins', { skip: !LINUX }, async () => {
  const bin = await binWithProbe();
  const withFour = await threadsOf(bin, '4');
  assert.equal((await threadsOf(bin)) - withFour, 12);
  assert.equal((await threadsOf(bin, '7')) - withFour, 3);
});

/** Later ones read modules on the main thread. */
const READS_MODULES_IN_POOL = process.versions.node.startsWith('20.');

test('set from an ES module the size has no effect, hence the CommonJS bin', {
  skip: !LINUX || !READS_MODULES_IN_POOL,
}, async () => {
  await writeFile(join(folder, 'plain.mjs'), PROBE);
  await writeFile(join(folder, 'setting.mjs'), `process.env.UV_THREADPOOL_SIZE = '16';\n${PROBE}`);
  assert.equal(await threadsOf(join(folder, 'setting.mjs')), await threadsOf(join(folder, 'plain.mjs')));
});
