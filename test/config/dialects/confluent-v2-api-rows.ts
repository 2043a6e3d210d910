import type { Keys } from '../written.ts';
import type { Row } from './row.ts';

type Parts = Readonly<Record<string, unknown>>;

/** A row of one API, whose keys stand without `api<n>.` here; `{api}` in a pattern is that. */
interface ApiRow {
  readonly key: string;
  readonly beside?: Keys;
  readonly unset: Parts;
  readonly written: readonly (readonly [text: string, parts: Parts])[];
  readonly faults?: readonly (readonly [text: string | null, fault: string, beside?: Keys])[];
}

const macro = (kind: string, pointer: readonly string[] = []) => ({ kind, pointer });
const NOT_BOOLEAN = 'must be true or false, not "yes"';
const BATCH: Keys = { 'request.body.format': 'STRING', 'max.batch.size': '10' };
const whole = (key: string): string => `must be a whole number`.concat(key === '' ? '' : ` ${key}`);

const ADDRESS: readonly ApiRow[] = [
  {
    key: 'topics',
    unset: {},
    written: [['events', {}]],
    faults: [
      ['a b', 'invalid {api}topics must be topic names'],
      ['other', 'conflict topics holds events, which no API has'],
    ],
  },
  {
    key: 'http.api.path',
    unset: { 'http.url.href': 'https://h/' },
    written: [
      ['/a?b=c', { 'http.url.href': 'https://h/a?b=c', 'http.route.url': null }],
      ['a', { 'http.url.href': 'https://h/a' }],
      ['/x/${topic}', { 'http.route.url.path.1.kind': 'topic' }],
      ['/x/${id}', { 'http.route.url.path.1': macro('value', ['id']) }],
      ['/?c=${customer.id}', { 'http.route.url.query.1': macro('value', ['customer', 'id']) }],
      ['/${key}', { 'http.route.url.path.1': macro('key') }],
    ],
    faults: [
      ['/{a}', 'conflict {api}http.api.path holds {a}, which {api}http.path.parameters does not name: write a:'],
      ['/a b', 'invalid {api}http.api.path must not hold blanks'],
    ],
  },
  {
    key: 'http.request.method',
    unset: { 'http.method': 'POST' },
    written: [
      ['put', { 'http.method': 'PUT' }],
      ['PATCH', { 'http.method': 'PATCH' }],
      ['GET', { 'http.method': 'GET', 'http.route.bodiless': true, 'batch.format': 'single' }],
      [
        'DELETE',
        {
          'http.method': 'DELETE',
          'http.route.url.path': ['/', { ...macro('key'), source: '${key}', fallback: null }],
        },
      ],
    ],
    faults: [['HEAD', 'invalid {api}http.request.method must be POST, PUT, PATCH, GET or DELETE']],
  },
  {
    key: 'http.path.parameters',
    beside: { 'http.api.path': '/${a}/{b}/c' },
    unset: {},
    written: [
      ['a:1|b:x y/z', { 'http.url.href': 'https://h/1/x%20y%2Fz/c' }],
      ['a:${id}|b:${key}', { 'http.route.url.path.1': macro('value', ['id']), 'http.route.url.path.3': macro('key') }],
    ],
    faults: [
      ['a', 'invalid {api}http.path.parameters holds as its 1. item what is no parameter: name:value'],
      ['a:1|b:2|c:3', 'conflict {api}http.path.parameters holds c, which {api}http.api.path does not'],
    ],
  },
  {
    key: 'http.path.parameters.separator',
    beside: { 'http.api.path': '/${a}/${b}', 'http.path.parameters': 'a:1|b:2;b:3' },
    unset: { 'http.url.href': 'https://h/1/2;b:3' },
    written: [[';', { 'http.url.href': 'https://h/1%7Cb:2/3' }]],
  },
  {
    key: 'http.request.parameters',
    unset: { 'http.url.search': '' },
    written: [
      ['a=1&b=x=y', { 'http.url.search': '?a=1&b=x%3Dy' }],
      ['a=${topic}', { 'http.route.url.query.0': '?a=', 'http.route.url.query.1.kind': 'topic' }],
    ],
    faults: [['a', 'invalid {api}http.request.parameters holds as its 1. item what is no parameter: name=value']],
  },
  {
    key: 'http.request.parameters.separator',
    beside: { 'http.request.parameters': 'a=1;b=2' },
    unset: { 'http.url.search': '?a=1;b%3D2' },
    written: [[';', { 'http.url.search': '?a=1&b=2' }]],
  },
];

