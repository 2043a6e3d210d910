import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CustomRecordsConfig, RecordsConfig } from '../../../../config/answer-types.ts';
import { itemRule } from '../../../../config/schema/answer-rule.ts';
import { createAnswerReader } from '../../../../connector/http/answers/reader.ts';
import type { RecordStatus } from '../../../../connector/http/answers/record-answers.ts';
import { answer } from '../fixtures.ts';

const IDS = ['a-b-0-10', 'a-b-0-11', 'a-b-1-10', 'a-b-1-11'];
const SUCCESS = [[200, 299]] as const;

function read(records: RecordsConfig, body: unknown, count: number, status = 200): readonly RecordStatus[] | null {
  const reader = createAnswerReader({ judging: null, records, recordStatuses: [[200, 299]] }, SUCCESS);
  const ids = new Map(IDS.slice(0, count).map((id, index) => [id, index]));
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return reader.readRecords(answer(status, text), { records: count, ids: () => ids })?.statuses ?? null;
}

type Case = readonly [name: string, body: unknown, records: number, statuses: readonly RecordStatus[] | null];

function table(records: RecordsConfig, cases: readonly Case[], status = 207): void {
  for (const [name, body, count, statuses] of cases) {
    it(`${name}: ${statuses === null ? 'accounts for nothing' : 'is understood'}`, () => {
      assert.deepEqual(read(records, body, count, status), statuses);
    });
  }
}

const MESSAGE = 'inletId: [1] imsOrgId: [2] Message has unknown xdm format';

describe('answers of Adobe’s collection API', () => {
  const of = (...responses: unknown[]): unknown => ({ inletId: 'i', batchId: '1:2:3', receivedTimeMs: 1, responses });
  const taken = (suffix: string) => ({ xactionId: `1565650704337:2124:92${suffix}` });
  table({ kind: 'aep' }, [
    ['all taken, indices behind colons', of(taken(':0'), taken(':1')), 2, ['taken', 'taken']],
    [
      'the documentation’s own, its index of no use',
      of(taken(':3'), ...Array(3).fill({ statusCode: 400, message: MESSAGE })),
      4,
      ['taken', 400, 400, 400],
    ],
    ['as many as it shows for five messages', of(taken(':3'), ...Array(3).fill({ statusCode: 400 })), 5, null],
    ['status in place of statusCode', of({ status: 400, xactionId: 'x:1-0' }, taken('-1')), 2, [400, 'taken']],
    ['a status as text', of({ status: '503', xactionId: 'x-0' }, taken('-1')), 2, [503, 'taken']],
    ['another order, told by indices', of({ status: 400, xactionId: 'x-1' }, taken('-0')), 2, ['taken', 400]],
    ['a failure without xactionId', of(taken('-0'), { status: 422, message: MESSAGE }), 2, ['taken', 422]],
    [
      'a failure with the index of another, beside one without',
      of({ status: 400, xactionId: 'x-1' }, { status: 400 }),
      2,
      null,
    ],
    ['an index twice', of(taken('-0'), taken('-0')), 2, null],
    ['an index beyond', of(taken('-0'), taken('-2')), 2, null],
    ['both kinds of status, the same', of({ status: 400, statusCode: '400' }), 1, [400]],
    ['both kinds of status, and not the same', of({ status: 200, statusCode: 400 }), 1, null],
    ['a status that is a word', of({ status: 'failed', xactionId: 'x-0' }), 1, null],
    ['a message without a status', of({ xactionId: 'x-0', message: MESSAGE }), 1, null],
    ['an empty entry', of({}), 1, null],
    ['an empty xactionId', of({ xactionId: '' }), 1, null],
    ['a null status', of({ xactionId: 'x-0', status: null }), 1, ['taken']],
    ['no responses', { inletId: 'i' }, 1, null],
    ['null responses', { inletId: 'i', responses: null }, 1, null],
    ['a problem', { type: 'https://ns.adobe.com/…', status: '401', title: 'Authorization', report: {} }, 1, null],
    ['entries that are none', of('taken', 1), 2, null],
    ['nothing', '', 1, null],
  ]);

  const single = {
    inletId: 'i',
    xactionId: '1555445493896:8600:8',
    receivedTimeMs: 1,
    syncValidation: { skipped: true },
  };
  table(
    { kind: 'aep' },
    [
      ['a single message with 200', single, 1, ['taken']],
      ['200 for a single message, to several', single, 2, null],
      ['200 with responses', of(taken('-0'), { status: 400 }), 2, ['taken', 400]],
      ['200 with a problem', { ...single, status: '401' }, 1, null],
      ['200 with nothing', {}, 1, null],
    ],
    200,
  );
});

