import { generateKeyPairSync } from 'node:crypto';
import { Secret } from '../../../config/secret.ts';
import type { Keys } from '../written.ts';

/** What a file means: places in the resulting connector, and what stands there. */
type Meaning = Readonly<Record<string, unknown>>;

/** One key of Adobe's sink, by the code that reads it (AbstractAEPPublisher, AbstractSinkTask, the token providers). */
export interface Row {
  readonly key: string;
  /** Keys that it needs beside it. */
  readonly beside?: Keys;
  /** What comes of it where it is not written. */
  readonly unwritten: Meaning;
  readonly written: readonly (readonly [value: string, meaning: Meaning])[];
  /** Values that are refused, or null where it is missing, each with the whole fault. */
  readonly faults: readonly (readonly [value: string | null, fault: RegExp])[];
}

export const ENDPOINT = 'https://dcs.adobedc.net/collection/abc';
export const BATCH_ENDPOINT = 'https://dcs.adobedc.net/collection/batch/abc';
const IMS = 'https://ims-na1.adobelogin.com';

/** All that `oauth2_access_token` asks for. */
export const OAUTH: Keys = {
  'aep.connection.auth.enabled': 'true',
  'aep.connection.auth.token.type': 'oauth2_access_token',
  'aep.connection.auth.endpoint': IMS,
  'aep.connection.auth.client.id': 'client',
  'aep.connection.auth.client.secret': 'hush',
};
export const CODE: Keys = {
  ...OAUTH,
  'aep.connection.auth.token.type': 'access_token',
  'aep.connection.auth.client.code': 'code',
};
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PRIVATE_KEY = privateKey.export({ type: 'pkcs8', format: 'der' });
const KEY_VALUE = PRIVATE_KEY.toString('base64');
/** Its key lies in the files of the test. */
export const KEY_FILE = '/keys/private.der';
export const JWT: Keys = {
  ...OAUTH,
  'aep.connection.auth.token.type': 'jwt_token',
  'aep.connection.auth.imsOrg': 'ORG@AdobeOrg',
  'aep.connection.auth.accountKey': 'ACC@techacct.adobe.com',
  'aep.connection.auth.filePath': KEY_FILE,
};
const PROXY: Keys = { 'aep.connection.proxy.host': 'proxy.example' };
const USER: Keys = { ...PROXY, 'aep.connection.proxy.user': 'me', 'aep.connection.proxy.password': 'secret' };

const SCOPE = 'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session';
const NO_AUTH = { 'http.auth': { type: 'none' } };
const NO_PROXY = { 'http.connection.proxies': null };
const WHOLE = /must be a whole number from/;