const REQUEST: readonly ApiRow[] = [
  {
    key: 'http.request.headers',
    unset: { 'http.headers': {} },
    written: [
      [
        'Content-Type: application/json|X-A: b:c',
        { 'http.headers': { 'content-type': 'application/json', 'x-a': 'b:c' } },
      ],
      ['X-Id: of ${id}', { 'http.route.headers.x-id.1': macro('value', ['id']) }],
    ],
    faults: [
      ['no header', 'invalid {api}http.request.headers holds as its 1. item what is no header'],
      ['Host: x', 'forbidden {api}http.request.headers holds host'],
    ],
  },
  {
    key: 'http.request.headers.separator',
    beside: { 'http.request.headers': 'A:1|B:2;C:3' },
    unset: { 'http.headers': { a: '1', b: '2;C:3' } },
    written: [[';', { 'http.headers': { a: '1|B:2', c: '3' } }]],
  },
  {
    key: 'http.request.sensitive.headers',
    beside: { 'http.request.headers': 'X-A: 1' },
    unset: { 'http.headers': { 'x-a': '1' } },
    written: [
      ['X-B: geheim', { 'http.headers': { 'x-a': '1', 'x-b': 'geheim' } }],
      ['x-a: geheim', { 'http.headers': { 'x-a': 'geheim' } }],
    ],
    faults: [['geheim', 'invalid {api}http.request.sensitive.headers holds as its 1. item what is no header']],
  },
  {
    key: 'forward.kafka.headers',
    unset: { 'http.route.forward': [{ prefix: '' }] },
    written: [['false', { 'http.route.forward': [] }]],
    faults: [['yes', `invalid {api}forward.kafka.headers ${NOT_BOOLEAN}`]],
  },
  {
    key: 'http.response.compression.enabled',
    unset: { 'http.coding.compressedAnswers': true },
    written: [['false', { 'http.coding.compressedAnswers': false }]],
    faults: [['yes', `invalid {api}http.response.compression.enabled ${NOT_BOOLEAN}`]],
  },
  {
    key: 'allow.get.request.body',
    beside: { 'http.request.method': 'GET' },
    unset: { 'http.route.bodiless': true },
    written: [['true', { 'http.route.bodiless': false }]],
    faults: [['yes', `invalid {api}allow.get.request.body ${NOT_BOOLEAN}`]],
  },
  {
    key: 'http.connect.timeout.ms',
    unset: { 'http.connectTimeoutMs': 30_000, 'http.timeoutMs': 60_000 },
    written: [
      ['40000', { 'http.connectTimeoutMs': 40_000, 'http.timeoutMs': 70_000 }],
      ['0', { 'http.connectTimeoutMs': 86_400_000 }],
    ],
    faults: [['1s', `invalid {api}http.connect.timeout.ms ${whole('')}`]],
  },
  {
    key: 'http.request.timeout.ms',
    unset: { 'http.timeoutMs': 60_000 },
    written: [
      ['5000', { 'http.timeoutMs': 35_000 }],
      ['0', { 'http.timeoutMs': 86_400_000 }],
    ],
    faults: [['-1', `invalid {api}http.request.timeout.ms ${whole('')}`]],
  },
  {
    key: 'behavior.on.null.values',
    beside: { 'http.api.path': '/in' },
    unset: { 'values.onNull': 'ignore', 'http.route.deleteUrl': null },
    written: [
      ['fail', { 'values.onNull': 'fail' }],
      [
        'DELETE',
        {
          'values.onNull': 'delete',
          'http.route.deleteUrl.path.0': '/in/',
          'http.route.deleteUrl.path.1': macro('key'),
        },
      ],
    ],
    faults: [['log', 'invalid {api}behavior.on.null.values must be IGNORE, DELETE or FAIL']],
  },
  {
    key: 'upsert.method',
    unset: {},
    written: [['none', {}]],
    faults: [['POST', 'unsupported {api}upsert.method is not supported']],
  },
  {
    key: 'upsert.api.path',
    unset: {},
    written: [['', {}]],
    faults: [['/x', 'conflict {api}upsert.api.path must not be written while {api}upsert.method is NONE']],
  },
  {
    key: 'upsert.on.field.value',
    unset: {},
    written: [['', {}]],
    faults: [['$.a=b', 'conflict {api}upsert.on.field.value must not be written while {api}upsert.method is NONE']],
  },
  { key: 'test.api', unset: {}, written: [['true', {}]], faults: [['yes', `invalid {api}test.api ${NOT_BOOLEAN}`]] },
];

