import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildBlock } from '../../../../connector/block-builder.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { Questions } from '../../../../worker/task/group/questions.ts';
import {
  judge,
  QUIET_AFTER_MS,
  STALL_AFTER_MS,
  StallWatch,
  type WatchEvent,
} from '../../../../worker/task/group/stall-watch.ts';
import {
  CODE_BAD_MESSAGE,
  CODE_NOT_IMPLEMENTED,
  CODE_OFFSET_RESET,
  CODE_TOPIC_AUTHORIZATION,
} from '../../../../worker/task/kafka-error.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import {
  type KafkaConsumer,
  type KafkaFault,
  type LogEnd,
  OFFSET_BEGINNING,
  OFFSET_END,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../../../worker/task/ports.ts';

/** A partition that begins at offset 10. */
function fresh(number: number, offset = 10): Assignment {
  const start = { topic: 't', partition: number, offset };
  return new Assignment(start, { maxUncommitted: 100, commitStart: false, now: 0, changed: () => {} });
}

/** A partition of which the records 10 … 14 were received. */
function partition(number: number): Assignment {
  const one = fresh(number);
  receive(one, 10, 5);
  return one;
}

function receive(one: Assignment, from: number, count: number): void {
  const { topic, partition: number } = one;
  const records = Array.from({ length: count }, (_, i) => ({ topic, partition: number, offset: from + i, value: '1' }));
  one.ledger.receive(buildBlock(records), 0, count, 0);
}

const where = (number: number, offset = 15): TopicPartitionOffset => ({ topic: 't', partition: number, offset });

/** A watch over partitions whose logs hold the offsets 0 … 19, unless `high` says else. */
class World {
  readonly watch: StallWatch;
  readonly assignments: Map<string, Assignment>;
  /** What the client was asked and told, in order. */
  readonly calls: unknown[][] = [];
  readonly facts: TaskFact[] = [];
  readonly failures: string[] = [];
  high = 20;
  #looked: (event: WatchEvent) => void = () => {};

  /** Of the group: what is fetched anew is all. */
  eager = false;

  constructor(...all: Assignment[]) {
    this.assignments = new Map(all.map(one => [one.key, one]));
    const consumer: Pick<KafkaConsumer, 'offsets' | 'refetch' | 'pause' | 'resume'> = {
      offsets: (list: readonly TopicPartition[], at: LogEnd) => {
        this.calls.push(['ask', at, ...list.map(one => one.partition)]);
        return Promise.resolve(list.map(() => (at === OFFSET_END ? this.high : 0)));
      },
      refetch: (...lists) => {
        this.calls.push(['refetch', ...lists]);
        return lists[this.eager ? 1 : 0];
      },
      pause: list => this.calls.push(['pause', ...list]),
      resume: list => this.calls.push(['resume', ...list]),
    };
    this.watch = new StallWatch(
      {
        consumer: consumer as KafkaConsumer,
        questions: new Questions(consumer as KafkaConsumer),
        assignments: this.assignments,
        post: event => this.#looked(event),
        announce: fact => this.facts.push(fact),
        groupId: 'g',
        outside: (_, { reason }) => this.failures.push(reason),
        fail: reason => this.failures.push(reason),
      },
      0,
    );
  }

  /** The questions that were begun are answered, and the answers are heard. */
  async answered(now: number): Promise<void> {
    this.watch.looked(await this.answer(), now);
  }

  answer(): Promise<WatchEvent> {
    return new Promise<WatchEvent>(resolve => {
      this.#looked = resolve;
    });
  }
}

function fault(code: number, at?: number): KafkaFault {
  const said = { code, message: `error ${code}`, fatal: false };
  return at === undefined ? said : { ...said, at: { topic: 't', partition: at } };
}

test('suspects are asked about all at once; the beginning only of those that are not at the end', async () => {
  const all = [partition(0), partition(1), partition(2)];
  receive(all[1]!, 15, 5);
  const world = new World(...all);
  world.watch.tick(STALL_AFTER_MS);
  await world.answered(STALL_AFTER_MS);
  assert.deepEqual(world.calls, [
    ['ask', OFFSET_END, 0, 1, 2],
    ['ask', OFFSET_BEGINNING, 0, 2],
  ]);
});

