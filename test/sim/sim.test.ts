import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runSeed } from './run.ts';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const SEEDS = Number(process.env['SEEDS'] ?? 1_000);
const PROCESSES = 2;

function runMain(from: number, count: number): Promise<{ code: number | null; output: string }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [MAIN, '--from', `${from}`, '--seeds', `${count}`]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.resume();
    child.on('close', code => resolve({ code, output }));
  });
}

test(`${SEEDS} seeded schedules break no invariant`, async context => {
  const share = Math.ceil(SEEDS / PROCESSES);
  const runs = await Promise.all(Array.from({ length: PROCESSES }, (_, i) => runMain(1 + i * share, share)));
  for (const { code, output } of runs) {
    assert.equal(code, 0, output);
    context.diagnostic(output.trimEnd().split('\n').at(-1)!);
  }
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