const BODIES: readonly ApiRow[] = [
  {
    key: 'request.body.format',
    unset: { 'batch.format': 'joined', 'values.written': 'json' },
    written: [
      ['string', { 'batch.format': 'joined', 'values.written': 'java' }],
      ['json', { 'values.written': 'json' }],
    ],
    faults: [['avro', 'invalid {api}request.body.format must be JSON or STRING']],
  },
  {
    key: 'batch.json.as.array',
    unset: { 'batch.format': 'joined', 'batch.maxRecords': 1 },
    written: [['true', { 'batch.format': 'array' }]],
    faults: [
      ['yes', `invalid {api}batch.json.as.array ${NOT_BOOLEAN}`],
      [
        'false',
        'conflict {api}batch.json.as.array can be false with {api}max.batch.size=1 alone',
        { 'max.batch.size': '2' },
      ],
    ],
  },
  {
    key: 'http.request.body',
    unset: { 'http.route.body.kind': 'json' },
    written: [
      [
        '{"k":"${key}","x":"${other.f}"}',
        {
          'http.route.body.kind': 'text',
          'http.route.body.template.0': '{"k":"',
          'http.route.body.template.1': macro('key'),
          'http.route.body.template.3': macro('value', ['other', 'f']),
          'http.headers': { 'content-type': 'application/json' },
        },
      ],
      ['${env:A} {x}', { 'http.route.body.template': ['${env:A} {x}'] }],
      [
        'costs $${price}',
        { 'http.route.body.template.0': 'costs $', 'http.route.body.template.1': macro('value', ['price']) },
      ],
    ],
  },
  {
    key: 'batch.key.pattern',
    beside: BATCH,
    unset: { 'http.route.batchKey': null },
    written: [
      ['fixed', { 'http.route.batchKey': null }],
      ['${topic}/${key}', { 'http.route.batchKey.0.kind': 'topic', 'http.route.batchKey.2.kind': 'key' }],
    ],
  },
  {
    key: 'max.batch.size',
    beside: { 'batch.json.as.array': 'true' },
    unset: { 'batch.maxRecords': 1, 'batch.maxBytes': 16_777_216 },
    written: [
      ['500', { 'batch.maxRecords': 500 }],
      ['20000', { 'batch.maxRecords': 20_000, 'delivery.maxUncommittedRecords': 20_000 }],
    ],
    faults: [['0', `invalid {api}max.batch.size ${whole('from 1')}`]],
  },
  { key: 'batch.prefix', beside: BATCH, unset: { 'batch.prefix': '' }, written: [['<', { 'batch.prefix': '<' }]] },
  { key: 'batch.suffix', beside: BATCH, unset: { 'batch.suffix': '' }, written: [[']\\n', { 'batch.suffix': ']\n' }]] },
  {
    key: 'batch.separator',
    beside: BATCH,
    unset: { 'batch.separator': ',' },
    written: [['\\n', { 'batch.separator': '\n' }]],
  },
  {
    key: 'regex.patterns',
    beside: { 'regex.replacements': 'b' },
    unset: { 'http.route.replace': null },
    written: [['a', { 'http.route.replace.steps.0.pattern': 'a' }]],
    faults: [['(', 'invalid {api}regex.patterns holds an expression']],
  },
  {
    key: 'regex.replacements',
    beside: { 'regex.patterns': 'a' },
    unset: { 'http.route.replace.steps.0.replacement': [] },
    written: [['x${key}', { 'http.route.replace.steps.0.replacement.1': macro('key') }]],
    faults: [['a~b', 'conflict {api}regex.replacements has 2 for the 1 of']],
  },
  {
    key: 'regex.separator',
    beside: { 'regex.patterns': 'a~b', 'regex.replacements': 'x~y' },
    unset: { 'http.route.replace.steps.1.pattern': 'b' },
    written: [['#', { 'http.route.replace.steps.0.pattern': 'a~b' }]],
  },
];