test('a partition at the known end of its log is no suspect for a long time, and then one of many', async () => {
  const quiet = [partition(0), fresh(1)];
  for (const one of quiet) one.endSeen = 15;
  const world = new World(...quiet);
  world.high = 15;
  for (let now = 0; now < QUIET_AFTER_MS; now += 10_000) world.watch.tick(now);
  assert.deepEqual(world.calls, []);
  world.watch.tick(QUIET_AFTER_MS);
  await world.answered(QUIET_AFTER_MS);
  assert.deepEqual(world.calls[0], ['ask', OFFSET_END, 0, 1]);
  const { length } = world.calls;
  world.watch.tick(QUIET_AFTER_MS + 10_000);
  assert.equal(world.calls.length, length, 'what its leader said holds as long');
});

test('while a question is under way nothing is asked, then what has come up meanwhile', async () => {
  const world = new World(partition(0), partition(1));
  world.watch.fault(fault(CODE_OFFSET_RESET, 0), 5);
  world.watch.fault(fault(CODE_OFFSET_RESET, 0), 6);
  world.watch.fault(fault(CODE_OFFSET_RESET, 1), 7);
  await world.answered(8);
  await world.answered(9);
  assert.deepEqual(
    world.calls.filter(([, at]) => at === OFFSET_END),
    [
      ['ask', OFFSET_END, 0],
      ['ask', OFFSET_END, 0, 1],
    ],
  );
});

test('a partition whose records do not come is told, and fetched anew from where it stands, ever more seldom', async () => {
  const [quiet, other, unread] = [partition(0), partition(1), fresh(2, OFFSET_BEGINNING)];
  other.progressed(STALL_AFTER_MS);
  unread.progressed(STALL_AFTER_MS);
  const world = new World(quiet, other, unread);
  world.watch.tick(STALL_AFTER_MS);
  await world.answered(STALL_AFTER_MS);
  assert.deepEqual(
    world.facts.map(({ kind }) => kind),
    ['partition-stalled'],
  );
  assert.match(quiet.status(0).fault!, /goes on from 15 to 19/);
  const times: number[] = [];
  for (let now = STALL_AFTER_MS; now < STALL_AFTER_MS + 300_000; now += 500) {
    const { length } = world.calls;
    world.watch.recover(now);
    if (world.calls.length > length) times.push((now - STALL_AFTER_MS) / 1_000);
  }
  assert.deepEqual(times, [1, 3, 7, 15, 31, 63, 123, 183, 243]);
  const anew = ['refetch', [where(0)], [where(0), where(1), where(2, OFFSET_BEGINNING)]];
  const tries = (): unknown[][] => world.calls.filter(([what]) => what === 'refetch' || what === 'resume');
  assert.deepEqual(tries()[0], anew);
  assert.ok(
    tries()
      .slice(1)
      .every(([what]) => what === 'resume'),
    'not assigned anew without a word that it must be',
  );
  for (const one of [other, unread]) one.progressed(385_000);
  world.watch.tick(390_000);
  await world.answered(390_000);
  world.watch.recover(395_000);
  assert.deepEqual(tries().at(-1), anew, 'its leader says so again');
  quiet.progressed(400_000);
  const { length } = world.calls;
  world.watch.recover(500_000);
  assert.equal(world.calls.length, length);
  assert.equal(quiet.status(0).fault, null);
});

test('an error of a fetch has only its own partition start over; one that the client gave up is assigned anew', () => {
  const [denied, lost] = [partition(0), partition(1)];
  const world = new World(denied, lost);
  world.watch.fault(fault(CODE_TOPIC_AUTHORIZATION, 0), 0);
  world.watch.recover(999);
  assert.deepEqual(world.calls, []);
  world.watch.recover(1_000);
  assert.deepEqual(world.calls, [
    ['pause', where(0)],
    ['resume', where(0)],
  ]);
  world.calls.length = 0;
  world.watch.fault(fault(CODE_OFFSET_RESET, 1), 1_500);
  world.watch.recover(2_500);
  assert.deepEqual(world.calls.at(-1), ['refetch', [where(1)], [where(0), where(1)]]);
});

for (const eager of [false, true]) {
  const title = eager ? 'in an eager group, is tried with every other one' : 'has its own time';
  test(`a partition that the client gave up ${title}`, () => {
    const world = new World(partition(0), partition(1));
    world.eager = eager;
    const tries = (): unknown[] => world.calls.filter(([what]) => what === 'refetch').map(([, lost]) => lost);
    world.watch.fault(fault(CODE_OFFSET_RESET, 0), 0);
    world.watch.fault(fault(CODE_OFFSET_RESET, 1), 500);
    world.watch.recover(1_000);
    world.watch.recover(1_500);
    assert.deepEqual(tries(), eager ? [[where(0)]] : [[where(0)], [where(1)]]);
  });
}

