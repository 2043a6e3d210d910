import type { ConnectorConfig } from '../../../config/types.ts';
import type { Keys } from '../written.ts';

/** One key: what it means where nobody writes it, and where it is written. */
export interface KeyRow {
  readonly key: string;
  /** What must be written beside it, so that it has a meaning. */
  readonly beside?: Keys;
  /** What of the resulting configuration the key is about. */
  readonly of: (config: ConnectorConfig) => unknown;
  /** Without the key; left out where it is required. */
  readonly unwritten?: unknown;
  /** Texts and what they mean. */
  readonly written: readonly (readonly [text: string, meaning: unknown])[];
  /** Texts, and `code key message` of their faults; null: the key is not written. */
  readonly faults: readonly (readonly [text: string | null, fault: RegExp])[];
}

export const PLAIN: Keys = {
  'connector.class': 'io.aiven.kafka.connect.http.HttpSinkConnector',
  'http.authorization.type': 'none',
};
export const STATIC: Keys = { 'http.authorization.type': 'static', 'http.headers.authorization': 'Bearer a' };
export const OAUTH2: Keys = {
  'http.authorization.type': 'oauth2',
  'oauth2.access.token.url': 'https://auth.example.org/token',
  'oauth2.client.id': 'me',
  'oauth2.client.secret': 'hush',
};
const BATCHED: Keys = { 'batching.enabled': 'true' };
const URL_MODE: Keys = { ...OAUTH2, 'oauth2.client.authorization.mode': 'URL' };
const HTTPS_STORE: Keys = { 'http.ssl.truststore.location': '/stores/trust.jks' };

const header =
  (name: string) =>
  ({ http }: ConnectorConfig): string | undefined =>
    http.headers[name]?.reveal();

function headersOf({ http }: ConnectorConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(http.headers).map(([name, value]) => [name, value.reveal()]));
}

function oauth2Of({ http: { auth } }: ConnectorConfig) {
  if (auth.type !== 'oauth2') return null;
  const { tokenUrl, clientId, clientAuth, grant, scope, names, answer } = auth;
  const parameters = Object.fromEntries(Object.entries(auth.parameters).map(([name, value]) => [name, value.reveal()]));
  const secret = 'secret' in clientAuth ? clientAuth.secret.reveal() : null;
  return { tokenUrl: tokenUrl.href, clientId, mode: clientAuth.mode, secret, grant, scope, names, answer, parameters };
}

const NAMES = { grantType: 'grant_type', clientId: 'client_id', clientSecret: 'client_secret' };
const WHOLE = /^invalid \S+ must be a whole number from /;
const NO_CONTROL = /must be a text that is not empty, without control characters/;

