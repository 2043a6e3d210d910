import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockBytes, FLAG_FILTERED, FLAG_INVALID, type Slice } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { createConverter } from '../../../../connector/converters/choose.ts';
import { DataException } from '../../../../connector/data/errors.ts';
import type { ConnectRecord } from '../../../../connector/data/record.ts';
import type { RecordTransformation } from '../../../../connector/data/transformation.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { Budget } from '../../../../worker/task/intake/budget.ts';
import { Intake } from '../../../../worker/task/intake/intake.ts';
import { Assignment } from '../../../../worker/task/order/assignment.ts';
import { Roster } from '../../../../worker/task/order/roster.ts';
import type { KafkaConsumer } from '../../../../worker/task/ports.ts';
import { PLAIN_JSON } from '../../../support/converters.ts';

/** Drops even numbers, and refuses seven. */
const ODD: RecordTransformation = {
  className: 'org.apache.kafka.connect.transforms.Filter',
  needsKey: false,
  needsHeaders: false,
  apply: (record: ConnectRecord) => {
    if (record.value === 7) throw new DataException('seven');
    return Number(record.value) % 2 === 0 ? null : record;
  },
};

function setUp(maxBytes = 1_000_000) {
  const roster = new Roster();
  const start = { topic: 't', partition: 0, offset: 0 };
  const options = { maxUncommitted: 1_000, commitStart: false, now: 0, changed: roster.changed };
  const assignment = new Assignment(start, options);
  const skipped: Slice[] = [];
  const consumed: number[] = [];
  const facts: TaskFact[] = [];
  const converter = createConverter(PLAIN_JSON, { bare: false, maxValueBytes: 998 }, [ODD]);
  const intake = new Intake({
    consumer: {} as KafkaConsumer,
    assignments: new Map([[assignment.key, assignment]]),
    roster,
    budget: new Budget(maxBytes),
    endpoints: [{ converter, format: { maxBytes: 1_000, separator: Buffer.from(',') } }],
    endpointOf: () => 0,
    consumed: (_, records) => consumed.push(records),
    announce: fact => facts.push(fact),
    otherTopic: () => {},
    skip: (_, slice) => skipped.push(slice),
  });
  return { intake, assignment, skipped, consumed, facts };
}

test('a read brings no more than an eighth of the budget, all that a block holds of its records counted', () => {
  const { intake } = setUp();
  const key = Buffer.alloc(900);
  intake.receive(buildBlock(Array.from({ length: 100 }, () => ({ value: '1', key }))), 0);
  const next = buildBlock(Array.from({ length: intake.readSize }, () => ({ value: '1', key })));
  assert.ok(blockBytes(next) <= 125_000 && blockBytes(next) > 120_000, `${blockBytes(next)} bytes`);
});

test('dropped records get their verdict at once, neighbours together, and the others wait in the lane', () => {
  const { intake, assignment, skipped, consumed } = setUp();
  const block = buildBlock(['2', '4', '1', '6', '7', '3', '8'].map(value => ({ value })));
  intake.push(block, intake.receive(block, 0), 0);
  assert.deepEqual(
    skipped.map(({ start, end, first }) => [start, end, first]),
    [
      [0, 2, 0],
      [3, 4, 3],
      [6, 7, 6],
    ],
  );
  assert.deepEqual(
    [...skipped[0]!.block.flags],
    [FLAG_FILTERED, FLAG_FILTERED, 0, FLAG_FILTERED, FLAG_INVALID, 0, FLAG_FILTERED],
  );
  assert.deepEqual(consumed, [7]);
  assert.equal(assignment.lane.waiting, 3);
  assert.equal(assignment.lane.take(10, 1_000)?.first, 2);
  assert.equal(assignment.lane.takeFault().first, 4);
  assert.equal(assignment.lane.take(10, 1_000)?.first, 5);
});

test('a partition whose log has lost its end takes nothing more: what comes is left to the next that has it', () => {
  const { intake, assignment, consumed, facts } = setUp();
  assignment.rewinding = true;
  const { topic, partition } = assignment;
  const offset = assignment.ledger.position!;
  assert.deepEqual(intake.receive(buildBlock([{ topic, partition, offset, value: '1' }]), 0), []);
  assert.deepEqual([assignment.ledger.position, consumed], [offset, []]);
  assert.deepEqual(facts[0], { kind: 'records-unowned', topic, partition, records: 1 });
});
