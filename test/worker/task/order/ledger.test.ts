import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Block } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { Ledger } from '../../../../worker/task/order/ledger.ts';

function blockOf(offsets: readonly number[]): Block {
  return buildBlock(offsets.map(offset => ({ topic: 't', partition: 0, offset, value: '{}' })));
}

test('commits one behind the last record of the contiguous resolved prefix', () => {
  const ledger = new Ledger(10);
  ledger.receive(blockOf([10, 11, 12]), 0, 3, 0);
  assert.equal(ledger.committable, 10);
  ledger.resolve(2, 3);
  assert.equal(ledger.committable, 10);
  ledger.resolve(0, 1);
  assert.equal(ledger.committable, 11);
  ledger.resolve(1, 2);
  assert.equal(ledger.committable, 13);
});

test('gaps of compaction and transaction markers do not hold it back', () => {
  const ledger = new Ledger(null);
  ledger.receive(blockOf([3, 7, 90]), 0, 3, 0);
  ledger.resolve(0, 3);
  assert.equal(ledger.committable, 91);
  assert.equal(ledger.position, 91);
});

test('an offset not above the last received one is not numbered again', () => {
  const ledger = new Ledger(5);
  ledger.receive(blockOf([5, 6, 7]), 0, 3, 0);
  assert.deepEqual(ledger.receive(blockOf([6, 7, 8]), 0, 3, 1), { from: 2, first: 3 });
  assert.equal(ledger.received, 4);
  assert.deepEqual(ledger.receive(blockOf([1, 2]), 0, 2, 1), { from: 2, first: 4 });
});

test('a record before the start was committed already', () => {
  const ledger = new Ledger(100);
  assert.equal(ledger.receive(blockOf([98, 99, 100]), 0, 3, 0).from, 2);
});

test('numbers that were never given are ignored', () => {
  const ledger = new Ledger(0);
  ledger.receive(blockOf([0]), 0, 1, 0);
  assert.equal(ledger.resolve(0, 50), 1);
  assert.equal(ledger.resolve(30, 50), 0);
  assert.equal(ledger.floor, 1);
});

test('offsets near 2^53 stay exact', () => {
  const top = Number.MAX_SAFE_INTEGER - 1;
  const ledger = new Ledger(top - 1);
  ledger.receive(blockOf([top - 1, top]), 0, 2, 0);
  ledger.resolve(0, 2);
  assert.equal(ledger.committable, Number.MAX_SAFE_INTEGER);
});

test('a gap that nothing will fill is committed like a record with a verdict, in its turn', () => {
  const ledger = new Ledger(10);
  ledger.skipTo(15, 0);
  assert.deepEqual([ledger.position, ledger.committable, ledger.unresolved], [15, 15, 0]);
  ledger.receive(blockOf([15, 16]), 0, 2, 5);
  ledger.skipTo(40, 6);
  assert.deepEqual([ledger.position, ledger.committable, ledger.unresolved], [40, 15, 2]);
  assert.equal(ledger.oldestUnresolvedAt, 5);
  assert.deepEqual(ledger.receive(blockOf([39, 40]), 0, 2, 7), { from: 1, first: 4 });
  ledger.resolve(1, 3);
  assert.deepEqual([ledger.committable, ledger.unresolved], [40, 1]);
  ledger.skipTo(41, 8);
  ledger.skipTo(12, 8);
  assert.deepEqual([ledger.position, ledger.received], [41, 5], 'not back, and not to where it is');
});

test('tells since when the oldest record has waited', () => {
  const ledger = new Ledger(0);
  assert.equal(ledger.oldestUnresolvedAt, null);
  ledger.receive(blockOf([0, 1]), 0, 2, 100);
  ledger.receive(blockOf([2, 3]), 0, 2, 200);
  ledger.resolve(1, 4);
  assert.equal(ledger.oldestUnresolvedAt, 100);
  ledger.resolve(0, 1);
  assert.equal(ledger.oldestUnresolvedAt, null);
});

/** The same rules said naively: a list of records, each with or without a verdict. */
class Model {
  readonly records: { offset: number; resolved: boolean }[] = [];
  readonly start: number | null;

  constructor(start: number | null) {
    this.start = start;
  }

  get floor(): number {
    const open = this.records.findIndex(record => !record.resolved);
    return open < 0 ? this.records.length : open;
  }

  get committable(): number | null {
    return this.floor === 0 ? this.start : this.records[this.floor - 1]!.offset + 1;
  }

  get unresolved(): number {
    return this.records.filter(record => !record.resolved).length;
  }
}

test('A1–A5, A8: any order of arrivals and verdicts agrees with the naive model', () => {
  const receive = fc.record({
    kind: fc.constant('receive' as const),
    gaps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
    back: fc.integer({ min: 0, max: 6 }),
  });
  const resolve = fc.record({
    kind: fc.constant('resolve' as const),
    from: fc.integer({ min: 0, max: 60 }),
    count: fc.integer({ min: 0, max: 12 }),
  });
  const skip = fc.record({ kind: fc.constant('skip' as const), by: fc.integer({ min: -3, max: 9 }) });
  fc.assert(
    fc.property(
      fc.option(fc.nat(50)),
      fc.array(fc.oneof(receive, resolve, skip), { maxLength: 40 }),
      (start, steps) => {
        const ledger = new Ledger(start);
        const model = new Model(start);
        let last = start === null ? -1 : start - 1;
        for (const step of steps) {
          if (step.kind === 'receive') {
            let offset = Math.max(-1, last - step.back);
            const offsets = step.gaps.map(gap => {
              offset += gap;
              return offset;
            });
            const fresh = offsets.filter(one => one > last);
            const { from, first } = ledger.receive(blockOf(offsets), 0, offsets.length, 0);
            assert.equal(from, offsets.length - fresh.length);
            assert.equal(first, model.records.length);
            for (const one of fresh) model.records.push({ offset: one, resolved: false });
            last = fresh.at(-1) ?? last;
          } else if (step.kind === 'skip') {
            const to = last + 1 + step.by;
            ledger.skipTo(to, 0);
            if (to <= last + 1) continue;
            model.records.push({ offset: to - 1, resolved: true });
            last = to - 1;
          } else {
            const range = model.records.slice(step.from, step.from + step.count);
            const expected = range.filter(record => !record.resolved).length;
            for (const record of range) record.resolved = true;
            assert.equal(ledger.resolve(step.from, step.from + step.count), expected);
          }
          assert.equal(ledger.floor, model.floor);
          assert.equal(ledger.committable, model.committable);
          assert.equal(ledger.unresolved, model.unresolved);
          assert.equal(ledger.received, model.records.length);
        }
      },
    ),
  );
});

test('A6, A9: 100,000 records resolved from the back keep few intervals and end at the last offset', () => {
  const ledger = new Ledger(0);
  const count = 100_000;
  for (let at = 0; at < count; at += 500) {
    ledger.receive(blockOf(Array.from({ length: 500 }, (_, i) => at + i)), 0, 500, 0);
  }
  for (let at = count - 500; at >= 0; at -= 500) assert.equal(ledger.resolve(at, at + 500), 500);
  assert.equal(ledger.committable, count);
});
