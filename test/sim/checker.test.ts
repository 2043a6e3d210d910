import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Batch } from '../../connector/batch.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import type { RecordError } from '../../connector/record-error.ts';
import type { Process, Rules } from './books.ts';
import { Checker } from './checker.ts';
import type { Carried, DataRequest } from './endpoint.ts';
import type { Epoch } from './epoch.ts';
import { type LogRecord, PartitionLog, type RecordKind } from './log.ts';
import { Requests } from './requests.ts';
import { Violation } from './violation.ts';

const URL_OF_ALL = new URL('http://h/in');
const SENT = { method: 'POST', url: URL_OF_ALL, headers: { 'content-type': 'application/json' } } as const;
const RULES: Rules = {
  attempts: null,
  maxUncommitted: 100,
  maxInFlight: 2,
  bufferMaxBytes: 1_000,
  drainTimeoutMs: 1_000,
  sessionMs: 10_000,
  tolerance: 'all',
  deadLetters: false,
  sendable: new Set(['good', 'poison', 'heavy']),
  ignored: new Set(['dropped']),
  reports: new Set(),
  reset: 'earliest',
  outOfRange: 'fail',
  faultFree: false,
  targetOf: () => null,
  bodyOf: carried => carried.map(({ record }) => record.text).join(),
  requests: new Requests(null, URL_OF_ALL, { transforms: [], drops: 0, sent: ({ text }) => text }),
};
const REFUSAL: RecordError = { stage: 'TASK_PUT', className: 'c', exceptionClassName: 'e', message: 'm' };

let log: PartitionLog;
let committed: number | undefined;
let checker: Checker;
let requests: number;

function record(offset: number, kind: RecordKind): LogRecord {
  const text = `record ${offset}`;
  return { offset, kind, value: Buffer.from(text), text, timestamp: 0 };
}

beforeEach(() => {
  log = new PartitionLog(0, 't', 0, 0);
  // Offset 3 is a hole, offset 5 is poison.
  for (const offset of [0, 1, 2, 4]) log.records.push(record(offset, 'good'));
  log.records.push(record(5, 'poison'), record(6, 'good'));
  log.end = 7;
  committed = undefined;
  requests = 0;
  checker = new Checker([log], () => committed);
});

/** A process that owns the partition and has read `count` records. */
function reading(count: number, rules: Partial<Rules> = {}, name = 'p'): Process {
  const process = checker.process(name, { ...RULES, ...rules });
  checker.assigned(process, log, committed ?? 0);
  const from = log.ordinalAt(committed ?? 0);
  const ordinals = Array.from({ length: count }, (_, i) => from + i);
  checker.received(process, new Map([[0, ordinals]]), 10, 0);
  return process;
}

function batchOf(from: number, to: number): Batch {
  const records = log.records.slice(from, to).map(({ offset, value }) => ({ topic: 't', offset, value }));
  const block = buildBlock(records);
  const slice = { block, topic: 't', partition: 0, start: 0, end: to - from, first: from };
  return { id: 1, items: [{ slice, lane: null, detached: false }], records: to - from, bytes: 0 };
}

function hand(process: Process, from: number, to: number): void {
  checker.handed(process, batchOf(from, to), 0, 0);
}

function carry(from: number, to: number): Carried[] {
  return log.records.slice(from, to).map((each, i) => ({ log, ordinal: from + i, record: each }));
}

function start(process: Process, from: number, to: number): DataRequest {
  const carried = carry(from, to);
  const request = { id: ++requests, carried, body: RULES.bodyOf(carried), sent: SENT };
  checker.requestStarts(process, request);
  return request;
}

function confirm(process: Process, request: DataRequest): void {
  for (const carried of request.carried) checker.applied(process, request, carried, false);
  checker.requestEnds(process, request, { status: 200, confirmed: request.carried, refused: [] });
}

function deliver(process: Process, from: number, to: number): void {
  hand(process, from, to);
  confirm(process, start(process, from, to));
}

/** Issues the commit, and has the coordinator apply it. */
function commit(process: Process, offset: number): Epoch {
  const epoch = checker.commitIssued(process, log, offset);
  checker.committed(0, committed, offset);
  committed = offset;
  return epoch;
}

function breaks(invariant: string, history: () => void): void {
  assert.throws(history, (error: unknown) => error instanceof Violation && error.invariant === invariant);
}

