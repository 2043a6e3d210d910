import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { AnswersConfig, CustomRecordsConfig, RecordsConfig } from '../../../config/answer-types.ts';
import { itemRule } from '../../../config/schema/answer-rule.ts';
import type { Verdict } from '../../../connector/batch.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';
import { whole } from './answers.ts';
import { OAUTH2 } from './credentials/authorization.ts';
import { answer, Bench, numbered, numbersOf, recordsOf } from './fixtures.ts';
import { type Changes, SinkRig } from './rig.ts';

const BY_ID: CustomRecordsConfig = {
  kind: 'custom',
  items: ['result'],
  place: { by: 'id', pointer: ['id'] },
  status: null,
  judging: {
    success: itemRule.read('/error absent')!,
    failures: [{ status: 503, rule: itemRule.read('/error == "BUSY"')! }],
    failureStatus: 422,
  },
};

/** What an endpoint answers that says `ok`, `busy` or `bad` of each record; a record is the number that it holds. */
interface Dialect {
  readonly records: RecordsConfig;
  readonly status: number;
  readonly body: (outcomes: readonly (readonly [record: number, outcome: Outcome])[]) => unknown;
}

type Outcome = 'ok' | 'busy' | 'bad';

const STATUS = { ok: 201, busy: 429, bad: 400 };
const CODE = { busy: 'ProvisionedThroughputExceededException', bad: 'InvalidArgument' };

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'multi-status': {
    records: { kind: 'multi-status' },
    status: 207,
    body: of => of.map(([, outcome]) => ({ status: STATUS[outcome] })),
  },
  bulk: {
    records: { kind: 'bulk' },
    status: 200,
    body: of => ({
      errors: of.some(([, outcome]) => outcome !== 'ok'),
      items: of.map(([, outcome]) => ({
        index: { status: STATUS[outcome], ...(outcome !== 'ok' && { error: { type: outcome } }) },
      })),
    }),
  },
  kinesis: {
    records: { kind: 'kinesis' },
    status: 200,
    body: of => ({
      FailedRecordCount: of.filter(([, outcome]) => outcome !== 'ok').length,
      Records: of.map(([, outcome]) => (outcome === 'ok' ? { SequenceNumber: '1' } : { ErrorCode: CODE[outcome] })),
    }),
  },
  aep: {
    records: { kind: 'aep' },
    status: 207,
    body: of => ({
      responses: of
        .map(([, outcome], i) => ({
          xactionId: `x-${i}`,
          ...(outcome !== 'ok' && { statusCode: `${STATUS[outcome]}` }),
        }))
        .reverse(),
    }),
  },
  'custom by id': {
    records: BY_ID,
    status: 200,
    body: of => ({
      result: of
        .map(([record, outcome]) => ({
          id: `events-0-${record}`,
          ...(outcome !== 'ok' && { error: outcome.toUpperCase() }),
        }))
        .reverse(),
    }),
  },
};

function answersOf({ records, status }: Dialect): AnswersConfig {
  return { judging: null, records, recordStatuses: [[status, status]] };
}

function wholeOf(dialect: Dialect, value: unknown): Buffer {
  return whole(JSON.stringify(value), 'content-type: application/json\r\n', `${dialect.status} Some`);
}

async function rigWith(t: TestContext, bytes: readonly (string | Buffer)[], changes: Changes) {
  const endpoint = await new RawEndpoint(count => ({ bytes: bytes[count - 1] ?? '' })).start();
  const rig = new SinkRig(endpoint.url, changes);
  t.after(async () => {
    await rig.sink.close();
    await endpoint.close();
  });
  return { endpoint, rig };
}

