import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ExactHeader } from '../../../connector/block.ts';
import { readLetter, replayedHeaders } from '../../../worker/dead-letters/letter.ts';
import { contextHeaders, letterRecord } from './letters.ts';

const OWN: readonly ExactHeader[] = [
  ['a', Buffer.from('1')],
  ['a', null],
  [Buffer.of(0xff, 0x00), Buffer.of(0xfe)],
  ['__connect.errors.topic', Buffer.from('of an earlier letter')],
  ['tailrace.http.status', Buffer.from('599')],
  ['__tailrace.response.body', Buffer.from('of an earlier letter')],
];

test('the context stands behind the headers of the record, and is taken off', () => {
  const letter = readLetter(letterRecord({ headers: [...OWN, ...contextHeaders()] }));
  assert.deepEqual(letter.headers, OWN);
  assert.deepEqual(letter.origin, { topic: 'orders', partition: 3, offset: 99 });
  assert.equal(letter.httpStatus, null, 'that of an earlier letter is not of this one');
  assert.equal(letter.answer, null);
  const { connector, taskId, stage, exceptionClassName, message, faults } = letter;
  assert.deepEqual(
    { connector, taskId, stage, exceptionClassName, message, faults },
    {
      connector: 'orders-to-http',
      taskId: '0',
      stage: 'TASK_PUT',
      exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
      message: 'the endpoint answered 400',
      faults: [],
    },
  );
});

test('what Tailrace adds behind the context is taken off too', () => {
  const added: ExactHeader[] = [
    ['tailrace.http.status', Buffer.from('400')],
    ['__tailrace.response.status', Buffer.from('207')],
    ['__tailrace.response.reason', Buffer.from('refused')],
    ['__tailrace.response.body', Buffer.from('{}')],
    ['__tailrace.response.record.status', Buffer.from('400')],
    ['__tailrace.response.record.body', Buffer.from('no such parcel')],
  ];
  const letter = readLetter(letterRecord({ headers: [...OWN, ...contextHeaders(), ...added] }));
  assert.deepEqual(letter.headers, OWN);
  assert.equal(letter.httpStatus, '400');
  assert.deepEqual(letter.answer, {
    status: '207',
    reason: 'refused',
    body: '{}',
    recordStatus: '400',
    recordBody: 'no such parcel',
  });
});

test('headers that others put behind the context are not the context', () => {
  const behind: ExactHeader = ['trace', Buffer.from('t')];
  const letter = readLetter(letterRecord({ headers: [...OWN, ...contextHeaders(), behind] }));
  assert.deepEqual(letter.headers, [...OWN, behind]);
});

test('a letter without a context keeps all headers, and says that it has none', () => {
  const headers: ExactHeader[] = [['__tailrace.response.body', Buffer.from('x')]];
  const letter = readLetter(letterRecord({ headers }));
  assert.deepEqual(letter.headers, headers);
  assert.equal(letter.origin, null);
  assert.equal(letter.isSilent, true);
  assert.deepEqual(letter.faults, ['no header says where it came from']);
});

test('a message of null, as Java writes it for an exception without one', () => {
  const letter = readLetter(letterRecord({ headers: contextHeaders({ 'exception.message': null }) }));
  assert.equal(letter.message, null);
  assert.deepEqual(letter.faults, []);
});

for (const [what, changes, fault] of [
  ['a partition is missing', { partition: undefined }, /errors\.partition is missing$/],
  ['a partition is negative', { partition: '-1' }, /errors\.partition can be no partition$/],
  ['a partition is too large', { partition: '2147483648' }, /errors\.partition can be no partition$/],
  ['an offset is a word', { offset: 'NaN' }, /errors\.offset can be no offset$/],
  ['an offset has a fraction', { offset: '1.5' }, /errors\.offset can be no offset$/],
  ['an offset is in hexadecimal', { offset: '0x10' }, /errors\.offset can be no offset$/],
  ['an offset is beyond what can be counted', { offset: '9223372036854775807' }, /errors\.offset can be no offset$/],
  ['an offset is null', { offset: null }, /errors\.offset is missing$/],
  ['a topic is a path', { topic: '../etc' }, /errors\.topic can be no topic$/],
  ['a topic is the directory', { topic: '..' }, /errors\.topic can be no topic$/],
  ['a topic is empty', { topic: '' }, /errors\.topic can be no topic$/],
  ['a topic is no UTF-8', { topic: Buffer.of(0x6f, 0xff) }, /errors\.topic can be no topic$/],
] as const) {
  test(`no origin where ${what}, and that is told`, () => {
    const letter = readLetter(letterRecord({ headers: contextHeaders(changes) }));
    assert.equal(letter.origin, null);
    assert.equal(letter.isSilent, false);
    assert.match(letter.faults.at(-1)!, fault);
  });
}

test('a text that is no UTF-8 is read with signs in its place, and told', () => {
  const letter = readLetter(
    letterRecord({ headers: contextHeaders({ 'exception.message': Buffer.of(0x61, 0xff, 0x62) }) }),
  );
  assert.equal(letter.message, 'a\ufffdb');
  assert.deepEqual(letter.faults, ['the header __connect.errors.exception.message is no UTF-8']);
  assert.notEqual(letter.origin, null);
});

const bytes = fc.uint8Array({ maxLength: 20 }).map(array => Buffer.from(array));
const names = fc.oneof(
  fc.constantFrom(
    ...contextHeaders().map(([name]) => String(name)),
    'tailrace.http.status',
    '__tailrace.response.body',
  ),
  fc.string({ maxLength: 10 }),
);

test('whatever the headers are: nothing throws, and none is lost but the last of a name of the context', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.option(bytes)), { maxLength: 30 }), headers => {
      const letter = readLetter(letterRecord({ headers }));
      const left = [...letter.headers];
      const taken = headers.filter(header => left[0] !== header || left.shift() === undefined);
      assert.equal(left.length, 0, 'those left are the record’s, in their order');
      assert.equal(new Set(taken.map(([name]) => name)).size, taken.length, 'each name once');
      for (const [name] of taken)
        assert.match(String(name), /^(__connect\.errors\.|tailrace\.http\.status$|__tailrace\.response\.)/);
    }),
  );
});

test('the headers of a record that is replayed are its own, and one that says which letter it was', () => {
  const letter = readLetter(letterRecord({ headers: [...OWN, ...contextHeaders()] }));
  assert.deepEqual(replayedHeaders(letter), [...OWN, ['tailrace.replayed', Buffer.from('orders-dlq-0-17')]]);
});
