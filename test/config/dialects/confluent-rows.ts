import type { Keys } from '../written.ts';
import { AUTH_ROWS } from './confluent-auth-rows.ts';
import { REPORT_ROWS } from './confluent-report-rows.ts';
import type { Row } from './row.ts';

const JSON_BODY: Keys = { 'request.body.format': 'json' };
const BATCH: Keys = { 'batch.max.size': '10' };
const PROXY: Keys = { 'http.proxy.host': 'p', 'http.proxy.port': '3128' };
const NOT_BOOLEAN = (key: string): RegExp => new RegExp(`^invalid ${key} must be true or false, not "yes"`);
const macro = (kind: string, pointer: readonly string[] = []) => ({ kind, pointer });

const REQUEST: readonly Row[] = [
  {
    key: 'http.api.url',
    unset: {},
    written: [
      ['https://h/a?b=c', { 'http.url.href': 'https://h/a?b=c', 'http.route.url': null }],
      ['https://h/${topic}', { 'http.route.url.path.1.kind': 'topic' }],
      ['https://h/x/${key}', { 'http.route.url.path.1': macro('key') }],
      ['https://h/${id}', { 'http.route.url.path.1': macro('value', ['id']) }],
      ['https://h/?c=${customer.id}', { 'http.route.url.query.1': macro('value', ['customer', 'id']) }],
      ['https://h/${key.id}', { 'http.route.url.path.1': macro('key', ['id']) }],
      ['https://h/${value.id}', { 'http.route.url.path.1': macro('value', ['id']) }],
    ],
    faults: [
      [null, /^missing http\.api\.url is required/],
      ['ftp://h/', /^invalid http\.api\.url must be an absolute http/],
      ['https://${topic}/', /^invalid http\.api\.url must not hold a macro before its path/],
    ],
  },
  {
    key: 'request.method',
    unset: { 'http.method': 'POST' },
    written: [
      ['put', { 'http.method': 'PUT' }],
      ['PATCH', { 'http.method': 'PATCH' }],
    ],
    faults: [['DELETE', /^invalid request\.method must be POST, PUT or PATCH, not "DELETE"/]],
  },
  {
    key: 'headers',
    unset: { 'http.headers': {} },
    written: [
      [
        'Content-Type: application/json|X-A: b:c',
        { 'http.headers.content-type': 'application/json', 'http.headers.x-a': 'b:c' },
      ],
      ['X-Key: of ${key}', { 'http.route.headers.x-key.1': macro('key') }],
      ['X-A:1|x-a:2', { 'http.headers': { 'x-a': '2' } }],
    ],
    faults: [
      ['no header', /^invalid headers holds as its 1\. item what is no header/],
      ['Host: x', /^forbidden headers holds host, which the HTTP client sets by itself/],
      ['a b: c', /^invalid headers is not a name that an HTTP header can have/],
    ],
  },
  {
    key: 'sensitive.headers',
    unset: { 'http.headers': {} },
    written: [['Authorization: ApiKey geheim', { 'http.headers.authorization': 'ApiKey geheim' }]],
    faults: [['geheim', /^invalid sensitive\.headers holds as its 1\. item what is no header/]],
  },
  {
    key: 'header.separator',
    beside: { headers: 'A:1|B:2;C:3' },
    unset: { 'http.headers': { a: '1', b: '2;C:3' } },
    written: [[';', { 'http.headers': { a: '1|B:2', c: '3' } }]],
  },
  {
    key: 'http.connect.timeout.ms',
    unset: { 'http.connectTimeoutMs': 30_000, 'http.timeoutMs': 60_000 },
    written: [
      ['1000', { 'http.connectTimeoutMs': 1_000, 'http.timeoutMs': 31_000 }],
      ['0', { 'http.connectTimeoutMs': 86_400_000 }],
    ],
    faults: [['1s', /^invalid http\.connect\.timeout\.ms must be a whole number/]],
  },
  {
    key: 'http.request.timeout.ms',
    unset: { 'http.timeoutMs': 60_000 },
    written: [
      ['5000', { 'http.timeoutMs': 35_000 }],
      ['0', { 'http.timeoutMs': 86_400_000 }],
    ],
    faults: [['-1', /^invalid http\.request\.timeout\.ms must be a whole number/]],
  },
  {
    key: 'http.proxy.host',
    beside: { 'http.proxy.port': '3128' },
    unset: { 'http.connection.proxies': null },
    written: [['p.example', { 'http.connection.proxies.https.url.href': 'http://p.example:3128/' }]],
    faults: [['a b', /^invalid http\.proxy\.host must not hold blanks/]],
  },
  {
    key: 'http.proxy.port',
    beside: { 'http.proxy.host': 'p' },
    unset: {},
    written: [['8888', { 'http.connection.proxies.http.url.href': 'http://p:8888/' }]],
    faults: [
      [null, /^missing http\.proxy\.port is required beside http\.proxy\.host/],
      ['70000', /^invalid http\.proxy\.port must be a whole number from 0 to 65535/],
    ],
  },
  {
    key: 'http.proxy.user',
    beside: PROXY,
    unset: { 'http.connection.proxies.https.credentials': null },
    written: [['u', { 'http.connection.proxies.https.credentials.username': 'u' }]],
    faults: [['a:b', /^invalid http\.proxy\.user must not hold a colon/]],
  },
  {
    key: 'http.proxy.password',
    beside: { ...PROXY, 'http.proxy.user': 'u' },
    unset: { 'http.connection.proxies.https.credentials.password': '' },
    written: [['geheim', { 'http.connection.proxies.https.credentials.password': 'geheim' }]],
    faults: [
      ['geheim', /^missing http\.proxy\.user is required beside http\.proxy\.password/, { 'http.proxy.user': null }],
    ],
  },
];

