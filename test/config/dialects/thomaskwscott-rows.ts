import type { Row } from './row.ts';

const macro = (kind: string, pointer: readonly string[] = []) => ({ kind, pointer });
const WHOLE = (key: string): RegExp => new RegExp(`^invalid ${key.replaceAll('.', '\\.')} must be a whole number`);
const BATCH = { 'batch.max.size': '10' };
const FORM = 'application/x-www-form-urlencoded';

export const ROWS: readonly Row[] = [
  {
    key: 'http.api.url',
    unset: {},
    written: [
      ['https://h/a?b=c', { 'http.url.href': 'https://h/a?b=c', 'http.route': null }],
      ['https://h/${topic}/${key}', { 'http.route.url.path.1.kind': 'topic', 'http.route.url.path.3': macro('key') }],
      ['https://h/${key}', { 'http.route.url.path.1.fallback': '' }],
      ['https://h/?a=${value}', { 'http.url.href': 'https://h/?a=%24%7Bvalue%7D', 'http.route': null }],
    ],
    faults: [
      [null, /^missing http\.api\.url is required/],
      ['h/in', /^invalid http\.api\.url must be an absolute http/],
      ['https://${topic}/', /^invalid http\.api\.url must not hold a macro before its path/],
    ],
  },
  {
    key: 'request.method',
    unset: { 'http.method': 'POST', 'http.headers': { 'content-type': FORM } },
    written: [
      ['put', { 'http.method': 'PUT', 'http.headers': { 'content-type': '' } }],
      [
        'DELETE',
        { 'http.method': 'DELETE', 'http.route.bodiless': undefined, 'http.headers': { 'content-type': FORM } },
      ],
    ],
    faults: [['PATCH', /^invalid request\.method must be PUT, POST or DELETE, not "PATCH"/]],
  },
  {
    key: 'headers',
    unset: { 'http.headers': { 'content-type': FORM } },
    written: [
      ['Content-Type:a/b|X-A: b:c', { 'http.headers': { 'content-type': 'a/b', 'x-a': 'b:c' } }],
      ['X-A:1|x-a:2|none', { 'http.headers': { 'x-a': '2', 'content-type': FORM } }],
      ['X-A:${key}', { 'http.headers.x-a': '${key}', 'http.route': null }],
      ['Host:x', { 'http.headers': { 'content-type': FORM } }],
    ],
    faults: [['a b:geheim', /^invalid headers is not a name that an HTTP header can have/]],
  },
  {
    key: 'header.separator',
    beside: { headers: 'A:1|B:2;C:3' },
    unset: { 'http.headers.a': '1', 'http.headers.b': '2;C:3' },
    written: [
      [';', { 'http.headers.a': '1|B:2', 'http.headers.c': '3' }],
      ['\\\\|', { 'http.headers.b': '2;C:3' }],
      ['|', { 'http.headers.b': '2;C:3' }],
      ['[|]', { 'http.headers.b': '2;C:3' }],
    ],
    faults: [
      ['[|;]', /^invalid header\.separator must be a text, or a Java regular expression that stands for one/],
      ['.', /^invalid header\.separator must be a text/],
    ],
  },
  {
    key: 'regex.patterns',
    beside: { 'regex.replacements': '<${topic}>' },
    unset: {},
    written: [
      ['a', { 'http.route.replace.steps.0.pattern': 'a' }],
      [
        'a~b~',
        { 'http.route.replace.steps.length': 2, 'http.route.replace.steps.1': { pattern: 'b', replacement: [] } },
      ],
    ],
    faults: [
      [null, /^unsupported regex\.replacements is put between all characters/],
      ['(?=a)', /^invalid regex\.patterns holds an expression \(number 1\) that is refused/],
      ['(', /^invalid regex\.patterns holds an expression/],
    ],
  },
  {
    key: 'regex.replacements',
    beside: { 'regex.patterns': 'a~b' },
    unset: { 'http.route.replace.steps.0': { pattern: 'a', replacement: [] } },
    written: [
      ['x~y', { 'http.route.replace.steps.1': { pattern: 'b', replacement: ['y'] } }],
      ['${key}', { 'http.route.replace.steps.0.replacement.0': macro('key') }],
      ['x~y~z', { 'http.route.replace.steps.length': 2 }],
    ],
    faults: [['$3', /^invalid regex\.replacements holds one \(number 1\) that is refused/]],
  },
  {
    key: 'regex.separator',
    beside: { 'regex.patterns': 'a~b;c', 'regex.replacements': 'x~y;z' },
    unset: { 'http.route.replace.steps.1.pattern': 'b;c' },
    written: [[';', { 'http.route.replace.steps.1.pattern': 'c', 'http.route.replace.steps.0.replacement': ['x~y'] }]],
    faults: [['a*', /^invalid regex\.separator must be a text/]],
  },
  {
    key: 'batch.key.pattern',
    beside: BATCH,
    unset: { 'http.route': null },
    written: [
      ['${topic}-${key}', { 'http.route.batchKey.0.kind': 'topic', 'http.route.batchKey.2': macro('key') }],
      ['${value}', { 'http.route': null }],
    ],
  },
  {
    key: 'batch.max.size',
    unset: { 'batch.maxRecords': 1, 'batch.format': 'joined', 'batch.maxBytes': 16_777_216 },
    written: [
      ['50', { 'batch.maxRecords': 50 }],
      ['0', { 'batch.maxRecords': 1 }],
      ['-5', { 'batch.maxRecords': 1 }],
      ['20000', { 'batch.maxRecords': 20_000, 'delivery.maxUncommittedRecords': 20_000 }],
      ['2000000', { 'batch.maxRecords': 1_000_000 }],
    ],
    faults: [['many', WHOLE('batch.max.size')]],
  },
  {
    key: 'batch.prefix',
    unset: { 'batch.prefix': '' },
    written: [
      ['{"records":[', { 'batch.prefix': '{"records":[' }],
      ['a\\\\n ', { 'batch.prefix': 'a\\n' }],
    ],
  },
  {
    key: 'batch.suffix',
    unset: { 'batch.suffix': '' },
    written: [
      [']}', { 'batch.suffix': ']}' }],
      ['\\n', { 'batch.suffix': '' }],
    ],
  },
  {
    key: 'batch.seperator',
    beside: BATCH,
    unset: { 'batch.separator': ',' },
    written: [
      [' ; ', { 'batch.separator': ';' }],
      ['', { 'batch.separator': '' }],
    ],
  },
  {
    key: 'max.retries',
    unset: { 'http.attempts.mostRetried': 11, 'http.attempts.retryStatuses': [[400, 499]], 'http.attempts.most': 0 },
    written: [
      ['2', { 'http.attempts.mostRetried': 3 }],
      ['0', { 'http.attempts': null }],
      ['5000', { 'http.attempts.mostRetried': 1_000 }],
    ],
    faults: [['-1', WHOLE('max.retries')]],
  },
  {
    key: 'retry.backoff.ms',
    unset: { 'http.retryBackoffMs': 3_000, 'http.retryBackoffMaxMs': 60_000 },
    written: [
      ['0', { 'http.retryBackoffMs': 1, 'http.retryBackoffMaxMs': 60_000 }],
      ['90000', { 'http.retryBackoffMs': 90_000, 'http.retryBackoffMaxMs': 90_000 }],
    ],
    faults: [['3s', WHOLE('retry.backoff.ms')]],
  },
];