test('a look that is older than the last try says nothing', async () => {
  const world = new World(partition(0));
  const tries = (): number => world.calls.filter(([what]) => what === 'refetch').length;
  world.watch.fault(fault(CODE_OFFSET_RESET, 0), 0);
  world.watch.recover(1_000);
  assert.equal(tries(), 1);
  await world.answered(1_100);
  world.watch.recover(3_000);
  assert.equal(tries(), 1);
});

test('a paused partition is left alone: trying it would resume it', () => {
  const one = partition(0);
  const world = new World(one);
  world.watch.fault(fault(CODE_TOPIC_AUTHORIZATION, 0), 0);
  one.paused = true;
  world.watch.recover(10_000);
  assert.deepEqual(world.calls, []);
});

test('a partition that was taken away meanwhile is not fetched anew', async () => {
  const quiet = partition(0);
  const world = new World(quiet);
  world.watch.tick(STALL_AFTER_MS);
  await world.answered(STALL_AFTER_MS);
  world.assignments.delete(quiet.key);
  world.watch.recover(STALL_AFTER_MS + 5_000);
  assert.equal(world.calls.filter(([what]) => what !== 'ask').length, 0);
});

test('one and the same lasting error fails the task: at its fifth time, and not before its time', () => {
  const world = new World(partition(0));
  for (const now of [0, 1_000, 2_000, 3_000, 4_000, 29_000, 29_999]) world.watch.fault(fault(CODE_BAD_MESSAGE, 0), now);
  assert.deepEqual(world.failures, []);
  world.watch.fault(fault(CODE_BAD_MESSAGE, 0), 30_001);
  assert.match(world.failures[0]!, /^t-0 can not be read from offset 15 on, for 30 s now: error -199\. Mend/);

  const rare = new World(partition(0));
  for (const now of [0, 20_000, 40_000, 60_000]) rare.watch.fault(fault(CODE_BAD_MESSAGE, 0), now);
  assert.deepEqual(rare.failures, []);
  for (let now = 60_001; now < 61_000; now += 100) rare.watch.fault(fault(CODE_BAD_MESSAGE, 0), now);
  assert.deepEqual(rare.failures, [], 'what comes all at once is one');
  rare.watch.fault(fault(CODE_BAD_MESSAGE, 0), 61_000);
  assert.equal(rare.failures.length, 1);
});

test('what follows from a damaged batch does not hide it: the first error is what the task fails of', () => {
  const one = partition(0);
  const world = new World(one);
  for (let now = 0; now <= 40_000; now += 4_000) {
    for (const code of [CODE_BAD_MESSAGE, CODE_NOT_IMPLEMENTED, CODE_OFFSET_RESET]) {
      world.watch.fault({ ...fault(code, 0), message: `error ${code} at ${now}` }, now);
    }
    world.watch.recover(now + 3_000);
  }
  assert.match(world.failures[0]!, /^t-0 can not be read from offset 15 on, for 32 s now: error -199 at 0\./);
  assert.ok(
    world.calls.some(([what]) => what === 'refetch'),
    'the client has given it up there',
  );
});

test('an error between which the partition brings something is another one each time; so is another error', () => {
  const one = partition(0);
  const world = new World(one);
  for (let now = 0; now < 200_000; now += 5_000) {
    world.watch.fault(fault(CODE_BAD_MESSAGE, 0), now);
    if (now % 20_000 === 0) one.progressed(now);
  }
  for (let now = 200_000; now < 400_000; now += 5_000) {
    world.watch.fault(fault(now % 20_000 === 0 ? CODE_TOPIC_AUTHORIZATION : CODE_BAD_MESSAGE, 0), now);
  }
  for (let now = 400_000; now < 600_000; now += 5_000) world.watch.fault(fault(-1, 0), now);
  assert.deepEqual(world.failures, []);
  assert.equal(one.status(0).fault, 'error -1');
});