const VALUES: readonly Row[] = [
  {
    key: 'behavior.on.null.values',
    unset: { 'values.onNull': 'ignore', 'http.route.deleteUrl': null },
    written: [
      ['fail', { 'values.onNull': 'fail' }],
      ['LOG', { 'values.onNull': 'ignore' }],
      [
        'delete',
        {
          'values.onNull': 'delete',
          'http.route.deleteUrl.path.0': '/in/',
          'http.route.deleteUrl.path.1': macro('key'),
        },
      ],
    ],
    faults: [['drop', /^invalid behavior\.on\.null\.values must be ignore, delete, fail or log/]],
  },
  {
    key: 'behavior.on.error',
    unset: { 'errors.tolerance': 'none', 'errors.logEnable': false },
    written: [
      ['fail', { 'errors.tolerance': 'none' }],
      ['log', { 'errors.tolerance': 'all', 'errors.logEnable': true }],
      ['ignore', { 'errors.tolerance': 'all', 'errors.logEnable': true }],
    ],
    faults: [['warn', /^invalid behavior\.on\.error must be fail, ignore or log/]],
  },
  {
    key: 'errors.deadletterqueue.topic.name',
    beside: { 'errors.tolerance': 'all' },
    unset: { 'errors.deadLetterTopic': null },
    written: [
      ['dlq', { 'errors.deadLetterTopic': 'dlq' }],
      ['dlq-${connector}', { 'errors.deadLetterTopic': 'dlq-c' }],
    ],
    faults: [['a b', /^invalid errors\.deadletterqueue\.topic\.name must be a topic name/]],
  },
  {
    key: 'deletes.send.in.order',
    beside: { 'behavior.on.null.values': 'delete' },
    unset: { 'values.onNull': 'delete' },
    written: [['true', { 'values.onNull': 'delete' }]],
    faults: [['yes', NOT_BOOLEAN('deletes.send.in.order')]],
  },
];

