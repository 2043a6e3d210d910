import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildBlock } from '../../../../connector/block-builder.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { type OutOfRange, Resets, type ResetsParts } from '../../../../worker/task/group/resets.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import type { KafkaConsumer, TopicPartition, TopicPartitionOffset } from '../../../../worker/task/ports.ts';

const TP = 't/0';

/** A task with partition 0 of t at offset 20, of which the records from 15 on have no verdict yet. */
function setUp(outOfRange: ResetsParts['outOfRange'], unresolved = 5) {
  const facts: TaskFact[] = [];
  const failures: string[] = [];
  const refetched: (readonly TopicPartitionOffset[])[] = [];
  const resumed: TopicPartition[] = [];
  const changed: string[] = [];
  const assignments = new Map<string, Assignment>();
  const consumer = {
    refetch: (partitions: readonly TopicPartitionOffset[], all: readonly TopicPartitionOffset[]) => {
      assert.deepEqual(partitions, all, 'one and the same place for each');
      refetched.push(partitions);
      return partitions;
    },
    resume: (partitions: readonly TopicPartition[]) => resumed.push(...partitions),
  } as unknown as KafkaConsumer;
  const options = { maxUncommitted: 100, commitStart: false, now: 0, changed: () => changed.push('changed') };
  const assignment = new Assignment({ topic: 't', partition: 0, offset: 10, topicId: 'A' }, options);
  assignments.set(TP, assignment);
  const records = Array.from({ length: 10 }, (_, i) => ({ topic: 't', partition: 0, offset: 10 + i, value: '1' }));
  assignment.ledger.receive(buildBlock(records), 0, 10, 0);
  assignment.resolve(0, 10 - unresolved);
  const parts = { consumer, assignments, outOfRange, announce: (fact: TaskFact) => facts.push(fact) };
  const resets = new Resets({
    ...parts,
    changed: options.changed,
    maxUncommitted: 100,
    fail: reason => failures.push(reason),
  });
  return { resets, assignment, assignments, facts, failures, refetched, resumed, changed };
}

const outside = (low: number, high: number): OutOfRange => ({ position: 20, low, high, reason: 'gone' });
const fact = (reset: 'earliest' | 'latest', to: number, low: number, high: number): TaskFact => {
  return { kind: 'offset-reset', topic: 't', partition: 0, reset, from: 20, to, low, high };
};

test('where nothing is written, or none, the task fails and says why', () => {
  const { resets, assignment, failures, refetched } = setUp('fail');
  resets.found(assignment, outside(30, 50));
  resets.advance(1);
  assert.deepEqual([failures, refetched, resets.idle, assignment.ledger.position], [['gone'], [], true, 20]);
});

for (const [reset, to] of [
  ['earliest', 30],
  ['latest', 50],
] as const) {
  test(`below the log, ${reset}: it goes on at ${to}, and commits that once what was before has its verdicts`, () => {
    const { resets, assignment, assignments, facts, refetched } = setUp(reset);
    assignment.trouble = {
      fault: null,
      reason: 'x',
      since: 0,
      times: 1,
      heardAt: 0,
      givenUp: true,
      retryAt: 0,
      pauseMs: 1,
    };
    resets.found(assignment, outside(30, 50));
    assert.deepEqual([resets.idle, resets.wantsClient, facts], [false, true, []], 'only while no read is in flight');
    resets.advance(1);
    assert.equal(assignments.get(TP), assignment, 'what it has on its way is delivered as ever');
    assert.deepEqual(refetched, [[{ topic: 't', partition: 0, offset: to }]]);
    assert.deepEqual(facts, [fact(reset, to, 30, 50)]);
    const { ledger } = assignment;
    assert.deepEqual([ledger.position, ledger.committable, ledger.unresolved], [to, 15, 5]);
    assert.deepEqual([assignment.trouble, resets.idle], [null, true]);
    assignment.resolve(5, 10);
    assert.deepEqual([ledger.committable, assignment.hasProgress, assignment.uncommitted], [to, true, 0]);
  });
}

