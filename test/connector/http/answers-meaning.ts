import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { AnswersConfig, RecordsConfig, Rule } from '../../../config/answer-types.ts';
import { answerRule, itemRule } from '../../../config/schema/answer-rule.ts';
import type { HttpConfig } from '../../../config/types.ts';
import { type Row, row, whole } from './answers.ts';

const USUAL: AnswersConfig = { judging: null, records: { kind: 'multi-status' }, recordStatuses: [[207, 207]] };

const rule = (text: string): Rule => answerRule.read(text)!;

/** `success` must hold, and of those that fit none of `failures` it is 422 that they count as. */
function when(success: string | null, failures: Readonly<Record<number, string>> = {}): Partial<HttpConfig> {
  const judging = {
    success: success === null ? null : rule(success),
    failures: Object.entries(failures).map(([status, text]) => ({ status: Number(status), rule: rule(text) })),
    failureStatus: 422,
  };
  return { answers: { ...USUAL, judging } };
}

function records(config: RecordsConfig, status = 200): Partial<HttpConfig> {
  return { answers: { judging: null, records: config, recordStatuses: [[status, status]] } };
}

const confirming = (...ranges: [number, number][]): Partial<HttpConfig> => ({ successStatuses: ranges });
const json = (value: unknown, status = '200 OK'): Buffer =>
  whole(JSON.stringify(value), 'content-type: application/json\r\n', status);
const chunked = (...chunks: string[]): string =>
  `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${[...chunks, ''].map(chunk => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}`;

const UNCLEAR = /leaves it open whether http\.response\.success\.when/;
const COUNTS = /what http\.response\.success\.when and http\.response\.failure\.when\.\* say counts as 422$/;
const NOT_EACH = /answered 200 without one status for each/;

/** One kind of configuration, and answers to it. */
export interface Meaning {
  readonly name: string;
  readonly http: Partial<HttpConfig>;
  /** What confirms three records, or what is left of them. */
  readonly fine: Buffer;
  readonly rows: readonly Row[];
}

const STATUSES: readonly Meaning[] = [
  {
    name: 'statuses of all hundreds confirm',
    http: confirming([200, 299], [302, 302], [409, 409], [500, 599]),
    fine: whole(''),
    rows: [
      row('confirmed', 'a duplicate', json({ error: 'exists' }, '409 Conflict')),
      row('confirmed', 'a redirect', whole('', 'location: /\r\n', '302 Found')),
      row('confirmed', 'an error', whole('', '', '503 Busy')),
      row('parked', 'a page that says it is a duplicate', whole('<html>', '', '409 Conflict'), /409 with a web page/),
      row('parked', 'a compressed duplicate', whole(gzipSync('{}'), 'content-encoding: gzip\r\n', '409 Conflict')),
      row('refused', 'one that does not', json({}, '400 Bad')),
      row('repeated', 'another of its hundred', whole('', '', '429 Slow'), /answered 429$/),
    ],
  },
  {
    name: 'a 207 is an answer like any other',
    http: { ...confirming([200, 299]), answers: { ...USUAL, records: { kind: 'none' }, recordStatuses: [] } },
    fine: whole(''),
    rows: [
      row('confirmed', 'with nothing to read', whole('', '', '207 Multi')),
      row('confirmed', 'that says otherwise', json([{ status: 400 }], '207 Multi')),
    ],
  },
  {
    name: 'a 207 is an answer like any other, and not among those that confirm',
    http: { answers: { ...USUAL, records: { kind: 'none' }, recordStatuses: [] } },
    fine: whole(''),
    rows: [
      row('parked', 'with a status each', json(Array(3).fill({ status: 200 }), '207 Multi'), /answered 207: a status/),
    ],
  },
];