test('an error that names no partition is looked for among those that bring nothing', async () => {
  const [bad, good] = [partition(0), partition(1)];
  const world = new World(bad, good);
  world.watch.fault(fault(CODE_BAD_MESSAGE), 1_000);
  good.progressed(9_000);
  world.watch.tick(10_000);
  await world.answered(10_000);
  assert.match(bad.status(0).fault!, /goes on from 15.*error -199/);
  assert.equal(good.status(0).fault, null);
  world.watch.recover(11_000);
  assert.deepEqual(world.calls.at(-1)?.slice(0, 2), ['refetch', [where(0)]], 'the client may have given it up');
  for (let now = 12_000; now <= 42_000; now += 3_000) world.watch.fault(fault(CODE_BAD_MESSAGE), now);
  assert.equal(world.failures.length, 1);
});

test('markers of transactions behind the last record, where the end of the log was seen, are no stall', () => {
  const quiet = partition(0);
  const look = { assignment: quiet, position: 15, low: 0, high: 16 };
  assert.equal(judge(look, true, 'g').kind, 'stalled');
  quiet.endSeen = 16;
  assert.equal(judge(look, true, 'g').kind, 'fine');
  assert.equal(judge({ ...look, high: 17 }, true, 'g').kind, 'stalled');
});

test('a position outside the log is neither waited for nor reset', () => {
  const look = { assignment: partition(0), position: 15, low: 0, high: 20 };
  const deleted = judge({ ...look, low: 16 }, true, 'g');
  assert.ok(deleted.kind === 'out-of-range');
  assert.match(
    deleted.reason,
    /offsets 15 to 15 .*stop this connector.*--group g --topic t:0 --reset-offsets --to-offset 16 /,
  );
  const truncated = judge({ ...look, high: 14 }, true, 'g');
  assert.ok(truncated.kind === 'out-of-range');
  assert.match(truncated.reason, /offset 15 is beyond the end .*stop this connector.*--reset-offsets --to-earliest /);
  for (const { position, reason } of [deleted, truncated]) {
    assert.equal(position, 15);
    assert.match(reason, /write consumer\.override\.auto\.offset\.reset=earliest; or, this once, stop/);
  }
});

test('markers of transactions that retention deleted are no loss: the client is past them, or goes on behind them', () => {
  const quiet = partition(0);
  const look = { assignment: quiet, position: 15, low: 17, high: 17 };
  assert.equal(judge(look, true, 'g').kind, 'out-of-range', 'nobody has seen that there were no records');
  quiet.endSeen = 17;
  assert.equal(judge(look, false, 'g').kind, 'fine');
  assert.equal(
    judge({ ...look, high: 25 }, false, 'g').kind,
    'stalled',
    'records stand behind the hole, and do not come',
  );
  assert.equal(judge({ ...look, low: 18, high: 18 }, false, 'g').kind, 'stalled');
  assert.equal(judge(look, true, 'g').kind, 'out-of-range', 'the client has given it up there');
});

for (const named of [true, false]) {
  test(`a position is outside the log when the client was refused there, ${named ? 'by name' : 'whichever it was'}, and not before`, async () => {
    const one = partition(0);
    const world = new World(one);
    world.high = 14;
    world.watch.tick(STALL_AFTER_MS);
    await world.answered(STALL_AFTER_MS);
    assert.deepEqual(world.failures, [], 'the end may be that of the last transaction that is over');
    assert.match(one.status(0).fault!, /offset 15 is outside the log, which is 0 to 13/);
    world.watch.recover(STALL_AFTER_MS + 1_000);
    assert.deepEqual(world.calls.at(-1)?.slice(0, 2), ['refetch', [where(0)]], 'the client is asked to say so');
    world.watch.fault(fault(CODE_OFFSET_RESET, named ? 0 : undefined), STALL_AFTER_MS + 1_100);
    await world.answered(STALL_AFTER_MS + 1_100);
    assert.equal(world.failures.length, 1);
  });
}

test('what follows from a damaged batch does not hide that retention has deleted it', async () => {
  const one = partition(0);
  const world = new World(one);
  world.high = 14;
  for (const code of [CODE_BAD_MESSAGE, CODE_OFFSET_RESET]) world.watch.fault(fault(code, 0), 0);
  await world.answered(1);
  assert.equal(world.failures.length, 1);
});

test('an answer that records have overtaken says nothing: they are beyond the end that it knew', async () => {
  const one = partition(0);
  const world = new World(one);
  world.high = 16;
  world.watch.tick(STALL_AFTER_MS);
  const answer = await world.answer();
  receive(one, 15, 10);
  world.watch.looked(answer, STALL_AFTER_MS + 1);
  assert.deepEqual(world.failures, []);
  assert.equal(one.trouble, null);
});
