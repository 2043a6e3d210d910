import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, blockBytes } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { Budget, type Credit, WAIT_BEFORE_PAUSE_MS } from '../../../../worker/task/intake/budget.ts';

function blockOf(records: number) {
  return buildBlock(
    Array.from({ length: records }, (_, offset) => ({ topic: 't', partition: 0, offset, value: '12345678' })),
  );
}

function creditAt(budget: Budget, now: number): Credit {
  budget.advance(now);
  return budget.credit;
}

test('a block is freed whole, with its last record', () => {
  const budget = new Budget(1_000);
  let freed = 0;
  const block: Block = { ...blockOf(3), free: () => freed++ };
  budget.hold(block, 3);
  budget.release(block, 2);
  assert.deepEqual([budget.used, freed], [blockBytes(block), 0]);
  budget.release(block, 1);
  assert.deepEqual([budget.used, freed], [0, 1]);
});

test('a record released twice is a bug and says so', () => {
  const budget = new Budget(1_000);
  const block = blockOf(1);
  budget.hold(block, 1);
  budget.release(block, 1);
  assert.throws(() => budget.release(block, 1), /twice/);
});

test('spent: wait a moment, then pause, and read on at half the budget', () => {
  const blocks = [blockOf(10), blockOf(10)] as const;
  const budget = new Budget(blockBytes(blocks[0]) + 1);
  assert.equal(creditAt(budget, 0), 'open');
  for (const block of blocks) budget.hold(block, 10);
  assert.equal(creditAt(budget, 10), 'waiting');
  assert.equal(budget.pauseAt, 10 + WAIT_BEFORE_PAUSE_MS);
  assert.equal(creditAt(budget, 9 + WAIT_BEFORE_PAUSE_MS), 'waiting');
  assert.equal(creditAt(budget, 10 + WAIT_BEFORE_PAUSE_MS), 'paused');
  budget.release(blocks[0], 10);
  assert.equal(creditAt(budget, 2_000), 'paused', 'still above half');
  budget.release(blocks[1], 10);
  assert.equal(creditAt(budget, 2_001), 'open');
  assert.equal(budget.pauseAt, Number.POSITIVE_INFINITY);
});

test('credit that comes back within the moment avoids the pause', () => {
  const block = blockOf(10);
  const budget = new Budget(blockBytes(block));
  budget.hold(block, 10);
  assert.equal(creditAt(budget, 0), 'waiting');
  budget.release(block, 10);
  assert.equal(creditAt(budget, 400), 'open');
  budget.hold(blockOf(20), 20);
  assert.equal(creditAt(budget, 600), 'waiting', 'the wait counts anew');
});
