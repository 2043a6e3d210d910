import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAG_FILTERED, FLAG_INVALID, type Slice } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { createConverter } from '../../../../connector/converters/choose.ts';
import { DataException } from '../../../../connector/data/errors.ts';
import type { ConnectRecord, RecordTransformation } from '../../../../connector/data/record.ts';
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

test('dropped records get their verdict at once, neighbours together, and the others wait in the lane', () => {
  const roster = new Roster();
  const start = { topic: 't', partition: 0, offset: 0 };
  const options = { maxUncommitted: 100, commitStart: false, now: 0, changed: roster.changed };
  const assignment = new Assignment(start, options);
  const skipped: Slice[] = [];
  let consumed = 0;
  const intake = new Intake({
    consumer: {} as KafkaConsumer,
    assignments: new Map([[assignment.key, assignment]]),
    roster,
    budget: new Budget(1_000_000),
    maxBatchBytes: 1_000,
    consumed: (_, records) => {
      consumed += records;
    },
    converter: createConverter(PLAIN_JSON, { bare: false, maxValueBytes: 998 }, [ODD]),
    announce: () => {},
    otherTopic: () => {},
    skip: (_, slice) => skipped.push(slice),
  });
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
  assert.equal(consumed, 7);
  assert.equal(assignment.lane.waiting, 3);
  assert.equal(assignment.lane.take(10, 1_000)?.first, 2);
  assert.equal(assignment.lane.takeFault().first, 4);
  assert.equal(assignment.lane.take(10, 1_000)?.first, 5);
});