const RULES: readonly Meaning[] = [
  {
    name: '/errors == false',
    http: when('/errors == false'),
    fine: json({ errors: false }),
    rows: [
      row('confirmed', 'no errors', json({ errors: false })),
      row('confirmed', 'no errors, in chunks', chunked('{"err', 'ors":false', '}')),
      row('confirmed', 'no errors, behind a byte order mark', whole('\ufeff{"errors":false}')),
      row('confirmed', 'no errors as HTML', whole('{"errors":false}', 'content-type: text/html\r\n')),
      row('refused', 'errors', json({ errors: true }), COUNTS),
      row('refused', 'errors as a text', json({ errors: 'false' }), COUNTS),
      row('refused', 'no word of errors', json({}), COUNTS),
      row('refused', 'a JSON null', json(null), COUNTS),
      row('refused', 'the last of two', whole('{"errors":false,"errors":true}'), COUNTS),
      row('parked', 'nothing', whole(''), UNCLEAR),
      row('parked', '204', 'HTTP/1.1 204 No Content\r\n\r\n', UNCLEAR),
      row('parked', 'a text', whole('errors: false', 'content-type: text/plain\r\n'), UNCLEAR),
      row('parked', 'half of it', whole('{"errors":false'), UNCLEAR),
      row('parked', 'something behind it', whole('{"errors":false} ok'), UNCLEAR),
      row('parked', 'more than is read', whole(`{"errors":false,"x":"${'y'.repeat(70_000)}"}`), UNCLEAR),
      row('parked', 'a tower behind it', whole(`{"errors":false,"x":${'['.repeat(1_000)}`), UNCLEAR),
      row('parked', 'brotli', whole(brotliCompressSync('{"errors":false}'), 'content-encoding: br\r\n'), /encoding/),
      row('parked', 'a page', whole('<html>{"errors":false}', ''), /web page/),
      row('repeated', 'an answer that is cut', {
        bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"errors":false}',
        afterwards: 'close',
      }),
      row('repeated', 'no errors with 503', json({ errors: false }, '503 Busy'), /answered 503$/),
    ],
  },
  {
    name: 'what a failure counts as',
    http: when('/ok == true or status == 204', {
      401: '/code == "EXPIRED"',
      403: '/code == "DENIED"',
      413: '/code == "LARGE"',
      429: '/code == "BUSY"',
      503: 'body ~ (?i)maintenance',
    }),
    fine: json({ ok: true }),
    rows: [
      row('confirmed', 'it is fine', json({ ok: true })),
      row('parked', 'expired credentials', json({ code: 'EXPIRED' }), /counts as 401: it does not accept/),
      row('parked', 'no permission', json({ code: 'DENIED' }), /counts as 403: the credentials are known/),
      row('refused', 'too large', json({ code: 'LARGE' }), /counts as 413/),
      row('repeated', 'busy', json({ code: 'BUSY' }), /counts as 429$/),
      row('repeated', 'busy, though it is fine', json({ ok: true, code: 'BUSY' }), /counts as 429$/),
      row('repeated', 'maintenance', json({ note: 'Maintenance until 8' }), /counts as 503$/),
      row('refused', 'anything else', json({ code: 'BAD' }), COUNTS),
      row('parked', 'a text whose first rules are open', whole('MAINTENANCE', ''), UNCLEAR),
    ],
  },
  {
    name: 'a body as a text',
    http: when('body ~ ^OK or status == 204'),
    fine: whole('OK', ''),
    rows: [
      row('confirmed', 'OK', whole('OK 3', 'content-type: text/plain\r\n')),
      row('confirmed', '204', 'HTTP/1.1 204 No Content\r\n\r\n'),
      row('refused', 'nothing', whole('', ''), COUNTS),
      row('refused', 'not OK', whole('not OK', ''), COUNTS),
      row('parked', 'more than is read', whole(`OK ${'x'.repeat(70_000)}`, ''), UNCLEAR),
    ],
  },
];

const bulk = (errors: boolean, ...items: unknown[]): Buffer => json({ took: 1, errors, items });
const kinesis = (failed: number, ...of: unknown[]): Buffer => json({ FailedRecordCount: failed, Records: of });
const aep = (...responses: unknown[]): Buffer => json({ responses }, '207 Multi');
const created = { create: { status: 201 } };
const number = { SequenceNumber: '1', ShardId: 's' };

