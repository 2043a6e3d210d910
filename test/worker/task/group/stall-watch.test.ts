import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildBlock } from '../../../../connector/block-builder.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { judge, StallWatch } from '../../../../worker/task/group/stall-watch.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import { type KafkaConsumer, OFFSET_BEGINNING, type TopicPartitionOffset } from '../../../../worker/task/ports.ts';

/** A partition of which the records 10 … 14 were received. */
function partition(number: number): Assignment {
  const start = { topic: 't', partition: number, offset: 10 };
  const one = new Assignment(start, { maxUncommitted: 100, commitStart: false, now: 0, changed: () => {} });
  const records = Array.from({ length: 5 }, (_, i) => ({ partition: number, offset: 10 + i, value: '1' }));
  one.ledger.receive(buildBlock(records), 0, 5, 0);
  return one;
}

function setUp(...all: Assignment[]) {
  const refetched: (readonly TopicPartitionOffset[])[][] = [];
  const facts: TaskFact[] = [];
  const consumer = {
    refetch: (...lists: (readonly TopicPartitionOffset[])[]) => refetched.push(lists),
  } as unknown as KafkaConsumer;
  const assignments = new Map(all.map(one => [one.key, one]));
  const watch = new StallWatch(
    { consumer, assignments, post: () => {}, announce: fact => facts.push(fact), fail: reason => assert.fail(reason) },
    0,
  );
  return { watch, assignments, refetched, facts };
}

test('a partition whose records do not come is told, and fetched anew from where it stands', () => {
  const [quiet, other] = [partition(0), partition(1)];
  const fresh = new Assignment(
    { topic: 't', partition: 2, offset: OFFSET_BEGINNING },
    { maxUncommitted: 100, commitStart: false, now: 0, changed: () => {} },
  );
  const { watch, refetched, facts } = setUp(quiet, other, fresh);
  watch.answer(quiet, { low: 0, high: 20 });
  assert.deepEqual(
    facts.map(({ kind }) => kind),
    ['partition-stalled'],
  );
  watch.refetch();
  watch.refetch();
  const where = { topic: 't', partition: 0, offset: 15 };
  const all = [where, { ...where, partition: 1 }, { topic: 't', partition: 2, offset: OFFSET_BEGINNING }];
  assert.deepEqual(refetched, [[[where], all]], 'once');
});

test('a partition that was taken away meanwhile is not fetched anew', () => {
  const quiet = partition(0);
  const { watch, assignments, refetched } = setUp(quiet);
  watch.answer(quiet, { low: 0, high: 20 });
  assignments.delete(quiet.key);
  watch.refetch();
  assert.deepEqual(refetched, []);
});

test('markers of transactions behind the last record, where the end of the log was seen, are no stall', () => {
  const quiet = partition(0);
  assert.equal(judge(quiet, { low: 0, high: 16 }).kind, 'stalled');
  quiet.endSeen = 16;
  assert.equal(judge(quiet, { low: 0, high: 16 }).kind, 'fine');
  assert.equal(judge(quiet, { low: 0, high: 17 }).kind, 'stalled');
});

test('a position outside the log is neither waited for nor reset', () => {
  assert.equal(judge(partition(0), { low: 16, high: 20 }).kind, 'out-of-range');
  assert.equal(judge(partition(0), { low: 0, high: 14 }).kind, 'out-of-range');
});
