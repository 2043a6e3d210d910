import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildBlock } from '../../../../connector/block-builder.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { Committer, type StoredEvent } from '../../../../worker/task/group/committer.ts';
import { Questions } from '../../../../worker/task/group/questions.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import type {
  CommittedOffset,
  KafkaConsumer,
  KafkaFault,
  TopicPartition,
  TopicPartitionOffset,
} from '../../../../worker/task/ports.ts';

const FAULT = { code: 27, message: 'rebalance in progress', fatal: false };

/** The client, as far as a committer uses it: commits are only started here, the test gives the answers. */
function setUp(options: { refuse?: boolean } = {}) {
  const sent: TopicPartitionOffset[][] = [];
  const facts: TaskFact[] = [];
  const asked: TopicPartition[][] = [];
  const events: StoredEvent[] = [];
  const assignments = new Map<string, Assignment>();
  let answerStored: (stored: readonly (CommittedOffset | KafkaFault)[]) => void = () => {};
  const consumer = {
    commit(offsets: readonly TopicPartitionOffset[]): void {
      sent.push([...offsets]);
      if (options.refuse) throw Object.assign(new Error('no connection'), { code: -195 });
    },
    stored(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | KafkaFault)[]> {
      asked.push(partitions.map(({ topic, partition }) => ({ topic, partition })));
      return new Promise(resolve => {
        answerStored = resolve;
      });
    },
  } as unknown as KafkaConsumer;
  const committer = new Committer({
    consumer,
    questions: new Questions(consumer),
    assignments,
    post: event => events.push(event),
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
  const own = (...all: readonly Assignment[]): void => {
    for (const one of all) assignments.set(one.key, one);
  };
  /** The owner of questions asks in a turn of its own. */
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  const stored = async (offsets: readonly number[], now: number, topicId: string | null = null): Promise<void> => {
    await turn();
    answerStored(offsets.map((offset, i) => ({ ...asked.at(-1)![i]!, offset, topicId })));
    await turn();
    committer.stored(events.shift()!, now);
  };
  return { committer, sent, facts, tick, asked, own, stored, turn };
}

function partition(number: number, received: number, maxUncommitted = 100, topicId?: string): Assignment {
  const start = { topic: 't', partition: number, offset: 0, ...(topicId === undefined ? {} : { topicId }) };
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

test('the late answer to a commit for a topic that was deleted is none to the same offsets in the next one', async () => {
  const { committer, tick, own, stored } = setUp();
  const old = partition(0, 10, 100, 'old');
  own(old);
  old.ledger.resolve(0, 2);
  committer.flush([old], 0);
  tick([old], 2_000);
  const anew = partition(0, 10, 100, 'new');
  own(anew);
  anew.ledger.resolve(0, 2);
  committer.flush([anew], 3_000);
  committer.answer(null, [at(0, 2)], 3_100);
  await stored([2, 2], 3_150, 'old');
  assert.equal(anew.acknowledged, 0);
  committer.answer(FAULT, [at(0, 2)], 3_200);
  await stored([2], 3_250, 'new');
  assert.equal(anew.acknowledged, 2);
  assert.equal(anew.committed, 2);
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

const NOT_AUTHORIZED = { code: 29, message: 'not allowed', fatal: false };
const TIMED_OUT = { code: -185, message: 'timed out', fatal: false };

test('of a commit that failed, what the broker stored is acknowledged, and the refused partition is committed apart', async () => {
  const { committer, sent, asked, own, stored, tick, turn } = setUp();
  const [good, bad] = [partition(0, 10), partition(1, 10)];
  own(good, bad);
  good.resolve(0, 4);
  bad.resolve(0, 6);
  tick([good, bad], 5_000);
  committer.answer(NOT_AUTHORIZED, [at(0, 4), at(1, 6)], 5_010);
  await turn();
  assert.deepEqual(asked, [
    [
      { topic: 't', partition: 0 },
      { topic: 't', partition: 1 },
    ],
  ]);
  await stored([4, -1001], 5_020);
  assert.deepEqual([good.committed, bad.committed], [4, 0]);
  assert.match(committer.fault(5_020) ?? '', /t-1.*not allowed/);

  good.resolve(4, 8);
  tick([good, bad], 10_100);
  assert.deepEqual(sent.at(-1), [at(1, 6)], 'the refused one, alone');
  committer.answer(NOT_AUTHORIZED, [at(1, 6)], 10_110);
  tick([good, bad], 10_700);
  assert.deepEqual(sent.at(-1), [at(0, 8)], 'the other, without it');
  committer.answer(null, [at(0, 8)], 10_710);
  assert.equal(good.committed, 8);
  assert.equal(asked.length, 1, 'a commit of one partition says itself which it is');

  tick([good, bad], 20_200);
  committer.answer(null, [at(1, 6)], 20_210);
  assert.deepEqual([bad.committed, committer.fault(20_210)], [6, null]);
});

test('a refused partition is not waited for again in a last commit, unless there is more of it', () => {
  const { committer, sent, own, tick } = setUp();
  const bad = partition(1, 10);
  own(bad);
  bad.resolve(0, 6);
  tick([bad], 5_000);
  committer.answer(NOT_AUTHORIZED, [at(1, 6)], 5_010);
  assert.equal(committer.isHopeless(bad), true);
  bad.resolve(6, 7);
  assert.equal(committer.isHopeless(bad), false);
  committer.flushLast([bad], 6_000);
  assert.deepEqual(sent.at(-1), [at(1, 7)]);
});

test('an offset that is not there is not acknowledged; a later one stands for ours and no more, unless it is not ours', async () => {
  const { committer, own, stored, tick } = setUp();
  const [less, more, others] = [partition(0, 10), partition(1, 10), partition(2, 10)];
  own(less, more, others);
  for (const one of [less, more, others]) one.resolve(0, 4);
  tick([less, more, others], 5_000);
  committer.answer(TIMED_OUT, [at(0, 4), at(1, 4), at(2, 4)], 5_010);
  more.resolve(4, 9);
  await stored([3, 9, 9], 5_020);
  assert.deepEqual([less.committed, more.committed, others.committed], [0, 4, 0]);
  assert.equal(committer.fault(5_020), null, 'nobody has refused anything');
});

test('what is stored for another topic of the name says nothing of ours', async () => {
  const { committer, own, stored, tick } = setUp();
  const start = { topic: 't', partition: 0, offset: 0, topicId: 'ours' };
  const one = new Assignment(start, { maxUncommitted: 100, commitStart: false, now: 0, changed: () => {} });
  receive(one, 10);
  own(one);
  one.resolve(0, 4);
  tick([one], 5_000);
  committer.answer(TIMED_OUT, [at(0, 4)], 5_010);
  await stored([4], 5_020, 'another');
  assert.equal(one.committed, 0);
  tick([one], 10_100);
  committer.answer(TIMED_OUT, [at(0, 4)], 10_110);
  await stored([4], 10_120, 'ours');
  assert.equal(one.committed, 4);
});

for (const rewound of [true, false]) {
  test(`an answer that may be to a commit from before the log lost its end ${rewound ? 'says nothing' : 'counts where it did not'}`, async () => {
    const { committer, own, sent, stored, tick } = setUp();
    const old = partition(0, 10);
    own(old);
    old.resolve(0, 4);
    tick([old], 5_000);
    tick([old], 7_100);
    await stored([0], 7_110);
    const options = { maxUncommitted: 100, commitStart: true, rewound, now: 0, changed: () => {} };
    const anew = new Assignment({ topic: 't', partition: 0, offset: 0 }, options);
    own(anew);
    receive(anew, 10);
    anew.resolve(0, 4);
    tick([anew], 12_200);
    assert.deepEqual(sent.at(-1), [at(0, 4)]);
    committer.answer(null, [at(0, 4)], 12_210);
    assert.equal(anew.committed, rewound ? null : 4);
    if (!rewound) return;
    await stored([4], 12_220);
    assert.equal(anew.committed, 4, 'the coordinator holds it');
  });
}

test('what belongs to an older epoch changes nothing in the new one', async () => {
  const { committer, own, stored, tick } = setUp();
  const old = partition(0, 10);
  own(old);
  old.resolve(0, 4);
  tick([old], 5_000);
  committer.answer(TIMED_OUT, [at(0, 4)], 5_010);
  const anew = partition(0, 10);
  own(anew);
  await stored([4], 5_020);
  assert.equal(anew.committed, 0);
});

test('a commit without an answer is asked about, one that was refused as a whole is not', async () => {
  const { committer, asked, own, stored, tick, turn } = setUp();
  const one = partition(0, 10);
  own(one);
  one.resolve(0, 4);
  tick([one], 5_000);
  committer.answer(FAULT, [at(0, 4)], 5_010);
  await turn();
  assert.equal(asked.length, 0);
  tick([one], 10_000);
  tick([one], 12_000);
  await turn();
  assert.equal(asked.length, 1);
  await stored([4], 12_010);
  assert.equal(one.committed, 4);
});

test('a client that is being closed is asked nothing', async () => {
  const { committer, asked, own, tick, turn } = setUp();
  const one = partition(0, 10);
  own(one);
  one.resolve(0, 4);
  tick([one], 5_000);
  committer.askNoMore();
  committer.answer(TIMED_OUT, [at(0, 4)], 5_010);
  await turn();
  assert.deepEqual(asked, []);
});

test('that no commit succeeds is told after half a minute, until one does or there is nothing left to commit', () => {
  const { committer, own, tick } = setUp();
  const one = partition(0, 10);
  own(one);
  one.resolve(0, 4);
  for (let now = 5_000; now < 40_000; now += 5_000) {
    tick([one], now);
    committer.answer(FAULT, [at(0, 4)], now + 10);
    assert.equal(committer.fault(now + 10) !== null, now >= 35_000, `at ${now}`);
  }
  tick([one], 45_000);
  committer.answer(null, [at(0, 4)], 45_010);
  assert.equal(committer.fault(45_010), null);
});

test('an answer is that of the commit under way, also when one that had none said the same', () => {
  const { committer, sent, facts, own, tick } = setUp();
  const bad = partition(1, 10);
  own(bad);
  bad.resolve(0, 6);
  tick([bad], 5_000);
  tick([bad], 7_000);
  tick([bad], 12_000);
  assert.equal(sent.length, 2);
  committer.answer(NOT_AUTHORIZED, [at(1, 6)], 12_010);
  assert.equal(facts.filter(({ kind }) => kind === 'commit-failed').length, 2);
  assert.equal(committer.isHopeless(bad), true);
});

test('refused partitions that get no answer hold up no commit of the others', () => {
  const { committer, sent, own, tick } = setUp();
  const all = [1, 2, 3].map(number => partition(number, 10));
  const good = partition(0, 100);
  own(good, ...all);
  let now = 0;
  for (const bad of all) {
    bad.resolve(0, 6);
    committer.flush([bad], now);
    committer.answer(NOT_AUTHORIZED, [at(bad.partition, 6)], now);
    now += 600;
  }
  const of = (number: number): number => sent.flat().filter(one => one.partition === number).length;
  for (let i = 1; i <= 100; i++) {
    good.resolve(i - 1, i);
    now = 10_000 + i * 1_000;
    tick([good, ...all], now);
    if (sent.at(-1)![0]!.partition === 0) committer.answer(null, sent.at(-1)!, now + 10);
  }
  assert.ok(of(0) >= 10, `${of(0)} commits of the others`);
  assert.ok(of(1) >= 2, `${of(1)} tries of a refused one`);
});
