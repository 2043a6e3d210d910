import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, SinkRecord } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { systemClock } from '../../../worker/clock.ts';
import type { Letter } from '../../../worker/dead-letters/letter.ts';
import { Replay, type ReplayParts } from '../../../worker/dead-letters/replay.ts';
import { type Outcome, ReplayError, type Target } from '../../../worker/dead-letters/target.ts';
import type { TopicPartitionOffset } from '../../../worker/task/ports.ts';
import { letterRecord } from './letters.ts';

const REPLAYED: Outcome = { kind: 'replayed' };

/** Hands each letter's settlement to a script, in the place of a broker or an endpoint. */
function scripted(script: (letter: Letter, settle: (outcome: Outcome) => void) => void | Promise<void>): Target {
  return {
    async deliver(letters, settle) {
      await Promise.all(letters.map((letter, index) => script(letter, outcome => settle(index, outcome))));
    },
    close: async () => undefined,
  };
}

function blockOf(offsets: readonly number[], partition = 0, more: Partial<SinkRecord> = {}): Block {
  return buildBlock(offsets.map(offset => letterRecord({ partition, offset, ...more })));
}

async function* each(blocks: readonly Block[]): AsyncGenerator<Block> {
  yield* blocks;
}

function setUp(blocks: readonly Block[], changes: Partial<ReplayParts> = {}) {
  const commits: (readonly TopicPartitionOffset[])[] = [];
  const left: string[] = [];
  const replay = new Replay({
    blocks: each(blocks),
    topic: 'orders-dlq',
    starts: new Map([
      [0, 0],
      [1, 0],
    ]),
    matches: () => true,
    target: scripted((_letter, settle) => settle(REPLAYED)),
    commit: async offsets => {
      commits.push(offsets);
    },
    limit: null,
    clock: systemClock,
    stop: new AbortController().signal,
    abort: new AbortController().signal,
    onLeft: ({ record }, outcome) => left.push(`${record.offset} ${outcome.kind}`),
    onProgress: () => undefined,
    ...changes,
  });
  const places = (): Record<number, number> =>
    Object.fromEntries(commits.flat().map(({ partition, offset }) => [partition, offset]));
  return { replay, commits, places, left };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('commits behind each stretch of 500, partition by partition', async () => {
  const { replay, commits } = setUp([blockOf(range(0, 1_200)), blockOf([3, 7, 10], 1)]);
  await replay.run();
  assert.deepEqual(
    commits.map(offsets => offsets.map(({ partition, offset }) => `${partition}@${offset}`).join()),
    ['0@500', '0@1000', '0@1200', '1@11'],
  );
  assert.deepEqual(replay.tally, { read: 1203, matched: 1203, replayed: 1203, dropped: 0, refused: 0, misplaced: 0 });
  assert.equal(replay.unfinished, false);
});

test('what does not match is passed, and what is refused, dropped or misplaced is told and passed', async () => {
  const target = scripted(({ record }, settle) => {
    if (record.offset === 2) settle({ kind: 'refused', reason: 'no' });
    else if (record.offset === 4) settle({ kind: 'dropped' });
    else if (record.offset === 6) settle({ kind: 'misplaced', reason: 'no' });
    else settle(REPLAYED);
  });
  const { replay, places, left } = setUp([blockOf(range(0, 10))], {
    target,
    matches: ({ record }) => record.offset % 2 === 0,
  });
  await replay.run();
  assert.deepEqual(replay.tally, { read: 10, matched: 5, replayed: 2, dropped: 1, refused: 1, misplaced: 1 });
  assert.deepEqual(left, ['2 refused', '4 dropped', '6 misplaced']);
  assert.deepEqual(places(), { 0: 10 });
});

test('a limit ends it behind so many letters that match, and nothing further is passed', async () => {
  const { replay, places } = setUp([blockOf(range(0, 10)), blockOf([0, 1], 1)], {
    limit: 3,
    matches: ({ record }) => record.offset % 2 === 1,
  });
  await replay.run();
  assert.equal(replay.tally.replayed, 3);
  assert.equal(replay.unfinished, true);
  assert.deepEqual(places(), { 0: 7 }, 'the seventh did not match, and the eighth would have');
});

test('where the target can not go on, what was settled without a gap is committed and no more', async () => {
  const target = scripted(async ({ record }, settle) => {
    if (record.offset === 3) {
      await new Promise(setImmediate);
      throw new ReplayError('not any more');
    }
    settle(REPLAYED);
  });
  const { replay, places } = setUp([blockOf(range(0, 10)), blockOf(range(10, 20))], { target });
  await assert.rejects(replay.run(), /not any more/);
  assert.deepEqual(places(), { 0: 3 });
  assert.equal(replay.tally.replayed, 9);
});

test('a stop lets the stretch end and begins no other', async () => {
  const stop = new AbortController();
  const target = scripted(({ record }, settle) => {
    if (record.offset === 499) stop.abort();
    settle(REPLAYED);
  });
  const { replay, places } = setUp([blockOf(range(0, 1_000))], {
    target,
    stop: stop.signal,
  });
  await replay.run();
  assert.deepEqual(places(), { 0: 500 });
  assert.equal(replay.unfinished, true);
});

test('offsets that come again, and partitions that are not meant, are not looked at', async () => {
  const seen: number[] = [];
  const target = scripted(({ record }, settle) => {
    seen.push(record.offset);
    settle(REPLAYED);
  });
  const { replay, commits } = setUp([blockOf([5, 6]), blockOf([4, 5, 6, 7]), blockOf([1], 9)], {
    target,
    starts: new Map([[0, 5]]),
  });
  await replay.run();
  assert.deepEqual(seen, [5, 6, 7]);
  assert.deepEqual(
    commits.flat().map(({ offset }) => offset),
    [7, 8],
  );
});

test('a place that can not be kept ends it: no further stretch begins', async () => {
  const seen: number[] = [];
  const target = scripted(({ record }, settle) => {
    seen.push(record.offset);
    settle(REPLAYED);
  });
  const { replay } = setUp([blockOf(range(0, 600))], {
    target,
    commit: () => Promise.reject(new Error('no coordinator')),
  });
  await assert.rejects(replay.run(), /no coordinator/);
  assert.equal(seen.length, 500);
});
