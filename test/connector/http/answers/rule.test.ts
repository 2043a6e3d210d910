import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JudgingConfig, Rule } from '../../../../config/answer-types.ts';
import { answerRule } from '../../../../config/schema/answer-rule.ts';
import { parsePointer } from '../../../../config/schema/json-pointer.ts';
import { createJudge } from '../../../../connector/http/answers/judge.ts';
import { valueAt } from '../../../../connector/http/answers/pointer.ts';
import { answer } from '../fixtures.ts';

const rule = (text: string): Rule => answerRule.read(text)!;

function judging(success: string | null, failures: Readonly<Record<number, string>> = {}): JudgingConfig {
  return {
    success: success === null ? null : rule(success),
    failures: Object.entries(failures).map(([status, text]) => ({ status: Number(status), rule: rule(text) })),
    failureStatus: 422,
  };
}

function judge(success: string | null, body: string, failures: Readonly<Record<number, string>> = {}, status = 200) {
  return createJudge(judging(success, failures)).ofAnswer(answer(status, body), 3);
}

const BODY = JSON.stringify({
  ok: true,
  errors: false,
  code: 0,
  text: 'all done',
  digits: '200',
  nothing: null,
  none: [],
  empty: {},
  deep: { list: [{ id: 7 }], 'a/b': 1, 'm~n': 2, '': 3 },
});

const HOLDS = [
  '/ok == true',
  '/errors == false',
  '/errors != true',
  '/code in 0, 200',
  '/code == -0',
  '/code < 1 and /code <= 0 and /code > -1 and /code >= 0',
  '/text ~ done$',
  '/text ~ "^all"',
  '/text !~ failed',
  '/digits ~ ^2',
  '/code ~ ^0$',
  '/ok ~ true',
  '/error absent',
  '/nothing absent',
  '/nothing == null',
  '/none == [] and /empty == {}',
  '/none exists',
  '/deep/list/0/id == 7',
  '/deep/a~1b == 1 and /deep/m~0n == 2 and /deep/ == 3',
  '/deep/list/- absent',
  '/deep/list/00 absent',
  '/missing != "x"',
  '/missing !~ x',
  '"" exists',
  'status == 200 and status < 300',
  'body ~ "all done"',
  'body exists',
  '/wrong exists or /ok == true',
];

const FAILS = [
  '/ok == "true"',
  '/ok == false',
  '/digits == 200',
  '/digits > 1',
  '/missing > 1',
  '/missing == null',
  '/missing ~ .',
  '/deep ~ .',
  '/none == {}',
  '/empty == []',
  '/deep == {}',
  '/nothing == []',
  '/nothing exists',
  '/toString exists',
  '/__proto__ exists',
  '/deep/list/length exists',
  '/text/0 exists',
  'status == 204',
  'body == ""',
  'body absent',
  '/ok == true and /wrong exists',
];

describe('a rule about a body', () => {
  for (const text of HOLDS) it(`holds: ${text}`, () => assert.equal(judge(text, BODY), 'taken'));
  for (const text of FAILS) it(`does not hold: ${text}`, () => assert.equal(judge(text, BODY), 422));

  const unreadable: readonly [name: string, body: string][] = [
    ['nothing', ''],
    ['a text', 'ok'],
    ['half a JSON text', '{"ok":tru'],
    ['a tower', '['.repeat(100)],
    ['two texts', '{"ok":true}{"ok":true}'],
  ];
  for (const [name, body] of unreadable) {
    it(`is neither where it depends on ${name}`, () => {
      for (const text of ['/ok == true', '/ok != true', '/ok absent', '/ok exists', '"" absent']) {
        assert.equal(judge(text, body), 'unclear', text);
      }
      assert.equal(judge('/ok == true or status == 200', body), 'taken');
      assert.equal(judge('/ok == true and status == 204', body), 422);
    });
  }

  it('is neither where more came than is read, or a text is too long to be matched', () => {
    const whole = answer(200, '{"ok":true}');
    const judged = createJudge(judging('/ok == true')).ofAnswer({ ...whole, complete: false }, 3);
    assert.equal(judged, 'unclear');
    assert.equal(createJudge(judging('body ~ true')).ofAnswer({ ...whole, complete: false }, 3), 'unclear');
    assert.equal(createJudge(judging('body absent')).ofAnswer({ ...whole, complete: false }, 3), 422);
    assert.equal(judge('/s ~ x', JSON.stringify({ s: 'x'.repeat(65_537) })), 'unclear');
    assert.equal(judge('/s ~ x', JSON.stringify({ s: 'x'.repeat(65_536) })), 'taken');
  });

  it('about a missing body is plain', () => {
    assert.equal(judge('body absent', ''), 'taken');
    assert.equal(judge('body exists', ''), 422);
    assert.equal(judge('body == "OK"', 'OK'), 'taken');
    assert.equal(judge('/ok == true or status == 204', '', {}, 204), 'taken');
  });

  it('of a failure goes before that of a success, the lowest status first', () => {
    const failures = { 429: '/code == "BUSY"', 503: '/code ~ ^B' };
    assert.equal(judge('/ok == true', '{"ok":true,"code":"BUSY"}', failures), 429);
    assert.equal(judge('/ok == true', '{"ok":true,"code":"BAD"}', failures), 503);
    assert.equal(judge('/ok == true', '{"ok":true,"code":"FINE"}', failures), 'taken');
    assert.equal(judge(null, '{"ok":false}', failures), 'taken');
    assert.equal(judge(null, '', failures), 'unclear');
    assert.equal(judge(null, '', { 503: 'body absent' }), 503);
  });
});

describe('a pointer into an answer', () => {
  /** RFC 6901 §5. */
  const DOCUMENT = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  const FOUND: readonly [pointer: string, value: unknown][] = [
    ['', DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/2', undefined],
    ['/foo/-', undefined],
    ['/foo/01', undefined],
    ['/foo/1e0', undefined],
    ['/foo/length', undefined],
    ['/foo/0/0', undefined],
    ['/constructor', undefined],
  ];
  for (const [pointer, value] of FOUND) {
    it(`${JSON.stringify(pointer)} leads to ${JSON.stringify(value)}`, () => {
      assert.deepEqual(valueAt(DOCUMENT, parsePointer(pointer) as readonly string[]), value);
    });
  }

  it('finds every member of every document, by the pointer that names it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), document => {
        const visit = (value: unknown, pointer: string): void => {
          assert.equal(valueAt(document, parsePointer(pointer) as readonly string[]), value);
          if (typeof value !== 'object' || value === null) return;
          for (const [name, inner] of Object.entries(value)) {
            visit(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
          }
        };
        visit(document, '');
      }),
    );
  });
});
