import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, blockBytes } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { isolate } from '../../../../connector/isolate.ts';
import { Budget, type Credit, type Held, WAIT_BEFORE_PAUSE_MS } from '../../../../worker/task/intake/budget.ts';
import type { Account } from '../../../../worker/task/order/lane.ts';

function blockOf(records: number) {
  return buildBlock(
    Array.from({ length: records }, (_, offset) => ({ topic: 't', partition: 0, offset, value: '12345678' })),
  );
}

function some(block: Block, end: number): Held {
  return { block, start: 0, end };
}

function account(): Account {
  return { held: 0, limited: false };
}

function creditAt(budget: Budget, now: number): Credit {
  budget.advance(now);
  return budget.credit;
}

test('a block is freed whole, with its last record', () => {
  const budget = new Budget(1_000);
  const freed: ArrayBufferView[] = [];
  const block: Block = { ...blockOf(3), free: column => freed.push(column) };
  budget.hold(some(block, 3), account());
  budget.release(some(block, 2), account());
  assert.deepEqual([budget.used, freed], [blockBytes(block), []]);
  budget.release(some(block, 1), account());
  assert.equal(budget.used, 0);
  assert.ok(freed.includes(block.values));
  assert.equal(new Set(freed).size, freed.length);
});

test('a record released twice is a bug and says so', () => {
  const budget = new Budget(1_000);
  const block = blockOf(1);
  budget.hold(some(block, 1), account());
  budget.release(some(block, 1), account());
  assert.throws(() => budget.release(some(block, 1), account()), /twice/);
});

test('spent: wait a moment, then pause, and read on at half the budget', () => {
  const blocks = [blockOf(10), blockOf(10)] as const;
  const budget = new Budget(blockBytes(blocks[0]) + 1);
  assert.equal(creditAt(budget, 0), 'open');
  for (const block of blocks) budget.hold(some(block, 10), account());
  assert.equal(creditAt(budget, 10), 'waiting');
  assert.equal(budget.pauseAt, 10 + WAIT_BEFORE_PAUSE_MS);
  assert.equal(creditAt(budget, 9 + WAIT_BEFORE_PAUSE_MS), 'waiting');
  assert.equal(creditAt(budget, 10 + WAIT_BEFORE_PAUSE_MS), 'paused');
  budget.release(some(blocks[0], 10), account());
  assert.equal(creditAt(budget, 2_000), 'paused', 'still above half');
  budget.release(some(blocks[1], 10), account());
  assert.equal(creditAt(budget, 2_001), 'open');
  assert.equal(budget.pauseAt, Number.POSITIVE_INFINITY);
});

test('credit that comes back within the moment avoids the pause', () => {
  const block = blockOf(10);
  const budget = new Budget(blockBytes(block));
  budget.hold(some(block, 10), account());
  assert.equal(creditAt(budget, 0), 'waiting');
  budget.release(some(block, 10), account());
  assert.equal(creditAt(budget, 400), 'open');
  budget.hold(some(blockOf(20), 20), account());
  assert.equal(creditAt(budget, 600), 'waiting', 'the wait counts anew');
});

test('what a lane holds is what its records take, in whatever parts they go, and follows them into another block', () => {
  const budget = new Budget(1_000);
  const block = blockOf(10);
  const one = account();
  budget.hold(some(block, 10), one);
  assert.equal(one.held, blockBytes(block));
  budget.limit(one, true);
  budget.release({ block, start: 0, end: 3 }, one);
  const alone = isolate(block, [{ start: 5, end: 10 }]);
  budget.move({ block, start: 5, end: 10 }, alone, one);
  assert.equal(budget.setAside, one.held);
  assert.equal(budget.used, blockBytes(block) + blockBytes(alone));
  budget.release({ block, start: 3, end: 5 }, one);
  for (let i = 5; i < 10; i++) budget.release({ block: alone, start: i, end: i + 1 }, one);
  assert.deepEqual([one.held, budget.setAside, budget.used], [0, 0, 0]);
});
