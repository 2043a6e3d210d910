import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SinkRecord } from '../../../connector/block.ts';
import { Causes, normalised, rootOf } from '../../../worker/dead-letters/causes.ts';
import { createMatch, type LetterFilter } from '../../../worker/dead-letters/filter.ts';
import { readLetter } from '../../../worker/dead-letters/letter.ts';
import { contextHeaders, letterRecord } from './letters.ts';

const of = (changes: Parameters<typeof contextHeaders>[0] = {}, more: Partial<SinkRecord> = {}) =>
  readLetter(letterRecord({ headers: contextHeaders(changes), ...more }));

test('letters are one cause that differ in numbers, ids and quotations alone', () => {
  const causes = new Causes(text => text);
  causes.add(of({ 'exception.message': 'Unexpected "a" at byte 17 of 3f2a91bc-0000' }, { offset: 1, timestamp: 5 }));
  causes.add(
    of(
      { 'exception.message': 'Unexpected "b c" at byte 4 of 77aa91bc-1234', topic: 'others' },
      { offset: 2, timestamp: 3 },
    ),
  );
  causes.add(of({ 'exception.message': 'Something else\nsecond line' }, { offset: 3, timestamp: -1 }));
  causes.add(of({ stage: 'VALUE_CONVERTER' }, { offset: 4 }));
  const { causes: found, others } = causes.report();
  assert.equal(others, 0);
  assert.deepEqual(
    found.map(({ stage, message, letters }) => [stage, message, letters]),
    [
      ['TASK_PUT', 'Unexpected "…" at byte # of #', 2],
      ['TASK_PUT', 'Something else', 1],
      ['VALUE_CONVERTER', 'the endpoint answered #', 1],
    ],
  );
  const [first, second] = found;
  assert.deepEqual([first!.first, first!.last, first!.example.place], [3, 5, '0:2']);
  assert.deepEqual(first!.origins, [
    ['orders', 1],
    ['others', 1],
  ]);
  assert.deepEqual([second!.first, second!.last], [null, null]);
});

test('what HTTP answered tells causes apart that say the same', () => {
  const causes = new Causes(text => text);
  for (const status of ['400', '413', '413']) {
    const headers = [...contextHeaders(), ['tailrace.http.status', Buffer.from(status)] as const];
    causes.add(readLetter(letterRecord({ headers })));
  }
  const { causes: found } = causes.report();
  assert.deepEqual(
    found.map(({ httpStatus, letters }) => [httpStatus, letters]),
    [
      ['413', 2],
      ['400', 1],
    ],
  );
});

test('what it holds is bounded: causes, origins, texts and faults', () => {
  const causes = new Causes(text => text);
  const word = (i: number): string =>
    String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26), 97 + Math.floor(i / 676));
  for (let i = 0; i < 2_000; i++) causes.add(of({ stage: word(i), 'exception.message': 'x'.repeat(100_000) }));
  for (let i = 0; i < 100; i++)
    causes.add(of({ stage: word(0), topic: `t-${i}`, 'exception.message': 'x'.repeat(100_000) }));
  const { causes: found, others } = causes.report();
  assert.equal(found.length, 500);
  assert.equal(others, 1_500);
  assert.equal(found[0]!.letters, 101);
  assert.equal(found[0]!.origins.length, 21);
  assert.equal(
    found[0]!.origins.reduce((sum, [, letters]) => sum + letters, 0),
    101,
  );
  assert.ok(JSON.stringify(found).length < 2_000_000);
});

test('a secret is hidden before a text is cut', () => {
  const causes = new Causes(text => text.replaceAll('hunter2', '[hidden]'));
  for (const length of [290, 294, 297]) causes.add(of({ 'exception.message': `${'x'.repeat(length)}hunter2` }));
  assert.ok(!JSON.stringify(causes.report()).includes('hu'));
});

test('normalising takes time linear in the message, and cuts it', () => {
  for (const sign of ['"', "'", '`', '1.', 'a-', ' ']) assert.ok(normalised(sign.repeat(3_000)).length <= 301, sign);
  assert.equal(normalised("can't be read: doesn't fit"), "can't be read: doesn't fit");
});

test('the innermost cause of a trace, and none where it has none', () => {
  assert.equal(rootOf(of()), 'c.D: "inner" 7');
  assert.equal(rootOf(of({ 'exception.stacktrace': 'a.B: message\n\tat a.b(c.java:1)' })), null);
  assert.equal(rootOf(of({ 'exception.stacktrace': undefined })), null);
});

const ALL: LetterFilter = {
  cause: null,
  stage: null,
  className: null,
  connector: null,
  partitions: [],
  from: null,
  to: null,
  since: null,
  until: null,
};

for (const [what, filter, expected] of [
  ['nothing', {}, true],
  ['a part of the message, in any case', { cause: 'ANSWERED 400' }, true],
  ['a part of the trace', { cause: 'caused by: c.d' }, true],
  ['what stands nowhere', { cause: 'answered 401' }, false],
  ['its stage', { stage: 'task_put' }, true],
  ['another stage', { stage: 'TASK' }, false],
  ['its class in full', { className: 'org.apache.kafka.connect.errors.DataException' }, true],
  ['its simple class', { className: 'DataException' }, true],
  ['the end of its class', { className: 'Exception' }, false],
  ['its connector', { connector: 'orders-to-http' }, true],
  ['another connector', { connector: 'orders' }, false],
  ['since its time', { since: 1_700_000_000_000 }, true],
  ['since later', { since: 1_700_000_000_001 }, false],
  ['until later', { until: 1_700_000_000_001 }, true],
  ['until its time', { until: 1_700_000_000_000 }, false],
] as const) {
  test(`a filter of ${what} ${expected ? 'takes' : 'leaves out'} a letter`, () => {
    assert.equal(createMatch({ ...ALL, ...filter })(of()), expected);
  });
}

test('a letter that says nothing is left out by what it does not say, but by its connector', () => {
  const silent = readLetter(letterRecord({ headers: [] }));
  for (const filter of [{ cause: 'x' }, { stage: 'x' }, { className: 'x' }]) {
    assert.equal(createMatch({ ...ALL, ...filter })(silent), false, JSON.stringify(filter));
  }
  assert.equal(createMatch({ ...ALL, connector: 'x' })(silent), true);
});