const BODIES: readonly Row[] = [
  {
    key: 'request.body.format',
    unset: { 'batch.format': 'joined', 'values.written': 'java' },
    written: [
      ['JSON', { 'batch.format': 'array', 'values.written': 'json' }],
      ['string', { 'batch.format': 'joined', 'values.written': 'java' }],
    ],
    faults: [['avro', /^invalid request\.body\.format must be string or json/]],
  },
  {
    key: 'batch.json.as.array',
    beside: JSON_BODY,
    unset: { 'batch.format': 'array' },
    written: [['false', { 'batch.format': 'joined', 'batch.maxRecords': 1, 'values.written': 'json' }]],
    faults: [
      ['yes', NOT_BOOLEAN('batch.json.as.array')],
      ['false', /^conflict batch\.json\.as\.array can be false with batch\.max\.size=1 alone/, BATCH],
    ],
  },
  {
    key: 'batch.key.pattern',
    beside: BATCH,
    unset: { 'http.route.batchKey': null },
    written: [
      ['fixed', { 'http.route.batchKey': null }],
      ['${topic}/${key}', { 'http.route.batchKey.0.kind': 'topic', 'http.route.batchKey.2.kind': 'key' }],
      ['${other}${key}', { 'http.route.batchKey.0': '${other}' }],
    ],
  },
  {
    key: 'batch.max.size',
    unset: { 'batch.maxRecords': 1, 'batch.maxBytes': 16_777_216 },
    written: [
      ['500', { 'batch.maxRecords': 500 }],
      ['20000', { 'batch.maxRecords': 20_000, 'delivery.maxUncommittedRecords': 20_000 }],
      ['2147483647', { 'batch.maxRecords': 1_000_000 }],
    ],
    faults: [['0', /^invalid batch\.max\.size must be a whole number from 1/]],
  },
  { key: 'batch.prefix', unset: { 'batch.prefix': '' }, written: [['\\\\n [', { 'batch.prefix': '\\n [' }]] },
  { key: 'batch.suffix', unset: { 'batch.suffix': '' }, written: [[']\\n', { 'batch.suffix': ']\n' }]] },
  {
    key: 'batch.separator',
    unset: { 'batch.separator': ',' },
    written: [
      ['\\n', { 'batch.separator': '\n' }],
      ['\\ ;', { 'batch.separator': ' ;' }],
    ],
  },
  {
    key: 'batch.seperator',
    unset: { 'batch.separator': ',' },
    written: [[';', { 'batch.separator': ';' }]],
  },
  {
    key: 'json.decimal.format',
    beside: { ...JSON_BODY, 'value.converter': 'JsonConverter' },
    unset: { 'valueConverter.decimalFormat': 'BASE64' },
    written: [['numeric', { 'valueConverter.decimalFormat': 'NUMERIC' }]],
    faults: [
      ['TEXT', /^invalid json\.decimal\.format must be BASE64 or NUMERIC/],
      ['NUMERIC', /^conflict json\.decimal\.format needs value\.converter beside it/, { 'value.converter': null }],
    ],
  },
  {
    key: 'regex.patterns',
    beside: { 'regex.replacements': 'b' },
    unset: { 'http.route.replace': null },
    written: [['a', { 'http.route.replace.steps.0.pattern': 'a' }]],
    faults: [['(', /^\w+ regex\.patterns /]],
  },
  {
    key: 'regex.replacements',
    beside: { 'regex.patterns': 'a' },
    unset: { 'http.route.replace.steps.0.replacement': [] },
    written: [
      [
        'x${key}',
        { 'http.route.replace.steps.0.replacement.0': 'x', 'http.route.replace.steps.0.replacement.1': macro('key') },
      ],
    ],
    faults: [['a~b', /^conflict regex\.\w+ /]],
  },
  {
    key: 'regex.separator',
    beside: { 'regex.patterns': 'a~b', 'regex.replacements': 'x~y' },
    unset: { 'http.route.replace.steps.1.pattern': 'b' },
    written: [['#', { 'http.route.replace.steps.0.pattern': 'a~b' }]],
  },
];

const RETRIES: readonly Row[] = [
  {
    key: 'max.retries',
    unset: { 'http.attempts.mostRetried': 6, 'http.attempts.most': 0 },
    written: [
      ['3', { 'http.attempts.mostRetried': 4, 'http.attempts.most': 0 }],
      ['0', { 'http.attempts': null }],
      ['2147483647', { 'http.attempts.mostRetried': 1_000 }],
    ],
    faults: [['-1', /^invalid max\.retries must be a whole number from 0/]],
  },
  {
    key: 'retry.backoff.ms',
    unset: { 'http.retryBackoffMs': 3_000, 'http.retryBackoffMaxMs': 60_000 },
    written: [
      ['500', { 'http.retryBackoffMs': 500, 'http.retryBackoffMaxMs': 60_000 }],
      ['0', { 'http.retryBackoffMs': 1 }],
      ['90000', { 'http.retryBackoffMs': 90_000, 'http.retryBackoffMaxMs': 90_000 }],
    ],
    faults: [['3s', /^invalid retry\.backoff\.ms must be a whole number/]],
  },
  {
    key: 'retry.backoff.policy',
    unset: { 'http.retryBackoffMaxMs': 60_000 },
    written: [['constant_value', { 'http.retryBackoffMs': 3_000, 'http.retryBackoffMaxMs': 3_000 }]],
    faults: [['LINEAR', /^invalid retry\.backoff\.policy must be EXPONENTIAL_WITH_JITTER or CONSTANT_VALUE/]],
  },
  {
    key: 'retry.on.status.codes',
    unset: { 'http.attempts.retryStatuses': [[400, 499]] },
    written: [
      [
        '404,408,500-',
        {
          'http.attempts.retryStatuses': [
            [404, 404],
            [408, 408],
          ],
        },
      ],
      [
        '400-450, 480-',
        {
          'http.attempts.retryStatuses': [
            [400, 450],
            [480, 499],
          ],
        },
      ],
      ['500-', { 'http.attempts': null }],
      ['', { 'http.attempts': null }],
    ],
    faults: [
      ['4xx', /^invalid retry\.on\.status\.codes must be codes and ranges/],
      ['500-400', /^invalid retry\.on\.status\.codes must be codes and ranges/],
    ],
  },
];

export const ROWS: readonly Row[] = [...REQUEST, ...VALUES, ...BODIES, ...RETRIES, ...AUTH_ROWS, ...REPORT_ROWS];