describe('answers of bulk APIs', () => {
  const of = (errors: unknown, ...items: unknown[]): unknown => ({ took: 30, errors, items });
  const conflict = { type: 'version_conflict_engine_exception', reason: 'document already exists' };
  table(
    { kind: 'bulk' },
    [
      ['all taken', of(false, { index: { status: 201 } }, { create: { status: 201 } }), 2, [201, 201]],
      ['errors alone', { errors: false }, 3, ['taken', 'taken', 'taken']],
      ['errors alone, and some', { took: 1, errors: true }, 1, null],
      ['too many requests', of(true, { index: { status: 429, error: { type: 'es_rejected' } } }), 1, [429]],
      [
        'each operation',
        of(
          true,
          { index: { status: 200 } },
          { create: { status: 409, error: conflict } },
          { update: { status: 404, error: { type: 'document_missing_exception' } } },
          { delete: { status: 404, result: 'not_found' } },
        ),
        4,
        [200, 'taken', 422, 'taken'],
      ],
      ['a conflict of an index', of(true, { index: { status: 409, error: conflict } }), 1, [409]],
      ['a conflict of another kind', of(true, { create: { status: 409, error: { type: 'x' } } }), 1, [409]],
      ['no such index', of(true, { delete: { status: 404, error: { type: 'index_not_found_exception' } } }), 1, [404]],
      [
        'a mapping that does not fit',
        of(true, { index: { status: 400, error: { type: 'mapper_parsing_exception' } } }),
        1,
        [400],
      ],
      ['a success with an error', of(true, { index: { status: 200, error: conflict } }), 1, null],
      ['an error though there are none', of(false, { index: { status: 400, error: conflict } }), 1, null],
      ['one too few', of(false, { index: { status: 201 } }), 2, null],
      ['one too many', of(false, { index: { status: 201 } }, { index: { status: 201 } }), 1, null],
      ['two operations in one item', of(false, { index: { status: 201 }, create: { status: 201 } }), 1, null],
      ['another operation', of(false, { upsert: { status: 201 } }), 1, null],
      ['no status', of(false, { index: {} }), 1, null],
      ['a status as text', of(false, { index: { status: '201' } }), 1, null],
      ['errors as text', of('false', { index: { status: 201 } }), 1, null],
      ['no errors', { items: [{ index: { status: 201 } }] }, 1, null],
      ['null items', { errors: false, items: null }, 1, null],
      ['an array', [{ index: { status: 201 } }], 1, null],
    ],
    200,
  );
});

describe('answers of Kinesis and its like', () => {
  const taken = { SequenceNumber: '49', ShardId: 'shardId-0' };
  const refused = (code: string) => ({ ErrorCode: code, ErrorMessage: 'no' });
  table(
    { kind: 'kinesis' },
    [
      ['all taken', { FailedRecordCount: 0, Records: [taken, taken] }, 2, ['taken', 'taken']],
      [
        'some too many',
        {
          FailedRecordCount: 2,
          Records: [refused('ProvisionedThroughputExceededException'), taken, refused('InternalFailure')],
        },
        3,
        [429, 'taken', 500],
      ],
      ['a code that nobody knows', { FailedRecordCount: 1, Records: [refused('Odd')] }, 1, [500]],
      ['null codes', { FailedRecordCount: 0, Records: [{ ...taken, ErrorCode: null }] }, 1, ['taken']],
      [
        'Firehose',
        { FailedPutCount: 1, RequestResponses: [{ RecordId: 'r' }, refused('ServiceUnavailableException')] },
        2,
        ['taken', 503],
      ],
      [
        'EventBridge',
        { FailedEntryCount: 1, Entries: [refused('MalformedDetail'), { EventId: 'e' }] },
        2,
        [400, 'taken'],
      ],
      ['a count that is not theirs', { FailedRecordCount: 0, Records: [refused('InternalFailure')] }, 1, null],
      ['no count', { Records: [taken] }, 1, null],
      ['a success without a number', { FailedRecordCount: 0, Records: [{ ShardId: 's' }] }, 1, null],
      ['both at once', { FailedRecordCount: 1, Records: [{ ...taken, ErrorCode: 'InternalFailure' }] }, 1, null],
      ['a code that is no text', { FailedRecordCount: 1, Records: [{ ErrorCode: 7 }] }, 1, null],
      ['two APIs', { FailedRecordCount: 0, Records: [taken], Entries: [] }, 1, null],
      ['one too few', { FailedRecordCount: 0, Records: [taken] }, 2, null],
      ['an error', { __type: 'ThrottlingException' }, 1, null],
    ],
    200,
  );
});

function custom(changes: Partial<CustomRecordsConfig>): CustomRecordsConfig {
  return { kind: 'custom', items: ['items'], place: { by: 'position' }, status: ['code'], judging: null, ...changes };
}

