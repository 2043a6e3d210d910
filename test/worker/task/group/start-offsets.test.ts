import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findStartOffsets } from '../../../../worker/task/group/start-offsets.ts';
import {
  type KafkaConsumer,
  OFFSET_BEGINNING,
  OFFSET_NONE,
  type TopicPartition,
} from '../../../../worker/task/ports.ts';

/** The group's offsets of topic t with four partitions, each log ending at 50. */
function group(committed: Record<number, number>): KafkaConsumer {
  return {
    committed: async (list: readonly TopicPartition[]) =>
      list.map(({ topic, partition }) => ({ topic, partition, offset: committed[partition] ?? OFFSET_NONE })),
    watermarks: async () => ({ low: 0, high: 50 }),
    partitionCount: async () => 4,
  } as unknown as KafkaConsumer;
}

const ASKED = [0, 1].map(partition => ({ topic: 't', partition }));

test('a committed offset always wins', async () => {
  for (const reset of ['earliest', 'latest', 'none'] as const) {
    const starts = await findStartOffsets(group({ 0: 7, 1: 0 }), reset, ASKED, 1);
    assert.deepEqual(
      starts.map(start => [start.offset, start.commitStart]),
      [
        [7, false],
        [0, false],
      ],
    );
  }
});

test('earliest: a partition without an offset is read from its beginning', async () => {
  const starts = await findStartOffsets(group({}), 'earliest', ASKED, 1);
  assert.deepEqual(
    starts.map(start => start.offset),
    [OFFSET_BEGINNING, OFFSET_BEGINNING],
  );
});

test('latest: a group without offsets starts at the end, and commits that', async () => {
  const starts = await findStartOffsets(group({}), 'latest', ASKED, 1);
  assert.deepEqual(
    starts.map(start => [start.offset, start.commitStart]),
    [
      [50, true],
      [50, true],
    ],
  );
});

test('KIP-1327: in a group with offsets a partition without one is new, and latest would skip its records', async () => {
  for (const reset of ['latest', 'none'] as const) {
    const starts = await findStartOffsets(group({ 3: 9 }), reset, ASKED, 1);
    assert.deepEqual(
      starts.map(start => start.offset),
      [OFFSET_BEGINNING, OFFSET_BEGINNING],
    );
  }
});

test('none: a group without offsets is an error that says what to do', async () => {
  await assert.rejects(
    findStartOffsets(group({}), 'none', ASKED, 1),
    /t-0 and auto\.offset\.reset=none.*earliest or latest/,
  );
});
