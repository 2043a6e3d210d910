import type { Keys } from '../written.ts';
import { REPORT_ROWS, TLS_ROWS } from './lenses-more-rows.ts';
import type { Row } from './row.ts';

const macro = (kind: string, pointer: readonly string[] = []) => ({ kind, pointer });
const WHOLE = (key: string): RegExp => new RegExp(`^invalid ${key.replaceAll('.', '\\.')} must be a whole number`);
const BOOLEAN = (key: string): RegExp => new RegExp(`^invalid ${key.replaceAll('.', '\\.')} must be true or false`);

const LOOP: Keys = { 'connect.http.request.content': '[{{#message}}{{value}},{{/message}}]' };
const MANY: Keys = { ...LOOP, 'connect.http.batch.count': '10' };
const OAUTH2: Keys = {
  'connect.http.authentication.type': 'oauth2',
  'connect.http.authentication.oauth2.token.url': 'https://t/token',
  'connect.http.authentication.oauth2.client.id': 'me',
  'connect.http.authentication.oauth2.client.secret': 'geheim',
};
const BASIC: Keys = { 'connect.http.authentication.type': 'basic' };
const USER: Keys = {
  'connect.http.authentication.basic.username': 'me',
  'connect.http.authentication.basic.password': 'p',
};
const HEADER = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
const FIXED: Keys = { 'connect.http.retry.mode': 'fixed' };