describe('a partial failure', () => {
  for (const [name, dialect] of Object.entries(DIALECTS)) {
    it(`settles each record, and sends again only what was put off: ${name}`, async t => {
      const first = dialect.body([0, 1, 2, 3, 4].map(n => [n, (['ok', 'busy', 'bad', 'ok', 'busy'] as const)[n]!]));
      const second = dialect.body([1, 4].map(n => [n, n === 1 ? 'ok' : 'busy']));
      const third = dialect.body([[4, 'ok']]);
      const { rig, endpoint } = await rigWith(
        t,
        [first, second, third].map(value => wholeOf(dialect, value)),
        { http: { answers: answersOf(dialect) } },
      );
      const verdicts = await rig.deliver(numbered(5));
      assert.deepEqual(endpoint.bodies, ['[0,1,2,3,4]', '[1,4]', '[4]']);
      assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 3, 4]);
      assert.deepEqual(recordsOf(verdicts, 'rejected'), [2]);
      assert.ok(
        verdicts.every(verdict => !('response' in verdict)),
        'nothing of the answers is kept',
      );
    });

    it(`gives each record one verdict, and none that the endpoint did not give: ${name}`, async () => {
      const outcome = fc.constantFrom<Outcome>('ok', 'busy', 'bad');
      const plan = fc.array(fc.array(outcome, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(plan, fc.boolean(), async (outcomes, tolerant) => {
          // The outcomes of each record by turns; it is taken when they are spent.
          const tried = outcomes.map(() => 0);
          const bench = new Bench(
            request => {
              const of = numbersOf(request).map(n => [n, outcomes[n]![tried[n]!++] ?? 'ok'] as const);
              return answer(dialect.status, JSON.stringify(dialect.body(of)));
            },
            { http: { answers: answersOf(dialect) }, tolerance: tolerant ? 'all' : 'none' },
          );
          const { verdicts, end } = await bench.deliver(numbered(outcomes.length));
          const expected = outcomes.map(each => each.find(one => one !== 'busy') ?? 'ok');
          const told = verdicts.flatMap(({ kind, start, end: stop }) =>
            Array<Verdict['kind']>(stop - start).fill(kind),
          );
          const wanted = expected.map(one => (one === 'ok' ? 'delivered' : 'rejected'));
          assert.deepEqual(told, wanted.slice(0, told.length), 'in order');
          if (tolerant || !expected.includes('bad'))
            assert.deepEqual([end.kind, told.length], ['done', outcomes.length]);
          else assert.deepEqual([end.kind, told.includes('rejected')], ['halted', true]);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('whose items refuse our credentials renews them once, and sends those again', async () => {
    let tokens = 0;
    const bench = new Bench(
      ({ url, headers, body }) => {
        if (url.pathname === '/token') return answer(200, `{"access_token":"token-${++tokens}"}`);
        const renewed = headers['authorization'] === 'Bearer token-2';
        const items = (JSON.parse(body.toString()) as number[]).map(n => ({
          index: n === 0 || renewed ? { status: 201 } : { status: 401, error: {} },
        }));
        return answer(200, JSON.stringify({ errors: !renewed, items }));
      },
      { http: { auth: OAUTH2, answers: answersOf(DIALECTS['bulk']!) } },
    );
    const { verdicts, end } = await bench.deliver(numbered(2));
    assert.deepEqual([end.kind, recordsOf(verdicts, 'delivered'), tokens], ['done', [0, 1], 2]);
  });
});

describe('a body that is refused by a rule', () => {
  const judged = (failureStatus: number): AnswersConfig => ({
    judging: {
      success: [
        [{ subject: { kind: 'pointer', tokens: ['ok'] }, test: { kind: 'equals', values: [true], negated: false } }],
      ],
      failures: [],
      failureStatus,
    },
    records: { kind: 'multi-status' },
    recordStatuses: [[207, 207]],
  });

  it('is bisected down to the record', async () => {
    const bench = new Bench(request => answer(200, JSON.stringify({ ok: !numbersOf(request).includes(5) })), {
      http: { answers: judged(422) },
    });
    const { verdicts, end } = await bench.deliver(numbered(4, 4));
    assert.equal(end.kind, 'done');
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [5]);
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 2, 3, 4, 6, 7]);
    const [rejected] = verdicts.filter(verdict => verdict.kind === 'rejected');
    assert.match(rejected!.error.message, /answered 200 .* counts as 422/);
  });

  it('renews the credentials where it counts as 401', async () => {
    let tokens = 0;
    const bench = new Bench(
      ({ url, headers }) =>
        url.pathname === '/token'
          ? answer(200, `{"access_token":"token-${++tokens}"}`)
          : answer(200, JSON.stringify({ ok: headers['authorization'] === 'Bearer token-2' })),
      { http: { auth: OAUTH2, answers: judged(401) } },
    );
    const { verdicts } = await bench.deliver(numbered(2));
    assert.deepEqual([recordsOf(verdicts, 'delivered'), tokens], [[0, 1], 2]);
  });

  it('waits as long as it asks where it may pass', async () => {
    const bench = new Bench(
      (_, count) => answer(200, JSON.stringify({ ok: count === 2 }), count === 1 ? { 'retry-after': '7' } : {}),
      { http: { answers: judged(503) } },
    );
    await bench.deliver(numbered(2));
    assert.ok(bench.clock.now() >= 7_000);
  });

  it('confirms nothing beyond 299 before the whole request was taken', async () => {
    const bench = new Bench((_, count) => ({ ...answer(409), bodySent: count > 1 }), {
      http: { successStatuses: [[409, 409]] },
    });
    const { verdicts } = await bench.deliver(numbered(2));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1]);
    assert.match(bench.factsOf('request-failed')[0]!.reason, /409 before it had the whole request/);
  });
});