const MAPPERS: readonly Meaning[] = [
  {
    name: 'bulk',
    http: records({ kind: 'bulk' }),
    fine: json({ errors: false }),
    rows: [
      row('confirmed', 'all', bulk(false, created, created, created)),
      row('confirmed', 'errors alone', json({ errors: false })),
      row('repeated', 'too many', bulk(true, ...Array(3).fill({ index: { status: 429, error: {} } })), null),
      row('refused', 'no mapping', bulk(true, ...Array(3).fill({ index: { status: 400, error: {} } })), null),
      row('parked', 'no index', bulk(true, ...Array(3).fill({ index: { status: 404, error: {} } })), /200 with 404/),
      row('parked', 'one too few', bulk(false, created, created), NOT_EACH),
      row('parked', 'nothing', whole(''), NOT_EACH),
      row(
        'parked',
        'more than is read',
        whole(`{"errors":false,"x":"${'y'.repeat(70_000)}"}`),
        /200 with more than is read/,
      ),
      row('repeated', 'all of it too much', json({ error: {} }, '429 Slow'), /answered 429$/),
    ],
  },
  {
    name: 'kinesis',
    http: records({ kind: 'kinesis' }),
    fine: kinesis(0, number, number, number),
    rows: [
      row('confirmed', 'all', kinesis(0, number, number, number)),
      row(
        'repeated',
        'too fast',
        kinesis(3, ...Array(3).fill({ ErrorCode: 'ProvisionedThroughputExceededException' })),
      ),
      row('parked', 'a count that does not fit', kinesis(1, number, number, number), NOT_EACH),
      row('parked', 'nothing of records', json({}), NOT_EACH),
    ],
  },
  {
    name: 'aep',
    http: records({ kind: 'aep' }, 207),
    fine: aep(...Array(3).fill({ xactionId: 'x' })),
    rows: [
      row('confirmed', 'all', aep({ xactionId: '1:2:3:0' }, { xactionId: '1:2:3:1' }, { xactionId: '1:2:3:2' })),
      row('refused', 'none', aep(...Array(3).fill({ statusCode: 400, message: 'unknown xdm format' }))),
      row('repeated', 'none for now', aep(...Array(3).fill({ status: '503' }))),
      row(
        'parked',
        'one too few',
        aep({ xactionId: '1:2:3:0' }, { statusCode: 400 }),
        /answered 207 without one status/,
      ),
      row('confirmed', 'a plain 200, which is not read', json({})),
    ],
  },
  {
    name: 'custom by id',
    http: records({
      kind: 'custom',
      items: ['result'],
      place: { by: 'id', pointer: ['id'] },
      status: null,
      judging: { success: itemRule.read('/error absent')!, failures: [], failureStatus: 503 },
    }),
    fine: json({}),
    rows: [
      row('parked', 'ids of others', json({ result: [7, 8, 9].map(n => ({ id: `events-0-${n}` })) }), NOT_EACH),
      row('parked', 'no ids', json({ result: [{}, {}, {}] }), NOT_EACH),
    ],
  },
  {
    name: 'custom by index',
    http: records({
      kind: 'custom',
      items: ['result'],
      place: { by: 'index', pointer: ['n'], first: 1 },
      status: null,
      judging: { success: itemRule.read('/error absent')!, failures: [], failureStatus: 503 },
    }),
    fine: json({ result: [1, 2, 3].map(n => ({ n })) }),
    rows: [
      row('confirmed', 'any order', json({ result: [3, 1, 2].map(n => ({ n })) })),
      row('repeated', 'errors', json({ result: [3, 1, 2].map(n => ({ n, error: 'x' })) })),
      row('parked', 'an index twice', json({ result: [1, 1, 2].map(n => ({ n })) }), NOT_EACH),
      row('parked', 'indices from 0', json({ result: [0, 1, 2].map(n => ({ n })) }), NOT_EACH),
    ],
  },
];

export const MEANINGS: readonly Meaning[] = [...STATUSES, ...RULES, ...MAPPERS];
