import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { Committer } from '../../../../worker/task/group/committer.ts';
import { Questions } from '../../../../worker/task/group/questions.ts';
import { Rebalance } from '../../../../worker/task/group/rebalance.ts';
import { StartOffsets } from '../../../../worker/task/group/start-offsets.ts';
import type { Assignment } from '../../../../worker/task/order/assignment.ts';
import type { KafkaConsumer, TopicPartition, TopicPartitionOffset } from '../../../../worker/task/ports.ts';
import type { TaskEvent } from '../../../../worker/task/task-event.ts';
import { keyOf } from '../../../../worker/task/topic-partition.ts';

const OLD_GENERATION = { code: 22, message: 'old generation', fatal: false };
const UNKNOWN_MEMBER = { code: 25, message: 'unknown member', fatal: false };
const PARTITION = { topic: 't', partition: 0 };

/** A partition with ten records, of which the first four are delivered, and the client as a rebalance uses it. */
async function setUp() {
  const commits: TopicPartitionOffset[][] = [];
  const unassigned: (readonly TopicPartition[])[] = [];
  const events: TaskEvent[] = [];
  const consumer = {
    commit: (offsets: readonly TopicPartitionOffset[]) => commits.push([...offsets]),
    topicIds: () => Promise.resolve(new Map([[PARTITION.topic, null]])),
    committed: () => Promise.resolve([{ ...PARTITION, offset: 0, topicId: null }]),
    assign: () => {},
    unassign: (partitions: readonly TopicPartition[]) => unassigned.push(partitions),
  } as unknown as KafkaConsumer;
  const announce = (): void => {};
  const assignments = new Map<string, Assignment>();
  const committer = new Committer({
    consumer,
    questions: new Questions(consumer),
    assignments,
    post: () => {},
    announce,
    intervalMs: 5_000,
    timeoutMs: 2_000,
    now: 0,
  });
  const rebalance = new Rebalance({
    consumer,
    committer,
    assignments,
    changed: () => {},
    announce,
    startOffsets: new StartOffsets(new Questions(consumer), 'earliest'),
    maxUncommitted: 100,
    drainTimeoutMs: 3_000,
    commitTimeoutMs: 2_000,
    post: event => events.push(event),
    abandon: () => {},
    discard: () => {},
    fail: reason => assert.fail(reason),
  });
  rebalance.accept({ kind: 'assign', partitions: [PARTITION] });
  rebalance.advance(0, true, false);
  while (events.length === 0) await new Promise(resolve => setImmediate(resolve));
  const found = events[0]!;
  assert.ok(found.kind === 'start-offsets');
  rebalance.startsFound(found.partitions, found.starts);
  rebalance.advance(0, true, false);
  const assignment = assignments.get(keyOf(PARTITION))!;
  const block = buildBlock(Array.from({ length: 10 }, (_, offset) => ({ ...PARTITION, offset, value: '1' })));
  assignment.ledger.receive(block, 0, 10, 0);
  assignment.ledger.resolve(0, 4);
  const answer = (fault: typeof OLD_GENERATION | null, offset: number, now: number): void => {
    if (fault !== null) rebalance.commitRefused(fault);
    committer.answer(fault, [{ ...PARTITION, offset }], now);
  };
  const revoke = (): void => rebalance.accept({ kind: 'revoke', partitions: [PARTITION] });
  return { assignment, committer, rebalance, commits, unassigned, answer, revoke };
}

test('a commit of the old generation, answered after the revocation began, does not cost the last commit', async () => {
  const { assignment, committer, rebalance, commits, unassigned, answer, revoke } = await setUp();
  committer.flush([assignment], 10);
  revoke();
  rebalance.advance(20, true, false);
  answer(OLD_GENERATION, 4, 30);
  rebalance.advance(30, true, false);
  assert.deepEqual(unassigned, []);
  rebalance.advance(1_000, true, false);
  assert.deepEqual(commits.flat(), [
    { ...PARTITION, offset: 4 },
    { ...PARTITION, offset: 4 },
  ]);
  answer(null, 4, 1_010);
  rebalance.advance(1_010, true, false);
  assert.deepEqual(unassigned, [[PARTITION]]);
});

test('a commit that is refused since the group does not know the member ends the revocation', async () => {
  const { rebalance, commits, unassigned, answer, revoke } = await setUp();
  revoke();
  rebalance.advance(20, true, false);
  assert.equal(commits.length, 1);
  assert.deepEqual(unassigned, []);
  answer(UNKNOWN_MEMBER, 4, 30);
  rebalance.advance(30, true, false);
  assert.deepEqual(unassigned, [[PARTITION]]);
});
