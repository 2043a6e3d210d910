import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { CODE_OFFSET_RESET } from '../../worker/task/kafka-error.ts';
import { OFFSET_NONE, type TopicPartition } from '../../worker/task/ports.ts';
import {
  ASSIGNOR,
  committedOffsets,
  kafkaConfig,
  type Member,
  type MockBroker,
  partitionsOf,
  startMember,
  startMockBroker,
} from '../support/broker.ts';

const ILLEGAL_GENERATION = 22;
const REBALANCE_IN_PROGRESS = 27;
const limit = { timeout: 120_000 };

/** Two records a partition; `i` tells them apart. */
function round(i: number): { value: string; partition: number }[] {
  return Array.from({ length: 8 }, (_, n) => ({ value: `${i}.${n}`, partition: n % 4 }));
}

describe('rebalances on the mock cluster', { concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  /** A member that owns a topic of eight records and holds the revocation that a second member caused. */
  async function revoking(t: TestContext, assignor: 'cooperative' | 'eager') {
    const topic = `shared-${assignor}`;
    const config = kafkaConfig(broker.bootstrapServers, topic, {
      'partition.assignment.strategy': ASSIGNOR[assignor],
      // In each round the mock waits a second less than this, and removes who has not joined again by then.
      'session.timeout.ms': '10000',
    });
    await broker.produce(topic, round(0));
    const first = await startMember(t, { config, topics: [topic], holdRevokes: true });
    await first.when(() => first.records.length === 8);
    const second = await startMember(t, { config, topics: [topic] });
    await first.when(() => first.eventsOf('revoke').length === 1);
    return { topic, first, second, revoked: first.eventsOf('revoke')[0]!.partitions };
  }

  /** While a revocation waits, no record of any partition arrives, whatever is in the log. */
  async function readsNothing(member: Member): Promise<void> {
    const { reads, records } = member;
    const before = records.length;
    await member.when(() => member.reads >= reads + 2);
    assert.equal(member.records.length, before);
  }

  it('cooperative: a held revocation stops all records, commits are answered, the rest stays', limit, async t => {
    const { topic, first, second, revoked } = await revoking(t, 'cooperative');
    assert.equal(revoked.length, 2);
    await broker.produce(topic, round(1));
    await readsNothing(first);
    assert.deepEqual([...second.owned], []);

    const offsets = revoked.map(at => ({ ...at, offset: 2 }));
    // While a member is joining, and when the generation has just changed, the mock refuses commits; every one is answered
    // all the same. It may be joining until the revocation is over.
    const isCommitted = () => first.eventsOf('commit-answer').at(-1)?.fault === null;
    for (let answers = 1; answers <= 20 && !isCommitted(); answers++) {
      await first.between(() => first.consumer.commit(offsets));
      await first.when(() => first.eventsOf('commit-answer').length === answers);
      const { fault, ...answer } = first.eventsOf('commit-answer').at(-1)!;
      assert.deepEqual(answer, { kind: 'commit-answer', offsets });
      const expected = [undefined, ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS];
      assert.ok(expected.includes(fault?.code), JSON.stringify(fault));
    }

    await first.between(() => first.release(revoked));
    const [read, from] = isCommitted() ? [4, 2] : [8, 0];
    await second.when(() => second.owned.size === 2 && second.records.length === read);
    await first.when(() => first.records.length === 12);
    assert.ok(second.records.every(({ offset }) => offset >= from));
    const kept = first.records.slice(8);
    assert.ok(kept.every(({ partition }) => !revoked.some(at => at.partition === partition)));
  });

  it('eager: a held revocation stops all records, and the mock refuses its commit', limit, async t => {
    const { topic, first, second, revoked } = await revoking(t, 'eager');
    assert.equal(revoked.length, 4);
    await broker.produce(topic, round(1));
    await readsNothing(first);

    const offsets = revoked.map(at => ({ ...at, offset: 2 }));
    await first.between(() => first.consumer.commit(offsets));
    await first.when(() => first.eventsOf('commit-answer').length === 1);
    const answer = first.eventsOf('commit-answer')[0]!;
    // A failed answer names what was asked; whether any of it was committed it does not say.
    assert.deepEqual(
      [answer.fault?.code, answer.fault?.fatal, answer.offsets],
      [REBALANCE_IN_PROGRESS, false, offsets],
    );

    await first.between(() => first.release(revoked));
    // Nothing was committed, so both begin again.
    await first.when(() => first.owned.size === 2 && first.records.length >= 16);
    await second.when(() => second.owned.size === 2 && second.records.length >= 8);
    assert.deepEqual(await committedOffsets(broker, topic, partitionsOf(topic)), [
      OFFSET_NONE,
      OFFSET_NONE,
      OFFSET_NONE,
      OFFSET_NONE,
    ]);
  });

  for (const assignor of ['cooperative', 'eager'] as const) {
    const settings = { 'partition.assignment.strategy': ASSIGNOR[assignor] };

    it(`reads on in a partition that the client gave up, once it is fetched anew (${assignor})`, limit, async t => {
      const topic = `given-up-${assignor}`;
      await broker.produce(
        topic,
        [0, 1, 2].map(i => ({ value: `${i}`, partition: 0 })),
      );
      const startAt = ({ partition }: TopicPartition): number => (partition === 0 ? 999 : 0);
      const config = kafkaConfig(broker.bootstrapServers, topic, settings);
      const member = await startMember(t, { config, topics: [topic], startAt });
      await member.when(() => member.readFaults.some(({ code }) => code === CODE_OFFSET_RESET));
      const before = member.reads;
      await member.when(() => member.reads >= before + 20);
      assert.deepEqual(member.records, [], 'it does not come back by itself');

      const all = partitionsOf(topic).map(at => ({ ...at, offset: at.partition === 0 ? 1 : 0 }));
      await member.between(() => member.consumer.refetch(all.slice(0, 1), all));
      await member.when(() => member.records.length === 2);
      assert.deepEqual(
        member.records.map(({ offset }) => offset),
        [1, 2],
      );
      await broker.produce(topic, [{ value: 'later', partition: 3 }]);
      await member.when(() => member.records.length === 3);
    });

    it(`disconnects in every state of the group without a hang (${assignor})`, limit, async t => {
      const topic = `leaving-${assignor}`;
      await broker.produce(topic, round(0));
      const config = (group: string) => kafkaConfig(broker.bootstrapServers, `${topic}-${group}`, settings);
      const join = (group: string, extra = {}) => startMember(t, { config: config(group), topics: [topic], ...extra });

      const [joining, owner, unanswered, revoked, left] = await Promise.all(
        ['joining', 'owner', 'unanswered', 'revoked', 'left'].map(group =>
          join(group, { holdRevokes: true, holdAssigns: group === 'unanswered' }),
        ),
      );
      const { consumer } = joining!;
      await joining!.halt();
      await consumer.disconnect();
      await owner!.when(() => owner!.records.length === 8);
      await owner!.leave();
      await unanswered!.when(() => unanswered!.eventsOf('assign').length === 1);
      await unanswered!.leave();
      await Promise.all(
        [revoked!, left!].map(async member => {
          await member.when(() => member.records.length === 8);
          await member.between(() => member.consumer.unsubscribe());
          await member.when(() => member.eventsOf('revoke').length === 1);
        }),
      );
      await revoked!.leave();
      await left!.between(() => left!.release(partitionsOf(topic)));
      await left!.leave();
    });
  }

  it('hands its partitions over when it leaves, and the next member goes on behind its commit', limit, async t => {
    await broker.produce('handover', round(0));
    const config = kafkaConfig(broker.bootstrapServers, 'handover');
    const first = await startMember(t, { config, topics: ['handover'] });
    await first.when(() => first.records.length === 8);
    await first.between(() => first.consumer.commit(partitionsOf('handover').map(at => ({ ...at, offset: 2 }))));
    await first.when(() => first.eventsOf('commit-answer').length === 1);
    await first.leave();
    await broker.produce('handover', round(1));
    const second = await startMember(t, { config, topics: ['handover'] });
    await second.when(() => second.records.length === 8);
    assert.deepEqual(new Set(second.records.map(({ offset }) => offset)), new Set([2, 3]));
  });
});
