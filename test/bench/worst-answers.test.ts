import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { costOf, WORST } from './worst-answers.ts';

/** A worker's memory in all; the sink alone has to stay far below. */
const MOST_MB = 250;

describe('the worst answers', () => {
  for (const [name, answer] of Object.entries(WORST)) {
    it(`take little memory: ${name}`, async t => {
      const { peakMb, heldMs } = await costOf(answer);
      t.diagnostic(`${peakMb} MB at peak, the loop held for ${heldMs} ms at most`);
      assert.ok(peakMb < MOST_MB, `${peakMb} MB`);
    });
  }
});