const CONNECTION: readonly KeyRow[] = [
  {
    key: 'http.url',
    of: ({ http }) => http.url.href,
    written: [
      ['https://e.example.org:8443/a%2Fb?c=d', 'https://e.example.org:8443/a%2Fb?c=d'],
      ['http://e.example.org', 'http://e.example.org/'],
      ['https://e.example.org/%24%7Bkey%7D', 'https://e.example.org/%24%7Bkey%7D'],
    ],
    faults: [
      [null, /^missing http\.url is required/],
      [' ', /^missing http\.url is required/],
      ['ftp://e.example.org', /^invalid http\.url must be an absolute http:\/\/ or https:\/\/ address/],
      ['e.example.org', /^invalid http\.url must be an absolute/],
      [
        'https://u:p4ss@e.example.org',
        /^invalid http\.url must not hold a user or password: write http\.authorization\.type=static/,
      ],
      [
        'https://e.example.org/$' + '{key}',
        /^invalid http\.url must not hold blanks or braces: placeholders are not filled in/,
      ],
      ['https://e.example.org/#a', /^invalid http\.url must not end in a #fragment/],
    ],
  },
  {
    key: 'http.authorization.type',
    beside: {
      'oauth2.access.token.url': 'https://a.example.org/',
      'oauth2.client.id': 'i',
      'oauth2.client.secret': 's',
    },
    of: ({ http }) => http.auth.type,
    written: [
      ['none', 'none'],
      ['oauth2', 'oauth2'],
    ],
    faults: [
      [null, /^missing http\.authorization\.type is required/],
      ['basic', /^invalid http\.authorization\.type must be none, oauth2 or static, not "basic"/],
      ['static', /^missing http\.headers\.authorization must be present when http\.authorization\.type = static/],
    ],
  },
  {
    key: 'http.headers.authorization',
    beside: STATIC,
    of: header('authorization'),
    written: [
      ['Bearer b', 'Bearer b'],
      [`Key $${'{key}'}`, `Key $${'{key}'}`],
    ],
    faults: [
      [null, /^missing http\.headers\.authorization must be present when http\.authorization\.type = static/],
      ['  ', /^missing http\.headers\.authorization must be present/],
      ['gehe\\u0001im', /^invalid http\.headers\.authorization has a value that an HTTP header can not have/],
    ],
  },
  {
    key: 'http.headers.content.type',
    of: header('content-type'),
    unwritten: '',
    written: [[' application/json ', 'application/json']],
    faults: [[' ', /^invalid http\.headers\.content\.type must not be blank/]],
  },
  {
    key: 'http.headers.additional',
    of: headersOf,
    unwritten: { 'content-type': '' },
    written: [
      ['X-A:1,x-b: two ', { 'content-type': '', 'x-a': '1', 'x-b': 'two' }],
      ['X-Ref:https://r.example.org:1/', { 'content-type': '', 'x-ref': 'https://r.example.org:1/' }],
      ['Content-Type:text/csv', { 'content-type': 'text/csv' }],
      ['X-Empty:', { 'content-type': '', 'x-empty': '' }],
      ['', { 'content-type': '' }],
    ],
    faults: [
      ['X-A', /^invalid http\.headers\.additional holds as its 1\. item what is no header: the format is header:value/],
      ['X-A:1,', /^invalid http\.headers\.additional holds as its 2\. item what is no header/],
      ['Accept:text/html,text/csv', /holds as its 2\. item .* is written as http\.headers\.<Name>/],
      ['X-A:1,x-a:2', /^invalid http\.headers\.additional names x-a twice: no duplicates are allowed/],
      ['X A:1', /^invalid http\.headers\.additional holds as its 1\. item a name that an HTTP header can not have/],
      ['Host:a', /^invalid http\.headers\.additional names Host, which the HTTP client sets by itself/],
      ['X-A:\\u20ac', /^invalid http\.headers\.additional has a value for X-A that an HTTP header can not have/],
    ],
  },
  {
    key: 'http.timeout',
    of: ({ http }) => [http.timeoutMs, http.connectTimeoutMs],
    unwritten: [30_000, 30_000],
    written: [
      ['5', [5_000, 5_000]],
      ['2147483647', [86_400_000, 86_400_000]],
    ],
    faults: [
      ['0', WHOLE],
      ['2147483648', WHOLE],
      ['1.5', WHOLE],
    ],
  },
  {
    key: 'http.proxy.host',
    beside: { 'http.proxy.port': '3128' },
    of: ({ http }) => http.connection.proxies?.https?.url.href,
    written: [
      ['proxy.example.org', 'http://proxy.example.org:3128/'],
      ['::1', 'http://[::1]:3128/'],
    ],
    faults: [
      [null, /^conflict http\.proxy\.port needs the other: .* must be defined together/],
      [' ', /^invalid http\.proxy\.host must not be blank/],
      ['a/b', /^invalid http\.proxy\.host must be /],
    ],
  },
  {
    key: 'http.proxy.port',
    beside: { 'http.proxy.host': 'proxy.example.org' },
    of: ({ http }) => http.connection.proxies?.http?.url.host,
    written: [['8080', 'proxy.example.org:8080']],
    faults: [
      [null, /^conflict http\.proxy\.host needs the other: .* must be defined together/],
      ['-1', /^conflict http\.proxy\.host needs the other/],
      ['65536', WHOLE],
      ['-2', WHOLE],
    ],
  },
  {
    key: 'http.ssl.trust.all.certs',
    of: ({ http }) => http.tls.verification,
    unwritten: 'full',
    written: [
      ['True', 'none'],
      ['false', 'full'],
    ],
    faults: [['yes', /^invalid http\.ssl\.trust\.all\.certs must be true or false/]],
  },
  {
    key: 'http.ssl.truststore.location',
    beside: { 'http.ssl.truststore.password': 'store-secret' },
    of: ({ http }) => http.tls.ca !== null,
    unwritten: false,
    written: [['/stores/trust.jks', true]],
    faults: [['/stores/none.jks', /^unreadable http\.ssl\.truststore\.location .*no such file/]],
  },
  {
    key: 'http.ssl.truststore.password',
    beside: HTTPS_STORE,
    of: ({ http }) => http.tls.ca !== null,
    unwritten: true,
    written: [['store-secret', true]],
    faults: [['another', /^invalid http\.ssl\.truststore\.(?:location|password) .*password/]],
  },
];

const TOKENS: readonly KeyRow[] = [
  {
    key: 'oauth2.access.token.url',
    beside: OAUTH2,
    of: config => oauth2Of(config)?.tokenUrl,
    written: [['https://b.example.org/t?a=b', 'https://b.example.org/t?a=b']],
    faults: [
      [null, /^missing oauth2\.access\.token\.url must be present when http\.authorization\.type = oauth2/],
      ['nowhere', /^invalid oauth2\.access\.token\.url must be an absolute/],
      ['https://u:p4ss@b.example.org', /^invalid oauth2\.access\.token\.url must not hold a user or password/],
    ],
  },
  {
    key: 'oauth2.request.grant.type.property',
    beside: OAUTH2,
    of: config => oauth2Of(config)?.names,
    unwritten: NAMES,
    written: [['type', { ...NAMES, grantType: 'type' }]],
    faults: [['', NO_CONTROL]],
  },
  {
    key: 'oauth2.grant.type',
    beside: OAUTH2,
    of: config => [oauth2Of(config)?.grant, oauth2Of(config)?.parameters],
    unwritten: [{ type: 'client_credentials' }, {}],
    written: [
      ['api-key', [{ type: 'client_credentials' }, { grant_type: 'api-key' }]],
      ['refresh_token', [{ type: 'client_credentials' }, { grant_type: 'refresh_token' }]],
      ['client_credentials', [{ type: 'client_credentials' }, {}]],
    ],
    faults: [[' ', NO_CONTROL]],
  },
  {
    key: 'oauth2.request.client.id.property',
    beside: URL_MODE,
    of: config => oauth2Of(config)?.names,
    unwritten: NAMES,
    written: [['key', { ...NAMES, clientId: 'key' }]],
    faults: [['', NO_CONTROL]],
  },
  {
    key: 'oauth2.client.id',
    beside: OAUTH2,
    of: config => oauth2Of(config)?.clientId,
    written: [[' you ', 'you']],
    faults: [
      [null, /^missing oauth2\.client\.id must be present when http\.authorization\.type = oauth2/],
      ['a\\u0001b', NO_CONTROL],
    ],
  },
  {
    key: 'oauth2.request.client.secret.property',
    beside: URL_MODE,
    of: config => oauth2Of(config)?.names,
    unwritten: NAMES,
    written: [['pass', { ...NAMES, clientSecret: 'pass' }]],
    faults: [['', NO_CONTROL]],
  },
  {
    key: 'oauth2.client.secret',
    beside: OAUTH2,
    of: config => oauth2Of(config)?.secret,
    written: [['p%/=', 'p%/=']],
    faults: [[null, /^missing oauth2\.client\.secret must be present when http\.authorization\.type = oauth2/]],
  },
  {
    key: 'oauth2.client.authorization.mode',
    beside: OAUTH2,
    of: config => oauth2Of(config)?.mode,
    unwritten: 'header_plain',
    written: [
      ['url', 'body'],
      ['Header', 'header_plain'],
    ],
    faults: [['body', /^invalid oauth2\.client\.authorization\.mode must be HEADER or URL, not "body"/]],
  },
  {
    key: 'oauth2.client.scope',
    beside: OAUTH2,
    of: config => oauth2Of(config)?.scope,
    unwritten: null,
    written: [['a,b c', 'a,b c']],
    faults: [['a\\u0007b', NO_CONTROL]],
  },
  {
    key: 'oauth2.response.token.property',
    beside: OAUTH2,
    of: config => [oauth2Of(config)?.answer.tokenField, oauth2Of(config)?.answer.prefix],
    unwritten: ['access_token', null],
    written: [
      ['id_token', ['id_token', null]],
      ['/a~b', ['/~1a~0b', null]],
    ],
    faults: [['', NO_CONTROL]],
  },
  {
    key: 'oauth2.token.renew.on.status.codes',
    beside: OAUTH2,
    of: ({ http }) => http.authRenewStatuses,
    unwritten: [[401, 401]],
    written: [
      [
        '401, 403',
        [
          [401, 401],
          [403, 403],
        ],
      ],
      ['419', [[419, 419]]],
    ],
    faults: [
      ['500', /must be statuses and ranges within 400-499/],
      ['', /must be statuses and ranges within 400-499/],
    ],
  },
];

const REST: readonly KeyRow[] = [
  {
    key: 'batching.enabled',
    of: ({ batch }) => [batch.format, batch.maxRecords, batch.maxBytes],
    unwritten: ['single', 1, 16_777_216],
    written: [
      ['TRUE', ['joined', 500, 16_777_216]],
      ['false', ['single', 1, 16_777_216]],
    ],
    faults: [['1', /^invalid batching\.enabled must be true or false/]],
  },
  {
    key: 'batch.max.size',
    beside: BATCHED,
    of: ({ batch }) => batch.maxRecords,
    unwritten: 500,
    written: [
      ['1', 1],
      ['1000', 1_000],
    ],
    faults: [
      ['0', WHOLE],
      ['1000001', WHOLE],
      ['20000', /^conflict delivery\.max\.uncommitted\.records must not be below batch\.max\.size, 20000/],
    ],
  },
  {
    key: 'batch.prefix',
    beside: BATCHED,
    of: ({ batch }) => batch.prefix,
    unwritten: '',
    written: [
      ['[ ', '[ '],
      ['\\\\n', '\\n'],
    ],
    faults: [['x'.repeat(65_537), /^invalid batch\.prefix must be a text of at most 65536 bytes/]],
  },
  {
    key: 'batch.suffix',
    beside: BATCHED,
    of: ({ batch }) => batch.suffix,
    unwritten: '\n',
    written: [
      ['', ''],
      [']', ']'],
    ],
    faults: [['x'.repeat(65_537), /^invalid batch\.suffix must be a text of at most 65536 bytes/]],
  },
  {
    key: 'batch.separator',
    beside: BATCHED,
    of: ({ batch }) => batch.separator,
    unwritten: '\n',
    written: [
      ['', ''],
      [', ', ', '],
      ['\\t', '\t'],
    ],
    faults: [['x'.repeat(65_537), /^invalid batch\.separator must be a text of at most 65536 bytes/]],
  },
  {
    key: 'max.retries',
    of: ({ http }) => http.attempts,
    unwritten: { most: 0, onExhausted: 'fail', retryStatuses: [[400, 499]], mostRetried: 2 },
    written: [
      ['0', null],
      ['5', { most: 0, onExhausted: 'fail', retryStatuses: [[400, 499]], mostRetried: 6 }],
      ['2147483647', { most: 0, onExhausted: 'fail', retryStatuses: [[400, 499]], mostRetried: 1_000 }],
    ],
    faults: [['-1', WHOLE]],
  },
  {
    key: 'retry.backoff.ms',
    of: ({ http }) => [http.retryBackoffMs, http.retryBackoffMaxMs],
    unwritten: [3_000, 60_000],
    written: [
      ['0', [1, 60_000]],
      ['90000', [90_000, 90_000]],
      ['2147483647', [86_400_000, 86_400_000]],
    ],
    faults: [['-1', WHOLE]],
  },
  {
    key: 'kafka.retry.backoff.ms',
    of: ({ http }) => [http.retryBackoffMs, http.retryBackoffMaxMs],
    unwritten: [3_000, 60_000],
    written: [['5', [3_000, 60_000]]],
    faults: [
      ['86400001', WHOLE],
      ['-1', WHOLE],
    ],
  },
  {
    key: 'decimal.format',
    of: ({ valueConverter }) => (valueConverter.kind === 'json' ? valueConverter.decimalFormat : null),
    unwritten: 'BASE64',
    written: [['NUMERIC', 'NUMERIC']],
    faults: [['HEX', /^invalid decimal\.format must be BASE64 or NUMERIC, not "HEX"/]],
  },
];

export const ROWS: readonly KeyRow[] = [...CONNECTION, ...TOKENS, ...REST];
