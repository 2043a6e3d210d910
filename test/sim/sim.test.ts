import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runSeed } from './run.ts';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const SEEDS = process.env['SEEDS'] ?? '1000';

function runMain(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [MAIN, ...args]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.resume();
    child.on('close', code => resolve({ code, output }));
  });
}

function summary(output: string): string {
  return output.trimEnd().split('\n').at(-1)!;
}

test(`${SEEDS} seeded schedules break no invariant`, async context => {
  const { code, output } = await runMain('--seeds', SEEDS);
  assert.equal(code, 0, output);
  context.diagnostic(summary(output));
});

test('any number of processes comes to the same sums', async () => {
  const sums = await Promise.all(['1', '3'].map(jobs => runMain('--seeds', '45', '--jobs', jobs)));
  const [alone, shared] = sums.map(({ output }) => output.replace(/ in [0-9.]+ s/, ''));
  assert.match(alone!, /45 seeds from 1/);
  assert.equal(shared, alone);
});

test('a seed gives the same trace every time, also with its trace kept', async () => {
  for (const seed of [3, 14, 159]) {
    const first = await runSeed(seed);
    const again = await runSeed(seed);
    const traced = await runSeed(seed, true);
    assert.equal(again.hash, first.hash);
    assert.equal(again.events, first.events);
    assert.equal(traced.events, first.events);
    assert.equal(traced.virtualMs, first.virtualMs);
  }
});

test('another seed gives another trace', async () => {
  const hashes = new Set<number>();
  for (const seed of [1, 2, 3, 4, 5]) hashes.add((await runSeed(seed)).hash);
  assert.equal(hashes.size, 5);
});
