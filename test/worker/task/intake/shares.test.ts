import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import type { Converter } from '../../../../connector/converters/choose.ts';
import { Budget } from '../../../../worker/task/intake/budget.ts';
import { Intake } from '../../../../worker/task/intake/intake.ts';
import { Relief } from '../../../../worker/task/intake/relief.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import { Roster } from '../../../../worker/task/order/roster.ts';
import type { KafkaConsumer, TopicPartition } from '../../../../worker/task/ports.ts';

const MAX_BYTES = 32 * 1_048_576;
const VALUE = `"${'x'.repeat(1_000)}"`;

const AS_IT_IS: Converter = {
  convert: block => block,
  explain: () => assert.fail(),
  needs: { keys: false, headers: false, json: false, members: null, quotedUpTo: null },
};

/** The intake of so many partitions of one topic, whose requests are made up here. */
class Rig {
  readonly budget = new Budget(MAX_BYTES);
  readonly assignments: readonly Assignment[];
  readonly paused = new Set<number>();
  readonly freed: Block[] = [];
  readonly #roster = new Roster();
  readonly #intake: Intake;
  readonly #relief: Relief;

  constructor(partitions: number) {
    const options = { maxUncommitted: 1e9, commitStart: false, now: 0, changed: this.#roster.changed };
    this.assignments = Array.from(
      { length: partitions },
      (_, partition) => new Assignment({ topic: 't', partition, offset: 0 }, options),
    );
    const assignments = new Map(this.assignments.map(one => [one.key, one]));
    const consumer = {
      pause: (list: readonly TopicPartition[]) => {
        for (const { partition } of list) this.paused.add(partition);
      },
      resume: (list: readonly TopicPartition[]) => {
        for (const { partition } of list) this.paused.delete(partition);
      },
    } as unknown as KafkaConsumer;
    const { budget } = this;
    this.#intake = new Intake({
      consumer,
      assignments,
      roster: this.#roster,
      budget,
      endpoints: [{ converter: AS_IT_IS, format: { maxBytes: 100_000, separator: Buffer.from(',') } }],
      endpointOf: () => 0,
      consumed: () => {},
      announce: () => {},
      otherTopic: () => {},
      skip: () => {},
    });
    this.#relief = new Relief({ assignments, budget, changed: this.#roster.changed, inFlight: () => [] });
  }

  /** A read that brings so many records of each of these partitions. */
  read(now: number, records: number, ...partitions: number[]): void {
    this.readEach(now, new Map(partitions.map(partition => [partition, records])));
  }

  /** A read that brings so many records by partition. */
  readEach(now: number, counts: ReadonlyMap<number, number>): void {
    const messages = [...counts].flatMap(([partition, records]) => {
      const { received } = this.assignments[partition]!.ledger;
      return Array.from({ length: records }, (_, i) => ({ topic: 't', partition, offset: received + i, value: VALUE }));
    });
    const built = buildBlock(messages);
    const block: Block = { ...built, free: () => this.freed.push(built) };
    this.#intake.push(block, this.#intake.receive(block, now), now);
    this.turn(now);
  }

  /** All that waits of these partitions is sent and delivered. */
  deliver(now: number, ...partitions: number[]): void {
    for (const partition of partitions) {
      const { lane } = this.assignments[partition]!;
      for (let slice = lane.take(1e9, 1e9); slice !== null; slice = lane.take(1e9, 1e9)) {
        const records = slice.end - slice.start;
        lane.land(records);
        this.budget.release(slice, lane.account);
        lane.assignment.resolve(slice.first, slice.first + records);
      }
    }
    this.turn(now);
  }

  turn(now: number): void {
    this.budget.advance(now);
    if (this.budget.credit !== 'open') this.#relief.relieve(now);
    this.#intake.brake(this.budget.credit !== 'open', now);
  }
}

test('a partition whose records stay is held to its share, and the others are not; it may go on at half of it', () => {
  const rig = new Rig(8);
  // Its share is 2 MiB: the budget's half in equal parts.
  for (let now = 0; now < 20_000; now += 100) {
    if (!rig.paused.has(0)) rig.read(now, 20, 0);
    rig.read(now, 100, 1, 2, 3, 4, 5, 6, 7);
    rig.deliver(now, 1, 2, 3, 4, 5, 6, 7);
    assert.deepEqual(
      [...rig.paused].filter(partition => partition !== 0),
      [],
    );
  }
  const { account } = rig.assignments[0]!.lane;
  assert.ok(rig.paused.has(0));
  assert.ok(account.held < 2.2 * 1_048_576 && account.held > 1.9 * 1_048_576, `${account.held} bytes held`);
  assert.equal(rig.budget.setAside, account.held);
  rig.deliver(21_000, 0);
  assert.deepEqual([rig.paused.has(0), account.held, rig.budget.setAside, rig.budget.used], [false, 0, 0, 0]);
});

test('one whose records move on may have half of the budget, and one that is alone all of it', () => {
  const rig = new Rig(2);
  while (!rig.paused.has(0)) rig.read(0, 100, 0);
  assert.ok(rig.budget.used > MAX_BYTES / 2 && rig.budget.used < MAX_BYTES / 2 + 300_000);
  const alone = new Rig(1);
  while (alone.budget.credit === 'open') alone.read(0, 100, 0);
  assert.ok(alone.budget.used >= MAX_BYTES);
});

test('several stuck partitions that hold more than half together do not keep the others paused', () => {
  const rig = new Rig(8);
  for (let now = 0; rig.budget.credit === 'open'; now++) rig.read(now, 30, 0, 1, 2, 3, 4, 5, 6, 7);
  rig.turn(1_000);
  assert.equal(rig.budget.credit, 'paused');
  rig.deliver(1_500, 6, 7);
  assert.equal(rig.paused.size, 8, 'a quarter is free, the others hold more than that');
  rig.turn(5_000);
  rig.turn(5_001);
  assert.deepEqual([...rig.paused].toSorted(), [0, 1, 2, 3, 4, 5], 'six are slow: they get no more, the others do');
});

test('with the budget spent, a few records of a stuck partition do not keep what came with them', () => {
  const rig = new Rig(8);
  let now = 0;
  for (; rig.budget.credit === 'open'; now++) {
    rig.readEach(now, new Map([0, 1, 2, 3, 4, 5, 6, 7].map(partition => [partition, partition === 0 ? 1 : 100])));
    rig.deliver(now, 1, 2, 3, 4, 5, 6, 7);
  }
  const { account } = rig.assignments[0]!.lane;
  assert.ok(account.held < MAX_BYTES / 100, 'its own records are few');
  const spent = rig.budget.used;
  rig.turn(now + 2_100);
  assert.ok(rig.budget.used < spent / 4, `${rig.budget.used} bytes of ${spent} are still used`);
  assert.ok(rig.freed.length > 30);
  rig.deliver(now + 2_200, 0);
  assert.deepEqual([rig.budget.used, account.held], [0, 0]);
});

test('what is copied out is worth it', () => {
  const rig = new Rig(2);
  for (let now = 0; rig.budget.credit === 'open'; now++) rig.read(now, 100, 0, 1);
  const before = rig.budget.used;
  rig.turn(10_000);
  assert.equal(rig.budget.used, before, 'both are stuck: nothing else is in their blocks');
});
