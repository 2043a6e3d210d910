import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Slice } from '../../../../connector/block.ts';
import type { RecordError, Stage } from '../../../../connector/record-error.ts';
import { type RejectionParts, Rejections } from '../../../../worker/task/delivery/rejections.ts';
import type { PartitionLane } from '../../../../worker/task/order/assignment.ts';
import { blockOf } from '../../../connector/http/fixtures.ts';

const CONTENT = 'card 4111 1111 1111 1111';

function failureOf(stage: Stage): { reason: string; shown: string } {
  let failure = { reason: '', shown: '' };
  // Only what a rejection reads that nothing tolerates.
  const parts = {
    config: { errors: { tolerance: 'none' } },
    deadLetterQueue: null,
    announce: () => undefined,
    conclude: () => undefined,
    fail: (reason: string, shown: string) => {
      failure = { reason, shown };
    },
  } as unknown as RejectionParts;
  const slice = { topic: 'orders', partition: 2, start: 0, block: { offset: [7], timestamp: [0] } } as unknown as Slice;
  const error: RecordError = {
    stage,
    className: 'org.apache.kafka.connect.json.JsonConverter',
    exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
    message: `Unrecognized token '${CONTENT}'`,
    causes: [`java.lang.Exception: at ${CONTENT}`],
  };
  new Rejections(parts).reject({} as PartitionLane, slice, error);
  return failure;
}

test('a failed task’s status says which record and at what step, and nothing that the record holds', () => {
  for (const stage of ['KEY_CONVERTER', 'VALUE_CONVERTER', 'HEADER_CONVERTER', 'TRANSFORMATION'] as const) {
    const { reason, shown } = failureOf(stage);
    assert.ok(reason.includes(CONTENT), 'the log has the reason');
    assert.match(
      shown,
      new RegExp(`^record orders-2 offset 7 can not be delivered \\(${stage}\\): .*DataException of .*`),
    );
    assert.match(shown, /the log says why\. Nothing at or behind it was committed/);
    assert.doesNotMatch(shown, /card|4111/);
  }
});

test('what the endpoint refused is told in full: it is told in our words', () => {
  const { reason, shown } = failureOf('TASK_PUT');
  assert.equal(shown, reason);
});

test('what is kept of an answer goes to the dead letter, and nowhere else', async () => {
  const facts: unknown[] = [];
  const published: unknown[] = [];
  const failures: string[] = [];
  const parts = {
    config: { errors: { tolerance: 'none' } },
    deadLetterQueue: {
      publish: (...letter: readonly unknown[]) => {
        published.push(letter.at(-1));
        return Promise.resolve(true);
      },
    },
    announce: (fact: unknown) => facts.push(fact),
    post: () => undefined,
    fail: (...reasons: readonly string[]) => failures.push(...reasons),
  } as unknown as RejectionParts;
  const block = blockOf(['1']);
  const slice: Slice = { block, topic: 'orders', partition: 2, start: 0, end: 1, first: 0 };
  const error: RecordError = { stage: 'TASK_PUT', className: 'c', exceptionClassName: 'e', message: 'refused' };
  const response = { status: 400, body: CONTENT, record: { status: 400, body: CONTENT } };
  const lane = { assignment: { deadLetters: 0 } } as unknown as PartitionLane;
  new Rejections(parts).reject(lane, slice, error, response);
  assert.deepEqual(published, [response]);
  assert.equal(facts.length, 1);
  assert.equal(failures.length, 2);
  assert.doesNotMatch(JSON.stringify([facts, failures]), /4111/);
});
