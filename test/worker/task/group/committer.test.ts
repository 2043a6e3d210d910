import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildBlock } from '../../../../connector/block-builder.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { Committer } from '../../../../worker/task/group/committer.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import type { KafkaConsumer, TopicPartitionOffset } from '../../../../worker/task/ports.ts';

const FAULT = { code: 27, message: 'rebalance in progress', fatal: false };

/** The client, as far as a committer uses it: commits are only started here, the test gives the answers. */
function setUp(options: { refuse?: boolean } = {}) {
  const sent: TopicPartitionOffset[][] = [];
  const facts: TaskFact[] = [];
  const consumer = {
    commit(offsets: readonly TopicPartitionOffset[]): void {
      sent.push([...offsets]);
      if (options.refuse) throw Object.assign(new Error('no connection'), { code: -195 });
    },
  } as unknown as KafkaConsumer;
  const committer = new Committer({
    consumer,
    announce: fact => facts.push(fact),
    intervalMs: 5_000,
    timeoutMs: 2_000,
    now: 0,
  });
  const tick = (all: readonly Assignment[], now: number): void =>
    committer.tick(
      all,
      all.some(one => one.eager),
      now,
    );
  return { committer, sent, facts, tick };
}

function partition(number: number, received: number, maxUncommitted = 100): Assignment {
  const start = { topic: 't', partition: number, offset: 0 };
  const assignment = new Assignment(start, { maxUncommitted, commitStart: false, now: 0, changed: () => {} });
  receive(assignment, received);
  return assignment;
}

function receive(assignment: Assignment, records: number): void {
  const { topic, partition } = assignment;
  const from = assignment.ledger.received;
  const block = buildBlock(
    Array.from({ length: records }, (_, i) => ({ topic, partition, offset: from + i, value: '1' })),
  );
  assignment.ledger.receive(block, 0, records, 0);
  assignment.lane.push(block, { start: 0, end: records, first: from }, 0);
  assignment.lane.take(records, 1_000_000);
}

function at(partition: number, offset: number): TopicPartitionOffset {
  return { topic: 't', partition, offset };
}

test('commits at the interval, and says when there was nothing', () => {
  const { sent, facts, tick } = setUp();
  const one = partition(0, 10);
  tick([one], 5_000);
  assert.deepEqual(facts, [{ kind: 'commit-skipped' }]);
  one.ledger.resolve(0, 4);
  tick([one], 9_999);
  assert.deepEqual(sent, []);
  tick([one], 10_000);
  assert.deepEqual(sent, [[at(0, 4)]]);
});

test('commits early when a partition has used half of its uncommitted records', () => {
  const { sent, tick } = setUp();
  const one = partition(0, 10, 20);
  tick([one], 1);
  assert.deepEqual(sent, [], 'nothing is resolved yet');
  one.ledger.resolve(0, 3);
  tick([one], 2);
  assert.deepEqual(sent, [[at(0, 3)]]);
});

test('an early commit carries every partition that has progress', () => {
  const { sent, tick } = setUp();
  const all = [partition(0, 10, 20), partition(1, 3, 20), partition(2, 10, 20)];
  for (const one of all) one.ledger.resolve(0, 2);
  tick(all, 1);
  assert.deepEqual(sent, [[at(0, 2), at(1, 2), at(2, 2)]]);
});

test('an acknowledged commit frees its records; what came meanwhile is committed next', () => {
  const { committer, sent } = setUp();
  const one = partition(0, 10);
  one.ledger.resolve(0, 4);
  committer.flush([one], 0);
  one.ledger.resolve(4, 6);
  assert.equal(committer.flush([one], 1), false, 'one at a time');
  committer.answer(null, [at(0, 4)], 5);
  assert.equal(one.committed, 4);
  assert.equal(one.uncommitted, 6);
  committer.flush([one], 6);
  assert.deepEqual(sent[1], [at(0, 6)]);
});

test('a failed answer is unknown for every partition in it: all are committed again', () => {
  const { committer, sent } = setUp();
  const both = [partition(0, 5), partition(1, 5)];
  for (const one of both) one.ledger.resolve(0, 5);
  committer.flush(both, 0);
  committer.answer(FAULT, [at(0, 5), at(1, 5)], 10);
  assert.equal(both[0]?.uncommitted, 5);
  assert.equal(committer.flush(both, 11), false, 'not at once');
  assert.equal(committer.flush(both, committer.nextAt(11)), true);
  assert.deepEqual(sent[1], [at(0, 5), at(1, 5)]);
});

test('a commit that the client does not even start is a failed one', () => {
  const { committer, facts } = setUp({ refuse: true });
  const one = partition(0, 5);
  one.ledger.resolve(0, 5);
  committer.flush([one], 0);
  assert.equal(one.uncommitted, 5);
  assert.deepEqual(facts.at(-1), { kind: 'commit-failed', sequence: 1, reason: 'no connection', ms: 0 });
});

test('an answer that does not come in time is unknown; when it comes late it still counts, and never goes back', () => {
  const { committer, sent, tick } = setUp();
  const one = partition(0, 10);
  one.ledger.resolve(0, 4);
  committer.flush([one], 0);
  tick([one], 2_000);
  one.ledger.resolve(4, 9);
  committer.flush([one], 3_000);
  assert.deepEqual(sent[1], [at(0, 9)]);
  committer.answer(null, [at(0, 9)], 3_100);
  assert.equal(one.committed, 9);
  committer.answer(null, [at(0, 4)], 3_200);
  assert.equal(one.committed, 9);
  assert.equal(one.acknowledged, 9);
});

test('a late failure of an overdue commit says nothing about the one under way', () => {
  const { committer, facts, tick } = setUp();
  const one = partition(0, 10);
  one.ledger.resolve(0, 4);
  committer.flush([one], 0);
  tick([one], 2_000);
  one.ledger.resolve(4, 9);
  committer.flush([one], 3_000);
  committer.answer(FAULT, [at(0, 4)], 3_100);
  assert.equal(facts.filter(fact => fact.kind === 'commit-failed').length, 1);
  committer.answer(null, [at(0, 9)], 3_200);
  assert.equal(one.acknowledged, 9);
});

test('an answer about other offsets is not ours', () => {
  const { committer } = setUp();
  const one = partition(0, 10);
  one.ledger.resolve(0, 4);
  committer.flush([one], 0);
  committer.answer(null, [at(0, 3)], 1);
  committer.answer(null, [], 1);
  assert.equal(one.acknowledged, 0);
});

test('the start found for a group without offsets is committed before any record', () => {
  const { committer, sent } = setUp();
  const start = { topic: 't', partition: 0, offset: 77 };
  const one = new Assignment(start, { maxUncommitted: 100, commitStart: true, now: 0, changed: () => {} });
  assert.equal(one.committed, null);
  committer.flush([one], 0);
  assert.deepEqual(sent, [[at(0, 77)]]);
  committer.answer(null, [at(0, 77)], 1);
  assert.equal(one.hasProgress, false);
  assert.equal(one.committed, 77);
});