const JUDGED = {
  success: itemRule.read('/ok == true')!,
  failures: [{ status: 503, rule: itemRule.read('/error ~ ^BUSY')! }],
  failureStatus: 422,
};

describe('answers as the user describes them', () => {
  const of = (...items: unknown[]): unknown => ({ items });
  table(custom({}), [
    ['a status each', of({ code: 200 }, { code: '409' }), 2, [200, 409]],
    ['no status', of({ code: 200 }, {}), 2, null],
    ['a null status', of({ code: null }), 1, null],
    ['half a status', of({ code: 200.5 }), 1, null],
    ['a status with a sign', of({ code: '+200' }), 1, null],
    ['no array', { items: { code: 200 } }, 1, null],
    ['no items', {}, 1, null],
  ]);
  table(custom({ items: [] }), [['an array alone', [{ code: 200 }], 1, [200]]]);
  table(custom({ items: ['a', '0', 'b/c'] }), [['a deep one', { a: [{ 'b/c': [{ code: 200 }] }] }, 1, [200]]]);

  table(custom({ place: { by: 'index', pointer: ['n'], first: 1 } }), [
    ['indices from 1', of({ n: 2, code: 400 }, { n: 1, code: 200 }), 2, [200, 400]],
    ['indices as texts', of({ n: '1', code: 200 }, { n: '2', code: 201 }), 2, [200, 201]],
    ['an index of 0', of({ n: 0, code: 200 }, { n: 1, code: 200 }), 2, null],
    ['an index twice', of({ n: 1, code: 200 }, { n: 1, code: 200 }), 2, null],
    ['an index beyond', of({ n: 1, code: 200 }, { n: 3, code: 200 }), 2, null],
    ['no index', of({ n: 1, code: 200 }, { code: 200 }), 2, null],
    ['half an index', of({ n: 1.5, code: 200 }, { n: 1, code: 200 }), 2, null],
    ['an index beyond all', of({ n: 1e300, code: 200 }, { n: 1, code: 200 }), 2, null],
  ]);
  table(custom({ place: { by: 'id', pointer: ['id'] } }), [
    [
      'ids in any order',
      of(...[3, 1, 0, 2].map(place => ({ id: IDS[place], code: 200 + place }))),
      4,
      [200, 201, 202, 203],
    ],
    ['an id twice', of({ id: IDS[0], code: 200 }, { id: IDS[0], code: 200 }), 2, null],
    ['an id of another request', of({ id: IDS[0], code: 200 }, { id: IDS[3], code: 200 }), 2, null],
    ['an id that is a name of every object', of({ id: 'constructor', code: 200 }), 1, null],
    ['an id that is a number', of({ id: 10, code: 200 }), 1, null],
  ]);
  table(custom({ status: null, judging: JUDGED }), [
    ['a rule alone', of({ ok: true }, { ok: false }, { error: 'BUSY 7' }), 3, ['taken', 422, 503]],
    ['a failure that says it is fine', of({ ok: true, error: 'BUSY' }), 1, [503]],
    ['items that are no objects', of(1, null, 'x'), 3, [422, 422, 422]],
    ['a text that is too long', of({ ok: true, error: 'x'.repeat(70_000) }), 1, null],
  ]);
  table(custom({ judging: JUDGED }), [
    ['a status that says no', of({ code: 429, ok: true }), 1, [429]],
    ['a status that says yes, and a rule that does not', of({ code: 200, ok: false }), 1, [422]],
    ['no status, and a rule', of({ ok: true }, {}), 2, ['taken', 422]],
    ['a status that is none, and a rule', of({ code: 'fine', ok: true }), 1, null],
  ]);
});

/** Every mapper, and JSON that looks like what it reads. */
const MAPPERS: readonly RecordsConfig[] = [
  { kind: 'multi-status' },
  { kind: 'aep' },
  { kind: 'bulk' },
  { kind: 'kinesis' },
  custom({}),
  custom({ place: { by: 'index', pointer: ['index'], first: 0 } }),
  custom({ place: { by: 'id', pointer: ['id'] }, judging: JUDGED }),
  custom({ status: null, judging: JUDGED }),
];