test('a good history breaks nothing: holes, poison skipped, commit behind the last record', () => {
  const process = reading(6);
  deliver(process, 0, 4);
  hand(process, 4, 5);
  const refused = start(process, 4, 5);
  checker.requestEnds(process, refused, { status: 400, confirmed: [], refused: refused.carried });
  const where = { topic: 't', partition: 0, offset: 5, timestamp: 0 };
  checker.fact(process, { kind: 'record-rejected', ...where, error: REFUSAL, outcome: 'skipped' });
  deliver(process, 5, 6);
  commit(process, 7);
  checker.unassigned(process, log, 10);
  assert.deepEqual(checker.unfinished(), []);
});

test('I2: a commit before the answer', () => {
  const process = reading(3);
  hand(process, 0, 3);
  start(process, 0, 3);
  breaks('I2', () => checker.commitIssued(process, log, 3));
});

test('I2: a commit of the highest in place of the contiguous', () => {
  const process = reading(6);
  deliver(process, 0, 2);
  hand(process, 2, 3);
  const request = start(process, 2, 3);
  checker.requestEnds(process, request, { status: 500, confirmed: [], refused: [] });
  breaks('I2', () => checker.commitIssued(process, log, 5));
});

test('I2: a commit of the last offset without the one more', () => {
  const process = reading(4);
  deliver(process, 0, 4);
  breaks('I2', () => checker.commitIssued(process, log, 4));
});

test('I1: a commit past a record that the endpoint never took', () => {
  const process = reading(2);
  hand(process, 0, 2);
  const request = start(process, 0, 2);
  checker.applied(process, request, request.carried[0]!, false);
  breaks('I1', () => checker.committed(0, committed, 2));
});

test('I3: a commit that goes back', () => {
  const process = reading(2);
  deliver(process, 0, 2);
  commit(process, 2);
  breaks('I3', () => checker.commitIssued(process, log, 1));
  breaks('I3', () => checker.committed(0, 2, 1));
});

test('I4: a commit for a partition that was unassigned', () => {
  const process = reading(2);
  deliver(process, 0, 2);
  checker.unassigned(process, log, 0);
  breaks('I4', () => checker.commitIssued(process, log, 2));
});

test('I5: a new batch after the revocation began, a request after the unassign, a batch without a recent poll', () => {
  const process = reading(4);
  hand(process, 0, 1);
  breaks('I5', () => checker.handed(process, batchOf(1, 2), 0, 10_001));
  checker.revokeSeen(process, log, false);
  breaks('I5', () => hand(process, 1, 2));
  checker.unassigned(process, log, 0);
  breaks('I5', () => start(process, 0, 1));
});

test('I5: a new batch while the task is paused', () => {
  const process = reading(2);
  process.pausedAt = 5;
  breaks('I5', () => checker.handed(process, batchOf(0, 1), 6, 0));
});

test('I6: a record overtakes one that failed', () => {
  const process = reading(3);
  hand(process, 0, 3);
  const request = start(process, 0, 2);
  checker.requestEnds(process, request, { status: 503, confirmed: [], refused: [] });
  breaks('I6', () => start(process, 2, 3));
});

test('I7: sent again after its confirmation; more handed out than the cap', () => {
  const process = reading(3, { maxUncommitted: 2 });
  deliver(process, 0, 1);
  breaks('I6', () => start(process, 0, 1));
  breaks('I7', () => hand(process, 1, 3));
});

test('I7: delivered twice though nothing went wrong, or though its first owner ended in good order', () => {
  const first = reading(2);
  deliver(first, 0, 2);
  checker.unassigned(first, log, 10);
  const second = reading(2, {}, 'q');
  hand(second, 0, 2);
  const request = start(second, 0, 2);
  breaks('I7', () => confirm(second, request));
});

test('I7: more repeated after a crash than the cap allows', () => {
  const first = reading(4);
  deliver(first, 0, 4);
  checker.gone(first, 'crash');
  const second = reading(4, { maxUncommitted: 3 }, 'q');
  hand(second, 0, 3);
  confirm(second, start(second, 0, 3));
  checker.commitAnswered(checker.commitIssued(second, log, 3), 3, 0);
  hand(second, 3, 4);
  const request = start(second, 3, 4);
  breaks('I7', () => confirm(second, request));
});