const ANSWERS: readonly ApiRow[] = [
  {
    key: 'max.retries',
    unset: { 'http.attempts.mostRetried': 6, 'http.attempts.most': 0 },
    written: [
      ['3', { 'http.attempts.mostRetried': 4 }],
      ['0', { 'http.attempts': null }],
    ],
    faults: [['5001', `invalid {api}max.retries ${whole('from 0 to 5000')}`]],
  },
  {
    key: 'retry.backoff.ms',
    unset: { 'http.retryBackoffMs': 3_000, 'http.retryBackoffMaxMs': 60_000 },
    written: [['500', { 'http.retryBackoffMs': 500, 'http.retryBackoffMaxMs': 60_000 }]],
    faults: [['3s', `invalid {api}retry.backoff.ms ${whole('')}`]],
  },
  {
    key: 'retry.backoff.policy',
    unset: { 'http.retryBackoffMaxMs': 60_000 },
    written: [['CONSTANT_VALUE', { 'http.retryBackoffMaxMs': 3_000 }]],
    faults: [['LINEAR', 'invalid {api}retry.backoff.policy must be EXPONENTIAL_WITH_JITTER or CONSTANT_VALUE']],
  },
  {
    key: 'retry.on.status.codes',
    unset: { 'http.attempts.retryStatuses': [[400, 499]] },
    written: [
      ['404,500-', { 'http.attempts.retryStatuses': [[404, 404]] }],
      ['500-', { 'http.attempts': null }],
    ],
    faults: [['4xx', 'invalid {api}retry.on.status.codes must be codes and ranges']],
  },
  {
    key: 'report.only.status.code.to.success.topic',
    beside: { '/reporter.result.topic.name': 'done' },
    unset: { 'reporter.success.value': 'response' },
    written: [['true', { 'reporter.success.value': 'status' }]],
    faults: [['yes', `invalid {api}report.only.status.code.to.success.topic ${NOT_BOOLEAN}`]],
  },
];

const ROWS: readonly ApiRow[] = [...ADDRESS, ...REQUEST, ...BODIES, ...ANSWERS];

const OF_CONNECTOR = /^(?:delivery|reporter|errors)\./;

/** Of the n-th API the table in full, or that its keys are known: what they mean is held against another one's elsewhere. */
export function apiRows(n: number, inFull: boolean): readonly Row[] {
  const api = `api${n}.`;
  const named = (keys: Keys): Keys =>
    Object.fromEntries(
      Object.entries(keys).map(([key, text]) => [key.startsWith('/') ? key.slice(1) : api + key, text]),
    );
  const located = (parts: Parts): Parts =>
    Object.fromEntries(
      Object.entries(parts).map(([path, part]) => [
        n === 1 || OF_CONNECTOR.test(path) ? path : `endpoints.${n - 1}.${path}`,
        part,
      ]),
    );
  const pattern = (text: string): RegExp =>
    new RegExp(`^${text.replaceAll('{api}', api).replaceAll(/[.?${}()|[\]+*]/g, '\\$&')}`);
  return ROWS.filter(({ key }) => n === 1 || !(key === 'topics' || key.startsWith('report.only')))
    .map(
      ({ key, beside = {}, unset, written, faults = [] }): Row => ({
        key: api + key,
        beside: { ...siblings(n), ...named(beside) },
        unset: inFull ? located(unset) : {},
        written: (inFull ? written : []).map(([text, parts]) => [text, located(parts)]),
        faults: (inFull ? faults : []).map(([text, fault, others = {}]) => [text, pattern(fault), named(others)]),
      }),
    )
    .concat(n === 1 ? [] : ofLater(n));
}

/** The APIs before the n-th, each with a topic of its own. */
function siblings(n: number): Keys {
  if (n === 1) return {};
  const before = Array.from({ length: n - 1 }, (_, i) => i + 1);
  return {
    topics: ['events', ...before.map(i => `t${i}`)].join(','),
    'apis.num': String(n),
    ...Object.fromEntries(before.map(i => [`api${i}.topics`, `t${i}`])),
    [`api${n}.topics`]: 'events',
  };
}

function ofLater(n: number): readonly Row[] {
  const key = (rest: string): string => `api${n}.${rest}`;
  return [
    {
      key: key('topics'),
      beside: siblings(n),
      unset: {},
      written: [['events', { [`endpoints.${n - 1}.topics`]: ['events'], [`endpoints.${n - 1}.alias`]: `api${n}` }]],
      faults: [[null, new RegExp(`^missing ${key('topics')} is required`)]],
    },
    {
      key: key('report.only.status.code.to.success.topic'),
      beside: siblings(n),
      unset: {},
      written: [['false', {}]],
      faults: [['true', new RegExp(`^unsupported ${key('report.only.status.code.to.success.topic')} must be as api1`)]],
    },
  ];
}
