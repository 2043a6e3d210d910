/**
 * The JSON check by itself, beside JSON.parse of the same records: `node dist/test/bench/json.js`.
 * Blocks of 500 records, best of seven rounds, nanoseconds of one core per record.
 */

import type { Block } from '../../connector/block.ts';
import { FLAG_INVALID, valueStart } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { convertJson } from '../../connector/converters/json.ts';
import { events } from './records.ts';

const BLOCKS = 40;
const RECORDS = 500;
const ROUNDS = 7;

function blocks(texts: Iterable<string>): Block[] {
  const all = [...texts].map(value => ({ value }));
  return Array.from({ length: BLOCKS }, (_, i) => buildBlock(all.slice(i * RECORDS, (i + 1) * RECORDS)));
}

function check(block: Block): void {
  const { flags } = convertJson(block, { maxValueBytes: 1_000_000 });
  if ((flags[0]! & FLAG_INVALID) !== 0) throw new Error('a valid record was refused');
}

function parse(block: Block): void {
  for (let i = 0; i < block.count; i++)
    JSON.parse(block.values.toString('utf8', valueStart(block, i), block.valueEnd[i]));
}

function measure(work: (block: Block) => void, input: readonly Block[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS + 3; round++) {
    const begun = process.hrtime.bigint();
    for (const block of input) work(block);
    const spent = Number(process.hrtime.bigint() - begun);
    if (round >= 3) best = Math.min(best, spent);
  }
  return best;
}

const kinds: readonly (readonly [name: string, texts: Iterable<string>])[] = [
  ['220 B', events(220, BLOCKS * RECORDS)],
  ['1 KB', events(1024, BLOCKS * RECORDS)],
  ['1 KB indented', [...events(900, BLOCKS * RECORDS)].map(text => JSON.stringify(JSON.parse(text), null, 2))],
  ['1 KB Japanese', [...events(440, BLOCKS * RECORDS)].map(text => text.replace(/ [0-9a-f]/g, '顧客は注文'))],
  ['1 KB numbers', Array.from({ length: BLOCKS * RECORDS }, (_, i) => JSON.stringify(Array(100).fill(i * 1.37)))],
];
for (const [name, texts] of kinds) {
  const input = blocks(texts);
  const bytes = input.reduce((sum, block) => sum + block.values.length, 0);
  for (const [how, work] of [
    ['check', check],
    ['JSON.parse', parse],
  ] as const) {
    const ns = measure(work, input);
    const each = (ns / BLOCKS / RECORDS).toFixed(0).padStart(6);
    const rate = ((bytes / ns) * 1000).toFixed(0).padStart(6);
    process.stdout.write(`${name.padEnd(15)} ${how.padEnd(11)} ${each} ns/record ${rate} MB/s\n`);
  }
}