const REQUEST: readonly Row[] = [
  {
    key: 'connect.http.method',
    unset: { 'http.method': 'POST' },
    written: [
      ['put', { 'http.method': 'PUT' }],
      ['Patch', { 'http.method': 'PATCH' }],
    ],
    faults: [['DELETE', /^invalid connect\.http\.method must be POST, PUT or PATCH, not "DELETE"/]],
  },
  {
    key: 'connect.http.endpoint',
    unset: {},
    written: [
      ['https://h/a?b=c', { 'http.url.href': 'https://h/a?b=c', 'http.route.url': null }],
      ['https://h/{{topic}}/{{ Value.a.b }}', { 'http.route.url.path.3': macro('value', ['a', 'b']) }],
      [
        'https://h/?k={{key.id}}&h={{header.x-y.z}}',
        { 'http.route.url.query.1': macro('key', ['id']), 'http.route.url.query.3.name': 'x-y.z' },
      ],
    ],
    faults: [
      [null, /^missing connect\.http\.endpoint is required/],
      ['nowhere', /^invalid connect\.http\.endpoint must be an absolute http/],
      ['https://h/${key}', /^invalid connect\.http\.endpoint must not hold blanks, or braces/],
      ['https://h/{key}', /^invalid connect\.http\.endpoint must not hold blanks, or braces/],
      ['https://{{topic}}/', /^invalid connect\.http\.endpoint must not hold a macro before its path/],
      ['https://h/{{id}}', /^invalid connect\.http\.endpoint holds {{id}}, which stands for nothing: there are value,/],
      ['https://h/{{header}}', /^invalid connect\.http\.endpoint holds {{header}}/],
    ],
  },
  {
    key: 'connect.http.request.content',
    unset: {},
    written: [
      ['{{value}}', { 'batch.format': 'single', 'http.route.body.template.0': macro('value') }],
      [
        'a ${key} {{value.a~/b}}',
        { 'http.route.body.template.0': 'a ${key} ', 'http.route.body.template.1': macro('value', ['a~/b']) },
      ],
      [
        '<{{#message}}{{offset}};{{/message}}> {{topic}}',
        {
          'batch.format': 'joined',
          'batch.prefix': '<',
          'batch.suffix': '> {{topic}}',
          'batch.separator': '',
          'http.route.body.template.1': ';',
        },
      ],
      ['{{partition}}{{timestamp}}{{TOPIC}}', { 'http.route.body.template.length': 3 }],
      ['a{{/message}}b', { 'http.route.body.template': ['ab'] }],
    ],
    faults: [
      [null, /^missing connect\.http\.request\.content is required/],
      ['{{}}', /^invalid connect\.http\.request\.content holds {{}}, which stands for nothing/],
      ['{{#items}}', /^invalid connect\.http\.request\.content holds {{#items}}, which stands for nothing/],
    ],
  },
  {
    key: 'connect.http.request.headers',
    unset: { 'http.headers': { 'content-type': 'application/json' } },
    written: [
      ['X-A: b:c , content-type:text/xml', { 'http.headers': { 'x-a': 'b:c', 'content-type': 'text/xml' } }],
      ['X-Key:of {{key}}', { 'http.route.headers.x-key.1': macro('key') }],
      ['X-A:1,x-a:2', { 'http.headers.x-a': '1' }],
      ['Host:x', { 'http.headers': { 'content-type': 'application/json' } }],
    ],
    faults: [
      ['geheim', /^invalid connect\.http\.request\.headers holds as its 1\. item what is no header/],
      ['X-A:1,geheim', /^invalid connect\.http\.request\.headers holds as its 2\. item/],
      ['X-{{topic}}:1', /^unsupported connect\.http\.request\.headers fills in the name of a header/],
      ['X-A:{{nothing}}', /^invalid connect\.http\.request\.headers holds {{nothing}}/],
    ],
  },
  {
    key: 'connect.http.copy.message.headers',
    unset: { 'http.route.forward': [] },
    written: [
      ['TRUE', { 'http.route.forward': [{ prefix: '' }] }],
      ['false', { 'http.route.forward': [] }],
    ],
    faults: [['yes', BOOLEAN('connect.http.copy.message.headers')]],
  },
  {
    key: 'connect.http.connection.timeout.ms',
    unset: { 'http.connectTimeoutMs': 10_000, 'http.timeoutMs': 300_000 },
    written: [
      ['500', { 'http.connectTimeoutMs': 500 }],
      ['400000', { 'http.connectTimeoutMs': 400_000, 'http.timeoutMs': 400_000 }],
    ],
    faults: [['0', WHOLE('connect.http.connection.timeout.ms')]],
  },
  {
    key: 'connect.http.json.tidy',
    beside: LOOP,
    unset: { 'batch.separator': '', 'http.route.body.template.length': 2 },
    written: [['true', { 'batch.separator': ',', 'http.route.body.template.length': 1, 'batch.suffix': ']' }]],
    faults: [['1', BOOLEAN('connect.http.json.tidy')]],
  },
  {
    key: 'connect.http.null.payload.handler',
    beside: { 'connect.http.null.payload.handler.custom': 'a|b%}' },
    unset: {
      'http.route.body.onMissing': 'fail',
      'http.route.body.template.0.fallback': null,
      'values.onNull': 'send',
    },
    written: [
      ['Empty', { 'http.route.body.template.0.fallback': '' }],
      ['null', { 'http.route.body.template.0.fallback': 'null' }],
      ['custom', { 'http.route.body.template.0.fallback': 'a|b%}' }],
    ],
    faults: [['skip', /^invalid connect\.http\.null\.payload\.handler must be error, empty, null or custom/]],
  },
  {
    key: 'connect.http.null.payload.handler.custom',
    beside: { 'connect.http.null.payload.handler': 'custom' },
    unset: { 'http.route.body.template.0.fallback': '' },
    written: [['none', { 'http.route.body.template.0.fallback': 'none' }]],
  },
];

const BATCHES: readonly Row[] = [
  {
    key: 'connect.http.batch.count',
    beside: LOOP,
    unset: { 'batch.maxRecords': 1, 'batch.targetBytes': 4_194_304, 'batch.maxBytes': 16_777_216 },
    written: [
      ['100', { 'batch.maxRecords': 100, 'batch.lingerMs': 60_000 }],
      ['0', { 'batch.maxRecords': 50_000, 'batch.lingerMs': 3_600_000, 'delivery.maxUncommittedRecords': 50_000 }],
      ['5000000', { 'batch.maxRecords': 1_000_000 }],
    ],
    faults: [['x', WHOLE('connect.http.batch.count')]],
  },
  {
    key: 'connect.http.batch.size',
    beside: MANY,
    unset: { 'batch.targetBytes': 4_194_304 },
    written: [
      ['65536', { 'batch.targetBytes': 65_536, 'batch.maxRecords': 10 }],
      ['50000000', { 'batch.targetBytes': 4_194_304 }],
    ],
    faults: [['1MB', WHOLE('connect.http.batch.size')]],
  },
  {
    key: 'connect.http.time.interval',
    beside: MANY,
    unset: { 'batch.lingerMs': 60_000 },
    written: [
      ['5', { 'batch.lingerMs': 5_000 }],
      ['1000000', { 'batch.lingerMs': 86_400_000 }],
    ],
    faults: [['5s', WHOLE('connect.http.time.interval')]],
  },
];

const ERRORS: readonly Row[] = [
  {
    key: 'connect.http.retry.mode',
    unset: { 'http.retryBackoffMs': 1_000, 'http.retryBackoffMaxMs': 30_000 },
    written: [['Fixed', { 'http.retryBackoffMs': 10_000, 'http.retryBackoffMaxMs': 10_000 }]],
    faults: [['linear', /^invalid connect\.http\.retry\.mode must be exponential or fixed/]],
  },
  {
    key: 'connect.http.retries.max.timeout.ms',
    unset: { 'http.retryBackoffMaxMs': 30_000 },
    written: [['500', { 'http.retryBackoffMs': 500, 'http.retryBackoffMaxMs': 500 }]],
    faults: [['0', WHOLE('connect.http.retries.max.timeout.ms')]],
  },
  {
    key: 'connect.http.retry.fixed.interval.ms',
    beside: FIXED,
    unset: { 'http.retryBackoffMs': 10_000 },
    written: [['250', { 'http.retryBackoffMs': 250, 'http.retryBackoffMaxMs': 250 }]],
    faults: [['x', WHOLE('connect.http.retry.fixed.interval.ms')]],
  },
  {
    key: 'connect.http.retries.max.retries',
    beside: { 'connect.http.retries.on.status.codes': '404,500' },
    unset: { 'http.attempts.mostRetried': 6 },
    written: [
      ['1', { 'http.attempts.mostRetried': 2 }],
      ['0', { 'http.attempts': null }],
    ],
    faults: [['x', WHOLE('connect.http.retries.max.retries')]],
  },
  {
    key: 'connect.http.retries.on.status.codes',
    unset: { 'http.attempts': null },
    written: [
      [
        '404, 429,503,422',
        {
          'http.attempts.retryStatuses': [
            [404, 404],
            [422, 422],
          ],
          'http.attempts.most': 0,
        },
      ],
    ],
    faults: [['4xx', /^invalid connect\.http\.retries\.on\.status\.codes must be statuses between commas/]],
  },
  {
    key: 'connect.http.error.threshold',
    unset: { 'errors.tolerance': 'none' },
    written: [['9', { 'errors.tolerance': 'none' }]],
    faults: [['x', WHOLE('connect.http.error.threshold')]],
  },
  {
    key: 'connect.http.upload.sync.period',
    beside: MANY,
    unset: { 'batch.lingerMs': 60_000 },
    written: [['5000', { 'batch.lingerMs': 60_000 }]],
    faults: [['0', WHOLE('connect.http.upload.sync.period')]],
  },
  {
    key: 'connect.http.max.queue.size',
    unset: { 'delivery.bufferMaxBytes': 16_777_216 },
    written: [['10', { 'delivery.bufferMaxBytes': 16_777_216 }]],
    faults: [['x', WHOLE('connect.http.max.queue.size')]],
  },
  {
    key: 'connect.http.max.queue.offer.timeout.ms',
    unset: { 'delivery.bufferMaxBytes': 16_777_216 },
    written: [['10', { 'delivery.bufferMaxBytes': 16_777_216 }]],
    faults: [['x', WHOLE('connect.http.max.queue.offer.timeout.ms')]],
  },
];

const AUTH: readonly Row[] = [
  {
    key: 'connect.http.authentication.type',
    beside: USER,
    unset: { 'http.auth': { type: 'none' } },
    written: [['Basic', { 'http.auth.type': 'basic' }]],
    faults: [
      ['digest', /^invalid connect\.http\.authentication\.type must be none, basic or oauth2/],
      [
        'oauth2',
        /^missing connect\.http\.authentication\.oauth2\.token\.url is required with connect\.http\.authentication\.type=oauth2/,
      ],
    ],
  },
  {
    key: 'connect.http.authentication.basic.username',
    beside: { ...BASIC, 'connect.http.authentication.basic.password': 'p' },
    unset: { 'http.headers.authorization': HEADER('', 'p') },
    written: [['me', { 'http.auth.username': 'me', 'http.auth.password': 'p' }]],
  },
  {
    key: 'connect.http.authentication.basic.password',
    beside: { ...BASIC, 'connect.http.authentication.basic.username': 'me' },
    unset: { 'http.headers.authorization': HEADER('me', '') },
    written: [['geheim', { 'http.auth.password': 'geheim' }]],
  },
  {
    key: 'connect.http.authentication.oauth2.token.url',
    beside: OAUTH2,
    unset: {},
    written: [['https://t/x', { 'http.auth.tokenUrl.href': 'https://t/x' }]],
    faults: [
      [null, /^missing connect\.http\.authentication\.oauth2\.token\.url/],
      ['x', /^invalid connect\.http\.authentication\.oauth2\.token\.url must be an absolute http/],
    ],
  },
  {
    key: 'connect.http.authentication.oauth2.client.id',
    beside: OAUTH2,
    unset: {},
    written: [
      ['you', { 'http.auth.clientId': 'you', 'http.auth.parameters': { client_id: 'you', client_secret: 'geheim' } }],
    ],
    faults: [[null, /^\S+ connect\.http\.authentication\.oauth2\.client\.id /]],
  },
  {
    key: 'connect.http.authentication.oauth2.client.secret',
    beside: OAUTH2,
    unset: {},
    written: [['s', { 'http.auth.clientAuth': { mode: 'header_plain', secret: 's' } }]],
    faults: [[null, /^\S+ connect\.http\.authentication\.oauth2\.client\.secret /]],
  },
  {
    key: 'connect.http.authentication.oauth2.token.property',
    beside: OAUTH2,
    unset: { 'http.auth.answer.tokenField': 'access_token' },
    written: [['id_token', { 'http.auth.answer.tokenField': 'id_token' }]],
  },
  {
    key: 'connect.http.authentication.oauth2.client.scope',
    beside: OAUTH2,
    unset: { 'http.auth.scope': 'any' },
    written: [
      ['a b', { 'http.auth.scope': 'a b' }],
      ['', { 'http.auth.scope': null }],
    ],
  },
  {
    key: 'connect.http.authentication.oauth2.client.headers',
    beside: OAUTH2,
    unset: { 'http.auth.headers': {} },
    written: [['X-A:1:2, Authorization:x', { 'http.auth.headers': { 'x-a': '1:2' } }]],
    faults: [['geheim', /^invalid connect\.http\.authentication\.oauth2\.client\.headers holds as its 1\. item/]],
  },
  {
    key: 'connect.http.authentication.oauth2.client.headers.separator',
    beside: { ...OAUTH2, 'connect.http.authentication.oauth2.client.headers': 'A=1:2' },
    unset: {},
    written: [['=', { 'http.auth.headers': { a: '1:2' } }]],
    faults: [['', /^invalid connect\.http\.authentication\.oauth2\.client\.headers holds as its 1\. item/]],
  },
];

export const ROWS: readonly Row[] = [...REQUEST, ...BATCHES, ...ERRORS, ...AUTH, ...TLS_ROWS, ...REPORT_ROWS];