describe('what is kept of an answer', () => {
  const mask = (text: string): string => text.replaceAll('hunter22', '[hidden]');

  it('is what refused the record, and what it says of it, on one line', async t => {
    const items = [201, 400, 400].map((status, n) => ({
      index: { status, ...(status === 400 && { error: { type: 'x', reason: `canary\r\n${n} hunter22` } }) },
    }));
    const body = JSON.stringify({ errors: true, items });
    const { rig } = await rigWith(t, [whole(body)], { http: { answers: answersOf(DIALECTS['bulk']!) }, mask });
    const verdicts = await rig.deliver(numbered(3));
    const kept = verdicts.flatMap(verdict => (verdict.kind === 'rejected' ? [verdict.response] : []));
    const item = (n: number): string =>
      `{"index":{"status":400,"error":{"type":"x","reason":"canary\\r\\n${n} [hidden]"}}}`;
    assert.deepEqual(
      kept,
      [1, 2].map(n => ({ status: 200, body: mask(body), record: { status: 400, body: item(n) } })),
    );
    assert.ok(!JSON.stringify(rig.facts).includes('canary'), 'and nobody else is told');
  });

  it('is short, clean and without credentials, whatever the endpoint repeats', async t => {
    const basic = Buffer.from('user:correct horse').toString('base64');
    const hostile = `\u0000\u001b[31mno\r\n\tway\u202e hun\u0000ter22 hunter22 ${basic} ${'\u{1f600}'.repeat(400)}`;
    const { rig } = await rigWith(t, [whole(hostile, 'content-type: text/plain\r\n', '400 Bad')], {
      http: { headers: {} },
      mask: text => mask(text).replaceAll(basic, '[hidden]'),
    });
    const [verdict] = await rig.deliver(numbered(1));
    assert.ok(verdict?.kind === 'rejected' && verdict.response !== undefined);
    const { body, status, record } = verdict.response;
    assert.deepEqual([status, record], [400, null]);
    assert.match(body, /^\[31mno way \[hidden\] \[hidden\] \[hidden\] (?:\u{1f600})+$/u);
    assert.ok(Buffer.byteLength(body) <= 1_024 && Buffer.byteLength(body) > 1_000);
  });

  it('hides the token that the request carried', async () => {
    const bench = new Bench(
      ({ url, headers }) =>
        url.pathname === '/token'
          ? answer(200, '{"access_token":"t0k3n-canary"}')
          : answer(400, `you sent ${headers['authorization']}, that is t0k3n-canary`),
      { http: { auth: OAUTH2 }, mask: text => text },
    );
    const { verdicts } = await bench.deliver(numbered(1));
    assert.ok(verdicts[0]?.kind === 'rejected');
    assert.equal(verdicts[0].response?.body, 'you sent Bearer [hidden], that is [hidden]');
  });

  it('hides a secret of several lines', async () => {
    const secret = 'first line\nsecond line';
    const bench = new Bench(() => answer(400, `<${secret}>`), { mask: text => text.replaceAll(secret, '[hidden]') });
    const { verdicts } = await bench.deliver(numbered(1));
    assert.ok(verdicts[0]?.kind === 'rejected');
    assert.equal(verdicts[0].response?.body, '<[hidden]>');
  });

  it('is nothing of a body that is encoded', async () => {
    const bench = new Bench(() => answer(400, '\x1f\u008b\0', { 'content-encoding': 'compress' }), {
      mask: text => text,
    });
    const { verdicts } = await bench.deliver(numbered(1));
    assert.ok(verdicts[0]?.kind === 'rejected');
    assert.deepEqual(verdicts[0].response, { status: 400, body: '', record: null });
  });
});
