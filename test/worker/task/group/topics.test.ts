import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { Questions } from '../../../../worker/task/group/questions.ts';
import { NO_TOPIC, StartOffsets } from '../../../../worker/task/group/start-offsets.ts';
import { type TopicEvent, Topics } from '../../../../worker/task/group/topics.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import {
  type CommittedOffset,
  type KafkaConsumer,
  OFFSET_BEGINNING,
  OFFSET_NONE,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../../../worker/task/ports.ts';
import { keyOf } from '../../../../worker/task/topic-partition.ts';

const OPTIONS = { maxUncommitted: 100, commitStart: false, now: 0, changed: () => {} };

interface Outside {
  /** By topic; a topic that is not there does not exist. */
  ids: Map<string, string | null>;
  /** What the client knows of them, where it differs. */
  known?: Map<string, string | null>;
  committed: Map<string, { readonly offset: number; readonly topicId: string | null }>;
}

function setUp(
  outside: Outside,
  named: readonly string[] | null = ['t'],
  reset: 'earliest' | 'latest' | 'none' = 'earliest',
  outOfRange: 'earliest' | 'fail' = 'fail',
) {
  const assignments = new Map<string, Assignment>();
  const facts: TaskFact[] = [];
  const failures: string[] = [];
  const refetched: (readonly TopicPartitionOffset[])[] = [];
  const resumed: TopicPartition[] = [];
  const events: TopicEvent[] = [];
  const letGo: Assignment[] = [];
  const consumer = {
    topicIds: async () => outside.ids,
    knownTopicIds: () => outside.known ?? outside.ids,
    committed: async (partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> =>
      partitions.map(tp => {
        const { topic, partition } = tp;
        return { topic, partition, ...(outside.committed.get(keyOf(tp)) ?? { offset: OFFSET_NONE, topicId: null }) };
      }),
    partitionCounts: async () => new Map([['t', 1]]),
    refetch: (partitions: readonly TopicPartitionOffset[]) => {
      refetched.push(partitions);
      return partitions;
    },
    resume: (partitions: readonly TopicPartition[]) => resumed.push(...partitions),
  } as unknown as KafkaConsumer;
  const questions = new Questions(consumer);
  const topics = new Topics(
    {
      consumer,
      assignments,
      named,
      changed: () => {},
      questions,
      startOffsets: new StartOffsets(questions, reset),
      maxUncommitted: 100,
      outOfRange,
      post: event => events.push(event),
      announce: fact => facts.push(fact),
      abandon: lost => letGo.push(...lost),
      discard: () => {},
      fail: reason => failures.push(reason),
    },
    0,
  );
  const assign = (partition: number, topicId: string | null, offset = 20): Assignment => {
    const assignment = new Assignment({ topic: 't', partition, offset, topicId }, OPTIONS);
    assignments.set(assignment.key, assignment);
    return assignment;
  };
  /** Lets the questions be answered, and the task go on. */
  const settle = async (now: number): Promise<void> => {
    for (let i = 0; i < 8; i++) {
      topics.tick(now);
      for (let turns = 0; turns < 8; turns++) await turn();
      for (const event of events.splice(0)) topics.answer(event, now);
      topics.advance(now);
    }
  };
  return { topics, assign, settle, assignments, facts, failures, refetched, resumed, letGo };
}

const TP = 't/0';
const OUTSIDE = { position: 20, low: 0, high: 10, reason: 'lost its end' };

test('an assignment whose topic was created anew ends at once, and another begins where the group begins in the new one', async () => {
  const task = setUp({ ids: new Map([['t', 'B']]), committed: new Map() });
  const old = task.assign(0, 'A');
  old.paused = true;
  assert.equal(old.isOther('B'), true);
  task.topics.end(old);
  assert.deepEqual([old.revoking, old.hasProgress, task.letGo], [true, false, [old]]);
  assert.equal(task.topics.idle, false);
  await task.settle(10);
  const now = task.assignments.get(TP)!;
  assert.notEqual(now, old);
  assert.deepEqual([now.topicId, now.ledger.position, now.paused], ['B', null, false]);
  assert.deepEqual(task.refetched, [
    [{ topic: 't', partition: 0, offset: OFFSET_BEGINNING, topicId: 'B', commitStart: false }],
  ]);
  assert.deepEqual(task.resumed, [{ topic: 't', partition: 0 }], 'the client keeps a pause');
  assert.deepEqual(
    task.facts.map(({ kind }) => kind),
    ['topic-created-anew'],
  );
  assert.equal(task.topics.idle, true);
});

test('what was committed for the topic that is gone is no offset in the new one; what was committed for that is', async () => {
  const stale = setUp({ ids: new Map([['t', 'B']]), committed: new Map([[TP, { offset: 20, topicId: 'A' }]]) });
  stale.topics.end(stale.assign(0, 'A'));
  await stale.settle(10);
  assert.equal(stale.refetched[0]![0]!.offset, OFFSET_BEGINNING);

  const own = setUp({ ids: new Map([['t', 'B']]), committed: new Map([[TP, { offset: 7, topicId: 'B' }]]) });
  own.topics.end(own.assign(0, 'A'));
  await own.settle(10);
  assert.equal(own.refetched[0]![0]!.offset, 7);
});

test('with auto.offset.reset=latest it is read from its beginning too, with none the task fails', async () => {
  const latest = setUp({ ids: new Map([['t', 'B']]), committed: new Map() }, ['t'], 'latest');
  latest.topics.end(latest.assign(0, 'A'));
  await latest.settle(10);
  assert.equal(latest.refetched[0]![0]!.offset, OFFSET_BEGINNING);

  const none = setUp({ ids: new Map([['t', 'B']]), committed: new Map() }, ['t'], 'none');
  none.topics.end(none.assign(0, 'A'));
  await none.settle(10);
  assert.match(none.failures[0]!, /created anew.*auto\.offset\.reset=none/);
});

test('the client knows another id although no record came: a new topic just as long says nothing else', async () => {
  const task = setUp({ ids: new Map([['t', 'B']]), committed: new Map() });
  task.assign(0, 'A');
  task.topics.tick(4_999);
  assert.equal(task.topics.idle, true, 'not yet');
  await task.settle(5_000);
  assert.equal(task.assignments.get(TP)!.topicId, 'B');
});

test('a topic that is gone is named, and waited for; its successor is read when it comes', async () => {
  const outside: Outside = { ids: new Map(), known: new Map(), committed: new Map() };
  const task = setUp(outside);
  const old = task.assign(0, 'A');
  await task.settle(5_000);
  assert.deepEqual(task.topics.missing, ['t']);
  assert.deepEqual(task.facts, [{ kind: 'topics-missing', topics: ['t'] }]);
  assert.equal(task.assignments.get(TP), old, 'the group takes it away, or not');
  outside.ids = new Map([['t', 'B']]);
  outside.known = outside.ids;
  await task.settle(10_000);
  assert.equal(task.assignments.get(TP)!.topicId, 'B');
  assert.deepEqual(task.topics.missing, []);
  assert.deepEqual(
    task.facts.find((fact, i) => i > 0 && fact.kind === 'topics-missing'),
    { kind: 'topics-missing', topics: [] },
  );
});

test('an assignment made while there was no topic begins anew with the first one that comes', async () => {
  const outside: Outside = { ids: new Map(), committed: new Map([[TP, { offset: 20, topicId: null }]]) };
  const task = setUp(outside);
  const none = task.assign(0, NO_TOPIC);
  task.topics.end(none);
  await task.settle(10);
  assert.equal(task.assignments.get(TP), none, 'there is none yet');
  assert.deepEqual(task.refetched, []);
  outside.ids = new Map([['t', 'B']]);
  await task.settle(1_010);
  assert.equal(task.assignments.get(TP)!.topicId, 'B');
});

test('a position outside the log fails the task, unless the topic is another one', async () => {
  const truncated = setUp({ ids: new Map([['t', 'A']]), committed: new Map() });
  truncated.topics.outside(truncated.assign(0, 'A'), OUTSIDE);
  await truncated.settle(10);
  assert.deepEqual(truncated.failures, ['lost its end']);

  const anew = setUp({ ids: new Map([['t', 'B']]), known: new Map([['t', 'A']]), committed: new Map() });
  anew.topics.outside(anew.assign(0, 'A'), OUTSIDE);
  await anew.settle(10);
  assert.deepEqual([anew.failures, anew.assignments.get(TP)!.topicId], [[], 'B']);

  const unknown = setUp({ ids: new Map([['t', null]]), committed: new Map() });
  unknown.topics.outside(unknown.assign(0, null), OUTSIDE);
  assert.deepEqual(unknown.failures, ['lost its end'], 'nobody can tell');
});

test('where it is written, reading goes on in the log it has; in that of another topic as in any that was created anew', async () => {
  const same = setUp({ ids: new Map([['t', 'A']]), committed: new Map() }, ['t'], 'earliest', 'earliest');
  const old = same.assign(0, 'A');
  same.topics.outside(old, { ...OUTSIDE, low: 30, high: 50 });
  assert.equal(same.topics.idle, false);
  await same.settle(10);
  assert.deepEqual([same.refetched, same.topics.idle], [[[{ topic: 't', partition: 0, offset: 30 }]], true]);
  assert.equal(same.assignments.get(TP), old);

  const truncated = setUp({ ids: new Map(), committed: new Map() }, ['t'], 'earliest', 'earliest');
  truncated.topics.outside(truncated.assign(0, null), OUTSIDE);
  assert.deepEqual([truncated.topics.wantsClient, truncated.topics.idle], [true, false]);
  truncated.topics.advance(10);
  assert.deepEqual(truncated.refetched, [[{ topic: 't', partition: 0, offset: 0 }]]);

  const anew = setUp(
    { ids: new Map([['t', 'B']]), known: new Map([['t', 'A']]), committed: new Map() },
    ['t'],
    'earliest',
    'earliest',
  );
  anew.topics.outside(anew.assign(0, 'A'), OUTSIDE);
  await anew.settle(10);
  assert.deepEqual(
    anew.facts.map(({ kind }) => kind),
    ['topic-created-anew'],
  );
});

test('what the group has taken away meanwhile is left alone', async () => {
  const task = setUp({ ids: new Map([['t', 'B']]), committed: new Map() });
  const old = task.assign(0, 'A');
  task.topics.end(old);
  task.assignments.delete(TP);
  await task.settle(10);
  assert.deepEqual([task.assignments.size, task.refetched, task.topics.idle], [0, [], true]);
});

test('a partition that is being taken away commits no more once its topic is another one', () => {
  const task = setUp({ ids: new Map([['t', 'B']]), committed: new Map() });
  const going = task.assign(0, 'A');
  going.revoke();
  task.topics.end(going);
  assert.deepEqual([going.hasProgress, task.topics.idle], [false, true]);
});