test('with nothing on its way the gap alone is progress to commit', () => {
  const { resets, assignment, changed } = setUp('earliest', 0);
  assignment.acknowledge(10, 20);
  assert.equal(assignment.hasProgress, false);
  changed.length = 0;
  resets.found(assignment, outside(30, 50));
  resets.advance(1);
  assert.deepEqual([assignment.hasProgress, assignment.ledger.committable], [true, 30]);
  assert.ok(changed.length > 0, 'who keeps lists of partitions is told');
});

for (const [reset, to] of [
  ['earliest', 3],
  ['latest', 12],
] as const) {
  test(`beyond the end, ${reset}: it takes no more, and another begins at ${to} once all has its verdict`, () => {
    const { resets, assignment, assignments, facts, refetched, resumed } = setUp(reset);
    assignment.paused = true;
    resets.found(assignment, outside(3, 12));
    resets.advance(1);
    assert.deepEqual([assignment.rewinding, resets.wantsClient, refetched], [true, false, []]);
    assert.equal(resets.idle, false);
    assignment.resolve(5, 10);
    assert.equal(resets.wantsClient, true);
    resets.advance(2);
    const anew = assignments.get(TP)!;
    assert.notEqual(anew, assignment);
    assert.deepEqual([anew.topicId, anew.ledger.position, anew.rewound, anew.rewinding], ['A', to, true, false]);
    assert.deepEqual(
      [anew.hasProgress, anew.ledger.committable, anew.committed],
      [true, to, null],
      'its start is committed',
    );
    assert.equal(assignment.hasProgress, false, 'the old one commits nothing more');
    assert.deepEqual(refetched, [[{ topic: 't', partition: 0, offset: to }]]);
    assert.deepEqual(facts, [fact(reset, to, 3, 12)]);
    assert.deepEqual(resumed, [{ topic: 't', partition: 0 }], 'the client keeps a pause');
  });
}

test('what has come meanwhile says that the position is in the log', () => {
  for (const when of ['before', 'after']) {
    const { resets, assignment, failures, refetched } = setUp(when === 'before' ? 'fail' : 'earliest');
    const record = buildBlock([{ topic: 't', partition: 0, offset: 20, value: '1' }]);
    if (when === 'after') resets.found(assignment, outside(30, 50));
    assignment.ledger.receive(record, 0, 1, 1);
    if (when === 'before') resets.found(assignment, outside(30, 50));
    resets.advance(2);
    assert.deepEqual([failures, refetched, resets.idle, assignment.ledger.position], [[], [], true, 21]);
  }
});

test('what is being taken away, or was, is left alone', () => {
  for (const how of ['revoking', 'gone']) {
    const { resets, assignment, assignments, facts, refetched } = setUp('earliest');
    resets.found(assignment, outside(30, 50));
    if (how === 'revoking') assignment.revoke();
    else assignments.delete(TP);
    resets.advance(1);
    assert.deepEqual([facts, refetched, resets.idle], [[], [], true], how);
  }
});

test('markers of transactions that are gone are no loss, whatever is written: it goes on behind them without a word', () => {
  for (const reset of ['fail', 'earliest', 'latest'] as const) {
    const { resets, assignment, facts, failures, refetched } = setUp(reset, 0);
    assignment.endSeen = 23;
    resets.found(assignment, outside(23, 40));
    resets.advance(1);
    assert.deepEqual([facts, failures, assignment.ledger.position], [[], [], 23], reset);
    assert.equal(refetched.length, 1);
  }
  const { resets, assignment, failures } = setUp('fail', 0);
  assignment.endSeen = 23;
  resets.found(assignment, outside(24, 40));
  assert.deepEqual(failures, ['gone'], 'here it is one');
  const truncated = setUp('fail', 0);
  truncated.assignment.endSeen = 23;
  truncated.resets.found(truncated.assignment, outside(3, 12));
  assert.deepEqual(truncated.failures, ['gone'], 'an end that is lost is no hole');
});