export const ROWS: readonly Row[] = [
  {
    key: 'aep.endpoint',
    unwritten: {},
    written: [
      [
        ENDPOINT,
        {
          'http.url.href': BATCH_ENDPOINT,
          'http.method': 'POST',
          'batch.format': 'envelope',
          'batch.envelopePrefix': '{"messages":[',
          'batch.envelopeSuffix': ']}',
          'http.answers.records.kind': 'aep',
          'http.successStatuses': [[200, 299]],
          'values.onString': 'json',
          'values.onNull': 'fail',
        },
      ],
      // AbstractAEPPublisher.getAepEndpoint: String.replace, every one of them.
      [
        'http://h/collection/a/collection/b?x=1',
        { 'http.url.href': 'http://h/collection/batch/a/collection/batch/b?x=1' },
      ],
      [BATCH_ENDPOINT, { 'http.url.href': BATCH_ENDPOINT }],
      ['http://h/elsewhere', { 'http.url.href': 'http://h/elsewhere' }],
    ],
    faults: [
      [null, /^missing sink\.properties aep\.endpoint is required: /],
      [' ', /^missing sink\.properties aep\.endpoint is required: /],
      ['dcs.adobedc.net/collection/a', /^invalid sink\.properties aep\.endpoint must be an absolute http/],
      ['https://u:p@h/collection/a', /^invalid sink\.properties aep\.endpoint must not hold a user or password/],
    ],
  },
  {
    key: 'aep.connection.endpoint.headers',
    unwritten: { 'http.headers': {} },
    written: [
      [
        '{"x-adobe-flow-id":"341fd4f0","X-Adobe-Dataset-Id": "3096", "n": 7, "b": true}',
        {
          'http.headers': {
            'x-adobe-flow-id': new Secret('341fd4f0'),
            'x-adobe-dataset-id': new Secret('3096'),
            n: new Secret('7'),
            b: new Secret('true'),
          },
        },
      ],
      ['{"x":"$' + '{topic}"}', { 'http.headers': { x: new Secret('$' + '{topic}') } }],
      ['{"Host":"other","x":"1"}', { 'http.headers': { x: new Secret('1') } }],
      ['{"Authorization":"Bearer mine"}', { 'http.headers': { authorization: new Secret('Bearer mine') } }],
      [' ', { 'http.headers': {} }],
      ['{}', { 'http.headers': {} }],
    ],
    faults: [
      ['x-flow: 1', /^invalid .* aep\.connection\.endpoint\.headers must be a JSON object of texts/],
      ['{"x":"hidden"', /^invalid .* aep\.connection\.endpoint\.headers must be a JSON object of texts/],
      ['["x"]', /must be a JSON object of texts/],
      ['null', /must be a JSON object of texts/],
      ['{"x":{"y":"z"}}', /has as x what is no text: write it in quotes/],
      ['{"x":null}', /has as x what is no text/],
      ['{"TE":"trailers"}', /^forbidden .* has TE, which the HTTP client sets by itself: take it out/],
      ['{"x y":"z"}', /has a name that an HTTP header can not have/],
      ['{"x":"a\\\\nb"}', /aep\.connection\.endpoint\.headers has a value that an HTTP header can not have/],
    ],
  },
  {
    key: 'aep.flush.interval.seconds',
    unwritten: { 'batch.lingerMs': 1000 },
    written: [
      ['5', { 'batch.lingerMs': 5000 }],
      ['0', { 'batch.lingerMs': 1000 }],
      ['-3', { 'batch.lingerMs': 1000 }],
      [' ', { 'batch.lingerMs': 1000 }],
      ['100000', { 'batch.lingerMs': 86_400_000 }],
      // 3,000,000 × 1000 is below 0 in 32 bits.
      ['3000000', { 'batch.lingerMs': 1000 }],
    ],
    faults: [['1.5', WHOLE]],
  },
  {
    key: 'aep.flush.bytes.kb',
    unwritten: { 'batch.targetBytes': 4096, 'batch.maxBytes': 1_048_576, 'batch.maxRecords': 500 },
    written: [
      ['20', { 'batch.targetBytes': 20_480 }],
      ['1', { 'batch.targetBytes': 1024 }],
      ['0', { 'batch.targetBytes': 4096 }],
      ['-1', { 'batch.targetBytes': 4096 }],
      ['', { 'batch.targetBytes': 4096 }],
      ['1023', { 'batch.targetBytes': 1_047_552 }],
      ['1024', { 'batch.targetBytes': null, 'batch.maxBytes': 1_048_576 }],
      ['2000000', { 'batch.targetBytes': null }],
      ['2097152', { 'batch.targetBytes': 4096 }],
    ],
    faults: [['20k', WHOLE]],
  },
  {
    key: 'aep.connection.timeout',
    unwritten: { 'http.connectTimeoutMs': 5000, 'http.timeoutMs': 65_000 },
    written: [
      ['1000', { 'http.connectTimeoutMs': 1000, 'http.timeoutMs': 61_000 }],
      ['90000', { 'http.connectTimeoutMs': 90_000, 'http.timeoutMs': 150_000 }],
      ['0', { 'http.connectTimeoutMs': 86_400_000, 'http.timeoutMs': 86_400_000 }],
    ],
    faults: [['-1', WHOLE]],
  },
  {
    key: 'aep.connection.readTimeout',
    unwritten: { 'http.timeoutMs': 65_000 },
    written: [
      ['10000', { 'http.timeoutMs': 15_000 }],
      ['0', { 'http.timeoutMs': 86_400_000, 'http.connectTimeoutMs': 5000 }],
    ],
    faults: [['soon', WHOLE]],
  },
  {
    key: 'aep.connection.maxRetries',
    unwritten: {},
    written: [['10', {}]],
    // AbstractAEPPublisher passes it on, and HttpConnection.connect sends nothing with 0.
    faults: [['0', WHOLE]],
  },
  {
    key: 'aep.connection.retryBackoff',
    unwritten: { 'http.retryBackoffMs': 300, 'http.retryBackoffMaxMs': 60_000 },
    written: [
      ['1000', { 'http.retryBackoffMs': 1000, 'http.retryBackoffMaxMs': 60_000 }],
      ['120000', { 'http.retryBackoffMs': 120_000, 'http.retryBackoffMaxMs': 120_000 }],
      ['0', { 'http.retryBackoffMs': 1 }],
    ],
    faults: [['-1', WHOLE]],
  },
  {
    key: 'aep.connection.auth.enabled',
    beside: { ...OAUTH, 'aep.connection.auth.enabled': null },
    unwritten: NO_AUTH,
    written: [
      ['true', { 'http.auth.type': 'oauth2' }],
      ['false', NO_AUTH],
      // Java's equals("true").
      ['TRUE', NO_AUTH],
      ['yes', NO_AUTH],
    ],
    faults: [],
  },
  {
    key: 'aep.connection.auth.token.type',
    beside: { ...JWT, ...CODE, 'aep.connection.auth.token.type': null },
    unwritten: {
      'http.auth.grant.type': 'ims_exchange',
      'http.auth.tokenUrl.href': `${IMS}/ims/exchange/jwt/`,
      'http.auth.grant.parameter': 'jwt_token',
      'http.authRenewStatuses': [
        [401, 401],
        [403, 403],
      ],
    },
    written: [
      [
        'oauth2_access_token',
        {
          'http.auth.grant.type': 'client_credentials',
          'http.auth.tokenUrl.href': `${IMS}/ims/token/v3`,
          'http.auth.scope': SCOPE,
          'http.auth.clientAuth.mode': 'body',
          'http.auth.answer.mayBeMilliseconds': true,
          'http.authRenewStatuses': [
            [401, 401],
            [403, 403],
          ],
        },
      ],
      [
        'access_token',
        {
          'http.auth.grant.type': 'authorization_code',
          'http.auth.grant.permanent': true,
          'http.auth.tokenUrl.href': `${IMS}/ims/token/v1`,
          'http.auth.scope': null,
        },
      ],
      ['jwt_token', { 'http.auth.grant.type': 'ims_exchange' }],
    ],
    faults: [['oauth2', /token\.type must be access_token, jwt_token or oauth2_access_token, not "oauth2"/]],
  },
  {
    key: 'aep.connection.auth.endpoint',
    beside: { ...OAUTH, 'aep.connection.auth.endpoint': null },
    unwritten: {},
    written: [
      ['https://ims.example.org/', { 'http.auth.tokenUrl.href': 'https://ims.example.org/ims/token/v3' }],
      // URL(context, "/ims/token/v3"): the path takes the place of what stands there.
      ['https://ims.example.org/other', { 'http.auth.tokenUrl.href': 'https://ims.example.org/ims/token/v3' }],
    ],
    faults: [
      [
        null,
        /^missing .* aep\.connection\.auth\.endpoint is required with aep\.connection\.auth\.token\.type=oauth2_access_token, e\.g\. /,
      ],
      ['ims-na1.adobelogin.com', /^invalid .* aep\.connection\.auth\.endpoint must be an absolute http/],
    ],
  },
  {
    key: 'aep.connection.auth.client.id',
    beside: { ...OAUTH, 'aep.connection.auth.client.id': null },
    unwritten: {},
    written: [['me', { 'http.auth.clientId': 'me' }]],
    faults: [[null, /^missing .* aep\.connection\.auth\.client\.id is required with .*=oauth2_access_token/]],
  },
  {
    key: 'aep.connection.auth.client.secret',
    beside: { ...OAUTH, 'aep.connection.auth.client.secret': null },
    unwritten: {},
    written: [['a&b', { 'http.auth.clientAuth.secret': new Secret('a&b') }]],
    faults: [[null, /^missing .* aep\.connection\.auth\.client\.secret is required with .*=oauth2_access_token/]],
  },
  {
    key: 'aep.connection.auth.client.code',
    beside: { ...CODE, 'aep.connection.auth.client.code': null },
    unwritten: {},
    written: [['code', { 'http.auth.grant.code': new Secret('code') }]],
    faults: [[null, /^missing .* aep\.connection\.auth\.client\.code is required with .*=access_token/]],
  },
  {
    key: 'aep.connection.auth.imsOrg',
    beside: { ...JWT, 'aep.connection.auth.imsOrg': null },
    unwritten: {},
    written: [['ORG@AdobeOrg', { 'http.auth.grant.assertion.issuer': 'ORG@AdobeOrg' }]],
    faults: [[null, /^missing .* aep\.connection\.auth\.imsOrg is required with .*=jwt_token/]],
  },
  {
    key: 'aep.connection.auth.accountKey',
    beside: { ...JWT, 'aep.connection.auth.accountKey': null },
    unwritten: {},
    written: [['ACC@techacct.adobe.com', { 'http.auth.grant.assertion.subject': 'ACC@techacct.adobe.com' }]],
    faults: [[null, /^missing .* aep\.connection\.auth\.accountKey is required with .*=jwt_token/]],
  },
  {
    key: 'aep.connection.auth.filePath',
    beside: { ...JWT, 'aep.connection.auth.filePath': null },
    unwritten: {},
    written: [
      [
        KEY_FILE,
        {
          'http.auth.grant.assertion.algorithm': 'RS256',
          'http.auth.grant.assertion.audience': `${IMS}/c/client`,
          'http.auth.grant.assertion.lifetimeMs': 86_400_000,
          'http.auth.grant.assertion.claims': new Secret(`{"${IMS}/s/ent_dataservices_sdk":true}`),
        },
      ],
    ],
    faults: [
      [null, /^missing .* aep\.connection\.auth\.filePath is required with .*=jwt_token/],
      ['/keys/none.der', /^unreadable .* aep\.connection\.auth\.filePath names a file that can't be read/],
    ],
  },
  {
    // Base64.getMimeDecoder(), where filePath is empty.
    key: 'aep.connection.auth.keyValue',
    beside: { ...JWT, 'aep.connection.auth.filePath': '' },
    unwritten: {},
    written: [[KEY_VALUE, { 'http.auth.grant.assertion.algorithm': 'RS256' }]],
    faults: [
      [null, /^missing .* aep\.connection\.auth\.filePath is required with .*=jwt_token/],
      ['bm8ga2V5', /^invalid .* aep\.connection\.auth\.keyValue /],
    ],
  },
  {
    key: 'aep.connection.proxy.host',
    unwritten: NO_PROXY,
    written: [
      ['proxy.example', { 'http.connection.proxies.https.url.host': 'proxy.example:443' }],
      ['2001:db8::1', { 'http.connection.proxies.http.url.host': '[2001:db8::1]:443' }],
    ],
    faults: [['a b', /^invalid .* aep\.connection\.proxy\.host must not hold blanks/]],
  },
  {
    key: 'aep.connection.proxy.port',
    beside: PROXY,
    unwritten: { 'http.connection.proxies.http.url.host': 'proxy.example:443' },
    written: [
      ['3128', { 'http.connection.proxies.http.url.host': 'proxy.example:3128' }],
      [' ', { 'http.connection.proxies.http.url.host': 'proxy.example:443' }],
    ],
    faults: [['70000', WHOLE]],
  },
  {
    key: 'aep.connection.proxy.user',
    beside: { ...USER, 'aep.connection.proxy.user': null },
    unwritten: { 'http.connection.proxies.http.credentials': null },
    written: [['me', { 'http.connection.proxies.http.credentials.username': 'me' }]],
    faults: [['a:b', /^invalid .* aep\.connection\.proxy\.user must not hold a colon/]],
  },
  {
    key: 'aep.connection.proxy.password',
    beside: { ...USER, 'aep.connection.proxy.password': null },
    unwritten: { 'http.connection.proxies.http.credentials': null },
    written: [['pw', { 'http.connection.proxies.http.credentials.password': new Secret('pw') }]],
    faults: [],
  },
];
