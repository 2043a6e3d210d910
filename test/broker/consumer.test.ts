import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { recordAt } from '../../connector/headers-column.ts';
import { OFFSET_BEGINNING, OFFSET_END, OFFSET_NONE } from '../../worker/task/ports.ts';
import {
  ASSIGNOR,
  committedOffsets,
  kafkaConfig,
  Member,
  type MockBroker,
  partitionsOf,
  startMember,
  startMockBroker,
} from '../support/broker.ts';

const { ERR__AUTO_OFFSET_RESET, ERR_UNKNOWN_TOPIC_OR_PART } = {
  ERR__AUTO_OFFSET_RESET: -140,
  ERR_UNKNOWN_TOPIC_OR_PART: 3,
};
const PER_PARTITION = 250;
const limit = { timeout: 40_000 };

describe('the consumer on the mock cluster', { concurrency: true }, () => {
  let broker: MockBroker;
  const config = (group: string, extra: Record<string, string> = {}) =>
    kafkaConfig(broker.bootstrapServers, group, extra);

  before(async () => {
    broker = await startMockBroker();
    await broker.produce(
      'events',
      Array.from({ length: 4 * PER_PARTITION }, (_, i) => ({ value: `{"i":${i}}`, partition: i % 4 })),
    );
    await broker.createTopic('quiet');
  });
  after(() => broker.close());

  it('reads blocks of everything, in order, and hears its commits answered', limit, async t => {
    const member = await startMember(t, { config: config('reads'), topics: ['events'] });
    await member.when(() => member.records.length === 4 * PER_PARTITION);
    for (const { partition } of partitionsOf('events')) {
      const offsets = member.records.filter(record => record.partition === partition).map(({ offset }) => offset);
      assert.deepEqual(
        offsets,
        Array.from({ length: PER_PARTITION }, (_, i) => i),
      );
    }
    assert.equal(member.records[0]!.value, `{"i":${member.records[0]!.partition}}`);
    assert.equal(member.consumer.cachedHigh({ topic: 'events', partition: 0 }), PER_PARTITION);

    const offsets = partitionsOf('events').map(at => ({ ...at, offset: 100 + at.partition }));
    member.consumer.commit(offsets);
    await member.when(() => member.eventsOf('commit-answer').length === 1);
    assert.deepEqual(member.eventsOf('commit-answer')[0], { kind: 'commit-answer', fault: null, offsets });
    await member.leave();
    assert.deepEqual(await committedOffsets(broker, 'reads', partitionsOf('events')), [100, 101, 102, 103]);
  });

  for (const assignor of ['cooperative', 'eager'] as const) {
    it(`starts each partition where it was told to (${assignor})`, limit, async t => {
      const start = [OFFSET_BEGINNING, OFFSET_END, 249, 0];
      const member = await startMember(t, {
        config: config(`starts-${assignor}`, { 'partition.assignment.strategy': ASSIGNOR[assignor] }),
        topics: ['events'],
        startAt: ({ partition }) => start[partition]!,
      });
      await member.when(() => member.eventsOf('end-of-partition').length === 4);
      const counts = [0, 1, 2, 3].map(p => member.records.filter(({ partition }) => partition === p).length);
      assert.deepEqual(counts, [PER_PARTITION, 0, 1, PER_PARTITION]);
      assert.deepEqual(
        member.eventsOf('end-of-partition').map(({ offset }) => offset),
        [PER_PARTITION, PER_PARTITION, PER_PARTITION, PER_PARTITION],
      );
    });
  }

  it('reads on behind an offset that the log does not hold, and never jumps', limit, async t => {
    const member = await startMember(t, {
      config: config('out-of-range'),
      topics: ['events'],
      startAt: ({ partition }) => (partition === 1 ? 999 : OFFSET_BEGINNING),
    });
    await member.when(() => member.readFaults.length > 0 && member.eventsOf('end-of-partition').length === 3);
    assert.equal(member.readFaults[0]!.code, ERR__AUTO_OFFSET_RESET);
    assert.match(member.readFaults[0]!.message, /no longer in the log/);
    assert.equal(member.records.length, 3 * PER_PARTITION);
    assert.ok(member.records.every(({ partition }) => partition !== 1));
  });

  it('gives nothing of a partition without a start', limit, async t => {
    const member = await startMember(t, {
      config: config('no-start'),
      topics: ['events'],
      startAt: () => OFFSET_NONE,
    });
    await member.when(() => member.readFaults.length > 0);
    const { reads } = member;
    await member.when(() => member.reads > reads + 5);
    assert.equal(member.readFaults[0]!.code, ERR__AUTO_OFFSET_RESET);
    assert.deepEqual(member.records, []);
  });

  it(
    'has one partition start over with a pause and a resume: its end is told anew, nothing is lost',
    limit,
    async t => {
      const topic = 'started-over';
      await broker.produce(
        topic,
        [0, 1, 2, 3].map(partition => ({ value: `${partition}`, partition })),
      );
      const member = await startMember(t, { config: config(topic), topics: [topic] });
      const ends = (): number[] => member.eventsOf('end-of-partition').map(({ partition }) => partition);
      await member.when(() => ends().length >= 4 && member.records.length === 4);
      const told = ends().length;
      const one = [{ topic, partition: 2 }];
      await member.between(() => {
        member.consumer.pause(one);
        member.consumer.resume(one);
      });
      await member.when(() => ends().length > told);
      assert.deepEqual(ends().slice(told), [2]);
      await broker.produce(
        topic,
        [0, 1, 2, 3].map(partition => ({ value: `${partition}`, partition })),
      );
      await member.when(() => member.records.length >= 8);
      assert.deepEqual(member.records.map(({ offset }) => offset).sort(), [0, 0, 0, 0, 1, 1, 1, 1]);
    },
  );

  it('pauses and resumes single partitions without a gap', limit, async t => {
    const member = await startMember(t, { config: config('pauses'), topics: ['quiet'] });
    await member.when(() => member.eventsOf('end-of-partition').length === 4);
    const paused = partitionsOf('quiet').slice(0, 2);
    await member.between(() => member.consumer.pause(paused));
    await broker.produce(
      'quiet',
      Array.from({ length: 40 }, (_, i) => ({ value: `${i}`, partition: i % 4 })),
    );
    await member.when(() => member.records.length >= 20);
    const { reads } = member;
    await member.when(() => member.reads > reads + 5);
    assert.deepEqual(new Set(member.records.map(({ partition }) => partition)), new Set([2, 3]));
    await member.between(() => member.consumer.resume(paused));
    await member.when(() => member.records.length === 40);
    const first = member.records.filter(({ partition }) => partition === 0).map(({ offset }) => offset);
    assert.deepEqual(first, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('hands on keys, headers, timestamps, nulls and empty values', limit, async t => {
    await broker.produce('shapes', [
      { value: null, key: 'k1', partition: 0, timestamp: 1_700_000_000_000 },
      { value: '', key: null, partition: 0, headers: [['trace', Buffer.from('é')]] },
    ]);
    const member = await startMember(t, { config: config('shapes'), topics: ['shapes'] });
    await member.when(() => member.records.length === 2);
    assert.deepEqual(
      member.records.map(({ value }) => value),
      [null, ''],
    );
    const [first, second] = member.blocks.flatMap(block =>
      block.runs.flatMap(run =>
        Array.from({ length: run.end - run.start }, (_, i) => recordAt(block, run, run.start + i)),
      ),
    );
    assert.equal(first?.timestamp, 1_700_000_000_000);
    assert.equal(first?.key?.toString(), 'k1');
    assert.equal(second?.key, null);
    assert.deepEqual(second?.headers, [['trace', Buffer.from('é')]]);
  });

  it('subscribes to whole names with an expression', limit, async t => {
    for (const topic of ['shop.1', 'shop.22', 'shop.x', 'my.shop.1', 'shop.1.old']) await broker.createTopic(topic);
    const member = await startMember(t, { config: config('regex'), topicsRegex: 'shop\\.[0-9]+' });
    await member.when(() => member.owned.size > 0);
    assert.deepEqual(new Set([...member.owned].map(name => name.slice(0, -2))), new Set(['shop.1', 'shop.22']));
  });

  it('says that a topic does not exist, and asks the brokers what it is asked', limit, async t => {
    const member = await startMember(t, { config: config('asks'), topics: ['no-such-topic'] });
    await member.when(() => member.readFaults.length > 0);
    assert.equal(member.readFaults[0]!.code, ERR_UNKNOWN_TOPIC_OR_PART);
    assert.match(member.readFaults[0]!.message, /does not exist/);
    const { consumer } = member;
    const counts = await consumer.partitionCounts(['events', 'no-such-topic', 'quiet'], 10_000);
    assert.deepEqual([...counts.values()], [4, 0, 4]);
    const known = [...partitionsOf('events'), ...partitionsOf('quiet')];
    assert.deepEqual(await consumer.offsets(known, OFFSET_BEGINNING, 10_000), [0, 0, 0, 0, 0, 0, 0, 0]);
    const events = [PER_PARTITION, PER_PARTITION, PER_PARTITION, PER_PARTITION];
    assert.deepEqual((await consumer.offsets(known, OFFSET_END, 10_000)).slice(0, 4), events);
    const absent = { topic: 'events', partition: 44 };
    const mixed = await consumer.offsets(
      [absent, ...known, { topic: 'no-such-topic', partition: 0 }],
      OFFSET_END,
      3_000,
    );
    assert.deepEqual(mixed.slice(1, 5), events);
    for (const answer of [mixed[0], mixed.at(-1)]) assert.ok(typeof answer === 'object', JSON.stringify(mixed));
    await assert.rejects(consumer.offsets([absent], OFFSET_END, 3_000), { name: 'KafkaError' });
    const committed = await consumer.committed([{ topic: 'events', partition: 2 }], 10_000);
    assert.deepEqual(committed, [{ topic: 'events', partition: 2, offset: OFFSET_NONE, topicId: null }]);
    assert.equal(consumer.cachedHigh({ topic: 'events', partition: 77 }), null);
  });

  it('lets nothing change under a read, and refuses a read without a client', limit, async t => {
    const guarded = new Member({ config: config('guarded'), topics: ['events'] });
    const { consumer } = guarded;
    t.after(() => guarded.leave());
    const idle = (): Promise<void> => consumer.reading(() => Promise.resolve());
    await assert.rejects(idle(), /not connected/);
    await consumer.connect(new AbortController().signal);
    let end: () => void = () => {};
    const read = consumer.reading(() => new Promise<void>(resolve => (end = resolve)));
    const underRead = /a read is in flight/;
    assert.throws(() => consumer.assign([]), underRead);
    assert.throws(() => consumer.unassign([]), underRead);
    assert.throws(() => consumer.pause([]), underRead);
    assert.throws(() => consumer.resume([]), underRead);
    assert.throws(() => consumer.unsubscribe(), underRead);
    assert.throws(() => consumer.disconnect(), underRead);
    await assert.rejects(idle(), underRead);
    end();
    await read;
    const leaving = consumer.disconnect();
    assert.equal(consumer.disconnect(), leaving);
    await assert.rejects(idle(), /not connected/);
    await leaving;
    await assert.rejects(idle(), /not connected/);
    assert.throws(() => consumer.commit([{ topic: 'events', partition: 0, offset: 1 }]), { name: 'KafkaError' });
    assert.equal(consumer.cachedHigh({ topic: 'events', partition: 0 }), null);
  });
});
