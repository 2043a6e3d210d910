import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MODULE = fileURLToPath(new URL('../../../worker/bin/memory.cjs', import.meta.url));
const MB = 1_048_576;

/** Much of what is allocated survives, and then nothing. Prints how large the young generation is. */
const WORK = `
  for (let round = 0; round < 30; round++) {
    const survivors = [];
    for (let i = 0; i < 200_000; i++) survivors.push({ of: { round } });
  }
  const { getHeapSpaceStatistics } = require('node:v8');
  console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);
`;

async function youngBytes(before: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', before + WORK], { timeout: 60_000 });
  return Number(stdout);
}

/** Later ones let it grow once more. */
const HOLDS = Number(process.versions.node.split('.')[0]) <= 24;

test('the young generation keeps its size, whatever survives in it', async () => {
  const held = await youngBytes(`require(${JSON.stringify(MODULE)}).boundMemory();`);
  assert.ok(held >= 8 * MB && held < (HOLDS ? 10 : 40) * MB, `${held} bytes`);
  const free = await youngBytes('');
  assert.ok(free > (HOLDS ? 2 * held : held), `by itself ${free} bytes: it need not be held any more`);
});

/** Small buffers that outlive the young generation, and are let go then. Prints how much was held at most, above what is in use. */
const PROMOTED = `
  const { getHeapStatistics } = require('node:v8');
  const ring = new Array(20_000).fill(null);
  let at = 0;
  let most = 0;
  let left = 1_500;
  const turn = () => {
    for (let i = 0; i < 400; i++) ring[at++ % ring.length] = new ArrayBuffer(1_024);
    const garbage = [];
    for (let i = 0; i < 50_000; i++) garbage.push({ i });
    const { used_heap_size, external_memory } = getHeapStatistics();
    if (left < 1_000) most = Math.max(most, used_heap_size + external_memory);
    if (--left > 0) setImmediate(turn);
    else console.log(most);
  };
  turn();
`;

test('what waits to be collected is bounded', async () => {
  const printed = async (before: string): Promise<number> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', before + PROMOTED], { timeout: 120_000 });
    return Number(stdout) / MB;
  };
  const bound = await printed(`require(${JSON.stringify(MODULE)}).boundMemory();`);
  const free = await printed('');
  assert.ok(bound < 80, `${bound} MB`);
  assert.ok(free > bound, `by itself ${free} MB, and ${bound} MB`);
});
