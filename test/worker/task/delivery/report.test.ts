import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ReporterConfig, ReportField, ReportTopicConfig } from '../../../../config/types.ts';
import type { Slice } from '../../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../../connector/block-builder.ts';
import type { RecordError } from '../../../../connector/record-error.ts';
import { createReportWriter, type Outcome } from '../../../../worker/task/delivery/report.ts';
import type { Grounds } from '../../../../worker/task/delivery/report-parts.ts';
import type { ProducerRecord } from '../../../../worker/task/ports.ts';

const TOPIC: ReportTopicConfig = {
  name: 'reports',
  partitions: 1,
  replicationFactor: 1,
  value: 'report',
  format: 'json',
  headers: named('topic', 'partition', 'offset', 'timestamp', 'outcome', 'status', 'truncated'),
};
const REPORTER: ReporterConfig = {
  success: TOPIC,
  error: TOPIC,
  granularity: 'record',
  bodies: { success: false, error: false },
  responseMaxBytes: 1_000,
};

function named(...fields: readonly ReportField[]): ReportTopicConfig['headers'] {
  return fields.map(field => [field, `__tailrace.report.${field}`] as const);
}

const PLACE = (['topic', 'partition', 'offset', 'timestamp'] as const).map(
  field => [field, `input_record_${field}`] as const,
);
const ANSWERED: Grounds = { answer: { status: 201, ms: 12.4, attempt: 3 }, error: null };
const REFUSED: RecordError = {
  stage: 'TASK_PUT',
  className: 'tailrace.HttpSink',
  exceptionClassName: 'org.apache.kafka.connect.errors.ConnectException',
  message: 'the endpoint answered 422',
  httpStatus: 422,
  answer: { status: 422, ms: 7, attempt: 1 },
};

function sliceOf(records: readonly RecordLike[], start = 0, end = records.length): Slice {
  const block = buildBlock(
    records.map(record => ({ topic: 'orders', partition: 3, ...record })),
    { keys: true },
  );
  return { block, topic: 'orders', partition: 3, start, end, first: 0 };
}

const some = (...offsets: readonly number[]): RecordLike[] =>
  offsets.map(offset => ({ offset, timestamp: 1_700_000_000_000 + offset, key: Buffer.of(0, offset), value: '1' }));

const write =
  (changes: Partial<ReporterConfig> = {}) =>
  (topic: string, slice: Slice, outcome: Outcome, grounds: Grounds): ProducerRecord =>
    createReportWriter({ ...REPORTER, ...changes }, 'shop', 0)(topic, slice, outcome, grounds)(slice.start, slice.end);

function read({ value, headers }: ProducerRecord) {
  return {
    value: JSON.parse(`${value}`) as unknown,
    headers: Object.fromEntries(headers.map(([name, text]) => [`${name}`, `${text}`])),
  };
}