const small = fc.oneof(
  fc.integer({ min: -1, max: 4 }),
  fc.constantFrom<unknown>(200, 201, 400, 503, '200', '400', null, true, false, '', 'x-0', 'x-1', 'x:2', ...IDS),
);
const NAMES = [
  'status',
  'statusCode',
  'code',
  'index',
  'id',
  'xactionId',
  'ok',
  'error',
  'ErrorCode',
  'SequenceNumber',
];
const flat = fc.dictionary(fc.constantFrom(...NAMES), small, { maxKeys: 4 });
const item = fc.oneof(
  flat,
  small,
  fc.dictionary(fc.constantFrom('index', 'create', 'delete', 'update', 'x'), flat, { maxKeys: 2 }),
);
const items = fc.array(item, { maxLength: 5 });
const answers = fc.oneof(
  fc.jsonValue(),
  items,
  fc.record(
    {
      items,
      responses: items,
      Records: items,
      errors: fc.oneof(fc.boolean(), small),
      FailedRecordCount: fc.nat(3),
      status: small,
      xactionId: small,
    },
    { requiredKeys: [] },
  ),
);

describe('any answer', () => {
  for (const records of MAPPERS) {
    const name = records.kind === 'custom' ? `custom by ${records.place.by}` : records.kind;
    it(`accounts for each record exactly once or for none, and confirms only what it names: ${name}`, () => {
      fc.assert(
        fc.property(answers, fc.integer({ min: 1, max: 4 }), fc.constantFrom(200, 207), (body, count, status) => {
          const reader = createAnswerReader({ judging: null, records, recordStatuses: [[200, 299]] }, SUCCESS);
          const ids = new Map(IDS.slice(0, count).map((id, index) => [id, index]));
          const found = reader.readRecords(answer(status, JSON.stringify(body)), { records: count, ids: () => ids });
          if (found === null) return;
          assert.equal(found.statuses.length, count);
          const named = Array.from({ length: count }, (_, index) => found.itemOf(index)).filter(
            one => one !== undefined,
          );
          const isWhole = named.length === 0 && found.statuses.every(one => one === 'taken');
          const isSingle = records.kind === 'aep' && count === 1;
          const isPlain = records.kind === 'bulk' && (body as { errors?: unknown }).errors === false;
          assert.ok(named.length === count || (isWhole && (isSingle || isPlain)), JSON.stringify(body));
          const each = named.filter(one => typeof one === 'object' && one !== null);
          assert.equal(new Set(each).size, each.length, 'no item is two records’');
        }),
        { numRuns: 3_000 },
      );
    });
  }

  /** What an item of each mapper looks like that says this status of this place. */
  const SHAPES: readonly [mapper: RecordsConfig, body: (of: readonly (readonly [number, number])[]) => unknown][] = [
    [MAPPERS[1]!, of => ({ responses: of.map(([place, code]) => ({ xactionId: `x-${place}`, status: code })) })],
    [MAPPERS[5]!, of => ({ items: of.map(([index, code]) => ({ index, code })) })],
    [
      custom({ place: { by: 'id', pointer: ['id'] } }),
      of => ({ items: of.map(([at, code]) => ({ id: IDS[at], code })) }),
    ],
  ];
  for (const [records, bodyOf] of SHAPES) {
    it(`gives each record what its own item says, if each has one: ${records.kind}`, () => {
      const entry = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(200, 400, 503));
      const permuted = fc
        .integer({ min: 1, max: 4 })
        .chain(count => fc.shuffledSubarray([...Array(count).keys()], { minLength: count }))
        .map(places => places.map(place => [place, 200 + place] as const));
      let understood = 0;
      fc.assert(
        fc.property(
          fc.oneof(permuted, fc.array(entry, { maxLength: 5 })),
          fc.integer({ min: 1, max: 4 }),
          (of, count) => {
            const expected = Array.from({ length: count }, (_, place) => of.filter(([at]) => at === place));
            const isWhole = of.length === count && expected.every(items => items.length === 1);
            const statuses = isWhole ? expected.map(([item]) => item![1]) : null;
            if (isWhole) understood++;
            assert.deepEqual(read(records, bodyOf(of), count), statuses);
          },
        ),
        { numRuns: 2_000 },
      );
      assert.ok(understood > 50);
    });
  }

  it('with ten thousand items of a hundred bytes is read at once, and with one too few not at all', () => {
    const one = { index: { _index: 'orders', _id: 'x'.repeat(50), status: 201, _shards: { total: 2, successful: 1 } } };
    const body = JSON.stringify({ took: 1, errors: false, items: Array(10_000).fill(one) });
    assert.equal(read({ kind: 'bulk' }, body, 10_000)?.length, 10_000);
    assert.equal(read({ kind: 'bulk' }, body, 9_999), null);
  });

  it('with a megabyte in an item is read, and with more values than it can mean is not', () => {
    const large = JSON.stringify({ items: [{ code: 200, echo: 'x'.repeat(1_048_576) }] });
    assert.deepEqual(read(custom({}), large, 1), [200]);
    assert.equal(read(custom({}), `{"items":[{"code":200,"echo":[${'1,'.repeat(2_000)}1]}]}`, 1), null);
  });
});
