import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

const answersOf = (connector: Keys) => connectorOf(connector).http.answers;
const pointer = (...tokens: string[]) => ({ kind: 'pointer', tokens });
const equals = (...values: unknown[]) => ({ kind: 'equals', values, negated: false });
const EXISTS = { kind: 'exists', negated: false };

/** What is said of a connector's keys, each as `key text`. */
function noticesOf(connector: Keys): readonly string[] {
  return parse({ connector }).notices.filter(notice => notice.includes('http.response.'));
}

describe('what answers mean', () => {
  it('is what it always was where nothing is said', () => {
    assert.equal(answersOf({}), null);
    assert.equal(answersOf({ 'http.response.success.codes': '200-', 'http.response.records': 'MULTI-STATUS' }), null);
  });

  it('is told by rules, the failures by ascending status', () => {
    const answers = answersOf({
      'http.response.success.when': '/ok == true',
      'http.response.failure.when.503': '/busy exists',
      'http.response.failure.when.401': '/expired exists',
      'http.response.failure.status': '400',
    });
    assert.deepEqual(answers, {
      judging: {
        success: [[{ subject: pointer('ok'), test: equals(true) }]],
        failures: [
          { status: 401, rule: [[{ subject: pointer('expired'), test: EXISTS }]] },
          { status: 503, rule: [[{ subject: pointer('busy'), test: EXISTS }]] },
        ],
        failureStatus: 400,
      },
      records: { kind: 'multi-status' },
      recordStatuses: [[207, 207]],
    });
  });

  it('may be told by failures alone, and by the environment', () => {
    const judging = answersOf({ 'http.response.failure.when.503': '/busy exists' })?.judging;
    assert.deepEqual([judging?.success, judging?.failures.length, judging?.failureStatus], [null, 1, 422]);
    const env = { TAILRACE_CONNECTOR_HTTP_RESPONSE_FAILURE_WHEN_503: '/busy exists' };
    assert.equal(parse({ env }).connectors[0]!.http.answers?.judging?.failures[0]?.status, 503);
  });

  it('is told record by record, each preset with its own statuses', () => {
    const presets: readonly [name: string, statuses: readonly (readonly number[])[]][] = [
      ['none', []],
      [
        'aep',
        [
          [200, 200],
          [207, 207],
        ],
      ],
      ['bulk', [[200, 200]]],
      ['kinesis', [[200, 200]]],
    ];
    for (const [kind, recordStatuses] of presets) {
      assert.deepEqual(answersOf({ 'http.response.records': kind }), {
        judging: null,
        records: { kind },
        recordStatuses,
      });
    }
    const codes = { 'http.response.records.status.codes': '200-207' };
    assert.deepEqual(answersOf(codes)?.recordStatuses, [[200, 207]]);
    assert.deepEqual(answersOf({ ...codes, 'http.response.records': 'bulk' })?.recordStatuses, [[200, 207]]);
  });

  it('is told record by record in words of the user', () => {
    const CUSTOM = { 'http.response.records': 'custom', 'http.response.records.status': '/code' };
    assert.deepEqual(answersOf(CUSTOM), {
      judging: null,
      records: { kind: 'custom', items: [], place: { by: 'position' }, status: ['code'], judging: null },
      recordStatuses: [[207, 207]],
    });
    const index = {
      ...CUSTOM,
      'http.response.records.pointer': '/a/b',
      'http.response.records.index': '/n',
      'http.response.records.index.first': '1',
    };
    const records = answersOf(index)?.records;
    assert.deepEqual(records?.kind === 'custom' && [records.items, records.place], [
      ['a', 'b'],
      { by: 'index', pointer: ['n'], first: 1 },
    ]);
    const id = answersOf({
      'http.response.records': 'custom',
      'http.response.records.id': '/id',
      'http.response.records.success.when': '/error absent',
      'http.response.records.failure.when.429': '/error == "slow"',
      'http.response.records.failure.status': '503',
    })?.records;
    assert.ok(id?.kind === 'custom');
    assert.deepEqual([id.place, id.status], [{ by: 'id', pointer: ['id'] }, null]);
    assert.deepEqual([id.judging?.failures[0]?.status, id.judging?.failureStatus], [429, 503]);
  });
});

