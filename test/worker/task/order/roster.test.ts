import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLAG_INVALID } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import { Roster } from '../../../../worker/task/order/roster.ts';

const MAX_UNCOMMITTED = 12;

/** One of the things that can happen to a partition; `amount` says how much of it. */
type Step = readonly [what: 'receive' | 'take' | 'deliver' | 'commit' | 'fault' | 'clear' | 'revoke', amount: number];

function happen(one: Assignment, [what, amount]: Step, now: number): void {
  const { ledger, topic, partition } = one;
  switch (what) {
    case 'receive': {
      const first = ledger.received;
      const records = Array.from({ length: amount }, (_, i) => ({ topic, partition, offset: first + i, value: '1' }));
      const block = buildBlock(records);
      // Every third amount brings a faulty record.
      if (amount % 3 === 0) block.flags[amount - 1] = FLAG_INVALID;
      ledger.receive(block, 0, amount, now);
      return one.lane.push(block, { start: 0, end: amount, first }, now);
    }
    case 'take':
      if (one.lane.ready) one.lane.take(Math.min(amount, one.lane.records), 1_000);
      return;
    case 'deliver':
      if (one.lane.inFlight === 0) return;
      one.resolve(ledger.floor, ledger.floor + one.lane.inFlight);
      return one.lane.land(one.lane.inFlight);
    case 'commit':
      if (one.hasProgress) one.acknowledge(ledger.floor, ledger.committable!);
      return;
    case 'fault':
      if (one.lane.fault !== null) one.lane.takeFault();
      return;
    case 'clear':
      one.lane.clear();
      return;
    case 'revoke':
      if (amount === 1) one.revoke();
  }
}

test('whatever happens to partitions, those that are ready stand in order of age, and no faulty or eager one is missed', () => {
  const what = fc.constantFrom<Step[0][]>(
    'receive',
    'receive',
    'take',
    'deliver',
    'commit',
    'fault',
    'clear',
    'revoke',
  );
  const steps = fc.array(fc.tuple(fc.nat(4), what, fc.integer({ min: 1, max: 9 }), fc.nat(2)), { maxLength: 120 });
  fc.assert(
    fc.property(steps, all => {
      const roster = new Roster();
      const options = { maxUncommitted: MAX_UNCOMMITTED, commitStart: false, now: 0, changed: roster.changed };
      const partitions = [0, 1, 2, 3, 4].map(
        partition => new Assignment({ topic: 't', partition, offset: 0 }, options),
      );
      assert.deepEqual([...roster.takeChanged()], partitions, 'a new partition is one that changed');
      let now = 0;
      for (const [index, kind, amount, later] of all) {
        now += later;
        happen(partitions[index]!, [kind, amount], now);
        const ready = roster.ready(0);
        assert.deepEqual(new Set(ready), new Set(partitions.map(one => one.lane).filter(lane => lane.ready)));
        for (let i = 1; i < ready.length; i++) assert.ok(ready[i - 1]!.since <= ready[i]!.since);
        const faulty = partitions.filter(one => !one.revoking && one.lane.fault !== null).map(one => one.lane);
        assert.deepEqual(new Set(roster.faulty), new Set(faulty));
        assert.equal(
          roster.someEager,
          partitions.some(one => !one.revoking && one.eager),
        );
      }
    }),
  );
});