test('I7 and I1: reading from before or behind the committed offset', () => {
  committed = 2;
  breaks('I7', () => checker.assigned(checker.process('p', RULES), log, 1));
  breaks('I1', () => checker.assigned(checker.process('q', RULES), log, 4));
});

test('I8: a body that is not made of the records; a record that was never read', () => {
  const process = reading(2);
  hand(process, 0, 2);
  const other = { id: 1, carried: carry(0, 2), body: 'record 0,record x', sent: SENT };
  breaks('I8', () => checker.requestStarts(process, other));
  breaks('I8', () => hand(process, 2, 3));
});

test('I9: two outcomes for one record', () => {
  const process = reading(5, {});
  deliver(process, 0, 4);
  hand(process, 4, 5);
  const request = start(process, 4, 5);
  checker.requestEnds(process, request, { status: 400, confirmed: [], refused: request.carried });
  const where = { topic: 't', partition: 0, offset: 5, timestamp: 0 };
  const fact = { kind: 'record-rejected', ...where, error: REFUSAL, outcome: 'skipped' } as const;
  checker.fact(process, fact);
  breaks('I9', () => checker.fact(process, fact));
});

test('I12: too many requests; two of one partition', () => {
  const process = reading(4);
  hand(process, 0, 4);
  start(process, 0, 1);
  breaks('I12', () => start(process, 1, 2));
  breaks('I12', () => start(process, 2, 3));
});

test('I19: a commit past a record whose dead letter was written, but not acknowledged', () => {
  const process = reading(6, { deadLetters: true });
  deliver(process, 0, 4);
  hand(process, 4, 5);
  const request = start(process, 4, 5);
  checker.requestEnds(process, request, { status: 400, confirmed: [], refused: request.carried });
  const where = { topic: 't', partition: 0, offset: 5, timestamp: 0 };
  checker.fact(process, { kind: 'record-rejected', ...where, error: REFUSAL, outcome: 'dead-lettered' });
  const letter = checker.deadLetter(process, {
    topic: 'dlq',
    key: Buffer.from('0/4'),
    value: log.records[4]!.value,
    headers: [],
    timestamp: 0,
  });
  letter.written();
  breaks('I2', () => checker.commitIssued(process, log, 6));
  letter.acknowledged();
  commit(process, 6);
});

test('I23: one of several partitions is read on though half of the budget waits in its lane', () => {
  const process = reading(1, { bufferMaxBytes: 40 });
  const other = new PartitionLog(1, 't', 1, 0);
  checker.assigned(process, other, 0);
  const read = (ordinal: number): void => checker.received(process, new Map([[0, [ordinal]]]), 10, 0);
  for (const ordinal of [1, 2, 3]) read(ordinal);
  breaks('I23', () => read(4));
  deliver(process, 0, 3);
  read(4);
});

test('a dropped record is skipped, and may neither be sent nor rejected', () => {
  log.records[1] = record(1, 'dropped');
  const process = reading(3);
  deliver(process, 0, 1);
  breaks('I9', () => hand(process, 1, 2));
  const where = { topic: 't', partition: 0, offset: 1, timestamp: 0 };
  breaks('I24', () => checker.fact(process, { kind: 'record-rejected', ...where, error: REFUSAL, outcome: 'skipped' }));
  deliver(process, 2, 3);
  commit(process, 3);
});

test('I24: a good record is rejected or becomes a dead letter; a poison one that nobody refused is rejected', () => {
  const process = reading(6, { deadLetters: true });
  const where = { topic: 't', partition: 0, timestamp: 0 };
  const rejected = { kind: 'record-rejected', error: REFUSAL, outcome: 'dead-lettered' } as const;
  breaks('I24', () => checker.fact(process, { ...rejected, ...where, offset: 1 }));
  breaks('I21', () => checker.fact(process, { ...rejected, ...where, offset: 5 }));
  const letter = { topic: 'dlq', key: Buffer.from('0/0'), value: Buffer.from(''), headers: [], timestamp: 0 };
  breaks('I24', () => checker.deadLetter(process, letter));
});

test('the end: what is not committed is named', () => {
  const process = reading(6);
  deliver(process, 0, 4);
  commit(process, 5);
  assert.deepEqual(checker.unfinished(), ['t-0: committed 5 of 7']);
});