describe('faults of what answers mean', () => {
  const FAULTS: readonly [keys: Keys, code: string, key: string, message: RegExp][] = [
    [
      { 'http.response.success.when': '/ok = true' },
      'invalid',
      'http.response.success.when',
      /at column 5: expected ==/,
    ],
    [
      { 'http.response.failure.when.503': '/busy' },
      'invalid',
      'http.response.failure.when.503',
      /at column 6: expected ==/,
    ],
    [{ 'http.response.failure.when.200': '/x exists' }, 'invalid', 'http.response.failure.when.200', /400 to 599/],
    [{ 'http.response.failure.when.busy': '/x exists' }, 'invalid', 'http.response.failure.when.busy', /400 to 599/],
    [{ 'http.response.failure.status': '302' }, 'invalid', 'http.response.failure.status', /from 400 to 599/],
    [{ 'http.response.success.codes': '100-' }, 'invalid', 'http.response.success.codes', /within 200-599/],
    [{ 'http.response.records': 'lambda' }, 'invalid', 'http.response.records', /none, multi-status, aep/],
    [
      { 'http.response.records': 'custom', 'http.response.records.status': ' ' },
      'missing',
      'http.response.records',
      /needs/,
    ],
    [{ 'http.response.records': 'custom' }, 'missing', 'http.response.records', /records\.status or .*success\.when/],
    [
      {
        'http.response.records': 'custom',
        'http.response.records.status': '/s',
        'http.response.records.index': '/n',
        'http.response.records.id': '/id',
      },
      'conflict',
      'http.response.records.id',
      /exclude each other/,
    ],
    [
      { 'http.response.records': 'custom', 'http.response.records.status': 'status' },
      'invalid',
      'http.response.records.status',
      /must begin with \//,
    ],
    [
      { 'http.response.records': 'custom', 'http.response.records.success.when': 'status == 200' },
      'invalid',
      'http.response.records.success.when',
      /column 1/,
    ],
  ];
  for (const [keys, code, key, message] of FAULTS) {
    it(`${JSON.stringify(keys).slice(0, 100)}`, () => {
      const lines = faultLines({ connector: keys }).filter(line => line.includes(` ${key} `));
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0]!, new RegExp(`^${code} `));
      assert.match(lines[0]!, message);
    });
  }

  it('point at the one key that is wrong', () => {
    assertFault(
      { connector: { 'http.response.failure.when.503': '(' } },
      'invalid',
      'http.response.failure.when.503',
      /./,
    );
  });
});

describe('notes of what answers mean', () => {
  it('tell of statuses that confirm though they refuse', () => {
    assert.match(noticesOf({ 'http.response.success.codes': '200,409' })[0]!, /beyond 299 confirm, up to 409/);
    assert.deepEqual(noticesOf({ 'http.response.success.codes': '-299' }), []);
  });

  it('tell of what has no effect', () => {
    const idle: readonly [keys: Keys, notice: RegExp][] = [
      [{ 'http.response.failure.status': '503' }, /failure\.status .*there is no http\.response\.success\.when/],
      [{ 'http.response.records.pointer': '/x' }, /pointer .*http\.response\.records is multi-status/],
      [
        { 'http.response.records.failure.when.503': '/x exists' },
        /when\.503 .*http\.response\.records is multi-status/,
      ],
      [{ 'http.response.records': 'none', 'http.response.records.status.codes': '207' }, /codes .*records is none/],
      [
        {
          'http.response.records': 'bulk',
          'http.response.success.codes': '200',
          'http.response.success.when': '/x exists',
        },
        /success\.when .*read record by record/,
      ],
      [
        {
          'http.response.records': 'custom',
          'http.response.records.status': '/s',
          'http.response.records.index.first': '1',
        },
        /index\.first .*there is no http\.response\.records\.index/,
      ],
    ];
    for (const [keys, notice] of idle) {
      const notices = noticesOf(keys);
      assert.equal(notices.length, 1, notices.join('\n'));
      assert.match(notices[0]!, notice);
    }
    const kept = parse({ connector: { 'errors.deadletterqueue.response.headers.enable': 'true' } }).notices;
    assert.match(kept.join(), /response\.headers\.enable/, 'without a dead letter queue');
  });
});