describe('a report', () => {
  it('of a record says where it stands and what it was answered, under its key', () => {
    const report = write()('done', sliceOf(some(41, 42), 1), 'delivered', ANSWERED);
    assert.deepEqual([report.topic, report.key, report.timestamp], ['done', Buffer.of(0, 42), -1]);
    assert.deepEqual(read(report), {
      value: {
        outcome: 'delivered',
        topic: 'orders',
        partition: 3,
        offset: 42,
        timestamp: 1_700_000_000_042,
        status: 201,
        ms: 12,
        attempt: 3,
        connector: 'shop',
        task: 0,
      },
      headers: {
        '__tailrace.report.topic': 'orders',
        '__tailrace.report.partition': '3',
        '__tailrace.report.offset': '42',
        '__tailrace.report.timestamp': '1700000000042',
        '__tailrace.report.outcome': 'delivered',
        '__tailrace.report.status': '201',
      },
    });
  });

  it('of a batch says where it begins and ends, under its partition', () => {
    const report = write({ granularity: 'batch' })('done', sliceOf(some(41, 42, 50)), 'delivered', ANSWERED);
    assert.equal(`${report.key}`, 'orders-3');
    const { value, headers } = read(report);
    assert.deepEqual(value, {
      outcome: 'delivered',
      topic: 'orders',
      partition: 3,
      offset: 41,
      timestamp: 1_700_000_000_041,
      lastOffset: 50,
      lastTimestamp: 1_700_000_000_050,
      records: 3,
      status: 201,
      ms: 12,
      attempt: 3,
      connector: 'shop',
      task: 0,
    });
    assert.equal(headers['__tailrace.report.offset'], '41');
  });

  it('of an error says why, and is of one record in any case', () => {
    const grounds = { answer: REFUSED.answer!, error: REFUSED };
    const report = write({ granularity: 'batch' })('failed', sliceOf(some(41, 42), 0, 1), 'deadLettered', grounds);
    assert.deepEqual(report.key, Buffer.of(0, 41));
    const { value, headers } = read(report);
    assert.deepEqual(value, {
      outcome: 'dead-lettered',
      topic: 'orders',
      partition: 3,
      offset: 41,
      timestamp: 1_700_000_000_041,
      status: 422,
      ms: 7,
      attempt: 1,
      stage: 'TASK_PUT',
      exception: 'org.apache.kafka.connect.errors.ConnectException',
      reason: 'the endpoint answered 422',
      connector: 'shop',
      task: 0,
    });
    assert.deepEqual(
      [headers['__tailrace.report.outcome'], headers['__tailrace.report.status']],
      ['dead-lettered', '422'],
    );
  });

  it('of what was never sent has no answer; of what has no key and no time, none', () => {
    const { answer: _, httpStatus: __, ...error } = { ...REFUSED, message: 'the value is null' };
    const slice = sliceOf([{ offset: 7, key: null, value: null }]);
    const report = write()('failed', slice, 'skipped', { answer: null, error });
    assert.equal(report.key, null);
    const { value, headers } = read(report);
    const { status, ms, attempt, timestamp, outcome } = value as Record<string, unknown>;
    assert.deepEqual([status, ms, attempt, timestamp, outcome], [null, null, null, null, 'skipped']);
    assert.deepEqual(
      Object.keys(headers).map(name => name.split('.').at(-1)),
      ['topic', 'partition', 'offset', 'outcome'],
    );
  });

  it('may be a text, with what tells the record in headers of the names that a reader of another connector knows', () => {
    const topic: ReportTopicConfig = { ...TOPIC, format: 'text', headers: PLACE };
    const text = write({ success: topic, error: topic });
    const failed = text('failed', sliceOf(some(41)), 'failed', { answer: null, error: REFUSED });
    assert.equal(`${failed.value}`, 'the endpoint answered 422');
    const done = text('done', sliceOf(some(41)), 'delivered', ANSWERED);
    assert.equal(`${done.value}`, '201');
    const names = done.headers.map(([name]) => `${name}`);
    assert.deepEqual(
      names,
      PLACE.map(([, name]) => name),
    );
  });

  it('of a success may be the body of the answer, or its status alone, as text or as JSON', () => {
    const answer = { status: 201, ms: 1, attempt: 1, body: { text: '{"id":"ä"}', cut: false, bytes: 20 } };
    const bytesOf = (value: ReportTopicConfig['value'], format: ReportTopicConfig['format'], given = answer): string =>
      `${write({ success: { ...TOPIC, value, format } })('done', sliceOf(some(1)), 'delivered', { answer: given, error: null }).value}`;
    assert.equal(bytesOf('response', 'text'), '{"id":"ä"}');
    assert.equal(bytesOf('response', 'json'), String.raw`"{\"id\":\"ä\"}"`);
    assert.deepEqual([bytesOf('status', 'text'), bytesOf('status', 'json')], ['201', '201']);
    const { body: _, ...bodiless } = answer;
    assert.equal(bytesOf('response', 'text', bodiless as typeof answer), '');
    assert.equal(bytesOf('response', 'json', bodiless as typeof answer), 'null');
  });

  it('of an error may be its reason or the body of the answer, and have both in headers', () => {
    const body = { text: 'no such field', cut: false, bytes: 26 };
    const error = { ...REFUSED, answer: { ...REFUSED.answer!, body } };
    const grounds = { answer: error.answer, error };
    const of = (
      value: ReportTopicConfig['value'],
      format: ReportTopicConfig['format'],
      fields: readonly ReportField[],
    ) =>
      write({ error: { ...TOPIC, value, format, headers: named(...fields) } })(
        'failed',
        sliceOf(some(1)),
        'skipped',
        grounds,
      );
    assert.equal(`${of('reason', 'text', []).value}`, 'the endpoint answered 422');
    assert.equal(`${of('reason', 'json', []).value}`, '"the endpoint answered 422"');
    assert.equal(`${of('response', 'text', []).value}`, 'no such field');
    const { headers } = of('response', 'text', ['response', 'offset', 'reason', 'exception', 'stage', 'truncated']);
    assert.deepEqual(
      headers.map(([name, text]) => [`${name}`.split('.').at(-1), `${text}`]),
      [
        ['response', 'no such field'],
        ['offset', '1'],
        ['reason', 'the endpoint answered 422'],
        ['exception', 'org.apache.kafka.connect.errors.ConnectException'],
        ['stage', 'TASK_PUT'],
      ],
    );
  });

  it('may be the value of the record itself, and have it in a header', () => {
    const topic: ReportTopicConfig = { ...TOPIC, value: 'record', headers: [['value', 'input_payload']] };
    const slice = sliceOf([
      { offset: 7, value: '{"a": 1}' },
      { offset: 8, value: null },
    ]);
    const writeOne = createReportWriter({ ...REPORTER, success: topic }, 'shop', 0)(
      'done',
      slice,
      'delivered',
      ANSWERED,
    );
    const [full, tombstone] = [writeOne(0, 1), writeOne(1, 2)];
    assert.deepEqual([`${full.value}`, `${full.headers[0]![1]}`, full.headers.length], ['{"a": 1}', '{"a": 1}', 1]);
    assert.deepEqual([tombstone.value, tombstone.headers], [null, []]);
  });

  it('has a body within its limit in the form that it has there, and says where it is not all of it', () => {
    const MOST = 1_000;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.boolean(), (text, cut) => {
        const answer = { status: 200, ms: 1, attempt: 1, body: { text, cut, bytes: text.length * 2 } };
        const topic: ReportTopicConfig = { ...TOPIC, value: 'response', format: 'json' };
        const report = write({ success: topic, responseMaxBytes: MOST })('done', sliceOf(some(1)), 'delivered', {
          answer,
          error: null,
        });
        assert.ok(report.value!.length <= MOST);
        const kept = JSON.parse(`${report.value}`) as string;
        assert.ok(text.startsWith(kept));
        const { truncated } = Object.fromEntries(
          report.headers.map(([name, value]) => [`${name}`.split('.').at(-1), `${value}`]),
        );
        assert.equal(truncated, cut || kept.length < text.length ? 'true' : undefined);
      }),
    );
  });

  it('is one JSON object, whatever the reason holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, cause) => {
        const error = { ...REFUSED, message, causes: [`java.lang.Exception: ${cause}`] };
        const report = write()('failed', sliceOf(some(1)), 'deadLettered', { answer: null, error });
        assert.equal(typeof (read(report).value as { reason: unknown }).reason, 'string');
      }),
    );
  });
});
